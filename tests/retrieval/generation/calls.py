"""Calls to a chat model, and how they end."""

from collections.abc import Callable

import pytest

from retrieval.generation.chat_model import Usage
from retrieval.generation.errors import ChatFailed
from retrieval.generation.providers import open_chat
from tests.fakes.openai_server import Behaviour, OpenAIServer

KEY = "sk-Geheimnis-1234567890"
ASKED = [("system", "Quote."), ("user", "QUESTION: why?")]
Told = Callable[[Behaviour], OpenAIServer]


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
