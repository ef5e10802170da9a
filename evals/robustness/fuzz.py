"""Fuzz test, `python -m evals.robustness.fuzz`: reading a damaged file gives records or our error, within a time limit.

It damages small files of every format, which evals/robustness/seeds.py makes, and with RELATORIA_DATA set other
people's small files too; the product's own worker processes read and split them. Every case follows from the seed and
its number: `--case N` makes that file again, reads it here with its traceback, and leaves it under the name it prints.
"""

import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.console import command_parser, wide_console
from evals.public_data import public_folder
from evals.robustness.mutations import damage
from evals.robustness.seeds import Seed, load_seeds, make_seeds
from ingest.readers.read import read_report
from ingest.report import Passage, Report
from ingest.split.splitter import split
from ingest.worker import ParsedFile, ReadFailure, ReadJob, ReadLimits, read_files, read_here

COUNT = 20_000
LIMITS = ReadLimits(seconds=10.0, seconds_per_mb=0.0)
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


def check_file(path: Path) -> tuple[OutcomeKind, str]:
    """Read and split a file in this process: the kind of outcome, and the fault found."""
    return judge(read_here(ReadJob(path, "r")))


def judge(parsed: ParsedFile) -> tuple[OutcomeKind, str]:
    """The kind of outcome of a file that was read, and the fault found."""
    match parsed.failure:
        case None:
            assert parsed.report
            wrong = "; ".join(list(find_faults(parsed.report, parsed.passages))[:3])
            return (OutcomeKind.WRONG, wrong) if wrong else (OutcomeKind.RECORDS, "")
        case ReadFailure.REFUSED:
            caught = parsed.fault and "cannot be read as" in parsed.error
            return (OutcomeKind.LAST_RESORT, parsed.fault) if caught else (OutcomeKind.REFUSED, "")
        case ReadFailure.FAULT:
            return OutcomeKind.FAULT, parsed.fault
        case ReadFailure.SLOW:
            return OutcomeKind.SLOW, parsed.error
        case ReadFailure.MEMORY | ReadFailure.CRASHED:
            return OutcomeKind.KILLED, parsed.error


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


def make_case(seeds: Sequence[Seed], seed: int, number: int) -> tuple[Seed, str, bytes]:
    """Make a case from its number: the seed file, the mutations by name, and the damaged bytes."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311
    suffix = chance.choice(sorted({seed.suffix for seed in seeds}))  # of each format as many
    chosen = chance.choice([seed for seed in seeds if seed.suffix == suffix])
    raw, how = damage(chance, chosen, seeds)
    return chosen, how, raw


def run_cases(
    seeds: Sequence[Seed], seed: int, numbers: Iterable[int], limits: ReadLimits = LIMITS
) -> Iterator[Outcome]:
    """Read the cases in worker processes, yielding the outcomes in order."""
    made: dict[Path, Outcome] = {}

    def write_files(folder: Path) -> Iterator[ReadJob]:
        for number in numbers:
            damaged, how, raw = make_case(seeds, seed, number)
            path = folder / f"{number}{damaged.suffix}"
            path.write_bytes(raw)
            made[path] = Outcome(number, damaged.suffix, f"{damaged.name}, {how}", OutcomeKind.RECORDS)
            yield ReadJob(path, "r")

    with tempfile.TemporaryDirectory(prefix="relatoria-fuzz-") as folder:
        for parsed in read_files(write_files(Path(folder)), limits):
            parsed.job.path.unlink()
            kind, said = judge(parsed)
            yield replace(made.pop(parsed.job.path), kind=kind, said=said)


def main(arguments: list[str] | None = None) -> int:
    """Run the fuzz test and print its outcomes; returns exit status 1 on any failure."""
    parser = command_parser("evals.robustness.fuzz", "Read damaged files: records or our error, nothing else.")
    parser.add_argument("--count", type=int, default=COUNT, help=f"files to damage (default {COUNT:,})")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other files (default 1)")
    parser.add_argument("--case", type=int, help="make and read this one here, and keep it")
    options = parser.parse_args(arguments)
    screen = wide_console()
    data = public_folder()
    seeds = [*make_seeds(), *(load_seeds(data) if data else [])]
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
    damaged, how, raw = make_case(seeds, seed, number)
    path = Path(tempfile.mkdtemp(prefix="relatoria-fuzz-")) / f"case-{seed}-{number}{damaged.suffix}"
    path.write_bytes(raw)
    screen.print(f"{path}: {damaged.name}, {how}, {len(raw):,} bytes", markup=False, soft_wrap=True)
    try:
        split(read_report(path, "r"))
    except Exception:  # noqa: BLE001
        screen.print(traceback.format_exc(), markup=False, soft_wrap=True)
    kind, said = check_file(path)
    screen.print(f"{kind} {said}", markup=False, soft_wrap=True)
    return 1 if kind in FAILURES else 0


def _describe_outcome(outcome: Outcome) -> str:
    return f"case {outcome.number}: {outcome.kind}: {outcome.said}  [{outcome.file}]"


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
    for failure in [outcome for outcome in outcomes if outcome.kind in FAILURES][:_SHOWN]:
        screen.print(f"failed: {_describe_outcome(failure)}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
