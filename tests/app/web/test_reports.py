"""The reports panel: what is in the index, files that visitors add and remove, compared before anything changes."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from app.i18n.labels import LABELS, LANGUAGES
from app.reports.catalog import PAGE_SIZE, UPLOADS, list_reports
from app.reports.manage import ReportsReply, apply_upload, cancel_upload, preview_removal, preview_upload, remove_report
from app.reports.uploads import MAX_FILES, FileStatus, StagedUpload, safe_file_name, stage_upload
from app.reports.views import report_list_html, summary_html, upload_help_html
from app.settings import Settings
from evals.robustness.seeds import make_seeds
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.index.history import HISTORY_FILE, read_history
from tests.app.web.test_page import HOSTILE
from tests.fakes.browser import OpenPage, needs_chromium, open_visit, press_by_keyboard, serve_page
from tests.fakes.full_disk import run_with_disk_limit
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, passage_texts, write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OPEN = Settings(uploads=True, upload_limit=200_000)
DATA = Path(os.environ.get("RELATORIA_DATA", "/nowhere"))


@pytest.fixture
def small(tmp_path: Path, reports: Path) -> Assistant:
    """An assistant over two small reports, with the small embedder of tests."""
    one = Assistant(tmp_path / "index", MODEL, embedder=HashingEmbedder())
    one.index.update(find_sources([reports]), one.embedder)
    return one


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Where a browser's files come to lie; they are gone once they are taken."""
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder


def last(replies: Iterator[ReportsReply]) -> ReportsReply:
    *_, reply = replies
    return reply


def sent_and_applied(assistant: Assistant, *files: Path) -> ReportsReply:
    reply = last(preview_upload(assistant, OPEN, files, None, "en"))
    assert reply.staged, reply
    return last(apply_upload(assistant, OPEN, reply.staged, "en"))


def kept(assistant: Assistant) -> list[str]:
    folder = assistant.index.folder / UPLOADS
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# The list


