"""The gate: a scorecard against the accepted one. What got worse is named; anything named fails.

Worse is: a figure outside the interval it had, or at all below where nothing may be lost (``Measure.strict``); a
case that was right and is not; fewer cases, or fewer that a measure is counted over; a record that is gone or
reads otherwise; a search that takes longer, beside embedding the question, than it may.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evals.catalogue import BY_NAME
from evals.run import short
from evals.scorecard import ALL, Figure, Scorecard
from ingest.errors import RelatoriaError
from ingest.report import Passage

BASELINE = Path(__file__).with_name("baseline.json")
SLOWER = 2.5  # times the accepted ratio; machines differ, and so do their neighbours
_GROUPS = (ALL, "language")
_RATIO = "the rest by embedding"


def records_of(passages: Iterable[Passage]) -> dict[str, str]:
    """What tells a passage that is gone or reads otherwise: by id, twelve digits of its text's SHA-256."""
    return {one.id: hashlib.sha256(one.text.encode()).hexdigest()[:12] for one in passages}


def accepted(scorecard: Scorecard, records: Mapping[str, str]) -> dict[str, Any]:
    """What of a scorecard must not get worse, as the baseline has it."""
    return {
        "cases": _sizes(scorecard),
        "figures": {
            key: [*(round(one, 4) for one in (figure.value, figure.low, figure.high)), figure.count]
            for key, figure in _gating(scorecard).items()
        },
        _RATIO: scorecard.ratio,
        "failing": sorted(one.case.name for one in scorecard.misses),
        "records": dict(sorted(records.items())),
    }


def worse(scorecard: Scorecard, records: Mapping[str, str], baseline: Mapping[str, Any]) -> list[str]:
    """What is worse than the baseline, a line each; empty when nothing is."""
    return [
        *_fewer(scorecard, baseline["cases"]),
        *_eased(scorecard, baseline),
        *lost(records, baseline["records"]),
        *_fallen(scorecard, baseline["figures"]),
        *_failed(scorecard, baseline["failing"]),
        *_slower(scorecard, baseline[_RATIO]),
    ]


def better(scorecard: Scorecard, baseline: Mapping[str, Any]) -> list[str]:
    """The cases that failed and are right now, by name."""
    right = {one.case.name for one in scorecard.outcomes if one.right}
    return sorted(right & set(baseline["failing"]))


def read_baseline(path: Path = BASELINE) -> dict[str, Any]:
    """The accepted figures. Raises RelatoriaError when there are none to compare with."""
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        if missing := [one for one in ("cases", "figures", _RATIO, "failing", "records") if one not in stated]:
            raise KeyError(missing[0])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(
            f"The baseline {path} cannot be read ({error}). To make the figures of this run the baseline, type the "
            "same command with --accept, and look at what it wrote."
        ) from error
    return dict(stated)


def write_baseline(stated: Mapping[str, Any], path: Path = BASELINE) -> None:
    """Accept figures as those that must not get worse; one line a figure, so that a review sees what moved."""
    lines = json.dumps(stated, indent=1, ensure_ascii=False)
    path.write_text(_numbers_on_one_line(lines) + "\n", encoding="utf-8")


def _sizes(scorecard: Scorecard) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for one in scorecard.outcomes:
        for key in (ALL, f"language/{one.case.language}", f"archetype/{one.case.archetype}"):
            sizes[key] = sizes.get(key, 0) + 1
    return dict(sorted(sizes.items()))


def _gating(scorecard: Scorecard) -> dict[str, Figure]:
    return {f"{one.group}/{one.name}/{one.measure}": one for one in scorecard.figures if one.group in _GROUPS}


def _key(figure: str) -> tuple[str, str]:
    """The key of a figure's group in the sizes, and what the figure is called.

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


def _eased(scorecard: Scorecard, baseline: Mapping[str, Any]) -> Iterable[str]:
    """Measures that are counted over fewer of as many cases: these want less than they did."""
    figures, now = _gating(scorecard), _sizes(scorecard)
    for key, (*_, was) in baseline["figures"].items():
        size, of = _key(key)
        if (figure := figures.get(key)) and figure.count < was and now.get(size, 0) >= baseline["cases"].get(size, 0):
            fewer = was - figure.count
            yield f"{of}: counted over {figure.count}, {fewer} fewer than {was}; what is not wanted cannot be missed"


def lost(records: Mapping[str, str], before: Mapping[str, str]) -> Iterable[str]:
    """The records that are gone or read otherwise than before, a line each."""
    several = len({one.partition("#")[0] for one in before}) > 1
    for one, digest in before.items():
        named = one if several else short(one)
        if one not in records:
            yield f"record {named} is gone"
        elif records[one] != digest:
            yield f"record {named} reads otherwise than before"


def _fallen(scorecard: Scorecard, before: Mapping[str, list[float]]) -> Iterable[str]:
    figures = _gating(scorecard)
    for key, (was, low, high, count) in before.items():
        _, of = _key(key)
        measure = key.split("/", 2)[2]
        if (figure := figures.get(key)) is None:
            yield f"{of}: not measured any more, {count:.0f} cases before"
            continue
        known = BY_NAME.get(measure)
        down = figure.value - was if figure.lower_is_better else was - figure.value
        outside = figure.value > high if figure.lower_is_better else figure.value < low
        if down > 0.00005 and (outside or (known and known.strict)):  # figures are kept to four digits
            bound = (
                f"was {was:.3f}, and nothing may be lost"
                if known and known.strict
                else f"was {was:.3f} [{low:.3f} {high:.3f}]"
            )
            yield f"{of}: {figure.value:.3f} of {figure.count}; {bound}"


def _failed(scorecard: Scorecard, known: Iterable[str]) -> Iterable[str]:
    listed = set(known)
    for one in scorecard.misses:
        if one.case.name not in listed:
            yield f"case {one.case.name} is not right any more: expected {one.expected}; got {one.got}"


def _slower(scorecard: Scorecard, before: float | None) -> Iterable[str]:
    now = scorecard.ratio
    if before and now and now > SLOWER * before:
        yield (
            f"slow search: all but embedding the question takes {now:.2f} times as long as embedding it; "
            f"was {before:.2f}, may be {SLOWER * before:.2f}"
        )


def _numbers_on_one_line(text: str) -> str:
    r"""Small lists of numbers on one line.

    >>> _numbers_on_one_line('[\n  0.5,\n  4\n]')
    '[0.5, 4]'
    """
    return re.sub(r"\[\s*([-\d.]+(?:,\s*[-\d.]+)+)\s*\]", lambda found: f"[{' '.join(found[1].split())}]", text)
