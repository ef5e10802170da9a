"""The product's confidence that it has an answer: the calibrated probability of the best hit."""

from collections.abc import Callable
from dataclasses import replace

from ingest.report import Passage
from retrieval.answer.selection import select_answering
from retrieval.search.search import SearchResult, add_probabilities

NO_HITS = -1.0  # of a search without hits; below every score


def compute_confidence(found: SearchResult) -> float:
    """The probability that the best hit answers; NO_HITS without hits."""
    return found.hits[0].probability if found.hits else NO_HITS


def would_answer(found: SearchResult) -> bool:
    """Whether the product would answer, at its own thresholds."""
    return bool(select_answering(found))


def remove_passages(found: SearchResult, removed: Callable[[Passage], bool]) -> SearchResult:
    """The search result without some passages, probabilities recomputed (one passage hardly changes the background)."""
    kept = tuple(hit for hit in found.hits if not removed(hit.passage))
    return replace(
        found, hits=add_probabilities(kept, found.calibration, found.language) if found.calibration else kept
    )
