"""The regression gate: compare a scorecard with the accepted baseline; any regression fails the run.

A regression is: a figure outside its interval, or at all below where nothing may be lost (``Measure.strict``); a case
that was right and is not; fewer cases, or fewer that a measure counts; a record gone or changed; a slower search.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping

from evals.run.runner import short
from evals.scorecard.baseline import Baseline, Held
from evals.scorecard.metrics import BY_NAME
from evals.scorecard.scorecard import ALL, Figure, Scorecard
from ingest.report import Passage

SLOWER = 2.5  # times the accepted ratio; machines differ, and so do their neighbours
SLACK = 0.5  # of the time of embedding a question, which is nothing to anybody
_GROUPS = (ALL, "language")


def records_of(passages: Iterable[Passage]) -> dict[str, str]:
    """Digest passages, to tell one that is gone or changed: id to twelve hex digits of its text's SHA-256."""
    return {one.id: hashlib.sha256(one.text.encode()).hexdigest()[:12] for one in passages}


def accepted(scorecard: Scorecard, records: Mapping[str, str]) -> Baseline:
    """Make the baseline that accepts a scorecard."""
    return Baseline(
        _sizes(scorecard),
        {
            key: Held(round(one.value, 4), round(one.low, 4), round(one.high, 4), one.count)
            for key, one in _gating(scorecard).items()
        },
        scorecard.ratio,
        frozenset(one.case.name for one in scorecard.misses),
        dict(sorted(records.items())),
    )


def worse(scorecard: Scorecard, records: Mapping[str, str], baseline: Baseline) -> list[str]:
    """Find the regressions against the baseline, a line each; empty when there are none."""
    return [
        *_fewer(scorecard, baseline.cases),
        *_eased(scorecard, baseline),
        *lost(records, baseline.records),
        *_fallen(scorecard, baseline.figures),
        *_failed(scorecard, baseline.failing),
        *_slower(scorecard, baseline.ratio),
    ]


def better(scorecard: Scorecard, baseline: Baseline) -> list[str]:
    """Find the cases that failed in the baseline and are right now, by name."""
    return sorted(one.case.name for one in scorecard.outcomes if one.right and one.case.name in baseline.failing)


def _sizes(scorecard: Scorecard) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for one in scorecard.outcomes:
        for key in (ALL, f"language/{one.case.language}", f"archetype/{one.case.archetype}"):
            sizes[key] = sizes.get(key, 0) + 1
    return dict(sorted(sizes.items()))


def _gating(scorecard: Scorecard) -> dict[str, Figure]:
    return {f"{one.group}/{one.name}/{one.measure}": one for one in scorecard.figures if one.group in _GROUPS}


def _key(figure: str) -> tuple[str, str]:
    """Split a figure's key: the key of its group in the counts, and the display name.

    >>> _key("language/es/R@1"), _key("all/all/R@1")
    (('language/es', 'R@1, es'), ('all', 'R@1'))
    """
    group, name, measure = figure.split("/", 2)
    return (ALL, measure) if group == ALL else (f"{group}/{name}", f"{measure}, {name}")


def _fewer(scorecard: Scorecard, before: Mapping[str, int]) -> Iterable[str]:
    now = _sizes(scorecard)
    for key, was in before.items():
        if (count := now.get(key, 0)) < was:
            yield f"cases, {key}: {count}, {was - count} fewer than {was}; what is not asked cannot fail"


def _eased(scorecard: Scorecard, baseline: Baseline) -> Iterable[str]:
    """Find measures that are counted over fewer of as many cases: these ask for less than they did."""
    figures, now = _gating(scorecard), _sizes(scorecard)
    for key, held in baseline.figures.items():
        size, of = _key(key)
        figure = figures.get(key)
        if figure and figure.count < held.count and now.get(size, 0) >= baseline.cases.get(size, 0):
            fewer = f"{held.count - figure.count} fewer than {held.count}"
            yield f"{of}: counted over {figure.count}, {fewer}; what is not wanted cannot be missed"


def lost(records: Mapping[str, str], before: Mapping[str, str]) -> Iterable[str]:
    """Find the records that are gone or changed since the baseline, a line each."""
    several = len({one.partition("#")[0] for one in before}) > 1
    for one, digest in before.items():
        named = one if several else short(one)
        if one not in records:
            yield f"record {named} is gone"
        elif records[one] != digest:
            yield f"record {named} reads otherwise than before"


def _fallen(scorecard: Scorecard, before: Mapping[str, Held]) -> Iterable[str]:
    figures = _gating(scorecard)
    for key, held in before.items():
        _, of = _key(key)
        if (figure := figures.get(key)) is None:
            yield f"{of}: not measured any more, {held.count} cases before"
            continue
        strict = figure.measure in BY_NAME and BY_NAME[figure.measure].strict
        down = figure.value - held.value if figure.lower_is_better else held.value - figure.value
        outside = figure.value > held.high if figure.lower_is_better else figure.value < held.low
        if down > 0.00005 and (outside or strict):  # figures are kept to four digits
            bound = ", and nothing may be lost" if strict else f" [{held.low:.3f} {held.high:.3f}]"
            yield f"{of}: {figure.value:.3f} of {figure.count}; was {held.value:.3f}{bound}"


def _failed(scorecard: Scorecard, known: Container[str]) -> Iterable[str]:
    for one in scorecard.misses:
        if one.case.name not in known:
            said = f"case {one.case.name} is not right, and is not among those known to fail"
            yield f"{said}: expected {one.expected}; got {one.got}"


def _slower(scorecard: Scorecard, before: float | None) -> Iterable[str]:
    now = scorecard.ratio
    if before and now and now > (most := max(SLOWER * before, before + SLACK)):
        yield (
            f"slow search: all but embedding the question takes {now:.2f} times as long as embedding it; "
            f"was {before:.2f}, may be {most:.2f}"
        )
