"""Finds the names (states, organizations, others) of a text that its source does not mention."""

import re
from functools import cache

from retrieval.text.gazetteer import bodies_in, names_of, state, states_in, within
from retrieval.text.terms import fold

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ACRONYM = re.compile(r"[A-ZÀ-Þ]{2,}s?")
_BESIDE = 30  # characters
_STEM = 4  # letters
_ALIKE = 0.8  # of the shorter word's letters
_OPENS = re.compile(r"(?:^|[.!?:;…]\s+|[«“\"‘(¿¡]\s*)$")  # in front of a word that has its capital from its place


def foreign(text: str, source: str) -> list[tuple[int, int]]:
    """Find the names of a text that its source does not mention, as character spans.

    A state matches by its names in all languages; another name by its words, which must share a stem with words of
    the source, or be its name in another language ("ONU", "United Nations").

    >>> foreign("España y Frontex deben ayudar", "Spain must help")
    [(9, 16)]
    >>> foreign("Kenya must help", "Los países deben ayudar")
    [(0, 5)]
    """
    there = _words(source)
    capitals = tuple(fold(one[0]) for one in _WORD.finditer(source) if one[0][0].isupper())
    of_source = {code for code, _, _ in states_in(source)}
    found = [
        (start, end)
        for code, start, end in states_in(text)
        if code not in of_source and not all(_begins_alike(word, there) for word in _words(text[start:end]))
    ]
    states = [(start, end) for _, start, end in states_in(text)]
    for start, end, names in bodies_in(text):  # "según la oim"
        if not any(within(name, there) for name in names):
            found.append((start, end))
    small = (one for one in _WORD.finditer(text) if len(one[0]) > _STEM and one[0].islower())
    found += (one.span() for one in small if state(one[0]) and not _begins_alike(fold(one[0]), there))  # "in chile"
    for one in _WORD.finditer(text):
        word = one[0]
        acronym = bool(_ACRONYM.fullmatch(word))
        if not acronym and (not word[0].isupper() or _OPENS.search(text[: one.start()])):
            continue
        if any(start <= one.start() < end for start, end in states):
            continue
        beside = (
            text[max(0, one.start() - _BESIDE) : one.start()].split()[-1:]
            + text[one.end() : one.end() + _BESIDE].split()[:1]
        )
        named = any(each[:1].isupper() for each in beside)  # a name of several words: each has its capital there too
        if _begins_alike(fold(word), capitals if named else there) or _other_name(word, text, there):
            continue
        found.append(one.span())
    return sorted(set(found))


def _other_name(word: str, text: str, there: tuple[str, ...]) -> bool:
    """Whether the word is part of a name, in the text, that the source has in another language."""
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


def _begins_alike(word: str, there: tuple[str, ...]) -> bool:
    """Whether the source has the word or its stem: "mexicano" for "México", not "internacional" for "Interpol"."""
    return any(
        word == other or _alike(word, other) >= max(_STEM, _ALIKE * min(len(word), len(other))) for other in there
    )


def _alike(one: str, other: str) -> int:
    """The length of the common prefix of two words, in letters."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(fold(one[0]) for one in _WORD.finditer(text))
