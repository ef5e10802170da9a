"""The report beside an answer: links that last, marks that know their words, long reports in parts."""

import re
from html import escape
from pathlib import Path

import pytest

from app.i18n.labels import LABELS
from app.render.links import Place, find_passage, permalink, place_of
from app.reports.viewer import WINDOW, place_html, reader_html, record_html
from app.web.panel import Visit
from app.web.side import first_report_html
from ingest.report import Metadata, Report
from retrieval.assistant import Assistant
from tests.app.web.test_page import HOSTILE, ID
from tests.fakes.growing_report import ROADS, WATER, GrowingReport


def mark_of(assistant: Assistant, question: str) -> str:
    """The link of an answer's first mark."""
    return Place.of_citation(assistant.ask(question).citations[0]).fragment


def highlighted(html: str) -> str:
    return " ".join(" ".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html)).split())


def test_a_permanent_link_leads_to_its_record_after_a_restart(assistant: Assistant) -> None:
    again = Assistant(assistant.index.folder)
    for passage in assistant.index.store.passages(ID):
        there = find_passage(again, passage.id)
        assert there == passage
        assert highlighted(record_html(again, passage.id, "en")) == escape(" ".join(passage.text.split()))
    assert permalink(f"{ID}#1.2-r07") == f"?passage={ID}%231.2-r07"


@pytest.mark.parametrize("passage_id", ["", "none#1-r01", f"{ID}#9.9-r99", "x" * 5_000, "' or 1=1 --", *HOSTILE])
def test_a_permanent_link_to_nothing_says_so(assistant: Assistant, passage_id: str) -> None:
    assert find_passage(assistant, passage_id) is None
    assert "Ce passage n&#x27;est plus dans les rapports." in record_html(assistant, passage_id, "fr")
    assert LABELS["fr"].gone.replace("'", "&#x27;") in first_report_html(
        assistant, Visit("fr", {"passage": passage_id})
    )


def test_a_permanent_link_survives_what_is_ingested_again(tmp_path: Path, assistant: Assistant) -> None:
    growing = GrowingReport(tmp_path, assistant)
    growing.says(WATER, ROADS)
    record = next(passage for passage in growing.assistant.index.store.passages() if passage.text == ROADS)
    growing.says(WATER.replace("norte", "sur y del norte"), ROADS)
    assert highlighted(record_html(growing.assistant, record.id, "es")) == ROADS
    assert highlighted(place_html(growing.assistant, place_of(record).fragment, "es")) == ROADS  # it stands elsewhere


def test_a_mark_whose_words_have_changed_says_so_and_highlights_nothing(tmp_path: Path, assistant: Assistant) -> None:
    growing = GrowingReport(tmp_path, assistant)
    growing.says(WATER, ROADS)
    mark = mark_of(growing.assistant, "¿Qué se recomienda sobre los pozos de agua?")
    assert highlighted(place_html(growing.assistant, mark, "es")) == WATER
    growing.says(WATER.replace("deben", "podrían"), ROADS)
    html = place_html(growing.assistant, mark, "es")
    assert LABELS["es"].changed in html
    assert "<mark" not in html
    (now,) = re.findall(r'<a href="(#at=[^"]*)">', html)
    assert highlighted(place_html(growing.assistant, now, "es")) == WATER.replace("deben", "podrían")
    growing.says(ROADS)
    html = place_html(growing.assistant, mark, "es")
    assert LABELS["es"].changed in html
    assert WATER not in html
    assert "<mark" not in html
    growing.assistant.index.remove("comision-2010")
    said = place_html(growing.assistant, mark, "es")
    assert "Ese pasaje ya no está en los informes." in said
    assert not any(words in said for words in (WATER, ROADS, "<mark"))


def test_a_forged_seal_highlights_nothing(assistant: Assistant) -> None:
    at = Place(ID, 10, 40, "0" * 12, f"{ID}#none")
    html = place_html(assistant, at.fragment, "en")
    assert "<mark" not in html
    assert LABELS["en"].changed in html


@pytest.mark.parametrize("words", [*HOSTILE, "a b/c?d#e%f", "x:y"])
def test_sealed_places_survive_their_link(words: str) -> None:
    place = Place("r", 3, 14, "0123456789ab", words)
    assert Place.parse(place.fragment) == place
    assert Place.parse(f"{place.fragment} 1700000000") == place


def test_a_long_report_is_read_in_parts() -> None:
    words = [f"palabra{number}" for number in range(60_000)]
    text = "\n\n".join(" ".join(words[first : first + 50]) for first in range(0, len(words), 50))
    report = Report("largo 2010", text, Metadata(language="es"), "h")
    target = text.index("palabra41000")
    html = reader_html(report, [], Place("largo 2010", target, target + 12), "en")
    assert len(html) < 4 * WINDOW
    assert highlighted(html) == "palabra41000"
    seen: set[str] = set()
    html = reader_html(report, [], None, "en")
    for _ in range(99):
        assert len(html) < 4 * WINDOW
        seen.update(re.findall(r"palabra\d+", html))
        later = re.findall(r'<a class="r-later" href="(#at=[^"]*)">', html)
        if not later:
            break
        at = Place.parse(later[0])
        assert at is not None
        html = reader_html(report, [], None, "en", around=at.start)
    assert seen == set(words)
    assert 'class="r-earlier"' in html
