"""A small index that reports are added to and removed from, and files as a browser sends them."""

from pathlib import Path

import pytest

from ingest.sources import find_sources
from retrieval.assistant import Assistant
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder


@pytest.fixture
def small(tmp_path: Path, reports: Path) -> Assistant:
    """An assistant over two small reports, with the small embedder of tests."""
    assistant = Assistant(tmp_path / "index", MODEL, embedder=HashingEmbedder())
    assistant.index.update(find_sources([reports]), assistant.embedder)
    return assistant


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Where a browser's files come to lie; they are gone once they are taken."""
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder
