"""Reads and splits files in child processes, so that one that hangs, crashes or takes too much memory fails alone.

Long because both ends of the protocol stand here: length-prefixed JSON over pipes. A child's answer is validated as
data and never executed. A child serves one file after the other; it is killed and replaced when a file exceeds its
time limit, and ends itself when its parent is gone.
"""

import json
import math
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from ingest.errors import RelatoriaError, UnreadableReport
from ingest.ipc import receive, reserve_stdout, send, silence_output, start_process
from ingest.report import Passage, Report
from ingest.serialization import compute_digest, passage_from_dict, passage_to_dict, report_from_dict, report_to_dict

_READ_AHEAD = 2  # files a worker that are read before somebody asks for them
_GRACE = 5  # seconds after which a child that nobody ended ends itself
_SAVE_ANEW = "open it in a program that can, and save it anew or as text"


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Time and memory limits for reading one file."""

    seconds: float = 120.0
    seconds_per_mb: float = 2.0
    memory: int = 2 * 2**30  # bytes of address space of a worker
    until: float = math.inf  # of time.monotonic: by when all files have to be read
    ocr: bool = False  # whether pages without text are recognized; takes seconds a page, and 2 GB of memory

    def compute_time_limit(self, path: Path) -> float:
        """Time limit in seconds for a file of its size."""
        left = max(0.0, self.until - time.monotonic())
        try:
            return min(left, self.seconds + self.seconds_per_mb * path.stat().st_size / 2**20)
        except OSError:
            return min(left, self.seconds)


OCR_LIMITS = ReadLimits(seconds=3_600, memory=4 * 2**30, ocr=True)


@dataclass(frozen=True, slots=True)
class ReadJob:
    """A file to read, and the id that its report gets."""

    path: Path
    report_id: str


class ReadFailure(StrEnum):
    """Why a file gave no records."""

    REFUSED = "a reader's error"
    FAULT = "an exception that no reader foresaw"
    SLOW = "took too long"
    MEMORY = "needed too much memory"
    CRASHED = "ended its reader, or had it answer nonsense"


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The outcome of one file: its report with its passages, or an error message."""

    job: ReadJob
    report: Report | None
    passages: tuple[Passage, ...] = ()
    digest: str = ""
    error: str = ""
    failure: ReadFailure | None = None
    fault: str = ""  # the exception behind an error, with its place in this package; for who mends readers


# The parent's side


def read_files(
    jobs: Iterable[ReadJob], limits: ReadLimits | None = None, workers: int | None = None
) -> Generator[ParsedFile, None, None]:
    """Read files in parallel worker processes; yields the outcomes in input order, with a few files read ahead.

    Workers are started on demand and ended when the iterator is exhausted or closed. Raises RelatoriaError when none
    can be started.
    """
    workers = workers or count_cores()
    staff = _WorkerPool(limits or ReadLimits())
    threads = ThreadPoolExecutor(workers, thread_name_prefix="reader")
    ahead: deque[Future[ParsedFile]] = deque()
    try:
        for job in jobs:
            ahead.append(threads.submit(staff.read, job))
            if len(ahead) > _READ_AHEAD * workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        staff.kill_all()  # a thread that waits for a child sees it end
        threads.shutdown(cancel_futures=True)


def read_here(job: ReadJob) -> ParsedFile:
    """Read a file in this process as a worker does, but without limits."""
    return _parse_answer(job, json.loads(_read(job.path, job.report_id)), ReadLimits().memory)


