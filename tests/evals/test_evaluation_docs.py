"""What docs/evaluation.md shows is what happens: its own-folder example is copied and run, its tables are complete."""

import json
import re
import shlex
from pathlib import Path

import pytest

from app.cli.main import main
from app.cli.options import build_parser
from evals.run.cases import _KEYS, Archetype, parse_cases
from evals.scorecard.metrics import MEASURES

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parent.parent.parent
DOCS = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
PRODUCT = ROOT / "evals" / "data" / "cases" / "gfmd-2010-mesa-redonda-1.jsonl"


def block(before: str, kind: str = "") -> str:
    """The first block of a kind behind some words."""
    found = re.search(rf"{re.escape(before)}.*?```{kind}\n(.*?)```", DOCS, re.DOTALL)
    assert found, before
    return found[1]


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example's folder, made by copying it, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELATORIA_INDEX", raising=False)
    folder = tmp_path / "libraries"
    folder.mkdir()
    (folder / "libraries.md").write_text(block("`libraries.md`:", "markdown"), encoding="utf-8")
    (folder / "libraries.jsonl").write_text(block("`libraries.jsonl`, one case", "json"), encoding="utf-8")
    return folder


def test_the_example_of_a_folder_runs(libraries: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = block("The ids that a case names") + block("\nThen\n")
    typed = [shlex.split(line, comments=True) for line in commands.splitlines() if line]
    assert [words[:2] for words in typed] == [["relatoria", text] for text in ("ingest", "passages", *["eval"] * 3)]
    assert main(typed[0][1:]) == main(typed[1][1:]) == 0
    listed = capsys.readouterr().out
    assert all(text in listed for text in ("r01", "r02", "r03"))
    assert [main(words[1:]) for words in typed[2:]] == [0, 0, 0]
    assert "Nothing is worse than the baseline." in capsys.readouterr().out
    card = json.loads(Path("first.json").read_text(encoding="utf-8"))
    assert [load["right"] for load in card["cases"]] == [True, True, True]
    assert (libraries / "baseline.json").exists()

    report = libraries / "libraries.md"  # and it does fail, naming what got worse
    report.write_text(report.read_text(encoding="utf-8").replace("on Sundays", "on Mondays"), encoding="utf-8")
    assert main(["eval", "libraries"]) == 1
    assert "worse record r01 reads otherwise than before" in capsys.readouterr().out


def test_every_measure_stands_in_the_table_with_its_definition() -> None:
    rows = dict(re.findall(r"^\| ([^|`]+?) \| ([^|]+?) \| [^|]+ \| [^|]* \|$", DOCS, re.MULTILINE))
    for measure in MEASURES:
        assert rows[measure.name].removesuffix(" (lower is better)") == measure.definition
        assert rows[measure.name].endswith("(lower is better)") is measure.lower_is_better
    assert len(rows) == len(MEASURES) + 1  # and the heading


def test_every_target_is_the_one_that_is_measured() -> None:
    for measure in MEASURES:
        (row,) = re.findall(rf"^\| {re.escape(measure.name)} \|.*\| ([^|]*) \|$", DOCS, re.MULTILINE)
        assert row == (
            "" if measure.target is None else f"{'≤' if measure.lower_is_better else '≥'} {measure.target:.2f}"
        ).replace(" 0.", " .")


def test_the_examples_are_the_products_own_cases_one_of_each_kind() -> None:
    lines = block("The kinds, each with", "json").splitlines()
    assert [json.loads(line)["archetype"] for line in lines] == [str(archetype) for archetype in Archetype]
    assert set(lines) <= set(PRODUCT.read_text(encoding="utf-8").splitlines())
    assert all(json.loads(line)["half"] == "fit" for line in lines)  # the held-back ones are not for showing


def test_every_key_is_explained() -> None:
    table = DOCS.partition("| key | what it says |")[2].partition("\n\n")[0]
    explained = {
        word for first in re.findall(r"^\| (.+?) \|", table, re.MULTILINE) for word in re.findall(r"`(.+?)`", first)
    }
    assert explained == set(_KEYS)


def test_every_option_is_one() -> None:
    parser = build_parser()
    for line in re.findall(r"^relatoria eval.*$", DOCS, re.MULTILINE):
        parser.parse_args(shlex.split(line, comments=True)[1:])
    values = {"--suite": "piaf", "--half": "fit", "--judge-runs": "2"}
    for option in set(re.findall(r"`(--[a-z-]+)", DOCS)) - {"--explain", "--relatoria"}:
        for count in (0, 1, 2):
            try:
                parser.parse_args(["eval", option, *[values.get(option, "x")] * count])
                break
            except SystemExit:
                assert count < 2, option


def test_the_pytest_example_is_right(libraries: Path, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(block("## In your own tests", "python"))
    pytester.makepyfile(block("and in a test:", "python"))
    pytester.runpytest_inprocess(f"--relatoria={libraries}").assert_outcomes(passed=1)


def test_a_line_of_the_example_reads_back() -> None:
    ids = {f"libraries#r0{n}" for n in (1, 2, 3)}
    lines = block("`libraries.jsonl`, one case", "json").splitlines()
    assert sum(len(parse_cases(line, "here", "libraries", ids)) for line in lines) == 3
