"""A chat model is called under our clock, whatever its server does, and fails in one way that says what to do."""

import threading
import time
from collections.abc import Iterator

import pytest

from retrieval.generation.chat_model import ChatModel, Prices, StreamChunk
from retrieval.generation.errors import ChatFailed, FailureKind
from retrieval.generation.providers import open_chat
from tests.fakes.openai_server import (
    Behaviour,
    Exchange,
    answer_endlessly,
    answer_with,
    close_mid_answer,
    dead_port,
    drip_words,
    end_without_reason,
    hang,
    keep_alive,
    refuse_with,
    send_bytes,
)
from tests.retrieval.generation.calls import ASKED, KEY, Told, ask, fails


def test_an_answer_comes_in_pieces_with_its_usage(told: Told) -> None:
    server = told(answer_with("Los países ", "deben actuar ", "[1]."))
    reply = open_chat("openai:small").stream(ASKED)
    assert list(reply) == ["Los países ", "deben actuar ", "[1]."]
    assert (reply.usage.attempts, reply.usage.tokens_in, reply.usage.tokens_out) == (1, 11, 7)
    assert 0 < reply.usage.seconds < 5
    assert not reply.cut
    (body,) = server.bodies
    assert (body["model"], body["temperature"], body["stream"]) == ("small", 0, True)
    assert body["stream_options"] == {"include_usage": True}
    assert body["messages"] == [{"role": "system", "content": "Quote."}, {"role": "user", "content": "QUESTION: why?"}]


def test_pieces_are_there_before_the_answer_is_whole(told: Told) -> None:
    told(drip_words)
    reply = open_chat("openai:small", timeout=5).stream(ASKED)
    began = time.monotonic()
    assert next(reply) == "drip "
    assert time.monotonic() - began < 2
    reply.close()


def test_a_server_that_counts_nothing_leaves_the_counts_unknown(told: Told) -> None:
    def behave(talk: Exchange) -> None:
        talk.start()
        talk.say("Sí.")
        talk.end()

    told(behave)
    text, usage = ask()
    assert (text, usage.tokens_in, usage.tokens_out) == ("Sí.", None, None)
    assert Prices(1.0, 1.0).cost(usage) is None


def test_reasoning_is_not_for_the_reader(told: Told) -> None:
    told(answer_with([{"type": "reasoning", "reasoning": "Hm."}], [{"type": "text", "text": "Sí."}]))
    assert ask()[0] == "Sí."


def test_an_answer_that_the_model_cut_says_so(told: Told) -> None:
    told(answer_with("Los países", reason="length"))
    reply = open_chat("openai:small").stream(ASKED)
    assert list(reply) == ["Los países"]
    assert reply.cut


@pytest.mark.parametrize("setting", ["stream_options", "temperature"])
def test_a_setting_that_the_server_refuses_is_left_out(told: Told, setting: str) -> None:
    def behave(talk: Exchange) -> None:
        if setting in talk.body:
            talk.error(400, f"Unsupported parameter: '{setting}'")
        else:
            answer_with("Sí.")(talk)

    server = told(behave)
    model = open_chat("openai:small", timeout=5)
    for attempts in (2, 1):  # it is remembered
        reply = model.stream(ASKED)
        assert "".join(reply) == "Sí."
        assert reply.usage.attempts == attempts
    assert [setting in body for body in server.bodies] == [True, False, False]


# What goes well after all


def test_a_limit_that_says_how_long_is_waited_out(told: Told) -> None:
    server = told(refuse_with(429, times=1, Retry_After="1"))
    text, usage = ask()
    assert (text, usage.attempts) == ("At last.", 2)
    assert server.times[1] - server.times[0] >= 1


def test_a_server_that_fails_twice_is_asked_a_third_time(told: Told) -> None:
    server = told(refuse_with(500, times=2))
    text, usage = ask()
    assert (text, usage.attempts) == ("At last.", 3)
    first, second, third = server.times
    assert third - second > second - first  # it backs off


# What does not


