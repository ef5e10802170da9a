"""The table of recommendations: filters are exact, a selection lasts, links stay, files come; dry, and in a browser."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import gradio as gr
import pytest

from app.browse.browse import MAX_EXPORTED, RecordBrowser, apply_boxes
from app.browse.records import FIELDS, PAGE_SIZE, BrowseQuery, RecordTable, parse_terms
from app.browse.views import MAX_OPTIONS, filter_options, highlight_terms, record_url, table_html
from app.export.files import ids
from app.i18n.labels import LABELS
from app.settings import Settings
from app.web.browse import BrowseHandlers
from app.web.export import lay_out_strip
from app.web.panel import Site, Visit
from evals.robustness.synthetic import WordEmbedder, write_reports
from ingest.errors import RelatoriaError
from ingest.report import Kind, Metadata, Passage, normalize_for_display
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.index.filters import Filter, select_rows
from retrieval.index.index import Index
from retrieval.text.terms import fold
from tests.app.web.test_page import HOSTILE, tags
from tests.fakes.browser import OpenPage, needs_chromium, open_visit, serve_blocks, serve_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ID = "gfmd-2010-mesa-redonda-1"
COUNT = "#r-count"
MANY = 120  # recommendations of the library, beside the hostile ones


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Twelve reports of ten recommendations, and one of hostile ones; their vectors cost nothing."""
    folder = tmp_path_factory.mktemp("library")
    write_reports(folder / "reports", 12, 10)
    hostile = "\n\n".join(
        f"• Los países deben leer esto: {' '.join(words.split())}" for words in HOSTILE if "\0" not in words
    )
    (folder / "reports" / "zz.txt").write_text(f"Informe\n\nRecomendaciones\n\n{hostile}\n", encoding="utf-8")
    (folder / "reports" / "zz.toml").write_text(
        'title = "<script>window.hacked=1</script> ${x} \\"a\\""\nlanguage = "es"\n', encoding="utf-8"
    )
    assistant = Assistant(folder / "index")
    assistant.index.update(find_sources([folder / "reports"]), WordEmbedder)
    return assistant


@pytest.fixture(scope="module")
def records(assistant: Assistant) -> RecordTable:
    return RecordBrowser(assistant).records()


def found(records: RecordTable, **chosen: str) -> list[str]:
    words = chosen.pop("words", "")
    listed = records.load_page(BrowseQuery(words, {name: (value,) for name, value in chosen.items()}))
    return [row.passage.id for row in listed.rows]


# Filters


def test_all_recommendations_are_there_in_reading_order(assistant: Assistant, records: RecordTable) -> None:
    wanted = [passage.id for passage in assistant.index.store.passages(kind=Kind.RECOMMENDATION)]
    listed = records.load_page(BrowseQuery())
    assert [row.passage.id for row in listed.rows] == wanted
    assert (listed.shown, listed.total, listed.pages, listed.first, listed.last) == (26, 26, 1, 1, 26)


def test_filters_are_exact_and_combine(assistant: Assistant, records: RecordTable) -> None:
    """What each choice says it has is what it gives, alone and with each other one; as ``filters.rows`` has it."""
    store = assistant.index.store
    counts = records.load_page(BrowseQuery()).counts
    assert counts["strength"] == [("obligation", 13), ("recommendation", 3), ("possibility", 3), ("statement", 7)]
    for name, values in counts.items():
        for value, count in values:
            fitting = found(records, **{name: value})
            assert len(fitting) == count > 0, (name, value)
            listed = records.load_page(BrowseQuery("", {name: (value,)}))
            for other, others in listed.counts.items():
                for another, both in others:
                    if other != name and both:
                        assert len(found(records, **{name: value, other: another})) == both
    for strength in ("obligation", "possibility"):
        wanted = select_rows(store, Filter(kinds=(Kind.RECOMMENDATION,), strength=(strength,)))
        assert wanted is not None
        assert set(store.rows_with_ids(found(records, strength=strength)).values()) == wanted


