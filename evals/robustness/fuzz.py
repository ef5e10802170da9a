"""Fuzz test, `python -m evals.robustness.fuzz`: reading a damaged file gives records or our error, within a time limit.

It damages small files of every format, which evals/robustness/seeds.py makes, and with RELATORIA_DATA set other
people's small files too, then reads and splits each in a worker process. Every case follows from the seed and its
number: `--case N` makes that file again, reads it here with its traceback, and leaves it under the name it prints.
Long because cases, worker processes and the report of outcomes are one command.
"""

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.console import wide_console
from evals.robustness.mutations import damage
from evals.robustness.seeds import Seed, load_seeds, make_seeds
from ingest.errors import UnreadableReport
from ingest.readers.read import read_report
from ingest.report import Passage, Report
from ingest.split.splitter import split
from ingest.worker import ReadLimits, count_cores

COUNT = 20_000
SECONDS = 10.0  # that a file may take
_START = 60.0  # seconds that a process may take to start, or to make a file
_SHOWN = 40  # failures


class OutcomeKind(StrEnum):
    """The kinds of outcome of reading a damaged file."""

    RECORDS = "records"
    REFUSED = "our error"
    LAST_RESORT = "our error, of a fault caught at the last"
    KILLED = "killed the reader"  # the product reads in a process with limits, where that is an error of one file
    FAULT = "another error"
    WRONG = "records that do not hold"
    SLOW = "took too long"


FAILURES = (OutcomeKind.FAULT, OutcomeKind.WRONG, OutcomeKind.SLOW)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one case."""

    number: int
    suffix: str
    file: str  # what was damaged, and how
    kind: OutcomeKind
    said: str = ""  # the fault, or where it was caught
    seconds: float = 0.0


Check = Callable[[Path], tuple[OutcomeKind, str]]


def check_file(path: Path) -> tuple[OutcomeKind, str]:
    """Read and split a file: the kind of outcome, and the fault found."""
    try:
        report = read_report(path, "r")
    except UnreadableReport as error:
        if error.__cause__ is not None and "cannot be read as" in str(error):
            return OutcomeKind.LAST_RESORT, _describe_error(error.__cause__)
        return OutcomeKind.REFUSED, ""
    except Exception as error:  # noqa: BLE001  # this is what is looked for
        return OutcomeKind.FAULT, f"read: {_describe_error(error)}"
    try:
        passages = split(report)
    except Exception as error:  # noqa: BLE001
        return OutcomeKind.FAULT, f"split: {_describe_error(error)}"
    wrong = "; ".join(list(find_faults(report, passages))[:3])
    return (OutcomeKind.WRONG, wrong) if wrong else (OutcomeKind.RECORDS, "")


def find_faults(report: Report, passages: Sequence[Passage]) -> Iterator[str]:
    """Violated invariants of a report's blocks and passages: spans, order, ids, pages, parents."""
    end = len(report.text)
    for before, block in pairwise([None, *report.blocks]):
        assert block
        if not (before.end if before else 0) <= block.start < block.end <= end:
            yield f"block {block.start}–{block.end} of {end} is out of place"
    if any(previous > other for previous, other in pairwise([offset for offset, _ in report.pages])):
        yield "pages are out of order"
    pages = {1, *(page for _, page in report.pages)}
    ids = Counter(passage.id for passage in passages)
    for passage in passages:
        if ids[passage.id] > 1:
            yield f"{passage.id} is not unique"
        if not 0 <= passage.start < passage.end <= end or passage.text != report.text[passage.start : passage.end]:
            yield f"{passage.id} is no slice {passage.start}–{passage.end}"
        if passage.page not in pages or not 1 <= passage.line <= len(report.line_starts):
            yield f"{passage.id} stands on page {passage.page}, line {passage.line}"
        if passage.parent_id is not None and passage.parent_id not in ids:
            yield f"{passage.id} has no parent {passage.parent_id}"


