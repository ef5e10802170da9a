"""Explains a search in one line each: a hypothesis on the question, a hit's scores and rank, the filters."""

from collections.abc import Mapping
from typing import Any

from retrieval.results import ExactMatch, Hit, Hypothesis
from retrieval.search.search import SearchResult

_EXACT_TEXTS = {
    ExactMatch.RECORD: "named in the question",
    ExactMatch.PHRASE: "has the phrase word for word",
    ExactMatch.FILTER: "fits the filter, which is all that is asked",
}


def explain_reading(it: Hypothesis, said: Mapping[str, Any]) -> tuple[str, str, str]:
    """Explain a hypothesis in words (``Labels.reading``): its words, what they were read as, what became of it."""
    read_as = ": ".join(filter(None, (said["facets"].get(it.facet, it.facet), " · ".join(it.values))))
    return it.words or said["set"], read_as, said["fates"][it.fate]


def explain_hit(hit: Hit) -> str:
    """Explain a hit's rank: its scores and what decided.

    "91 % likely: late 0.500, telling 0.480, lexical 0.250, dense 0.800; has every word of the question"
    """
    if hit.exact in (ExactMatch.RECORD, ExactMatch.FILTER):
        return _EXACT_TEXTS[hit.exact]
    score = hit.score
    dense = "–" if score.dense is None else f"{score.dense:.3f}"
    signals = (
        f"{hit.probability:.0%} likely: late {score.late:.3f}, telling {score.weighted_late:.3f}, "
        f"lexical {score.lexical:.3f}, dense {dense}"
    )
    reasons = [_EXACT_TEXTS[hit.exact]] if hit.exact else []
    reasons += ["has every word of the question"] if score.has_every_word else []
    reasons += ["shares no words with it"] if not score.lexical else []
    reasons += ["is a fact about the report"] if score.handicap else []
    reasons += ["not among the nearest"] if score.dense is None and score.lexical else []
    if hit.reranker_score is not None:
        signals += f", re-ranked {hit.reranker_score:.3f}"
    return "; ".join([signals, *reasons])


def describe_query(found: SearchResult) -> str:
    """Describe the filters of a search, from its options and its parsed question; empty where there are none."""
    parts = [*found.where.describe().items(), *found.query.describe().items()]
    said = [f"{name}: {', '.join(values)}" for name, values in parts]
    return " · ".join([*(["all that match"] if found.query.all_of_them else []), *said])
