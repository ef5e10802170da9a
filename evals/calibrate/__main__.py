"""Fit the calibration of an embedding model: from its search signals to the probability that a passage answers.

Long because one fit is told whole: data, means, regression, thresholds, figures. Fitted on half of XQuAD's articles
(RELATORIA_DATA, four language pairs: as they are, without the right paragraph, without its article) and on the first
report's single-turn cases of half "fit"; figures are of the other half. A language's mean token vectors are XQuAD's
Spanish and English ones, shifted by what sets the language apart in `calibration/questions.tsv`.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from evals.benchmarks.passages import build_report
from evals.benchmarks.xquad import DIRECTIONS, Article, read_articles
from evals.console import command_parser, print_errors, track_progress, wide_console
from evals.public_data import require_public
from evals.run.cases import CASES_FOLDER, load_cases
from evals.statistics.ranking import auroc, mean
from ingest.report import Passage
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.index.index import Index
from retrieval.models.calibration import CALIBRATIONS_FOLDER, SIGNALS
from retrieval.models.embedder import BUNDLED_MODEL, Embedder, model_name, open_embedder
from retrieval.results import Status
from retrieval.search.late_interaction import PackedWindows, Window, pack, score_tokens
from retrieval.search.search import SearchResult, compute_signals, search
from retrieval.storage.token_vectors import TokenVectors

Matrix = NDArray[np.float64]
Vector = NDArray[np.float32]

QUESTIONS_FILE = Path(__file__).parent.parent / "data" / "calibration" / "questions.tsv"
BASE_LANGUAGES = ("es", "en")  # whose texts of XQuAD the means of all languages rest on
# weights of what is taken away, and of the own cases beside a pair of languages
PARAGRAPH_WEIGHT, ARTICLE_WEIGHT, OWN_WEIGHT = 0.4, 0.6, 0.2
ANSWER_THRESHOLD, BORDERLINE_THRESHOLD, RELATED_THRESHOLD = 0.5, 0.25, 0.15
MANY_THRESHOLD = 0.3  # by the open half of `python -m evals.questions`
_CASES_FILE = "gfmd-2010-mesa-redonda-1.jsonl"
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Example:
    """A training example, the best hit of a search: its signals in the order of SIGNALS; whether it can be right."""

    values: tuple[float, ...]
    present: bool
    weight: float
    kind: str  # what was taken away, or how the case is to be refused
    pair: str  # of languages; "own" for the first report's cases
    half: str = "fit"


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Fit, print the figures, write the calibration file; returns the exit status."""
    parser = command_parser("evals.calibrate", "Fit the calibration of a model.")
    parser.add_argument("--embedding-model", default=BUNDLED_MODEL, metavar="NAME", help="the model, by name or path")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it; default: with the product")
    options = parser.parse_args(arguments)
    codes = sorted({*sum(DIRECTIONS, ())})
    articles = {code: read_articles(require_public(f"xquad/xquad.{code}.json")) for code in codes}
    embedder = open_embedder(options.embedding_model)
    calibration = fit_calibration(embedder, model_name(options.embedding_model), articles)
    path = options.out or CALIBRATIONS_FOLDER / f"{options.embedding_model.rpartition('/')[2]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(serialize_calibration(calibration), encoding="utf-8")
    wide_console(stderr=True).print(f"Written to {path}", markup=False, soft_wrap=True)
    return 0


def fit_calibration(embedder: Embedder, name: str, articles: dict[str, list[Article]]) -> dict[str, Any]:
    """Fit the calibration, print its figures, and return it as it is written."""
    stated: dict[str, Any] = {
        "model": name,
        "date": datetime.now(UTC).date().isoformat(),
        "data": [
            "XQuAD (Artetxe et al. 2020, CC BY-SA 4.0), articles of even index, es-es en-es de-es es-en",
            f"evals/data/cases/{_CASES_FILE}, half fit, without turns before",
            "evals/data/calibration/questions.tsv, for the means of languages",
        ],
        "weights": dict.fromkeys(SIGNALS, 0.0),
        "intercept": 0.0,
        "thresholds": {
            "answers": ANSWER_THRESHOLD,
            "answers_of_many": MANY_THRESHOLD,
            "borderline": BORDERLINE_THRESHOLD,
            "related": RELATED_THRESHOLD,
            "in_scope": 0.0,
        },
        "translations": {},
        "means": compute_means(embedder, articles),
    }
    stated["translations"] = compute_translations(embedder, stated["means"])
    with tempfile.TemporaryDirectory(prefix="relatoria-calibrate-") as temporary:
        file = Path(temporary) / "calibration.json"
        file.write_text(serialize_calibration(stated), encoding="utf-8")
        make = partial(_open_index, Path(temporary), name, file)
        examples = [*_xquad_examples(embedder, articles, make), *_own_examples(embedder, make)]
    weights, intercept = fit_regression([example for example in examples if example.half == "fit"])
    stated["weights"] = {signal: round(float(w), _DECIMALS) for signal, w in zip(SIGNALS, weights, strict=True)}
    stated["intercept"] = round(intercept, _DECIMALS)

    def probability(example: Example) -> float:
        return float(1 / (1 + np.exp(-(np.dot(example.values, weights) + intercept))))

    stated["thresholds"]["in_scope"] = round(find_scope_threshold(examples), _DECIMALS)
    stated["figures"] = compute_figures(examples, probability)
    print_figures(stated["figures"])
    return stated


