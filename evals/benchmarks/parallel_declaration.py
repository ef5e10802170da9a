"""Benchmark of cross-lingual search: a declaration's commitment in one language has to find itself in another."""

from collections.abc import Sequence
from itertools import permutations

from evals.benchmarks.ask import Asked, Query, Results, ask_all
from evals.benchmarks.context import Prepared, Setting
from evals.benchmarks.results import Row, Rows
from evals.extraction.declaration import FOLDER, LANGUAGES
from ingest.errors import RelatoriaError
from ingest.readers.read import read
from ingest.report import Passage, for_reading
from ingest.split.splitter import split

SUITE = "declaration"
TARGETS = {"R@1": 0.95}


def run(setting: Setting) -> list[Row]:
    """Run the suite: R@1 of every direction, then of all together."""
    prepared = {code: _prepared(setting, code) for code in LANGUAGES}
    commitments = {code: bullets(passages) for code, (_, _, passages) in prepared.items()}
    if len(counts := {len(some) for some in commitments.values()}) > 1:
        raise RelatoriaError(f"The declaration has {sorted(counts)} commitments, by language; it should have as many.")
    systems = {
        code: setting.systems(setting.index(f"declaration-{code}", [one]), code) for code, one in prepared.items()
    }
    made: list[Row] = []
    together: dict[str, list[Asked]] = {}
    for spoken, written in permutations(LANGUAGES, 2):
        queries = [
            Query(for_reading(asked.text), (gold.id,), group=k)
            for k, (asked, gold) in enumerate(zip(commitments[spoken], commitments[written], strict=True))
        ]
        results = ask_all(systems[written], queries, f"declaration {spoken}-{written}")
        for name, some in results.items():
            together.setdefault(name, []).extend(some)
        made += _rows(f"{spoken}-{written}", results)
    return [*made, *_rows("all directions", together)]


def bullets(passages: Sequence[Passage]) -> list[Passage]:
    """Select the commitments: passages that are items of a list, in order."""
    return [one for one in passages if one.reason == "an item of a list"]


def _prepared(setting: Setting, language: str) -> Prepared:
    path = setting.file(f"{FOLDER}/declaration.{language}.md")
    report = read(path, f"declaration-{language}")
    return path, report, split(report)


def _rows(title: str, results: Results) -> list[Row]:
    into = Rows(SUITE, title, "all", results)
    into.ranking(TARGETS, ("R@1",))
    return into.rows