def test_the_list_says_what_is_there_and_names_no_folder(small: Assistant, reports: Path) -> None:
    shutil.copy(reports / "a.txt", reports / "same.txt")
    (reports / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    small.index.update(find_sources([reports]), small.embedder)
    one = list_reports(small)
    assert (one.reports, one.recommendations) == (2, 3)
    assert [(held.id, held.file, held.recommendations, held.copies) for held in one.entries] == [
        ("a", "a.txt", 2, ("same.txt",)),
        ("b", "b.txt", 1, ()),
    ]
    assert all(held.read.startswith("20") for held in one.entries)
    assert [(problem.file, "old Office" in problem.error) for problem in one.problems] == [("old.doc", True)]
    for language in LANGUAGES:
        said = summary_html(one, language) + report_list_html(one, language, removes=True)
        assert str(reports.parent) not in said
        assert "old.doc" in said
    (reports / "old.doc").unlink()
    small.index.update(find_sources([reports]), small.embedder)
    assert list_reports(small).problems == ()


def test_many_reports_are_paged_and_found_without_accents(small: Assistant, tmp_path: Path) -> None:
    many = tmp_path / "many"
    for number in range(PAGE_SIZE + 5):
        write_report(many, f"año-{number:02}.txt", f"Los países deben hacer {number}.")
    small.index.update(find_sources([many]), small.embedder)
    first, second = list_reports(small), list_reports(small, page=2)
    assert (first.pages, len(first.entries), len(second.entries)) == (2, PAGE_SIZE, PAGE_SIZE + 7 - PAGE_SIZE)
    assert {entry.id for entry in first.entries}.isdisjoint(entry.id for entry in second.entries)
    assert list_reports(small, page=99).page == 2
    assert [entry.id for entry in list_reports(small, "ANO 07").entries] == ["ano-07"]
    none = list_reports(small, "nowhere '; drop table report --")
    assert (none.matching, none.reports) == (0, PAGE_SIZE + 7)
    assert LABELS["en"].reports.none_found in report_list_html(none, "en", removes=True)


def test_an_index_that_is_empty_is_said_to_be(tmp_path: Path) -> None:
    one = list_reports(Assistant(tmp_path / "none"))
    assert LABELS["en"].reports.empty in report_list_html(one, "en", removes=False)


def test_what_an_ingest_remembers_decides_nothing(small: Assistant, reports: Path) -> None:
    record = small.index.folder / HISTORY_FILE
    with record.open("a") as more:
        more.write('{"torn')
    assert set(read_history(small.index.folder).last_read) == {"a", "b"}
    record.unlink()
    record.mkdir()  # it cannot be written
    write_report(reports, "c.txt", "Los países deben ceder.")
    assert small.index.update(find_sources([reports]), small.embedder).added == ("c",)
    assert read_history(small.index.folder).last_read == {}


def test_hostile_reports_are_listed_as_text(small: Assistant, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    for number, words in enumerate(HOSTILE):
        title = json.dumps(words.replace("\x00", ""), ensure_ascii=True)
        (folder / f"h{number}.toml").write_text(f"title = {title}\n", encoding="utf-8")
        (folder / f"h{number}.txt").write_text("Recomendaciones\n\n• Los países deben actuar.\n" + str(number))
    (folder / "<img src=x onerror=alert(1)>.txt").write_text("Recomendaciones\n\n• Los países deben ir.\n")
    small.index.update(find_sources([folder]), small.embedder)
    said = report_list_html(list_reports(small), "en", removes=True)
    assert "<img" not in said
    assert "<script" not in said
    assert "&lt;img src=x onerror=alert(1)&gt;.txt" in said


# Permission


def test_nothing_is_done_where_it_is_not_allowed(small: Assistant, sent: Path) -> None:
    before, state = passage_texts(small.index), small.index.store.stamp()
    file = write_report(sent, "new.txt", "Los países deben callar.")
    for reply in (
        last(preview_upload(small, Settings(), [file], None, "en")),
        last(apply_upload(small, Settings(), StagedUpload(sent, state["state"], ()), "en")),
        remove_report(small, Settings(), "a", "en"),
    ):
        assert "relatoria serve --uploads" in reply.said
        assert reply.staged is None
    assert preview_removal(small, Settings(), "a 1", "en") == ("", "")
    assert passage_texts(small.index) == before
    assert not (small.index.folder / UPLOADS).exists()
    for language in LANGUAGES:
        assert "relatoria serve --uploads" in upload_help_html(Settings(), language)


# Adding


def test_what_would_change_is_shown_first_and_done_only_then(small: Assistant, sent: Path) -> None:
    state = small.index.store.stamp()
    replies = list(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    assert "Reading c.txt (1 of 1)" in replies[0].said
    reply = replies[-1]
    assert "New report" in reply.shown
    assert "Los países deben ceder." in reply.shown
    assert small.index.store.stamp() == state
    assert list_reports(small).reports == 2
    done = last(apply_upload(small, OPEN, reply.staged, "en"))
    assert (done.changed, done.staged) == (True, None)
    assert LABELS["en"].reports.applied in done.said
    assert list_reports(small).reports == 3
    assert "Los países deben ceder." in passage_texts(small.index)
    assert kept(small) == ["c.txt"]


def test_a_new_version_is_compared_record_by_record(small: Assistant, sent: Path) -> None:
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben ceder.", "Los países deben oír.", "Se irá."))
    reply = last(
        preview_upload(
            small, OPEN, [write_report(sent, "c.txt", "Los países podrían ceder.", "Los países deben oír.")], None, "en"
        )
    )
    assert "New version" in reply.shown
    assert "<del>deben</del> <ins>podrían</ins>" in reply.shown
    assert "<del>Se irá.</del>" in reply.shown
    assert "Los países deben oír" not in reply.shown
    assert "Los países deben ceder." in passage_texts(small.index)
    last(apply_upload(small, OPEN, reply.staged, "en"))
    assert "Los países podrían ceder." in passage_texts(small.index)
    assert [entry.id for entry in list_reports(small).entries if entry.file == "c.txt"] == ["c"]
    result = small.index.update(find_sources([small.index.folder / UPLOADS]), small.embedder)
    assert (result.unchanged, result.added, result.removed) == (("c",), (), ())  # a later ingest finds it


def test_each_file_has_its_verdict(small: Assistant, sent: Path, reports: Path) -> None:
    sent_and_applied(small, write_report(sent, "known.txt", "Los países deben saber."))
    files = [
        write_report(sent, "new.txt", "Los países deben nacer."),
        Path(shutil.copy(sent / "new.txt", sent / "twin.txt")),
        Path(shutil.copy(reports / "a.txt", sent / "copy.txt")),
        Path(shutil.copy(small.index.folder / UPLOADS / "known.txt", sent / "known.txt")),
        write_report(sent, "empty.txt"),
        sent / "large.txt",
        sent / "report.bin",
    ]
    files[4].write_bytes(b"")
    files[5].write_bytes(b"a" * 200_001)
    files[6].write_text("Recomendaciones\n\n• Los países deben leer.\n")
    steps = stage_upload(small, files, OPEN.upload_limit)
    try:
        while True:
            next(steps)
    except StopIteration as end:
        found = end.value
    assert [(verdict.name, verdict.fate) for verdict in found.verdicts] == [
        ("new.txt", FileStatus.ADDED),
        ("twin.txt", FileStatus.COPY),
        ("copy.txt", FileStatus.COPY),
        ("known.txt", FileStatus.UNCHANGED),
        ("empty.txt", FileStatus.REFUSED),
        ("large.txt", FileStatus.REFUSED),
        ("report.bin.txt", FileStatus.ADDED),
    ]
    assert [verdict.said for verdict in found.verdicts[1:3]] == ["new.txt", "a.txt"]
    assert "is empty: copy or export" in found.verdicts[4].said
    assert not any(file.exists() for file in files)  # what the browser sent is not kept twice
    done = last(apply_upload(small, OPEN, found, "en"))
    assert done.changed
    assert kept(small) == ["known.txt", "new.txt", "report.bin.txt"]


def test_what_is_cancelled_leaves_nothing(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    assert reply.staged
    assert "Nothing was changed" in cancel_upload(reply.staged, "en").said
    assert kept(small) == []
    gone = last(apply_upload(small, OPEN, reply.staged, "en"))
    assert "no longer there" in gone.said
    assert list_reports(small).reports == 2


def test_what_changed_meanwhile_is_shown_again(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben dudar."))
    again = last(apply_upload(small, OPEN, reply.staged, "en"))
    assert LABELS["en"].reports.again in again.said
    assert "New version" in again.shown
    assert "Los países deben dudar." in passage_texts(small.index)
    assert last(apply_upload(small, OPEN, again.staged, "en")).changed
    assert "Los países deben ceder." in passage_texts(small.index)


def test_another_writer_is_said_and_the_offer_stays(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    with FileLock(small.index.folder / "writer.lock"):
        busy = last(apply_upload(small, OPEN, reply.staged, "en"))
        assert LABELS["en"].reports.busy in busy.said
        assert busy.staged
        assert LABELS["en"].reports.busy in remove_report(small, OPEN, "a", "en").said
    assert last(apply_upload(small, OPEN, busy.staged, "en")).changed


def offered_to(index: Path, *files: Path) -> ReportsReply:
    return last(preview_upload(Assistant(index, MODEL, embedder=HashingEmbedder()), OPEN, files, None, "en"))


def accepted_by(index: Path, offer_: StagedUpload) -> ReportsReply:
    return last(apply_upload(Assistant(index, MODEL, embedder=HashingEmbedder()), OPEN, offer_, "en"))


def test_a_full_disk_loses_nothing(small: Assistant, sent: Path) -> None:
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben ceder."))
    folder, before, state = small.index.folder, passage_texts(small.index), small.index.store.stamp()
    refused = run_with_disk_limit(20, offered_to, folder, write_report(sent, "d.txt", "Los países deben dar."))
    assert LABELS["en"].reports.unkept in refused.said
    many = {name: [f"Los países deben {name}, {n}: {'palabra ' * 40}." for n in range(80)] for name in "cdefghij"}
    reply = offered_to(folder, *(write_report(sent, f"{name}.txt", *said) for name, said in many.items()))
    assert reply.staged
    failed = run_with_disk_limit(300_000, accepted_by, folder, reply.staged)
    assert LABELS["en"].reports.unkept in failed.said
    assert (passage_texts(small.index), small.index.store.stamp()) == (before, state)
    assert kept(small) == ["c.txt"]
    assert "deben ceder" in (folder / UPLOADS / "c.txt").read_text()


def test_who_leaves_while_it_is_applied_leaves_it_whole(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    going = apply_upload(small, OPEN, reply.staged, "en")
    next(going)
    going.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name == "upload":
            thread.join(60)
    assert "Los países deben ceder." in passage_texts(small.index)
    assert kept(small) == ["c.txt"]


def test_too_many_at_a_time(small: Assistant, sent: Path) -> None:
    files = [write_report(sent, f"n{number}.txt", f"Los países deben {number}.") for number in range(MAX_FILES + 3)]
    reply = last(preview_upload(small, OPEN, files, None, "en"))
    assert f"{MAX_FILES + 3} files were chosen" in reply.shown
    assert reply.shown.count("New report") == MAX_FILES


@pytest.mark.parametrize(
    "name",
    [
        *("../../../etc/passwd", "..\\..\\boot.ini", "/abs/olute.txt", "CON", "nul.txt", "com1.pdf", "", ".", ".."),
        *(".hidden", "a" * 300 + ".txt", "ñ" * 300, "a\x00b.txt", "\u202etxt.exe", "\ud800.txt", "  .txt", "a/b\nc.md"),
        *("?*<>|:", "~$open.docx"),
        *("😀" * 90 + ".pdf", "=cmd|' /C calc'!A0.txt", "{{x}}.txt", "e\u0301.txt", "a.txt.", "a.TXT"),
    ],
)  # fmt: skip
def test_names_are_made_safe(name: str, tmp_path: Path) -> None:
    safe = safe_file_name(name, ".txt")
    assert safe == safe_file_name(safe, ".txt")
    file = tmp_path / safe
    file.write_text("x")
    assert file.resolve().parent == tmp_path.resolve()
    assert len(safe.encode()) < 120
    assert safe.isprintable()
    assert not safe.startswith((".", "~", " "))
    assert file in find_sources([tmp_path]).files


@pytest.mark.skipif(not DATA.is_dir(), reason="needs RELATORIA_DATA")
def test_every_awkward_file_gets_a_plain_answer(small: Assistant, sent: Path) -> None:
    """The first files of each kind and ending of the ingest sets, and sound and damaged ones of every format."""
    files: list[Path] = []
    seen: dict[str, int] = {}
    for set_ in ("ingest_docling", "ingest_unstructured"):
        for path in sorted((DATA / set_).rglob("*")):
            key = f"{path.parent} {path.suffix}"
            if path.is_file() and path.stat().st_size <= OPEN.upload_limit and seen.setdefault(key, 0) < 1:
                seen[key] += 1
                files.append(Path(shutil.copy(path, sent / f"{len(files)}-{path.name}")))
    for seed in make_seeds():
        for cut in (len(seed.raw), len(seed.raw) // 2):
            file = sent / f"{len(files)}-{seed.name}"
            file.write_bytes(seed.raw[:cut])
            files.append(file)
    before = passage_texts(small.index)
    fates: set[str] = set()
    for first in range(0, len(files), MAX_FILES):
        reply = last(preview_upload(small, OPEN, files[first : first + MAX_FILES], None, "en"))
        assert "Traceback" not in reply.shown
        assert str(small.index.folder) not in reply.shown
        assert LABELS["en"].reports.unexpected not in reply.said
        fates |= {verdict.status for verdict in reply.staged.verdicts} if reply.staged else set()
        cancel_upload(reply.staged, "en")
    assert {FileStatus.ADDED, FileStatus.REFUSED} <= fates
    assert passage_texts(small.index) == before


# Removing


def test_removing_is_asked_first_and_takes_uploaded_files_along(small: Assistant, sent: Path, reports: Path) -> None:
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben ceder."))
    report_id, asked = preview_removal(small, OPEN, "c 1234", "en")
    assert report_id == "c"
    assert "c.txt, which was uploaded here, is deleted too" in asked
    assert list_reports(small).reports == 3
    assert remove_report(small, OPEN, "c", "en").changed
    assert kept(small) == []
    _, asked = preview_removal(small, OPEN, "a 1234", "en")
    assert "Its file a.txt stays on the server" in asked
    remove_report(small, OPEN, "a", "en")
    assert (reports / "a.txt").exists()
    assert [entry.id for entry in list_reports(small).entries] == ["b"]
    assert "no report" in remove_report(small, OPEN, "a", "en").said
    assert preview_removal(small, OPEN, "nowhere 1", "en") == ("", "")


def test_asking_sees_a_change_at_once(assistant: Assistant, tmp_path: Path, sent: Path) -> None:
    folder = tmp_path / "index"
    shutil.copytree(assistant.index.folder, folder)
    one = Assistant(folder, embedder=assistant.embedder())
    assert one.ask("¿Qué se recomienda sobre los faros?").status != "answered"
    reply = last(
        preview_upload(
            one,
            OPEN,
            [write_report(sent, "faros.txt", "Los gobiernos deben encender los faros cada noche.")],
            None,
            "es",
        )
    )
    last(apply_upload(one, OPEN, reply.staged, "es"))
    answer = one.ask("¿Qué se recomienda sobre los faros?")
    assert [citation.passage.report_id for citation in answer.citations] == ["faros"]
    remove_report(one, OPEN, "faros", "es")
    assert one.ask("¿Qué se recomienda sobre los faros?").status != "answered"


# In a browser


@pytest.fixture(scope="module")
def served(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served") / "index"
    shutil.copytree(assistant.index.folder, folder)
    with serve_page(Assistant(folder, embedder=assistant.embedder()), OPEN) as url:
        yield url


@needs_chromium
def test_a_report_comes_and_goes_by_keyboard_alone(served: str, visit: OpenPage, sent: Path) -> None:
    page = visit(f"{served}?tab=reports")
    page.wait_for_selector(".r-shelf")
    with page.expect_file_chooser() as chooser:
        press_by_keyboard(page, "#r-choose, #r-choose *")
    chooser.value.set_files([write_report(sent, "faros.txt", "Los gobiernos deben encender los faros.")])
    page.wait_for_function("document.activeElement.id === 'r-offer-title'")
    assert "New report" in page.inner_text("#r-offered")
    assert page.locator(".r-shelf > li").count() == 1
    press_by_keyboard(page, "#r-apply")
    page.wait_for_function("document.querySelectorAll('.r-shelf > li').length === 2")
    page.wait_for_function("document.activeElement.id === 'r-reports-said'")
    assert page.get_attribute("#r-reports-said", "role") == "status"
    press_by_keyboard(page, "[data-remove=faros]")
    page.wait_for_function("document.activeElement.id === 'r-sure-title'")
    press_by_keyboard(page, "#r-no")
    page.wait_for_function("document.activeElement.dataset.remove === 'faros'")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'r-sure-title'")
    press_by_keyboard(page, "#r-yes")
    page.wait_for_function("document.querySelectorAll('.r-shelf > li').length === 1")


@needs_chromium
@pytest.mark.parametrize(("scheme", "language", "width"), [("light", "ar", 390), ("dark", "en", 1440)])
def test_the_panel_shuts_nobody_out(
    served: str, visit: OpenPage, sent: Path, scheme: str, language: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    look = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 844}}
    page = visit(f"{served}?tab=reports&lang={language}", **look)
    page.wait_for_selector(".r-shelf")
    (sent / "empty.txt").write_bytes(b"")
    files = [write_report(sent, "faros.txt", *HOSTILE[:3], "a" * 400), sent / "empty.txt"]
    page.set_input_files("#r-reports input[type=file]", files)
    page.wait_for_selector("#r-offer-title")
    page.evaluate("document.querySelectorAll('.r-panel details').forEach((one) => { one.open = true })")
    page.click("[data-remove]")
    page.wait_for_selector("#r-sure-title")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#r-cancel")
    page.wait_for_selector("#r-offer-title", state="detached")


@needs_chromium
def test_without_permission_there_is_only_the_list(assistant: Assistant, browser: "Browser") -> None:
    with serve_page(assistant) as url, open_visit(browser, f"{url}?tab=reports") as visit:
        page = visit.page
        page.wait_for_selector(".r-shelf")
        assert "relatoria serve --uploads" in page.inner_text("#r-reports")
        assert not page.locator("#r-choose, [data-remove]").count()
        page.click(".r-shelf a.r-title")
        page.wait_for_selector("#r-reader .r-paper")
