"""What a visitor is told when something fails: a sentence of the page's language, with no folder and no command."""

from pathlib import Path
from typing import Any

import pytest

from app.browse.browse import RecordBrowser
from app.browse.records import BrowseQuery
from app.chat.chat import converse
from app.chat.coverage import CoveredReport
from app.chat.header import coverage_html
from app.i18n.labels import LABELS, LANGUAGES
from app.render.errors import LocalizedError, user_message
from app.reports.catalog import ReportList
from app.reports.manage import error_html
from app.reports.uploads import FileStatus, FileVerdict, StagedUpload
from app.reports.views import preview_html, summary_html
from app.settings import Settings
from app.web.ask import opening_updates
from app.web.browse import screen_updates
from app.web.panel import Visit
from app.web.side import report_html
from ingest.errors import BadQuestion, IndexMismatch, NoIndex, RelatoriaError, StorageFailed
from ingest.report import Report
from retrieval.assistant import Assistant
from retrieval.index.update_plan import FileFailure

PLACE = "#at=r:0-9"


@pytest.fixture
def bare(tmp_path: Path) -> Assistant:
    """Its index is gone."""
    return Assistant(tmp_path / "index")


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_index_is_gone_no_folder_and_no_command_is_named(bare: Assistant, language: str) -> None:
    labels = LABELS[language]
    browsed = screen_updates(lambda: RecordBrowser(bare).render(BrowseQuery(), frozenset(), language), language)[0]
    shown: dict[str, Any] = {
        "ask": opening_updates(bare, Visit(language, {}))[1],
        "chat": list(converse(bare, "What was recommended?", [], language))[-1].messages[-1]["content"],
        "browse": browsed,
        "reader": report_html(bare, PLACE, language),
        "reports": error_html(NoIndex(f"There is no index in {bare.index.folder}."), language, bare),
    }
    for name, said in shown.items():
        assert labels.unavailable in said, name
        assert str(bare.index.folder) not in said, name
        assert "relatoria ingest" not in said, name


@pytest.mark.parametrize("error", [NoIndex, IndexMismatch, StorageFailed, RelatoriaError])
def test_an_error_for_who_runs_the_page_is_told_as_one(error: type[RelatoriaError]) -> None:
    labels = LABELS["pt"]
    assert user_message(error("/srv/index is damaged. Type: relatoria ingest"), labels) == labels.unavailable


@pytest.mark.parametrize("error", [LocalizedError("Não há nada."), BadQuestion("Não há nada.")])
def test_what_is_said_to_who_asks_stays(error: RelatoriaError) -> None:
    assert user_message(error, LABELS["pt"]) == "Não há nada."


def test_a_question_that_is_too_long_is_told_in_the_page_s_language(bare: Assistant) -> None:
    last = list(converse(bare, "x" * 2_999, [], "es"))[-1]
    assert "La pregunta tiene 2\u202f999 caracteres" in last.messages[-1]["content"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_thousands_are_parted_by_a_space(report: Report, language: str) -> None:
    assert "63\u202f000" in coverage_html([CoveredReport(report, 63_000)], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_file_is_told_in_the_page_s_language(language: str) -> None:
    words, why = LABELS[language].reports, "has no <text> layer"
    offered = StagedUpload(Path(), "", (FileVerdict("a.pdf", FileStatus.REFUSED, why),))
    shelf = ReportList(0, 0, 0, "", "", 0, 1, 1, (), (FileFailure(Path("a.pdf"), why),))
    for shown in (preview_html(offered, Settings(), language), summary_html(shelf, language)):
        assert f'{words.unreadable} {words.reason} <span lang="en" dir="ltr">has no &lt;text&gt; layer</span>' in shown


def test_what_the_disk_refuses_is_told_in_the_page_s_language(bare: Assistant) -> None:
    said = error_html(StorageFailed("No space left on /srv"), "fr", bare)
    assert LABELS["fr"].reports.unkept in said
    assert "/srv" not in said
