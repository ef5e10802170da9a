"""What a chat model adds on every screen: below the evidence, apart from it, and never in its place."""

import json
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.chat.chat import converse
from app.chat.views import answer_html, drop_pending, sources_html
from app.cli.main import main
from app.i18n.labels import LABELS
from app.render.serialize import answer_json, failed_json
from app.render.wording import split_layers
from retrieval.assistant import Assistant
from retrieval.generation.chat_model import Prices
from retrieval.generation.streaming import stream_answer
from retrieval.results import Answer, Layer
from retrieval.verification.verifier import RejectionReason
from tests.app.web.test_page import HOSTILE, tags
from tests.fakes.browser import OpenPage, is_in_view, needs_chromium, serve_page
from tests.fakes.openai_server import Behaviour, Exchange, OpenAIServer, dead_port, hang, refuse_with
from tests.fakes.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "What does the report say on detention of irregular migrants?"
TRUE = "When it is necessary to detain irregular migrants, the approach must be more civil and less penal [1]."
FALSE = "Governments must build 500 prisons [1]."
TRANSLATION = (
    "In cases where the detention of irregular migrants is necessary, "
    "a more civil and less penal approach must be adopted."
)
ORIGINAL = "En los casos en que sea necesaria la detención de migrantes irregulares"
Told = Callable[..., OpenAIServer]


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


@pytest.fixture
def told(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Starts a server that behaves as told, and points OpenAI's variables and ours to it."""
    monkeypatch.setenv("RELATORIA_INDEX", str(assistant.index.folder))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-Geheimnis-1234567890")
    for name in ("MODEL", "MODEL_TIMEOUT", "MODEL_PRICE", "ENTAILMENT"):
        monkeypatch.delenv(f"RELATORIA_{name}", raising=False)
    with ExitStack() as stack:

        def start(behave: Behaviour) -> OpenAIServer:
            server = stack.enter_context(OpenAIServer(behave))
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            return server

        yield start


def helped(assistant: Assistant, timeout: float = 20) -> Assistant:
    """The same index, with a model."""
    one = Assistant(assistant.index.folder, model="openai:small", model_timeout=timeout, prices=Prices(1, 2))
    one._embedder = assistant.embedder()
    return one


def shown(turn: Any, asked: int = 1) -> str:
    """All that is shown below the last question."""
    return "".join(message["content"] for message in turn.messages[asked:])


# The page


def test_evidence_comes_first_and_prose_below_it(assistant: Assistant, told: Told) -> None:
    told(saying(TRUE, FALSE))
    turns = list(converse(helped(assistant), QUESTION, [], "en"))
    pages = [shown(turn) for turn in turns]
    first = next(at for at, page in enumerate(pages) if ORIGINAL in page)
    assert "r-prose" not in pages[first]
    writing = [at for at, page in enumerate(pages) if LABELS["en"].writing in page]
    assert writing == list(range(writing[0], len(pages) - 1))  # a sign of life until the end, and not at the end
    last = pages[-1]
    assert last.index(ORIGINAL) < last.index('class="r-translation"') < last.index('class="r-by"')
    assert last.index('class="r-by"') < last.index('class="r-prose"') < last.index('class="r-provenance"')
    assert last.count('class="r-prose"') == 1
    assert "500" not in last
    assert "machine translation</span> In cases where" in last
    (prose,) = re.findall(r'<p class="r-prose"[^>]*>(.*?)</p>', last)
    assert re.search(r'less penal <a class="r-mark" href="#at=[^"]+"[^>]*>\[1\]</a>\.', prose)
    sources = [turn.sources for turn in turns if turn.sources is not None]
    assert "r-translation" not in sources[0]
    assert sources[-1].index(ORIGINAL) < sources[-1].index("machine translation")
    for words in ("passages given", "sentences kept", "1 (1 × a number or date", "2\u202f000 / 200", "0.0024"):
        assert words in last


def test_the_quotes_stay_untouched_while_prose_comes(assistant: Assistant, told: Told) -> None:
    told(saying(TRUE, f"{TRANSLATION[:-1]} [1].", translation="nothing like it"))
    turns = list(converse(helped(assistant), QUESTION, [], "en"))
    whole = [turn.messages[1]["content"] for turn in turns if len(turn.messages) == 3]
    assert len(whole) >= 3
    assert len(set(whole)) == 1


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_model_writes_is_text(assistant: Assistant, told: Told, words: str) -> None:
    told(saying(TRUE, f"{words} {TRUE}", f"{TRUE[:-5]}{words} [1].", translation=f"{TRANSLATION} {words}"))
    harmless = answer_html(assistant.ask(QUESTION))
    answer = helped(assistant).ask(QUESTION, translations=True)
    for html in (answer_html(answer), sources_html(answer, assistant.report)):
        assert tags(html) <= tags(harmless) | {"div", "section", "h2", "header", "strong"}
        assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$]", html)


