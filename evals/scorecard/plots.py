"""Plots as SVG: pure functions from numbers to markup; text is escaped, colours are the style sheet's.

Long because all plots share scales, ticks and texts. Units are those of a plot 420 wide, which fits a telephone.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 420
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)  # what HTML cannot hold as it is


@dataclass(frozen=True, slots=True)
class PlotRow:
    """A line of ``dot_plot``: a value with its interval, between 0 and 1."""

    label: str
    value: float
    low: float
    high: float
    target: float | None = None
    series: int = 0  # whose it is: 0 ours, then each other system's; a shape and a colour


@dataclass(frozen=True, slots=True)
class Scale:
    """Linear scale: values from ``low`` to ``high`` onto coordinates ``start`` to ``end``, clamped at the edges.

    >>> scale = Scale(0.5, 1, 100, 200)
    >>> scale(0.75), scale(0.2), scale(1)
    (150.0, 100.0, 200.0)
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


def make_printable(words: object) -> str:
    r"""Replace the characters that HTML or UTF-8 cannot hold by U+FFFD.

    >>> make_printable("a\x00b"), make_printable("\ud800"), make_printable("línea\n")
    ('a\ufffdb', '\ufffd', 'línea\n')
    """
    return _UNPRINTABLE.sub("\ufffd", str(words))


def format_percent(value: float) -> str:
    """Format a share, in 100; "100" only where it is all and "0" only where it is none.

    >>> [format_percent(value) for value in (0.9479, 1.0, 0.9999, 0.0002, 0.0, 0.5)]
    ['94.8', '100', '99.9', '0.1', '0', '50']
    """
    if value in (0, 1):
        return f"{100 * value:.0f}"
    return f"{min(99.9, max(0.1, 100 * value)):.1f}".removesuffix(".0")


def format_duration(seconds: float) -> str:
    """Format seconds for a reader.

    >>> format_duration(0.03097), format_duration(0.00042), format_duration(2.345), format_duration(1)
    ('31 ms', '0.4 ms', '2.3 s', '1 s')
    """
    if seconds >= 1:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return f"{1000 * seconds:.{0 if seconds >= 0.01 else 1}f}".removesuffix(".0") + " ms"


