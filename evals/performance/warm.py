"""Measures asking and ingesting with the model loaded, against embedding the same texts alone."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.performance.processes import Measurement, time_beside_embedding, time_call
from evals.performance.synthetic import write_reports
from evals.run.cases import CASES_FOLDER, SAMPLE_QUESTIONS, load_cases
from ingest.readers.files import slugify
from ingest.readers.read import read_report
from ingest.sources import BUNDLED_CORPUS, Sources, find_sources
from ingest.split.splitter import split
from retrieval.assistant import Assistant
from retrieval.index.indexed_text import Vocabulary, build_index_texts
from retrieval.models.embedder import Embedder, SentenceTransformerEmbedder
from retrieval.search.answering import JUDGED, judge_answers, open_answers

_LANGUAGES = ("es", "en", "fr")
_ROUNDS = 5  # of an ingest
_LONG_REPORTS = 20


def measure_warm(folder: Path) -> list[Measurement]:
    """Measure the index in ``folder``, and ingests of the bundled report and of long ones."""
    assistant = Assistant(folder)
    ask, question = measure_ask(assistant)
    judged, beside = measure_reader(assistant)
    embedder = assistant.embedder()
    assert isinstance(embedder, SentenceTransformerEmbedder)
    bundled = find_sources([BUNDLED_CORPUS])
    ingest, passages = measure_ingest(embedder, bundled, indexed_texts(bundled.files, embedder))
    with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as reports:
        write_reports(Path(reports), _LONG_REPORTS, items=10, sentences=5)
        time.sleep(2.1)  # until their modification times tell them from files that may still change
        sources = find_sources([Path(reports)])
        texts = indexed_texts(sources.files, embedder)
        flops = measure_flops()
        whole, alone = measure_ingest(embedder, sources, texts)
        flops = max(flops, measure_flops())
    share = 100 * count_flops(embedder, texts) / alone / flops
    return [
        Measurement("embedding a question, warm", 1_000 * question, "ms"),
        Measurement("asking it, warm", 1_000 * ask, "ms"),
        Measurement("  asking / embedding the question", ask / question, "×", target=2.0),
        Measurement("  judging ten candidates / embedding the question", judged / beside, "×", target=0.5),
        Measurement("embedding the report's passages, warm", passages, "s"),
        Measurement("ingesting the report, warm", ingest, "s"),
        Measurement("  ingesting / embedding the passages", ingest / passages, "×", target=3.0),
        Measurement(f"ingesting / embedding {len(texts):,} passages, warm", whole / alone, "×", target=1.1),
        Measurement(
            "  embedding, share of the machine's rate of float32 products", share, "%", target=75, wanted_high=True
        ),
    ]


def measure_ask(assistant: Assistant) -> tuple[float, float]:
    """Median seconds of an answer, and of embedding the same question alone."""
    ids = {passage.id for passage in assistant.index.store.passages()}
    cases = [case for file in sorted(CASES_FOLDER.glob("*.jsonl")) for case in load_cases(file, ids) if not case.before]
    questions = [case.question for case in cases if case.language in _LANGUAGES]
    for question in questions[:: len(questions) // 10]:  # what is loaded when first used
        assistant.ask(question)
    return time_beside_embedding(assistant.ask, assistant.embedder(), questions)


def measure_reader(assistant: Assistant) -> tuple[float, float]:
    """Median seconds of judging whether the best candidates answer, and of embedding the question alone."""
    index, embedder = assistant.index, assistant.embedder()
    reader, calibration = open_answers(embedder), index.calibration(len(embedder.query("?").vector))
    assert reader
    tokens = {question: embedder.query(question).tokens for question in SAMPLE_QUESTIONS}
    rows = index.store.all_rows()
    candidates = index.store.passages_at(rows[:: max(1, len(rows) // JUDGED)][:JUDGED])

    def judge(question: str) -> object:
        return judge_answers(index, reader, calibration, tokens[question], candidates)

    return time_beside_embedding(judge, embedder, list(SAMPLE_QUESTIONS) * _ROUNDS)


def measure_ingest(embedder: Embedder, sources: Sources, texts: Sequence[str]) -> tuple[float, float]:
    """Median seconds of ingesting reports into an empty folder, and of embedding their ``texts`` alone, in turns."""

    def ingest() -> float:
        with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as empty:
            index = Assistant(Path(empty)).index
            seconds = time_call(lambda: index.update(sources, lambda: embedder))
            index.store.close()
            return seconds

    ingest()  # imports what is imported when first used
    embedded, ingested = list[float](), list[float]()
    for _ in range(_ROUNDS):
        list(embedder.passages(texts[:1]))
        embedded.append(time_call(lambda: list(embedder.passages(texts))))
        ingested.append(ingest())
    return statistics.median(ingested), statistics.median(embedded)


def indexed_texts(files: Sequence[Path], embedder: Embedder) -> list[str]:
    """The texts that an ingest of these reports embeds, each once."""
    texts: dict[str, None] = {}
    for file in files:
        report = read_report(file, slugify(file.stem))
        vocabulary = Vocabulary(report.text)
        for passage in split(report):
            for text in filter(
                None, (*build_index_texts(passage, vocabulary), *passage.headings[-1:], passage.lead_in)
            ):
                texts.update(dict.fromkeys(embedder.windows(text)))
    return list(texts)


def count_flops(embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> int:
    """Floating-point operations of embedding texts, padding left out: those of BERT's matrix products."""
    module: Any = embedder.model[0]
    config = module.auto_model.config
    width, inner = config.hidden_size, config.intermediate_size
    prompt = embedder.model.prompts["document"] or ""
    lengths = [len(module.tokenizer.encode(prompt + text).ids) for text in texts]
    of_words = 2 * (4 * width * width + 2 * width * inner)  # a token: query, key, value, output; and two wider
    of_pairs = 4 * width  # a pair of tokens: its weight, and what comes of it
    return int(config.num_hidden_layers) * int(sum(n * of_words + n * n * of_pairs for n in lengths))


def measure_flops() -> float:
    """The machine's best rate of a float32 matrix product, with the threads that the model has: operations a second."""
    import torch

    best = 0.0
    for size in (1024, 2048):
        square = torch.rand(size, size)
        fastest = min(time_call(lambda square=square: torch.mm(square, square)) for _ in range(6))  # type: ignore[misc]
        best = max(best, 2 * size**3 / fastest)
    return best
