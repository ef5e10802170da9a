"""Selects the scope of a search: the rows that the filters admit, and those that the question names or quotes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.report import for_reading
from retrieval.index.filters import Filter, checked, rows
from retrieval.index.index import Index
from retrieval.query.parser import ParsedQuery, read
from retrieval.results import Exact
from retrieval.text.gazetteer import within
from retrieval.text.terms import beginnings, fold

_WORD = re.compile(r"\w+")
_PASTED = 5  # words of a question that may be a passage's own
_FAR = 2  # words from which on a phrase is told though the report runs its words together


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a search may return, with the query and filter that selected them."""

    index: Index
    wanted: ParsedQuery
    where: Filter
    rows: frozenset[int] | None  # that may be hits; None for all
    records: frozenset[int] = frozenset()  # named by number or id
    phrases: frozenset[int] = frozenset()  # that have a quoted phrase
    of: int = 0  # recommendations among the rows
    of_all: int = 0  # recommendations among all that was asked for beside the question

    @property
    def exact(self) -> frozenset[int]:
        """The rows that rank first, whatever their score."""
        return self.records or self.phrases

    @property
    def missing(self) -> bool:
        """Whether the question names records that do not exist."""
        return bool(self.wanted.numbers or self.wanted.ids) and not self.records

    @property
    def counted(self) -> int:
        """The M of "N of M recommendations": those in scope; without a subject, all those in the reports asked."""
        return self.of if self.wanted.subject else self.of_all

    def admitted(self, some: Iterable[int]) -> set[int]:
        """Returns the given rows that are in scope."""
        return set(some) if self.rows is None else set(self.rows.intersection(some))

    def listed(self, limit: int | None = None) -> list[int]:
        """Returns the rows that answer a question without a subject, in reading order."""
        if self.records:
            return self.index.store.in_reading_order(self.records)
        if self.rows is not None:
            return self.index.store.in_reading_order(self.rows)
        return self.index.store.all_rows(limit)

    def why(self, row: int) -> Exact | None:
        """Returns why a row is an exact match, whatever its score; None where it is not."""
        if row in self.records:
            return Exact.RECORD
        if row in self.phrases:
            return Exact.PHRASE
        return None if self.wanted.subject else Exact.FILTER


def scope_of(index: Index, question: str, where: Filter) -> Scope:
    """Parses the question and selects its scope, narrowed by the filter ``where``. Raises BadFilter."""
    store, stated = index.store, index.stated()
    where = checked(where, stated)
    wanted = ParsedQuery(question, quoted=(question,)) if _pasted(index, question) else read(question, stated)
    narrowed = [one for one in (rows(store, where, stated), rows(store, wanted.filter, stated)) if one is not None]
    admitted = frozenset.intersection(*narrowed) if narrowed else None
    of = len(stated.recommendations if admitted is None else stated.recommendations & admitted)
    asked = rows(store, Filter(reports=where.reports or wanted.filter.reports), stated)
    of_all = len(stated.recommendations if asked is None else stated.recommendations & asked)
    scope = Scope(index, wanted, where, admitted, of=of)
    records = scope.admitted(_records(index, wanted))
    phrases = _having(index, wanted.quoted, admitted)
    return Scope(index, wanted, where, admitted, frozenset(records), frozenset(phrases), of, of_all)


def _pasted(index: Index, question: str) -> bool:
    """Whether a question is pasted from a passage; it is not parsed then: its "point 5" is no number to look up."""
    return len(_WORD.findall(question)) >= _PASTED and bool(_having(index, [question]))


def _records(index: Index, wanted: ParsedQuery) -> set[int]:
    """Finds the rows named by id or by number; of a number, recommendations, or other passages where there are none."""
    stated = index.stated()
    numbered = stated.rows("number", wanted.numbers) if wanted.numbers else set()
    recommending = numbered & stated.recommending if numbered else set()
    return (recommending or numbered) | (stated.identified(wanted.ids) if wanted.ids else set())


def _having(index: Index, quoted: Iterable[str], among: frozenset[int] | None = None) -> set[int]:
    """Finds the rows that have one of the phrases verbatim, but for case, accents and white space; ``among`` or all."""
    store = index.store
    found: set[int] = set()
    for phrase in quoted:
        words = _WORD.findall(fold(phrase))
        rows = store.rows_with_phrase(beginnings(phrase))
        for row, passage in store.passages_at(rows if among is None else rows & among).items():
            there = _WORD.findall(fold(for_reading(passage.text)))
            if within(words, there) or (len(words) >= _FAR and "".join(words) in "".join(there)):
                found.add(row)
    return found
