"""Crash test, `python -m evals.robustness.crash`: kills ingests at random instants and checks index consistency.

After each kill a reader must see exactly the state before or exactly the state after, and the next run must complete
exactly the state after, with nothing lost, doubled or left over. Then several ingest at once, and a reader keeps asking
while the index changes. What happens follows from the seed; at which instruction a kill strikes, from the machine.
Long because three experiments share one made-up corpus, embedder and consistency check.
"""

import logging
import multiprocessing
import random
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from evals.console import command_parser, wide_console
from evals.performance.synthetic import WordEmbedder, write_report
from ingest.errors import RelatoriaError
from ingest.sources import find_sources
from retrieval.index import transaction
from retrieval.index.index import Index
from retrieval.search.search import search

MODEL = "words-384"
KILLS = 200
SEED = 20101110
_ITEMS = 12  # recommendations of a report
_REPORTS = 8
_WORDS = "los países deben cooperar migración retorno derechos familias trabajo paz datos"
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["chromadb", "retrieval.index.index", "retrieval.search.search", "evals.console"])


@dataclass(frozen=True, slots=True)
class IndexState:
    """The contents of an index, and its consistency faults."""

    passages: tuple[tuple[str, str], ...]  # id and text, in order
    sources: tuple[str, ...]
    fingerprint: str
    faults: tuple[str, ...] = ()  # what is missing of it, and what is left over
    left_over: int = 0  # vectors and tokens that nothing names


