"""Measures which false sentences of a hostile chat model pass the verifier, and how long verifying takes.

Run as `python -m evals.adversarial`. Exit status 1 when a perturbed sentence is shown, or too few true ones are.
"""

import logging
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from evals.adversarial.hostile_model import VerifierHarness, index_by_name
from evals.adversarial.perturbations import (
    NEVER_SHOWN_KINDS,
    PERTURBATIONS,
    SOURCE_HALF,
    STATEMENTS_FOLDER,
    LabelledSentence,
    extract_report_sentences,
    load_statements,
    perturb,
)
from evals.console import command_parser, make_table, print_errors, wide_console
from evals.metrics.measures import Share
from evals.run.cases import SAMPLE_QUESTIONS
from evals.run.embedders import CachingEmbedder
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant
from retrieval.verification.alignment import WordEmbedder

SENTENCES_PER_KIND = 60  # false sentences of a kind
MIN_KEPT_SHARES = {"fit": 0.82, "report": 0.76, SOURCE_HALF: 0.9}  # shares of the true sentences that must be kept
MAX_EVIDENCE_RATIO = 1.2  # warm searches, after which the first evidence is to be seen
ROUNDS = 4  # of all questions


@dataclass
class VerifierMeasurements:
    """Counts of perturbed and labelled sentences that were shown, and timings in seconds."""

    generated: Counter[str] = field(default_factory=Counter)  # by kind of fault
    shown: Counter[str] = field(default_factory=Counter)
    leaks: list[tuple[LabelledSentence, str]] = field(default_factory=list)  # with what was shown of it
    labelled: list[tuple[LabelledSentence, bool]] = field(default_factory=list)  # with whether it was shown
    seconds: list[float] = field(default_factory=list)  # of a sentence's proof
    embedding: float = 0.0  # seconds of embedding a question
    search: float = 0.0  # of a warm search
    evidence: float = 0.0  # of the first evidence

    def kept_share(self, half: str) -> Share:
        """The share of a half's true sentences that are shown."""
        some = [shown for said, shown in self.labelled if said.true and said.half == half]
        return Share(sum(some), len(some))

    @property
    def faults(self) -> list[str]:
        """Why the command fails; empty when it does not."""
        found = [
            f"{kind}: {count} of {self.generated[kind]} shown"
            for kind, count in self.shown.items()
            if count and kind in NEVER_SHOWN_KINDS
        ]
        for half, floor in MIN_KEPT_SHARES.items():
            kept = self.kept_share(half)
            if kept.of and kept.value < floor:
                found.append(f"{half}: {kept.count} of {kept.of} true sentences kept, fewer than {floor:.0%}")
        return found


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = command_parser("evals.adversarial", (__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, metavar="DIR", help="an index of the bundled report (default: a new one)")
    each = f"false sentences of a kind (default: {SENTENCES_PER_KIND})"
    parser.add_argument("--each", type=int, default=SENTENCES_PER_KIND, metavar="N", help=each)
    parser.add_argument("--examples", type=int, default=0, metavar="N", help="print so many that were shown")
    options = parser.parse_args(arguments)
    screen = wide_console()
    logging.getLogger("relatoria").setLevel(logging.ERROR)
    with _open_assistant(options.index) as assistant:
        proofs = measure(assistant, options.each)
    print_report(proofs, screen, examples=options.examples)
    return 1 if proofs.faults else 0


def measure(assistant: Assistant, each: int = SENTENCES_PER_KIND) -> VerifierMeasurements:
    """Measure over the bundled report, with ``each`` false sentences of a kind, drawn with a fixed seed."""
    proofs = VerifierMeasurements()
    embedder = assistant.embedder()
    assert isinstance(embedder, WordEmbedder)
    calibration = assistant.index.calibration(len(embedder.query("?").vector))
    passages, source = index_by_name(assistant.index.store.passages()), cache(assistant.report)
    trial = VerifierHarness(passages, source, CachingEmbedder(embedder, tokens=True), calibration)
    labelled = [said for file in sorted(STATEMENTS_FOLDER.glob("*.jsonl")) for said in load_statements(file)]
    labelled += extract_report_sentences(passages)
    trial.embed_all(labelled)
    proofs.labelled = [(said, trial.is_shown(said)) for said in labelled]
    true = [said for said in labelled if said.true]
    chance = random.Random(2010)  # noqa: S311
    for kind in PERTURBATIONS:
        for said in chance.sample(true, len(true)):
            if proofs.generated[kind] < each and (made := perturb(kind, said, passages)):
                false = chance.choice(made)
                leaks = trial.find_leaks(false, said)
                proofs.generated[kind] += 1
                proofs.shown[kind] += bool(leaks)
                proofs.leaks += [(false, leak) for leak in leaks]
    slow = VerifierHarness(passages, source, embedder, calibration)
    for said in true[:: max(1, len(true) // 12)]:
        prover = slow.get_verifier(slow.build_answer(said.given, said.language).citations, said.language)
        proofs.seconds.append(_time(prover.verify_sentence, said.text))
    _time_searches(proofs, assistant)
    return proofs


def _time_searches(proofs: VerifierMeasurements, assistant: Assistant) -> None:
    """Time embedding, search and the first evidence, alternating, and keep the medians."""
    for question in SAMPLE_QUESTIONS:
        assistant.ask(question)
    embedded, searched, seen = [], [], []
    for question in SAMPLE_QUESTIONS * ROUNDS:
        embedded.append(_time(assistant.embedder().query, question))
        searched.append(_time(assistant.search, question))
        seen.append(_time(lambda text: next(assistant.stream(text)), question))
    proofs.embedding, proofs.search, proofs.evidence = map(statistics.median, (embedded, searched, seen))


def _time(do: Callable[[str], object], text: str) -> float:
    began = time.perf_counter()
    do(text)
    return time.perf_counter() - began


def print_report(proofs: VerifierMeasurements, screen: Console, *, examples: int) -> None:
    """Print the results as a table, then ``examples`` leaked sentences and the faults."""
    table = make_table("Proof", "what", "of it", "shown", "", right=("of it", "shown"))
    for kind, count in proofs.generated.items():
        shown = proofs.shown[kind]
        table.add_row(f"made false: {kind}", str(count), str(shown), "[red]must be 0[/]" if shown else "")
    table.add_section()
    for half in dict.fromkeys(said.half for said, _ in proofs.labelled):
        for true in (True, False):
            for name, share in _shares(
                said for said in proofs.labelled if (said[0].half, said[0].true) == (half, true)
            ):
                cells = str(share.of), str(share.count), f"{share.value:.0%}"
                table.add_row(f"{half}, {'true' if true else 'false'}{name}", *cells)
        table.add_section()
    median, slowest = statistics.median(proofs.seconds), statistics.quantiles(proofs.seconds, n=20)[-1]
    ratio = median / proofs.embedding
    table.add_row(
        "a sentence's proof",
        f"{1_000 * median:.0f} ms",
        "",
        f"p95 {1_000 * slowest:.0f} ms; {ratio:.1f} × embedding a question",
    )
    first = proofs.evidence / proofs.search
    table.add_row(
        "first evidence",
        f"{1_000 * proofs.evidence:.0f} ms",
        "",
        f"{first:.2f} × a warm search (aim: {MAX_EVIDENCE_RATIO})",
    )
    screen.print(table)
    for false, leak in proofs.leaks[:examples]:
        screen.print(escape(f"{false.kind} | {false.language} | {','.join(false.given)} | {leak}"), soft_wrap=True)
    for fault in proofs.faults:
        screen.print(f"[red]fails[/] {escape(fault)}", soft_wrap=True)


def _shares(some: Iterable[tuple[LabelledSentence, bool]]) -> Iterable[tuple[str, Share]]:
    """Shares of sentences shown: of all, then by language and by kind."""
    found = list(some)
    groups = {"": [shown for _, shown in found]}
    for group in ("language", "kind"):
        for said, shown in found:
            groups.setdefault(f": {getattr(said, group)}", []).append(shown)
    return [(name, Share(sum(shown), len(shown))) for name, shown in groups.items() if shown]


@contextmanager
def _open_assistant(folder: Path | None) -> Iterator[Assistant]:
    """Open an assistant over the index in ``folder``; without one, over a temporary index of the bundled report."""
    if folder:
        yield Assistant(folder)
        return
    with tempfile.TemporaryDirectory(prefix="relatoria-evals-") as temporary:
        assistant = Assistant(Path(temporary))
        assistant.index.update(find_sources([BUNDLED_CORPUS]), assistant.embedder)
        yield assistant


if __name__ == "__main__":
    sys.exit(main())
