"""Shared context of a benchmark run: the caching embedder, and folders for indexes."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.baselines import build_baselines
from evals.benchmarks.systems import ProductSearch, System
from evals.run.embedders import CachingEmbedder
from ingest.report import Passage, Report
from retrieval.index.index import Index
from retrieval.models.embedder import model_name, open_embedder

PreparedReport = tuple[Path, Report, Sequence[Passage]]  # as Index.put takes them


@dataclass(frozen=True, slots=True)
class BenchmarkContext:
    """One benchmark run. Indexes go to ``folder``; those that are there already are reused."""

    folder: Path
    memory: CachingEmbedder
    sample: int | None = None  # distractors in a quick look; None: all

    def open_index(self, name: str, reports: Iterable[PreparedReport]) -> Index:
        """Open an index of prepared reports, built in one transaction where it is not there."""
        index = Index(self.folder / name, model_name())
        if not index.store.stamp():
            index.put(reports, self.memory)
            self.memory.save()
        index.check()
        return index

    def build_systems(self, index: Index, language: str) -> list[System]:
        """The product on an index, then the baselines on the same passages."""
        others = build_baselines(list(index.store.passages()), language, self.memory)
        self.memory.save()
        return [ProductSearch(index, self.memory), *others]


@contextmanager
def open_context(cache: Path | None, sample: int | None) -> Iterator[BenchmarkContext]:
    """Open a run with its folder: the cache, which is kept, or a temporary one."""
    embedder = open_embedder()
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
        yield BenchmarkContext(cache, CachingEmbedder(embedder, cache / "vectors.npz"), sample)
        return
    with tempfile.TemporaryDirectory(prefix="relatoria-suites-") as temporary:
        yield BenchmarkContext(Path(temporary), CachingEmbedder(embedder), sample)