def _describe_error(error: BaseException) -> str:
    """The exception's type and message, and the last line of this project in its traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).parts[-2] in ("ingest", "readers")]
    place = f" ({Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}{place}"


def make_case(seeds: Sequence[Seed], seed: int, number: int) -> tuple[Seed, str, bytes]:
    """Make a case from its number: the seed file, the mutations by name, and the damaged bytes."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311
    suffix = chance.choice(sorted({seed.suffix for seed in seeds}))  # of each format as many
    one = chance.choice([seed for seed in seeds if seed.suffix == suffix])
    raw, how = damage(chance, one, seeds)
    return one, how, raw


def run_cases(
    seeds: Sequence[Seed], seed: int, numbers: Iterable[int], seconds: float = SECONDS, checking: Check = check_file
) -> Iterator[Outcome]:
    """Run the cases in worker processes, yielding outcomes as they come; all workers end with the iteration."""
    todo, lock, done = iter(numbers), threading.Lock(), _OutcomeQueue()

    def work() -> None:
        worker = _Worker(seeds, seed, checking)
        try:
            while True:
                with lock:
                    number = next(todo, None)
                if number is None or done.stopped:
                    return
                outcome = worker.run_case(number, seconds)
                done.put(outcome)
                if outcome.kind in (OutcomeKind.KILLED, OutcomeKind.SLOW):
                    worker.kill()
                    worker = _Worker(seeds, seed, checking)
        finally:
            worker.kill()
            done.put(None)

    threads = [threading.Thread(target=work) for _ in range(count_cores())]
    for thread in threads:
        thread.start()
    try:
        yield from done.drain(len(threads))
    finally:
        done.stopped = True
        for thread in threads:
            thread.join()


class _OutcomeQueue:
    """A queue of outcomes from the threads to the consumer."""

    def __init__(self) -> None:
        self.stopped = False
        self._ready = threading.Condition()
        self._waiting: list[Outcome | None] = []

    def put(self, outcome: Outcome | None) -> None:
        with self._ready:
            self._waiting.append(outcome)
            self._ready.notify()

    def drain(self, workers: int) -> Iterator[Outcome]:
        """Yield outcomes until ``workers`` threads have put None."""
        while workers:
            with self._ready:
                self._ready.wait_for(lambda: bool(self._waiting))
                some, self._waiting = self._waiting, []
            workers -= some.count(None)
            yield from (one for one in some if one is not None)


class _Worker:
    """A worker process that reads one case after the other."""

    def __init__(self, seeds: Sequence[Seed], seed: int, checking: Check) -> None:
        self._seeds, self._seed = seeds, seed
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_worker_main, args=(theirs, seeds, seed, checking), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_START) or self._pipe.recv() != "ready":
            raise RuntimeError("a process to read in does not start")

    def run_case(self, number: int, seconds: float) -> Outcome:
        """Run a case; a dead or late process gives the outcome KILLED or SLOW. ``seconds``: the time limit."""
        began = time.monotonic()
        try:
            self._pipe.send(number)
            if not self._pipe.poll(_START) or self._pipe.recv() != "made":
                raise RuntimeError(f"case {number} cannot be made")
            if self._pipe.poll(seconds):
                answer: Outcome = self._pipe.recv()
                return answer
            kind, said = OutcomeKind.SLOW, f"more than {seconds:g} s"
        except (EOFError, OSError):
            self._process.join()
            kind, said = OutcomeKind.KILLED, f"exit status {self._process.exitcode}"
        one, how, _ = make_case(self._seeds, self._seed, number)
        return Outcome(number, one.suffix, f"{one.name}, {how}", kind, said, time.monotonic() - began)

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _worker_main(pipe: Connection, seeds: Sequence[Seed], seed: int, checking: Check) -> None:
    """The worker process: receives case numbers, sends outcomes."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
    os.dup2(devnull, 2)
    _limit_memory(ReadLimits().memory)
    with tempfile.TemporaryDirectory(prefix="relatoria-fuzz-") as folder, suppress(EOFError, KeyboardInterrupt):
        pipe.send("ready")
        while True:
            number = pipe.recv()
            one, how, raw = make_case(seeds, seed, number)
            path = Path(folder) / f"file{one.suffix}"
            path.write_bytes(raw)
            pipe.send("made")
            began = time.monotonic()
            kind, said = checking(path)
            taken = time.monotonic() - began
            pipe.send(Outcome(number, one.suffix, f"{one.name}, {how}", kind, said, taken))


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # there is no such thing on Windows
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str] | None = None) -> int:
    """Run the fuzz test and print its outcomes; returns exit status 1 on any failure."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.robustness.fuzz", description="Read damaged files: records or our error, nothing else."
    )
    parser.add_argument("--count", type=int, default=COUNT, help=f"files to damage (default {COUNT:,})")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other files (default 1)")
    parser.add_argument("--case", type=int, help="make and read this one here, and keep it")
    options = parser.parse_args(arguments)
    screen = wide_console()
    chosen = os.environ.get("RELATORIA_DATA")
    seeds = [*make_seeds(), *(load_seeds(Path(chosen).expanduser()) if chosen else [])]
    if options.case is not None:
        return _reproduce_case(screen, seeds, options.seed, options.case)
    began = time.monotonic()
    outcomes: list[Outcome] = []
    for outcome in run_cases(seeds, options.seed, range(options.count)):
        outcomes.append(outcome)
        if outcome.kind in FAILURES:
            screen.print(_describe_outcome(outcome), markup=False, soft_wrap=True)
        if len(outcomes) % 2_000 == 0 and screen.is_terminal:
            screen.print(f"{len(outcomes):,} files", style="dim")
    _print_figures(screen, outcomes)
    screen.print(f"{len(outcomes):,} files in {time.monotonic() - began:,.0f} s, seed {options.seed}", markup=False)
    return 1 if any(outcome.kind in FAILURES for outcome in outcomes) else 0


