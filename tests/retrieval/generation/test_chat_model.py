"""A chat model is called under our clock, whatever its server does, and fails in one way that says what to do."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.cli.environment import chat_model, model_prices, model_timeout
from app.cli.main import main
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from retrieval.generation.chat_model import ChatModel, Prices, StreamChunk, Usage
from retrieval.generation.errors import MAX_MESSAGE, ChatFailed, FailureKind, classify_error, redact
from retrieval.generation.providers import open_chat
from tests.fakes.openai_server import (
    Behaviour,
    Exchange,
    OpenAIServer,
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

KEY = "sk-Geheimnis-1234567890"
ASKED = [("system", "Quote."), ("user", "QUESTION: why?")]
Told = Callable[[Behaviour], OpenAIServer]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Starts a server that behaves as told, and points OpenAI's variables to it."""
    with ExitStack() as stack:

        def start(behave: Behaviour) -> OpenAIServer:
            server = stack.enter_context(OpenAIServer(behave))
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            monkeypatch.setenv("OPENAI_API_KEY", KEY)
            return server

        yield start


def ask(timeout: float = 5.0) -> tuple[str, Usage]:
    reply = open_chat("openai:small", timeout=timeout).stream(ASKED)
    return "".join(reply), reply.usage


def fails(timeout: float = 5.0) -> tuple[ChatFailed, str, Usage]:
    """How the call fails, what came before, and what it took."""
    reply, came = open_chat("openai:small", timeout=timeout).stream(ASKED), ""

    def read() -> None:
        nonlocal came
        for piece in reply:
            came += piece

    with pytest.raises(ChatFailed) as caught:
        read()
    assert KEY not in str(caught.value)
    assert str(caught.value).startswith("The chat model openai:small ")
    assert "\n" not in str(caught.value)
    return caught.value, came, reply.usage


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
    threading.Timer(0.4, stop.set).start()
    began = time.monotonic()
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


# Opening


@pytest.mark.parametrize("spec", ["", "gpt", "openai:", ":gpt", "nobody:gpt", "openai:a\nb"])
def test_what_names_no_model_lists_what_does(spec: str) -> None:
    with pytest.raises(RelatoriaError, match=r"openai:NAME, anthropic:NAME, .*ollama:NAME"):
        open_chat(spec)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    with pytest.raises(ChatFailed, match="Set OPENAI_API_KEY to") as caught:
        open_chat("openai:small")
    assert caught.value.kind is FailureKind.NO_KEY


def test_a_missing_package_is_named() -> None:
    with pytest.raises(RelatoriaError, match=r"pip install langchain-mistralai$"):
        open_chat("mistralai:small")


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_time_out_is_a_time(timeout: float) -> None:
    with pytest.raises(RelatoriaError, match="--model-timeout 60"):
        open_chat("openai:small", timeout=timeout)


def test_no_tokenizer_is_asked_for(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("tiktoken would download its tables")

    for name in ("get_encoding", "encoding_for_model"):
        monkeypatch.setattr(sys.modules.get("tiktoken") or pytest.importorskip("tiktoken"), name, never)
    told(answer_with("Sí."))
    assert ask()[0] == "Sí."


def test_a_key_that_is_no_header_is_not_repeated(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    told(answer_with("Sí."))
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\n")
    problem, _, _ = fails()
    assert KEY[3:] not in str(problem)


# From the command


def test_the_assistant_opens_its_model_once(assistant: Assistant, told: Told) -> None:
    told(answer_with("Sí."))
    one = Assistant(assistant.index.folder, model="openai:small", model_timeout=7, prices=Prices(1, 2))
    chat = one.chat()
    assert chat is not None
    assert (chat.name, chat.timeout, chat is one.chat()) == ("openai:small", 7, True)
    assert assistant.chat() is None


def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODEL", "MODEL_TIMEOUT", "MODEL_PRICE"):
        monkeypatch.delenv(f"RELATORIA_{name}", raising=False)
    assert (chat_model(None), model_timeout(None), model_prices(None)) == (None, None, None)
    monkeypatch.setenv("RELATORIA_MODEL", "ollama:gemma3")
    monkeypatch.setenv("RELATORIA_MODEL_TIMEOUT", "30")
    monkeypatch.setenv("RELATORIA_MODEL_PRICE", "1.25,10")
    assert (chat_model(None), model_timeout(None), model_prices(None)) == ("ollama:gemma3", 30, Prices(1.25, 10))
    assert (chat_model("openai:x"), model_timeout("5"), model_prices("0,0")) == ("openai:x", 5, Prices(0, 0))


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--model-timeout", "soon", "--model-timeout 60"),
        ("--model-timeout", "0", "above 0"),
        ("--model-timeout", "nan", "above 0"),
        ("--model-price", "1", "two numbers"),
        ("--model-price", "1,-2", "two numbers"),
        ("--model-price", "a,b", "--model-price 1.25,10"),
    ],
)
def test_a_wrong_option_says_what_to_type(
    option: str, value: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "¿Qué?", option, value]) == 1
    assert says in " ".join(capsys.readouterr().err.split())


# What a stranger says


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bearer abc.def", "[…]"),
        ('{"api_key": "hush"}', '{"[…]'),
        ("key sk-proj-aaaa1111****bbbb is wrong", "key […] is wrong"),
        ("AIzaSyA1234567890abcdefgh no", "[…] no"),
        ("a\x00b\r\n\u202ec\u2028d", "a b c d"),
        ("the model is loading, wait 30 seconds", "the model is loading, wait 30 seconds"),
    ],
)
def test_nothing_like_a_key_is_repeated(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_what_a_server_says_is_cut() -> None:
    assert len(redact("wait " * 1_000_000)) <= MAX_MESSAGE
    assert "[…]" in redact("my own word: open", ["open"])


def test_a_failure_may_be_its_own_cause() -> None:
    error = RuntimeError("round")
    error.__cause__ = error
    assert classify_error(error, "openai:small", begun=False).kind is FailureKind.OTHER
