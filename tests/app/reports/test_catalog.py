"""The list of reports: what is there, page by page, what could not be read, and what is removed."""

import json
import shutil
from pathlib import Path

from app.i18n.labels import LABELS, LANGUAGES
from app.reports.catalog import PAGE_SIZE, list_reports
from app.reports.manage import preview_removal, remove_report
from app.reports.views import report_list_html, summary_html
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.index.history import HISTORY_FILE, read_history
from tests.app.reports.uploading import OPEN, kept, sent_and_applied
from tests.app.web.test_page import HOSTILE
from tests.fakes.hashing_embedder import write_report


def test_the_list_says_what_is_there_and_names_no_folder(small: Assistant, reports: Path) -> None:
    shutil.copy(reports / "a.txt", reports / "same.txt")
    (reports / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    small.index.update(find_sources([reports]), small.embedder)
    listed = list_reports(small)
    assert (listed.reports, listed.recommendations) == (2, 3)
    assert [(held.id, held.file, held.recommendations, held.copies) for held in listed.entries] == [
        ("a", "a.txt", 2, ("same.txt",)),
        ("b", "b.txt", 1, ()),
    ]
    assert all(held.read.startswith("20") for held in listed.entries)
    assert [(problem.file.name, "old Office" in problem.error) for problem in listed.problems] == [("old.doc", True)]
    for language in LANGUAGES:
        said = summary_html(listed, language) + report_list_html(listed, language, removes=True)
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
    listed = list_reports(Assistant(tmp_path / "none"))
    assert LABELS["en"].reports.empty in report_list_html(listed, "en", removes=False)


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
