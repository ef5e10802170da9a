"""A file that hangs, swells or crashes its reader fails alone, and says why."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import RelatoriaError
from ingest.readers.read import read_report
from ingest.report import Kind, Metadata, Strength
from ingest.serialization import passage_from_dict, passage_to_dict, report_from_dict, report_to_dict
from ingest.split.splitter import split
from ingest.worker import ParsedFile, ReadJob, ReadLimits, read_files
from tests.fakes.hashing_embedder import write_report
from tests.fakes.waiting import wait_until

ROOT = Path(__file__).parent.parent.parent
READING = """
import ctypes, os, sys, time
from pathlib import Path
import ingest.readers.read
from ingest.errors import UnreadableReport

def read(path, report_id, *, ocr=False):
    word = path.read_text(encoding="utf-8").split()[0]
    if word == "loop":
        while True: pass
    if word == "sleep":
        time.sleep(60)
    if word == "swell":
        b"x" * 2**33
    if word == "swallowed":
        try: b"x" * 2**33
        except MemoryError as error: raise UnreadableReport("cannot be read as PDF") from error
    if word == "crash":
        ctypes.string_at(0)
    if word == "exit":
        os._exit(3)
    if word == "raise":
        raise RuntimeError("a library stumbled")
    if word == "print":
        print("{}" * 1000, flush=True); os.write(1, b"17\\n" + b"x" * 17)
    if word == "forge":
        from dataclasses import replace
        return replace(original(path, report_id), id="another")
    return original(path, report_id)

