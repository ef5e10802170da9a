"""The tables of a scorecard's page as template values: heat map, confusion, languages, changes since a baseline."""

from collections.abc import Iterable, Sequence
from typing import Any

from evals.scorecard import plots
from evals.scorecard.html_words import Json, display_name, group_display_name
from evals.scorecard.scorecard import ALL

_COLOUR_STEPS = (0.5, 0.75, 0.9, 1.0)  # between the colours of the heat map


def build_heat_map(cases: Sequence[Json]) -> dict[str, Any]:
    """Heat map of right cases by archetype and language: (right, of, colour step), or None without cases.

    >>> case = {"language": "es", "archetype": "typo", "right": True}
    >>> found = build_heat_map([case, case | {"right": False}, case | {"archetype": "fact"}, case | {"language": "en"}])
    >>> found["languages"], found["rows"][1]
    ([('en', 'English'), ('es', 'Spanish')], ('fact', [(1, 1, 4), None, (1, 1, 4)]))
    """
    languages = sorted({case["language"] for case in cases})
    kinds = sorted({case["archetype"] for case in cases})

    def cells(some: Sequence[Json]) -> list[tuple[int, int, int] | None]:
        return [
            _heat_cell(some),
            *(_heat_cell([value for value in some if value["language"] == code]) for code in languages),
        ]

    rows = [(kind, cells([case for case in cases if case["archetype"] == kind])) for kind in kinds]
    return {
        "languages": [(language, display_name("language", language)) for language in languages],
        "rows": [(ALL, cells(cases)), *rows],
    }


def build_confusion_matrix(pairs: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Status confusion matrix, actual (columns) by expected (rows): counts, and whether that is right.

    >>> build_confusion_matrix([["answered", "answered", 2], ["answered", "crashed", 1]])
    {'columns': ['answered', 'crashed'], 'rows': [('answered', [(2, True), (1, False)])]}
    """
    counts = {(wanted, came): count for wanted, came, count in pairs}
    columns = sorted({came for _, came, _ in pairs})
    rows = [
        (wanted, [(counts.get((wanted, came), 0), came in wanted.split(" or ")) for came in columns])
        for wanted in sorted({wanted for wanted, _, _ in pairs})
    ]
    return {"columns": columns, "rows": rows}


def build_language_table(figures: Iterable[Json], definitions: Json) -> dict[str, Any]:
    """Table of every measure over all cases, each half and each language; None where no case counts."""
    shown = [figure for figure in figures if figure["group"] in (ALL, "half", "language")]
    columns = {
        group: sorted({figure["name"] for figure in shown if figure["group"] == group})
        for group in (ALL, "half", "language")
    }
    cells = {(figure["measure"], figure["group"], figure["name"]): figure for figure in shown}
    places = [(group, name) for group, names in columns.items() for name in names]
    rows = [
        {
            "measure": measure,
            "definition": definitions.get(measure, {}).get("definition", ""),
            "source": definitions.get(measure, {}).get("source", ""),
            "lower_is_better": lower,
            "cells": [cells.get((measure, *place)) for place in places],
        }
        for measure, lower in {figure["measure"]: figure["lower_is_better"] for figure in shown}.items()
    ]
    groups = [
        (group, [(name, display_name(group, name)) for name in names]) for group, names in columns.items() if names
    ]
    return {"columns": groups, "rows": rows}


def diff_baseline(card: Json, baseline: Json) -> dict[str, Any]:
    """Diff a scorecard against a baseline: figures, the numbers of cases, and which cases fail.

    >>> now = {"figures": [{"measure": "R@1", "group": "all", "name": "all", "count": 4, "value": 0.75, "low": 0.3,
    ...     "high": 0.95, "lower_is_better": False}], "cases": [{"name": "a", "question": "?", "right": False}]}
    >>> found = diff_baseline(now, {"cases": {}, "figures": {"all/all/R@1": [0.5, 0.15, 0.85, 4]}, "failing": ["b"]})
    >>> [(change["measure"], change["points"], change["better"]) for change in found["overall"]]
    [('R@1', '+25.0', True)]
    >>> [case["name"] for case in found["began"]], found["mended"], found["gone"]
    (['a'], [], ['b'])
    """
    now = {_figure_key(figure): figure for figure in card["figures"]}
    changed = [
        _figure_change(key, value, baseline["figures"][key]) for key, value in now.items() if key in baseline["figures"]
    ]
    changed = [change for change in changed if _shown(change["was"]) != _shown(change["now"])]
    counts = {
        _figure_key(figure).rpartition("/")[0]: figure["count"]
        for figure in card["figures"]
        if figure["measure"] == "right"
    }
    named, failed = {case["name"]: case for case in card["cases"]}, set(baseline["failing"])
    return {
        "overall": [change for change in changed if change["group"] == ALL],
        "parts": [change for change in changed if change["group"] != ALL],
        "same": len(now) - len(changed),
        "lost": sorted(baseline["figures"].keys() - now.keys()),
        "counts": [
            (group_display_name(key), was, counts.get(key, 0))
            for key, was in baseline["cases"].items()
            if counts.get(key, 0) != was
        ],
        "began": [case for case in card["cases"] if not case["right"] and case["name"] not in failed],
        "mended": [case for case in card["cases"] if case["right"] and case["name"] in failed],
        "gone": sorted(failed - named.keys()),
    }


def colour_step(share: float) -> int:
    """Colour step of a share, 0 to 4: 4 only where all is right.

    >>> [colour_step(share) for share in (0.2, 0.5, 0.8, 0.99, 1.0)]
    [0, 1, 2, 3, 4]
    """
    return sum(share >= step for step in _COLOUR_STEPS)


def _heat_cell(cases: Sequence[Json]) -> tuple[int, int, int] | None:
    right = sum(case["right"] for case in cases)
    return (right, len(cases), colour_step(right / len(cases))) if cases else None


def _shown(figure: Json) -> str:
    return plots.format_percent(figure["value"])


def _figure_key(figure: Json) -> str:
    return f"{figure['group']}/{figure['name']}/{figure['measure']}"


def _figure_change(key: str, figure: Json, was: Sequence[float]) -> dict[str, Any]:
    gained = figure["value"] - was[0]
    apart = figure["low"] > was[2] or figure["high"] < was[1]
    return {
        "place": group_display_name(key.rpartition("/")[0]),
        "group": figure["group"],
        "measure": figure["measure"],
        "was": {"value": was[0], "low": was[1], "high": was[2]},
        "now": figure,
        "points": f"{100 * gained:+.1f}".replace("-", "−"),
        "up": gained > 0,
        "better": (gained < 0) if figure["lower_is_better"] else (gained > 0),
        "apart": apart,
    }
