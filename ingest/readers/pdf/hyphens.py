"""Dehyphenates words broken at line ends: the document's own words tell whether the hyphen stays."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.pdf.layout import TextLine

_MIN_WORD_LENGTH = 4  # letters; shorter ones ("in-", "-able") are words and parts of words
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def dehyphenate(lines: Sequence[TextLine]) -> None:
    """Join words that a hyphen broke, in place, on the line where they begin; the lines' own words decide how."""
    broken = [(before, after) for before, after in pairwise(lines) if _breaks_word(before, after)]
    if not broken:
        return
    seen: Counter[str] = Counter()
    seen.update(_WORDS.findall("\n".join(line.text for line in lines).lower()))
    for before, after in broken:  # what stands at the break is no witness
        seen.subtract(_WORDS.findall(before.text.rsplit(None, 1)[-1].lower()))
        seen.subtract(_WORDS.findall(after.text.split(None, 1)[0].lower()))
    halves = [(before.text.rsplit(None, 1)[-1], after.text.split(None, 1)[0]) for before, after in broken]
    judged = [_hyphen_stays(head, tail, seen) for head, tail in halves]
    usually = judged.count(True) > judged.count(False)
    for (before, after), (_, tail), stays in zip(broken, halves, judged, strict=True):
        kept = usually if stays is None else stays
        before.text = (before.text if kept else before.text[:-1]) + tail
        after.text = after.text[len(tail) :].lstrip()


def _breaks_word(before: TextLine, after: TextLine) -> bool:
    """Whether a line ends within a word."""
    text = before.text
    if not (before.broken or text.endswith(("-", "\u2010", "\u00ad"))):
        return False
    if before.cells > 1 or not after.text[:1].isalnum() or " " not in after.text:
        return False
    numbers = text[-2:-1].isdigit() and after.text[:1].isdigit()  # "2010-" and "2015"
    return before.broken or text[-2:-1].isalpha() or numbers


def _hyphen_stays(head: str, tail: str, seen: Counter[str]) -> bool | None:
    """Whether the hyphen belongs to the word; None where the report's other words do not tell."""
    if head[-1] == "\u00ad":
        return False
    if tail[0].isupper() or tail[0].isdigit() or not head[:-1][-1:].isalpha():
        return True
    first, last = _WORDS.findall(head[:-1].lower())[-1:], _WORDS.findall(tail.lower())[:1]
    if not first or not last:
        return True
    joined, hyphened = seen[first[0] + last[0]], seen[f"{first[0]}-{last[0]}"]
    if joined != hyphened:
        return hyphened > joined
    if seen[first[0]] > 0 and seen[last[0]] > 0 and len(first[0]) >= _MIN_WORD_LENGTH <= len(last[0]):
        return True  # "dual-encoder": two words
    return None if seen[last[0]] > 0 else False
