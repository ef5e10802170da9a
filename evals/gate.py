"""The gate: a scorecard against the figures that must not get worse."""

import json
import re
from pathlib import Path
from typing import Any

from evals.measures import Share
from evals.scorecard import LOWER_IS_BETTER, Scorecard
from ingest.errors import RelatoriaError

BASELINE = Path(__file__).with_name("baseline.json")


def worse(scorecard: Scorecard, baseline: dict[str, Any]) -> list[str]:
    """Each figure that is worse than the baseline's, by how much; empty when none is.

    Fewer cases are worse, in all, in a language or under a measure: what is not asked cannot fail.
    """
    found: list[str] = []
    groups, figures = scorecard.groups, scorecard.figures
    for name, was in baseline.items():
        if (now := len(groups.get(name, ()))) < was["cases"]:
            found.append(f"{name}: {now} cases, {was['cases'] - now} fewer than {was['cases']}")
        for measure, counts in was["measures"].items():
            before, after = Share(*counts), figures.get(name, {}).get(measure, Share(0, 0))
            if after.of < before.of:
                found.append(
                    f"{name}, {measure}: counted over {after.of}, {before.of - after.of} fewer than {before.of}"
                )
            elif (gap := _gap(measure, before, after)) > 0:
                found.append(
                    f"{name}, {measure}: {after.count} of {after.of} ({after.value:.1%}), "
                    f"{100 * gap:.1f} points worse than {before.count} of {before.of} ({before.value:.1%})"
                )
    return found


def read_baseline(path: Path = BASELINE) -> dict[str, Any]:
    """The accepted figures by group. Raises RelatoriaError when there are none to compare with."""
    try:
        groups: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["groups"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(
            f"The baseline {path} cannot be read ({error}). Type: python -m evals --accept, and look at what it wrote."
        ) from error
    return groups


def write_baseline(scorecard: Scorecard, path: Path = BASELINE) -> None:
    """Accept a scorecard's figures as those that must not get worse; one line a measure."""
    lines = json.dumps({"groups": scorecard.as_json()["groups"]}, indent=2, ensure_ascii=False)
    path.write_text(_counts_on_one_line(lines) + "\n", encoding="utf-8")


def _gap(measure: str, before: Share, after: Share) -> float:
    """By how much a figure is worse, as a share; 0 or less when it is not."""
    difference = before.value - after.value
    return -difference if measure in LOWER_IS_BETTER else difference


def _counts_on_one_line(text: str) -> str:
    r"""Small lists on one line.

    >>> _counts_on_one_line('[\n  3,\n  4\n]')
    '[3, 4]'
    """
    return re.sub(r"\[\s*(\d+),\s*(\d+)\s*\]", r"[\1, \2]", text)
