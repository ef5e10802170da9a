"""What of a PDF was not surely read is told with its page, and pages are called by what is printed on them."""

import json

import pytest

from app.render.wording import page_and_line
from ingest.readers.read import extract_content
from ingest.report import Report
from ingest.serialization import report_from_dict, report_to_dict
from ingest.split.splitter import split
from retrieval.answer.templates import load_templates
from tests.fakes.pdf_maker import PdfPage, TextRun, make_pdf
from tests.ingest.readers.pdf_pages import ROADS, WELLS, body


def warned(*sheets: PdfPage) -> list[tuple[str, int | None]]:
    return [(warning.kind, warning.page) for warning in extract_content(make_pdf(*sheets)).warnings]


SPLIT = WELLS.replace("the ", "t he ").replace("wells", "wel l s")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (SPLIT, [("damaged text", 2)]),
        (WELLS, []),
        ("The counnncil of the valllley metttt in the oldddd school. " * 2, [("damaged text", 2)]),
        ("Parts III, VIII and XXXIII: see www.wells.org. " * 3, []),
        ("Letters a), b) and c) of rule 7.d, and l'eau d'un puits: R. v. S. in the case of x-rays. " * 3, []),
    ],
)
def test_letters_that_stand_apart_from_their_words_are_told(text: str, kinds: list[tuple[str, int]]) -> None:
    assert warned(PdfPage(body(ROADS)), PdfPage(body(text))) == kinds


def test_a_table_whose_cells_could_not_be_told_apart_is_told() -> None:
    def rows(*counts: int) -> PdfPage:
        cells = [("Wells", 72 + 90 * x, 300 + 15 * y) for y, count in enumerate(counts) for x in range(count)]
        return PdfPage([*body(WELLS), *(TextRun(*cell) for cell in cells)])

    assert warned(PdfPage(body(ROADS)), rows(5, 2, 4, 3, 2)) == [("table", 2)]
    assert warned(rows(3, 3, 2, 3, 3)) == []


def test_pages_are_called_by_what_is_printed_on_them() -> None:
    sheets = [PdfPage(body(text)) for text in (WELLS, ROADS, WELLS)]
    places = []
    for labels in ("0<</S/r>>2<</S/D>>", "0<</S/D>>", ""):
        extract = extract_content(make_pdf(*sheets, labels=labels))
        report = Report("r", extract.text, extract.metadata, "", extract.blocks, extract.pages)
        assert report_from_dict(json.loads(json.dumps(report_to_dict(report)))) == report
        passages = [passage for passage in split(report) if passage.kind == "paragraph"]
        assert [passage.page for passage in passages] == [1, 2, 3][-len(passages) :]
        places.append([page_and_line(passage, report, load_templates("en")).split(",")[0] for passage in passages])
    assert places == [["page i", "page ii", "page 1"], *[["page 1", "page 2", "page 3"]] * 2]
