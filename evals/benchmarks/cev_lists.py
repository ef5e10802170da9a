"""Benchmark of list questions by addressee, theme and term, on a truth commission's labelled recommendations.

They are written out as a report in which each recommendation is a bullet with its labels behind it. A question is right
when the answer cites all recommendations that have the label and no others. The labels leave out two addressees that
bullets inside name: "● Al Gobierno Nacional y a las autoridades territoriales …" in 5, "* A la Procuraduría General de
la Nación, …" in 41. Citing these is right by the text and wrong here: two exact sets, two hundredths of precision.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.context import BenchmarkContext
from evals.benchmarks.results import BenchmarkRow
from evals.benchmarks.systems import OURS
from evals.extraction.cev import CEV_FILE, Entry, read_entries, render_report
from evals.public_data import require_public
from evals.statistics.bootstrap import compute_interval
from evals.statistics.ranking import mean
from ingest.sources import find_sources
from retrieval.assistant import Assistant

SUITE = "cev"
TARGETS = {"recall": 1.0, "precision": 0.97}
_KEY_LENGTH = 60  # first letters and digits of a recommendation, which no other begins with
ADDRESSEES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "aliases.toml").read_text(encoding="utf-8")
)["cev_questions"]
QUESTION_FORMS = ("¿Qué se recomienda {}?", "What is recommended {}?", "Que recommande-t-on {} ?")


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """Outcome of a list question: the recommendations with its label, and those that the answer cites; by position."""

    kind: str  # of the question: "addressee", "theme" or "term"
    question: str
    wanted: frozenset[int]
    cited: frozenset[int]
    others: int = 0  # citations of what is none of the recommendations

    @property
    def recall(self) -> float:
        return len(self.cited & self.wanted) / len(self.wanted)

    @property
    def precision(self) -> float:
        """Precision of the citations; 1 without any, whose recall is 0."""
        cited = len(self.cited) + self.others
        return len(self.cited & self.wanted) / cited if cited else 1.0

    @property
    def exact(self) -> bool:
        return self.cited == self.wanted and not self.others


def run(setting: BenchmarkContext) -> list[BenchmarkRow]:
    """Run the suite: exact sets, recall and precision of each kind of question, then of all; means over questions."""
    entries = read_entries(require_public(CEV_FILE))
    folder = setting.folder / "cev"
    folder.mkdir(exist_ok=True)
    path = folder / "recomendaciones.txt"
    if not path.exists():
        path.write_text(render_report(entries), encoding="utf-8")
        path.with_suffix(".toml").write_text('language = "es"\n', encoding="utf-8")
    assistant = Assistant(folder / "index")
    assistant.index.update(find_sources([path]), lambda: setting.memory)
    places = {recommendation_key(entry.text): place for place, entry in enumerate(entries)}
    parents = {passage.id: passage for passage in assistant.index.store.passages()}

    def place(passage_id: str) -> int | None:
        passage = parents[passage_id]
        return places.get(recommendation_key(parents.get(passage.parent_id or "", passage).text))

    listed = [
        _make_outcome(
            kind, question, wanted, [place(citation.passage.id) for citation in assistant.ask(question).citations]
        )
        for kind, question, wanted in build_questions(entries)
    ]
    return build_rows(listed)


def build_questions(entries: Sequence[Entry]) -> list[tuple[str, str, frozenset[int]]]:
    """Build the questions: kind, text, and the positions of the recommendations that a right answer lists."""

    def having(label: str, value: str) -> frozenset[int]:
        return frozenset(place for place, entry in enumerate(entries) if (label, value) in entry.printed)

    def distinct(label: str) -> list[str]:
        return list(dict.fromkeys(value for entry in entries for name, value in entry.printed if name == label))

    asked = [
        ("addressee", form.format(name), having("addressee", addressee))
        for addressee, names in ADDRESSEES.items()
        for form, name in zip(QUESTION_FORMS, names, strict=False)
    ]
    asked += [
        ("theme", f"Todas las recomendaciones sobre el tema «{theme}»", having("theme", theme))
        for theme in distinct("theme")
    ]
    asked += [
        ("term", f"¿Qué recomendaciones son de {term.lower()} plazo?", having("term", term))
        for term in distinct("term")
    ]
    return [question for question in asked if question[2]]


def recommendation_key(text: str) -> str:
    """Key of a recommendation: the first letters and digits of its text, whatever stands between them.

    >>> recommendation_key("• Al Congreso:\\n legislar")
    'alcongresolegislar'
    """
    return "".join(filter(str.isalnum, text)).lower()[:_KEY_LENGTH]


def build_rows(listed: Sequence[ListOutcome]) -> list[BenchmarkRow]:
    """Build the three rows of each kind, and of all; only those of all have targets."""
    made: list[BenchmarkRow] = []
    for kind in (*dict.fromkeys(outcome.kind for outcome in listed), "all questions"):
        some = [outcome for outcome in listed if kind in (outcome.kind, "all questions")]
        targets = TARGETS if kind == "all questions" else {}
        for name, figure in LIST_METRICS.items():
            ours = compute_interval(some, lambda outcome: outcome.question, average_over(figure))
            made.append(BenchmarkRow(SUITE, kind, "all", name, len(some), {OURS: ours}, targets.get(name)))
    return made


def average_over(figure: Callable[[ListOutcome], float]) -> Callable[[Sequence[ListOutcome]], float]:
    """A metric: the mean of a figure over questions."""
    return lambda some: mean([figure(outcome) for outcome in some])


def _make_outcome(kind: str, question: str, wanted: frozenset[int], cited: Sequence[int | None]) -> ListOutcome:
    found = frozenset(number for number in cited if number is not None)
    return ListOutcome(kind, question, wanted, found, sum(number is None for number in cited))


LIST_METRICS: dict[str, Callable[[ListOutcome], float]] = {
    "exact sets": lambda outcome: float(outcome.exact),
    "recall": lambda outcome: outcome.recall,
    "precision": lambda outcome: outcome.precision,
}
