"""What the tests of several screens share: a chat model's server, and files as a browser sends them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from retrieval.assistant import Assistant
from tests.fakes.openai_server import Behaviour, OpenAIServer
from tests.fakes.writing_model import StartServer


@pytest.fixture
def told(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[StartServer]:
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


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Where a browser's files come to lie; they are gone once they are taken."""
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder
