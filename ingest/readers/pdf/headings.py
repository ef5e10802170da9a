"""Classifies blocks of a paged document as headings: short ones that are printed larger, bolder or in capitals."""

from collections.abc import Sequence

from ingest.lexicon.structure import LEADERS
from ingest.readers.pdf.layout import Draft
from ingest.report import Role

_BOLD_RUN = 5  # blocks; more headings than that do not follow one another
_LARGER = 1.05  # of the usual size
_LINES = 4
_DEEPEST = 6  # level
_HEADING_LENGTH = 200  # characters


def find_headings(blocks: Sequence[Draft], usual: float) -> None:
    """Mark headings by how they are printed, in place; ``usual`` is the size of most of the text, in points.

    Levels follow from size, then weight: the larger, then the bolder, stands above.
    """
    bolds = [block.role is not Role.ROW and all(line.bold for line in block.lines) for block in blocks]
    styles: dict[int, tuple[float, bool, bool]] = {}
    for at, block in enumerate(blocks[:-1]):
        if len(block.lines) > _LINES or block.role is Role.ROW:
            continue
        text = " ".join(line.text for line in block.lines)
        size = max(line.size for line in block.lines)
        if not _may_be(block, text) or (text[block.cut].islower() and size <= _LARGER * usual):
            continue
        bold = bolds[at] and not all(bolds[at : at + _BOLD_RUN])  # where the text is bold, it says nothing
        capitals = all(one.isupper() for one in text if one.isalpha())
        if size > _LARGER * usual or bold or capitals:
            styles[at] = (round(size / usual, 1), bold, capitals)
    ranks = {style: rank for rank, style in enumerate(sorted(set(styles.values()), reverse=True), start=1)}
    for at, style in styles.items():
        block = blocks[at]
        block.role, block.marker, block.cut, block.level = Role.HEADING, "", 0, min(ranks[style], _DEEPEST)


def _may_be(block: Draft, text: str) -> bool:
    """Whether a block's words can be a heading's."""
    if len(text) > _HEADING_LENGTH or LEADERS.search(text):
        return False
    if block.role is Role.ITEM and (not _outline(block.marker) or text.endswith(":")):
        return False
    return not text.endswith((".", ";", ",")) and sum(map(str.isalpha, text[block.cut :])) >= 3


def _outline(marker: str) -> bool:
    """Whether a mark may number a heading: "II.", "A.", "1.2", "3."; no bullet, nothing in brackets."""
    return marker[:1].isalnum() and not marker.endswith(")")
