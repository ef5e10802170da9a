"""Parses tables whose rows are recommendations: the header row names one recommendation column and label columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.lexicon.field_labels import RECOMMENDATION, Label, name_of, values_of
from ingest.report import for_reading

_DOWN = {"theme", "subtheme"}  # names whose value holds for the rows below that leave it empty


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its span in the row, with the label name and head of its column."""

    start: int
    end: int
    name: str  # of its column; empty where nothing known heads it
    head: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is a recommendation."""

    recommendation: Cell
    labels: tuple[Label, ...]
    others: tuple[Cell, ...]  # under heads that are not known


def heads_of(row: str) -> tuple[str, ...]:
    """Parse a header row: the column heads, or none unless it heads a table of recommendations with labels.

    >>> heads_of("No.\\tRecomendación\\tTema"), heads_of("Place\\tRecommendation")
    (('No.', 'Recomendación', 'Tema'), ())
    """
    heads = tuple(for_reading(cell) for cell in row.split("\t"))
    names = [name_of(head) for head in heads]
    return heads if names.count(RECOMMENDATION) == 1 and any(name not in {"", RECOMMENDATION} for name in names) else ()


def row_of(row: str, heads: Sequence[str], above: Row | None = None) -> Row | None:
    """Parse a row below such a header; None where its recommendation cell is empty."""
    cells = _under(row, heads)
    own = next((cell for cell in cells if cell.name == RECOMMENDATION), None)
    if own is None or not row[own.start : own.end].strip():
        return None
    labels = [
        (cell.name, one)
        for cell in cells
        if cell.name not in {"", RECOMMENDATION}
        for one in values_of(cell.name, row[cell.start : cell.end])
    ]
    said = {name for name, _ in labels}
    goes_on = [label for label in (above.labels if above else ()) if label[0] in _DOWN - said]
    others = tuple(cell for cell in cells if not cell.name and row[cell.start : cell.end].strip())
    return Row(own, (*goes_on, *labels), others)


def _under(row: str, heads: Sequence[str]) -> list[Cell]:
    """Align cells with heads; in a row that lacks some, the longest cell is the recommendation."""
    stretches: list[tuple[int, int]] = []
    start = 0
    for cell in row.split("\t"):
        stretches.append((start, start + len(cell)))
        start += len(cell) + 1
    names = [name_of(head) for head in heads]
    longest = max(range(len(stretches)), key=lambda at: stretches[at][1] - stretches[at][0])
    missing = max(0, len(heads) - len(stretches))
    shift = min(max(0, names.index(RECOMMENDATION) - longest), missing)
    return [
        Cell(start, end, name, head)
        for (start, end), name, head in zip(stretches, names[shift:], heads[shift:], strict=False)
    ]
