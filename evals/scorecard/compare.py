"""Compare two scorecards case by case: differences of measures with bootstrap intervals, and changed cases."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np

from ingest.errors import RelatoriaError

RESAMPLES = 10_000
_SCHEMA = Path(__file__).parent / "templates" / "scorecard.schema.json"


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure's mean over the common cases of two scorecards: second less first, with its 95 % interval."""

    measure: str
    count: int
    first: float
    second: float
    low: float
    high: float

    @property
    def significant(self) -> bool:
        """Whether the interval excludes 0."""
        return not self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences between two scorecards: of measures, and of single cases by name."""

    differences: tuple[Difference, ...]
    mended: tuple[str, ...]  # case names: wrong in the first, right in the second
    broken: tuple[str, ...]
    changed: tuple[str, ...]  # neither, but what came is not the same
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def read_scorecard(path: Path) -> dict[str, Any]:
    """Read and validate a scorecard's JSON. Raises RelatoriaError where it is none."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(card, json.loads(_SCHEMA.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, jsonschema.ValidationError) as error:
        reason = error.message if isinstance(error, jsonschema.ValidationError) else str(error)
        raise RelatoriaError(
            f"{path} is no scorecard ({reason[:200]}). Give a file written by: relatoria eval --json FILE"
        ) from error
    return dict(card)


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """Compare two scorecards, cases paired by name. Raises RelatoriaError when they have none in common."""
    before, after = ({case["name"]: case for case in card["cases"]} for card in (first, second))
    both = [name for name in before if name in after]
    if not both:
        raise RelatoriaError("The two scorecards have no case in common, by name. Compare two of the same cases.")
    measures = dict.fromkeys(measure for name in both for measure in before[name]["scores"])
    return Comparison(
        tuple(_differences(measures, [(before[name]["scores"], after[name]["scores"]) for name in both])),
        mended=tuple(name for name in both if not before[name]["right"] and after[name]["right"]),
        broken=tuple(name for name in both if before[name]["right"] and not after[name]["right"]),
        changed=tuple(
            name
            for name in both
            if before[name]["right"] == after[name]["right"] and before[name]["got"] != after[name]["got"]
        ),
        only_first=tuple(name for name in before if name not in after),
        only_second=tuple(name for name in after if name not in before),
    )


def _differences(
    measures: Iterable[str], pairs: list[tuple[Mapping[str, float], Mapping[str, float]]]
) -> Iterable[Difference]:
    for measure in measures:
        scores = np.array([(a[measure], b[measure]) for a, b in pairs if measure in a and measure in b])
        if len(scores):
            low, high = paired_bootstrap(scores[:, 1] - scores[:, 0])
            before, after = scores.mean(axis=0)
            yield Difference(measure, len(scores), float(before), float(after), low, high)


def paired_bootstrap(differences: "np.ndarray[Any, np.dtype[np.float64]]") -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean of paired differences, (n,); the seed is fixed.

    Efron and Tibshirani 1993, percentile interval; Koehn 2004 for pairs.

    >>> paired_bootstrap(np.array([0.0, 0.0])), paired_bootstrap(np.array([1.0, 1.0, 1.0]))
    ((0.0, 0.0), (1.0, 1.0))
    """
    drawn = np.random.default_rng(2010).integers(0, len(differences), (RESAMPLES, len(differences)))
    low, high = np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
