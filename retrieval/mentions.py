"""States, organizations and other names that a text mentions, so that none gets in that its source does not have."""

import re
from functools import cache

from retrieval.names import names_of, states_in, within, words_of
from retrieval.words import beginnings, fold

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_ACRONYM = re.compile(r"[A-ZÀ-Þ]{2,}s?")
_OPENS = re.compile(r"(?:^|[.!?:;…]\s+|[«“\"‘(¿¡]\s*)$")  # in front of a word that has its capital from its place


def foreign(text: str, source: str) -> list[str]:
    """The names in a text that its source does not mention, as the text has them.

    A state is known by its names in all languages; another name by its words, which must begin as words of the
    source do, or be its name in another language ("ONU", "United Nations").

    >>> foreign("España y Frontex deben ayudar", "Spain must help")
    ['Frontex']
    >>> foreign("Kenya must help", "Los países deben ayudar")
    ['Kenya']
    """
    there = _words(source)
    known = frozenset(beginnings(source))
    found = [printed for code, printed in states_in(text) if code not in {one for one, _ in states_in(source)}]
    states = {word for _, printed in states_in(text) for word in _words(printed)}
    for one in _WORD.finditer(text):
        word = one[0]
        acronym = bool(_ACRONYM.fullmatch(word))
        if not acronym and (not word[0].isupper() or _OPENS.search(text[: one.start()])):
            continue
        if fold(word) in states or fold(word) in there or not set(beginnings(word)) - known:
            continue
        if not _other_name(word, text, there):
            found.append(word)
    return found


def _other_name(word: str, text: str, there: tuple[str, ...]) -> bool:
    """Whether the word is in a name, in the text, of which the source has another."""
    words = _words(text)
    folded = fold(word)
    for at, each in enumerate(words):
        if each != folded:
            continue
        for first in range(max(0, at - 7), at + 1):
            for last in range(at + 1, min(len(words), first + 9) + 1):
                others = names_of(" ".join(words[first:last]))
                if len(others) > 1 and any(within(other, there) for other in others):
                    return True
    return False


@cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(fold(one[0]) for one in _WORD.finditer(text))
