"""Opinions: kept whole or not at all, listed without being obeyed, drafts that no figure takes by accident."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from app.cli.main import main
from app.feedback.form import prepare_feedback_file, reason_choices, submit_feedback
from app.feedback.log import (
    MAX_NOTE,
    MAX_RATINGS,
    REASONS,
    FeedbackEntry,
    append,
    build_entry,
    draft_cases,
    read,
    write_drafts,
)
from app.i18n.labels import LABELS, LANGUAGES
from app.settings import Settings
from app.web.feedback import lay_out_strip
from app.web.panel import Site, Visit
from evals.run.cases import BadCase, find_drafts, load_cases
from ingest.errors import RelatoriaError, StorageFailed
from retrieval.assistant import Assistant
from retrieval.results import Answer
from tests.app.web.test_page import HOSTILE
from tests.fakes.browser import OpenPage, needs_chromium, press_by_keyboard, serve_blocks
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


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask("¿Qué se recomendó sobre la migración de retorno?")


# The file


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


def test_many_writers_never_mix_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    code = (
        "import sys, threading; from pathlib import Path; from dataclasses import replace\n"
        "from app.feedback.log import append; from tests.app.web.test_feedback import BAD\n"
        "def some(n):\n"
        "    for i in range(10): append(Path(sys.argv[1]), replace(BAD, note=f'{n} ' * 900))\n"
        "them = [threading.Thread(target=some, args=(n,)) for n in range(4)]\n"
        "[one.start() for one in them]; [one.join() for one in them]\n"
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


# What is said to who gives one


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_heard_is_thanked_for_in_the_page_s_language(answer: Answer, tmp_path: Path, language: str) -> None:
    file, words = tmp_path / "feedback.jsonl", LABELS[language].feedback
    assert submit_feedback(file, (), language, good=True) is None
    first = submit_feedback(file, (answer,), language, good=True)
    nothing = submit_feedback(file, (answer,), language, good=False, chosen=["nonsense"], note=" ")
    second = submit_feedback(file, (answer,), language, good=False, chosen=["missing"], given=1)
    assert first
    assert nothing
    assert second
    assert words.thanks_good in first.said
    assert (words.choose in nothing.said, nothing.kept, nothing.given) == (True, False, 0)
    assert (words.thanks in second.said, second.given) == (True, 2)
    assert len(read(file).entries) == 2
    assert [value for _, value in reason_choices(words)] == list(REASONS)


def test_nobody_fills_the_disk(answer: Answer, tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    last = submit_feedback(file, (answer,), "en", good=True, given=MAX_RATINGS)
    long = submit_feedback(file, (answer,), "en", good=False, note="x" * 1_000_000)
    assert last
    assert long
    assert "many opinions" in last.said
    assert "shorten" in long.said
    assert not long.kept
    assert not file.exists()
    append(file, build_entry(answer, good=False, note="ñ" * MAX_NOTE))
    (tmp_path / "full").mkdir()
    refused = submit_feedback(tmp_path / "full", (answer,), "en", good=True)  # a folder stands there
    assert refused
    assert "could not be kept" in refused.said
    assert str(tmp_path) not in refused.said


def test_an_index_that_is_gone_is_not_made_by_an_opinion(answer: Answer, tmp_path: Path) -> None:
    bare, elsewhere = Assistant(tmp_path / "index"), tmp_path / "new folder" / "feedback.jsonl"
    for settings in (Settings(), Settings(feedback=tmp_path / "index" / "feedback.jsonl")):
        refused = submit_feedback(prepare_feedback_file(bare, settings), (answer,), "es", good=True)
        assert refused
        assert LABELS["es"].feedback.kept_not in refused.said
        assert not (tmp_path / "index").exists()
    kept = submit_feedback(prepare_feedback_file(bare, Settings(feedback=elsewhere)), (answer,), "es", good=True)
    assert kept
    assert kept.kept
    assert elsewhere.exists()


def test_a_draft_shows_what_a_note_hides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, cases = tmp_path / "feedback.jsonl", tmp_path / "cases.jsonl"
    append(file, replace(BAD, note="a\u202eb\x1b[31m"))
    assert main(["feedback", str(file), "--cases", str(cases)]) == 0
    assert "1 draft written to" in capsys.readouterr().err
    assert json.loads(cases.read_text(encoding="utf-8"))["draft"] == "wrong passage: a\ufffdb\ufffd[31m"


# In a terminal


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
    assert [one["good"] for one in listed] == [True, False]
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
    assert len({one["name"] for one in (first, bread, which, translated)}) == 4


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
    cases.write_text("\n".join(json.dumps(one) for one in (first, second)), encoding="utf-8")
    ids = {"gfmd-2010-mesa-redonda-1#rapporteur"}
    assert [case.question for case in load_cases(cases, ids)] == ["How do I bake bread?"]
    command = ["eval", "--index", str(assistant.index.folder), "--cases", str(cases), "--no-gate", "--once"]
    assert main(command) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 draft not judged yet, in no figure (line 2)" in said
    assert 'take "draft" out' in said


# In a browser


@pytest.fixture(scope="module")
def served(
    assistant: Assistant, answer: Answer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The strip alone, under a button that stands for an answer; the language is that of the query."""
    file = tmp_path_factory.mktemp("feedback") / "feedback.jsonl"
    blocks = gr.Blocks(analytics_enabled=False)
    with blocks:
        site = Site(assistant, Settings(feedback=file), gr.State("es"), gr.State(""), gr.State(()))
        gr.HTML("<h1>Relatoría</h1>")
        answered = gr.Button("answered", elem_id="answered")
        shown = lay_out_strip(site)
        answered.click(lambda before: (*before, answer), site.answers, site.answers)

        def load(request: gr.Request) -> list[Any]:
            code = dict(request.query_params).get("lang", "es")
            return [code, *shown.load(Visit(code, {}))]

        blocks.load(load, None, [site.language, *shown.outputs])
    with serve_blocks(blocks) as url:
        yield url, file


