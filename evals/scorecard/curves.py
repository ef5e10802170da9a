"""Calibration curves: reliability bins, expected calibration error, and the risk-coverage curve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.run.runner import Outcome

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """A reliability bin: questions whose best passage was given a probability from ``low`` to ``high``."""

    low: float
    high: float
    count: int
    said: float  # the mean probability
    right: float  # the share whose best passage must or may be cited


def reliability_bins(outcomes: Iterable[Outcome]) -> tuple[Bin, ...]:
    """Reliability diagram (DeGroot and Fienberg 1983, https://doi.org/10.2307/2987588), ten bins, empty ones left out.

    >>> from evals.run.cases import Case
    >>> first = Outcome(Case("a", "?", "en", gold=("r#1",)), "answered", ranked=("r#1",), probability=0.92)
    >>> second = Outcome(Case("b", "?", "en", gold=("r#2",)), "answered", ranked=("r#1",), probability=0.98)
    >>> [(found.count, round(found.said, 2), found.right) for found in reliability_bins([first, second])]
    [(2, 0.95, 0.5)]
    """
    pairs = _confidence_pairs(outcomes)
    made = []
    for n in range(BINS):
        some = [(said, right) for said, right in pairs if min(int(said * BINS), BINS - 1) == n]
        if some:
            said, right = (sum(values) / len(some) for values in zip(*some, strict=True))
            made.append(Bin(n / BINS, (n + 1) / BINS, len(some), said, right))
    return tuple(made)


def calibration_error(outcomes: Iterable[Outcome]) -> float:
    """Expected calibration error: mean gap of probability and observed rate over questions (Naeini et al. 2015).

    >>> from evals.run.cases import Case
    >>> round(calibration_error([Outcome(Case("a", "?", "en"), "answered", ranked=("r#1",), probability=0.7)]), 2)
    0.7
    """
    bins = reliability_bins(outcomes)
    gaps = sum(part.count * abs(part.said - part.right) for part in bins)
    return gaps / sum(part.count for part in bins) if bins else 0.0


def risk_coverage(outcomes: Iterable[Outcome]) -> tuple[tuple[float, float], ...]:
    """Risk-coverage curve: (coverage, risk) as ever less sure questions are answered (El-Yaniv and Wiener 2010).

    Risk is the share, of those answered, whose best passage neither must nor may be cited. Equal
    probabilities are answered together.

    >>> from evals.run.cases import Case
    >>> case = Case("a", "?", "en", gold=("r#1",))
    >>> surest = Outcome(case, "answered", ranked=("r#1",), probability=0.9)
    >>> risk_coverage([surest, Outcome(case, "answered", ranked=("r#2",), probability=0.4)])
    ((0.5, 0.0), (1.0, 0.5))
    """
    pairs = sorted(_confidence_pairs(outcomes), reverse=True)
    made, wrong = [], 0
    for n, (said, right) in enumerate(pairs, start=1):
        wrong += not right
        if n == len(pairs) or pairs[n][0] != said:
            made.append((n / len(pairs), wrong / n))
    return tuple(made)


def _confidence_pairs(outcomes: Iterable[Outcome]) -> Sequence[tuple[float, bool]]:
    """The probability of each question's best passage, 0 without one, and whether that passage is right."""
    return [
        (
            outcome.probability or 0.0,
            bool(outcome.ranked) and outcome.case.answerable and outcome.case.accepts(outcome.ranked[0]),
        )
        for outcome in outcomes
    ]
