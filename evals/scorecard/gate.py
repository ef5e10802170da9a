"""The regression gate: compare a scorecard with the accepted baseline; any regression fails the run.

A regression is: a figure outside its interval, or at all below where nothing may be lost (``Measure.strict``); a case
that was right and is not; fewer cases, or fewer that a measure counts; a record gone or changed; a slower search.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping

from evals.run.runner import shorten_id
from evals.scorecard.baseline import AcceptedFigure, Baseline
from evals.scorecard.metrics import MEASURES_BY_NAME
from evals.scorecard.scorecard import ALL, Figure, Scorecard
from ingest.report import Passage

MAX_SLOWDOWN = 2.5  # times the accepted ratio; machines differ, and so do their neighbours
RATIO_SLACK = 0.5  # of the time of embedding a question, which is nothing to anybody
_GATED_GROUPS = (ALL, "language")


def digest_passages(passages: Iterable[Passage]) -> dict[str, str]:
    """Digest passages, to tell one that is gone or changed: id to twelve hex digits of its text's SHA-256."""
    return {passage.id: hashlib.sha256(passage.text.encode()).hexdigest()[:12] for passage in passages}


def make_baseline(scorecard: Scorecard, records: Mapping[str, str]) -> Baseline:
    """Make the baseline that accepts a scorecard."""
    return Baseline(
        _count_cases(scorecard),
        accept_figures(_gated_figures(scorecard)),
        scorecard.ratio,
        frozenset(miss.case.name for miss in scorecard.misses),
        dict(sorted(records.items())),
    )


def accept_figures(figures: Mapping[str, Figure]) -> dict[str, AcceptedFigure]:
    """Accept figures, by their keys, with their intervals."""
    return {
        key: AcceptedFigure(round(figure.value, 4), round(figure.low, 4), round(figure.high, 4), figure.count)
        for key, figure in figures.items()
    }


def find_regressions(scorecard: Scorecard, records: Mapping[str, str], baseline: Baseline) -> list[str]:
    """Find the regressions against the baseline, a line each; empty when there are none."""
    return [
        *_fewer_cases(scorecard, baseline.cases),
        *_fewer_counted(scorecard, baseline),
        *find_lost_records(records, baseline.records),
        *find_lower_figures(_gated_figures(scorecard), baseline.figures),
        *_new_failures(scorecard, baseline.failing),
        *_slower_search(scorecard, baseline.ratio),
    ]


def find_fixed_cases(scorecard: Scorecard, baseline: Baseline) -> list[str]:
    """Find the cases that failed in the baseline and are right now, by name."""
    return sorted(
        outcome.case.name for outcome in scorecard.outcomes if outcome.right and outcome.case.name in baseline.failing
    )


def _count_cases(scorecard: Scorecard) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for outcome in scorecard.outcomes:
        for key in (ALL, f"language/{outcome.case.language}", f"archetype/{outcome.case.archetype}"):
            sizes[key] = sizes.get(key, 0) + 1
    return dict(sorted(sizes.items()))


def _gated_figures(scorecard: Scorecard) -> dict[str, Figure]:
    return key_figures(figure for figure in scorecard.figures if figure.group in _GATED_GROUPS)


def key_figures(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Figures by the keys of a baseline."""
    return {f"{figure.group}/{figure.name}/{figure.measure}": figure for figure in figures}


def _split_key(figure: str) -> tuple[str, str]:
    """Split a figure's key: the key of its group in the counts, and the display name.

    >>> _split_key("language/es/R@1"), _split_key("all/all/R@1")
    (('language/es', 'R@1, es'), ('all', 'R@1'))
    """
    group, name, measure = figure.split("/", 2)
    return (ALL, measure) if group == ALL else (f"{group}/{name}", f"{measure}, {name}")


def _fewer_cases(scorecard: Scorecard, before: Mapping[str, int]) -> Iterable[str]:
    now = _count_cases(scorecard)
    for key, was in before.items():
        if (count := now.get(key, 0)) < was:
            yield f"cases, {key}: {count}, {was - count} fewer than {was}; what is not asked cannot fail"


def _fewer_counted(scorecard: Scorecard, baseline: Baseline) -> Iterable[str]:
    """Find measures that are counted over fewer of as many cases: these ask for less than they did."""
    figures, now = _gated_figures(scorecard), _count_cases(scorecard)
    for key, held in baseline.figures.items():
        size, of = _split_key(key)
        figure = figures.get(key)
        if figure and figure.count < held.count and now.get(size, 0) >= baseline.cases.get(size, 0):
            fewer = f"{held.count - figure.count} fewer than {held.count}"
            yield f"{of}: counted over {figure.count}, {fewer}; what is not wanted cannot be missed"


def find_lost_records(records: Mapping[str, str], before: Mapping[str, str]) -> Iterable[str]:
    """Find the records that are gone or changed since the baseline, a line each."""
    several = len({name.partition("#")[0] for name in before}) > 1
    for name, digest in before.items():
        named = name if several else shorten_id(name)
        if name not in records:
            yield f"record {named} is gone"
        elif records[name] != digest:
            yield f"record {named} reads otherwise than before"


def find_lower_figures(figures: Mapping[str, Figure], before: Mapping[str, AcceptedFigure]) -> Iterable[str]:
    """Find the figures that are worse than those accepted, or are not there any more, a line each."""
    for key, held in before.items():
        _, of = _split_key(key)
        if (figure := figures.get(key)) is None:
            yield f"{of}: not measured any more, {held.count} cases before"
            continue
        strict = figure.measure in MEASURES_BY_NAME and MEASURES_BY_NAME[figure.measure].strict
        down = figure.value - held.value if figure.lower_is_better else held.value - figure.value
        outside = figure.value > held.high if figure.lower_is_better else figure.value < held.low
        if down > 0.00005 and (outside or strict):  # figures are kept to four digits
            bound = ", and nothing may be lost" if strict else f" [{held.low:.3f} {held.high:.3f}]"
            yield f"{of}: {figure.value:.3f} of {figure.count}; was {held.value:.3f}{bound}"


def _new_failures(scorecard: Scorecard, known: Container[str]) -> Iterable[str]:
    for miss in scorecard.misses:
        if miss.case.name not in known:
            said = f"case {miss.case.name} is not right, and is not among those known to fail"
            yield f"{said}: expected {miss.expected}; got {miss.got}"


def _slower_search(scorecard: Scorecard, before: float | None) -> Iterable[str]:
    now = scorecard.ratio
    if before and now and now > (most := max(MAX_SLOWDOWN * before, before + RATIO_SLACK)):
        yield (
            f"slow search: all but embedding the question takes {now:.2f} times as long as embedding it; "
            f"was {before:.2f}, may be {most:.2f}"
        )