@pytest.mark.parametrize(
    ("behave", "says"),
    [
        (saying(FALSE), "could not be proved"),
        (refuse_with(401, "Incorrect API key provided: sk-Geheimnis-1234567890"), "could not be used"),
        (refuse_with(500), "could not be used"),
        (hang, "could not be used"),
    ],
    ids=["false", "wrong key", "fault", "hanging"],
)
def test_a_failing_model_never_costs_the_evidence(
    assistant: Assistant, told: Told, behave: Behaviour, says: str
) -> None:
    told(behave)
    last = list(converse(helped(assistant, timeout=2), QUESTION, [], "en"))[-1]
    html = shown(last)
    assert ORIGINAL in html
    assert says in html
    assert "r-provenance" in html
    assert "r-prose" not in html
    assert "Geheimnis" not in html


def test_without_a_model_a_line_says_why_there_is_no_translation(assistant: Assistant) -> None:
    for code, question in (("en", QUESTION), ("pt", "O que diz o relatório sobre a detenção de migrantes?")):
        labels = LABELS[code]
        html = shown(list(converse(assistant, question, [], code))[-1])
        assert labels.untranslated.format(language=labels.spoken["es"]) in html
    html = shown(list(converse(assistant, "¿Qué dice sobre la detención de migrantes irregulares?", [], "es"))[-1])
    assert "r-note" not in html


def test_a_fault_while_the_model_writes_keeps_the_evidence(assistant: Assistant) -> None:
    class Broken(Assistant):
        def stream(self, question: str, **options: Any) -> Iterator[Answer]:
            yield assistant.ask(question)
            raise ZeroDivisionError("secret detail")

    kept: list[Any] = []
    turns = converse(Broken(assistant.index.folder, model="openai:x"), QUESTION, [], "en")
    with pytest.raises(ZeroDivisionError):
        kept.extend(turns)
    html = shown(kept[-1])
    assert ORIGINAL in html
    assert LABELS["en"].unexpected in html
    assert "secret" not in html


# Stopping


def test_closing_the_conversation_closes_the_stream(assistant: Assistant) -> None:
    closed = threading.Event()

    class Watched(Assistant):
        def stream(self, question: str, **options: Any) -> Iterator[Answer]:
            try:
                yield assistant.ask(question)
                yield assistant.ask(question)
            finally:
                closed.set()

    turns = converse(Watched(assistant.index.folder, model="openai:x"), QUESTION, [], "en")
    assert any(ORIGINAL in shown(turn) for turn in turns if len(turn.messages) > 2)
    turns.close()
    assert closed.is_set()


def test_who_stops_is_heard_by_the_server(assistant: Assistant, told: Told) -> None:
    server = told(saying(*["Yes."] * 300, every=0.1))
    stop = threading.Event()
    one = helped(assistant)
    turns = stream_answer(lambda: converse(one, QUESTION, [], "en", stop=stop), stop, heartbeat=0.1)
    for turn in turns:
        if turn and "r-writing" in shown(turn) and server.bodies:
            break
        if turn is None and server.bodies:
            break
    began = time.monotonic()
    turns.close()
    assert time.monotonic() - began < 1
    assert server.hung_up.wait(5)


