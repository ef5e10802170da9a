"""Every command works on the bundled report's index unless it names another."""

import pytest

from retrieval.assistant import Assistant


@pytest.fixture(autouse=True)
def index(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATORIA_INDEX", str(assistant.index.folder))
