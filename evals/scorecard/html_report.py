"""Render the scorecard as one self-contained HTML page: nothing is loaded, text of cases and reports is escaped.

Long because every section of the page is a small function here, from the scorecard's JSON to template values.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evals.metrics.measures import CRASHED
from evals.scorecard import plots
from evals.scorecard.scorecard import ALL, PRODUCT_NAME, wilson_interval

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "ru": "Russian",
    "und": "no language",
    "zh": "Chinese",
}
HALVES = {"fit": "seen while writing", "report": "held back"}
SENTENCES = {  # a figure in words; {} is where its value stands
    "R@1": "Of {questions} that the reports answer, {} have a right passage as the first one found.",
    "citation precision": "Of the passages that are cited, {} belong there, in the mean over {questions}.",
    "citation recall": "Of what has to be cited, {} is cited, in the mean over {questions} that the reports answer.",
    "quotes exact": "In the answers to {questions}, {} of the quotes are the source's own characters.",
    "groundedness": "In the answers to {questions}, {} of the statements rest on the passages that they cite.",
    "lists exact": "Of {questions} that ask for a list, {} get all of it and nothing else.",
    "answered though absent": "Of {questions} that the reports do not answer, {} are answered all the same.",
    "refused though present": "Of {questions} that the reports answer, {} are refused all the same.",
    "frame language right": "Of {questions}, {} are met in their own language, or in English where we do not speak it.",
    "multi-turn": "Of {questions} that lean on an earlier one, {} get all that they want.",
    "no crash": "Of {questions}, {} end in an answer or a refusal, and not in an error.",
}
_SHARE_WORDS = {0.0: "none", 1.0: "all"}
_COLOUR_BLOCK = re.compile(r":root \{(.*?)\}", re.DOTALL)
_COLOUR_STEPS = (0.5, 0.75, 0.9, 1.0)  # between the colours of the heat map

Json = Mapping[str, Any]


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
            made=[(key, _format_made(value)) for key, value in card["made"].items()],
            count=len(cases),
            right=sum(case["right"] for case in cases),
            worst_cases=worst_cases(card),
            fine=[_case_values(case) for case in cases if case["right"]],
            options={key: _filter_options(cases, key) for key in ("language", "archetype", "half")},
            diff_baseline=None if baseline is None else diff_baseline(card, baseline),
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
    named = {one["name"]: one for one in card["cases"]}
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
    definitions = {one["measure"]: one for one in card["definitions"]}
    return {
        "headline": [
            describe_figure(value, definitions.get(value["measure"], {}), n)
            for n, value in enumerate(_with_target(overall))
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


def describe_figure(figure: Json, definition: Json, number: int = 0) -> dict[str, Any]:
    """Describe a figure that has a target: sentence, interval, verdict and gauge.

    >>> figure = {"measure": "R@1", "group": "all", "name": "all", "count": 363, "value": 0.9477, "low": 0.92,
    ...     "high": 0.966, "target": 0.95, "lower_is_better": False, "reached": False}
    >>> found = describe_figure(figure, {})
    >>> found["before"] + found["share"] + found["after"]
    'Of 363 questions that the reports answer, 94.8 in 100 have a right passage as the first one found.'
    >>> found["target"], found["verdict"]
    ('at least 95 in 100', 'not reached, by less than the interval')
    """
    fallback = f"{definition.get('definition') or figure['measure']}: {{}}, in the mean over {{questions}}."
    sentence = SENTENCES.get(figure["measure"])
    questions = "1 question" if figure["count"] == 1 else f"{figure['count']} questions"
    before, _, after = (sentence or fallback).replace("{questions}", questions).partition("{}")
    target, lower = figure["target"], figure["lower_is_better"]
    far, near = (figure["low"], figure["high"]) if lower else (figure["high"], figure["low"])
    within = (far <= target) if lower else (far >= target)
    surely = target in (0, 1) or ((near <= target) if lower else (near >= target))
    verdict = {
        True: "reached" if surely else "reached, by less than the interval",
        False: "not reached, by less than the interval" if within else "not reached",
    }[bool(figure["reached"])]
    return {
        "measure": figure["measure"],
        "before": before,
        "share": format_share(figure["value"]),
        "after": after,
        "value": plots.format_percent(figure["value"]),
        "interval": format_interval(figure),
        "target": _SHARE_WORDS.get(target) or f"at {'most' if lower else 'least'} {format_share(target)}",
        "reached": figure["reached"],
        "verdict": verdict,
        "plot": plots.gauge(f"gauge{number}", _plot_row(figure)),
    }


def format_share(value: float) -> str:
    """Format a share in words.

    >>> format_share(0.9477), format_share(1.0), format_share(0.0), format_share(0.99999)
    ('94.8 in 100', 'all', 'none', '99.9 in 100')
    """
    return _SHARE_WORDS.get(value) or f"{plots.format_percent(value)} in 100"


def format_interval(figure: Json) -> str:
    """Format the 95 % interval, in 100.

    >>> format_interval({"low": 0.8504, "high": 0.9158})
    '85–91.6'
    """
    return f"{plots.format_percent(figure['low'])}–{plots.format_percent(figure['high'])}"


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
        "languages": [(language, _display_name("language", language)) for language in languages],
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


def colour_step(share: float) -> int:
    """Colour step of a share, 0 to 4: 4 only where all is right.

    >>> [colour_step(one) for one in (0.2, 0.5, 0.8, 0.99, 1.0)]
    [0, 1, 2, 3, 4]
    """
    return sum(share >= step for step in _COLOUR_STEPS)


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
            "cells": [_figure_cell(cells.get((measure, *place))) for place in places],
        }
        for measure, lower in {figure["measure"]: figure["lower_is_better"] for figure in shown}.items()
    ]
    groups = [
        (group, [(name, _display_name(group, name)) for name in names]) for group, names in columns.items() if names
    ]
    return {"columns": groups, "rows": rows}


def diff_baseline(card: Json, baseline: Json) -> dict[str, Any]:
    """Diff a scorecard against a baseline: figures, the numbers of cases, and which cases fail.

    >>> now = {"figures": [{"measure": "R@1", "group": "all", "name": "all", "count": 4, "value": 0.75, "low": 0.3,
    ...     "high": 0.95, "lower_is_better": False}], "cases": [{"name": "a", "question": "?", "right": False}]}
    >>> found = diff_baseline(now, {"cases": {}, "figures": {"all/all/R@1": [0.5, 0.15, 0.85, 4]}, "failing": ["b"]})
    >>> [(one["measure"], one["was"], one["now"], one["better"]) for one in found["overall"]]
    [('R@1', '50', '75', True)]
    >>> [one["name"] for one in found["began"]], found["mended"], found["gone"]
    (['a'], [], ['b'])
    """
    now = {_figure_key(one): one for one in card["figures"]}
    changed = [
        _figure_change(key, value, baseline["figures"][key]) for key, value in now.items() if key in baseline["figures"]
    ]
    changed = [one for one in changed if one["was"] != one["now"]]
    counts = {_figure_key(one).rpartition("/")[0]: one["count"] for one in card["figures"] if one["measure"] == "right"}
    named, failed = {one["name"]: one for one in card["cases"]}, set(baseline["failing"])
    return {
        "overall": [one for one in changed if one["group"] == ALL],
        "parts": [one for one in changed if one["group"] != ALL],
        "same": len(now) - len(changed),
        "lost": sorted(baseline["figures"].keys() - now.keys()),
        "counts": [
            (_group_display_name(key), was, counts.get(key, 0))
            for key, was in baseline["cases"].items()
            if counts.get(key, 0) != was
        ],
        "began": [one for one in card["cases"] if not one["right"] and one["name"] not in failed],
        "mended": [one for one in card["cases"] if one["right"] and one["name"] in failed],
        "gone": sorted(failed - named.keys()),
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


def _with_target(figures: Iterable[Json]) -> list[Json]:
    return [figure for figure in figures if figure["target"] is not None]


def _filter_options(cases: Iterable[Json], key: str) -> list[tuple[str, str]]:
    """Filter options: the values and their display names."""
    return sorted({(case[key], _display_name(key, case[key])) for case in cases}, key=lambda one: one[1])


def _heat_cell(cases: Sequence[Json]) -> tuple[int, int, int] | None:
    right = sum(case["right"] for case in cases)
    return (right, len(cases), colour_step(right / len(cases))) if cases else None


def _plot_row(figure: Json, label: str = "", series: int = 0) -> plots.PlotRow:
    return plots.PlotRow(
        label or figure["measure"], figure["value"], figure["low"], figure["high"], figure.get("target"), series
    )


def _figure_cell(figure: Json | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "value": plots.format_percent(figure["value"]),
        "interval": format_interval(figure),
        "count": figure["count"],
    }


def _display_name(group: str, name: str) -> str:
    return {"language": LANGUAGES, "half": HALVES}.get(group, {}).get(name, name)


def _figure_key(figure: Json) -> str:
    return f"{figure['group']}/{figure['name']}/{figure['measure']}"


def _group_display_name(key: str) -> str:
    """Display name of a group.

    >>> _group_display_name("all/all"), _group_display_name("language/es"), _group_display_name("language × archetype/es × typo")
    ('all', 'Spanish', 'es × typo')
    """
    group, _, name = key.partition("/")
    return _display_name(group, name)


def _format_made(value: object) -> str:
    """Format what a scorecard was made with, on one line.

    >>> _format_made({"python": "3.11", "torch": None})
    'python 3.11 · torch not known'
    """
    if isinstance(value, Mapping):
        return " · ".join(f"{key} {_format_made(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_format_made, value))
    return "not known" if value in (None, "") else str(value)


def _figure_change(key: str, figure: Json, was: Sequence[float]) -> dict[str, Any]:
    gained = figure["value"] - was[0]
    apart = figure["low"] > was[2] or figure["high"] < was[1]
    return {
        "place": _group_display_name(key.rpartition("/")[0]),
        "group": figure["group"],
        "measure": figure["measure"],
        "was": plots.format_percent(was[0]),
        "was_interval": f"{plots.format_percent(was[1])}–{plots.format_percent(was[2])}",
        "now": plots.format_percent(figure["value"]),
        "interval": format_interval(figure),
        "points": f"{100 * gained:+.1f}".replace("-", "−"),
        "up": gained > 0,
        "better": (gained < 0) if figure["lower_is_better"] else (gained > 0),
        "apart": apart,
    }


def _interval_plots(figures: Sequence[Json], overall: Sequence[Json]) -> list[tuple[str, str]]:
    """Interval plots as (heading, SVG): the measures, then the right cases by group."""
    high = [_plot_row(value) for value in overall if not value["lower_is_better"]]
    low = [_plot_row(value) for value in overall if value["lower_is_better"]]
    made = [("The higher the better", plots.dot_plot("higher", "Measures of all cases, the higher the better", high))]
    if low:
        made.append(
            ("The lower the better", plots.dot_plot("lower", "Measures of all cases, the lower the better", low))
        )
    for group in ("language", "archetype", "half"):
        rows = [
            _plot_row(figure, _display_name(group, figure["name"]))
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
        name: {one["measure"]: one for one in some if one["group"] == ALL} for name, some in card["others"].items()
    }
    compared = [one for one in ours if any(one in some for some in theirs.values())]
    rows, lines = [], []
    for measure in compared:
        mine = ours[measure]
        cells = [_compare_cell(mine, some.get(measure)) for some in theirs.values()]
        rows.append(
            {"measure": measure, "ours": _figure_cell(mine), "cells": cells, "lower_is_better": mine["lower_is_better"]}
        )
        lines += [_plot_row({**mine, "target": None}, f"{measure}{' ↓' if mine['lower_is_better'] else ''}")]
        lines += [
            _plot_row({**some[measure], "target": None}, f"  {name}", n)
            for n, (name, some) in enumerate(theirs.items(), start=1)
            if measure in some
        ]
    plot = plots.dot_plot(
        "others", f"{PRODUCT_NAME} and other systems, the same measures of the same cases", lines, step=19
    )
    return {"names": list(theirs), "rows": rows, "plot": plot}


def _compare_cell(ours: Json, theirs: Json | None) -> dict[str, Any] | None:
    shown = _figure_cell(theirs)
    if shown is None or theirs is None:
        return None
    apart = theirs["low"] > ours["high"] or theirs["high"] < ours["low"]
    ahead = (ours["value"] < theirs["value"]) if ours["lower_is_better"] else (ours["value"] > theirs["value"])
    return shown | {"apart": apart, "ours_ahead": ahead}


def _calibration_values(card: Json) -> dict[str, Any]:
    bins = []
    for one in card["reliability"]:
        low, high = wilson_interval(one["right"] * one["count"], one["count"])
        bins.append((one["count"], one["said"], plots.PlotRow("", one["right"], low, high)))
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
        "spoken": _display_name("language", code),
        "kept": _display_name("half", case["half"]),
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
