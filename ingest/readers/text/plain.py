"""The plain-text reader: the text as decoded, in paragraphs, words joined again that a line's end broke.

Form feeds start pages.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from ingest.lexicon.sentences import SENTENCE_END
from ingest.readers.extract import INVISIBLE, Extract
from ingest.readers.text.decoding import decode_text
from ingest.report import Block, BlockRole, find_line_starts

_ENDING = 20  # characters in which to look for the end of a sentence
_RULE = re.compile(r"\s*[-=_*~#\u2013\u2014]{3,}\s*")  # a line drawn across
_SHORT = 0.7  # of the usual line; a shorter one is the last of its paragraph
_FULL_LINES = 8  # lines about as long as the longest, that tell
_ONE_LINE = 200  # characters; where lines are longer, each is a paragraph
_WORD = re.compile(r"[^\W\d_]+")
_BROKEN_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]++)([-\u2010\u00ad])[ \t]*+(?:\r\n|\r|\n)[ \t]*+([^\W\d_]++)")


def read_plain(raw: bytes) -> Extract:
    """Read plain text in any encoding. Raises UnreadableReport for what is not text."""
    text = join_broken_words(decode_text(raw)).translate(INVISIBLE)
    starts = [found.end() for found in re.finditer("\f", text) if found.end() < len(text)]
    pages = tuple((start, page) for page, start in enumerate([0, *starts], 1)) if starts else ()
    return Extract(text, tuple(find_paragraphs(text)), pages)


def find_paragraphs(text: str) -> Iterator[Block]:
    """Segment a text into paragraphs: by empty lines, unless the sentence plainly goes on, and behind short lines."""
    lines = [(start, text[start:stop].rstrip()) for start, stop in pairwise((*find_line_starts(text), len(text)))]
    lengths = sorted(len(line) for _, line in lines if line)
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    told = sum(0.8 * width <= length for length in lengths) >= _FULL_LINES
    start = end = count = indent = 0  # of the open paragraph, with its lines and what stands before the first
    before, gap = "", True
    for at, line in lines:
        if not line or _RULE.fullmatch(line):
            gap = True
            continue
        goes_on = line.lstrip()[0].islower() and not SENTENCE_END.search(before[-_ENDING:])
        short = told and len(before) < (_ONE_LINE if width > _ONE_LINE else _SHORT * width)
        own = len(line) - len(line.lstrip())
        ends = gap or (short and own <= indent and _ends_paragraph(before, line, alone=count == 1))
        if count and ends and not goes_on:
            yield Block(BlockRole.TEXT, start, end)
            count = 0
        if not count:
            start, indent = at + own, own
        end, before, gap, count = at + len(line), line, False, count + 1
    if count:
        yield Block(BlockRole.TEXT, start, end)


def _ends_paragraph(before: str, line: str, *, alone: bool) -> bool:
    """Whether a short line is a paragraph's last: it ends a sentence, or is one like a heading."""
    first = line.lstrip()[0]
    if first.islower() or not first.isalnum():
        return False
    closed = before[-1].isalnum() or before[-1] in ")]"
    return bool(SENTENCE_END.search(before)) or (alone and closed and not before.lstrip()[0].islower())


def join_broken_words(text: str) -> str:
    """Join words that a hyphen breaks at a line's end, where the text has the whole word elsewhere.

    >>> join_broken_words("To cola-\\nborate, franco-\\nespañola. They collaborate, or colaborate.")
    'To colaborate, franco-\\nespañola. They collaborate, or colaborate.'
    """
    breaks = list(_BROKEN_WORD.finditer(text))
    words = Counter(word.lower() for word in _WORD.findall(text)) if breaks else Counter[str]()

    def join(found: re.Match[str]) -> str:
        joined = found[1] + found[3]
        return joined if found[2] == "\u00ad" or words[joined.lower()] else found[0]

    return _BROKEN_WORD.sub(join, text) if breaks else text
