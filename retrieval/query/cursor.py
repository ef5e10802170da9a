"""A question's text while it is read: what was understood is taken out of it, the rest is what it is about."""

import re
import unicodedata
from collections.abc import Iterator

from retrieval.query.preamble import subject
from retrieval.text.lexicon import GENERIC, LITTLE
from retrieval.text.terms import fold

_WORD = re.compile(r"\w+")
_NAME_LENGTH = 9  # words


class Text:
    """The text as typed and folded, letter by letter; what was taken out is blank in both."""

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
        """What may be a name from here on, the longest first, with its end."""
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
        """What is left to search for: all of the question, where nothing was understood."""
        if not self.taken:
            return subject(self.text)
        rest = subject(" ".join(self.text.split()))
        words = list(_WORD.finditer(folded(rest)))
        telling = [at for at, word in enumerate(words) if word[0] not in GENERIC]
        if not telling:
            return ""
        return rest[words[telling[0]].start() : words[telling[-1]].end()]


def folded(text: str) -> str:
    """Lower case without accents, of the same length as the text in composed form.

    >>> folded(composed("¿Qué recomendó España?"))
    '¿que recomendo espana?'
    """
    return "".join((fold(one) or " ")[0] for one in text)


def composed(text: str) -> str:
    """Each letter one character; marks that no letter takes in (Arabic vowels) are left out."""
    return "".join(one for one in unicodedata.normalize("NFC", text) if not unicodedata.combining(one))
