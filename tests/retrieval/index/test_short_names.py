"""What reports are called on screens, each by a name of its own, and the reports of a forum or year."""

from pathlib import Path

import pytest

from ingest.errors import BadFilter
from ingest.report import Kind, Metadata, Passage, ReadingWarning, Report
from retrieval.index.facets import Facets
from retrieval.index.filters import Filter, select_rows, validate_filter
from retrieval.index.index import Index
from retrieval.index.short_names import find_body, name_reports, short_name
from retrieval.storage.reader import ReportSummary
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder

REVIEW = "Report of the Working Group on the Universal Periodic Review – "


@pytest.mark.parametrize(
    ("known", "name"),
    [
        (Metadata(f"{REVIEW}CÔTE D’IVOIRE", date="2009-12"), "CÔTE D’IVOIRE 2009"),
        (Metadata("Report of the Special Rapporteur on water about the mission to Malta", year=2009), "Malta 2009"),
        (Metadata("G20 Bali Leaders’ Declaration", place="Bali, Indonesia", date="2022-11-16"), "G20 Bali 2022"),
        (Metadata("Decisions of the Conference of the Parties (COP)", date="2015"), "COP 2015"),
        (Metadata("G20 Bali Leaders’ Declaration"), "G20 Bali Leaders’ Declaration"),  # nobody knows when
        (Metadata("Informe sobre Malta", year=2009), "Informe sobre Malta"),  # short enough
        (Metadata("How the States of the European Union and Malta received those who came by sea", year=2009),) * 2,
    ],
)  # fmt: skip
def test_a_name_is_the_state_or_event_and_year_or_the_title(known: Metadata, name: str | Metadata) -> None:
    assert short_name(known) == (name.title if isinstance(name, Metadata) else name)


def test_each_report_has_a_name_of_its_own() -> None:
    unsure = Metadata("scan_004", warnings=(ReadingWarning("title", "has none"),))
    malta = Metadata(f"{REVIEW}Malta", date="2009-06-04")
    told = {"a": malta, "b": malta, "c": Metadata(f"{REVIEW}Malta", date="2013"), "d": unsure, "e": Metadata()}
    names = name_reports([ReportSummary(id_, Path(f"/x/{id_}.pdf"), known) for id_, known in told.items()])
    assert names == {"a": "Malta 2009 (a)", "b": "Malta 2009 (b)", "c": "Malta 2013", "d": "d.pdf", "e": "e"}


@pytest.mark.parametrize(
    ("title", "language", "front", "body"),
    [
        ("REPORT OF THE STANDING COMMITTEE ON FINANCE", "en", "", "Standing Committee on Finance"),
        ("Informe final de la Comisión de la Verdad", "es", "", "Comisión de la Verdad"),
        ("Plano de dados abertos do Ministério do Planejamento", "pt", "", "Ministério do Planejamento"),
        ("Resolution of the Council", "en", "", "Council"),
        ("Interim Committee – Minutes", "en", "", "Interim Committee"),
        ("On water", "en", "House of Commons\n\nWater Audit Committee\n\nOn water", "Water Audit Committee"),
        ("Report on the rights of Migrants", "en", "", ""),  # of whom it speaks
        ("Minutes of the Government of Spain", "en", "", "Government of Spain"),
        ("Opinion", "en", "The Committee met on Monday and agreed.", ""),
        ("Recommendations to Spain", "en", "Spain\n\nWomen", ""),
        ("Звіт комітету", "uk", "", ""),
    ],
)  # fmt: skip
def test_a_body_issues_a_report_that_its_title_or_a_line_says(title: str, language: str, front: str, body: str) -> None:
    assert find_body(Metadata(title, language=language), front) == body


def test_passages_are_those_of_a_forum_or_a_year(tmp_path: Path) -> None:
    index = Index(tmp_path, MODEL)
    for id_, known in (
        ("a", Metadata("Carta", forum="Foro Mundial", year=2010)),
        ("b", Metadata("G7 Communiqué of the Council", date="2021-06-13", language="en")),
        ("c", Metadata("Carta", date="2021")),
    ):
        passage = Passage(f"{id_}#r01", id_, Kind.RECOMMENDATION, "", (), "", "x", 0, 1, 1, 1, "es")
        index.put([(Path(f"/{id_}.txt"), Report(id_, "x", known, id_ * 64), [passage])], HashingEmbedder())
    facets = Facets(index.store)

    def reports(**wanted: str) -> tuple[str, ...]:
        where = validate_filter(Filter(**{name: (value,) for name, value in wanted.items()}), facets)  # type: ignore[arg-type]
        assert len(select_rows(index.store, where, facets) or ()) == len(where.reports)
        return where.reports

    assert (reports(forum="foro mundial"), reports(forum="g7"), reports(year="2021")) == (("a",), ("b",), ("b", "c"))
    assert reports(year="2021", reports="c") == ("c",)
    assert reports(body="council") == ("b",)
    for wanted, there in (({"year": "2010", "reports": "c"}, "2021"), ({"forum": "G20"}, "G7, Foro Mundial")):
        with pytest.raises(BadFilter, match=f"There are: {there}"):
            reports(**wanted)
