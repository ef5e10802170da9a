"""What a chat model adds to a conversation: below the evidence, never in its place; and it can be stopped."""

import re
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.chat.chat import converse
from app.chat.views import answer_html, drop_pending, sources_html
from app.i18n.labels import LABELS
from app.render.escape import escape_html
from ingest.errors import SearchTimedOut
from retrieval.assistant import Assistant
from retrieval.generation.streaming import stream_answer
from retrieval.query.request import Request
from retrieval.results import Answer
from tests.app.web.test_page import HOSTILE, tags
from tests.fakes.openai_server import Behaviour, hang, refuse_with
from tests.fakes.writing_model import FALSE, ORIGINAL, QUESTION, TRANSLATION, TRUE, StartServer, helped, saying


def shown(turn: Any, asked: int = 1) -> str:
    """All that is shown below the last question."""
    return "".join(message["content"] for message in turn.messages[asked:])


def test_evidence_comes_first_and_prose_below_it(assistant: Assistant, told: StartServer) -> None:
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


def test_the_quotes_stay_untouched_while_prose_comes(assistant: Assistant, told: StartServer) -> None:
    told(saying(TRUE, f"{TRANSLATION[:-1]} [1].", translation="nothing like it"))
    turns = list(converse(helped(assistant), QUESTION, [], "en"))
    whole = [turn.messages[1]["content"] for turn in turns if len(turn.messages) == 3]
    assert len(whole) >= 3
    assert len(set(whole)) == 1


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_model_writes_is_text(assistant: Assistant, told: StartServer, words: str) -> None:
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
    assistant: Assistant, told: StartServer, behave: Behaviour, says: str
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


@pytest.mark.parametrize("code", LABELS)
def test_a_search_that_was_stopped_is_told_in_the_readers_language(tmp_path: Path, code: str) -> None:
    class Late(Assistant):
        def answer_with_quotes(self, request: Request) -> Answer:
            raise SearchTimedOut("The search took longer than 2 s.")

    *_, last = converse(Late(tmp_path), "agua", [], code)
    assert escape_html(LABELS[code].too_slow) in last.messages[-1]["content"]
    assert escape_html(LABELS[code].statuses["timed_out"]) in last.messages[-1]["content"]
    assert "r-timed-out" in last.messages[-1]["content"]
    assert last.conversation is None  # it is no turn


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


def test_who_stops_is_heard_by_the_server(assistant: Assistant, told: StartServer) -> None:
    server = told(saying(*["Yes."] * 300, every=0.1))
    stop = threading.Event()
    with_model = helped(assistant)
    turns = stream_answer(lambda: converse(with_model, QUESTION, [], "en", stop=stop), stop, heartbeat=0.1)
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


def test_what_was_under_way_is_settled_before_the_next_question(assistant: Assistant, told: StartServer) -> None:
    told(saying(TRUE))
    turns = list(converse(helped(assistant), QUESTION, [], "en"))
    pending = drop_pending(turns[0].messages, LABELS["en"])
    assert pending == []
    writing = next(turn for turn in turns if "r-writing" in shown(turn))
    html = "".join(message["content"] for message in drop_pending(writing.messages, LABELS["en"]))
    assert ORIGINAL in html
    assert "r-writing" not in html
    assert LABELS["en"].stopped in html
    assert drop_pending(turns[-1].messages, LABELS["en"]) == list(turns[-1].messages)
