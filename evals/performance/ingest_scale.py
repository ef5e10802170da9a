"""Measures ingests at scale: time and memory with thousands of generated reports.

Part of the benchmark, `python -m evals.performance --scale`. Ten thousand reports are indexed with random vectors,
under the name of the bundled model, so that the command as typed can be timed on them. Each measurement runs in a
process of its own: `python -m evals.performance.ingest_scale STEP FOLDER COUNT` writes one JSON object.
"""

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.sources import find_sources
from retrieval.index.index import Index
from retrieval.models.embedder import EncodedText, SentenceTransformerEmbedder, model_name, open_embedder
from retrieval.storage.chroma_local import EmbeddedChroma
from retrieval.storage.passage_vectors import PassageVectors

REPORTS = 10_000
SIZE_RATIO = 4  # as many reports as in the smaller corpus
_ITEMS = 3  # recommendations of a small report
LONG_REPORTS = 20  # reports that the real model embeds
_SENTENCE = (
    "Los gobiernos de los países de origen, tránsito y destino deben cooperar en materia de protección y retorno"
)


class RandomEmbedder:
    """Embedder without a model: random vectors (384,) float32 seeded by the text, a token vector per word."""

    name = model_name()

    def query(self, text: str) -> EncodedText:
        tokens = self._tokens(text)
        mean = tokens.mean(axis=0)
        return EncodedText(mean / np.linalg.norm(mean), tokens)

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        return ((position, self.query(text)) for position, text in enumerate(texts))

    def windows(self, text: str) -> list[str]:
        return [text]

    def _tokens(self, text: str) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        return np.random.default_rng(seed).standard_normal((len(text.split()), 384), dtype=np.float32)


def write_reports(folder: Path, count: int, items: int = _ITEMS, sentences: int = 1) -> None:
    """Write small reports, a hundred to a folder, each with a sidecar that states its language."""
    for number in range(count):
        place = folder / f"{number // 100:03d}"
        place.mkdir(parents=True, exist_ok=True)
        write_report(place / f"report-{number:05d}.txt", number, items, sentences)


def write_report(file: Path, number: int, items: int = _ITEMS, sentences: int = 1, word: str = "punto") -> None:
    """Write one report; another ``word`` changes its content."""
    listed = "\n\n".join(
        "• " + " ".join(f"{_SENTENCE}, informe {number}, {word} {item}.{n}." for n in range(sentences))
        for item in range(items)
    )
    file.write_text(f"Informe {number}\n\nRecomendaciones\n\n{listed}\n", encoding="utf-8")
    file.with_suffix(".toml").write_text('language = "es"\n', encoding="utf-8")


def wait_for_mtimes() -> None:
    """Sleep until modification times tell files just written from later changes."""
    time.sleep(2.1)


# Steps, each in a process of its own


def build_index(folder: Path, count: int) -> dict[str, float]:
    """Index ``count`` generated reports with random vectors: seconds, vectors, peak memory (MB)."""
    write_reports(folder / "reports", count)
    wait_for_mtimes()
    began = time.monotonic()
    index = Index(folder / "index", model_name())
    index.update(find_sources([folder / "reports"]), RandomEmbedder)
    return {"seconds": time.monotonic() - began, "vectors": index.store.count_vectors(), "peak": _peak_memory()}


def change_report(folder: Path, number: int) -> dict[str, float]:
    """Ingest again with one report changed, with random vectors: seconds."""
    write_report(folder / "reports" / "000" / "report-00000.txt", 0, word=f"cambio {number}")
    wait_for_mtimes()
    began = time.monotonic()
    Index(folder / "index", model_name()).update(find_sources([folder / "reports"]), RandomEmbedder)
    return {"seconds": time.monotonic() - began}


def measure_chroma(folder: Path, count: int) -> dict[str, float]:
    """Store ``count`` random vectors in Chroma alone: growth of peak memory (MB)."""
    vectors = PassageVectors(EmbeddedChroma(folder), "alone")
    generator = np.random.default_rng(0)
    vectors.put(["first"], generator.standard_normal((1, 384), dtype=np.float32))
    before = _peak_memory()
    for first in range(0, count, 256):
        ids = [f"{number:032x}" for number in range(first, min(first + 256, count))]
        vectors.put(ids, generator.standard_normal((len(ids), 384), dtype=np.float32))
    return {"grown": _peak_memory() - before}


def measure_embedding(folder: Path, count: int) -> dict[str, float]:
    """Time ingesting reports and embedding the same texts alone, in turns, with the real model loaded."""
    write_reports(folder / "long", count, items=10, sentences=5)
    wait_for_mtimes()
    embedder = open_embedder()
    sources = find_sources([folder / "long"])
    given: list[str] = []

    class Listening:
        """The real model, which records the texts it is given."""

        name = embedder.name
        query = staticmethod(embedder.query)
        windows = staticmethod(embedder.windows)

        @staticmethod
        def passages(texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
            given[:] = texts
            return embedder.passages(texts)

    def whole() -> None:
        shutil.rmtree(folder / "one", ignore_errors=True)
        index = Index(folder / "one", model_name())
        index.vectors.reopen()
        index.update(sources, Listening)
        index.store.close()

    list(embedder.passages([_SENTENCE]))
    whole()  # loads what is loaded when first used
    ratios, shares = [], []
    for _ in range(3):
        rate = machine_flops()
        alone = _seconds(lambda: list(embedder.passages(given)))
        ratios.append(_seconds(whole) / alone)
        shares.append(embedding_flops(embedder, given) / alone / max(rate, machine_flops()))
    return {"ratio": sorted(ratios)[1], "share": sorted(shares)[1], "passages": len(given)}


def embedding_flops(embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> int:
    """Floating-point operations of embedding texts, padding left out: those of BERT's matrix products."""
    module: Any = embedder.model[0]
    config = module.auto_model.config
    width, inner = config.hidden_size, config.intermediate_size
    prompt = embedder.model.prompts["document"] or ""
    lengths = [len(module.tokenizer.encode(prompt + text).ids) for text in texts]
    of_words = 2 * (4 * width * width + 2 * width * inner)  # a token: query, key, value, output; and two wider
    of_pairs = 4 * width  # a pair of tokens: its weight, and what comes of it
    return int(config.num_hidden_layers) * int(sum(n * of_words + n * n * of_pairs for n in lengths))


def machine_flops() -> float:
    """Peak FLOPS of the machine: the best float32 matrix product, with the threads that the model has."""
    import torch

    best = 0.0
    for size in (1024, 2048):
        one = torch.rand(size, size)
        best = max(best, *(2 * size**3 / _seconds(lambda one=one: torch.mm(one, one)) for _ in range(6)))  # type: ignore[misc]
    return best


STEPS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "build": build_index,
    "change": change_report,
    "chroma": measure_chroma,
    "embedding": measure_embedding,
}


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _peak_memory() -> float:
    """Peak resident memory of this process so far, in MB."""
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(step: str, folder: str, count: str) -> int:
    """Run one step and write its figures as JSON."""
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    sys.stdout.write(json.dumps(STEPS[step](Path(folder), int(count))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
