"""The scorecard: every measure over all cases and each group of them, with its interval, and the cases themselves."""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from evals.metrics.measures import CRASHED
from evals.run.runner import Outcome, shorten_id
from evals.scorecard.curves import calibration_error, reliability_bins, risk_coverage
from evals.scorecard.metrics import MEASURES, Measure

SCHEMA_VERSION = 1  # of the JSON; evals/scorecard/templates/scorecard.schema.json
ALL = "all"
PRODUCT_NAME = "Relatoría"
_CROSSED = "language × archetype"
GROUPS: Mapping[str, Callable[[Outcome], str]] = {
    "language": lambda outcome: outcome.case.language,
    "archetype": lambda outcome: str(outcome.case.archetype),
    "half": lambda outcome: outcome.case.half,
    _CROSSED: lambda outcome: f"{outcome.case.language} × {outcome.case.archetype}",
}
_Z = 1.959964  # of the normal distribution, for 95 %


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's mean score over a group of cases, with its 95 % Wilson interval."""

    measure: str
    group: str  # "all", "language", "archetype", "half", "language × archetype"
    name: str  # of the group: "es", "typo", "es × typo"; "all" of all
    count: int
    value: float
    low: float
    high: float
    target: float | None = None
    lower_is_better: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.lower_is_better else self.value >= self.target

    def __str__(self) -> str:
        """Format for a table.

        >>> str(Figure("R@1", "all", "all", 107, 0.9346, 0.871, 0.968))
        '.935 [.871 .968]'
        """
        value, low, high = (f"{share:.3f}".replace("0.", ".", 1) for share in (self.value, self.low, self.high))
        return f"{value} [{low} {high}]"


@dataclass(frozen=True)
class Scorecard:
    """Outcomes and their figures; other systems' outcomes of the same cases, by name."""

    outcomes: tuple[Outcome, ...]
    others: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)  # versions, fingerprint, commit, machine
    date: str = ""  # ISO 8601, UTC; differs from run to run like the times

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every measure of every group that has cases for it."""
        return tuple(compute_figures(self.outcomes, MEASURES))

    @cached_property
    def misses(self) -> tuple[Outcome, ...]:
        """The failed cases, worst first: crashed, unproved, answered wrongly, refused, incomplete."""
        return tuple(sorted((outcome for outcome in self.outcomes if not outcome.right), key=severity, reverse=True))

    @property
    def ratio(self) -> float | None:
        """Time of everything but embedding the question, divided by that; None where nothing was timed."""
        ratio: float | None = summarize_times(self.outcomes).get("the rest by embedding")
        return ratio

    def as_json(self) -> dict[str, Any]:
        """Serialize as templates/scorecard.schema.json has it; what differs between two runs is under "times"."""
        compared = [measure for measure in MEASURES if measure.compared]
        return {
            "schema": SCHEMA_VERSION,
            "made": dict(self.made),
            "figures": [_serialize_figure(figure) for figure in self.figures],
            "definitions": [
                {"measure": measure.name}
                | {name: getattr(measure, name) for name in ("definition", "source", "compared")}
                for measure in MEASURES
            ],
            "others": {
                name: [_serialize_figure(figure) for figure in compute_figures(some, compared)]
                for name, some in self.others.items()
            },
            "confusion": [list(row) for row in confusion_matrix(self.outcomes)],
            "reliability": [
                _round_values(asdict(reliability_bin)) for reliability_bin in reliability_bins(self.outcomes)
            ],
            "calibration error": round(calibration_error(self.outcomes), 6),
            "risk coverage": [[round(x, 6), round(y, 6)] for x, y in risk_coverage(self.outcomes)],
            "cases": [serialize_case(outcome) for outcome in self.outcomes],
            "worst": [miss.case.name for miss in self.misses],
            "times": {"date": self.date, **summarize_times(self.outcomes)},
        }


def compute_figures(outcomes: Sequence[Outcome], measures: Iterable[Measure]) -> list[Figure]:
    """Compute the measures of all outcomes, then of each group; a group without cases for a measure has no figure."""
    parts: list[tuple[str, str, Sequence[Outcome]]] = [(ALL, ALL, outcomes)]
    for group, key in GROUPS.items():
        names = sorted({key(outcome) for outcome in outcomes})
        parts += [(group, name, [outcome for outcome in outcomes if key(outcome) == name]) for name in names]
    asked = [
        measure for measure in measures if not measure.way or any(measure.way in outcome.again for outcome in outcomes)
    ]
    made = []
    for group, name, some in parts:
        for measure in asked:
            scores = [measure.score_outcome(outcome) for outcome in some if measure.counts(outcome.case)]
            if scores and (group != _CROSSED or measure.name == "right"):
                low, high = wilson_interval(sum(scores), len(scores))
                mean = sum(scores) / len(scores)
                made.append(
                    Figure(
                        measure.name, group, name, len(scores), mean, low, high, measure.target, measure.lower_is_better
                    )
                )
    return made


def confusion_matrix(outcomes: Iterable[Outcome]) -> list[tuple[str, str, int]]:
    """Status confusion matrix as (expected, actual, count), in order of names.

    >>> from evals.run.cases import Case
    >>> wanted = Case("a", "?", "en", gold=("r#1",))
    >>> confusion_matrix([Outcome(wanted, "answered"), Outcome(wanted, "crashed"), Outcome(wanted, "answered")])
    [('answered', 'answered', 2), ('answered', 'crashed', 1)]
    """
    pairs = Counter((" or ".join(outcome.case.statuses), outcome.status) for outcome in outcomes)
    return [(wanted, came, count) for (wanted, came), count in sorted(pairs.items())]


def wilson_interval(total: float, count: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a mean of values between 0 and 1 (1927, https://doi.org/10.2307/2276774).

    Exact for shares; wide enough for other values, which vary less than a share of the same mean.

    >>> [round(end, 3) for end in wilson_interval(9, 10)], [round(end, 3) for end in wilson_interval(10, 10)]
    ([0.596, 0.982], [0.722, 1.0])
    """
    mean, square = total / count, _Z * _Z
    middle = mean + square / (2 * count)
    half = _Z * math.sqrt(mean * (1 - mean) / count + square / (4 * count * count))
    whole = 1 + square / count
    return (max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole))


