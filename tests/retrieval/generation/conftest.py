"""A server of chat models that behaves as told."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.fakes.openai_server import Behaviour, OpenAIServer
from tests.retrieval.generation.calls import KEY, Told


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
