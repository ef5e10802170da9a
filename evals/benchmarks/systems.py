"""The systems under test: the product's search, and the protocol that every retriever implements."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

from evals.statistics.confidence import NO_HITS, compute_confidence, remove_passages, would_answer
from retrieval.index.filters import Filter
from retrieval.index.index import Index
from retrieval.models.embedder import Embedder
from retrieval.search.search import SearchResult, search

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranked passages of a question, with the system's confidence."""

    ids: tuple[str, ...]  # of passages, best first
    confidence: float  # that the first answers; on the system's own scale, NO_HITS without any
    answered: bool | None = None  # at the product's own threshold; None for what has none


class System(Protocol):
    """A retriever over a set of passages."""

    @property
    def name(self) -> str: ...

    def rank(self, question: str, removed: Container[str] = (), within: str | None = None) -> Ranking:
        """Rank the passages, best first, without those ``removed`` (ids), of the report ``within`` only."""
        ...


def rank_by_score(scored: list[tuple[str, float]], removed: Container[str] = ()) -> Ranking:
    """A ranking of (id, score) pairs, best first; equal scores by id.

    >>> rank_by_score([("a", 0.1), ("c", 0.9), ("b", 0.1)], removed={"c"})
    Ranking(ids=('a', 'b'), confidence=0.1, answered=None)
    """
    kept = sorted(((-score, id_) for id_, score in scored if id_ not in removed))
    return Ranking(tuple(id_ for _, id_ in kept), -kept[0][0] if kept else NO_HITS)


class ProductSearch:
    """The product's own search of an index, as a System."""

    name = OURS

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._reports = frozenset(index.store.report_ids())
        self._last: tuple[str, str | None, SearchResult] | None = None  # asked again with passages removed

    def rank(self, question: str, removed: Container[str] = (), within: str | None = None) -> Ranking:
        if within is not None and within not in self._reports:
            return Ranking((), NO_HITS, answered=False)  # as for every system; the product's filter would refuse it
        found = remove_passages(self._search(question, within), lambda passage: passage.id in removed)
        return Ranking(tuple(hit.passage.id for hit in found.hits), compute_confidence(found), would_answer(found))

    def _search(self, question: str, within: str | None) -> SearchResult:
        if self._last is None or self._last[:2] != (question, within):
            where = Filter(reports=(within,)) if within else None
            self._last = (question, within, search(self._index, self._embedder, question, where=where))
        return self._last[2]
