"""How sure the product is that it has an answer: the one place that says which number that is."""

from collections.abc import Callable
from dataclasses import replace

from ingest.report import Passage
from retrieval.quoting import answering
from retrieval.search import Found

NONE = -1.0  # of a search without hits; below every score


def confidence(found: Found) -> float:
    """How sure the best hit is to answer; NONE without hits. Questions are compared by it, so its scale is its own."""
    return found.hits[0].score.total if found.hits else NONE


def answered(found: Found) -> bool:
    """Whether the product would answer, at its own threshold."""
    return bool(answering(found))


def without(found: Found, removed: Callable[[Passage], bool]) -> Found:
    """The same search as if these passages were not in the index."""
    return replace(found, hits=tuple(hit for hit in found.hits if not removed(hit.passage)))
