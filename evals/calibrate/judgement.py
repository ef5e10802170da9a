"""Fit the judgement of what a passage does (`python -m evals.calibrate.judgement`); figures of reports held out whole.

The classifiers are fitted on evals/data/judgement/phrases.tsv, written for it in eight languages; the regression on
reports whose recommendations people marked (RELATORIA_DATA: `reports_wild`, UN reports, a truth commission's list, test
files of other projects that recommend nothing) and on the bundled report. A report counts as much as another of its
set. Each figure is of reports that the regression was not fitted on: each report in turn is left out. Long because
what is read, fitted, left out and printed are of one experiment.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from evals.console import command_parser, track_progress, wide_console
from evals.extraction import cev, upr, wild
from evals.extraction.readings import list_files
from evals.public_data import public_folder, require_public
from ingest.errors import RelatoriaError, UnreadableReport
from ingest.readers.read import read_report
from ingest.report import Kind, Passage
from ingest.sources import BUNDLED_CORPUS, find_sources
from ingest.split.splitter import split
from retrieval.models.embedder import BUNDLED_MODEL, model_name, open_embedder
from retrieval.models.judgement import (
    JUDGEMENTS_FOLDER,
    PLACES,
    SIGNALS,
    Classifier,
    Encode,
    is_explicit,
    make_encoder,
    read_lists,
    shorten,
)

Matrix = NDArray[np.float64]
PHRASES_FILE = Path(__file__).parent.parent / "data" / "judgement" / "phrases.tsv"
_SET_WEIGHTS = {"wild": 12.0, "upr": 2.0, "cev": 0.5, "bundled": 1.0, "other": 1.0}  # of all reports of a set together
_SIGNS = {"observes": -1, "row": -1}  # of a weight, 1 for all other signals: none may turn round
_PENALTY, _STRENGTH = 0.02, 5.0  # of the regression (L2), of the classifiers (inverse)
_LEFT_OUT = {Kind.FACT, Kind.NOTE, Kind.PART}
SYSTEMS: dict[str, tuple[str, ...]] = {
    "without embedding": ("number", "strength", "row"),
    "embedding alone": ("heading", "observes", "lead-in", "title", "openings"),
    "both": SIGNALS,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A report with what a person holds of its passages: whether each asks for something; None where nobody knows."""

    of_set: str
    name: str
    title: str
    passages: tuple[Passage, ...]
    labels: tuple[bool | None, ...]


def read_examples() -> Iterator[Example]:
    """Read all reports with their labels. Raises RelatoriaError where the data is not there."""
    yield from _read_wild(require_public(wild.FOLDER))
    yield from _read_upr(require_public("upr_un_reports"))
    entries = cev.read_entries(require_public(cev.CEV_FILE))
    passages = cev.split_text(cev.render_report(entries, labelled=False))
    yield _label("cev", "cev", "Recomendaciones", passages, lambda at: passages[at].kind is Kind.RECOMMENDATION or None)
    for path in find_sources([BUNDLED_CORPUS]).files:
        yield _read("bundled", path, lambda own: lambda at: own[at].kind is Kind.RECOMMENDATION)
    data = public_folder()
    for path in [data / file for file in list_files(data)] if data else ():
        with suppress(UnreadableReport):
            yield _read("other", path, lambda own: lambda at: False)


def _read(of_set: str, path: Path, label: Callable[[Sequence[Passage]], Callable[[int], bool | None]]) -> Example:
    report = read_report(path, "example")
    passages = split(report)
    return _label(of_set, path.name, report.metadata.title, passages, label(passages))


def _label(
    of_set: str, name: str, title: str, passages: Sequence[Passage], label: Callable[[int], bool | None]
) -> Example:
    labels = (None if passage.kind in _LEFT_OUT else label(at) for at, passage in enumerate(passages))
    return Example(of_set, name, title, tuple(passages), tuple(labels))


def _read_wild(folder: Path) -> Iterator[Example]:
    for name, items in wild.read_gold(folder / "gold.jsonl").items():
        yield _read("wild", folder / "files" / name, partial(_wild_labels, items))


def _wild_labels(items: Sequence[wild.GoldItem], passages: Sequence[Passage]) -> Callable[[int], bool | None]:
    """Labels of a report's passages by the marked items; what is unmarked in a list that all asks is not known."""
    found = wild.match_items(items, passages)
    marked = {record.id: item.recommends for item, record in zip(items, found, strict=True) if record}
    missed = [item.start for item, record in zip(items, found, strict=True) if record is None and item.recommends]
    letters = [wild.letters_and_digits(passage.text) for passage in passages]
    for passage, own in zip(passages, letters, strict=True):
        if passage.id not in marked and any(start in own for start in missed):
            marked[passage.id] = True
    lists: dict[object, set[bool]] = {}
    for passage in passages:
        if passage.id in marked:
            lists.setdefault(passage.headings[-1:], set()).add(marked[passage.id])
    open_lists = {heading for heading, kinds in lists.items() if kinds == {True}}

    def label(at: int) -> bool | None:
        passage = passages[at]
        return marked.get(passage.id, None if passage.headings[-1:] in open_lists else False)

    return label


