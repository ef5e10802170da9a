"""Filters are exact and combine, words are folded, pages follow each other, a query is in its address."""

import re
from pathlib import Path

from app.browse.browse import RecordBrowser
from app.browse.records import PAGE_SIZE, BrowseQuery, RecordTable
from app.browse.views import table_html
from evals.performance.synthetic import WordEmbedder
from ingest.report import Kind, normalize_for_display
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.index.filters import Filter, select_rows
from retrieval.text.terms import fold
from tests.fakes.library import judged_by_rules

ID = "gfmd-2010-mesa-redonda-1"


def found(records: RecordTable, **chosen: str) -> list[str]:
    words = chosen.pop("words", "")
    listed = records.load_page(BrowseQuery(words, {name: (value,) for name, value in chosen.items()}))
    return [row.passage.id for row in listed.rows]


def test_all_recommendations_are_there_in_reading_order(assistant: Assistant, records: RecordTable) -> None:
    wanted = [passage.id for passage in assistant.index.store.passages(kinds=[Kind.RECOMMENDATION])]
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


def test_what_a_report_says_of_itself_is_a_field_of_its_records(records: RecordTable) -> None:
    whole = records.load_page(BrowseQuery())
    assert (whole.counts["forum"], whole.counts["year"], whole.counts["body"]) == (
        [("Foro Mundial sobre Migración y Desarrollo", 26)], [("2010", 26)], [],
    )  # fmt: skip
    for typed, shown in (("foro mundial", 26), ("G20", 0)):
        assert records.load_page(BrowseQuery(chosen={"forum": (typed,)})).shown == shown


def test_values_of_a_field_are_alternatives(records: RecordTable) -> None:
    listed = records.load_page(BrowseQuery("", {"strength": ("possibility", "recommendation")}))
    assert listed.shown == 6
    assert [count for _, count in listed.counts["strength"]] == [13, 3, 3, 7]  # the field's own choice narrows others


def test_words_are_folded_and_all_must_stand(assistant: Assistant, records: RecordTable) -> None:
    passages = list(assistant.index.store.passages(kinds=[Kind.RECOMMENDATION]))
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


def test_the_answer_to_a_recommendation_is_a_field(tmp_path: Path) -> None:
    text = "The Valley\n\nRecommendations accepted\n\n• Build it.\n\nRecommendations rejected\n\n• Move it.\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assistant = Assistant(tmp_path / "index")
    with judged_by_rules():
        assistant.index.update(find_sources([tmp_path / "a.txt"]), WordEmbedder)
    browsing = RecordBrowser(assistant)
    assert found(browsing.records(), response="rejected") == ["a#r02"]
    assert found(browsing.records(), response="supported") == ["a#r01"]
    rows = select_rows(assistant.index.store, Filter(labels=(("response", "rejected"),)))
    assert rows is not None
    (row,) = rows
    assert assistant.index.store.passages_at([row])[row].id == "a#r02"
    words = {"en": "rejected", "es": "rechazada", "fr": "rejetée", "pt": "rejeitada", "ar": "مرفوضة"}
    for language, word in words.items():
        assert word in browsing.render(BrowseQuery(), frozenset(), language).table


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
