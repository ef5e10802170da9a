"""Benchmark of scale: XQuAD's Spanish paragraphs among distractors, the passages of Uruguay's laws."""

import json
import lzma
from collections.abc import Iterator
from itertools import chain, groupby, islice
from pathlib import Path

from evals.benchmarks import xquad
from evals.benchmarks.ask import ask_all, split_halves
from evals.benchmarks.context import BenchmarkContext, PreparedReport
from evals.benchmarks.passages import build_report
from evals.benchmarks.results import BenchmarkRow, RowBuilder
from evals.benchmarks.xquad import read_articles
from evals.public_data import require_public
from ingest.errors import RelatoriaError

SUITE = "scale"
LAWS_FILE = "scale_es_leyes_uy/passages.jsonl.xz"
TARGETS = {"R@1": 0.955}


def run(setting: BenchmarkContext) -> list[BenchmarkRow]:
    """Run the suite: ranking, by half of the articles; the title names the number of distractors."""
    laws = require_public(LAWS_FILE)
    articles = read_articles(require_public("xquad/xquad.es.json"))
    sample = setting.sample
    everything = chain(xquad.prepare_articles(articles, "es"), read_laws(laws, sample))
    index = setting.open_index(f"scale-{sample or 'all'}", everything)
    title = f"es-es among {index.store.count() - sum(len(texts) for texts, _ in articles):,} distractors"
    title += " (a sample)" if sample else ""
    results = ask_all(setting.build_systems(index, "es"), xquad.build_queries(articles, removing=False), title)
    made: list[BenchmarkRow] = []
    for half, some in split_halves(results):
        into = RowBuilder(SUITE, title, half, some)
        into.add_ranking({} if sample else TARGETS)
        into.add_gain_over_dense()
        made += into.rows
    return made


def read_laws(path: Path, count: int | None = None) -> Iterator[PreparedReport]:
    """Read the laws as reports, each with its passages; the first ``count`` passages where that is given."""
    for law, passages in groupby(islice(read_lines(path), count), key=lambda line: line[0]):
        yield build_report(law, [text for _, text in passages], "es")


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Read each passage with its law's id. Raises RelatoriaError for what is no such file."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                stated = json.loads(line)
                yield stated["doc"], stated["text"]
    except (lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(f"{path} cannot be read as JSON lines with doc and text ({error!r}).") from error
