"""The retriever and the assistant do what LangChain asks of its parts, and sit in other people's chains."""

import asyncio
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from ingest.errors import BadQuestion
from retrieval.assistant import Assistant
from retrieval.chain import RelatoriaRetriever, answer_chain
from retrieval.results import Answer

QUESTION = "¿Qué se recomendó sobre la migración de retorno?"


class TestRetriever(RetrieversIntegrationTests):
    """LangChain's own tests, on the real index through the real model."""

    @pytest.fixture(autouse=True)
    def _opened(self, assistant: Assistant) -> None:
        self.assistant = assistant

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return RelatoriaRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"assistant": self.assistant}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


class Seen(BaseCallbackHandler):
    """Remembers the runs that began and ended, by name."""

    def __init__(self) -> None:
        self.events: list[tuple[str, object]] = []

    def on_chain_start(self, serialized: object, inputs: object, **kwargs: Any) -> None:
        self.events.append(("start", kwargs.get("name")))

    def on_chain_end(self, outputs: object, **kwargs: Any) -> None:
        self.events.append(("end", outputs))


def same(answer: Answer, other: Answer) -> bool:
    return (answer.status, answer.text, answer.citations) == (other.status, other.text, other.citations)


def test_the_assistant_is_a_runnable(assistant: Assistant) -> None:
    chain, answer = answer_chain(assistant), assistant.ask(QUESTION)
    assert same(chain.invoke(QUESTION), answer)
    assert same(asyncio.run(chain.ainvoke(QUESTION)), answer)
    first, second = chain.batch([QUESTION, "energía nuclear"])
    assert same(first, answer)
    assert second.status != "answered"
    grown = list(chain.stream(QUESTION))
    assert len(grown) == len(list(assistant.stream(QUESTION)))
    assert same(grown[-1], answer)

    async def late() -> list[Answer]:
        return [answer async for answer in chain.astream(QUESTION)]

    assert same(asyncio.run(late())[-1], answer)


def test_its_callbacks_and_errors_are_langchains(assistant: Assistant) -> None:
    seen = Seen()
    answer_chain(assistant).invoke(QUESTION, {"callbacks": [seen]})
    assert seen.events[0] == ("start", "relatoria")
    assert seen.events[-1][0] == "end"
    with pytest.raises(BadQuestion):
        answer_chain(assistant).invoke("  ")
    with pytest.raises(BadQuestion):
        asyncio.run(answer_chain(assistant).ainvoke("  "))


def test_it_sits_in_a_chain(assistant: Assistant) -> None:
    chain = (lambda text: text.strip("*")) | answer_chain(assistant) | (lambda answer: answer.status)
    assert chain.invoke(f"*{QUESTION}*") == "answered"
