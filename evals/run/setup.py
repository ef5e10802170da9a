"""Sets up an evaluation: an index of the reports, one with the passages in reverse order, and its provenance."""

import os
import platform
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evals.run.cases import CASES_FOLDER
from evals.run.embedders import CachingEmbedder, TimedEmbedder
from ingest.errors import RelatoriaError
from ingest.report import Passage
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from retrieval.models.embedder import Embedder

# Opens an assistant: its index folder, the embedding model where one is open already, whether it will write
AssistantOpener = Callable[[Path, Embedder | None, bool], Assistant]
_LIBRARIES = ("chromadb", "ir_measures", "langchain-core", "numpy", "sentence-transformers", "torch", "transformers")


@dataclass(frozen=True, slots=True)
class EvaluationSetup:
    """The assistant under test in three variants, of which only the first has a chat model."""

    assistant: Assistant
    repeated: Assistant  # the same index; remembers how a question was embedded
    reordered: Assistant | None  # the same passages stored in reverse
    passages: tuple[Passage, ...]
    embedding: Callable[[], float]  # seconds that the embedding model has taken for questions


@contextmanager
def open_setup(
    opened: AssistantOpener, index: Path | None, reports: Sequence[Path], *, reorder: bool = True
) -> Iterator[EvaluationSetup]:
    """Open an existing ``index``, or build temporary ones of the ``reports``; yields the setup."""
    with tempfile.TemporaryDirectory(prefix="relatoria-eval-") as temporary:
        folder = index or Path(temporary) / "index"
        first = opened(folder, None, False)
        stopwatch = TimedEmbedder(first.embedder())
        remembering = CachingEmbedder(stopwatch)
        asked = opened(folder, stopwatch, True)
        if index is None:
            failed = asked.index.update(find_sources(reports), lambda: stopwatch).failed
            if failed:
                raise RelatoriaError("; ".join(f"{failure.file}: {failure.error}" for failure in failed))
        asked.index.check()
        passages = tuple(asked.index.store.passages())
        if not passages:
            raise RelatoriaError(f"The index {folder} holds no passages. Type: relatoria ingest FILE --index {folder}")
        reordered = None
        if reorder:
            reordered = opened(Path(temporary) / "reordered", remembering, False)
            _store_reversed(asked.index, reordered.index, remembering, passages)
        yield EvaluationSetup(asked, opened(folder, remembering, False), reordered, passages, stopwatch.seconds)


def find_reports_and_cases(folder: Path | None) -> tuple[list[Path], list[Path]]:
    """Find the reports and case files of a folder; without one, the bundled ones.

    Raises RelatoriaError where a folder has none.
    """
    if folder is None:
        return [BUNDLED_CORPUS], sorted(CASES_FOLDER.glob("*.jsonl"))
    if not folder.is_dir():
        raise RelatoriaError(f"{folder} is no folder. Name one that holds reports and, named after each, its cases.")
    cases = sorted(folder.glob("*.jsonl")) + sorted(folder.glob("cases/*.jsonl"))
    if not cases:
        raise RelatoriaError(
            f"{folder} holds no cases. Beside the report some-report.pdf put some-report.jsonl, one case a line; "
            "docs/evaluation.md says how."
        )
    return [folder], cases


def collect_provenance(stage: EvaluationSetup, model: str | None) -> Mapping[str, Any]:
    """Collect what reproduces the figures: versions, index fingerprint, commit and machine."""
    return {
        "relatoria": version("relatoria"),
        "commit": _commit(),
        "index": stage.assistant.index.store.stamp().get("fingerprint", ""),
        "embedding model": stage.assistant.index.model,
        "chat model": model or "none",
        "reports": sorted(stage.assistant.index.store.report_ids()),
        "passages": len(stage.passages),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
    }


def _store_reversed(index: Index, other: Index, embedder: Embedder, passages: Sequence[Passage]) -> None:
    """Store the same passages in reverse order, the last report first."""
    by_report: dict[str, list[Passage]] = {}
    for passage in reversed(passages):
        by_report.setdefault(passage.report_id, []).append(passage)
    reports = [report for id_ in by_report if (report := index.store.report(id_))]
    other.put([(Path(report.id), report, by_report[report.id]) for report in reports], embedder)


def _commit() -> str:
    """The commit of the code, with "+" where tracked files differ; empty outside a checkout."""
    command = [
        "git",
        "-C",
        str(Path(__file__).parent),
        "describe",
        "--always",
        "--abbrev=12",
        "--exclude=*",
        "--dirty=+",
    ]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
