"""The assistant that is put to the test: of an index at hand, or of a new one of the bundled report."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant


@contextmanager
def bundled(folder: Path | None) -> Iterator[Assistant]:
    """An assistant over the index in ``folder``; without one, over a new index that is removed afterwards."""
    if folder:
        yield Assistant(folder)
        return
    with tempfile.TemporaryDirectory(prefix="relatoria-evals-") as temporary:
        assistant = Assistant(Path(temporary))
        assistant.index.update(find_sources([BUNDLED_CORPUS]), assistant.embedder)
        yield assistant
