"""Incremental sentence splitter for streamed text: yields each sentence once it is complete, citation marks included.

A mark ("[3]") may stand before the full stop or behind it, and a chunk may end anywhere, in the middle of a
mark too. A mark alone is that of the sentence before it, which has it once. What ends a sentence is told by
`ingest.lexicon.sentences`; here, every line ends one as well.
"""

import re
from collections.abc import Iterable, Iterator

from ingest.lexicon.sentences import find_sentences

MAX_SENTENCE_LENGTH = 1_200  # characters without an end in them; whatever it is, it is no sentence

_LETTER = re.compile(r"[^\W\d_]")
_REPEATED_MARK = re.compile(r"(\[\d{1,4}\])(?:\.? ?\1)+\.?")
_BULLET = re.compile(r"\s*(?:[-*•–—·]+|#{1,6}|\(?(?:\d{1,2}|[a-z])[.)])\s+")


class SentenceStream:
    """Buffers chunks of text and yields the complete sentences."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> Iterator[str]:
        """Adds a chunk and yields the sentences it completes: those behind which a letter of the next one has come."""
        *lines, self._rest = (self._rest + piece).split("\n")
        for line in lines:
            yield from _split_line(line)
        spans = find_sentences(self._rest)
        while spans and not _LETTER.search(self._rest, spans[-1][0]):
            spans = spans[:-1]  # may be marks of the sentence before
        if len(self._rest) > MAX_SENTENCE_LENGTH and len(spans) < 2:
            yield from self.close()
        elif len(spans) > 1:
            start = spans[-1][0]
            yield from _split_line(self._rest[:start])
            self._rest = self._rest[start:]

    def close(self) -> Iterator[str]:
        """Flushes the buffer at the end of the stream: yields what is left, complete or not."""
        rest, self._rest = self._rest, ""
        yield from _split_line(rest)


def split_stream(pieces: Iterable[str]) -> Iterator[str]:
    """Splits a stream of text chunks into sentences.

    >>> list(split_stream(["- Deben cola", "borar [1", "]. Pueden ayudar. [2] ¿Y ", "la Sra. Díaz", "?"]))
    ['Deben colaborar [1].', 'Pueden ayudar. [2]', '¿Y la Sra. Díaz?']
    """
    splitter = SentenceStream()
    for piece in pieces:
        yield from splitter.feed(piece)
    yield from splitter.close()


def _split_line(line: str) -> Iterator[str]:
    """Yields the sentences of a line, without bullets or numbers in front of them."""
    for start, end in find_sentences(line):
        sentence = _REPEATED_MARK.sub(_say_once, " ".join(line[start:end].split()))
        bullet = _BULLET.match(sentence + " ")
        if words := sentence[bullet.end() :] if bullet else sentence:
            yield words


def _say_once(marks: re.Match[str]) -> str:
    """A mark that is repeated, once, with the full stop that stood behind any of them."""
    return marks[1] + "." * ("." in marks[0])
