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
from evals.scorecard.html_tables import (
    build_confusion_matrix,
    build_heat_map,
    build_language_table,
    diff_baseline,
    figure_cell,
)
from evals.scorecard.html_words import (
    LANGUAGES,
    Json,
    describe_fault,
    describe_figure,
    display_name,
    format_interval,
    format_made,
    plot_row,
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
            describe_figure(value, definitions.get(value["measure"], {}), n)
            for n, value in enumerate(figure for figure in overall if figure["target"] is not None)
        ],
        "reached": sum(bool(figure["reached"]) for figure in overall),
        "heat": build_heat_map(cases),
        "confusion": build_confusion_matrix(card["confusion"]),
        "plots": _interval_plots(figures, overall),
        "table": build_language_table(figures, definitions),
        "others": _others_values(card, overall),
        "calibration": _calibration_values(card),
        "times": _times_values(card["times"]),
        "ours": PRODUCT_NAME,
    }


def _interval_plots(figures: Sequence[Json], overall: Sequence[Json]) -> list[tuple[str, str]]:
    """Interval plots as (heading, SVG): the measures, then the right cases by group."""
    high = [plot_row(value) for value in overall if not value["lower_is_better"]]
    low = [plot_row(value) for value in overall if value["lower_is_better"]]
    made = [("The higher the better", plots.dot_plot("higher", "Measures of all cases, the higher the better", high))]
    if low:
        made.append(
            ("The lower the better", plots.dot_plot("lower", "Measures of all cases, the lower the better", low))
        )
    for group in ("language", "archetype", "half"):
        rows = [
            plot_row(figure, display_name(group, figure["name"]))
            for figure in figures
            if figure["group"] == group and figure["measure"] == "right"
        ]
        said = {"archetype": "kind"}.get(group, group)
        made.append((f"Right, by {said}", plots.dot_plot(f"right-{group}", f"Cases that are right, by {said}", rows)))
    return made if overall else []


def _others_values(card: Json, overall: Sequence[Json]) -> dict[str, Any] | None:
    """Compare our measures with each other system's, and whether the intervals are apart."""
    if not card["others"]:
        return None
    ours = {value["measure"]: value for value in overall}
    theirs = {
        name: {figure["measure"]: figure for figure in some if figure["group"] == ALL}
        for name, some in card["others"].items()
    }
    compared = [measure for measure in ours if any(measure in some for some in theirs.values())]
    rows, lines = [], []
    for measure in compared:
        mine = ours[measure]
        cells = [_compare_cell(mine, some.get(measure)) for some in theirs.values()]
        rows.append(
            {"measure": measure, "ours": figure_cell(mine), "cells": cells, "lower_is_better": mine["lower_is_better"]}
        )
        lines += [plot_row({**mine, "target": None}, f"{measure}{' ↓' if mine['lower_is_better'] else ''}")]
        lines += [
            plot_row({**some[measure], "target": None}, f"  {name}", n)
            for n, (name, some) in enumerate(theirs.items(), start=1)
            if measure in some
        ]
    plot = plots.dot_plot(
        "others", f"{PRODUCT_NAME} and other systems, the same measures of the same cases", lines, step=19
    )
    return {"names": list(theirs), "rows": rows, "plot": plot}


def _compare_cell(ours: Json, theirs: Json | None) -> dict[str, Any] | None:
    shown = figure_cell(theirs)
    if shown is None or theirs is None:
        return None
    apart = theirs["low"] > ours["high"] or theirs["high"] < ours["low"]
    ahead = (ours["value"] < theirs["value"]) if ours["lower_is_better"] else (ours["value"] > theirs["value"])
    return shown | {"apart": apart, "ours_ahead": ahead}


def _calibration_values(card: Json) -> dict[str, Any]:
    bins = []
    for part in card["reliability"]:
        low, high = wilson_interval(part["right"] * part["count"], part["count"])
        bins.append((part["count"], part["said"], plots.PlotRow("", part["right"], low, high)))
    rows = [
        (
            count,
            plots.format_percent(said),
            plots.format_percent(came.value),
            format_interval({"low": came.low, "high": came.high}),
        )
        for count, said, came in bins
    ]
    points = card["risk coverage"]
    steps: list[Sequence[float]] = []
    for tenth in range(1, 11):
        reached = next(((x, risk) for x, risk in points if x >= tenth / 10 - 1e-9), None)
        if reached and (not steps or steps[-1] != reached):
            steps.append(reached)
    said = [(plots.format_percent(x), plots.format_percent(risk)) for x, risk in steps]
    about = "; ".join(f"of the surest {x} in 100, {risk} in 100 wrong" for x, risk in said) or "No question was asked"
    axes = ("surest questions answered, in 100", "of them wrong, in 100")
    return {
        "error": plots.format_percent(card["calibration error"]),
        "rows": rows,
        "steps": said,
        "half": next((risk for x, risk in points if x >= 0.5), None),
        "reliability": plots.reliability_diagram(
            "reliability", "What the product says of its best passage, and what comes", bins
        ),
        "risk": plots.line_plot("risk", "What answering less would save", f"{about}.", points, axes),
    }


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
        "plot": plots.histograms("times", "How long a question takes", rows),
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


def _clean(value: object) -> object:
    """Replace characters that HTML cannot hold; the plots' markup has been through it."""
    return value if hasattr(value, "__html__") else plots.make_printable("" if value is None else value)


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        finalize=_clean,
        loader=FileSystemLoader(TEMPLATES),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(inlined: str) -> str:
    digest = hashlib.sha256(inlined.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
