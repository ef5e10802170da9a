"""Ingest and remove: what is said of files that go in, stay, wait or fail; Ctrl-C leaves the index as it was."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from app.cli.main import main
from app.cli.progress import report_waiting
from retrieval.assistant import Assistant
from tests.app.cli.test_main import run, said
from tests.fakes.waiting import wait_until

LISTENING = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # a shell's background job ignores it


def test_ingest(capsys: pytest.CaptureFixture[str]) -> None:
    status, (value,), _ = run(capsys, "ingest", "--json")
    assert status == 0
    assert value.pop("seconds") >= 0
    assert value == {
        "reports": 1,
        "passages": 37,
        "recommendations": 26,
        "added": 0,
        "changed": 0,
        "removed": 0,
        "unchanged": 1,
        "copies": [],
        "failed": [],
        "warnings": [],
    }


def test_ingest_lists_what_failed_and_exits_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad\nname.txt"
    bad.write_bytes(b"\xff\xfe\xfd")
    status, (value,), _ = run(capsys, "ingest", str(bad), "--index", str(tmp_path / "new"), "--json")
    assert status == 1
    assert value["reports"] == 0
    assert value["failed"][0]["file"] == str(bad)
    assert main(["ingest", str(bad), "--index", str(tmp_path / "new")]) == 1
    assert "bad\ufffdname.txt" in "".join(capsys.readouterr().out.split())  # however long the path before it


def test_ingest_names_copies_and_what_stays_of_a_file_that_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, index = tmp_path / "reports", str(tmp_path / "new")
    folder.mkdir()
    for name in "abc":
        text = f"Informe\n\nRecomendaciones\n\n• Los gobiernos deben actuar{' ya' if name == 'b' else ''}.\n"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    status, (value,), _ = run(capsys, "ingest", str(folder), "--index", index, "--json")
    assert (status, value["added"], value["unchanged"]) == (0, 2, 1)
    assert value["copies"] == [{"file": str(folder / "c.txt"), "of": str(folder / "a.txt")}]
    (folder / "b.txt").write_bytes(b"")
    status, (value,), _ = run(capsys, "ingest", str(folder), "--index", index, "--json")
    assert (status, value["failed"][0]["kept"]) == (1, "b")
    assert main(["ingest", str(folder), "--index", index]) == 1
    out = said(capsys.readouterr().out)
    assert "The version of b ingested before stays" in out
    assert "c.txt has the same content as" in out
    assert "Reports: 1 unchanged, 1 copied" in out


def test_remove_says_so_when_it_has_to_wait(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report, index = tmp_path / "a.txt", tmp_path / "new"
    report.write_text("Informe\n\nRecomendaciones\n\n• Uno.\n", encoding="utf-8")
    assert main(["ingest", str(report), "--index", str(index), "--json"]) == 0
    lock = FileLock(index / "writer.lock", thread_local=False)
    lock.acquire()
    threading.Timer(3.0, lock.release).start()
    capsys.readouterr()
    assert main(["remove", "a", "--index", str(index)]) == 0
    assert "waiting for it to end. Removed a." in said(capsys.readouterr().err)


def test_ingest_says_nothing_but_the_result_on_a_pipe(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = tmp_path / "a.txt"
    report.write_text("Informe\n\nRecomendaciones\n\n• Los gobiernos deben actuar.\n", encoding="utf-8")
    assert main(["ingest", str(report), "--index", str(tmp_path / "new")]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert said(out).startswith("Reports: 1 added Records: 2 added ✓ 1 report, 2 passages, 1 recommendation")


def test_ingest_shows_how_far_it_is_to_who_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, to rich
    report = tmp_path / "a.txt"
    report.write_text("Informe\n\nRecomendaciones\n\n• Los gobiernos deben actuar.\n", encoding="utf-8")
    assert main(["ingest", str(report), "--index", str(tmp_path / "new")]) == 0
    _, err = capsys.readouterr()
    assert "Reading files" in err
    assert "Embedding passages" in err
    assert "7/7" in err  # the title in the languages people ask in, one recommendation, its heading


def test_a_dry_run_shows_the_words_that_change(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report, index = tmp_path / "a.txt", str(tmp_path / "new")
    head = "Informe\n\nRecomendaciones\n\n"
    report.write_text(f"{head}• Los gobiernos deben actuar ya.\n\n• Dos.\n", encoding="utf-8")
    assert main(["ingest", str(report), "--index", index]) == 0
    many = "".join(f"\n\n• Punto {number}." for number in range(30))
    report.write_text(f"{head}• Los gobiernos deben cooperar ya.\n\n• Dos.{many}\n", encoding="utf-8")
    capsys.readouterr()
    status, (value,), _ = run(capsys, "ingest", str(report), "--index", index, "--dry-run", "--json")
    assert status == 0
    assert value["changed"] == 1
    assert value["records"]["changed"] == [
        {"id": "a#r01", "was": "Los gobiernos deben actuar ya.", "now": "Los gobiernos deben cooperar ya."}
    ]
    assert value["records"]["added"] == [f"a#r{number:02d}" for number in range(3, 33)]
    assert value["records"]["removed"] == []
    assert main(["ingest", str(report), "--index", index, "--dry-run"]) == 0
    out = said(capsys.readouterr().out)
    assert "~ r01 Los gobiernos deben actuar cooperar ya." in out
    assert "and 11 more" in out
    assert "Records: 30 added, 1 changed A dry run: nothing was changed." in out


def test_who_waits_for_another_ingest_is_told_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report, index = tmp_path / "a.txt", tmp_path / "new"
    report.write_text("Informe\n\nRecomendaciones\n\n• Uno.\n", encoding="utf-8")
    index.mkdir()
    lock = FileLock(index / "writer.lock", thread_local=False)
    lock.acquire()

    def waits(folder: Path) -> None:
        report_waiting(folder)
        lock.release()

    monkeypatch.setattr("app.cli.ingest.report_waiting", waits)
    assert main(["ingest", str(report), "--index", str(index), "--json"]) == 0
    out, err = capsys.readouterr()
    assert said(err) == f"Another ingest is writing to {index}: waiting for it to end."
    assert json.loads(out)["added"] == 1


def is_writing(index: Path) -> bool:
    """Whether another process is inside its transaction."""
    with closing(sqlite3.connect(index / "relatoria.sqlite", isolation_level=None, timeout=0)) as database:
        try:
            database.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
        database.execute("rollback")
    return False


def test_ctrl_c_leaves_the_index_as_it_was(assistant: Assistant, tmp_path: Path) -> None:
    own = tmp_path / "index"
    shutil.copytree(assistant.index.folder, own)
    items = "\n\n".join(f"• Recomendación número {n} sobre {'cooperación ' * 60}." for n in range(300))
    big = tmp_path / "big.txt"
    big.write_text(f"Informe\n\nRecomendaciones\n\n{items}\n", encoding="utf-8")
    code = f"from app.cli.main import main; sys.exit(main(['ingest', {str(big)!r}, '--index', {str(own)!r}]))"
    command = [sys.executable, "-c", f"import signal, sys; {LISTENING}; {code}"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: is_writing(own) or process.poll() is not None, "the ingest to write", seconds=60)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said(error) == "relatoria: Interrupted. The index is as it was before."
    assert Assistant(own).index.check() == assistant.index.check()


def test_a_file_beside_one_of_an_unreadable_name_goes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    text = b"Informe\n\nRecomendaciones\n\n\xe2\x80\xa2 Los gobiernos deben actuar.\n"
    (folder / os.fsdecode(b"a\xff.txt")).write_bytes(text)
    (folder / "z.txt").write_bytes(text)
    assert main(["ingest", str(folder), "--index", str(tmp_path / "index"), "--dry-run", "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["added"], len(result["failed"])) == (1, 1)
