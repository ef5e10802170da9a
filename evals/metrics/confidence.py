"""How sure the product is that it has an answer: the one place that says which number that is."""

from collections.abc import Callable
from dataclasses import replace

from ingest.report import Passage
from retrieval.answer.selection import answering
from retrieval.search.search import SearchResult, likely

NONE = -1.0  # of a search without hits; below every score


def confidence(found: SearchResult) -> float:
    """The probability that the best hit answers; NONE without hits."""
    return found.hits[0].probability if found.hits else NONE


def answered(found: SearchResult) -> bool:
    """Whether the product would answer, at its own threshold."""
    return bool(answering(found))


def without(found: SearchResult, removed: Callable[[Passage], bool]) -> SearchResult:
    """The same search as if these passages were not in the index, for whose background one passage is nothing."""
    kept = tuple(hit for hit in found.hits if not removed(hit.passage))
    return replace(found, hits=likely(kept, found.calibration, found.language) if found.calibration else kept)