def _reproduce_case(screen: Console, seeds: Sequence[Seed], seed: int, number: int) -> int:
    one, how, raw = make_case(seeds, seed, number)
    path = Path(tempfile.mkdtemp(prefix="relatoria-fuzz-")) / f"case-{seed}-{number}{one.suffix}"
    path.write_bytes(raw)
    screen.print(f"{path}: {one.name}, {how}, {len(raw):,} bytes", markup=False, soft_wrap=True)
    try:
        split(read_report(path, "r"))
    except Exception:  # noqa: BLE001
        screen.print(traceback.format_exc(), markup=False, soft_wrap=True)
    kind, said = check_file(path)
    screen.print(f"{kind} {said}", markup=False, soft_wrap=True)
    return 1 if kind in FAILURES else 0


def _describe_outcome(outcome: Outcome) -> str:
    return f"case {outcome.number}: {outcome.kind}: {outcome.said}  [{outcome.file}, {outcome.seconds:.1f} s]"


def _print_figures(screen: Console, outcomes: Sequence[Outcome]) -> None:
    counts: dict[str, Counter[OutcomeKind]] = {}
    for outcome in outcomes:
        for row in (outcome.suffix, "all"):
            counts.setdefault(row, Counter())[outcome.kind] += 1
    table = Table(title="Damaged files", title_justify="left")
    table.add_column("format")
    for heading in ("files", *OutcomeKind):
        table.add_column(heading, justify="right")
    for suffix in sorted(counts, key=lambda row: (row == "all", row)):
        kinds = counts[suffix]
        table.add_row(suffix, f"{kinds.total():,}", *(f"{kinds[kind]:,}" for kind in OutcomeKind))
    screen.print(table)
    for title, kind in (("Killed the reader", OutcomeKind.KILLED), ("Caught at the last", OutcomeKind.LAST_RESORT)):
        same: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.kind is kind:
                same.setdefault(outcome.said, []).append(outcome)
        for said, some in sorted(same.items(), key=lambda item: -len(item[1]))[:_SHOWN]:
            screen.print(
                f"{title}: {len(some)} × {said}, as {_describe_outcome(some[0])}", markup=False, soft_wrap=True
            )
    slowest = sorted(outcomes, key=lambda one: -one.seconds)[:5]
    for outcome in slowest:
        screen.print(f"slowest: {_describe_outcome(outcome)}", markup=False, soft_wrap=True)
    for one in [outcome for outcome in outcomes if outcome.kind in FAILURES][:_SHOWN]:
        screen.print(f"failed: {_describe_outcome(one)}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
