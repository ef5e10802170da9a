"""The command keeps its contract: JSON on standard output alone, one clear sentence for bad input, exit status."""

import io
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
from typing import Any

import pytest
from filelock import FileLock

from app.cli.main import main
from retrieval.assistant import Assistant
from tests.fakes.waiting import wait_until

LISTENING = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # a shell's background job ignores it
BIN = Path(sys.executable).parent / "relatoria"


@pytest.fixture(autouse=True)
def index(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATORIA_INDEX", str(assistant.index.folder))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def feed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


def said(error: str) -> str:
    return " ".join(error.split())


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
    }


def test_ingest_lists_what_failed_and_exits_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad\nname.txt"
    bad.write_bytes(b"\xff\xfe\xfd")
    status, (value,), _ = run(capsys, "ingest", str(bad), "--index", str(tmp_path / "new"), "--json")
    assert status == 1
    assert value["reports"] == 0
    assert value["failed"][0]["file"] == str(bad)
    assert main(["ingest", str(bad), "--index", str(tmp_path / "new")]) == 1
    assert "bad\ufffdname.txt" in said(capsys.readouterr().out)


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
    threading.Timer(0.5, lock.release).start()
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


def test_who_waits_for_another_ingest_is_told_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report, index = tmp_path / "a.txt", tmp_path / "new"
    report.write_text("Informe\n\nRecomendaciones\n\n• Uno.\n", encoding="utf-8")
    index.mkdir()
    lock = FileLock(index / "writer.lock", thread_local=False)
    lock.acquire()
    threading.Timer(0.5, lock.release).start()
    assert main(["ingest", str(report), "--index", str(index), "--json"]) == 0
    out, err = capsys.readouterr()
    assert said(err) == f"Another ingest is writing to {index}: waiting for it to end."
    assert json.loads(out)["added"] == 1


def test_passages(capsys: pytest.CaptureFixture[str], report_file: Path) -> None:
    status, values, _ = run(capsys, "passages", "--json")
    assert (status, len(values)) == (0, 37)
    text = report_file.read_text(encoding="utf-8")
    keys = (
        "id report_id kind number headings lead_in text start end page line language "
        "by addressees labels strength strength_words reason"
    )
    for value in values:
        assert list(value) == keys.split()
        assert text[value["start"] : value["end"]] == value["text"]
    _, parts, _ = run(capsys, "passages", "--kind", "part", "--report", "gfmd-2010-mesa-redonda-1", "--json")
    assert [value["number"] for value in parts] == ["5.1", "5.2", "5.3", "5.4", "5.5"]


def test_search(capsys: pytest.CaptureFixture[str]) -> None:
    status, (value,), _ = run(capsys, "search", "-k", "3", "--json", "fuga de cerebros")
    assert (status, value["question"], value["language"], len(value["hits"])) == (0, "fuga de cerebros", "es", 3)
    assert {"passage_id", "report_id", "score", "text", "start", "end"} <= value["hits"][0].keys()
    assert value["hits"][0]["passage_id"].endswith("#1.1-r06")


def test_many_questions_with_one_bad(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, "\ufeffmujeres\n\n".encode() + b"x" * 3000 + b"\n\xff\xfe\nHow do I bake bread?\n")
    status, values, _ = run(capsys, "ask", "-", "--json")
    assert status == 1
    assert [value["status"] for value in values] == ["answered", "failed", "failed", "out_of_scope"]
    assert "3,000 characters" in values[1]["text"]
    assert values[2]["text"] == "Line 4 of standard input is not text in UTF-8."