def test_values_of_a_field_are_alternatives(records: RecordTable) -> None:
    listed = records.load_page(BrowseQuery("", {"strength": ("possibility", "recommendation")}))
    assert listed.shown == 6
    assert [count for _, count in listed.counts["strength"]] == [13, 3, 3, 7]  # the field's own choice narrows others


def test_words_are_folded_and_all_must_stand(assistant: Assistant, records: RecordTable) -> None:
    passages = list(assistant.index.store.passages(kind=Kind.RECOMMENDATION))
    for words in (
        "migracion",
        "MIGRACIÓN",
        "Migratorias",
        "países origen",
        "origen paises",
        "retorn",
        "gobiernos deben",
    ):
        wanted = [
            passage.id
            for passage in passages
            if all(
                any(word.startswith(term) for word in re.findall(r"\w+", fold(normalize_for_display(passage.text))))
                for term in fold(words).split()
            )
        ]
        assert found(records, words=words) == wanted, words
    assert found(records, words="migracion") == found(records, words="MIGRACIÓN") != []
    assert found(records, words='"migración de retorno"') == [f"{ID}#1.1-r09"]
    assert found(records, words='"retorno migración"') == []
    assert found(records, words='"migra"') == []  # in quotation marks, words are whole
    assert found(records, words=" ?! ") == found(records)


def test_arabic_words_are_found_behind_their_article() -> None:
    assert parse_terms("هجرة")[0].substring in " عن الهجرة الآمنة "
    assert highlight_terms("عن الهجرة", parse_terms("هجرة")) == 'عن <mark class="r-found">الهجرة</mark>'


def test_a_recommendation_has_what_its_parts_state(assistant: Assistant) -> None:
    store = assistant.index.store
    records = RecordTable(store, assistant.index.facets())
    assert records.position(f"{ID}#1.1-r05.2") == records.position(f"{ID}#1.1-r05") == 4
    assert found(records, words="compromiso a largo plazo") == [f"{ID}#1.1-r05"]
    assert records.position("no-such#1") is None


def test_where_nothing_fits_it_is_said_what_to_loosen(records: RecordTable) -> None:
    listed = records.load_page(BrowseQuery("gobiernos", {"strength": ("statement",), "language": ("es",)}))
    assert listed.shown == 0
    assert listed.loosened == {"words": 7, "strength": 8, "language": 0}
    said = table_html(listed, records.metadata, "en")
    assert "Without “Strength” there would be 8." in said
    assert "Without “Words” there would be 7." in said
    assert "“Language”" not in said


def test_a_name_that_is_typed_is_understood(records: RecordTable) -> None:
    assert found(records, addressee="Governments") == found(records, addressee="gobiernos") != []
    assert len(found(records, section="1.2")) == 16
    assert len(found(records, report="alianzas migracion")) == 26
    assert found(records, language="tlh") == []


def test_pages_follow_each_other(library: Assistant) -> None:
    records = RecordBrowser(library).records()
    assert len(records) > 2 * PAGE_SIZE
    pages = [records.load_page(BrowseQuery(page=page)) for page in range(records.load_page(BrowseQuery()).pages)]
    assert [row.passage.id for page in pages for row in page.rows] == list(records.ids)
    assert pages[1].first == PAGE_SIZE + 1
    assert pages[-1].last == len(records)
    assert records.load_page(BrowseQuery(page=99)).view.page == len(pages) - 1


def test_a_view_is_in_its_address() -> None:
    view = BrowseQuery('mi "gran" palabra & ñ', {"section": ("a: b", "c|d"), "by": ("Perú",)}, 3)
    assert BrowseQuery.from_params(view.params) == view
    for page in ("x", "-1", "٣", "9" * 40, "0", ""):
        assert BrowseQuery.from_params({"p": page}).page == 0
    assert BrowseQuery.from_params({"passage": "x", "words": ""}) == BrowseQuery()


