"""Parses tables whose rows are recommendations: the header row names one recommendation column and label columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.lexicon.field_labels import (
    MEASURE_COLUMN,
    RECOMMENDATION_COLUMN,
    FieldLabel,
    classify_head,
    split_values,
)
from ingest.lexicon.list_markers import Marker, parse_markers
from ingest.report import normalize_for_display

_OF_PLANS = {"addressee", "term"}  # columns, of which a table of measures has one at least
_INHERITED_NAMES = {"theme", "subtheme"}  # names whose value holds for the rows below that leave it empty


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell: its span in the row, with the label name and head of its column."""

    start: int
    end: int
    name: str  # of its column; empty where nothing known heads it
    head: str


@dataclass(frozen=True, slots=True)
class RecommendationRow:
    """A row that is a recommendation."""

    recommendation: TableCell
    labels: tuple[FieldLabel, ...]
    others: tuple[TableCell, ...]  # under heads that are not known


def parse_header(row: str) -> tuple[str, ...]:
    """Parse a header row: the column heads, or none unless it heads recommendations with labels, or measures with who
    or when.

    >>> parse_header("No.\\tRecomendación\\tTema"), parse_header("Place\\tRecommendation")
    (('No.', 'Recomendación', 'Tema'), ())
    """
    heads = tuple(normalize_for_display(cell) for cell in row.split("\t"))
    names = _name_columns(heads)
    wanted = {*names} - {"", RECOMMENDATION_COLUMN} if RECOMMENDATION_COLUMN in map(classify_head, heads) else _OF_PLANS
    return heads if names.count(RECOMMENDATION_COLUMN) == 1 and wanted.intersection(names) else ()


def _name_columns(heads: Sequence[str]) -> list[str]:
    """The label name of each column; that of measures has the recommendations, where no other has."""
    names = [classify_head(head) for head in heads]
    own = RECOMMENDATION_COLUMN if RECOMMENDATION_COLUMN in names else MEASURE_COLUMN
    return [RECOMMENDATION_COLUMN if name == own else name if name != MEASURE_COLUMN else "" for name in names]


def is_section_row(row: str, heads: Sequence[str]) -> bool:
    """Whether a row has but one cell, and it is no recommendation: it heads the rows below."""
    return "\t" not in row and len(heads) > 1 and _name_columns(heads)[0] != RECOMMENDATION_COLUMN


def parse_row(row: str, heads: Sequence[str], above: RecommendationRow | None = None) -> RecommendationRow | None:
    """Parse a row below such a header; None where its recommendation cell is empty."""
    cells = _align_cells(row, heads)
    own = next((cell for cell in cells if cell.name == RECOMMENDATION_COLUMN), None)
    if own is None or not row[own.start : own.end].strip():
        return None
    labels = [
        (cell.name, value)
        for cell in cells
        if cell.name not in {"", RECOMMENDATION_COLUMN}
        for value in split_values(cell.name, row[cell.start : cell.end])
    ]
    said = {name for name, _ in labels}
    goes_on = [label for label in (above.labels if above else ()) if label[0] in _INHERITED_NAMES - said]
    others = tuple(cell for cell in cells if not cell.name and row[cell.start : cell.end].strip())
    return RecommendationRow(own, (*goes_on, *labels), others)


def split_cell(row: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The numbered paragraphs of a cell, with their marks; the cell as it stands where it has none.

    >>> split_cell("Wells\\t1. Mend them.\\n2. Clean them.", 6, 35)
    [(9, 19, '1.'), (23, 34, '2.')]
    """
    found: list[tuple[int, int, str]] = []
    last: Marker | None = None
    for line in re.finditer(r"[^\n]+", row[start:end]):
        counted = (
            marker for marker in parse_markers(line[0]) if marker.values and (not last or marker.counts_on(last))
        )
        if marker := next(counted, None):
            found.append((start + line.start() + marker.end, start + line.end(), marker.printed))
            last = marker
        else:
            found[-1:] = [(found[-1][0] if found else start, start + line.end(), found[-1][2] if found else "")]
    return found if "\n" in row[start:end] else [(start, end, "")]


def _align_cells(row: str, heads: Sequence[str]) -> list[TableCell]:
    """The cells of a row, each under its head."""
    cells = zip(re.finditer(r"(?<![^\t])[^\t]*", row), _name_columns(heads), heads, strict=False)
    return [TableCell(*cell.span(), name, head) for cell, name, head in cells]
