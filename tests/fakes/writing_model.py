"""A chat model for the bundled report: what it is asked, what it writes, true and false, and what it translates."""

from collections.abc import Callable

from retrieval.assistant import Assistant
from retrieval.generation.chat_model import Prices
from tests.fakes.openai_server import Behaviour, Exchange, OpenAIServer

StartServer = Callable[[Behaviour], OpenAIServer]
QUESTION = "What does the report say on detention of irregular migrants?"
TRUE = "When it is necessary to detain irregular migrants, the approach must be more civil and less penal [1]."
FALSE = "Governments must build 500 prisons [1]."
TRANSLATION = (
    "In cases where the detention of irregular migrants is necessary, "
    "a more civil and less penal approach must be adopted."
)
ORIGINAL = "En los casos en que sea necesaria la detención de migrantes irregulares"


def saying(*sentences: str, translation: str = TRANSLATION, every: float = 0.0) -> Behaviour:
    """A model that writes these sentences, and translates when it is asked to."""

    def behave(talk: Exchange) -> None:
        talk.start()
        if "You translate" in talk.body["messages"][0]["content"]:
            talk.say(f"[1] {translation}\n")
        else:
            for sentence in sentences:
                talk.wait(every)
                talk.say(f"{sentence} ")
        talk.end({"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100})

    return behave


def helped(assistant: Assistant, timeout: float = 20) -> Assistant:
    """The same index, with a model."""
    with_model = Assistant(assistant.index.folder, model="openai:small", model_timeout=timeout, prices=Prices(1, 2))
    with_model._embedder = assistant.embedder()
    return with_model