def tag(name: str, *inside: str, **attributes: object) -> str:
    """An SVG element around markup. An attribute's ``_`` is ``-``; its value is escaped, a number to one decimal.

    >>> tag("line", x1=1.25, stroke_width=2, class_="a<b")
    '<line x1="1.2" stroke-width="2" class="a&lt;b"/>'
    >>> tag("g", tag("path", d="M0 0"))
    '<g><path d="M0 0"/></g>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_show(value)}"' for key, value in attributes.items() if value != ""
    )
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def text_tag(x: float, y: float, words: object, class_: str = "", *, longest: int = 0) -> str:
    """A text element; beyond ``longest`` characters it is cut short, and whole in the tooltip.

    >>> text_tag(0, 10, "a<b", "quiet")
    '<text x="0" y="10" class="quiet">a&lt;b</text>'
    >>> text_tag(0, 10, "out of scope", longest=8)
    '<text x="0" y="10">out of …<title>out of scope</title></text>'
    """
    whole = make_printable(words)
    if longest and len(whole) > longest:
        return tag("text", escape(whole[: longest - 1]) + "…", tag("title", escape(whole)), x=x, y=y, class_=class_)
    return tag("text", escape(whole), x=x, y=y, class_=class_)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round tick values of an axis from ``low`` to ``high``, ``most`` steps at most.

    >>> ticks(0.72, 1), ticks(0, 0.3), ticks(0, 1)
    ([0.8, 0.9, 1.0], [0.0, 0.1, 0.2, 0.3], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    step = next((width for width in (0.01, 0.02, 0.05, 0.1, 0.2) if (high - low) / width <= most + 1e-9), 0.25)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(n * step, 6) for n in range(first, last + 1)]


def svg_figure(name: str, title: str, about: str, height: float, *inside: str, width: float = WIDTH) -> str:
    """The whole plot as one SVG: screen readers read its title and description in place of its lines.

    >>> plot = svg_figure("p", "One & two", "Nothing yet.", 10)
    >>> plot.startswith('<svg viewBox="0 0 420 10" role="img" aria-labelledby="p-title p-desc">')
    True
    >>> '<title id="p-title">One &amp; two</title><desc id="p-desc">Nothing yet.</desc>' in plot
    True
    """
    head = (
        tag("title", escape(make_printable(title)), id=f"{name}-title"),
        tag("desc", escape(make_printable(about)), id=f"{name}-desc"),
    )
    box = f"0 0 {_show(width)} {_show(height)}"
    return tag("svg", *head, *inside, viewBox=box, role="img", aria_labelledby=f"{name}-title {name}-desc")


def whisker(row: PlotRow, x: Scale, y: float) -> str:
    """A dot with its error bar, and a bar at the target; the shape tells the series without its colour.

    >>> whisker(PlotRow("R@1", 0.75, 0.5, 1), Scale(0, 1, 0, 100), 8)
    '<g class="series0"><path class="interval" d="M50 8H100M50 5v6M100 5v6"/><circle cx="75" cy="8" r="4"/></g>'
    """
    low, at, high = (_show(x(value)) for value in (row.low, row.value, row.high))
    here = _show(y)
    line = tag(
        "path",
        class_="interval",
        d=f"M{low} {here}H{high}M{low} {_show(y - 3)}v6M{high} {_show(y - 3)}v6",
    )
    target = "" if row.target is None else tag("path", class_="target", d=f"M{_show(x(row.target))} {_show(y - 8)}v16")
    shapes = (
        tag("circle", cx=x(row.value), cy=y, r=4),
        tag("path", d=f"M{at} {_show(y - 5)}l5 5l-5 5l-5 -5z"),
        tag("path", d=f"M{at} {_show(y - 5)}l5 9h-10z"),
        tag("rect", x=x(row.value) - 3.5, y=y - 3.5, width=7, height=7),
    )
    return tag("g", target + line + shapes[row.series % len(shapes)], class_=f"series{row.series % len(shapes)}")


def dot_plot(name: str, title: str, rows: Sequence[PlotRow], *, step: float = 23) -> str:
    """Dot plot: values with their intervals, one a line, over a shared axis that need not begin at 0.

    >>> plot = dot_plot("p", "Found", [PlotRow("R@1", 0.887, 0.85, 0.916, 0.95), PlotRow("R@5", 0.953, 0.926, 0.971)])
    >>> "R@1 88.7, from 85 to 91.6, target 95" in plot, plot.count('class="interval"'), plot.count('class="target"')
    (True, 2, 1)
    """
    ends = [end for row in rows for end in (row.low, row.high, row.value if row.target is None else row.target)]
    low, high = _axis_range(min(ends, default=0.0), max(ends, default=1.0))
    x, bottom = Scale(low, high, 158, 318), 8 + step * len(rows)
    drawn = [_grid(x, 4, bottom)]
    for n, row in enumerate(rows):
        y = 8 + step * (n + 0.5)
        drawn += [text_tag(0, y + 4, row.label, longest=24), whisker(row, x, y), _row_numbers(row, y)]
    return svg_figure(name, title, "; ".join(map(_describe_row, rows)) + ".", bottom + 20, *drawn)


def gauge(name: str, row: PlotRow) -> str:
    """Gauge: one value, its interval and its target on an axis that fits them."""
    ends = (row.low, row.high, row.value if row.target is None else row.target)
    low, high = _axis_range(min(ends), max(ends))
    x = Scale(low, high, 10, 250)
    axis = tag("path", class_="axis", d=f"M{_show(x.start)} 12H{_show(x.end)}")
    ends_said = text_tag(10, 30, format_percent(low), "tick") + text_tag(250, 30, format_percent(high), "tick")
    return svg_figure(name, row.label, _describe_row(row), 34, axis, whisker(row, x, 12), ends_said, width=260)


def reliability_diagram(name: str, title: str, bins: Sequence[tuple[int, float, PlotRow]]) -> str:
    """Reliability diagram: a dot a bin of (count, probability, observed rate), on the diagonal when both agree."""
    x, y = Scale(0, 1, 44, WIDTH - 12), Scale(0, 1, 360, 12)
    most = max((count for count, _, _ in bins), default=1)
    drawn = [_square_frame(x, y, "what was said, in 100", "what came, in 100")]
    drawn.append(tag("path", class_="diagonal", d=f"M{x.start:g} {y.start:g}L{x.end:g} {y.end:g}"))
    for count, said, came in bins:
        at, size = x(said), 3 + 9 * math.sqrt(count / most)
        low, high = _show(y(came.low)), _show(y(came.high))
        drawn.append(tag("path", class_="interval", d=f"M{_show(at)} {low}V{high}m-3 0h6M{_show(at - 3)} {low}h6"))
        drawn.append(
            tag("circle", tag("title", escape(_describe_bin(count, said, came))), cx=at, cy=y(came.value), r=size)
        )
    about = "; ".join(_describe_bin(*part) for part in bins) or "No question has a probability"
    return svg_figure(name, title, f"{about}.", 400, *drawn)


def line_plot(name: str, title: str, about: str, points: Sequence[tuple[float, float]], axes: tuple[str, str]) -> str:
    """Line plot of (x, y) points, x between 0 and 1, over a y axis that ends a little above them.

    >>> 'class="curve" d="M44 360L408 78.4"' in line_plot("p", "Risk", "", [(0, 0), (1, 0.12)], ("x", "y"))
    True
    """
    top = _axis_range(0, max((risk for _, risk in points), default=0.1))[1]
    x, y = Scale(0, 1, 44, WIDTH - 12), Scale(0, top, 360, 8)
    path = "L".join(f"{_show(x(value))} {_show(y(height))}" for value, height in points)
    line = tag("path", class_="curve", d=f"M{path}") if points else ""
    return svg_figure(name, title, about, 400, _square_frame(x, y, *axes), line)


def histograms(name: str, title: str, rows: Sequence[tuple[str, Sequence[float]]], bins: int = 44) -> str:
    """Histograms of seconds, a row each, over one logarithmic axis.

    >>> plot = histograms("p", "Time", [("whole", [0.01, 0.02, 0.03]), ("model", [0.0, 0.0, 0.0])])
    >>> "whole: middle 20 ms, 19 of 20 within 30 ms" in plot, plot.count("<rect") >= 3
    (True, True)
    """
    positive = [value for _, values in rows for value in values if value > 0] or [0.001, 1.0]
    low, high = math.log10(min(positive)), math.log10(max(positive))
    low = math.floor(low * 4 - 0.5) / 4
    high = max(math.ceil(high * 4 + 0.5) / 4, low + 0.5)
    x, drawn, about = Scale(low, high, 8, WIDTH - 8), [], []
    width = (x.end - x.start) / bins
    for n, (label, values) in enumerate(rows):
        base = 78 + 88 * n
        counts = [0] * bins
        for value in values:
            counts[min(bins - 1, int((x(_log_seconds(value, low)) - x.start) / width))] += 1
        tall = Scale(0, max([1, *counts]), 0, 44)
        drawn += [
            tag(
                "rect", class_=f"bar{n}", x=x.start + k * width + 0.5, y=base - tall(c), width=width - 1, height=tall(c)
            )
            for k, c in enumerate(counts)
            if c
        ]
        ordered = sorted(values) or [0.0]
        middle, slow = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95))
        said = f"middle {format_duration(middle)}, 19 of 20 within {format_duration(slow)}"
        about.append(f"{label}: {said}")
        drawn.append(tag("path", class_="axis", d=f"M{x.start:g} {base}H{x.end:g}"))
        for at in (middle, slow):
            drawn.append(tag("path", class_="target", d=f"M{_show(x(_log_seconds(at, low)))} {base - 48}v52"))
        drawn.append(text_tag(8, base - 54, label, "label") + text_tag(WIDTH - 8, base - 54, said, "end quiet"))
    bottom = 78 + 88 * (len(rows) - 1)
    for n in range(math.ceil(low), math.floor(high) + 1):
        drawn += [
            tag("path", class_="axis", d=f"M{_show(x(n))} {bottom}v5"),
            text_tag(x(n), bottom + 19, format_duration(10.0**n), "tick"),
        ]
    return svg_figure(name, title, "; ".join(about) + ".", bottom + 28, *drawn)


def _log_seconds(seconds: float, least: float) -> float:
    return math.log10(seconds) if seconds > 0 else least


def _axis_range(low: float, high: float) -> tuple[float, float]:
    """Axis range: round ends a little around values between 0 and 1, at least a tenth apart.

    >>> _axis_range(0.727, 1.0), _axis_range(0.0, 0.03), _axis_range(0.97, 0.99), _axis_range(0.05, 0.2)
    ((0.7, 1.0), (0.0, 0.1), (0.9, 1.0), (0.0, 0.25))
    """
    first, last = max(0, math.floor(low * 20 - 0.2)), min(20, math.ceil(high * 20 + 0.2))
    if last - first < 2:
        first, last = max(0, last - 2), max(2, last)
    return first / 20, last / 20


def _grid(x: Scale, top: float, bottom: float) -> str:
    at = ticks(x.low, x.high)
    lines = "".join(f"M{_show(x(tick))} {_show(top)}V{_show(bottom)}" for tick in at)
    return tag("path", class_="grid", d=lines) + "".join(
        text_tag(x(tick), bottom + 15, format_percent(tick), "tick") for tick in at
    )


def _square_frame(x: Scale, y: Scale, below: str, beside: str) -> str:
    """Frame of a plot with two axes, their ticks in 100."""
    across, up = ticks(x.low, x.high), ticks(y.low, y.high)
    lines = [f"M{_show(x(tick))} {y.start:g}V{y.end:g}" for tick in across]
    lines += [f"M{x.start:g} {_show(y(tick))}H{x.end:g}" for tick in up]
    said = [text_tag(x(tick), y.start + 16, format_percent(tick), "tick") for tick in across]
    said += [text_tag(x.start - 6, y(tick) + 4, format_percent(tick), "end tick") for tick in up]
    turned = tag("text", escape(beside), class_="axis-name", transform=f"translate(11 {y.start / 2:g}) rotate(-90)")
    return (
        tag("path", class_="grid", d="".join(lines)) + "".join(said) + turned + text_tag(226, 394, below, "axis-name")
    )


def _row_numbers(row: PlotRow, y: float) -> str:
    numbers = (
        tag("tspan", format_percent(row.value), class_="value"),
        tag("tspan", f" {format_percent(row.low)}–{format_percent(row.high)}", class_="quiet"),
    )
    return tag("text", *numbers, x=326, y=y + 4)


def _describe_row(row: PlotRow) -> str:
    target = "" if row.target is None else f", target {format_percent(row.target)}"
    return (
        f"{row.label} {format_percent(row.value)}, from {format_percent(row.low)} to {format_percent(row.high)}{target}"
    )


def _describe_bin(count: int, said: float, came: PlotRow) -> str:
    return f"said {format_percent(said)}, came {format_percent(came.value)} ({count})"


def _show(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(make_printable(value))