original, ingest.readers.read.read_report = ingest.readers.read.read_report, read
"""


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for report files, and workers that obey a file's first word: real children, a hostile library."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(READING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(hook))
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def file(folder: Path, name: str, first: str = "Informe") -> Path:
    path = folder / name
    path.write_text(f"{first} común\n\nRecomendaciones\n\n• Los gobiernos deben actuar.\n", encoding="utf-8")
    path.with_suffix(".toml").write_text('language = "es"\n', encoding="utf-8")
    return path


def parsed(*paths: Path, limits: ReadLimits | None = None, workers: int | None = None) -> list[ParsedFile]:
    return list(read_files([ReadJob(path, f"r{n}") for n, path in enumerate(paths)], limits, workers))


def children(parent: int = 0) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    wanted = parent or os.getpid()
    return {int(pid) for pid, ppid, command in rows if int(ppid) == wanted and "-m ingest.worker" in command}


def test_a_worker_reads_what_the_reader_reads(tmp_path: Path) -> None:
    path = write_report(tmp_path / "r", "a.txt", "Los gobiernos deben actuar: ¡ya!", "Los países podrían cooperar.")
    (file,) = parsed(path)
    assert file.error == ""
    report = file.report
    assert report is not None
    text = "Informe a.txt\n\nRecomendaciones\n\n• Los gobiernos deben actuar: ¡ya!\n\n• Los países podrían cooperar.\n"
    assert (report.id, report.text) == ("r0", text)
    assert report.metadata == Metadata(title="Informe a.txt", language="es")  # from the text: nothing else states them
    assert report.file_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [(passage.id, passage.kind, passage.text, passage.line) for passage in file.passages] == [
        ("r0#title", Kind.FACT, "Informe a.txt", 1),
        ("r0#r01", Kind.RECOMMENDATION, "Los gobiernos deben actuar: ¡ya!", 5),
        ("r0#r02", Kind.RECOMMENDATION, "Los países podrían cooperar.", 7),
    ]
    assert [(passage.strength, passage.addressees) for passage in file.passages] == [
        (None, ()),
        (Strength.OBLIGATION, ("gobiernos",)),
        (Strength.POSSIBILITY, ("países",)),
    ]
    assert all(text[passage.start : passage.end] == passage.text for passage in file.passages)


def test_a_digest_is_the_same_wherever_and_differs_with_what_was_read(tmp_path: Path) -> None:
    words = ("Los gobiernos deben actuar.", "Los países podrían cooperar.")
    same, other = write_report(tmp_path / "r", "a.txt", *words), write_report(tmp_path / "s", "a.txt", *words)
    changed = write_report(tmp_path / "t", "a.txt", words[0], "Los países podrán cooperar.")
    digests = [next(iter(parsed(path))).digest for path in (same, other, changed)]
    assert digests[0] == digests[1] != digests[2]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)


def test_values_go_there_and_back(tmp_path: Path) -> None:
    report = read_report(write_report(tmp_path / "r", "a.txt", "Los gobiernos deben actuar.", "Dos."), "a")
    assert report_from_dict(report_to_dict(report)) == report
    assert [passage_from_dict(passage_to_dict(passage)) for passage in split(report)] == split(report)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("loop", "took longer than 6 s to read"),
        ("sleep", "took longer than 6 s to read"),
        ("swell", "needed more than 0.5 GB of memory to read"),
        ("swallowed", "needed more than 0.5 GB of memory to read"),
        ("crash", "crashed the reader (SIGSEGV)"),
        ("exit", "crashed the reader (exit status 3)"),
        ("raise", "cannot be read (RuntimeError: a library stumbled)"),
        ("forge", "crashed the reader (its answer makes no sense)"),
    ],
)
def test_a_hostile_file_fails_alone(staged: Path, word: str, reason: str) -> None:
    paths = [file(staged, "a.txt"), file(staged, "b.txt", word), *(file(staged, f"c{n}.txt") for n in range(3))]
    results = parsed(*paths, limits=ReadLimits(seconds=6, seconds_per_mb=0, memory=2**29))
    assert results[1].error.startswith(reason)
    assert ": " in results[1].error  # and a remedy
    assert [result.job.path for result in results] == paths
    assert [result.report is not None for result in results] == [True, False, True, True, True]
    assert children() == set()


def test_a_library_that_prints_spoils_nothing(staged: Path) -> None:
    results = parsed(file(staged, "a.txt", "print"), file(staged, "b.txt"))
    assert [result.error for result in results] == ["", ""]


def test_names_with_line_ends_and_names_that_are_no_text(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    odd = write_report(folder, "a\nb.txt", "Los gobiernos deben actuar.")
    raw = folder / os.fsdecode(b"caf\xe9.txt")
    raw.write_bytes(odd.read_bytes())
    first, second = parsed(odd, raw)
    assert first.report is not None
    assert second.error.startswith("has a name that is not UTF-8")


def test_workers_start_when_there_is_work_and_read_only_so_far_ahead(tmp_path: Path) -> None:
    paths = [file(tmp_path, f"{n}.txt") for n in range(40)]
    asked: list[int] = []

    def jobs() -> Iterator[ReadJob]:
        for number, path in enumerate(paths):
            asked.append(number)
            yield ReadJob(path, f"r{number}")

    results = read_files(jobs(), workers=2)
    next(results)
    assert len(children()) == 2
    time.sleep(0.3)
    assert len(asked) <= 6
    results.close()
    assert children() == set()
    only = read_files([ReadJob(paths[0], "r")], workers=2)
    next(only)
    assert len(children()) == 1
    list(only)


def test_workers_end_with_their_parent_even_in_the_middle_of_a_file(staged: Path) -> None:
    path = file(staged, "a.txt", "sleep")
    code = (
        f"from pathlib import Path; from ingest.worker import ReadJob, read_files; "
        f"next(read_files([ReadJob(Path({str(path)!r}), 'a')]))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    found = wait_until(lambda: children(parent.pid), "a reader to start")
    time.sleep(0.5)  # it is asleep in the reader now
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not any(map(_is_alive, found)), "the readers to end", seconds=5)


def test_a_reader_that_does_not_start_is_not_the_files_fault(staged: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (staged.parent / "hook" / "sitecustomize.py").write_text("import os; os._exit(1)", encoding="utf-8")
    with pytest.raises(RelatoriaError, match="does not start"):
        parsed(file(staged, "a.txt"))


def _is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False
