"""`relatoria eval FOLDER` as somebody types it for the first time: what is wrong is said, before minutes are spent."""

import json
from pathlib import Path

import pytest

from app.cli.main import main
from evals.run.cases import BadCase, load_cases, read_lines
from tests.fakes.hashing_embedder import write_report

CASE = '{"name": "a", "language": "es", "question": "¿Qué deben hacer los gobiernos?", "any": ["r01"]}'
IDS = {"informe-2#r01", "informe-2#r02"}


def eval_of(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    status = main(["eval", "--once", str(folder), *options])
    said = capsys.readouterr()
    return status, " ".join((said.out + said.err).split())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no cases. Write one JSON object a line"),
        (b"\r\n \r\n", "has no cases"),
        (CASE.encode("utf-16"), "is not text in UTF-8 (byte 0"),
        (bytes(range(256)), "is not text in UTF-8 (byte 128"),
        (b"\0\0", "line 1 is not JSON"),
        (b'{\n"name": "a"\n}', "line 1 is not JSON"),
        (b"[" * 100_000, "line 1 is not JSON"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str) -> None:
    (tmp_path / "informe.jsonl").write_bytes(content)
    status, shown = eval_of(tmp_path, capsys)
    assert status == 1
    assert said in shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (CASE.replace("r01", "r1"), r"no passage 'informe-2#r1'\. The nearest are r01"),
        (CASE.replace("r01", "otro#r01"), r"There is no report 'otro', but informe-2\. Name the file of cases after"),
        (CASE.replace("any", "expected"), r"found unknown 'expected'\. Here stands an object with keys of all"),
        (f"[{CASE}]", r"found \[\{'name'"),
    ],
)
def test_a_line_that_cannot_be_used(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "informe-2.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(BadCase, match=rf"informe-2\.jsonl, line 1: .*{said}"):
        load_cases(file, IDS)


def test_lines_end_as_they_do_on_windows_and_the_file_is_named_as_its_report_is(tmp_path: Path) -> None:
    file = tmp_path / "Informe (2).jsonl"  # the report "Informe (2).pdf" has the id informe-2
    odd = CASE.replace("gobiernos", "gobiernos\u2028y países").replace('"a"', '"b"')  # a line separator ends no line
    file.write_bytes(b"\xef\xbb\xbf" + f"{CASE}\r\n\r\n{odd}\r\n".encode())
    assert [number for number, _ in read_lines(file)] == [1, 3]
    assert [case.gold for case in load_cases(file, IDS)] == [("informe-2#r01",)] * 2


def test_what_cannot_be_done_is_said_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "informe.jsonl").write_text(CASE, encoding="utf-8")  # there is no report: nothing could be asked
    for options, said in (
        (("--export", "csv", str(tmp_path / "x")), "Give one of: langsmith, ragas."),
        (("--journal", str(tmp_path / "no" / "x")), "name a file in a folder that exists"),
        (("--baseline", str(tmp_path / "informe.jsonl")), "cannot be read"),
        (("--cases", str(tmp_path / "other.jsonl")), "No such file or directory"),
        (("--accept",), "Type --accept without --half, --once and --no-gate."),
        ((), "There is no report in"),
    ):
        status, shown = eval_of(tmp_path, capsys, *options)
        assert status == 1
        assert said in shown


def test_two_reports_and_cases_in_a_folder_of_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(tmp_path, "a.txt", "Los gobiernos deben plantar árboles.", "Los países podrían cooperar.")
    write_report(tmp_path, "b.txt", "Les communes doivent ouvrir les bibliothèques le dimanche.")
    (tmp_path / "cases").mkdir()
    trees = {"name": "trees", "language": "en", "question": "What should governments plant?", "any": ["r01"]}
    every = {"name": "all", "language": "es", "question": "¿Qué recomendaciones hay?", "exact": ["r01", "r02", "b#r01"]}
    wrong = {"name": "wrong", "language": "en", "question": "What should be opened on Sundays?", "any": ["r02"]}
    lines = "\n".join(json.dumps(case | {"half": "fit"}) for case in (trees, every, wrong))
    (tmp_path / "cases" / "a.jsonl").write_text(lines, encoding="utf-8")
    status, shown = eval_of(tmp_path, capsys, "--json", str(tmp_path / "card.json"))
    assert status == 0
    assert "1 case is not right" in shown
    assert "the same again" not in shown  # it was not asked again
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    (missed,) = (load for load in card["cases"] if not load["right"])
    assert (missed["expected"], missed["got"]) == ("a#r02", "answered, b#r01")  # whole ids: both reports have an r01
    assert "the same again" not in missed["scores"]

    status, shown = eval_of(tmp_path, capsys, "--half", "report")
    assert status == 1
    assert 'None of the cases is of the half "report"' in shown


def test_a_recommendation_that_is_gone_is_named_before_the_case_that_wants_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = "Los gobiernos deben plantar árboles.", "Los países podrían abrir las bibliotecas los domingos."
    write_report(tmp_path, "a.txt", first, second)
    case = {"name": "sundays", "language": "en", "question": "What could be opened on Sundays?", "any": ["r02"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(case), encoding="utf-8")
    assert main(["eval", str(tmp_path), "--accept"]) == 0
    assert main(["eval", str(tmp_path)]) == 0
    assert "Nothing is worse than the baseline." in capsys.readouterr().out
    write_report(tmp_path, "a.txt", first)
    assert main(["eval", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "worse record r02 is gone" in shown.out
    assert "a.jsonl, line 1: there is no passage 'a#r02'" in " ".join(shown.err.split())
