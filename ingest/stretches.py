"""Long stretches of text as pieces that a model's window holds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from ingest.lexicon.structure import sentence_ends
from ingest.report import Block

_WINDOW = 1_200  # characters that a model's window surely holds; of Chinese or Korean a third


def readable(text: str, block: Block) -> Iterator[Block]:
    """A long stretch as pieces that a model's window holds, cut between sentences."""
    window = _WINDOW // 3 if sum(one > "\u2e80" for one in text[block.start : block.start + 200]) > 40 else _WINDOW
    start = block.start
    ends = sentence_ends(text, block.start, block.end)
    for end, following in pairwise([*ends, block.end, None]):
        assert end is not None
        if following is None or following - start > window:
            stretch = text[start:end]
            yield replace(block, start=start, end=start + len(stretch.rstrip()))
            start = end
