"""Finds the footnotes of a page, and removes the superscript marks in the text that refer to them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from ingest.readers.numerals import TO_SUPERSCRIPT
from ingest.readers.pdf.layout import DraftBlock, TextLine
from ingest.report import BlockRole

RULE = re.compile(r"[_\u2013\u2014-]{5,}")  # a line drawn above the notes, without spaces
_NOTE = re.compile(r"(\d{1,3}(?!\.?\d)|[*∗†‡§¶]{1,4}|[a-z](?=\s))[.)]?\s*(?=\S)")
_SIGNED = re.compile(r"([*∗†‡§]{1,4})\s*(?=\S)")
_SMALL = 0.92  # of the usual height; notes are printed smaller


def find_footnotes(lines: Sequence[TextLine], usual: float) -> list[DraftBlock]:
    """Find the footnotes at the foot of a page's columns; ``usual`` is the size of most of the text, in points."""
    notes: list[DraftBlock] = []
    for column in dict.fromkeys(line.column for line in lines):
        inside = [line for line in lines if line.column == column]
        first = len(inside)
        while first and inside[first - 1].size < _SMALL * usual and inside[first - 1].cells == 1:
            first -= 1
        rule = next((at for at, line in enumerate(inside) if at and RULE.fullmatch(line.text.replace(" ", ""))), None)
        if rule is not None and rule + 1 < len(inside) and _SIGNED.match(inside[rule + 1].text):
            first = min(first, rule + 1)
        signs = {sign for sign in "*∗†‡§" if any(sign in line.text[1:] for line in inside)}
        for at in range(len(inside) - 1, max(first - 4, 0), -1):  # in the text's own size, but the text leads to it
            if (found := _SIGNED.match(inside[at].text)) and found[1][0] in signs:
                first = min(first, at)
        if first == 0 and len(dict.fromkeys(line.column for line in lines)) == 1:
            continue  # a page in small print is no page of notes
        for line in inside[first:]:
            if found := _NOTE.match(line.text):
                notes.append(DraftBlock(BlockRole.NOTE, [line], found[1], found.end()))
            elif notes and notes[-1].lines[-1].column == column:
                notes[-1].lines.append(line)
    return notes


def remove_note_marks(lines: Iterable[TextLine], notes: Mapping[str, DraftBlock]) -> None:
    """Remove the superscript marks that refer to this page's notes, in place, and anchor each note to its line."""
    if not notes:
        return
    for line in lines:
        for mark in line.marks:
            if mark in notes:
                notes[mark].anchor = line
                raised = mark.translate(TO_SUPERSCRIPT)
                seen = rf"(?:(?<=[^\s\d]){re.escape(mark)}|{re.escape(raised)})(?=[.,;:)\]”’\"']*(?:\s|$))"
                line.text = re.sub(seen, "", line.text, count=1)
