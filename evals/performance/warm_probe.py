"""Measures asking and ingesting with the model loaded, against embedding the same texts alone.

Run in a process of its own by the benchmark, `python -m evals.performance.warm_probe INDEX`; writes one JSON object.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from evals.run.cases import CASES_FOLDER, load_cases
from ingest.readers.files import slugify
from ingest.readers.read import read_report
from ingest.sources import BUNDLED_CORPUS, find_sources
from ingest.split.splitter import split
from retrieval.assistant import Assistant
from retrieval.index.indexed_text import Vocabulary, build_index_texts
from retrieval.models.embedder import Embedder

LANGUAGES = ("es", "en", "fr")
ROUNDS = 5  # of the ingest


def main(folder: Path) -> int:
    """Measure the index in ``folder`` and write the figures in seconds, as JSON."""
    assistant = Assistant(folder)
    ask, question = measure_ask(assistant)
    ingest, passages = measure_ingest(assistant.embedder())
    figures = {"ask": ask, "embed question": question, "ingest": ingest, "embed passages": passages}
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def measure_ask(assistant: Assistant) -> tuple[float, float]:
    """Median seconds of an answer, and of embedding the same question alone.

    The two take turns, with one embedding between them that is not timed: threads that an ask
    leaves spinning would slow the embedding it is compared with, and hide what they cost.
    """
    ids = {passage.id for passage in assistant.index.store.passages()}
    cases = [case for file in sorted(CASES_FOLDER.glob("*.jsonl")) for case in load_cases(file, ids) if not case.before]
    questions = [case.question for case in cases if case.language in LANGUAGES]
    embedder = assistant.embedder()
    for question in questions[:: len(questions) // 10]:  # what is loaded when first used
        assistant.ask(question)
    asked: list[float] = []
    embedded: list[float] = []
    for question in questions:
        embedder.query(question)
        embedded.append(_seconds(lambda question=question: embedder.query(question)))  # type: ignore[misc]
        asked.append(_seconds(lambda question=question: assistant.ask(question)))  # type: ignore[misc]
    return statistics.median(asked), statistics.median(embedded)


def measure_ingest(embedder: Embedder) -> tuple[float, float]:
    """Median seconds of ingesting the bundled report into an empty folder, and of embedding its passages alone."""
    sources = find_sources([BUNDLED_CORPUS])
    texts = indexed_texts(sources.files, embedder)

    def ingest() -> None:
        with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as empty:
            index = Assistant(Path(empty)).index
            taken.append(_seconds(lambda: index.update(sources, lambda: embedder)))
            index.store.close()

    taken: list[float] = []
    embedded: list[float] = []
    ingest()  # imports what is imported when first used
    taken.clear()
    for _ in range(ROUNDS):
        list(embedder.passages(texts[:1]))
        embedded.append(_seconds(lambda: list(embedder.passages(texts))))
        ingest()
    return statistics.median(taken), statistics.median(embedded)


def indexed_texts(files: tuple[Path, ...], embedder: Embedder) -> list[str]:
    """The texts that an ingest of these reports embeds, each once."""
    texts: dict[str, None] = {}
    for file in files:
        report = read_report(file, slugify(file.stem))
        vocabulary = Vocabulary(report.text)
        for passage in split(report):
            for text in (*build_index_texts(passage, vocabulary), *passage.headings[-1:]):
                texts.update(dict.fromkeys(embedder.windows(text)))
    return list(texts)


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