def severity(outcome: Outcome) -> tuple[int, float]:
    """Severity of a failure, for sorting: crash, unproved statement, wrong answer, refusal, incomplete answer."""
    case = outcome.case
    if outcome.status == CRASHED:
        return (5, 0.0)
    sure = outcome.probability or 0.0
    unproved = outcome.statements.count < outcome.statements.of or outcome.quotes.count < outcome.quotes.of
    if unproved:
        return (4, sure)
    if outcome.status == "answered":
        first_wrong = bool(outcome.cited) and not case.accepts(outcome.cited[0])
        return (3 if not case.answerable or first_wrong else 1, sure)
    return (2, 1 - sure)


def serialize_case(outcome: Outcome) -> dict[str, Any]:
    """Serialize one case, expected and actual result, without its time."""
    case = outcome.case
    scores = {
        measure.name: round(measure.score_outcome(outcome), 6)
        for measure in MEASURES
        if measure.counts(case) and (not measure.way or measure.way in outcome.again)
    }
    return {
        "name": case.name,
        "archetype": str(case.archetype),
        "language": case.language,
        "half": case.half,
        "before": list(case.before),
        "question": case.question,
        "expected": outcome.expected,
        "why": case.why,
        "got": outcome.got,
        "right": outcome.right,
        "status": outcome.status,
        "cited": list(outcome.cited),
        "gold": list(case.gold),
        "also": list(case.also),
        "found": [shorten_id(id_) for id_ in outcome.ranked[:5]],
        "probability": outcome.probability,
        "error": outcome.error,
        "scores": scores,
    }


def summarize_times(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Summarize seconds: median and 95th percentile, the embedding model's part, the rest, and each case's own."""
    taken = [outcome for outcome in outcomes if outcome.seconds]
    if not taken:
        return {"cases": {}}
    whole, embedding = [outcome.seconds for outcome in taken], [outcome.embedding for outcome in taken]
    rest = [outcome.seconds - outcome.embedding for outcome in taken]
    middle = statistics.median(embedding)
    return {
        "median": round(statistics.median(whole), 6),
        "slowest of 20": round(sorted(whole)[int(0.95 * len(whole))], 6),
        "embedding": round(middle, 6),
        "the rest": round(statistics.median(rest), 6),
        "the rest by embedding": round(statistics.median(rest) / middle, 3) if middle else None,
        "cases": {outcome.case.name: [round(outcome.seconds, 6), round(outcome.embedding, 6)] for outcome in taken},
    }


def _serialize_figure(figure: Figure) -> dict[str, Any]:
    return _round_values(asdict(figure)) | {"reached": figure.reached}


def _round_values(values: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in values.items()}
