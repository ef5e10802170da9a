"""Tells the tables of data in a page from those that only lay it out, and reads their rows."""

import re
from collections.abc import Collection, Iterator

from selectolax.lexbor import LexborNode

from ingest.readers.web.nodes import (
    NAMES,
    children_reversed,
    descendants,
    descendants_tagged,
    is_hidden,
    parse_number,
    text_of,
)

_LAYOUT_TAGS = NAMES.words("layout_tags")  # never inside a table of data
_MULTI_BLOCK_TAGS = NAMES.words("multi_block_tags")  # inside a table of data only where it says that it is one
_MANY_PARAGRAPHS = 3
_BULLETS = "•◦▪■□●○‣⁃–—-*·§➢✓\uf0b7\uf0a7\uf0d8"
_MARKER = re.compile(
    rf"[{re.escape(_BULLETS)}]|[\[(]?(?:\d{{1,3}}|[a-zA-Z]|[ivxlcIVXLC]{{1,6}})[.)\]]{{1,2}}|(?:\d{{1,3}}\.){{1,4}}\d{{0,3}}"
)
_MAX_SPAN = 200  # columns or rows


def is_layout_table(table: LexborNode) -> bool:
    """Whether a table is only for layout: by its content, or by having one column."""
    if table.attributes.get("role") in ("presentation", "none"):
        return True
    declared = False
    many = paragraphs = 0
    for node in descendants(table):
        tag = node.tag or ""
        if tag in _LAYOUT_TAGS:
            return True
        declared |= tag in ("th", "caption", "thead")
        many += tag in _MULTI_BLOCK_TAGS
        if tag in ("td", "th"):
            paragraphs = 0
        elif tag == "p" and text_of(node).strip():
            paragraphs += 1
            many += paragraphs >= _MANY_PARAGRAPHS
    if many and not declared:
        return True
    rows = list(descendants_tagged(table, frozenset(("tr",))))
    filled = [sum(1 for cell in cells_of(row) if text_of(cell).strip()) for row in rows]
    if max(filled, default=0) <= 1:
        return True
    return all(marker_and_text(row) for row, cells in zip(rows, filled, strict=True) if cells)


def marker_and_text(row: LexborNode) -> tuple[LexborNode, str] | None:
    """The cell of the marker and the marker, of a row that is nothing but a marker with its text."""
    filled: list[tuple[LexborNode, str]] = []
    for cell in cells_of(row):
        text = " ".join(text_of(cell, limit=200).split())
        if text:
            filled.append((cell, text))
        if len(filled) > 2:
            return None
    if len(filled) != 2 or not _MARKER.fullmatch(filled[0][1]) or not re.search(r"[^\W\d_]", filled[1][1]):
        return None
    return filled[0]


def cells_of(row: LexborNode) -> list[LexborNode]:
    """The visible cells of a row."""
    cells = [child for child in children_reversed(row) if child.tag in ("td", "th") and not is_hidden(child)]
    return cells[::-1]


def read_rows(table: LexborNode, left_out: Collection[int]) -> Iterator[str | list[str]]:
    """Read a table of data: its captions, and its rows as cells; columns that are empty in all rows are dropped.

    ``left_out``: elements that are not read, by `mem_id`.
    """
    rows: list[list[tuple[int, str]]] = []  # column, text
    covered: dict[int, int] = {}  # rows still to come that a cell above reaches into, by column
    for part in descendants_tagged(table, frozenset(("caption", "tr"))):
        if is_hidden(part) or part.mem_id in left_out:
            continue
        if part.tag == "caption":
            yield " ".join(text_of(part).split())
            continue
        row, column, below = list[tuple[int, str]](), 0, dict[int, int]()
        for cell in cells_of(part):
            while covered.get(column):
                row.append((column, ""))
                column += 1
            text = text_of(cell, lambda node: node.mem_id in left_out)
            row.append((column, "" if cell.mem_id in left_out else text.strip()))
            spans = (parse_number(cell.attributes.get(name), 1) for name in ("colspan", "rowspan"))
            width, height = (min(max(span, 1), _MAX_SPAN) for span in spans)
            below |= dict.fromkeys(range(column, column + width), height)
            column += width
        rows.append([*row, *((at, "") for at in covered if at >= column)])
        covered = {at: left - 1 for at, left in (covered | below).items() if left > 1}
    used = {column for row in rows for column, text in row if text}
    yield from ([text for column, text in row if column in used] for row in rows)