def _read_upr(folder: Path) -> Iterator[Example]:
    letters: dict[str, set[str]] = {}
    for row in upr.read_rows(folder / "recommendations.csv"):
        letters.setdefault(row.report, set()).add(row.letters)
    for name, texts in sorted(letters.items()):

        def label(own: Sequence[Passage], texts: set[str] = texts) -> Callable[[int], bool | None]:
            return lambda at: (
                upr.wording(own[at].text) in texts or (None if own[at].kind is Kind.RECOMMENDATION else False)
            )

        yield _read("upr", folder / "pdf" / f"{name}.pdf", label)


def fit_classifiers(encode: Encode) -> dict[str, Classifier]:
    """Fit the classifier of each place on its phrases."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    with PHRASES_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    vectors = encode([shorten(row["place"], row["phrase"]) for row in rows])
    middle = vectors.mean(axis=0)
    fitted = {}
    for place in PLACES:
        own = [at for at, row in enumerate(rows) if row["place"] == place]
        model = LogisticRegression(C=_STRENGTH, max_iter=2_000, class_weight="balanced")
        model.fit(vectors[own] - middle, [rows[at]["kind"] for at in own])
        fitted[place] = Classifier(tuple(model.classes_), model.coef_, model.intercept_ - model.coef_ @ middle)
    return fitted


def fit_regression(signals: Matrix, labels: Matrix, weights: Matrix, names: Sequence[str]) -> tuple[Matrix, float]:
    """Fit a logistic regression whose weights keep their sign; returns weights (of raw signals) and intercept."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    middle, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-6
    scaled, share = (signals - middle) / spread, weights / weights.sum()

    def loss(beta: Matrix) -> tuple[float, Matrix]:
        logits = scaled @ beta[:-1] + beta[-1]
        slope = share * (1 / (1 + np.exp(-logits)) - labels)
        value = share @ (np.logaddexp(0, logits) - labels * logits) + _PENALTY * beta[:-1] @ beta[:-1]
        return float(value), np.append(scaled.T @ slope + 2 * _PENALTY * beta[:-1], slope.sum())

    bounds = [(None, 0.0) if _SIGNS.get(name, 1) < 0 else (0.0, None) for name in names]
    beta = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B").x
    return beta[:-1] / spread, float(beta[-1] - beta[:-1] @ (middle / spread))


@dataclass(frozen=True, slots=True)
class Judged:
    """The labelled passages of one report: signals, labels, and whether the rules file them."""

    of_set: str
    name: str
    signals: Matrix  # (passages, SIGNALS)
    labels: Matrix
    ruled: NDArray[np.bool_]
    explicit: NDArray[np.bool_]  # whether by what they say themselves

    @classmethod
    def of(cls, example: Example, classifiers: dict[str, Classifier], encode: Encode) -> "Judged":
        """The signals of the passages that somebody knows about."""
        rows, labels, ruled, explicit = [np.zeros((0, len(SIGNALS)))], [], [], []
        for group in read_lists(example.passages, example.title, classifiers, encode):
            for at, signals in zip(group.members, group.signals, strict=True):
                if (label := example.labels[at]) is not None:
                    rows.append(signals[None])
                    labels.append(float(label))
                    ruled.append(example.passages[at].kind is Kind.RECOMMENDATION)
                    explicit.append(is_explicit(example.passages[at]))
        kinds = (np.array(ruled, bool), np.array(explicit, bool))
        return cls(example.of_set, example.name, np.vstack(rows), np.array(labels), *kinds)


def stack(judged: Sequence[Judged], columns: Sequence[int]) -> tuple[Matrix, Matrix, Matrix]:
    """The signals, labels and weights of all passages of some reports."""
    counts = Counter(report.of_set for report in judged)
    weights = [
        np.full(len(report.labels), _SET_WEIGHTS[report.of_set] / counts[report.of_set] / max(len(report.labels), 15))
        for report in judged
    ]
    return (
        np.vstack([report.signals[:, columns] for report in judged]),
        np.concatenate([report.labels for report in judged]),
        np.concatenate(weights),
    )


