"""Benchmark of search: latency, opening time, memory and concurrency, on the report's own index and on a large one."""

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from evals.performance.processes import Measurement, peak_memory, run_apart, time_beside_embedding, time_call
from evals.public_data import public_folder, require_public
from evals.run.cases import SAMPLE_QUESTIONS

_ROUNDS = 8  # of all questions
_AT_ONCE = (2, 8, 32)
_SEARCHES = SAMPLE_QUESTIONS * (64 // len(SAMPLE_QUESTIONS) + 1)  # that are timed at each of them


def measure_searches(small: Path, large: Path | None) -> list[Measurement]:
    """Measure searches of a small and, where given, a large index, each in a process of its own."""
    few, memory, measurements = run_apart(measure_index, small)
    if large is None:
        return measurements
    many, more, further = run_apart(measure_index, large, is_large=True)
    grown = 100_000 * (more - memory) / (many - few)
    return [*measurements, *further, Measurement("  resident memory per 100,000 passages", grown, "MB")]


def measure_index(folder: Path, *, is_large: bool = False) -> tuple[int, float, list[Measurement]]:
    """Measure an index: its passages, this process's memory (MB), figures. To be called where nothing was searched."""
    from retrieval.assistant import Assistant
    from retrieval.storage.chroma_local import EmbeddedChroma
    from retrieval.storage.passage_vectors import PassageVectors

    with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as empty:  # imports are not what opening costs
        PassageVectors(EmbeddedChroma(Path(empty)), "none").put(["none"], np.ones((1, 2), np.float32))
    assistant = Assistant(folder)
    embedder = assistant.embedder()
    embedder.query(SAMPLE_QUESTIONS[0])
    first = time_call(lambda: assistant.search(SAMPLE_QUESTIONS[0]))

    def search(question: str) -> list[str]:
        return [hit.passage.id for hit in assistant.search(question).hits]

    alone = {question: search(question) for question in SAMPLE_QUESTIONS}  # loads what is loaded when first used
    warm, embedding = time_beside_embedding(search, embedder, SAMPLE_QUESTIONS * _ROUNDS)

    def is_wrong(question: str) -> bool:
        try:
            return search(question) != alone[question]
        except Exception:  # noqa: BLE001  # whatever it is, it is counted
            return True

    rates, wrong = dict[int, float](), list[bool]()
    for n in (1, *_AT_ONCE):
        with ThreadPoolExecutor(n) as pool:
            list(pool.map(is_wrong, _SEARCHES[:n]))  # threads begin, each opens its connection
            began = time.perf_counter()
            wrong += pool.map(is_wrong, _SEARCHES)
            rates[n] = len(_SEARCHES) / (time.perf_counter() - began)
    count = assistant.index.store.count()
    ratio, of = warm / embedding, f"{count:,} passages"
    return (
        count,
        resident_memory(),
        [
            Measurement(f"searching {of}, warm", 1_000 * warm, "ms"),
            Measurement("  searching / embedding the question", ratio, "×", target=2.0 if is_large else 1.5),
            Measurement(
                f"opening {of}, first search beyond a warm one", max(first - warm, 0.0), "s", 1.0 if is_large else None
            ),
            *(Measurement(f"  {n} searches at once / one at a time", rates[n] / rates[1], "×") for n in _AT_ONCE),
            Measurement("  errors in them", sum(wrong), "", target=0.0),
        ],
    )


def build_large_index(folder: Path) -> Path | None:
    """Build an index of all law passages of the public data with made-up vectors; None without RELATORIA_DATA."""
    if not public_folder():
        return None
    run_apart(_index_laws, folder)
    return folder


def _index_laws(folder: Path) -> None:
    from evals.benchmarks.distractors import LAWS_FILE, read_laws
    from evals.performance.synthetic import WordEmbedder
    from retrieval.index.index import Index

    embedder = WordEmbedder()
    Index(folder, embedder.name).put(read_laws(require_public(LAWS_FILE)), embedder)


def resident_memory() -> float:
    """Resident memory of this process now, in MB; its peak where there is no /proc."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if statm.exists() else peak_memory()
