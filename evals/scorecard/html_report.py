"""Render the scorecard as one self-contained HTML page: nothing is loaded, text of cases and reports is escaped."""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evals.scorecard import plots
from evals.scorecard.html_words import (
    LANGUAGES,
    Json,
    describe_fault,
    describe_figure,
    display_name,
    format_made,
    group_display_name,
)
from evals.scorecard.scorecard import ALL, PRODUCT_NAME, wilson_interval

TEMPLATES = Path(__file__).parent / "templates"
_COLOUR_BLOCK = re.compile(r":root \{(.*?)\}", re.DOTALL)


def render_page(card: Json, baseline: Json | None = None) -> str:
    """Render a whole HTML page of ``Scorecard.as_json()``, with what changed since a baseline."""
    style, script = _asset("scorecard.css"), _asset("scorecard.js")
    cases = card["cases"]
    return (
        _environment()
        .get_template("scorecard.html")
        .render(
            _figures_values(card),
            style=style,
            script=script,
            policy="default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
            f"style-src '{_hash(style)}'; script-src '{_hash(script)}'",
            date=card["times"].get("date") or "",
            made=[(key, format_made(value)) for key, value in card["made"].items()],
            count=len(cases),
            right=sum(case["right"] for case in cases),
            worst=worst_cases(card),
            fine=[_case_values(case) for case in cases if case["right"]],
            options={  # of the filters: values and their display names
                key: sorted({(case[key], display_name(key, case[key])) for case in cases}, key=lambda pair: pair[1])
                for key in ("language", "archetype", "half")
            },
            change=None if baseline is None else diff_baseline(card, baseline),
        )
    )


def render_targets(card: Json) -> str:
    """Render the figures that have targets, with plots, as a part of another page with the style of ``scope_style``."""
    return _environment().get_template("targets.html").render(_figures_values(card))


def render_details(card: Json) -> str:
    """Render every figure with its interval, and the plots, as a part of another page."""
    return _environment().get_template("details.html").render(_figures_values(card))


def worst_cases(card: Json) -> list[dict[str, Any]]:
    """The failed cases, worst first, each with its fault and its display names."""
    named = {case["name"]: case for case in card["cases"]}
    return [_case_values(named[name]) for name in card["worst"] if name in named]


def scope_style(scope: str, dark: str) -> str:
    """Scope the page's style sheet under a selector, for a part of another page; ``dark`` selects dark mode."""
    style = _asset("scorecard.css")
    light, dim, *_ = _COLOUR_BLOCK.findall(style)
    return f"{scope} {{{light}}} {dark} {{{dim}}} {scope} {{{style}}}"


def _figures_values(card: Json) -> dict[str, Any]:
    """Template values of the figures."""
    figures, cases = card["figures"], card["cases"]
    overall = [figure for figure in figures if figure["group"] == ALL]
    definitions = {definition["measure"]: definition for definition in card["definitions"]}
    return {
        "headline": [
            describe_figure(figure, definitions.get(figure["measure"], {}))
            for figure in overall
            if figure["target"] is not None
        ],
        "reached": sum(bool(figure["reached"]) for figure in overall),
        "cases": cases,
        "confusion": card["confusion"],
        "definitions": definitions,
        "by_key": {_figure_key(figure): figure for figure in figures},
        "plots": _interval_plots(figures, overall),
        "others": _others_values(card, overall),
        "calibration": _calibration_values(card),
        "times": _times_values(card["times"]),
        "ours": PRODUCT_NAME,
    }


def _interval_plots(figures: Sequence[Json], overall: Sequence[Json]) -> list[Json]:
    """Interval plots: the measures, then the right cases by group; rows as templates/plots.html draws them."""
    made: list[Json] = []
    for lower, way in ((False, "higher"), (True, "lower")):
        rows = [(figure["measure"], figure, 0) for figure in overall if figure["lower_is_better"] is lower]
        if rows or not lower:
            title = f"Measures of all cases, the {way} the better"
            made.append({"heading": f"The {way} the better", "name": way, "title": title, "rows": rows})
    for group, said in (("language", "language"), ("archetype", "kind"), ("half", "half")):
        rows = [
            (display_name(group, figure["name"]), figure, 0)
            for figure in figures
            if figure["group"] == group and figure["measure"] == "right"
        ]
        title = f"Cases that are right, by {said}"
        made.append({"heading": f"Right, by {said}", "name": f"right-{group}", "title": title, "rows": rows})
    return made if overall else []


