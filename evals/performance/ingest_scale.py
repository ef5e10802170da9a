"""Benchmark of ingests at scale: time and memory with ten thousand made-up reports, and the pages of real PDFs.

The reports get made-up vectors under the bundled model's name, so that the command as typed can be timed on them.
"""

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evals.performance.processes import Measurement, peak_memory, relatoria_command, run_apart, run_process, time_call
from evals.performance.synthetic import WordEmbedder, write_numbered_report, write_reports
from evals.public_data import public_folder
from ingest.errors import RelatoriaError

if TYPE_CHECKING:
    from retrieval.index.index import Index

_REPORTS = 10_000
_FEW_REPORTS = 2_500  # of the smaller corpus
_ROUNDS = 3


def measure_updates(folder: Path) -> list[Measurement]:
    """Measure incremental ingests into an index of ten thousand reports against an index of one."""
    large, small = folder / "large", folder / "small"
    run_apart(build_index, large, _REPORTS)
    run_apart(build_index, small, 1)
    words = [relatoria_command(), "ingest", str(large / "reports"), "--index", str(large / "index"), "--json"]
    again = [run_process(words).seconds for _ in range(_ROUNDS + 1)][1:]
    beyond = [
        run_apart(change_report, large, number) - run_apart(change_report, small, number) for number in range(_ROUNDS)
    ]
    of = f"{_REPORTS:,}"
    return [
        Measurement(f"relatoria ingest, {of} reports unchanged", statistics.median(again), "s", target=3.0),
        Measurement(f"one changed among {of}, beyond one changed of one", statistics.median(beyond), "s", target=1.0),
    ]


def measure_memory(folder: Path) -> list[Measurement]:
    """Measure how peak memory grows with the corpus, less what Chroma keeps per vector."""
    seconds, few, least = run_apart(build_index, folder / "few", _FEW_REPORTS)
    seconds, many, most = run_apart(build_index, folder / "many", _REPORTS)
    alone = [run_apart(measure_chroma, folder / f"chroma{count}", count) for count in (few, many)]
    chroma = alone[1] - alone[0]
    return [
        Measurement(f"ingesting {_REPORTS:,} reports, vectors for nothing", seconds, "s"),
        Measurement(f"peak memory of ingesting {_FEW_REPORTS:,} reports, {few:,} vectors", least, "MB"),
        Measurement(f"peak memory of ingesting {_REPORTS:,} reports, {many:,} vectors", most, "MB"),
        Measurement("  Chroma's share of the growth", chroma, "MB"),
        Measurement("  the rest of the growth", most - least - chroma, "MB", target=20.0),
    ]


def measure_reading() -> list[Measurement]:
    """Measure reading and splitting PDF pages against pdfium extracting bare text; needs RELATORIA_DATA."""
    data = public_folder()
    files = sorted((data / "upr_un_reports" / "pdf").glob("*.pdf")) * 3 if data else []
    if not files:
        return []
    import pypdfium2

    from ingest.worker import ReadJob, read_files

    def extract() -> None:
        for file in files:
            document = pypdfium2.PdfDocument(file)
            pages.extend(len(page.get_textpage().get_text_range()) for page in document)

    def read() -> None:
        for parsed in read_files(ReadJob(file, file.stem) for file in files):
            if parsed.error:
                raise RelatoriaError(f"{parsed.job.path.name} {parsed.error}")

    pages = list[int]()
    bare, took = time_call(extract), time_call(read)
    name = f"{len(pages):,} pages of PDF read and split, a page"
    return [
        Measurement(name, 1000 * took / len(pages), "ms", target=1000 / 300),
        Measurement("  / pdfium's bare text in one process", took / bare, "×"),
    ]


# Each in a process of its own


def build_index(folder: Path, count: int) -> tuple[float, int, float]:
    """Index ``count`` made-up reports: seconds, vectors, peak memory (MB)."""
    write_reports(folder / "reports", count)
    seconds = _update(folder)
    return seconds, _open_index(folder).store.count_vectors(), peak_memory()


def change_report(folder: Path, number: int) -> float:
    """Ingest again with one report changed: seconds."""
    write_numbered_report(folder / "reports" / "000" / "report-00000.txt", 0, word=f"cambio {number}")
    return _update(folder)


def _update(folder: Path) -> float:
    from ingest.sources import find_sources

    time.sleep(2.1)  # until modification times tell the files just written from later changes
    return time_call(lambda: _open_index(folder).update(find_sources([folder / "reports"]), WordEmbedder))


def _open_index(folder: Path) -> "Index":
    from retrieval.index.index import Index

    return Index(folder / "index", WordEmbedder().name)


def measure_chroma(folder: Path, count: int) -> float:
    """Store ``count`` random vectors in Chroma alone: growth of peak memory (MB)."""
    from retrieval.storage.chroma_local import EmbeddedChroma
    from retrieval.storage.passage_vectors import PassageVectors

    vectors = PassageVectors(EmbeddedChroma(folder), "alone")
    generator = np.random.default_rng(0)
    vectors.put(["first"], generator.standard_normal((1, 384), dtype=np.float32))
    before = peak_memory()
    for first in range(0, count, 256):
        ids = [f"{number:032x}" for number in range(first, min(first + 256, count))]
        vectors.put(ids, generator.standard_normal((len(ids), 384), dtype=np.float32))
    return peak_memory() - before
