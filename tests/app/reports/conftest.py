"""A small index that reports are added to and removed from."""

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
