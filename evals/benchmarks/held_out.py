"""Benchmark of held-out questions on the first report: our own cases that search has not been tuned on."""

from collections.abc import Sequence
from pathlib import Path

from evals.benchmarks.ask import Query, Results, ask_all
from evals.benchmarks.context import BenchmarkContext
from evals.benchmarks.results import BenchmarkRow, Metric, RowBuilder, refused_present_rate
from evals.benchmarks.systems import OURS
from evals.run.cases import CASES_FOLDER, Case, load_cases
from evals.statistics.ranking import mean
from ingest.readers.files import slugify
from ingest.readers.read import read_report
from ingest.sources import BUNDLED_CORPUS
from ingest.split.splitter import split

SUITE = "own"
CASES_FILE = CASES_FOLDER / "gfmd-2010-mesa-redonda-1.jsonl"
TARGETS = {"R@1": 0.95, "R@3": 1.0}
MAX_ERROR_RATE = 0.05  # at most, of either error


def run(setting: BenchmarkContext) -> list[BenchmarkRow]:
    """Run the suite: ranking and both error rates by language and over all; intervals by question (one report)."""
    path = Path(BUNDLED_CORPUS) / CASES_FILE.with_suffix(".txt").name
    report = read_report(path, slugify(path.stem))
    passages = split(report)
    cases = select_held_out(load_cases(CASES_FILE, {passage.id for passage in passages}))
    results = ask_all(
        setting.build_systems(setting.open_index("own", [(path, report, passages)]), "es"), build_queries(cases), "own"
    )
    languages = {query.text: case.language for query, case in zip(build_queries(cases), cases, strict=True)}
    made: list[BenchmarkRow] = []
    for language in dict.fromkeys(languages.values()):
        chosen = {
            name: [outcome for outcome in some if languages[outcome.query.text] == language]
            for name, some in results.items()
        }
        made += build_rows(language, chosen, {})
    return [*made, *build_rows("all languages", results, TARGETS, MAX_ERROR_RATE)]


def select_held_out(cases: Sequence[Case]) -> list[Case]:
    """Select the single-turn questions of the half that nothing was tuned on."""
    return [case for case in cases if case.half == "report" and not case.before]


def build_queries(cases: Sequence[Case]) -> list[Query]:
    """Build a query a case; one that is not to be answered has no gold."""
    return [Query(case.question, case.gold, group=case.question) for case in cases]


def build_rows(
    title: str, results: Results, targets: dict[str, float], rate: float | None = None
) -> list[BenchmarkRow]:
    """Build the rows: ranking over the answerable questions, error rates over both kinds."""
    present = {name: [outcome for outcome in some if outcome.query.gold] for name, some in results.items()}
    absent = {name: [outcome for outcome in some if not outcome.query.gold] for name, some in results.items()}
    into = RowBuilder(SUITE, title, "all", present)
    into.add_ranking(targets, ("R@1", "R@3"))
    into.add("refused though present", refused_present_rate, target=rate, at_most=True, systems=[OURS])
    without = RowBuilder(SUITE, title, "all", absent)
    answered: Metric = lambda some: mean([bool(outcome.answered) for outcome in some])  # noqa: E731
    without.add("answered though absent", answered, target=rate, at_most=True, systems=[OURS])
    return [*into.rows, *without.rows]
