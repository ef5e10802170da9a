"""An assistant that searches in a worker process, so that neither process waits for the other's GIL.

This process loads no model unless a chat model writes: what it writes is verified here.
"""

from pathlib import Path
from typing import Any

from retrieval.assistant import Assistant
from retrieval.deadline import DEADLINE
from retrieval.models.embedder import BUNDLED_MODEL, Embedder, prepare_for_concurrency
from retrieval.query.request import Request
from retrieval.results import Answer
from retrieval.search.search import SearchResult
from retrieval.worker import SearchWorker, Setup

_SEARCH_OPTIONS = ("chroma", "reranker", "calibration")  # the options that the search has a use for


class RemoteAssistant(Assistant):
    """An Assistant that searches in a worker process, which ``now`` and ``embedder`` do not reach; ``close()`` it.

    A search of more than ``deadline`` seconds raises SearchTimedOut (`SearchWorker`).
    """

    def __init__(
        self, folder: Path, embedding_model: str = BUNDLED_MODEL, *, deadline: float | None = None, **options: Any
    ) -> None:
        super().__init__(folder, embedding_model, **options)
        setup = {name: str(options[name]) for name in _SEARCH_OPTIONS if options.get(name)}
        self._worker = SearchWorker(Setup(str(folder), embedding_model, **setup), deadline or DEADLINE)

    def start(self) -> None:
        """Start the worker process; does not wait."""
        self._worker.start()

    @property
    def is_ready(self) -> bool:
        """Whether the worker process is ready to search."""
        return self._worker.is_ready

    def prepare(self) -> None:
        """Load every configured model in both processes. Raises RelatoriaError."""
        self.chat()
        self.start()
        self.prepare_to_write()
        self._worker.wait_until_ready()

    def prepare_for_concurrency(self) -> None:
        """Does nothing: the worker process is configured for concurrency by itself."""

    def embedder(self) -> Embedder:
        """The embedding model of this process, to verify and ingest with; on one core, as questions run meanwhile."""
        there = super().is_ready
        embedder = super().embedder()
        if not there:
            prepare_for_concurrency(embedder)
        return embedder

    def find_passages(self, request: Request) -> SearchResult:
        """Rank passages in the worker process; the result lacks ``calibration`` and the encoded question."""
        return self._worker.find_passages(request)

    def answer_with_quotes(self, request: Request) -> Answer:
        """Compose the answer from quotes in the worker process."""
        return self._worker.answer_with_quotes(request)

    def close(self) -> None:
        """Stop the worker process."""
        self._worker.close()
