"""The command keeps its contract: JSON on standard output alone, one clear sentence for bad input, exit status."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main

BIN = Path(sys.executable).parent / "relatoria"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def feed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


def said(error: str) -> str:
    return " ".join(error.split())


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
    assert [value["number"] for value in parts] == ["1", "2", "3", "4", "5"]


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
        (["ask", "a" * 100_000], "The question has 100,000 characters; up to 2,000 are taken"),
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
    assert "[1] Recomendación 1, línea 44 Mesa Redonda 1.1- Alianzas" in text
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