def test_only_some_values_are_listed_and_all_can_be_typed(library: Assistant) -> None:
    listed = RecordBrowser(library).records().load_page(BrowseQuery("", {"report": ("report-00003",)}))
    many = replace(listed, counts={**listed.counts, "by": [(f"nombre {at}", 1) for at in range(MAX_OPTIONS + 5)]})
    assert len(filter_options(many, "by", {}, "es")) == MAX_OPTIONS
    assert ("report-00003 · 10", "report-00003") in filter_options(listed, "report", {}, "es")


# What is shown


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
        passage.text for passage in assistant.index.store.passages(kind=Kind.RECOMMENDATION)
    ]
    assert {unquote(report_id) for report_id, _, _ in at} == {ID}


# The selection


def test_a_selection_believes_no_stranger() -> None:
    known = {"a", "b", "c"}
    before = frozenset("ab")
    assert apply_boxes(before, json.dumps({"on": ["c", "x"], "off": ["a"]}), known) == {"b", "c"}
    for nonsense in (
        "",
        "null",
        "[]",
        "{",
        '{"on": 3, "off": {"a": 1}}',
        '{"on": [null, 1, ["a"]]}',
        "[" * 5_000,
        "9" * 200_000,
    ):
        assert apply_boxes(before, nonsense, known) == before


def test_what_is_selected_is_exported_or_else_what_fits(assistant: Assistant) -> None:
    browsing = RecordBrowser(assistant)
    view = BrowseQuery("", {"strength": ("possibility",)})
    fitting = [entry.id for entry in browsing.export(view, frozenset(), "", "en").entries]
    assert fitting == [f"{ID}#1.1-r01", f"{ID}#1.1-r03", f"{ID}#1.2-r05"]
    chosen = frozenset({f"{ID}#1.2-r16", f"{ID}#1.1-r02", "gone#1"})
    export = browsing.export(view, chosen, json.dumps({"on": [f"{ID}#1.1-r09"], "off": []}), "en")
    assert [entry.id for entry in export.entries] == [f"{ID}#1.1-r02", f"{ID}#1.1-r09", f"{ID}#1.2-r16"]
    assert export.index == assistant.index.check()["fingerprint"]


def test_too_many_for_a_file_is_said(assistant: Assistant) -> None:
    assert MAX_EXPORTED >= 1_000
    with pytest.raises(RelatoriaError, match="at most 25 recommendations, and these are 26"):
        RecordBrowser(assistant, most=25).export(BrowseQuery(), frozenset(), "", "en")


def test_a_report_that_is_gone_is_gone_from_the_table(tmp_path: Path) -> None:
    write_reports(tmp_path / "reports", 2, 3)
    index = Index(tmp_path / "index", WordEmbedder().name)
    index.update(find_sources([tmp_path / "reports"]), WordEmbedder)
    browsing = RecordBrowser(Assistant(tmp_path / "index"))
    selected = browsing.matching_ids(BrowseQuery())
    assert len(selected) == 6
    index.remove("report-00000")
    assert browsing.render(BrowseQuery(), selected, "en").shown == 3
    assert len(browsing.export(BrowseQuery(), selected, "", "en").entries) == 3


# The handlers, dry


def test_nothing_is_looked_up_for_who_only_asks(tmp_path: Path) -> None:
    handlers = BrowseHandlers(RecordBrowser(Assistant(tmp_path / "none")))
    unopened = handlers.load(Visit("en", {}))
    said = handlers.load(Visit("en", {"tab": "browse"}))
    assert len(unopened) == len(said)
    assert LABELS["en"].unavailable in said[3]


def test_a_permanent_link_leads_to_its_page(library: Assistant) -> None:
    handlers = BrowseHandlers(RecordBrowser(library))
    last = RecordBrowser(library).records().ids[MANY - 1]
    loaded = handlers.load(Visit("en", {"tab": "browse", "passage": last}))
    assert 'aria-current="true"' in loaded[3]
    assert loaded[2] == last
    assert handlers.load(Visit("en", {"tab": "browse", "passage": "no-such"}))[3].count("<table") == 1


