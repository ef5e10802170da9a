"""The measures of the scorecard: which cases each counts, and how it scores an outcome; the rest is in measures.toml.

A score is between 0 and 1; whether a case counts depends on the case alone, never on its outcome: a crash scores the
worst there is, and nothing leaves a denominator. A figure is its scores' mean.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path

from evals.metrics.measures import CRASHED, covers, frame_fits, is_same_or_part
from evals.run.cases import Archetype, Case, GoldMatch
from evals.run.runner import Outcome

MAX_RANK = 10  # ranks that the measures of ranking look at
_IRRELEVANT = "-"  # stands in a ranking for a passage that is neither gold nor welcome


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: ``score`` is computed for the outcomes whose case ``counts``."""

    name: str
    definition: str
    counts: Callable[[Case], bool]
    score: Callable[[Outcome], float]
    sentence: str = ""  # a figure in words; {} is where its value stands
    source: str = ""
    target: float | None = None  # to be reached on our own cases without a chat model
    lower_is_better: bool = False
    strict: bool = False  # the gate lets nothing be lost, interval or not
    way: str = ""  # of asking again, without which it cannot be told
    compared: bool = False  # with other ways of searching, which have no proof and no sentences of their own

    @property
    def worst(self) -> float:
        return float(self.lower_is_better)

    def score_outcome(self, outcome: Outcome) -> float:
        """Score an outcome; a crash gets the worst score."""
        return self.worst if outcome.status == CRASHED else float(self.score(outcome))


def citation_precision(outcome: Outcome) -> float:
    """Share of the cited passages that must or may be cited; 0 when nothing is cited where something should be.

    >>> case = Case("a", "?", "en", gold=("r#1",), also=("r#2",))
    >>> citation_precision(Outcome(case, "answered", cited=("r#1", "r#2", "r#3", "r#4")))
    0.5
    >>> refused = Case("b", "?", "en", statuses=("nothing_found",))
    >>> [citation_precision(Outcome(refused, "…", cited=some)) for some in ((), ("r#1",))]
    [1.0, 0.0]
    """
    if not outcome.cited:
        return float(not outcome.case.answerable)
    return sum(map(outcome.case.accepts, outcome.cited)) / len(outcome.cited)


def citation_recall(outcome: Outcome) -> float:
    """Share of the passages that must be cited and are; where any one of several is enough, whether one is.

    >>> case = Case("a", "?", "en", need=GoldMatch.ALL, gold=("r#1", "r#2"))
    >>> citation_recall(Outcome(case, "answered", cited=("r#2",)))
    0.5
    """
    case = outcome.case
    met = [any(covers(cited, gold) for cited in outcome.cited) for gold in case.gold]
    return (float(any(met)) if case.need is GoldMatch.ANY else sum(met) / len(met)) if met else 0.0


def citation_f1(outcome: Outcome) -> float:
    """The harmonic mean of citation precision and recall of the case.

    >>> citation_f1(Outcome(Case("a", "?", "en", gold=("r#1",)), "answered", cited=("r#1", "r#2", "r#3")))
    0.5
    """
    precision, recall = citation_precision(outcome), citation_recall(outcome)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def exact_set(outcome: Outcome) -> float:
    """Whether the cited set is the list that was asked for, all of it and nothing else.

    >>> case = Case("a", "?", "en", need=GoldMatch.EXACT, gold=("r#1", "r#2"))
    >>> [exact_set(Outcome(case, "answered", cited=some)) for some in (("r#2", "r#1"), ("r#1",), ("r#1", "r#2", "r#3"))]
    [1.0, 0.0, 0.0]
    """
    return float(citation_recall(outcome) == 1 and citation_precision(outcome) == 1)


def cites_the_same(way: str, outcome: Outcome) -> float:
    """Whether a rerun (``way``: repeated, re-ordered, reworded) cites the same set of passages, in any order.

    >>> asked = Outcome(Case("a", "?", "en"), "answered", cited=("r#1", "r#2"), again={"reworded": ("r#2", "r#1")})
    >>> cites_the_same("reworded", asked), cites_the_same("repeated", asked)
    (1.0, 0.0)
    """
    return float(way in outcome.again and set(outcome.again[way]) == set(outcome.cited))


def _is_any(_case: Case) -> bool:
    return True


def _is_unanswerable(case: Case) -> bool:
    return not case.answerable


def _is_list(case: Case) -> bool:
    return case.need is GoldMatch.EXACT


def _cites_nothing_forbidden(outcome: Outcome) -> bool:
    return not any(is_same_or_part(cited, never) for cited in outcome.cited for never in outcome.case.never)


def _share_value(outcome: Outcome, name: str) -> float:
    share = getattr(outcome, name)
    return float(share.value) if share.of else 1.0


