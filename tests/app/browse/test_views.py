"""The table as HTML: it says what its cells are, and shows every word of a report as text."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote

from app.browse.browse import RecordBrowser
from app.browse.records import FIELDS, BrowseQuery, RecordTable, parse_terms
from app.browse.views import MAX_OPTIONS, filter_options, highlight_terms, record_url, table_html
from app.i18n.labels import LABELS
from ingest.report import Kind, Metadata, Passage
from retrieval.assistant import Assistant
from tests.app.web.test_page import tags

ID = "gfmd-2010-mesa-redonda-1"


def test_every_field_of_a_hostile_report_is_shown_as_text(library: Assistant) -> None:
    browsing = RecordBrowser(library)
    for language in LABELS:
        for page in range(3):
            screen = browsing.render(BrowseQuery("leer <b>", {}, page), frozenset(browsing.records().ids), language)
            assert tags(screen.table) <= {
                "section", "table", "caption", "thead", "tbody", "tr", "th", "td", "input", "span", "p", "a", "cite",
                "mark", "div", "ul", "li",
            }  # fmt: skip
            assert "${" not in screen.table
            assert "\u202e" not in screen.table
    passage = Passage("a\"'<#1", "<r>", Kind.RECOMMENDATION, "<i>", ("<h>",), "", "<t>", 0, 3, 1, 1, '"es', by=("<u>",))
    listed = browsing.records().load_page(BrowseQuery())
    shown = replace(listed.rows[0], passage=passage, values=dict.fromkeys(FIELDS, ("<v>",)))
    html = table_html(replace(listed, rows=(shown,)), {"<r>": Metadata("<m>", language='"')}, "en")
    assert not re.search(r"<[rihtvum]>", html)
    assert "%23" in record_url('a"#1', "en")


def test_the_table_says_what_its_cells_are(assistant: Assistant, records: RecordTable) -> None:
    html = table_html(records.load_page(BrowseQuery()), records.metadata, "en", {f"{ID}#1.1-r02"}, f"{ID}#1.1-r03")
    assert "<caption>All recommendations, 1–26 of 26</caption>" in html
    assert re.findall(r'scope="col"[^>]*>([^<]+)<', html) == [
        "No.", "Recommendation", "Addressed to", "Strength", "Language",
    ]  # fmt: skip
    assert html.count('scope="row"') == 26
    assert html.count('scope="rowgroup"') == html.count("<tbody") == 3
    assert re.findall(r'value="([^"]+)" checked', html) == [f"{ID}#1.1-r02"]
    assert html.count('aria-current="true"') == 1
    for link in re.findall(r'href="(\?[^"]+)"', html):
        (passage_id,) = parse_qs(link.replace("&amp;", "&")[1:])["passage"]
        assert records.position(passage_id) is not None
    at = re.findall(r'href="#at=([^:]+):(\d+)-(\d+):[^"]+"', html)  # sealed
    report = assistant.report(ID)
    assert report is not None
    assert [report.text[int(start) : int(end)] for _, start, end in at] == [
        passage.text for passage in assistant.index.store.passages(kinds=[Kind.RECOMMENDATION])
    ]
    assert {unquote(report_id) for report_id, _, _ in at} == {ID}


def test_arabic_words_are_found_behind_their_article() -> None:
    assert parse_terms("هجرة")[0].substring in " عن الهجرة الآمنة "
    assert highlight_terms("عن الهجرة", parse_terms("هجرة")) == 'عن <mark class="r-found">الهجرة</mark>'


def test_only_some_values_are_listed_and_all_can_be_typed(library: Assistant) -> None:
    listed = RecordBrowser(library).records().load_page(BrowseQuery("", {"report": ("report-00003",)}))
    many = replace(listed, counts={**listed.counts, "by": [(f"nombre {at}", 1) for at in range(MAX_OPTIONS + 5)]})
    assert len(filter_options(many, "by", {}, "es")) == MAX_OPTIONS
    assert ("report-00003 · 10", "report-00003") in filter_options(listed, "report", {}, "es")
