"""Explains an answer: how its question was read, what became of each hypothesis, and which score it had to reach."""

from collections.abc import Callable
from dataclasses import replace

from ingest.report import Report
from retrieval.query.answer_language import SpokenLanguage
from retrieval.query.conversation import ResolvedQuestion
from retrieval.results import Explanation, Fate, Hypothesis
from retrieval.search.search import SearchResult

_THRESHOLDS = ("answer", "borderline", "related", "scope")  # see calibration.py; the last is one of late interaction


def explain(
    found: SearchResult, resolved: ResolvedQuestion, spoken: SpokenLanguage, source: Callable[[str], Report | None]
) -> Explanation:
    """Explains the answer to a resolved question; reports are called by their titles."""
    besides = [Hypothesis("", facet, tuple(values)) for facet, values in found.where.describe().items()]
    others = {resolved.question, resolved.alone} - {found.question, ""} if resolved.alone else ()
    rejected = [Hypothesis(reading, "question", fate=Fate.BETTER) for reading in others]

    def name_reports(it: Hypothesis) -> Hypothesis:
        reports = [source(value) for value in it.values] if it.facet == "reports" else []
        return replace(it, values=tuple(it.metadata.title or it.id for it in reports if it) or it.values)

    first, measure = next(iter(found.hits), None), found.calibration
    measured = {"probability": first.probability, "late": first.score.late} if first else {}
    if first and first.score.answers is not None:  # the reader's log-odds, and what it would be without
        measured |= {"answers": first.score.answers, "nearness": first.nearness}
    return Explanation(
        found.question,
        found.query.subject,
        tuple(map(name_reports, (*besides, *found.query.hypotheses, *rejected))),
        *spoken,
        first={name: round(value, 6) for name, value in measured.items()} if first and measure else {},
        thresholds={name: getattr(measure, f"{name}_threshold") for name in _THRESHOLDS} if measure else {},
    )
