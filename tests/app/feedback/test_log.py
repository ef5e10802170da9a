"""Opinions: kept whole or not at all, listed without being obeyed, drafts that no figure takes by accident."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from app.cli.main import main
from app.feedback.log import FeedbackEntry, append, build_entry, draft_cases, read, write_drafts
from evals.run.cases import BadCase, find_drafts, load_cases
from ingest.errors import RelatoriaError, StorageFailed
from retrieval.assistant import Assistant
from retrieval.results import Answer
from tests.app.web.test_page import HOSTILE
from tests.fakes.full_disk import run_with_disk_limit

BAD = FeedbackEntry(
    "2026-01-02T03:04:05+00:00",
    False,
    ("wrong_passage",),
    "Not this one",
    "¿Y para las mujeres?",
    "¿Qué se recomendó, para las mujeres?",
    "answered",
    ("r#1.1-r05", "r#1.1-r06"),
    "es",
    "f" * 64,
    "0.1.0",
)
GOOD = replace(BAD, good=True, reasons=(), note="")


def test_what_is_kept_leads_back_to_the_answer_and_to_nobody(answer: Answer, tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    append(file, build_entry(answer, good=False, reasons=["other", "missing", "unknown"], note="  línea\ndos \u202e "))
    (entry,) = read(file).entries
    assert entry.cited == ("gfmd-2010-mesa-redonda-1#1.1-r09",)
    assert (entry.status, entry.language, entry.reasons) == ("answered", "es", ("missing", "other"))
    assert entry.note == "línea\ndos \u202e"
    assert answer.provenance
    assert entry.index == answer.provenance.index
    assert set(asdict(entry)) == {
        *("time", "good", "reasons", "note", "question", "searched", "status", "cited", "language", "index", "version")
    }
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.survey
def test_many_writers_never_mix_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    code = (
        "import sys, threading; from pathlib import Path; from dataclasses import replace\n"
        "from app.feedback.log import append; from tests.app.feedback.test_log import BAD\n"
        "def some(n):\n"
        "    for i in range(10): append(Path(sys.argv[1]), replace(BAD, note=f'{n} ' * 900))\n"
        "them = [threading.Thread(target=some, args=(n,)) for n in range(4)]\n"
        "[thread.start() for thread in them]; [thread.join() for thread in them]\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(file)]) for _ in range(2)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    kept = read(file)
    assert len(kept.entries) == 80
    assert kept.skipped == ()


@pytest.mark.parametrize(("room", "said"), [(20, "the disk is full"), (0, "File too large")])
def test_a_full_disk_leaves_no_half_line(tmp_path: Path, room: int, said: str) -> None:
    file = tmp_path / "feedback.jsonl"
    append(file, GOOD)
    before = file.read_bytes()
    with pytest.raises(StorageFailed, match=said):
        run_with_disk_limit(len(before) + room, append, file, BAD)
    assert file.read_bytes() == before


def test_no_space_left_is_said(tmp_path: Path) -> None:
    (tmp_path / "feedback.jsonl").symlink_to("/dev/full")
    with pytest.raises(StorageFailed, match="No space left"):
        append(tmp_path / "feedback.jsonl", BAD)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="could not be kept"):
        append(tmp_path / "file" / "feedback.jsonl", BAD)


def test_torn_and_foreign_lines_are_named_and_left_out(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    append(file, GOOD)
    line = json.dumps(asdict(BAD))
    foreign = [
        "[]",
        '{"good": true}',
        "no json",
        line.replace('"wrong_passage"', '"spam"'),
        "[" * 100_000,
        "\0" * 300_000,
    ]
    with file.open("a", encoding="utf-8") as more:
        more.write("\n".join(foreign) + "\n\n" + line[:50])
    kept = read(file)
    assert kept.entries == (GOOD,)
    assert len(kept.skipped) == len(foreign) + 1
    assert "Line 3" in kept.skipped[1]
    assert "has no time" in kept.skipped[1]
    assert "is torn" in kept.skipped[-1]
    append(file, BAD)  # behind the torn line, on a line of its own
    assert read(file).entries == (GOOD, BAD)


# Listed, and drafted


def test_a_draft_shows_what_a_note_hides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, cases = tmp_path / "feedback.jsonl", tmp_path / "cases.jsonl"
    append(file, replace(BAD, note="a\u202eb\x1b[31m"))
    assert main(["feedback", str(file), "--cases", str(cases)]) == 0
    assert "1 draft written to" in capsys.readouterr().err
    assert json.loads(cases.read_text(encoding="utf-8"))["draft"] == "wrong passage: a\ufffdb\ufffd[31m"


def test_the_command_lists_without_obeying(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "feedback.jsonl"
    append(file, GOOD)
    append(file, replace(BAD, note="\x1b[31mred\x1b[0m \u202ereversed [bold]markup[/]", searched=HOSTILE[0]))
    with file.open("a") as more:
        more.write("torn")
    assert main(["feedback", str(file)]) == 0
    out, err = capsys.readouterr()
    assert "helpful" in out
    assert "wrong passage" in out
    assert "[bold]markup[/]" in out
    assert "\x1b[31m" not in out
    assert "\u202e" not in out
    assert "Line 3" in err
    assert main(["feedback", str(file), "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [entry["good"] for entry in listed] == [True, False]
    assert main(["feedback", str(tmp_path / "none.jsonl")]) == 1
    assert "There is no feedback" in capsys.readouterr().err


def test_drafts_are_one_a_question_with_what_is_held_against_the_answer() -> None:
    some = [
        GOOD,
        BAD,
        replace(BAD, searched=BAD.searched.upper(), reasons=("missing",), note=""),
        replace(BAD, searched="Bread?", reasons=("should_refuse",), note=""),
        replace(BAD, searched="Which?", reasons=("missing",), language="xx"),
        replace(BAD, searched="Traduce", reasons=("translation",)),
    ]
    first, bread, which, translated = draft_cases(some)
    assert first["draft"] == "wrong passage: Not this one; one is missing"
    assert (first["any"], first["not"]) == ([], list(BAD.cited))
    assert bread["status"] == "nothing_found"
    assert (which["all"], which["language"]) == (list(BAD.cited), "und")
    assert translated["any"] == list(BAD.cited)
    assert len({draft["name"] for draft in (first, bread, which, translated)}) == 4


def test_a_draft_counts_once_it_is_judged_and_not_before(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, cases = tmp_path / "feedback.jsonl", tmp_path / "gfmd-2010-mesa-redonda-1.jsonl"
    for searched in ("How do I bake bread?", "¿Quién fue el relator?"):
        append(file, replace(BAD, searched=searched, reasons=("should_refuse",)))
    assert main(["feedback", str(file), "--cases", str(cases)]) == 0
    assert "2 drafts" in capsys.readouterr().err
    with pytest.raises(RelatoriaError, match="is there already"):
        write_drafts(cases, [BAD])
    assert find_drafts(cases) == [1, 2]
    with pytest.raises(BadCase, match="drafts alone"):
        load_cases(cases, {"gfmd-2010-mesa-redonda-1#rapporteur"})
    first, second = map(json.loads, cases.read_text(encoding="utf-8").splitlines())
    del first["draft"]
    first["status"] = "out_of_scope"
    cases.write_text("\n".join(json.dumps(case) for case in (first, second)), encoding="utf-8")
    ids = {"gfmd-2010-mesa-redonda-1#rapporteur"}
    assert [case.question for case in load_cases(cases, ids)] == ["How do I bake bread?"]
    command = ["eval", "--index", str(assistant.index.folder), "--cases", str(cases), "--no-gate", "--once"]
    assert main(command) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 draft not judged yet, in no figure (line 2)" in said
    assert 'take "draft" out' in said
