"""The baseline: figures that a person accepted, as a value and serialized as a JSON file for review."""

import json
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from ingest.errors import RelatoriaError

BASELINE_FILE = Path(__file__).parent.parent / "data" / "baseline.json"
_RATIO_KEY = "the rest by embedding"


@dataclass(frozen=True, slots=True)
class AcceptedFigure:
    """An accepted figure, with its 95 % interval and the number of cases."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted state: figures, numbers of cases, known failures and passage digests."""

    cases: Mapping[str, int]  # how many: "all", "language/es", "archetype/typo"
    figures: Mapping[str, AcceptedFigure]  # by group, name and measure: "language/es/R@1"
    ratio: float | None  # of all but embedding a question, to embedding it; None where nothing was timed
    failing: frozenset[str]  # names of the cases that were not right
    records: Mapping[str, str]  # passage ids to what tells that one reads otherwise

    def as_json(self) -> dict[str, Any]:
        """Serialize to plain values with the keys of the file."""
        return {
            "cases": dict(self.cases),
            "figures": {key: list(astuple(figure)) for key, figure in self.figures.items()},
            _RATIO_KEY: self.ratio,
            "failing": sorted(self.failing),
            "records": dict(self.records),
        }


def read_baseline(path: Path = BASELINE_FILE) -> Baseline:
    """Read the accepted figures. Raises RelatoriaError when there are none to compare with."""
    try:
        return _parse_baseline(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RelatoriaError(
            f"The baseline {path} cannot be read ({error}). To make the figures of this run the baseline, type the "
            "same command with --accept, and look at what it wrote."
        ) from error


def write_baseline(baseline: Baseline, path: Path = BASELINE_FILE) -> None:
    """Write the file, one line a figure, so that a review sees what moved."""
    lines = json.dumps(baseline.as_json(), indent=1, ensure_ascii=False)
    path.write_text(_numbers_on_one_line(lines) + "\n", encoding="utf-8")


def _parse_baseline(stated: Any) -> Baseline:
    """Parse what ``as_json`` gives; the caller catches whatever malformed values raise."""
    figures = {}
    for key, (value, low, high, count) in stated["figures"].items():
        if key.count("/") < 2:
            raise ValueError(f'the figure "{key}" has no group')
        figures[key] = AcceptedFigure(float(value), float(low), float(high), int(count))
    ratio = stated[_RATIO_KEY]
    return Baseline(
        {key: int(value) for key, value in stated["cases"].items()},
        figures,
        None if ratio is None else float(ratio),
        frozenset(map(str, stated["failing"])),
        {key: str(value) for key, value in stated["records"].items()},
    )


def _numbers_on_one_line(text: str) -> str:
    r"""Put lists of numbers on one line.

    >>> _numbers_on_one_line('[\n  0.5,\n  4\n]')
    '[0.5, 4]'
    """
    return re.sub(r"\[\s*([-\d.]+(?:,\s*[-\d.]+)+)\s*\]", lambda found: f"[{' '.join(found[1].split())}]", text)
