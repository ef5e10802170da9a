"""The product's confidence that it has an answer: the calibrated probability of the best hit."""

from collections.abc import Callable
from dataclasses import replace

from ingest.report import Passage
from retrieval.answer.selection import answering
from retrieval.search.search import SearchResult, likely

NONE = -1.0  # of a search without hits; below every score


def confidence(found: SearchResult) -> float:
    """The probability that the best hit answers; NO_HITS without hits."""
    return found.hits[0].probability if found.hits else NONE


def answered(found: SearchResult) -> bool:
    """Whether the product would answer, at its own thresholds."""
    return bool(answering(found))


def without(found: SearchResult, removed: Callable[[Passage], bool]) -> SearchResult:
    """The search result without some passages, probabilities recomputed (one passage hardly changes the background)."""
    kept = tuple(hit for hit in found.hits if not removed(hit.passage))
    return replace(found, hits=likely(kept, found.calibration, found.language) if found.calibration else kept)
