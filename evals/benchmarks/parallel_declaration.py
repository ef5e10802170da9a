"""Benchmark of cross-lingual search: a declaration's commitment in one language has to find itself in another."""

from itertools import permutations

from evals.benchmarks.ask import Query, QueryOutcome, Results, ask_all
from evals.benchmarks.context import BenchmarkContext, PreparedReport
from evals.benchmarks.results import BenchmarkRow, RowBuilder
from evals.extraction.declaration import DECLARATION_FOLDER, DECLARATION_LANGUAGES
from evals.public_data import require_public
from ingest.errors import RelatoriaError
from ingest.readers.read import read_report
from ingest.report import normalize_for_display
from ingest.split.splitter import split

SUITE = "declaration"
TARGETS = {"R@1": 0.95}


def run(setting: BenchmarkContext) -> list[BenchmarkRow]:
    """Run the suite: R@1 of every direction, then of all together."""
    prepared = {code: _prepare_report(code) for code in DECLARATION_LANGUAGES}
    commitments = {
        code: [passage for passage in passages if passage.reason == "an item of a list"]
        for code, (_, _, passages) in prepared.items()
    }
    if len(counts := {len(some) for some in commitments.values()}) > 1:
        raise RelatoriaError(f"The declaration has {sorted(counts)} commitments, by language; it should have as many.")
    systems = {
        code: setting.build_systems(setting.open_index(f"declaration-{code}", [value]), code)
        for code, value in prepared.items()
    }
    made: list[BenchmarkRow] = []
    together: dict[str, list[QueryOutcome]] = {}
    for spoken, written in permutations(DECLARATION_LANGUAGES, 2):
        queries = [
            Query(normalize_for_display(asked.text), (gold.id,), group=k)
            for k, (asked, gold) in enumerate(zip(commitments[spoken], commitments[written], strict=True))
        ]
        results = ask_all(systems[written], queries, f"declaration {spoken}-{written}")
        for name, some in results.items():
            together.setdefault(name, []).extend(some)
        made += _build_rows(f"{spoken}-{written}", results)
    return [*made, *_build_rows("all directions", together)]


def _prepare_report(language: str) -> PreparedReport:
    path = require_public(f"{DECLARATION_FOLDER}/declaration.{language}.md")
    report = read_report(path, f"declaration-{language}")
    return path, report, split(report)


def _build_rows(title: str, results: Results) -> list[BenchmarkRow]:
    into = RowBuilder(SUITE, title, "all", results)
    into.add_ranking(TARGETS, ("R@1",))
    return into.rows