@pytest.mark.parametrize("raw", [b"\x7fELF\x00binary", b"a\0b"])
def test_binary_on_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    feed(monkeypatch, raw)
    status, _, error = run(capsys, "ask", "-", "--json")
    assert status == 1
    assert "of standard input is" in said(error)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["ask", "mujeres", "--index", "/nowhere/at/all"],
            "There is no index in /nowhere/at/all yet. Type: relatoria ingest",
        ),
        (["serve", "--index", "/nowhere/at/all"], "There is no index in /nowhere/at/all yet"),
        (["passages", "--index", "/nowhere/at/all"], "There is no index in /nowhere/at/all yet"),
        (["ask", ""], "The question is empty"),
        (["ask", " \n "], "The question is empty"),
        (["ask", "a" * 100_000], "The question has 100,000 characters; up to 2,000 can be searched"),
        (["search", "a" * 100_000], "The question has 100,000 characters"),
        (["ingest", "/no/such/report.txt"], "There is no file or folder '/no/such/report.txt'"),
        (["ingest", "--index", "/proc/x"], "cannot be written to"),
        (["passages", "--report", "nope"], "There are: gfmd-2010-mesa-redonda-1"),
        (["remove", "nope"], "There are: gfmd-2010-mesa-redonda-1"),
        (["ask", "mujeres", "--embedding-model", "nobody/nothing"], "relatoria ingest --rebuild"),
        (["serve", "--port", "99999"], "99999"),
        (["ask", "hola \udcff mundo"], "is not text in UTF-8"),
        (["remove", "\udcff"], "is not text in UTF-8"),
        (["passages", "--index", "~nobody-here/x"], "There is no folder '~nobody-here/x'"),
        (["ask", "mujeres", "--index", __file__], "is a file, not an index"),
    ],
)
def test_bad_input_gets_a_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    assert main(arguments) == 1
    out, error = capsys.readouterr()
    assert out == ""
    assert sentence in said(error)
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["search", "-k", "0", "x"], ["passages", "--kind", "x"], ["ask"]]
)
def test_usage_is_exit_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: relatoria" in capsys.readouterr().err


def test_answers_read_well_in_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    assert main(["ask", "responsabilidad compartida y coherencia"]) == 0
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("Una de las 26 recomendaciones de «Mesa redonda 1")
    text = said("\n".join(lines))
    assert "[1] Recomendación 5.1, línea 44 Mesa Redonda 1.1- Alianzas" in text
    assert "página" not in text  # the report's text has no pages
    assert "(Algunos características para construir alianzas exitosas" in text
    assert max(map(len, lines)) <= 90


def test_no_control_character_reaches_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = tmp_path / "hostile.txt"
    report.write_text(
        "Informe\n\nRecomendaciones\n\n• Los \u2066gobiernos deben\u202e cooperar [bold]ya[/bold].\n",
        encoding="utf-8",
    )
    index = str(tmp_path / "index")
    assert main(["ingest", str(report), "--index", index]) == 0
    assert main(["ask", "gobiernos cooperar", "--index", index]) == 0
    assert main(["passages", "--index", index]) == 0
    out = capsys.readouterr().out
    assert out.count("cooperar [bold]ya[/bold].") == 2
    assert not {"\x1b", "\u2066", "\u202e"} & set(out)


def test_help_is_fast_because_nothing_heavy_is_imported() -> None:
    script = (
        "import sys; from app.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'chromadb', 'gradio', 'rich', 'sentence_transformers', 'langchain_core'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)


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


def test_a_closed_pipe_is_no_error() -> None:
    process = subprocess.run(
        f"{BIN} passages --json | head -n 1", shell=True, capture_output=True, text=True, check=True
    )
    assert process.stderr == ""
    assert json.loads(process.stdout)["id"].endswith("#title")


def test_a_terminal_without_the_letters_is_no_error() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command: list[str | Path] = [BIN, "passages", "--kind", "conclusion"]
    plain = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "En conclusi\\xf3n" in plain.stdout
    as_json = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(as_json.stdout)["text"].startswith("En conclusión")


def test_a_full_output_is_said() -> None:
    done = subprocess.run(f"{BIN} passages > /dev/full", shell=True, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "Cannot read or write: No space left on device." in said(done.stderr)
    assert "Traceback" not in done.stderr


def test_an_empty_path_is_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ingest", "--dry-run", ""])
    assert ended.value.code == 2
    assert "a path is empty" in capsys.readouterr().err


def test_json_holds_no_control_character(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a\x9b\u202eb.txt").write_bytes(b"")
    assert main(["ingest", str(folder), "--index", str(tmp_path / "index"), "--json"]) == 1
    out = capsys.readouterr().out
    assert not {"\x9b", "\u202e"} & set(out)
    assert json.loads(out)["failed"][0]["file"].endswith("a\x9b\u202eb.txt")


def test_a_file_beside_one_of_an_unreadable_name_goes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    text = b"Informe\n\nRecomendaciones\n\n\xe2\x80\xa2 Los gobiernos deben actuar.\n"
    (folder / os.fsdecode(b"a\xff.txt")).write_bytes(text)
    (folder / "z.txt").write_bytes(text)
    assert main(["ingest", str(folder), "--index", str(tmp_path / "index"), "--dry-run", "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["added"], len(result["failed"])) == (1, 1)
