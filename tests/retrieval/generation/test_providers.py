"""A chat model is opened by its name, and what a server or a wrong option says is passed on without secrets."""

import sys

import pytest

from app.cli.environment import model_prices, number_setting, text_setting
from app.cli.main import main
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from retrieval.generation.chat_model import Prices
from retrieval.generation.errors import MAX_MESSAGE, ChatFailed, FailureKind, classify_error, redact
from retrieval.generation.providers import open_chat
from tests.fakes.openai_server import answer_with
from tests.retrieval.generation.calls import KEY, Told, ask, fails


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
    asked = Assistant(assistant.index.folder, model="openai:small", model_timeout=7, prices=Prices(1, 2))
    chat = asked.chat()
    assert chat is not None
    assert (chat.name, chat.timeout, chat is asked.chat()) == ("openai:small", 7, True)
    assert assistant.chat() is None


def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODEL", "MODEL_TIMEOUT", "MODEL_PRICE"):
        monkeypatch.delenv(f"RELATORIA_{name}", raising=False)
    assert (text_setting(None, "MODEL"), number_setting(None, "MODEL_TIMEOUT"), model_prices(None)) == (
        None,
        None,
        None,
    )
    monkeypatch.setenv("RELATORIA_MODEL", "ollama:gemma3")
    monkeypatch.setenv("RELATORIA_MODEL_TIMEOUT", "30")
    monkeypatch.setenv("RELATORIA_MODEL_PRICE", "1.25,10")
    assert (text_setting(None, "MODEL"), number_setting(None, "MODEL_TIMEOUT")) == ("ollama:gemma3", 30)
    assert (text_setting("openai:x", "MODEL"), number_setting("5", "MODEL_TIMEOUT")) == ("openai:x", 5)
    assert (model_prices(None), model_prices("0,0")) == (Prices(1.25, 10), Prices(0, 0))


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
