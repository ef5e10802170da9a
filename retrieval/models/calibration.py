"""Score calibration: maps an embedding model's scores to the probability that a passage answers.

A calibration belongs to one embedding model. It is a small JSON file that `python -m evals.calibrate`
writes, with the data it was fitted on, the date, and figures on data that it was not fitted on.
"""

import json
import logging
import math
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import RelatoriaError

Vector = NDArray[np.float32]

CALIBRATIONS_FOLDER = Path(__file__).parent / "calibrations"
SIGNALS = ("late", "telling", "lead", "lexical", "closeness")  # of a hit, see retrieval/search/search.py


@dataclass(frozen=True, slots=True, eq=False)
class MeanVectors:
    """The mean token vector of questions or of passages, (d,), in each language and in all together."""

    overall: Vector
    by_language: dict[str, Vector] = field(default_factory=dict)  # ISO 639-1

    def for_language(self, language: str) -> Vector:
        return self.by_language.get(language, self.overall)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A logistic regression over a hit's signals, and the means that scores are made with."""

    model: str
    questions: MeanVectors
    passages: MeanVectors
    translations: dict[str, dict[str, float]]  # late interaction of a question with its translation, by languages
    weights: dict[str, float]  # by signal
    intercept: float
    answer_threshold: float  # probability from which on a hit answers
    many_threshold: float  # the same in an index of several reports, where the best has more to compete with
    borderline_threshold: float  # and from which on it may
    related_threshold: float  # and from which on it comes near, and is shown as what it is
    scope_threshold: float  # late interaction of some hit of a question that is about the reports' subjects at all
    read: bool = False  # whether a reader of pairs judges the hits: in an index of several reports, where there is one

    def closeness(self, asked: str, written: str) -> float:
        """The expected late interaction of a question with its own translation: an upper bound for a language pair.

        A pair without data gets the average of the known same-language or cross-language pairs.
        """
        known = self.translations.get(asked, {}).get(written)
        if known is not None:
            return known
        alike = [
            value
            for name, row in self.translations.items()
            for other, value in row.items()
            if (name == other) == (asked == written)
        ]
        return sum(alike) / len(alike) if alike else 1.0

    def nearness(self, signals: dict[str, float]) -> float:
        """The probability that a hit answers, by its signals alone, 0 to 1."""
        return _probability(self.intercept + sum(self.weights[name] * value for name, value in signals.items()))

    def probability(self, nearness: float, answers: float | None) -> float:
        """The probability that a hit answers: the reader's, where it has read, less what it lacks to be borderline."""
        if not self.read or answers is None:
            return nearness
        lacking = min(_logit(nearness) - _logit(self.borderline_threshold), 0.0)
        return _probability(answers + lacking)


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def load_calibration(model: str, width: int, file: Path | None = None) -> Calibration:
    """Load the calibration of a model (its name, as the index stores it) whose token vectors have that width.

    ``file`` is one of your own. Raises RelatoriaError when it cannot be read, or belongs to another model.
    A model without one gets the bundled model's weights with means of zero.
    """
    path = file or next(
        (path for path in sorted(CALIBRATIONS_FOLDER.glob("*.json")) if _read_json(path)["model"] == model), None
    )
    if path is None:
        return _uncalibrated(model, width)
    found = _parse_calibration(path)
    means = (vector for of in (found.questions, found.passages) for vector in (of.overall, *of.by_language.values()))
    if found.model != model or {len(vector) for vector in means} != {width}:
        raise RelatoriaError(
            f"{path} calibrates the embedding model {found.model}, not {model} with vectors of {width} numbers. "
            "Make one for it, from a checkout: python -m evals.calibrate --embedding-model NAME --out FILE"
        )
    return found


@cache
def _uncalibrated(model: str, width: int) -> Calibration:
    """The fallback for a model without calibration; logs one warning."""
    logging.getLogger("relatoria").warning(
        "The embedding model %s has no calibration: what is answered and what is refused is a guess. "
        "Make one, from a checkout: python -m evals.calibrate --embedding-model NAME --out FILE, "
        "then use it: --calibration FILE",
        model,
    )
    nothing = MeanVectors(np.zeros(width, np.float32))
    bundled = _parse_calibration(sorted(CALIBRATIONS_FOLDER.glob("*.json"))[0])
    return replace(bundled, model=model, questions=nothing, passages=nothing)


@cache
def _parse_calibration(path: Path) -> Calibration:
    stated = _read_json(path)
    try:
        return Calibration(
            model=str(stated["model"]),
            questions=_means(stated["means"]["questions"]),
            passages=_means(stated["means"]["passages"]),
            translations={
                name: {other: float(value) for other, value in row.items()}
                for name, row in stated["translations"].items()
            },
            weights={name: float(stated["weights"][name]) for name in SIGNALS},
            intercept=float(stated["intercept"]),
            answer_threshold=float(stated["thresholds"]["answers"]),
            many_threshold=float(stated["thresholds"]["answers_of_many"]),
            borderline_threshold=float(stated["thresholds"]["borderline"]),
            related_threshold=float(stated["thresholds"]["related"]),
            scope_threshold=float(stated["thresholds"]["in_scope"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(path, error) from error


@cache
def _read_json(path: Path) -> Any:
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        stated["model"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from error
    return stated


def _means(stated: dict[str, list[float]]) -> MeanVectors:
    vectors = {language: np.array(values, np.float32) for language, values in stated.items()}
    return MeanVectors(vectors.pop("all"), vectors)


def _unreadable(path: Path, error: Exception) -> RelatoriaError:
    return RelatoriaError(
        f"{path} cannot be read as a calibration ({error!r}). "
        "Make it anew, from a checkout: python -m evals.calibrate --out FILE"
    )
