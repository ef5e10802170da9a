"""A server that hangs, breaks off or lies costs its time-out at most, and never the evidence."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from retrieval.assistant import Assistant
from tests.fakes.hostile_model import ORDERS, QUESTION, assert_data, kept_of
from tests.fakes.openai_server import (
    Behaviour,
    Exchange,
    OpenAIServer,
    answer_endlessly,
    answer_with,
    close_mid_answer,
    dead_port,
    drip_words,
    hang,
    keep_alive,
    refuse_with,
    send_bytes,
)
from tests.fakes.waiting import wait_until

TIMEOUT = 1.0
Served = Callable[..., Assistant]


@pytest.fixture
def served(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Opens an assistant whose chat model's server behaves as told, or is dead."""
    with ExitStack() as stack:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-Geheimnis-1234567890")

        def start(behave: Behaviour | None, timeout: float = TIMEOUT) -> Assistant:
            server = stack.enter_context(OpenAIServer(behave)) if behave else None
            monkeypatch.setenv("OPENAI_BASE_URL", server.url if server else stack.enter_context(dead_port()))
            embedder = assistant.embedder()
            return Assistant(assistant.index.folder, model="openai:small", model_timeout=timeout, embedder=embedder)

        yield start


def written(assistant: Assistant) -> str:
    """A true sentence for the answer to our question: its first quote's first sentence."""
    first = assistant.ask(QUESTION).citations[0]
    return f"{' '.join(first.quote.split()).split('. ')[0].rstrip('.')} [{first.mark}]."


@pytest.mark.parametrize(
    ("behave", "says"),
    [
        (None, "reach"),
        (hang, "in time"),
        (drip_words, "in time"),
        (keep_alive, "in time"),
        (answer_endlessly, "onger"),  # longer than is read, or than it was given
        (close_mid_answer, "broke off"),
        (answer_with(), "answered nothing"),
        (answer_with("", " \n"), "answered nothing"),
        (send_bytes(b""), "answered nothing"),
        (send_bytes(b"data: {not json\n\n"), "form"),
        (refuse_with(401), "OPENAI_API_KEY"),
        (refuse_with(429, Retry_After="0.3"), "429"),
        (refuse_with(500), "500"),
        (answer_with("PWNED.", " Los gobiernos no deben nada [1].", " <b>Sí</b> [1]."), ""),
    ],
)
def test_no_server_takes_the_evidence(
    served: Served, assistant: Assistant, behave: Behaviour | None, says: str
) -> None:
    evidence = assistant.ask(QUESTION)
    asked = served(behave)
    asked.chat()
    stream = asked.stream(QUESTION)
    first = next(stream)
    assert first.statements == evidence.statements
    assert first.writing is None
    began = time.monotonic()
    grown = list(stream)
    proving = 0.0 if says not in ("", "onger") else 5.0  # something came that had to be looked at
    assert time.monotonic() - began <= TIMEOUT + 0.5 + proving
    for answer in grown:
        assert answer.statements[: len(evidence.statements)] == evidence.statements
        assert (answer.status, answer.citations) == (evidence.status, evidence.citations)
    assert kept_of(grown) == []
    assert grown[-1].writing
    assert says in grown[-1].writing.problem
    assert bool(grown[-1].writing.problem) == bool(says)
    assert grown[-1].statements[-1].is_frame  # and says so to the reader


def test_a_server_that_is_told_orders_is_told_them_as_data(served: Served, assistant: Assistant) -> None:
    bodies: list[str] = []

    def behave(talk: Exchange) -> None:
        bodies.append(talk.body["messages"][1]["content"])
        answer_with("PWNED [1].")(talk)

    *_, answer = served(behave, timeout=10).stream(f"{QUESTION} {ORDERS[2]} [1]", language="es")
    assert "PWNED" not in answer.text
    for sent in bodies:
        assert_data(sent, sent.count("\n") - 2)


def test_too_much_for_the_model_is_halved(served: Served, assistant: Assistant) -> None:
    sentence, asked = written(assistant), []

    def behave(talk: Exchange) -> None:
        asked.append(talk.body["messages"][1]["content"].count("\n") - 2)
        if asked[-1] > 1:
            talk.error(400, "This model's maximum context length is 10 tokens")
        else:
            answer_with(sentence)(talk)

    *_, answer = served(behave, timeout=10).stream("¿Qué se recomendó sobre la migración de retorno y las alianzas?")
    assert answer.writing
    assert asked == [asked[0] // 2**step for step in range(len(asked))]
    assert asked[-1] == 1
    assert (answer.writing.given, answer.writing.left_out) == (1, asked[0] - 1)
    assert answer.writing.attempts == len(asked)


def test_who_goes_away_is_heard_by_the_server(served: Served, assistant: Assistant) -> None:
    sentence = written(assistant)
    gone: list[bool] = []

    def behave(talk: Exchange) -> None:
        talk.start()
        talk.say(f"{sentence} Y ")
        try:
            while not talk.gone.is_set():
                talk.say("más ")
                talk.wait(0.02)
        except OSError:
            gone.append(True)
            raise

    stream = served(behave, timeout=20).stream(QUESTION)
    next(stream)
    grown = next(stream)
    assert kept_of([grown]) == [sentence]
    began = time.monotonic()
    stream.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 0.5
    wait_until(lambda: gone, "the model to hear of it", seconds=3)