def count_cores() -> int:
    """Number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _WorkerPool:
    """Thread-safe pool of worker processes; grows to as many as were ever busy at one time."""

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._dismissed = False
        self._lock = threading.Lock()

    def read(self, job: ReadJob) -> ParsedFile:
        with self._lock:
            if self._dismissed:
                raise RelatoriaError("Reading was stopped.")
            worker = self._idle.pop() if self._idle else _Worker(self._limits)
            self._all.add(worker)
        parsed = worker.read(job, self._limits.compute_time_limit(job.path))
        with self._lock:
            if worker.alive:
                self._idle.append(worker)
            else:
                self._all.discard(worker)
        return parsed

    def kill_all(self) -> None:
        """Kill all workers; later reads raise RelatoriaError."""
        with self._lock:
            self._dismissed = True
            for worker in self._all:
                worker.end()


class _Worker:
    """The parent's handle of one child process."""

    def __init__(self, limits: ReadLimits) -> None:
        self._memory = limits.memory
        self._ready = False
        options = [str(limits.memory), *["ocr"] * limits.ocr]
        self._process = start_process("ingest.worker", *options, env={"OPENBLAS_NUM_THREADS": "1"})

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def read(self, job: ReadJob, seconds: float) -> ParsedFile:
        """Have a file read. Raises RelatoriaError when the child does not even start."""
        assert self._process.stdin
        assert self._process.stdout
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        alarm = threading.Timer(seconds, give_up)
        alarm.daemon = True
        alarm.start()
        answer = None
        try:
            with suppress(BrokenPipeError):
                _send_json(self._process.stdin, {"path": os.fspath(job.path), "id": job.report_id, "seconds": seconds})
            self._ready = self._ready or _receive_json(self._process.stdout) is not None
            answer = _receive_json(self._process.stdout)
        except ValueError:  # no message of ours: nothing more can be had from this child
            pass
        finally:
            alarm.cancel()
        if answer is None:
            self.end()
            if late.is_set():
                slow = f"took longer than {seconds:,.0f} s to read: split it up, or {_SAVE_ANEW}"
                return ParsedFile(job, None, error=slow, failure=ReadFailure.SLOW)
            if not self._ready:
                raise RelatoriaError("The reader of report files does not start; why, it says above this line.")
            return ParsedFile(job, None, error=self._describe_exit(), failure=ReadFailure.CRASHED)
        parsed = _parse_answer(job, answer, self._memory)
        if parsed.failure is ReadFailure.MEMORY:
            self.end()
        return parsed

    def end(self) -> None:
        """Kill the child and close the pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _describe_exit(self) -> str:
        number = -(self._process.returncode or 0)
        name = signal.Signals(number).name if number in set(signal.Signals) else f"exit status {-number}"
        return f"crashed the reader ({name}): {_SAVE_ANEW}"


def _parse_answer(job: ReadJob, answer: dict[str, Any], memory: int) -> ParsedFile:
    try:
        if "failure" in answer:
            failure = ReadFailure(answer["failure"])
            large = f"needed more than {memory / 2**30:,.3g} GB of memory to read: split it up, or {_SAVE_ANEW}"
            error = large if failure is ReadFailure.MEMORY else str(answer["error"])
            return ParsedFile(job, None, error=error, failure=failure, fault=str(answer["fault"]))
        report = report_from_dict(answer["report"])
        passages = tuple(map(passage_from_dict, answer["passages"]))
        _validate(job, report, passages)
        return ParsedFile(job, report, passages, compute_digest(report, passages))
    except (KeyError, TypeError, ValueError):
        error = f"crashed the reader (its answer makes no sense): {_SAVE_ANEW}"
        return ParsedFile(job, None, error=error, failure=ReadFailure.CRASHED)


def _validate(job: ReadJob, report: Report, passages: tuple[Passage, ...]) -> None:
    """Validate an answer, since a hostile file may control its reader: passages must be slices of their own report."""
    if report.id != job.report_id:
        raise ValueError("another report")
    for passage in passages:
        if passage.report_id != report.id or not passage.id.startswith(f"{report.id}#"):
            raise ValueError("a passage of another report")
        if not 0 <= passage.start <= passage.end or report.text[passage.start : passage.end] != passage.text:
            raise ValueError("a passage that is no slice of its report")
        if not (0 < passage.page < 2**31 and 0 < passage.line < 2**31):
            raise ValueError("no such place")


# The child's side


def main(memory: int, *, ocr: bool = False) -> None:
    """Child process: serve jobs from standard input until it is closed."""
    import ingest.readers.read
    import ingest.split.splitter  # noqa: F401  # before memory is limited

    pipe = reserve_stdout()
    _send_json(pipe, {"ready": True})
    silence_output()
    _limit_memory(memory)
    for job in _receive_jobs():
        _set_exit_timer(job["seconds"] + _GRACE)
        try:
            send(pipe, _read(Path(job["path"]), job["id"], ocr=ocr))
        except MemoryError:  # for the message itself
            _send_json(pipe, {"failure": ReadFailure.MEMORY, "error": "", "fault": ""})
        _set_exit_timer(0)


def _read(path: Path, report_id: str, *, ocr: bool = False) -> bytes:
    """Read and split a file: the answer that is sent, as JSON."""
    from ingest.readers.read import read_report
    from ingest.split.splitter import split

    try:
        report = read_report(path, report_id, ocr=ocr)
        passages = split(report)
        values = {"report": report_to_dict(report), "passages": [passage_to_dict(passage) for passage in passages]}
        return json.dumps(values).encode()
    except UnreadableReport as error:
        failure = ReadFailure.MEMORY if isinstance(error.__cause__, MemoryError) else ReadFailure.REFUSED
        said, fault = str(error), _describe_fault(error.__cause__)
    except MemoryError as error:
        failure, said, fault = ReadFailure.MEMORY, "", _describe_fault(error)
    except OSError as error:
        failure, fault = ReadFailure.REFUSED, _describe_fault(error)
        reason = error.strerror or str(error)
        said = f"cannot be read ({reason}): check the file, and that there is room to work on disk"
    except Exception as error:  # noqa: BLE001  # whatever a reader stumbles over, the next file may be sound
        failure, fault = ReadFailure.FAULT, _describe_fault(error)
        said = f"cannot be read ({' '.join(f'{type(error).__name__}: {error}'.split())[:200]}): {_SAVE_ANEW}"
    return json.dumps({"failure": failure, "error": said, "fault": fault}).encode()


def _describe_fault(error: BaseException | None) -> str:
    """The exception's type and message, and the last line of this package in its traceback; "" of none."""
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(Path(__file__).parent)]
    place = f" ({Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}{place}"


def _receive_jobs() -> Iterator[dict[str, Any]]:
    """Jobs as they come. A thread listens, so that the parent's end is noticed in the middle of a file too."""
    waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def listen() -> None:
        while (job := _receive_json(sys.stdin.buffer)) is not None:
            waiting.put(job)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield waiting.get()


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # there is no such thing on Windows
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _set_exit_timer(seconds: float) -> None:
    """Have the system end this process even where a library holds it and the parent is gone; 0: never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


# What both speak


def _send_json(pipe: IO[bytes], message: dict[str, Any]) -> None:
    # ASCII: the name of a file that is not UTF-8 goes through, as lone surrogates
    send(pipe, json.dumps(message).encode())


def _receive_json(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None at the end. Raises ValueError for anything else."""
    if (raw := receive(pipe)) is None:
        return None
    try:
        message = json.loads(raw)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(message, dict):
        raise ValueError("no object")
    return message


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # the parent is gone
        main(int(sys.argv[1]), ocr="ocr" in sys.argv[2:])
