"""The gate over many reports: it holds the figures of a committed baseline, and lets one question pass."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evals.questions import __main__ as command
from evals.questions.cases import Question
from evals.questions.judge import Judged
from evals.questions.language import frame_all
from retrieval.results import Status

Run = Callable[..., tuple[int, str]]


def answered(number: int) -> Judged:
    kinds = ("direct", "list", "near-miss", "greeting")
    kind = kinds[number % 4]
    expect = "answered" if kind in ("direct", "list") else "silent"
    need = "exact" if kind == "list" else "any"
    asked = Question(str(number), kind, "en", "?", expect, (), need, 1, held=number % 8 > 3)
    status = Status.ANSWERED if expect == "answered" else Status.NOTHING_FOUND
    return Judged(asked, status, first=True, shown=1.0, precision=1.0, total=1, cited=())


RIGHT = [answered(number) for number in range(160)]


def spoil(kind: str, count: int, *, held: bool = True) -> list[Judged]:
    some = [at for at, it in enumerate(RIGHT) if it.question.kind == kind and it.question.held is held][:count]
    other = Status.NOTHING_FOUND if kind in ("direct", "list") else Status.ANSWERED
    return [replace(it, status=other) if at in some else it for at, it in enumerate(RIGHT)]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(command, "QUESTIONS_FOLDER", tmp_path)
    monkeypatch.setattr(command, "SECOND_FOLDER", tmp_path / "second")
    for folder in (tmp_path, tmp_path / "second"):
        folder.mkdir(exist_ok=True)
        (folder / "reports.txt").touch()
    monkeypatch.setattr(command, "require_public", Path)

    def ask(judged: list[Judged], *options: str) -> tuple[int, str]:
        monkeypatch.setattr(command, "ask_all", lambda folder, files, asked: judged)
        status = command.main(["--index", str(tmp_path), *options])
        return status, "".join(capsys.readouterr())

    return ask


def test_without_a_baseline_it_says_how_to_make_one(run: Run) -> None:
    status, said = run(RIGHT)
    assert (status, "--accept" in said) == (1, True)


@pytest.mark.parametrize("kind", ["direct", "list", "near-miss", "greeting"])
def test_a_kind_that_is_worse_fails_and_one_question_does_not(run: Run, kind: str) -> None:
    assert run(RIGHT, "--accept")[0] == 0
    status, said = run(RIGHT)
    assert (status, "Nothing is worse than the baseline." in said) == (0, True)
    assert run(spoil(kind, 1))[0] == 0
    status, said = run(spoil(kind, 4))
    assert status == 1
    assert "worse right, " in said
    assert "held" in said


def test_the_second_set_has_a_baseline_of_its_own(run: Run) -> None:
    run(RIGHT, "--accept")
    run(spoil("list", 6), "--second", "--accept")
    assert run(spoil("list", 6), "--second")[0] == 0
    assert run(spoil("list", 6))[0] == 1


def test_the_worst_kind_of_the_open_half_is_said_first(run: Run) -> None:
    assert run(spoil("list", 4, held=False), "--accept")[1].startswith("Worst kind of the open half: list, 0.80 right")


def test_what_is_better_is_let_pass_and_can_be_accepted(run: Run) -> None:
    run(spoil("list", 6), "--accept")
    assert run(RIGHT)[0] == 0
    assert run(RIGHT, "--accept")[0] == 0
    assert run(spoil("list", 6))[0] == 1


def test_the_language_of_frames_is_held_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(RIGHT, "--accept")
    framed = list(frame_all())
    wrong = [it._replace(frames=dict.fromkeys(it.frames, "de")) for it in framed]
    monkeypatch.setattr(command, "frame_all", lambda: wrong)
    status, said = run(RIGHT)
    assert (status, "worse right, language spoken, open" in said) == (1, True)
