"""Incremental sentence splitter for streamed text: yields each sentence once it is complete, citation marks included.

A mark ("[3]") may stand before the full stop or behind it, and a chunk may end anywhere, in the middle of a
mark too. What looks like the end of a sentence and is none ("Sra. Díaz", "1.2", "p. ej.") does not end one.
"""

import re
from collections.abc import Iterable, Iterator

MAX_SENTENCE_LENGTH = 1_200  # characters without an end in them; whatever it is, it is no sentence

_MARKS = r"(?:[ \t]*\[\d{1,4}\])*"
_CLOSING = r"[\"'»”’)\]]*"
_END = re.compile(
    rf"(?P<stop>[.!?…؟。！？]+{_CLOSING}{_MARKS}[.]?)(?P<gap>[ \t]+|$)"  # the next sentence begins behind the gap
    rf"|(?P<wide>[。！？]{_CLOSING}{_MARKS})"
    r"|(?P<line>[ \t]*\n\s*)"
)
_MARK_BEGUN = re.compile(r"\[\d{0,4}")  # may belong to what has ended
_ABBREVIATION = re.compile(  # ends in a full stop, and ends nothing
    r"(?:^|[\s(«“\"'])(?:[A-ZÀ-Þ]|Sr|Sra|Srta|Dr|Dra|Mr|Mrs|Ms|St|Sto|Sta|Prof|Art|art|Núm|núm|No|Nos|Nº|N|pp?|"
    r"párr|par|para|cf|cap|Cap|vol|Vol|ed|Ed|etc|EE|UU|EE\. ?UU|U\.S|U\.K|U\.N|i\.e|e\.g|vs|M|MM|Mme|Mlle|Exc|inc|Fig|fig|al)\.$"
)
_BULLET = re.compile(r"\s*(?:[-*•–—·]+|#{1,6}|\(?(?:\d{1,2}|[a-z])[.)])\s+")
_BEGINS = re.compile(r"[\"'«“‘(\[¿¡*_]*[^\W\d_a-zà-öø-ÿ]|[\"'«“‘(\[¿¡*_]*\d|[-*•–—#<]")


class SentenceStream:
    """Buffers chunks of text and yields the complete sentences."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> Iterator[str]:
        """Adds a chunk and yields the sentences it completes; the last one waits for marks that may follow."""
        self._rest += piece
        yield from self._finished(closed=False)

    def close(self) -> Iterator[str]:
        """Flushes the buffer at the end of the stream: yields what is left, complete or not."""
        yield from self._finished(closed=True)

    def _finished(self, *, closed: bool) -> Iterator[str]:
        at = 0
        for found in _END.finditer(self._rest):
            if found.start() < at or (not closed and found.end() == len(self._rest) and not found["line"]):
                continue
            if not closed and _MARK_BEGUN.fullmatch(self._rest, found.end()):
                continue
            if not self._is_boundary(found, at):
                continue
            yield from _clean_sentence(self._rest[at : found.end()])
            at = found.end()
        self._rest = self._rest[at:]
        if closed or len(self._rest) > MAX_SENTENCE_LENGTH:
            yield from _clean_sentence(self._rest)
            self._rest = ""

    def _is_boundary(self, found: re.Match[str], start: int) -> bool:
        """Whether a candidate boundary ends a sentence, rather than an abbreviation or a number."""
        if found["line"] or found["wide"]:
            return True
        after = self._rest[found.end() :]
        if after and not _BEGINS.match(after):
            return False
        if found["stop"].rstrip("\"'»”’)]")[-1:] != "." or "[" in found["stop"]:
            return True
        return not _ABBREVIATION.search(self._rest[start : found.start() + 1])


def split_stream(pieces: Iterable[str]) -> Iterator[str]:
    """Splits a stream of text chunks into sentences.

    >>> list(split_stream(["- Deben cola", "borar [1", "]. Pueden ayudar. [2] ¿Y ", "la Sra. Díaz", "?"]))
    ['Deben colaborar [1].', 'Pueden ayudar. [2]', '¿Y la Sra. Díaz?']
    """
    splitter = SentenceStream()
    for piece in pieces:
        yield from splitter.feed(piece)
    yield from splitter.close()


def _clean_sentence(text: str) -> Iterator[str]:
    """Yields a sentence on one line, without a bullet or number in front; nothing where no text is left."""
    line = " ".join(text.split())
    bullet = _BULLET.match(line + " ")
    line = line[bullet.end() :] if bullet else line
    if line:
        yield line