def test_a_breath_comes_while_nothing_else_does() -> None:
    go, closed = threading.Event(), threading.Event()

    def slow() -> Generator[int, None, None]:
        try:
            yield 1
            go.wait(10)
            yield 2
        finally:
            closed.set()

    stop = threading.Event()
    items = stream_answer(slow, stop, heartbeat=0.02)
    assert next(items) == 1
    assert next(items) is None
    go.set()
    assert next(item for item in items if item) == 2
    items.close()
    assert stop.is_set()
    assert closed.wait(5)


def test_what_was_under_way_is_settled_before_the_next_question(assistant: Assistant, told: Told) -> None:
    told(saying(TRUE))
    turns = list(converse(helped(assistant), QUESTION, [], "en"))
    pending = drop_pending(turns[0].messages, LABELS["en"])
    assert pending == []
    writing = next(turn for turn in turns if "r-writing" in shown(turn))
    html = "".join(mapping["content"] for mapping in drop_pending(writing.messages, LABELS["en"]))
    assert ORIGINAL in html
    assert "r-writing" not in html
    assert LABELS["en"].stopped in html
    assert drop_pending(turns[-1].messages, LABELS["en"]) == list(turns[-1].messages)


# JSON and terminal


def test_json_says_whose_words_each_sentence_is(assistant: Assistant, told: Told) -> None:
    told(saying(TRUE, FALSE))
    value = json.loads(json.dumps(answer_json(helped(assistant).ask(QUESTION, translations=True))))
    layers = [load["layer"] for load in value["statements"]]
    assert layers == [None, "quote", None, "written"]
    assert value["translations"] == [{"mark": 1, "text": TRANSLATION, "language": "en"}]
    writing = value["writing"]
    assert (writing["model"], writing["given"], writing["kept"]) == ("openai:small", 1, 1)
    assert writing["dropped"] == {"a number or date that is not in the passage": 1}
    assert (writing["tokens_in"], writing["tokens_out"], writing["attempts"]) == (2_000, 200, 2)
    alone = answer_json(assistant.ask(QUESTION))
    assert (alone["writing"], alone["translations"]) == (None, [])
    assert set(failed_json("x", "y")) == set(alone) == set(value)


def test_a_copied_quote_is_still_the_model_s(assistant: Assistant, told: Told) -> None:
    question = "¿Qué dice el informe sobre la detención de migrantes irregulares?"
    quote = assistant.ask(question).citations[0].quote
    told(saying(f"{' '.join(quote.split())} [1]"))
    answer = helped(assistant).ask(question)
    parts = split_layers(answer)
    assert [one.layer for one in parts.written] == [Layer.WRITTEN]
    assert answer_html(answer).count("<blockquote") == len({citation.mark for citation in answer.citations})