def hold_out(judged: Sequence[Judged], names: Sequence[str]) -> list[tuple[Judged, Matrix]]:
    """The logits of each report by a regression on all others; a set other than `wild` is left out as one."""
    columns = [SIGNALS.index(name) for name in names]
    keys = [report.name if report.of_set == "wild" else report.of_set for report in judged]
    outcomes = []
    for key in dict.fromkeys(keys):
        kept = [report for report, own in zip(judged, keys, strict=True) if own != key]
        weights, intercept = fit_regression(*stack(kept, columns), names)
        out = (report for report, own in zip(judged, keys, strict=True) if own == key)
        outcomes += [(report, report.signals[:, columns] @ weights + intercept) for report in out]
    return outcomes


def measure(
    outcomes: Sequence[tuple[Judged, Matrix]], of_set: str, threshold: float, kept: float
) -> tuple[float, float]:
    """Precision and recall over all passages of one set; what the rules file stays from ``kept`` on."""
    filed = right = both = 0
    for report, logits in outcomes:
        if report.of_set == of_set:
            own = (logits >= np.where(report.ruled, kept, threshold)) | report.explicit
            filed, right = filed + int(own.sum()), right + int(report.labels.sum())
            both += int((own & (report.labels == 1)).sum())
    return both / max(filed, 1), both / max(right, 1)


def choose_thresholds(
    outcomes: Sequence[tuple[Judged, Matrix]], fitted: Sequence[tuple[Judged, Matrix]]
) -> tuple[float, float]:
    """The thresholds at which the lower of precision and recall of the held-out reports of `wild` is highest.

    Nothing of the bundled report, which a person checked, may be filed otherwise by what was ``fitted`` on all.
    """
    grid = np.arange(-4.0, 4.01, 0.1)
    pairs = [(float(threshold), float(kept)) for threshold in grid for kept in grid[::5] if kept <= threshold]
    keeping = [pair for pair in pairs if measure(fitted, "bundled", *pair) == (1.0, 1.0)]
    return max(keeping or pairs, key=lambda pair: min(measure(outcomes, "wild", *pair)))


def main(arguments: list[str] | None = None) -> int:
    """Fit, print the figures, write the file; returns the exit status."""
    command_parser("evals.calibrate.judgement", "Fit the judgement of what passages do.").parse_args(arguments)
    screen = wide_console(stderr=True)
    try:
        examples = list(read_examples())
        encode = make_encoder(open_embedder(BUNDLED_MODEL))
        classifiers = fit_classifiers(encode)
        judged = [Judged.of(example, classifiers, encode) for example in track_progress(examples, "reports")]
    except RelatoriaError as error:
        screen.print(str(error), markup=False, soft_wrap=True)
        return 1
    table = Table("signals", *(f"{of_set}: precision, recall" for of_set in _SET_WEIGHTS if of_set != "other"))
    stated: dict[str, Any] = {}
    for system, names in SYSTEMS.items():
        outcomes = hold_out(judged, names)
        columns = [SIGNALS.index(name) for name in names]
        weights, intercept = fit_regression(*stack(judged, columns), names)
        fitted = [(report, report.signals[:, columns] @ weights + intercept) for report in judged]
        threshold, kept = choose_thresholds(outcomes, fitted)
        measured = {of_set: measure(outcomes, of_set, threshold, kept) for of_set in _SET_WEIGHTS if of_set != "other"}
        stated[system] = {of_set: [round(value, 3) for value in pair] for of_set, pair in measured.items()}
        table.add_row(system, *(f"{precision:.3f}, {recall:.3f}" for precision, recall in measured.values()))
    ruled = [(report, np.where(report.ruled, 9.0, -9.0)) for report in judged]
    alone = (measure(ruled, of_set, 0, 0) for of_set in _SET_WEIGHTS if of_set != "other")
    table.add_row("rules alone", *(f"{precision:.3f}, {recall:.3f}" for precision, recall in alone))
    screen.print(table)
    path = JUDGEMENTS_FOLDER / f"{BUNDLED_MODEL}.json"
    path.parent.mkdir(exist_ok=True)
    written = {
        "model": model_name(BUNDLED_MODEL),
        "date": datetime.now(UTC).date().isoformat(),
        "data": (__doc__ or "").partition("\n\n")[2].split("\n\n")[0].replace("\n", " "),
        "figures": {"held out: precision, recall": stated},
        "weights": {name: round(float(weight), 3) for name, weight in zip(SIGNALS, weights, strict=True)},
        "intercept": round(intercept, 3),
        "threshold": round(threshold, 2),
        "kept": round(kept, 2),
        "classifiers": {
            place: {
                "classes": list(found.classes),
                "biases": [round(float(value), 3) for value in found.biases],
                "weights": [[round(float(value), 2) for value in row] for row in found.weights],
            }
            for place, found in classifiers.items()
        },
    }
    path.write_text(json.dumps(written, ensure_ascii=False) + "\n", encoding="utf-8")
    screen.print(f"Written to {path}", markup=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