@dataclass(slots=True)
class KillTally:
    """Counts of what the kills left behind."""

    kills: int = 0
    old: int = 0
    new: int = 0
    too_late: int = 0  # the ingest had ended before
    left: int = 0  # kills that left vectors for the next run
    faults: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Run all three experiments and print the results; returns exit status 1 on any fault."""
    logging.getLogger("relatoria").setLevel(logging.ERROR)  # its model has no calibration, and answers do not matter
    parser = command_parser("evals.robustness.crash", "Kill ingests, look at what is left.")
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help=f"how many (default: {KILLS})")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="of what changes and when it is killed")
    options = parser.parse_args(arguments)
    screen = wide_console()
    with tempfile.TemporaryDirectory(prefix="relatoria-crash-") as folder:
        tally = kill_ingests(Path(folder) / "killed", options.kills, options.seed)
        screen.print(
            f"{tally.kills} kills: {tally.old} left the state before, {tally.new} the state after, "
            f"{tally.left} left vectors that the next run used or dropped; {tally.too_late} came too late; "
            f"{len(tally.faults)} failures"
        )
        together = ingest_concurrently(Path(folder) / "at once", options.seed)
        screen.print(f"2 ingests at once: {len(together)} failures")
        asked, wrong = ask_during_ingests(Path(folder) / "asked", options.seed)
        screen.print(f"{asked} answers while the index changed: {len(wrong)} failures")
    faults = [*tally.faults, *together, *wrong]
    for fault in faults:
        screen.print(f"  {fault}", markup=False)
    return 1 if faults else 0


# Kills


def kill_ingests(folder: Path, kills: int, seed: int) -> KillTally:
    """Kill ingests of changed reports at random instants, check the index, then let the next run complete it."""
    chance = random.Random(seed)  # noqa: S311
    reports, index = folder / "reports", folder / "index"
    write_reports(reports, chance)
    seconds = statistics.median(_time_ingest(folder, chance, reports) for _ in range(3))
    _run_ingest(index, reports)
    tally = KillTally()
    while tally.kills < kills and tally.too_late < 3 * kills + 10:
        before = read_state(index)
        change_reports(reports, chance)
        after = _expected_state(folder, index, reports)
        for _ in range(chance.randint(1, 3)):  # a run that completes a killed one may be killed as well
            ingest = _IngestProcess(index, reports)
            ingest.wait_until_started()
            time.sleep(1.2 * seconds * chance.random() ** 0.5)  # later is more interesting: nothing is written at first
            if ingest.kill():
                tally.kills += 1
                seconds *= 1.02
            else:
                tally.too_late += 1
                seconds *= 0.9  # the machine is faster now than when the ingest was timed
            found = read_state(index)
            tally.faults += [f"kill {tally.kills}: {fault}" for fault in found.faults]
            tally.left += found.left_over > 0
            if _contents(found) == _contents(before):
                tally.old += 1
            elif _contents(found) == _contents(after):
                tally.new += 1
            else:
                tally.faults.append(f"kill {tally.kills}: neither the state before nor the state after")
        tally.faults += [f"after kill {tally.kills}: {fault}" for fault in _run_ingest(index, reports)]
        found = read_state(index)
        if _contents(found) != _contents(after):
            tally.faults.append(f"after kill {tally.kills}: the next run did not complete the new state")
        if found.left_over:
            tally.faults.append(f"after kill {tally.kills}: {found.left_over} vectors are left over")
    return tally


def read_state(folder: Path) -> IndexState:
    """Read an index anew: its records, and which vectors or token vectors are missing or orphaned."""
    index = Index(folder, MODEL)
    index.vectors.reopen()
    store = index.store
    passages = tuple((passage.id, passage.text) for passage in store.passages())
    named = store.vector_ids()
    vectors = {id_ for ids in index.vectors.ids() for id_ in ids}
    tokens = {id_ for ids in store.tokens.all_ids() for id_ in ids}
    faults = []
    for what, there in (("vectors", vectors), ("token vectors", tokens)):
        if missing := len(named - there):
            faults.append(f"{missing} {what} are missing")
    if len({passage_id for passage_id, _ in passages}) != len(passages):
        faults.append("a record is there twice")
    if store.count_vectors() != len(named):
        faults.append(f"{store.count_vectors()} vectors counted, {len(named)} named")
    sources = tuple(sorted(str(report.source) for report in store.known_reports()))
    state = IndexState(passages, sources, store.stamp()["fingerprint"], tuple(faults), len((vectors | tokens) - named))
    store.close()
    return state


def _contents(state: IndexState) -> tuple[object, ...]:
    return state.passages, state.sources, state.fingerprint


def _expected_state(folder: Path, index: Path, reports: Path) -> IndexState:
    """The expected state: an undisturbed ingest of the reports into a copy of the index."""
    copy = folder / "undisturbed"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(index, copy)
    _run_ingest(copy, reports)
    return read_state(copy)


def _run_ingest(index: Path, reports: Path) -> list[str]:
    """Run an ingest to its end; returns its errors."""
    return _IngestProcess(index, reports).wait_until_finished()


class _IngestProcess:
    """An ingest in a process of its own, forked from a server that has the libraries loaded and no file open."""

    def __init__(self, index: Path, reports: Path) -> None:
        self._said, into = _CONTEXT.Pipe(duplex=False)
        self.process = _CONTEXT.Process(target=_ingest_in_steps, args=(index, reports, into))
        self.process.start()
        into.close()

    def wait_until_started(self) -> None:
        """Block until the process has loaded and begins to ingest."""
        with suppress(EOFError):
            self._said.recv()

    def kill(self) -> bool:
        """Kill the process; returns whether it was still running."""
        running = self.process.is_alive()
        self.process.kill()
        self.process.join()
        return running

    def wait_until_finished(self) -> list[str]:
        """Block until the process has ended; returns its errors."""
        said: list[str] = []
        with suppress(EOFError):
            while True:
                said.append(self._said.recv())
        self.process.join()
        return list(filter(None, said)) if self.process.exitcode else []


def _ingest_in_steps(folder: Path, reports: Path, said: Connection) -> None:
    """Ingest with many small flushes, to be killed between them (the child process's side)."""
    transaction.FLUSH = 4
    index = Index(folder, MODEL)
    with suppress(RelatoriaError):
        index.vectors.count()
    said.send("")
    try:
        result = index.update(find_sources([reports]), lambda: WordEmbedder(MODEL))
    except RelatoriaError as error:
        said.send(str(error))
        sys.exit(1)
    for failure in result.failed:
        said.send(f"{failure.file}: {failure.error}")
    sys.exit(1 if result.failed else 0)


def _time_ingest(folder: Path, chance: random.Random, reports: Path) -> float:
    """Seconds of an ingest of changed reports, from its start to the end of its process."""
    change_reports(reports, chance)
    ingest = _IngestProcess(folder / "index", reports)
    ingest.wait_until_started()
    began = time.monotonic()
    ingest.wait_until_finished()
    return time.monotonic() - began


# Two at once, and a reader meanwhile


def ingest_concurrently(folder: Path, seed: int) -> list[str]:
    """Ingest two folders at once: both must succeed and be in the index; returns the faults."""
    chance = random.Random(seed)  # noqa: S311
    faults: list[str] = []
    for attempt in range(5):
        index = folder / f"index{attempt}"
        folders = [folder / f"{attempt}{name}" for name in "ab"]
        for place in folders:
            write_reports(place, chance)
        for ingest in [_IngestProcess(index, folder) for folder in folders]:
            faults += ingest.wait_until_finished()
        found = read_state(index)
        faults += found.faults
        wanted = {str(file) for folder in folders for file in folder.glob("*.txt")}
        if set(found.sources) != wanted or found.left_over:
            faults.append(
                f"{len(found.sources)} of {len(wanted)} reports are there, {found.left_over} vectors too many"
            )
    return faults


def ask_during_ingests(folder: Path, seed: int) -> tuple[int, list[str]]:
    """Search while ingests change the index: each answer must be of one state; returns their number, and the faults."""
    chance = random.Random(seed)  # noqa: S311
    reports, index = folder / "reports", folder / "index"
    write_reports(reports, chance)
    _write_numbered_reports(reports, 0)
    _run_ingest(index, reports)
    faults: list[str] = []
    rounds = 12
    ours, theirs = _CONTEXT.Pipe()
    reader = _CONTEXT.Process(target=_ask_until_stopped, args=(index, theirs))
    reader.start()
    theirs.close()
    ours.recv()
    for number in range(1, rounds):
        _write_numbered_reports(reports, number)
        faults += _run_ingest(index, reports)
    ours.send(None)
    answers = ours.recv()
    reader.join()
    for answer in answers:
        if "error" in answer:
            faults.append(answer["error"])
        elif len(set(answer["numbers"])) != 1 or answer["hits"] != _REPORTS:
            faults.append(f"an answer of several states, or half of one: {answer}")
    seen = [answer["numbers"][0] for answer in answers if answer.get("numbers")]
    if seen != sorted(seen) or set(seen) != set(range(rounds)):
        faults.append(f"the states came in the order {list(dict.fromkeys(seen))}")
    return len(answers), faults


def _write_numbered_reports(reports: Path, number: int) -> None:
    """Rewrite every report so that one recommendation states the number."""
    for n in range(_REPORTS):
        write_report(
            reports / f"counted{n}.txt", str(n), [f"Estado: {number} {number}.", f"Número {number} y uno y {n}."]
        )


def _ask_until_stopped(folder: Path, parent: Connection) -> None:
    """Search until told to stop, then send the answers (the child process's side)."""
    logging.getLogger("relatoria").setLevel(logging.ERROR)
    index, embedder = Index(folder, MODEL), WordEmbedder(MODEL)
    answers: list[dict[str, object]] = []
    last = False
    while not last:
        last = parent.poll()
        try:
            hits = index.run_on_snapshot(lambda stamp: search(index, embedder, "Estado:")).hits
            found = [hit.passage.text for hit in hits if hit.passage.text.startswith("Estado:") and hit.score.dense]
            answer: dict[str, object] = {"numbers": [int(text.split()[1]) for text in found], "hits": len(found)}
        except RelatoriaError as error:
            answer = {"error": str(error)}
        answers.append(answer)
        if len(answers) == 1:
            parent.send(None)
    parent.send(answers)


# Reports


def write_reports(folder: Path, chance: random.Random) -> None:
    """Write reports of random words, with sidecars that state their language."""
    folder.mkdir(parents=True)
    for number in range(_REPORTS):
        _write_random_report(folder / f"report{number}.txt", chance)


def change_reports(folder: Path, chance: random.Random) -> None:
    """Add, change, remove and move some reports; sometimes bring back what was there before."""
    files = sorted(folder.glob("*.txt"))
    chance.shuffle(files)
    _write_random_report(folder / f"new{chance.randrange(10**9)}.txt", chance)
    _write_random_report(files[0], chance)
    if len(files) > _REPORTS:
        files[1].unlink()
        files[1].with_suffix(".toml").unlink()
    moved = folder / f"moved{chance.randrange(10**9)}.txt"
    files[2].rename(moved)
    files[2].with_suffix(".toml").rename(moved.with_suffix(".toml"))


def _write_random_report(file: Path, chance: random.Random) -> None:
    write_report(file, _sentence(chance), [_sentence(chance) for _ in range(_ITEMS)])


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS.split(), k=6)).capitalize() + f" {chance.randrange(500)}."


if __name__ == "__main__":
    sys.exit(main())
