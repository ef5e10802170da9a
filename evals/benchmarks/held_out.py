"""Benchmark of held-out questions on the first report: our own cases that search has not been tuned on."""

from collections.abc import Sequence
from pathlib import Path

from evals.benchmarks.ask import Asked, Query, Results, ask_all
from evals.benchmarks.context import Setting
from evals.benchmarks.results import Row, Rows, refused_present
from evals.benchmarks.systems import OURS
from evals.metrics.measures import mean
from evals.run.cases import CASES, Case, load_cases
from ingest.readers.files import readable_id
from ingest.readers.read import read
from ingest.sources import BUNDLED_CORPUS
from ingest.split.splitter import split

SUITE = "own"
FILE = CASES / "gfmd-2010-mesa-redonda-1.jsonl"
TARGETS = {"R@1": 0.95, "R@3": 1.0}
RATE = 0.05  # at most, of either error


def run(setting: Setting) -> list[Row]:
    """Run the suite: ranking and both error rates by language and over all; intervals by question (one report)."""
    path = Path(BUNDLED_CORPUS) / FILE.with_suffix(".txt").name
    report = read(path, readable_id(path.stem))
    passages = split(report)
    cases = held_back(load_cases(FILE, {one.id for one in passages}))
    results = ask_all(setting.systems(setting.index("own", [(path, report, passages)]), "es"), queries(cases), "own")
    languages = {one.text: case.language for one, case in zip(queries(cases), cases, strict=True)}
    made: list[Row] = []
    for language in dict.fromkeys(languages.values()):
        chosen = {
            name: [one for one in some if languages[one.query.text] == language] for name, some in results.items()
        }
        made += rows(language, chosen, {})
    return [*made, *rows("all languages", results, TARGETS, RATE)]


def held_back(cases: Sequence[Case]) -> list[Case]:
    """Select the single-turn questions of the half that nothing was tuned on."""
    return [one for one in cases if one.half == "report" and not one.before]


def queries(cases: Sequence[Case]) -> list[Query]:
    """Build a query a case; one that is not to be answered has no gold."""
    return [Query(case.question, case.gold, group=case.question) for case in cases]


def rows(title: str, results: Results, targets: dict[str, float], rate: float | None = None) -> list[Row]:
    """Build the rows: ranking over the answerable questions, error rates over both kinds."""
    present = {name: [one for one in some if one.query.gold] for name, some in results.items()}
    absent = {name: [one for one in some if not one.query.gold] for name, some in results.items()}
    into = Rows(SUITE, title, "all", present)
    into.ranking(targets, ("R@1", "R@3"))
    into.add("refused though present", refused_present, target=rate, at_most=True, systems=[OURS])
    without = Rows(SUITE, title, "all", absent)
    without.add("answered though absent", _answered, target=rate, at_most=True, systems=[OURS])
    return [*into.rows, *without.rows]


def _answered(some: Sequence[Asked]) -> float:
    return mean([bool(one.answered) for one in some])
