"""Measures one index: search and embedding latency, opening time, resident memory, concurrent throughput.

Part of the benchmark; `python -m evals.performance.search_probe measure INDEX` runs in its own process and writes one
JSON object, `build INDEX` makes an index of law passages with random vectors.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from evals.benchmarks.distractors import LAWS_FILE, read_laws
from evals.performance.ingest_scale import RandomEmbedder
from evals.run.cases import SAMPLE_QUESTIONS
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from retrieval.models.embedder import model_name
from retrieval.storage.chroma_local import EmbeddedChroma
from retrieval.storage.passage_vectors import PassageVectors

ROUNDS = 8  # of all questions
CONCURRENCY = (1, 2, 8, 32)
SEARCHES = 64  # searches that are timed at each of them


def measure(folder: Path) -> dict[str, float]:
    """Run all measurements of an index: figures in seconds, MB and searches per second."""
    with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as empty:
        PassageVectors(EmbeddedChroma(Path(empty)), "none").put(
            ["none"], np.ones((1, 2), np.float32)
        )  # imports are not what opening costs
    assistant = Assistant(folder)
    embedder = assistant.embedder()
    embedder.query(SAMPLE_QUESTIONS[0])
    first = _seconds(lambda: assistant.search(SAMPLE_QUESTIONS[0]))
    for question in SAMPLE_QUESTIONS:  # what is loaded when first used
        assistant.search(question)
    searched, embedded = [], []
    for question in SAMPLE_QUESTIONS * ROUNDS:  # in turns, one embedding between them that is not timed
        embedder.query(question)
        embedded.append(_seconds(lambda question=question: embedder.query(question)))  # type: ignore[misc]
        searched.append(_seconds(lambda question=question: assistant.search(question)))  # type: ignore[misc]
    warm = statistics.median(searched)
    together, errors = measure_concurrency(assistant)
    return {
        "passages": assistant.index.store.count(),
        "search": warm,
        "embed": statistics.median(embedded),
        "open": max(first - warm, 0.0),
        "resident": resident_memory(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "errors": errors,
        **{f"at once {n}": rate for n, rate in together.items()},
    }


def measure_concurrency(assistant: Assistant) -> tuple[dict[int, float], int]:
    """Searches per second, by number of threads; and how many failed or found other passages than alone."""
    alone = {question: _ids(assistant, question) for question in SAMPLE_QUESTIONS}
    rates: dict[int, float] = {}
    errors = 0

    def right(question: str) -> bool:
        try:
            return _ids(assistant, question) == alone[question]
        except Exception:  # noqa: BLE001  # whatever it is, it is counted
            return False

    for n in CONCURRENCY:
        asked = [SAMPLE_QUESTIONS[i % len(SAMPLE_QUESTIONS)] for i in range(SEARCHES)]
        with ThreadPoolExecutor(n) as pool:
            list(pool.map(right, asked[:n]))  # threads begin, each opens its connection
            began = time.perf_counter()
            errors += list(pool.map(right, asked)).count(False)
            rates[n] = SEARCHES / (time.perf_counter() - began)
    return rates, errors


def build(folder: Path) -> dict[str, float]:
    """Index the law passages of RELATORIA_DATA with random vectors."""
    index = Index(folder, model_name())
    index.put(read_laws(Path(os.environ["RELATORIA_DATA"]).expanduser() / LAWS_FILE), RandomEmbedder())
    return {"passages": index.store.count()}


def resident_memory() -> float:
    """Resident memory of this process now, in MB; its peak where there is no /proc."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _ids(assistant: Assistant, question: str) -> list[str]:
    return [hit.passage.id for hit in assistant.search(question).hits]


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


STEPS: dict[str, Callable[[Path], dict[str, float]]] = {"measure": measure, "build": build}

if __name__ == "__main__":
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]))) + "\n")