def test_a_link_to_a_part_leads_to_its_recommendation(assistant: Assistant) -> None:
    loaded = BrowseHandlers(RecordBrowser(assistant)).load(Visit("en", {"tab": "browse", "passage": f"{ID}#1.1-r05.2"}))
    (row,) = re.findall(r'<tr [^>]*aria-current="true">.*?value="([^"]+)"', loaded[3])
    assert row == f"{ID}#1.1-r05"


def test_enter_on_nothing_is_no_filter(assistant: Assistant) -> None:
    show = BrowseHandlers(RecordBrowser(assistant)).show(None, but="strength")
    updates = show("en", 0, "", frozenset(), "", "", [], [], [], [], [""], [])
    assert updates[0].count('scope="row"') == 26
    assert updates[5 + list(FIELDS).index("strength")]["value"] == []


# In a browser


@pytest.fixture(scope="module")
def served_library(library: Assistant) -> Iterator[str]:
    with serve_page(library) as url:
        yield url


@pytest.fixture
def table(visit: OpenPage) -> OpenPage:
    """Opens the page at its table."""

    def opened(url: str, **options: Any) -> "Page":
        page = visit(url, **options)
        page.wait_for_selector("#r-records .r-list")
        page.wait_for_selector(f"{COUNT}[aria-live]")
        return page

    return opened


def counted(page: "Page", text: str) -> None:
    page.wait_for_function(f"(text) => document.querySelector('{COUNT}').innerText.includes(text)", arg=text)


@needs_chromium
def test_filtering_counts_and_is_in_the_address(served: str, table: OpenPage) -> None:
    page = table(f"{served}?tab=browse")
    counted(page, "26 of 26")
    assert not page.is_visible("#r-side")
    page.fill("#r-words input, #r-words textarea", "GOBIERNOS")
    counted(page, "8 of 26")
    assert {text.lower() for text in page.locator("mark.r-found").all_inner_texts()} == {"gobiernos", "gobiernosdeben"}
    page.click("#r-by-strength input")
    page.click("#r-by-strength [role=option]:has-text('obligation · 6')")
    counted(page, "6 of 26")
    page.wait_for_function("location.search.includes('strength=obligation')")
    shared = table(page.url)
    counted(shared, "6 of 26")
    assert shared.locator("#r-records [data-pick]").count() == 6
    shared.click("button:has-text('Reset filters')")
    counted(shared, "26 of 26")
    assert shared.input_value("#r-words input, #r-words textarea") == ""
    shared.wait_for_function("!location.search.includes('words')")


@needs_chromium
def test_a_selection_lasts_and_is_downloaded(served_library: str, table: OpenPage, tmp_path: Path) -> None:
    page = table(f"{served_library}?tab=browse")
    page.check("#r-records [data-pick] >> nth=0")
    counted(page, "Selected: 1")
    page.click("#r-paging button:has-text('Next')")
    page.wait_for_function("document.querySelector('#r-range').innerText.startsWith('51–100')")
    page.check("#r-records [data-pick] >> nth=3")
    counted(page, "Selected: 2")
    page.fill("#r-words input, #r-words textarea", "leer")
    page.wait_for_function("document.querySelectorAll('#r-records [data-pick]').length < 20")
    page.check("#r-records [data-every]")
    hostile = page.locator("#r-records [data-pick]").count()
    counted(page, f"Selected: {hostile + 2}")
    page.uncheck("#r-records [data-pick] >> nth=0")
    counted(page, f"Selected: {hostile + 1}")
    for name, suffix in (("Word", "docx"), ("Markdown", "md"), ("CSV", "csv"), ("JSON", "json")):
        with page.expect_download() as download:
            page.click(f"#r-bar button:has-text('{name}')")
        assert re.fullmatch(rf"relatoria-\d{{4}}-\d\d-\d\d-selection\.{suffix}", download.value.suggested_filename)
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert len(ids(file)) == hostile + 1
        assert ids(file)[:2] == ["report-00000#r01", "report-00005#r04"]
    page.fill("#r-words input, #r-words textarea", "")
    page.wait_for_function("document.querySelectorAll('#r-records [data-pick]').length === 50")
    assert page.is_checked("#r-records [data-pick] >> nth=0")
    page.click("button:has-text('Clear selection')")
    page.wait_for_function(f"!document.querySelector('{COUNT}').innerText.includes('Selected')")
    assert not page.is_checked("#r-records [data-pick] >> nth=0")
    page.click("button:has-text('Select all')")
    counted(page, f"Selected: {MANY + hostile}")


