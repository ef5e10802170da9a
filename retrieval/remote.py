"""An assistant that searches in a worker process, so that neither process waits for the other's GIL.

This process loads no model unless a chat model writes: what it writes is verified here.
"""

from pathlib import Path
from typing import Any

from retrieval.assistant import Assistant
from retrieval.index.filters import Filter
from retrieval.models.embedder import BUNDLED, Embedder, for_many
from retrieval.query.conversation import Resolved
from retrieval.results import Answer
from retrieval.search.search import SearchResult
from retrieval.worker import Searcher, Setup, ToFind, ToQuote

_SEARCHING = ("chroma", "reranker", "calibration")  # the options that the search has a use for


class Apart(Assistant):
    """An Assistant that searches in a worker process, which ``now`` and ``embedder`` do not reach; ``close()`` it."""

    def __init__(self, folder: Path, embedding_model: str = BUNDLED, **options: Any) -> None:
        super().__init__(folder, embedding_model, **options)
        setup = {name: str(options[name]) for name in _SEARCHING if options.get(name)}
        self._searcher = Searcher(Setup(str(folder), embedding_model, **setup))

    def start(self) -> None:
        """Start the worker process; does not wait."""
        self._searcher.start()

    @property
    def loaded(self) -> bool:
        """Whether the worker process is ready to search."""
        return self._searcher.ready

    def prepare(self) -> None:
        """Load every configured model in both processes. Raises RelatoriaError."""
        self.chat()
        self.start()
        self.prepare_to_write()
        self._searcher.wait()

    def for_many(self) -> None:
        """Does nothing: the worker process is configured for concurrency by itself."""

    def embedder(self) -> Embedder:
        """The embedding model of this process, to verify and ingest with; on one core, as questions run meanwhile."""
        there = super().loaded
        one = super().embedder()
        if not there:
            for_many(one)
        return one

    def found(self, question: str, limit: int | None, where: Filter | None) -> SearchResult:
        """Rank passages in the worker process; the result lacks ``calibration`` and the encoded question."""
        return self._searcher.found(ToFind(question, limit, where))

    def quoted(self, resolved: Resolved, language: str | None, fallback: str | None, where: Filter | None) -> Answer:
        """Compose the answer from quotes in the worker process."""
        return self._searcher.quoted(ToQuote(resolved, language, fallback, where))

    def close(self) -> None:
        """Stop the worker process."""
        self._searcher.close()
