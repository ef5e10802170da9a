"""Finds the names (states, organizations, others) of a text that its source does not mention."""

import re
from functools import lru_cache
from math import ceil

from ingest.lexicon.tables import WordTables
from retrieval.text.gazetteer import find_aliases, find_bodies, find_states, find_states_in_any_case, occurs_in
from retrieval.text.numbers import find_months
from retrieval.text.terms import fold

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ACRONYM = re.compile(r"[A-ZÀ-Þ]{2,}s?")
_SAME_ACRONYMS = [
    frozenset(line.split()) for line in WordTables("retrieval.verification", "entities").lines("acronyms")
]
_NEIGHBOUR_REACH = 30  # characters
_MIN_STEM = 4  # letters
_MIN_STEM_SHARE = 0.8  # of the shorter word's letters
_OPENS = re.compile(r"(?:^|[.!?:;…]\s+|[«“\"‘(¿¡]\s*)$")  # in front of a word that has its capital from its place


def find_unsupported_names(text: str, source: str) -> list[tuple[int, int]]:
    """Find the names of a text that its source does not mention, as character spans.

    A state matches by its names in all languages; another name by its words, which must share a stem with words of
    the source, or be its name in another language ("ONU", "United Nations").

    >>> find_unsupported_names("España y Frontex deben ayudar", "Spain must help")
    [(9, 16)]
    >>> find_unsupported_names("Kenya must help", "Los países deben ayudar")
    [(0, 5)]
    >>> find_unsupported_names("L'ONU finance l'Accélérateur", "the UN funds the ACT-Accelerator")
    []
    """
    parts = f"{source} {source.replace('-', ' ')}"  # a part of a name that has hyphens is named too
    there = _words(parts)
    capitals = tuple(fold(match[0]) for match in _WORD.finditer(parts) if match[0][0].isupper())
    acronyms = _ACRONYM.findall(source)
    known = {name for same in _SAME_ACRONYMS if not same.isdisjoint(acronyms) for name in same}
    months = find_months(source)
    of_source = {code for code, _, _ in find_states(source)}
    states = find_states(text)
    found = [
        (start, end)
        for code, start, end in states
        if code not in of_source and not all(_shares_stem(word, there) for word in _words(text[start:end]))
    ]
    for start, end, names in find_bodies(text):  # "según la oim"
        if text[start:end] not in known and not any(occurs_in(name, there) for name in names):
            found.append((start, end))
    for match in _WORD.finditer(text):
        word = match[0]
        if (
            len(word) > _MIN_STEM
            and word.islower()
            and find_states_in_any_case(word)
            and not _shares_stem(fold(word), there)
        ):
            found.append(match.span())  # "in chile"
        acronym = bool(_ACRONYM.fullmatch(word))
        if not acronym and (
            not word[0].isupper() or _OPENS.search(text, max(0, match.start() - _NEIGHBOUR_REACH), match.start())
        ):
            continue
        if word in known or find_months(word) & months or any(start <= match.start() < end for _, start, end in states):
            continue
        before = text[max(0, match.start() - _NEIGHBOUR_REACH) : match.start()].split()
        after = text[match.end() : match.end() + _NEIGHBOUR_REACH].split()
        named = any(
            neighbour[:1].isupper() for neighbour in (*before[-1:], *after[:1])
        )  # a name of several words: each has its capital there too
        if _shares_stem(fold(word), capitals if named else there) or _has_translated_name(word, text, there):
            continue
        found.append(match.span())
    return sorted(set(found))


@lru_cache(maxsize=1 << 10)
def _has_translated_name(word: str, text: str, there: tuple[str, ...]) -> bool:
    """Whether the word is part of a name, in the text, that the source has in another language."""
    words = _words(text)
    folded = fold(word)
    for at, other_word in enumerate(words):
        if other_word != folded:
            continue
        for first in range(max(0, at - 7), at + 1):
            for last in range(at + 1, min(len(words), first + 9) + 1):
                others = find_aliases(" ".join(words[first:last]))
                if len(others) > 1 and any(occurs_in(other, there) for other in others):
                    return True
    return False


def _shares_stem(word: str, there: tuple[str, ...]) -> bool:
    """Whether the source has the word or its stem: "mexicano" for "México", not "internacional" for "Interpol"."""
    for other in there:
        stem = max(_MIN_STEM, ceil(_MIN_STEM_SHARE * min(len(word), len(other))))
        if word[:stem] == other[:stem]:
            return True
    return False


def _words(text: str) -> tuple[str, ...]:
    return tuple(fold(match[0]) for match in _WORD.finditer(text))