_is_answerable = attrgetter("answerable")
_Score = tuple[Callable[[Case], bool], Callable[[Outcome], float]]
_SCORES: dict[str, _Score] = {  # by name: whether a case counts, and its score
    "right": (_is_any, lambda outcome: outcome.right),
    "R@1": (_is_answerable, lambda outcome: score_ranking(outcome)["Success(rel=2)@1"]),
    "R@5": (_is_answerable, lambda outcome: score_ranking(outcome)["Success(rel=2)@5"]),
    "MRR": (_is_answerable, lambda outcome: score_ranking(outcome)["RR(rel=2)"]),
    "nDCG@10": (_is_answerable, lambda outcome: score_ranking(outcome)["nDCG@10"]),
    "citation precision": (_is_any, citation_precision),
    "citation recall": (_is_answerable, citation_recall),
    "citation F1": (_is_answerable, citation_f1),
    "nothing forbidden": (lambda case: bool(case.never), _cites_nothing_forbidden),
    "quotes exact": (_is_any, lambda outcome: _share_value(outcome, "quotes")),
    "groundedness": (_is_any, lambda outcome: _share_value(outcome, "statements")),
    "lists exact": (_is_list, exact_set),
    "lists complete": (_is_list, citation_recall),
    "number right": (lambda case: case.total is not None, lambda outcome: outcome.total == outcome.case.total),
    "answered though absent": (_is_unanswerable, lambda outcome: outcome.status == "answered"),
    "refused though present": (_is_answerable, lambda outcome: outcome.status != "answered"),
    "right kind of no": (_is_unanswerable, lambda outcome: outcome.case.accepts_status(outcome.status)),
    "frame language right": (_is_any, lambda outcome: frame_fits(outcome.language, outcome.case.language)),
    "strength kept": (
        _is_answerable,
        lambda outcome: outcome.strength_kept and outcome.case.strength in (None, outcome.strength),
    ),
    "multi-turn": (lambda case: case.archetype is Archetype.MULTI_TURN, lambda outcome: outcome.right),
    "no crash": (_is_any, lambda outcome: 1.0),
    "the same again": (_is_any, lambda outcome: cites_the_same("repeated", outcome)),
    "the same re-ordered": (_is_any, lambda outcome: cites_the_same("re-ordered", outcome)),
    "the same reworded": (lambda case: bool(case.same_as), lambda outcome: cites_the_same("reworded", outcome)),
}
_TABLE = tomllib.loads((Path(__file__).parent.parent / "data" / "measures.toml").read_text(encoding="utf-8"))
MEASURES = tuple(
    Measure(name, counts=_SCORES[name][0], score=_SCORES[name][1], **told) for name, told in _TABLE.items()
)
MEASURES_BY_NAME = {measure.name: measure for measure in MEASURES}


def score_ranking(outcome: Outcome) -> dict[str, float]:
    """Measures of the ranking, by ir_measures: gold gains 2, what may be cited besides 1; 0 where nothing is found.

    >>> case = Case("a", "?", "en", gold=("r#1",), also=("r#2",))
    >>> found = score_ranking(Outcome(case, "answered", ranked=("r#2", "r#1")))
    >>> found["Success(rel=2)@1"], found["Success(rel=2)@5"], found["RR(rel=2)"]
    (0.0, 1.0, 0.5)
    >>> round(found["nDCG@10"], 4)  # (1 + 2/log2(3)) / (2 + 1/log2(3))
    0.8597
    """
    case = outcome.case
    wanted = [(id_, 2) for id_ in case.gold] + [(id_, 1) for id_ in case.also]
    named: list[str] = []
    for found in outcome.ranked:  # a passage stands for the first wanted one that it covers, and is counted once
        name = next((id_ for id_, _ in wanted if covers(found, id_) and id_ not in named), None)
        named.append(name or f"{_IRRELEVANT}{len(named)}")
    return _compute_ranking_scores(tuple(wanted), tuple(named[:MAX_RANK]))


@cache
def _compute_ranking_scores(wanted: Sequence[tuple[str, int]], ranked: Sequence[str]) -> dict[str, float]:
    import ir_measures as ir

    asked = [ir.Success(rel=2) @ 1, ir.Success(rel=2) @ 5, ir.RR(rel=2), ir.nDCG @ 10]
    if not wanted or not ranked:
        return {str(measure): 0.0 for measure in asked}
    qrels = [ir.Qrel("q", id_, gain) for id_, gain in wanted]
    found = [ir.ScoredDoc("q", id_, float(-rank)) for rank, id_ in enumerate(ranked)]
    return {str(name): float(value) for name, value in ir.calc_aggregate(asked, qrels, found).items()}
