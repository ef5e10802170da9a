"""Shared context of a benchmark run: the public data, the caching embedder, and folders for indexes."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.baselines import baselines
from evals.benchmarks.systems import Product, System
from evals.run.embedders import Memory
from ingest.errors import RelatoriaError
from ingest.report import Passage, Report
from retrieval.index.index import Index
from retrieval.models.embedder import model_name, open_embedder

Prepared = tuple[Path, Report, Sequence[Passage]]  # as Index.put takes them


@dataclass(frozen=True, slots=True)
class Setting:
    """One benchmark run. Indexes go to ``folder``; those that are there already are reused."""

    data: Path | None  # public data
    folder: Path
    memory: Memory
    sample: int | None = None  # distractors in a quick look; None: all

    def file(self, name: str) -> Path:
        """Path of a file of the public data. Raises RelatoriaError, saying what to set."""
        if self.data is None or not (path := self.data / name).is_file():
            where = f"There is no {name} in {self.data}." if self.data else "RELATORIA_DATA is not set."
            raise RelatoriaError(f"{where} Set RELATORIA_DATA to the folder that holds {name}.")
        return path

    def index(self, name: str, reports: Iterable[Prepared]) -> Index:
        """Open an index of prepared reports, built in one transaction where it is not there."""
        index = Index(self.folder / name, model_name())
        if not index.store.stamp():
            index.put(reports, self.memory)
            self.memory.save()
        index.check()
        return index

    def systems(self, index: Index, language: str) -> list[System]:
        """The product on an index, then the baselines on the same passages."""
        product = Product(index, self.memory)
        others = baselines(product.passages(), language, self.memory)
        self.memory.save()
        return [product, *others]


@contextmanager
def setting(data: Path | None, cache: Path | None, sample: int | None) -> Iterator[Setting]:
    """Open a run with its folder: the cache, which is kept, or a temporary one."""
    embedder = open_embedder()
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
        yield Setting(data, cache, Memory(embedder, cache / "vectors.npz"), sample)
        return
    with tempfile.TemporaryDirectory(prefix="relatoria-suites-") as temporary:
        yield Setting(data, Path(temporary), Memory(embedder), sample)