def test_a_pipe_gets_the_answer_whole(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    told(saying(TRUE, FALSE))
    command = ["ask", QUESTION, "--model", "openai:small", "--model-price", "1,2", "--translate"]
    assert main(command) == 0
    out = " ".join(capsys.readouterr().out.split())
    at = [out.index(one) for one in (ORIGINAL, "(machine translation) In cases", "Summary written", "When it is")]
    assert at == sorted(at)
    assert "openai:small · 1 of 2 sentences kept (dropped: 1 × a number or date" in out
    assert "2,000 tokens read, 200 written · cost 0.0024" in out
    assert "500" not in out


def test_a_terminal_shows_the_evidence_while_the_model_writes(
    told: Told, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, to rich
    seen: list[str] = []

    def behave(talk: Exchange) -> None:
        seen.append(capsys.readouterr().out)
        saying(TRUE)(talk)

    told(behave)
    assert main(["ask", QUESTION, "--model", "openai:small"]) == 0
    assert "detención" in seen[0]
    after = capsys.readouterr().out
    assert "Summary written" in after
    assert "detención" not in after


def test_a_model_that_is_down_leaves_the_quotes_and_status_0(
    told: Told, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with dead_port() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        assert main(["ask", QUESTION, "--model", "openai:small", "--model-timeout", "2"]) == 0
        out = capsys.readouterr().out
        assert "The model could not be used" in out
        assert "detención" in out
        assert main(["ask", QUESTION, "--model", "openai:small", "--model-timeout", "2", "--json"]) == 0
        value = json.loads(capsys.readouterr().out)
    assert value["status"] == "answered"
    assert value["writing"]["problem"]
    assert value["citations"]


@pytest.mark.parametrize("command", [["ask", QUESTION], ["ask", "-"], ["serve"]], ids=["one", "many", "serve"])
@pytest.mark.parametrize("spec", ["nonsense", "openai:small"])
def test_what_cannot_be_opened_is_said_at_the_start(
    told: Told, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str], spec: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setattr(Assistant, "embedder", lambda self: pytest.fail("loaded before it was said"))
    assert main([*command, "--model", spec]) == 1
    err = " ".join(capsys.readouterr().err.split())
    assert ("names no chat model" if spec == "nonsense" else "OPENAI_API_KEY") in err


def test_an_inference_model_that_is_not_here_is_said(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    told(saying(TRUE))
    assert main(["ask", QUESTION, "--model", "openai:small", "--entailment", "/no/such/model"]) == 1
    assert "leave --entailment out" in " ".join(capsys.readouterr().err.split())


# In a browser


@pytest.fixture
def page_with(assistant: Assistant, told: Told) -> Iterator[Callable[[Behaviour], tuple[str, OpenAIServer]]]:
    with ExitStack() as stack:

        def start(behave: Behaviour) -> tuple[str, OpenAIServer]:
            server = told(behave)
            return stack.enter_context(serve_page(helped(assistant))), server

        yield start


def type_in(page: "Page", question: str) -> None:
    page.fill("#r-box textarea", question)
    page.keyboard.press("Enter")


@needs_chromium
def test_evidence_before_prose_and_its_marks_open_the_place(
    page_with: Callable[[Behaviour], tuple[str, OpenAIServer]],
    visit: OpenPage,
) -> None:
    url, _ = page_with(saying(TRUE, f"<img src=x onerror='window.hacked=1'> {TRUE}", FALSE, every=1))
    page = visit(url)
    type_in(page, QUESTION)
    page.wait_for_selector("#r-chat blockquote")
    assert page.locator(".r-prose").count() == 0
    page.wait_for_selector(".r-writing")
    page.focus("#r-chat .r-quotes a.r-mark")
    page.wait_for_selector(".r-prose a.r-mark")
    page.locator(".r-provenance").wait_for()
    assert page.locator(".r-writing").count() == 0
    page.wait_for_function("document.activeElement.className === 'r-mark'")  # drawn anew with its translation
    assert page.locator("#r-chat .r-translation").count() == 1
    page.click(".r-prose a.r-mark")
    page.wait_for_selector("#r-here")
    assert "detención de migrantes irregulares" in page.inner_text("#r-here")
    assert is_in_view(page, "#r-here")
    assert page.evaluate("window.hacked") is None


@needs_chromium
def test_who_asks_anew_or_leaves_stops_the_model(
    page_with: Callable[[Behaviour], tuple[str, OpenAIServer]],
    visit: OpenPage,
) -> None:
    gone = [threading.Event(), threading.Event()]

    def behave(talk: Exchange) -> None:
        try:
            saying(*["Yes."] * 300, every=0.1)(talk)
        except OSError:
            gone[talk.number - 1].set()
            raise

    url, server = page_with(behave)
    page = visit(url)
    type_in(page, QUESTION)
    page.wait_for_selector(".r-writing")
    wait_until(lambda: server.bodies, "the model to be asked")
    type_in(page, "What should governments do about trafficking?")
    page.wait_for_function("document.querySelectorAll('.r-question').length === 2")
    assert gone[0].wait(10)
    page.wait_for_function("document.querySelectorAll('.r-writing').length === 1")
    page.wait_for_function(
        "said => document.querySelector('#r-chat').innerText.includes(said)", arg=LABELS["en"].stopped
    )
    wait_until(lambda: len(server.bodies) >= 2, "the model to be asked again")
    page.close()
    assert gone[1].wait(15)


# The documentation


def test_every_reason_is_explained() -> None:
    told_of = (Path(__file__).parent.parent.parent.parent / "docs" / "model.md").read_text(encoding="utf-8")
    assert [one for one in RejectionReason if f"| {one} |" not in told_of] == []
