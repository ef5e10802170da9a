"""Benchmark of scale: XQuAD's Spanish paragraphs among distractors, the passages of Uruguay's laws."""

import json
import lzma
from collections.abc import Iterator
from itertools import chain, groupby, islice
from pathlib import Path

from evals.benchmarks import xquad
from evals.benchmarks.ask import ask_all, halves
from evals.benchmarks.context import Prepared, Setting
from evals.benchmarks.passages import report_of
from evals.benchmarks.results import Row, Rows
from evals.benchmarks.xquad_data import read_articles
from ingest.errors import RelatoriaError

SUITE = "scale"
FILE = "scale_es_leyes_uy/passages.jsonl.xz"
TARGETS = {"R@1": 0.955}


def run(setting: Setting) -> list[Row]:
    """Run the suite: ranking, by half of the articles; the title names the number of distractors."""
    laws = setting.file(FILE)
    articles = read_articles(setting.file("xquad/xquad.es.json"))
    sample = setting.sample
    everything = chain(xquad.prepared(articles, "es"), reports(laws, sample))
    index = setting.index(f"scale-{sample or 'all'}", everything)
    title = f"es-es among {index.store.count() - sum(len(texts) for texts, _ in articles):,} distractors"
    title += " (a sample)" if sample else ""
    results = ask_all(setting.systems(index, "es"), xquad.queries(articles, removing=False), title)
    made: list[Row] = []
    for half, some in halves(results):
        into = Rows(SUITE, title, half, some)
        into.ranking({} if sample else TARGETS)
        into.above_dense()
        made += into.rows
    return made


def reports(path: Path, count: int | None = None) -> Iterator[Prepared]:
    """Read the laws as reports, each with its passages; the first ``count`` passages where that is given."""
    for law, passages in groupby(islice(lines(path), count), key=lambda one: one[0]):
        yield report_of(law, [text for _, text in passages], "es")


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Read each passage with its law's id. Raises RelatoriaError for what is no such file."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                stated = json.loads(line)
                yield stated["doc"], stated["text"]
    except (lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(f"{path} cannot be read as JSON lines with doc and text ({error!r}).") from error