@pytest.mark.parametrize(
    ("behave", "kind", "attempts", "says"),
    [
        (refuse_with(401, f"Incorrect API key provided: {KEY}."), FailureKind.WRONG_KEY, 1, "Set OPENAI_API_KEY"),
        (refuse_with(403, "not yours"), FailureKind.WRONG_KEY, 1, "not yours"),
        (refuse_with(404, "The model `small` does not exist"), FailureKind.NO_SUCH_MODEL, 1, "does not exist"),
        (refuse_with(400, "model_not_found: small"), FailureKind.NO_SUCH_MODEL, 1, "Give --model"),
        (refuse_with(429), FailureKind.RATE_LIMITED, 3, "HTTP 429"),
        (refuse_with(429, Retry_After="600"), FailureKind.RATE_LIMITED, 1, "Ask again later"),
        (
            refuse_with(429, "You exceeded your current quota"),
            FailureKind.RATE_LIMITED,
            1,
            "exceeded your current quota",
        ),
        (refuse_with(503, "loading"), FailureKind.SERVER_FAILED, 3, "loading"),
        (
            refuse_with(400, "This model's maximum context length is 10 tokens"),
            FailureKind.CONTEXT_OVERFLOW,
            1,
            "narrower",
        ),
        (refuse_with(400, "context_length_exceeded"), FailureKind.CONTEXT_OVERFLOW, 1, "narrower"),
        (refuse_with(413, "Request too large"), FailureKind.CONTEXT_OVERFLOW, 1, "narrower"),
        (refuse_with(400, "what?"), FailureKind.OTHER, 1, "what?"),
        (refuse_with(400, "temperature"), FailureKind.OTHER, 2, "temperature"),
        (answer_with(), FailureKind.EMPTY, 1, "answered nothing"),
        (answer_with("", " \n"), FailureKind.EMPTY, 1, "answered nothing"),
        (answer_with([{"type": "reasoning", "reasoning": "Hm."}]), FailureKind.EMPTY, 1, "answered nothing"),
        (send_bytes(b""), FailureKind.EMPTY, 1, "answered nothing"),
        (send_bytes(b"data: {not json\n\n"), FailureKind.GARBAGE, 1, "no form that can be read"),
        (send_bytes(b"data: [1, 2]\n\n"), FailureKind.GARBAGE, 1, "no form that can be read"),
        (send_bytes(b'data: {"choices": 7}\n\n'), FailureKind.GARBAGE, 1, "no form that can be read"),
        (send_bytes(b'data: {"choices": [{"delta": {"content": 7}}]}\n\n'), FailureKind.GARBAGE, 1, "no form"),
        (send_bytes(b"data: \xff\xfe\x00\n\n"), FailureKind.GARBAGE, 1, "no form that can be read"),
        (send_bytes(b'data: {"error": {"message": "out of memory"}}\n\n'), FailureKind.OTHER, 1, "out of memory"),
        (send_bytes(b"<html>Log in</html>", kind="text/html"), FailureKind.EMPTY, 1, "answered nothing"),
    ],
)
def test_each_failure_has_its_kind_and_its_sentence(
    told: Told, behave: Behaviour, kind: FailureKind, attempts: int, says: str
) -> None:
    told(behave)
    problem, came, usage = fails()
    assert (problem.kind, usage.attempts, came.strip()) == (kind, attempts, "")
    assert says in str(problem)


@pytest.mark.parametrize("behave", [close_mid_answer, end_without_reason])
def test_an_answer_that_breaks_off_is_not_asked_for_again(told: Told, behave: Behaviour) -> None:
    told(behave)
    problem, came, usage = fails()
    assert (problem.kind, came, usage.attempts) == (FailureKind.BROKEN_OFF, "Half an ans", 1)


def test_garbage_in_the_middle_keeps_what_came_before(told: Told) -> None:
    def behave(talk: Exchange) -> None:
        talk.start()
        talk.say("Sí. ")
        talk.raw(b"data: {oops\n\n")

    told(behave)
    problem, came, _ = fails()
    assert (problem.kind, came) == (FailureKind.GARBAGE, "Sí. ")


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with dead_port() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        problem, _, usage = fails()
    assert (problem.kind, usage.attempts) == (FailureKind.UNREACHABLE, 3)


@pytest.mark.parametrize("behave", [hang, drip_words, keep_alive, refuse_with(429, Retry_After="0.9")])
def test_no_server_costs_more_than_the_time_out(told: Told, behave: Behaviour) -> None:
    told(behave)
    began = time.monotonic()
    problem, _, usage = fails(timeout=1.0)
    assert time.monotonic() - began < 1.5
    assert problem.kind in (FailureKind.TIMED_OUT, FailureKind.RATE_LIMITED)
    assert usage.seconds < 1.5


@pytest.mark.parametrize("behave", [hang, drip_words, keep_alive, refuse_with(429, Retry_After="8")])
def test_a_stop_ends_it_at_once(told: Told, behave: Behaviour) -> None:
    told(behave)
    stop = threading.Event()
    reply = open_chat("openai:small", timeout=10).stream(ASKED, stop=stop)
    began = time.monotonic()
    threading.Timer(0.4, stop.set).start()
    list(reply)  # no error: it was wanted
    assert 0.4 <= time.monotonic() - began < 0.6
    assert reply.usage.attempts == 1


def test_who_stops_is_heard_by_the_server(told: Told) -> None:
    server = told(answer_endlessly)
    reply = open_chat("openai:small", timeout=10).stream(ASKED)
    next(reply)
    reply.close()
    assert server.hung_up.wait(3)


def test_an_endless_answer_is_cut(told: Told) -> None:
    told(answer_endlessly)
    reply = open_chat("openai:small", timeout=10, most=1_000).stream(ASKED)
    assert len("".join(reply)) == 1_000
    assert reply.cut


class Deaf:
    """A source whose library ignores every time-out and every wish to stop."""

    secrets: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.done = threading.Event()

    def pieces(self, messages: object, left: threading.Event) -> Iterator[StreamChunk]:
        yield StreamChunk("One.")
        self.done.wait(20)


def test_a_library_that_ignores_its_time_out_is_left_behind() -> None:
    source = Deaf()
    reply = ChatModel("deaf", source, timeout=0.3).stream(ASKED)
    assert next(reply) == "One."
    began = time.monotonic()
    with pytest.raises(ChatFailed, match=r"not done in time.*--model-timeout SECONDS \(it says: 0\.3 seconds"):
        next(reply)
    assert time.monotonic() - began < 0.8
    source.done.set()
