"""Rows of tables: what stands in one cell is one record, or as many as it has numbered paragraphs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document

from ingest.report import Passage
from tests.ingest.split.test_field_labels import passages_of

Table = tuple[tuple[str, ...], ...]
PLAN = ("Recommendation", "Responsible"), ("a) Mend the wells.\nb) Train two mechanics\nin each village.", "Councils")
MINUTES = ("Topic", "Said"), ("Water", "1. The wells are dry.\n2. The pumps are worn."), ("Roads", "None\nare open.")


def write_word(path: Path, table: Table) -> None:
    document = Document()
    document.add_heading("Minutes", 1)
    rows = document.add_table(rows=0, cols=len(table[0]))
    for row in table:
        for cell, text in zip(rows.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def write_page(path: Path, table: Table) -> None:
    cells = (("".join(f"<td>{text.replace(chr(10), '<br>')}</td>" for text in row)) for row in table)
    rows = "".join(f"<tr>{row}</tr>" for row in cells)
    path.write_text(f"<html><body><h1>Minutes</h1><table>{rows}</table></body></html>", encoding="utf-8")


@pytest.fixture(params=[("minutes.docx", write_word), ("minutes.html", write_page)], ids=["word", "html"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Table], list[Passage]]:
    name, write = request.param

    def passages(table: Table) -> list[Passage]:
        write(tmp_path / name, table)
        return passages_of(tmp_path / name)[1:]

    return passages


def test_numbered_paragraphs_in_a_cell_are_a_record_each(read: Callable[[Table], list[Passage]]) -> None:
    assert [(own.number, " ".join(own.text.split()), own.lead_in) for own in read(MINUTES)] == [
        ("", "Topic Said", ""),
        ("", "Water", "Topic Said"),
        ("1", "The wells are dry.", "Water"),
        ("2", "The pumps are worn.", "Water"),
        ("", "Roads None are open.", "Topic Said"),
    ]


def test_recommendations_in_a_cell_have_the_labels_of_their_row(read: Callable[[Table], list[Passage]]) -> None:
    assert [(own.number, " ".join(own.text.split()), own.addressees) for own in read(PLAN)] == [
        ("a", "Mend the wells.", ("Councils",)),
        ("b", "Train two mechanics in each village.", ("Councils",)),
    ]
