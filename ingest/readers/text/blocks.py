"""Segments plain text into blocks: a line that starts a block, with the lines that continue it."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.lexicon.field_labels import starts_with_label
from ingest.lexicon.list_markers import Marker, find_marker
from ingest.lexicon.sentences import CLAUSE_END, SENTENCE_END
from ingest.report import Block, BlockRole, find_line_starts

_ENDING = 20  # characters in which to look for the end of a sentence
_RULE = re.compile(r"\s*[-=_*~#\u2013\u2014]{3,}\s*")  # a line drawn across


def find_blocks(text: str) -> tuple[Block, ...]:
    """Segment a text without markup into blocks: list items by their markers, the rest as text.

    Blank lines end a block, unless the sentence plainly goes on behind them. Headings are not detected here.
    """
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    known: dict[str, Marker] = {}
    last: Marker | None = None
    block: Block | None = None
    after_gap, after_label = True, False
    for start, stop in pairwise((*find_line_starts(text), len(text))):
        line = text[start:stop]
        if not line.strip() or _RULE.fullmatch(line):
            after_gap = True
            continue
        end = start + len(line.rstrip())
        ending = text[max(block.start, block.end - _ENDING) : block.end] if block else "."
        after_break = after_gap or after_label or bool(CLAUSE_END.search(ending))
        listed = block is not None and block.role is BlockRole.ITEM
        marker = find_marker(line, after_break=after_break, last=last if listed else None, known=known)
        if marker:
            known[marker.style] = last = marker
            if block:
                yield block
            block = Block(BlockRole.ITEM, start + marker.end, end, marker.printed)
        elif block and (not after_gap or (line.lstrip()[0].islower() and not SENTENCE_END.search(ending))):
            block = Block(block.role, block.start, end, block.marker)
        else:
            if block:
                yield block
            block = Block(BlockRole.TEXT, start + len(line) - len(line.lstrip()), end)
        after_gap, after_label = False, starts_with_label(line)
    if block:
        yield block
