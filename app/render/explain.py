"""Explains a search in one line each: a hit's scores and rank, and the parsed query."""

from retrieval.results import Exact, Hit
from retrieval.search.search import SearchResult

_EXACT = {
    Exact.RECORD: "named in the question",
    Exact.PHRASE: "has the phrase word for word",
    Exact.FILTER: "fits the filter, which is all that is asked",
}


def why(hit: Hit) -> str:
    """Explain a hit's rank: its scores and what decided.

    "91 % likely: late 0.500, telling 0.480, lexical 0.250, dense 0.800; has every word of the question"
    """
    if hit.exact in (Exact.RECORD, Exact.FILTER):
        return _EXACT[hit.exact]
    score = hit.score
    dense = "–" if score.dense is None else f"{score.dense:.3f}"
    signals = (
        f"{hit.probability:.0%} likely: late {score.late:.3f}, telling {score.telling:.3f}, "
        f"lexical {score.lexical:.3f}, dense {dense}"
    )
    reasons = [_EXACT[hit.exact]] if hit.exact else []
    reasons += ["has every word of the question"] if score.every_word else []
    reasons += ["shares no words with it"] if not score.lexical else []
    reasons += ["is a fact about the report"] if score.handicap else []
    reasons += ["not among the nearest"] if score.dense is None and score.lexical else []
    if hit.reranked is not None:
        signals += f", re-ranked {hit.reranked:.3f}"
    return "; ".join([signals, *reasons])


def understood(found: SearchResult) -> str:
    """Describe the filters of a search, from its options and its parsed question; empty where there are none."""
    parts = [*found.where.described().items(), *found.wanted.described().items()]
    said = [f"{name}: {', '.join(values)}" for name, values in parts]
    return " · ".join([*(["all that match"] if found.wanted.all_of_them else []), *said])
