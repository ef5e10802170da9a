"""Cursor over a question's text: the parser consumes what it understands; what remains is the subject."""

import re
import unicodedata
from collections.abc import Iterator

from retrieval.query.preamble import subject
from retrieval.text.lexicon import GENERIC, LITTLE
from retrieval.text.terms import fold

_WORD = re.compile(r"\w+")
_NAME_LENGTH = 9  # words


class Text:
    """The question as typed and as folded, at the same offsets; consumed stretches are blank in both."""

    def __init__(self, question: str) -> None:
        self.text = composed(question)
        self.flat = folded(self.text).replace("’", "'")
        self.whole = self.flat  # nothing taken out
        self.taken = False

    def take(self, start: int, end: int) -> None:
        self.taken = True
        blank = " " * (end - start)
        self.text = self.text[:start] + blank + self.text[end:]
        self.flat = self.flat[:start] + blank + self.flat[end:]

    def candidates(self, start: int) -> Iterator[tuple[int, str]]:
        """Yields the candidate names that begin here, the longest first, as (end, text); up to nine words."""
        words: list[re.Match[str]] = []
        for word in _WORD.finditer(self.flat, start):
            between = self.flat[words[-1].end() if words else start : word.start()]
            if len(words) == _NAME_LENGTH or re.search(r"[.;:?!¿¡؟،,]|\s{3}", between):
                break
            words.append(word)
        first = next((at for at, word in enumerate(words) if word[0] not in LITTLE), len(words))
        for count in range(len(words), first, -1):
            if words[count - 1][0] not in LITTLE:
                begin = words[0].start()
                end = words[count - 1].end()
                bracket = re.compile(r"\s*\([^()]*\)").match(self.text, end)
                yield (bracket.end() if bracket else end), self.text[begin:end]

    def rest(self) -> str:
        """Returns what remains, without stop words at its ends; where nothing was consumed, all but the preamble."""
        if not self.taken:
            return subject(self.text)
        rest = subject(" ".join(self.text.split()))
        words = list(_WORD.finditer(folded(rest)))
        telling = [at for at, word in enumerate(words) if word[0] not in GENERIC]
        if not telling:
            return ""
        return rest[words[telling[0]].start() : words[telling[-1]].end()]


def folded(text: str) -> str:
    """Folds case and accents of a normalized text, keeping its length.

    >>> folded(composed("¿Qué recomendó España?"))
    '¿que recomendo espana?'
    """
    return "".join((fold(one) or " ")[0] for one in text)


def composed(text: str) -> str:
    """Normalizes to NFC, one character a letter; combining marks that remain (Arabic vowels) are dropped."""
    return "".join(one for one in unicodedata.normalize("NFC", text) if not unicodedata.combining(one))