def compute_translations(embedder: Embedder, middle: dict[str, dict[str, Vector]]) -> dict[str, dict[str, float]]:
    """Mean late interaction of the same questions in each pair of languages, by query and passage language."""
    columns = read_questions()
    asked = {
        code: [embedder.query(text).tokens - middle["questions"][code] for text in texts]
        for code, texts in columns.items()
    }
    written: dict[str, list[list[PackedWindows]]] = {}
    for code, texts in columns.items():
        encoded = dict(embedder.passages(texts))
        each = [Window(TokenVectors.quantize(encoded[n].tokens), middle["passages"][code]) for n in range(len(texts))]
        written[code] = [list(pack([window])) for window in each]
    return {
        name: {
            other: round(
                mean([float(score_tokens(q, window).mean()) for q, window in zip(some, windows, strict=True)]), 3
            )
            for other, windows in written.items()
        }
        for name, some in asked.items()
    }


def read_questions() -> dict[str, list[str]]:
    """Read questions.tsv: the questions by language, the same ones in the same order."""
    lines = [line for line in QUESTIONS_FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    codes, *rows = [line.split("\t") for line in lines]
    return {code: [row[n] for row in rows] for n, code in enumerate(codes)}


def compute_means(embedder: Embedder, articles: dict[str, list[Article]]) -> dict[str, dict[str, Vector]]:
    """Compute mean token vectors, (d,), of questions and passages, over all languages ("all") and in each."""
    columns = read_questions()
    fitted = {code: articles[code][::2] for code in BASE_LANGUAGES}

    def of_questions(texts: Iterable[str]) -> Vector:
        return _mean_vector([embedder.query(text).tokens for text in texts])

    def of_passages(texts: Sequence[str]) -> Vector:
        pieces = [piece for text in texts for piece in embedder.windows(text)]
        return _mean_vector([encoded.tokens for _, encoded in embedder.passages(pieces)])

    asked = {code: [question for _, some in part for question, _ in some] for code, part in fitted.items()}
    written = {code: [text for texts, _ in part for text in texts] for code, part in fitted.items()}
    return {
        "questions": _shift_means(of_questions, asked, columns),
        "passages": _shift_means(of_passages, written, columns),
    }


def _mean_vector(tokens: Sequence[Vector]) -> Vector:
    mean: Vector = np.concatenate(tokens).mean(axis=0)
    return mean


def _shift_means(
    middle: Callable[[Sequence[str]], Vector], base: dict[str, list[str]], columns: dict[str, list[str]]
) -> dict[str, Vector]:
    """The base languages' mean vector, and the same shifted by each language's offset from it."""
    of_all = np.mean([middle(texts) for texts in base.values()], axis=0)
    each = {code: middle(texts) for code, texts in columns.items()}
    from_here = np.mean([each[code] for code in base], axis=0)
    return {"all": of_all, **{code: of_all + there - from_here for code, there in each.items()}}


def _open_index(folder: Path, model: str, calibration: Path, name: str) -> Index:
    return Index(folder / name, model, calibration=calibration)


def _xquad_examples(
    embedder: Embedder, articles: dict[str, list[Article]], make: Callable[[str], Index]
) -> Iterator[Example]:
    for spoken, written in DIRECTIONS:
        index = make(written)
        if not index.store.stamp():
            named = enumerate(articles[written])
            index.put([build_report(f"xquad-{n:02d}", texts, written) for n, (texts, _) in named], embedder)
        index.check()
        asked = [(n, *pair) for n, (_, some) in enumerate(articles[spoken]) for pair in some]
        fitting = sum(not n % 2 for n, *_ in asked)
        for n, question, paragraph in track_progress(asked, f"{spoken}-{written}"):
            found = search(index, embedder, question)
            report = f"xquad-{n:02d}"
            right = f"{report}#p{paragraph + 1:02d}"
            half = ("fit", "report")[n % 2]
            for kind, weight, removed in (
                ("there", 1.0, lambda passage: False),
                ("paragraph", PARAGRAPH_WEIGHT, lambda passage, right=right: passage.id == right),
                ("article", ARTICLE_WEIGHT, lambda passage, report=report: passage.report_id == report),
            ):
                if values := best_signals(found, removed):
                    yield Example(values, kind == "there", weight / fitting, kind, f"{spoken}-{written}", half)


def _own_examples(embedder: Embedder, make: Callable[[str], Index]) -> Iterator[Example]:
    index = make("own")
    index.update(find_sources([BUNDLED_CORPUS]), lambda: embedder)
    index.check()
    loaded = load_cases(CASES_FOLDER / _CASES_FILE, {passage.id for passage in index.store.passages()})
    cases = [case for case in loaded if case.half == "fit" and not case.before]
    count = {answerable: sum(case.answerable is answerable for case in cases) for answerable in (True, False)}
    for case in track_progress(cases, "own cases"):
        found = search(index, embedder, case.question)
        if case.statuses != (Status.NOT_UNDERSTOOD,) and (values := best_signals(found, lambda passage: False)):
            weight = OWN_WEIGHT * len(DIRECTIONS) / count[case.answerable]
            yield Example(values, case.answerable, weight, " or ".join(case.statuses), "own")


def best_signals(found: SearchResult, removed: Callable[[Passage], bool]) -> tuple[float, ...]:
    """The best hit's signals in the order of SIGNALS, with some passages removed; none where none was compared."""
    hits = [hit for hit in found.hits if not removed(hit.passage)]
    if not hits or found.calibration is None or hits[0].exact:
        return ()
    of_best = compute_signals(hits, found.calibration, found.language)[0]
    return tuple(of_best[name] for name in SIGNALS)


def fit_regression(examples: Sequence[Example]) -> tuple[Matrix, float]:
    """Fit a logistic regression, present and absent weighing the same: weights (len(SIGNALS),) and intercept."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    values = np.array([example.values for example in examples])
    middle, spread = values.mean(axis=0), values.std(axis=0)
    weight = np.array([example.weight for example in examples])
    model = LogisticRegression(C=1.0, max_iter=1_000)
    model.fit((values - middle) / spread, [example.present for example in examples], sample_weight=weight * 100)
    slopes = model.coef_[0] / spread
    return slopes, float(model.intercept_[0] - slopes @ middle)


def find_scope_threshold(examples: Sequence[Example]) -> float:
    """The late-interaction threshold that best separates own cases out of scope from those with nothing found."""
    late = SIGNALS.index("late")
    outside = [example.values[late] for example in examples if example.kind == Status.OUT_OF_SCOPE]
    near = [example.values[late] for example in examples if example.kind == Status.NOTHING_FOUND]
    errors = {at: mean([v >= at for v in outside]) + mean([v < at for v in near]) for at in near}
    return min(errors, key=lambda at: (errors[at], at))


def compute_figures(
    examples: Sequence[Example], probability: Callable[[Example], float]
) -> dict[str, dict[str, float]]:
    """Error rates and AUROC by language pair, half "report"; the own cases, which were fitted on, by themselves."""
    found: dict[str, dict[str, float]] = {}
    some = [example for example in examples if example.half == "report"]
    groups = {
        pair: [example for example in some if example.pair == pair]
        for pair in dict.fromkeys(example.pair for example in some)
    }
    groups["es-es and en-es"] = [example for example in some if example.pair in ("es-es", "en-es")]
    groups["own cases (fitted on)"] = [example for example in examples if example.pair == "own"]
    for name, group in groups.items():
        there = [probability(example) for example in group if example.present]
        found[name] = {"refused though present": mean([p < ANSWER_THRESHOLD for p in there])}
        for kind in dict.fromkeys(example.kind for example in group if not example.present):
            absent = [probability(example) for example in group if example.kind == kind]
            found[name] |= {
                f"AUROC, {kind}": auroc(there, absent),
                f"answered, {kind}": mean([p >= ANSWER_THRESHOLD for p in absent]),
            }
        found[name] = {key: round(value, _DECIMALS) for key, value in found[name].items()}
    return found


def print_figures(found: dict[str, dict[str, float]]) -> None:
    """Print the figures as a table."""
    table = Table(title='Calibration, half "report"', title_justify="left")
    for heading in ("", "figure", "value"):
        table.add_column(heading)
    for name, some in found.items():
        for number, (figure, value) in enumerate(some.items(), start=1):
            table.add_row(name if number == 1 else "", figure, f"{value:.3f}", end_section=number == len(some))
    wide_console().print(table)


def serialize_calibration(stated: dict[str, Any]) -> str:
    """Serialize a calibration as JSON, one vector a line."""
    vectors: list[str] = []

    def plain(value: object) -> object:
        if isinstance(value, np.ndarray):
            vectors.append(json.dumps([round(float(element), _DECIMALS) for element in value]))
            return f"@{len(vectors) - 1}@"
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        return value

    text = json.dumps(plain(stated), indent=1, ensure_ascii=False)
    for number, vector in enumerate(vectors):
        text = text.replace(f'"@{number}@"', vector)
    return text + "\n"


if __name__ == "__main__":
    sys.exit(main())
