"""Finds words that have antonyms, which vectors hardly separate: "more" and "less", "origin" and "destination".

A class has two or more poles, each a pattern of word beginnings, folded, in es en fr pt ar.
"""

import re
from dataclasses import dataclass

from ingest.lexicon.tables import WordTables
from retrieval.text.terms import fold_by_letter
from retrieval.verification.modality import find_next_content_word


@dataclass(frozen=True, slots=True)
class Pole:
    """A word of a pole; offsets in the text, half-open."""

    start: int
    end: int
    focus: tuple[int, int] | None  # the next word that says something
    word_class: str  # its class
    name: str  # its pole


ACTOR_CLASS = "who"  # those who are asked: not opposites, and not to be taken for one another
QUALIFIER_CLASS = "limit"  # what narrows or widens a statement: each must stand in the source too
PLACE_CLASS = "place"  # regions, which no table of states has
_TABLES = WordTables("retrieval.verification", "antonyms")
STANDALONE_CLASSES = frozenset({ACTOR_CLASS, QUALIFIER_CLASS, PLACE_CLASS})
_PATTERNS = {
    name: re.compile(
        "|".join(rf"(?P<{pole}>(?<!\w)(?:{_TABLES.pattern(name, pole)})(?!\w))" for pole in _TABLES.languages(name))
    )
    for name in _TABLES.names()
}


def find_poles(text: str) -> list[Pole]:
    """Find the polar words of a text, in its order.

    >>> [(pole.name, pole.focus) for pole in find_poles("un enfoque más civil y menos penal")]
    [('up', (15, 20)), ('down', (29, 34))]
    """
    flat = fold_by_letter(text)
    found = [
        Pole(*match.span(), find_next_content_word(flat, match.end()), name, str(match.lastgroup))
        for name, pattern in _PATTERNS.items()
        for match in pattern.finditer(flat)
    ]
    return sorted(found, key=lambda pole: (pole.start, pole.word_class))
