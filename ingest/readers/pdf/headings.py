"""Classifies blocks of a paged document as headings: short ones that are printed larger, bolder or in capitals."""

from collections.abc import Sequence

from ingest.lexicon.structure import DOT_LEADERS
from ingest.readers.pdf.layout import DraftBlock
from ingest.report import BlockRole

_BOLD_RUN = 5  # blocks; more headings than that do not follow one another
_LARGER = 1.05  # of the usual size
_MAX_LINES = 4
_MAX_LEVEL = 6  # level
_MAX_LENGTH = 200  # characters


def mark_headings(blocks: Sequence[DraftBlock], usual: float) -> None:
    """Mark headings by how they are printed, in place; ``usual`` is the size of most of the text, in points.

    Levels follow from size, then weight: the larger, then the bolder, stands above.
    """
    bolds = [block.role is not BlockRole.ROW and all(line.bold for line in block.lines) for block in blocks]
    styles: dict[int, tuple[float, bool, bool]] = {}
    for at, block in enumerate(blocks[:-1]):
        if len(block.lines) > _MAX_LINES or block.role is BlockRole.ROW:
            continue
        text = " ".join(line.text for line in block.lines)
        size = max(line.size for line in block.lines)
        if not _may_be_heading(block, text) or (text[block.cut].islower() and size <= _LARGER * usual):
            continue
        bold = bolds[at] and not all(bolds[at : at + _BOLD_RUN])  # where the text is bold, it says nothing
        capitals = all(letter.isupper() for letter in text if letter.isalpha())
        if size > _LARGER * usual or bold or capitals:
            styles[at] = (round(size / usual, 1), bold, capitals)
    ranks = {style: rank for rank, style in enumerate(sorted(set(styles.values()), reverse=True), start=1)}
    for at, style in styles.items():
        block = blocks[at]
        block.role, block.marker, block.cut, block.level = BlockRole.HEADING, "", 0, min(ranks[style], _MAX_LEVEL)


def _may_be_heading(block: DraftBlock, text: str) -> bool:
    """Whether a block's words can be a heading's."""
    if len(text) > _MAX_LENGTH or DOT_LEADERS.search(text):
        return False
    if block.role is BlockRole.ITEM and (not _is_outline_marker(block.marker) or text.endswith(":")):
        return False
    return not text.endswith((".", ";", ",")) and sum(map(str.isalpha, text[block.cut :])) >= 3


def _is_outline_marker(marker: str) -> bool:
    """Whether a mark may number a heading: "II.", "A.", "1.2", "3."; no bullet, nothing in brackets."""
    return marker[:1].isalnum() and not marker.endswith(")")
