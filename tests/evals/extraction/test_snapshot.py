"""A snapshot of records: the same again, and what a change of a report, a refusal or a removal is called."""

import json
from pathlib import Path

import pytest

from evals.extraction.snapshot import main


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    (folder / "b").mkdir(parents=True)
    for name in ("a.txt", "b/b.txt"):
        text = "Informe\n\nRecomendaciones\n\n• Los gobiernos deben actuar.\n\n• Los países podrían cooperar.\n"
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "c.txt").write_bytes(b"")
    return folder


def test_a_snapshot_names_each_record_and_each_refusal(reports: Path, tmp_path: Path) -> None:
    file = tmp_path / "before.jsonl"
    assert main([str(reports), "--write", str(file)]) == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    asked = [line for line in lines if line.get("kind") == "recommendation"]
    assert {line["file"] for line in asked} == {"a.txt", "b/b.txt"}
    text = (reports / "a.txt").read_text(encoding="utf-8")
    assert next(text[line["start"] : line["end"]] for line in asked).endswith("Los gobiernos deben actuar.")
    assert [line["refused"].partition(":")[0] for line in lines if "refused" in line] == ["is empty"]
    assert main([str(reports), "--compare", str(file)]) == 0


def test_what_differs_is_named(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "before.jsonl"
    main([str(reports), "--write", str(file)])
    (reports / "a.txt").write_text(
        (reports / "a.txt").read_text(encoding="utf-8").replace("deben", "pueden"), encoding="utf-8"
    )
    (reports / "b" / "b.txt").unlink()
    (reports / "c.txt").write_text("Informe\n\nRecomendaciones\n\n• Los gobiernos deben actuar.\n", encoding="utf-8")
    assert main([str(reports), "--compare", str(file)]) == 1
    said = capsys.readouterr().out
    assert "a.txt a#r01: digest" in said
    assert "b/b.txt b#r01: gone" in said
    assert "c.txt: gone refusal: is empty" in said
    assert "c.txt c#r01: new" in said


def test_what_is_no_snapshot_is_said(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.jsonl").write_text("[]\n", encoding="utf-8")
    assert main([str(reports), "--compare", str(tmp_path / "other.jsonl")]) == 2
    assert "is no snapshot" in capsys.readouterr().err
