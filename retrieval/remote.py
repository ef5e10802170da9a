"""An assistant that leaves the searching to another process, so that neither waits for Python's lock.

This process then has no model to load, unless one is to write: what a chat model writes is proven here.
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
    """Answers as Assistant does; ``close()`` ends the other process, which ``now`` and ``embedder`` do not reach."""

    def __init__(self, folder: Path, embedding_model: str = BUNDLED, **options: Any) -> None:
        super().__init__(folder, embedding_model, **options)
        setup = {name: str(options[name]) for name in _SEARCHING if options.get(name)}
        self._searcher = Searcher(Setup(str(folder), embedding_model, **setup))

    def start(self) -> None:
        """Begin to start the other process."""
        self._searcher.start()

    @property
    def loaded(self) -> bool:
        """Whether it can search."""
        return self._searcher.ready

    def prepare(self) -> None:
        """Load all that answering takes, there and here. Raises RelatoriaError."""
        self.chat()
        self.start()
        self.prepare_to_write()
        self._searcher.wait()

    def for_many(self) -> None:
        """Nothing to do: the other process is."""

    def embedder(self) -> Embedder:
        """The embedding model, for what is proven and ingested here; on one core, since others ask meanwhile."""
        there = super().loaded
        one = super().embedder()
        if not there:
            for_many(one)
        return one

    def found(self, question: str, limit: int | None, where: Filter | None) -> SearchResult:
        """As Assistant's, without ``calibration`` and ``asked``."""
        return self._searcher.found(ToFind(question, limit, where))

    def quoted(self, resolved: Resolved, language: str | None, fallback: str | None, where: Filter | None) -> Answer:
        """As Assistant's."""
        return self._searcher.quoted(ToQuote(resolved, language, fallback, where))

    def close(self) -> None:
        """End the other process."""
        self._searcher.close()
