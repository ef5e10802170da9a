"""What the passages of one state of the index say of themselves, each value once, looked up when it is first needed."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ingest.report import Kind
from retrieval.phrases import GENERIC, UNITS
from retrieval.store import Store
from retrieval.words import fold

_WORD = re.compile(r"\w+")
_UNIT = {word: name for name, words in UNITS.items() for word in words}
Label = tuple[str, str]  # name, value


class Stated:
    """Values by column; a new one is needed when the index has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lists: dict[str, list[tuple[Any, ...]]] = {}

    @cached_property
    def reports(self) -> tuple[str, ...]:
        """Ids."""
        return tuple(self._store.report_ids())

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._store.languages())

    @cached_property
    def recommendations(self) -> frozenset[int]:
        """The rows of all recommendations, parts not counted."""
        return frozenset(self._store.rows_with("kind", [Kind.RECOMMENDATION]))

    def lists(self, column: str) -> list[tuple[Any, ...]]:
        """The different values of a column that holds lists: heading paths, who is named together."""
        if column not in self._lists:
            self._lists[column] = self._store.distinct(column)
        return self._lists[column]

    def each(self, column: str) -> tuple[Any, ...]:
        """What stands in these lists, each once."""
        return tuple(dict.fromkeys(one for some in self.lists(column) for one in some))

    def has_number(self, number: str) -> bool:
        """Whether a passage is numbered so: "87.23"."""
        return bool(self._store.rows_with("number", [number]))

    @cached_property
    def units(self) -> frozenset[str]:
        """What the numbered headings are called: "roundtable", "session"."""
        first = (_WORD.findall(fold(heading))[:2] for heading in self.each("headings"))
        named = (_UNIT.get(" ".join(words)) or _UNIT.get(words[0]) for words in first if words)
        return frozenset(filter(None, named))

    def subjects(self, words: frozenset[str]) -> Iterator[tuple[float, str, Label | None]]:
        """Headings and themes that have all the words, with the share of their own words that these are."""
        for at in set.intersection(*(self._with_word.get(word, set()) for word in words)) if words else ():
            content, printed, label = self._subjects[at]
            yield len(words) / len(content), printed, label

    @cached_property
    def _subjects(self) -> list[tuple[frozenset[str], str, Label | None]]:
        themes = [
            (content_words(value), value, (name, value)) for name, value in self.each("labels") if "theme" in name
        ]
        return [*themes, *((content_words(heading), heading, None) for heading in self.each("headings"))]

    @cached_property
    def _with_word(self) -> dict[str, set[int]]:
        rows: dict[str, set[int]] = {}
        for at, (content, _, _) in enumerate(self._subjects):
            for word in content:
                rows.setdefault(word, set()).add(at)
        return rows


def content_words(text: str) -> frozenset[str]:
    """The folded words of a text that say something.

    >>> sorted(content_words("Sobre los efectos de la migración irregular:"))
    ['efectos', 'irregular', 'migracion']
    """
    return frozenset(word for word in _WORD.findall(fold(text)) if word not in GENERIC and not word.isdigit())