@needs_chromium
def test_an_opinion_by_keyboard_alone(served: tuple[str, Path], visit: OpenPage) -> None:
    url, file = served
    page = visit(f"{url}?lang=en", ready="#answered")
    assert not page.is_visible("#r-feedback")
    press_by_keyboard(page, "#answered")
    page.wait_for_selector("#r-up")
    press_by_keyboard(page, "#r-down")
    page.wait_for_function("document.activeElement.matches('#r-reasons input')")
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.matches('#r-note textarea')")
    page.keyboard.type("<img src=x onerror=alert(1)> {{x}}")
    press_by_keyboard(page, "#r-send")
    page.wait_for_function("document.activeElement.id === 'r-heard'")
    assert "Thank you" in page.inner_text("#r-heard")
    assert page.get_attribute("#r-heard", "role") == "status"
    assert not page.is_visible("#r-up")
    entry = read(file).entries[-1]
    assert (entry.good, entry.reasons, entry.note) == (False, ("wrong_passage",), "<img src=x onerror=alert(1)> {{x}}")
    page.click("#answered")  # the next answer
    page.wait_for_selector("#r-up")
    assert page.inner_text("#r-heard").strip() == ""
    page.click("#r-up")
    page.wait_for_function("document.activeElement.id === 'r-heard'")
    assert read(file).entries[-1].good


@needs_chromium
@pytest.mark.parametrize(("scheme", "language", "width"), [("light", "ar", 390), ("dark", "en", 1440)])
def test_the_strip_shuts_nobody_out(
    served: tuple[str, Path], visit: OpenPage, scheme: str, language: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    look = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 844}}
    page = visit(f"{served[0]}?lang={language}", ready="#answered", **look)
    page.evaluate("(direction) => { document.documentElement.dir = direction }", LABELS[language].direction)
    page.click("#answered")
    page.wait_for_selector("#r-up")
    page.click("#r-down")
    page.wait_for_selector("#r-note textarea")
    found = Axe().run(page, context="#r-feedback").response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
