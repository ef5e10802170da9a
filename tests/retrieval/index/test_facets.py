"""What the passages of an index say of themselves, by column, and the rows that say it."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import BadFilter, BeyondLimit
from ingest.report import Kind, Metadata, Passage, Report, Strength
from retrieval.index.facets import Facets
from retrieval.index.filters import NO_FILTER, Filter, select_rows, validate_filter
from retrieval.index.index import Index
from retrieval.limits import FILTER_VALUE
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder

SECTIONS = {"1": "Mesa 1.2 Causas: otras", "2": "Session 2: Return and reintegration", "3": "Conclusiones"}


def passage(
    report: str, local_id: str, kind: Kind = Kind.RECOMMENDATION, section: str = "1", **more: object
) -> Passage:
    made = Passage(f"{report}#{local_id}", report, kind, "", (SECTIONS[section],), "", "texto", 0, 5, 1, 1, "es")
    return replace(made, **more)  # type: ignore[arg-type]


TERM, PEACE, CARE = ("term", "Corto"), ("theme", "Construcción de paz"), ("Theme", "Cuidado")
PASSAGES = [  # rows 1 to 4 of a report, 5 to 8 of another
    passage("abc-1", "r01", number="1.2", addressees=("Congreso", "Senado"), labels=(TERM, PEACE), by=("Perú",)),
    passage("abc-1", "r01.1", Kind.PART, number="a"),
    passage("abc-1", "r01.1.1", Kind.PART, number="i", labels=(("theme", "Otra cosa"),)),
    passage("abc-1", "r01.2", Kind.PART, number="b", addressees=("Gobierno de España",), language="fr"),
    passage(
        "plain", "R02", section="2", number="1.2", strength=Strength.OBLIGATION, labels=(CARE,), by=("Chad", "Perú")
    ),
    passage("plain", "p01", Kind.PARAGRAPH, "3", addressees=("Congreso",)),
    passage("plain", "p01.1", Kind.PART, "3"),
    passage("plain", "x9.1", Kind.PART, "2"),  # a part of what is not there
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    made = Index(tmp_path_factory.mktemp("index"), MODEL)
    for name in ("abc-1", "plain"):
        report = Report(name, "texto", Metadata(title=name), name.ljust(64, "0"))
        own = [each for each in PASSAGES if each.report_id == name]
        made.put([(Path(f"/reports/{name}.txt"), report, own)], HashingEmbedder())
    return made


@pytest.fixture
def facets(index: Index) -> Facets:
    return Facets(index.store)


def test_values_have_their_rows(facets: Facets) -> None:
    assert facets.reports == ("abc-1", "plain")
    assert facets.languages == ("es", "fr")
    assert set(facets.values_of("addressees")) == {"Congreso", "Senado", "Gobierno de España"}
    assert facets.rows_with_values("addressees", ["Congreso", "Senado", "nobody"]) == {1, 6}
    assert facets.rows_with_values("by", ["Perú"]) == {1, 5}
    assert facets.rows_with_values("headings", [SECTIONS["3"]]) == {6, 7}
    assert facets.rows_with_values("nothing", ["x"]) == set()
    assert facets.label_values == {
        "term": ["Corto"],
        "theme": ["Construcción de paz", "Otra cosa"],
        "Theme": ["Cuidado"],
    }
    assert (facets.has_number("1.2"), facets.has_number("9"), facets.has_number("")) == (True, False, True)


def test_recommendations_are_told_from_parts_of_something_else(facets: Facets) -> None:
    assert facets.recommendation_rows == {1, 5}
    assert facets.recommendation_and_part_rows == {1, 2, 3, 4, 5}


def test_parts_have_what_the_whole_has_unless_they_say_otherwise(facets: Facets) -> None:
    assert facets.with_parts({1}, "addressees") == {1, 2, 3}
    assert facets.with_parts({6}, "addressees") == {6, 7}
    assert facets.with_parts({1}, "labels") == {1, 2, 4}
    assert facets.with_parts({1}, "labels", "theme") == {1, 2, 4}
    assert facets.with_parts({1}, "labels", "term") == {1, 2, 3, 4}  # a theme of its own is no term
    assert facets.with_parts({2}, "labels", "term") == {2, 3}
    assert facets.with_parts(set(), "labels") == set()


def test_values_are_found_by_all_words_of_a_name_in_any_order(facets: Facets) -> None:
    found = facets.values_with_words("addressees", [("espana", "gobierno"), ("senado",), ()])
    assert found == ["Senado", "Gobierno de España"]  # as they come in the reports
    assert facets.values_with_words("addressees", [("gobierno", "francia")]) == []
    assert facets.values_with_words("labels", [("paz",), ("cuidado",)]) == [PEACE, CARE]
    assert facets.values_with_words("labels", [("theme",)]) == []  # the name of a label is not its value


def test_passages_are_known_by_id_with_or_without_their_report(facets: Facets) -> None:
    assert facets.rows_with_ids(["r01"]) == {1}
    assert facets.rows_with_ids(["R01.1", "plain#r02"]) == {2, 5}
    assert facets.rows_with_ids(["ABC-1#R01", "plain#r01", "none"]) == {1}


def test_a_report_is_named_by_an_id_that_is_no_mere_word(facets: Facets) -> None:
    assert facets.find_report_id("plain abc-1") == (6, 11, "abc-1")
    assert facets.find_report_id("(abc-1) dice") == (1, 6, "abc-1")
    for text in ("plain", "xabc-1", "abc-12", "abc-1x", "abc 1", ""):
        assert facets.find_report_id(text) is None, text


def test_of_two_reports_the_longer_name_is_meant(tmp_path: Path) -> None:
    index = Index(tmp_path, MODEL)
    for name in ("a-1", "a-1-2"):
        index.put([(Path(name), Report(name, "x", Metadata(title=name), name), [])], HashingEmbedder())
    assert Facets(index.store).find_report_id("de a-1-2 y a-1") == (3, 8, "a-1-2")


def test_headings_are_known_by_number_unit_and_words(facets: Facets) -> None:
    assert facets.headings_numbered("1") == facets.headings_numbered("1.2") == [SECTIONS["1"]]
    assert (facets.headings_numbered("2"), facets.headings_numbered("2.1")) == ([SECTIONS["2"]], [])
    assert facets.section_units == {"roundtable", "session"}
    ((share, *subject),) = facets.find_subjects(frozenset({"return"}))
    assert (round(share, 3), subject) == (0.333, [SECTIONS["2"], None])
    assert list(facets.find_subjects(frozenset({"paz", "construccion"}))) == [(1.0, "Construcción de paz", PEACE)]
    assert list(facets.find_subjects(frozenset({"paz", "return"}))) == []
    assert list(facets.find_subjects(frozenset())) == []
    assert list(facets.find_subjects(frozenset({"corto"}))) == []  # a term is no subject


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (Filter(), None),
        (Filter(reports=("plain",)), {5, 6, 7, 8}),
        (Filter(kinds=("part", "paragraph")), {2, 3, 4, 6, 7, 8}),
        (Filter(kinds=("part",), reports=("plain",)), {7, 8}),
        (Filter(strength=("obligation",)), {5}),
        (Filter(language=("fr",)), {4}),
        (Filter(section=("1", "conclusiones")), {1, 2, 3, 4, 6, 7}),
        (Filter(section=("nothing",)), set()),
        (Filter(addressee=("senado", "spain")), {1, 2, 3, 4}),
        (Filter(by=("chad",)), {5}),
        (Filter(by=("Peru",), addressee=("congress",)), {1, 2, 3}),
        (Filter(labels=(("theme", "paz"),)), {1, 2, 4}),
        (Filter(labels=(("THEME", "cuidado"), ("theme", "otra cosa"))), {3, 5}),
        (Filter(labels=(("theme", "paz"), ("term", "corto"))), {1, 2, 4}),
        (Filter(labels=(("term", "paz"),)), set()),
        (Filter(recommends=True), {1, 2, 3, 4, 5}),
        (Filter(recommends=True, reports=("plain",)), {5}),
    ],
)
def test_a_filter_selects_the_rows_that_have_it(index: Index, facets: Facets, wanted: Filter, rows: object) -> None:
    assert select_rows(index.store, wanted, facets) == rows
    assert select_rows(index.store, wanted) == rows


def test_closed_values_are_spelt_as_the_index_has_them(facets: Facets) -> None:
    asked = Filter(reports=("ABC-1",), kinds=("Part",), strength=("OBLIGATION",), language=("FR", "es"), by=("peru",))
    assert validate_filter(asked, facets) == Filter(
        reports=("abc-1",), kinds=("part",), strength=("obligation",), language=("fr", "es"), by=("peru",)
    )
    assert validate_filter(NO_FILTER, facets) == NO_FILTER
    open_values = Filter(section=("mesa 1.2", "return"), addressee=("Spain",), labels=(("TERM", "corto"),))
    assert validate_filter(open_values, facets) == open_values


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Filter(reports=("abc-1", "abc")), "There is no report 'abc' in the index. There are: abc-1, plain"),
        (Filter(kinds=("parts",)), "There is no kind 'parts' in the index. There are: part, "),
        (Filter(strength=("none",)), "There is no strength 'none'"),
        (Filter(language=("en",)), "There is no language 'en' in the index. There are: "),
        (Filter(section=("1.2", "9")), "There is no section '9' in the index. There are: "),
        (Filter(addressee=("senado", "Cámara")), "No passage is addressed to 'Cámara' in the index. There are: "),
        (Filter(by=("Kenya",)), "No passage was made by 'Kenya' in the index. There are: "),
        (Filter(labels=(("area", "x"),)), "There is no label 'area' in the index. There are: "),
        (Filter(labels=(("theme", "guerra"),)), "There is no theme 'guerra' in the index. There are: "),
        (Filter(labels=(("term", "paz"),)), "There is no term 'paz' in the index. There are: Corto"),
    ],
)
def test_what_no_passage_has_is_said(facets: Facets, wanted: Filter, said: str) -> None:
    with pytest.raises(BadFilter) as refused:
        validate_filter(wanted, facets)
    assert str(refused.value).startswith(said)


def test_limits_come_before_what_is_there(facets: Facets) -> None:
    with pytest.raises(BeyondLimit):
        validate_filter(Filter(by=("x" * (FILTER_VALUE.most + 1),)), facets)
