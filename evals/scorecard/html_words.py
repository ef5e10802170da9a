"""A scorecard in words: sentences of figures, faults of cases, names of languages and groups."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.metrics.measures import CRASHED
from evals.scorecard import plots
from evals.scorecard.metrics import MEASURES_BY_NAME

_NAMES = tomllib.loads((Path(__file__).parent.parent / "data" / "names.toml").read_text(encoding="utf-8"))
LANGUAGES: Mapping[str, str] = _NAMES["language"]
_SHARE_WORDS = {0.0: "none", 1.0: "all"}

Json = Mapping[str, Any]


def describe_figure(figure: Json, definition: Json) -> dict[str, Any]:
    """Describe a figure that has a target: sentence, target and verdict.

    >>> figure = {"measure": "R@1", "group": "all", "name": "all", "count": 363, "value": 0.9477, "low": 0.92,
    ...     "high": 0.966, "target": 0.95, "lower_is_better": False, "reached": False}
    >>> found = describe_figure(figure, {})
    >>> found["before"] + found["share"] + found["after"]
    'Of 363 questions that the reports answer, 94.8 in 100 have a right passage as the first one found.'
    >>> found["target"], found["verdict"]
    ('at least 95 in 100', 'not reached, by less than the interval')
    """
    fallback = f"{definition.get('definition') or figure['measure']}: {{}}, in the mean over {{questions}}."
    known = MEASURES_BY_NAME.get(figure["measure"])
    questions = "1 question" if figure["count"] == 1 else f"{figure['count']} questions"
    before, _, after = ((known and known.sentence) or fallback).replace("{questions}", questions).partition("{}")
    target, lower = figure["target"], figure["lower_is_better"]
    far, near = (figure["low"], figure["high"]) if lower else (figure["high"], figure["low"])
    within = (far <= target) if lower else (far >= target)
    surely = target in (0, 1) or ((near <= target) if lower else (near >= target))
    verdict = {
        True: "reached" if surely else "reached, by less than the interval",
        False: "not reached, by less than the interval" if within else "not reached",
    }[bool(figure["reached"])]
    return {
        "figure": figure,
        "before": before,
        "share": format_share(figure["value"]),
        "after": after,
        "target": _SHARE_WORDS.get(target) or f"at {'most' if lower else 'least'} {format_share(target)}",
        "verdict": verdict,
    }


def describe_fault(case: Json) -> str:
    """Describe what is wrong with a case, in a few words.

    >>> describe_fault({"right": False, "status": "nothing_found", "scores": {"refused though present": 1.0}})
    'refused though the reports say'
    """
    scores, answered = case["scores"], case["status"] == "answered"
    present, recall = "refused though present" in scores, scores.get("citation recall", 0)
    faults = (  # the first that is met
        (case["right"], "right"),
        (case["status"] == CRASHED, "crashed"),
        (min(scores.get("quotes exact", 1), scores.get("groundedness", 1)) < 1, "says what is not proved"),
        (answered and not present, "answered though the reports do not say"),
        (not answered and not present, "refused for another reason"),
        (not answered, "refused though the reports say"),
        (scores.get("nothing forbidden", 1) < 1, "cites what it must not"),
        (recall == 0, "cites nothing that is right"),
        (recall < 1, "cites a part of it"),
    )
    return next((words for met, words in faults if met), "cites what is right, and not as asked")


def format_share(value: float) -> str:
    """Format a share in words.

    >>> format_share(0.9477), format_share(1.0), format_share(0.0), format_share(0.99999)
    ('94.8 in 100', 'all', 'none', '99.9 in 100')
    """
    return _SHARE_WORDS.get(value) or f"{plots.format_percent(value)} in 100"


def format_made(value: object) -> str:
    """Format what a scorecard was made with, on one line.

    >>> format_made({"python": "3.11", "torch": None})
    'python 3.11 · torch not known'
    """
    if isinstance(value, Mapping):
        return " · ".join(f"{key} {format_made(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(format_made, value))
    return "not known" if value in (None, "") else str(value)


def display_name(group: str, name: str) -> str:
    """Display name of a language or half; other groups' names are shown as they are."""
    return str(_NAMES.get(group, {}).get(name, name))


def group_display_name(key: str) -> str:
    """Display name of a group.

    >>> list(map(group_display_name, ("all/all", "language/es", "language × archetype/es × typo")))
    ['all', 'Spanish', 'es × typo']
    """
    group, _, name = key.partition("/")
    return display_name(group, name)