def _others_values(card: Json, overall: Sequence[Json]) -> dict[str, Any] | None:
    """Compare our measures with each other system's, and whether the intervals are apart."""
    if not card["others"]:
        return None
    theirs = {
        name: {figure["measure"]: figure for figure in some if figure["group"] == ALL}
        for name, some in card["others"].items()
    }
    rows, lines = [], []
    for ours in overall:
        measure = ours["measure"]
        if others := {name: some[measure] for name, some in theirs.items() if measure in some}:
            rows.append({"ours": ours, "cells": [_compare_cell(ours, others.get(name)) for name in theirs]})
            lines.append((f"{measure}{' ↓' if ours['lower_is_better'] else ''}", {**ours, "target": None}, 0))
            lines += [
                (f"  {name}", {**others[name], "target": None}, n)
                for n, name in enumerate(theirs, start=1)
                if name in others
            ]
    return {"names": list(theirs), "rows": rows, "lines": lines}


def _compare_cell(ours: Json, theirs: Json | None) -> dict[str, Any] | None:
    if theirs is None:
        return None
    apart = theirs["low"] > ours["high"] or theirs["high"] < ours["low"]
    ahead = (ours["value"] < theirs["value"]) if ours["lower_is_better"] else (ours["value"] > theirs["value"])
    return {**theirs, "apart": apart, "ours_ahead": ahead}


def _calibration_values(card: Json) -> dict[str, Any]:
    bins = []
    for part in card["reliability"]:
        low, high = wilson_interval(part["right"] * part["count"], part["count"])
        bins.append(part | {"low": low, "high": high})
    points = card["risk coverage"]
    steps: list[Sequence[float]] = []
    for tenth in range(1, 11):
        reached = next(((x, risk) for x, risk in points if x >= tenth / 10 - 1e-9), None)
        if reached and (not steps or steps[-1] != reached):
            steps.append(reached)
    half = next((risk for x, risk in points if x >= 0.5), None)
    return {"error": card["calibration error"], "bins": bins, "steps": steps, "points": points, "half": half}


def _times_values(times: Json) -> dict[str, Any] | None:
    taken = list(times["cases"].values())
    if not taken:
        return None
    rows = [
        ("the whole answer", [whole for whole, _ in taken]),
        ("the embedding model", [model for _, model in taken]),
        ("the rest", [whole - model for whole, model in taken]),
    ]
    named = ("median", "slowest of 20", "embedding", "the rest")
    said = [(text, plots.format_duration(times[text])) for text in named if times.get(text) is not None]
    return {
        "count": len(taken),
        "said": dict(said),
        "ratio": None if (ratio := times.get("the rest by embedding")) is None else f"{ratio:.2f}",
        "plot": plots.bin_seconds(rows),
    }


def _case_values(case: Json) -> dict[str, Any]:
    probability = case["probability"]
    code = case["language"]
    return {
        **case,
        "fault": describe_fault(case),
        "spoken": display_name("language", code),
        "kept": display_name("half", case["half"]),
        "sure": None if probability is None else f"{plots.format_percent(probability)} in 100",
        "low": [(key, plots.format_percent(value)) for key, value in case["scores"].items() if 0 < value < 1],
        "lang": code if code in LANGUAGES and code != "und" else "",
    }


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


def _shown(figure: Json) -> str:
    return plots.format_percent(figure["value"])


def _figure_key(figure: Json) -> str:
    """The key of a figure: "language/es/R@1"."""
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


def _clean(value: object) -> object:
    """Replace characters that HTML cannot hold; the plots' markup has been through it."""
    return value if hasattr(value, "__html__") else plots.make_printable("" if value is None else value)


@cache
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        finalize=_clean,
        loader=FileSystemLoader(TEMPLATES),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {
        "coordinate": plots.format_coordinate,
        "interval": plots.format_interval,
        "of_language": lambda language, cases: [case for case in cases if case["language"] == language],
        "percent": plots.format_percent,
    }
    made.globals |= {"Scale": plots.Scale, "fit_figures": plots.fit_figures, "fit_scale": plots.fit_scale}
    made.globals["display_name"] = display_name
    return made


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(inlined: str) -> str:
    digest = hashlib.sha256(inlined.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