@needs_chromium
def test_a_permanent_link_opens_where_it_says(served_library: str, table: OpenPage) -> None:
    page = table(f"{served_library}?tab=browse&p=3")
    link = page.locator("#r-records .r-links a >> nth=21").get_attribute("href")
    assert link is not None
    wanted = page.locator("#r-records [data-pick] >> nth=10").get_attribute("value")
    led = table(f"{served_library}{link}")
    assert led.locator("#r-records .r-led [data-pick]").get_attribute("value") == wanted
    led.wait_for_function("document.querySelector('.r-led').getBoundingClientRect().top < innerHeight")


@needs_chromium
def test_by_keyboard_alone(served: str, table: OpenPage, tmp_path: Path) -> None:
    page = table(f"{served}?tab=browse")
    page.focus("#r-words input, #r-words textarea")
    page.keyboard.type("retorno")
    counted(page, "1 of 26")
    page.focus("#r-records [data-pick]")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Space")
    counted(page, "Selected: 1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-here")
    assert page.inner_text("#r-here").startswith("Como recomendación final")
    assert page.is_visible("#r-side")
    assert page.is_visible("#r-records")
    page.keyboard.press("Escape")
    page.wait_for_selector("#r-side", state="hidden")
    assert "See it in the report" in page.evaluate("document.activeElement.ariaLabel")
    page.focus("#r-bar button:has-text('CSV')")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "one.csv")
    with (tmp_path / "one.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [f"{ID}#1.1-r09"]


@needs_chromium
@pytest.mark.parametrize("width", [1440, 720, 390])  # 720: 1440 at 200 %
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("es", "dark"), ("ar", "light"), ("ar", "dark")])
def test_axe_has_nothing_to_say(served_library: str, table: OpenPage, width: int, language: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = table(
        f"{served_library}?tab=browse&lang={language}&words=deben",
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
    )
    page.check("#r-records [data-pick] >> nth=1")
    page.wait_for_selector(".r-selected")
    violations = Axe().run(page, context="#r-main").response["violations"]
    assert [(violation["id"], [node["html"][:120] for node in violation["nodes"]]) for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hacked") is None


@needs_chromium
def test_the_last_answer_or_all_of_them(assistant: Assistant, browser: "Browser", tmp_path: Path) -> None:
    """The strip for answers, on a page of its own: unseen until there is one."""
    given = [assistant.ask("¿Qué se recomendó sobre la migración de retorno?"), assistant.ask("What about women?")]
    with gr.Blocks() as blocks:
        site = Site(assistant, Settings(), gr.State("en"), gr.State(""), gr.State(()))
        one = lay_out_strip(site)
        chat = gr.HTML(elem_id="r-chat")
        there = '<p class="r-provenance">index</p>'
        gr.Button("answer").click(lambda: (tuple(given), there), None, [site.answers, chat])
        blocks.load(lambda: one.load(Visit("en", {}))[0], None, list(one.outputs))
    with serve_blocks(blocks) as url, open_visit(browser, url, "button:has-text('answer')") as visit:
        page = visit.page
        assert not page.is_visible("button:has-text('Word')")
        page.click("button:has-text('answer')")
        for which, wanted in (("The last answer", given[1:]), ("The whole conversation", given)):
            page.check(f"label:has-text('{which}') input")
            with page.expect_download() as download:
                page.click("button:has-text('Word')")
            download.value.save_as(tmp_path / "x.docx")
            cited = {c.passage.id for answer in wanted for c in (*answer.citations, *answer.nearest)}
            cited |= {c.passage.id for answer in wanted for s in answer.borderline for c in s.citations}
            assert set(ids(tmp_path / "x.docx")) == cited
