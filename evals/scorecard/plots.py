"""What the plots of a scorecard are drawn from: numbers in words, axes, bins; templates/plots.html draws them."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 420  # of a plot, which fits a telephone
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)  # what HTML cannot hold as it is
_HISTOGRAM_BINS = 44


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

    @property
    def ticks(self) -> list[float]:
        """Round values from ``low`` to ``high``, six at most.

        >>> Scale(0.72, 1, 0, 1).ticks, Scale(0, 0.3, 0, 1).ticks
        ([0.8, 0.9, 1.0], [0.0, 0.1, 0.2, 0.3])
        """
        span = self.high - self.low
        step = next((width for width in (0.01, 0.02, 0.05, 0.1, 0.2) if span / width <= 5 + 1e-9), 0.25)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(n * step, 6) for n in range(first, last + 1)]


def fit_scale(values: Sequence[float], start: float, end: float) -> Scale:
    """A scale with round ends a little around values between 0 and 1, at least a tenth apart.

    >>> [(scale.low, scale.high) for scale in (fit_scale([0.727, 1.0], 0, 1), fit_scale([0.97], 0, 1))]
    [(0.7, 1.0), (0.9, 1.0)]
    """
    first = max(0, math.floor(min(values, default=0.0) * 20 - 0.2))
    last = min(20, math.ceil(max(values, default=1.0) * 20 + 0.2))
    if last - first < 2:
        first, last = max(0, last - 2), max(2, last)
    return Scale(first / 20, last / 20, start, end)


def fit_figures(figures: Sequence[Mapping[str, Any]], start: float, end: float) -> Scale:
    """A scale on which figures have room, with their intervals and targets."""
    named = [figure[key] for figure in figures for key in ("low", "high", "value", "target")]
    return fit_scale([value for value in named if value is not None], start, end)


def make_printable(words: object) -> str:
    r"""Replace the characters that HTML or UTF-8 cannot hold by U+FFFD.

    >>> make_printable("a\x00b"), make_printable("\ud800"), make_printable("línea\n")
    ('a\ufffdb', '\ufffd', 'línea\n')
    """
    return _UNPRINTABLE.sub("\ufffd", str(words))


def format_coordinate(value: float) -> str:
    """Format a length of a plot.

    >>> format_coordinate(1.25), format_coordinate(2.0)
    ('1.2', '2')
    """
    return f"{value:.1f}".removesuffix(".0")


def format_percent(value: float) -> str:
    """Format a share, in 100; "100" only where it is all and "0" only where it is none.

    >>> [format_percent(value) for value in (0.9479, 1.0, 0.9999, 0.0002, 0.0, 0.5)]
    ['94.8', '100', '99.9', '0.1', '0', '50']
    """
    if value in (0, 1):
        return f"{100 * value:.0f}"
    return f"{min(99.9, max(0.1, 100 * value)):.1f}".removesuffix(".0")


def format_interval(figure: Mapping[str, Any]) -> str:
    """Format the 95 % interval, in 100.

    >>> format_interval({"low": 0.8504, "high": 0.9158})
    '85–91.6'
    """
    return f"{format_percent(figure['low'])}–{format_percent(figure['high'])}"


def format_duration(seconds: float) -> str:
    """Format seconds for a reader.

    >>> format_duration(0.03097), format_duration(0.00042), format_duration(2.345), format_duration(1)
    ('31 ms', '0.4 ms', '2.3 s', '1 s')
    """
    if seconds >= 1:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return f"{1000 * seconds:.{0 if seconds >= 0.01 else 1}f}".removesuffix(".0") + " ms"


def bin_seconds(rows: Sequence[tuple[str, Sequence[float]]]) -> dict[str, Any]:
    """Histograms of seconds, a row each, over one logarithmic axis, of powers of ten.

    >>> made = bin_seconds([("whole", [0.01, 0.02, 0.03]), ("model", [0.0, 0.0, 0.0])])
    >>> [(row["label"], row["said"]) for row in made["rows"]][0], len(made["rows"][0]["bars"])
    (('whole', 'middle 20 ms, 19 of 20 within 30 ms'), 3)
    """
    positive = [value for _, values in rows for value in values if value > 0] or [0.001, 1.0]
    low = math.floor(math.log10(min(positive)) * 4 - 0.5) / 4
    high = max(math.ceil(math.log10(max(positive)) * 4 + 0.5) / 4, low + 0.5)
    x, width = Scale(low, high, 8, WIDTH - 8), (WIDTH - 16) / _HISTOGRAM_BINS
    made = []
    for label, values in rows:
        at = [x(math.log10(value) if value > 0 else low) for value in sorted(values)] or [x.start]
        bins = [min(_HISTOGRAM_BINS - 1, int((place - x.start) / width)) for place in at if values]
        tall = Scale(0, max(map(bins.count, bins), default=1), 0, 44)
        ordered = sorted(values) or [0.0]
        middle, slow = (min(len(ordered) - 1, int(share * len(ordered))) for share in (0.5, 0.95))
        said = f"middle {format_duration(ordered[middle])}, 19 of 20 within {format_duration(ordered[slow])}"
        bars = [(x.start + k * width + 0.5, tall(bins.count(k))) for k in sorted(set(bins))]
        made.append({"label": label, "said": said, "bars": bars, "marks": (at[middle], at[slow])})
    decades = [(x(n), format_duration(10.0**n)) for n in range(math.ceil(low), math.floor(high) + 1)]
    return {"rows": made, "decades": decades, "width": width - 1}
