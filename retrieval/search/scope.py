"""The scope of a search: which passages may be hits, and which ones the question names or quotes."""

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
    """Rows of the index, and what they rest on."""

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
        """What comes first, whatever its score."""
        return self.records or self.phrases

    @property
    def missing(self) -> bool:
        """Whether the question names records, and there are none such."""
        return bool(self.wanted.numbers or self.wanted.ids) and not self.records

    @property
    def counted(self) -> int:
        """The recommendations to say "of how many" with: all, where the filter alone is the question."""
        return self.of if self.wanted.subject else self.of_all

    def admitted(self, some: Iterable[int]) -> set[int]:
        """Those of the rows that may be hits."""
        return set(some) if self.rows is None else set(self.rows.intersection(some))

    def listed(self, limit: int | None = None) -> list[int]:
        """The rows that answer a question without a subject, in reading order."""
        if self.records:
            return self.index.store.in_reading_order(self.records)
        if self.rows is not None:
            return self.index.store.in_reading_order(self.rows)
        return self.index.store.all_rows(limit)

    def why(self, row: int) -> Exact | None:
        """Why a row is a hit whatever its score, if it is."""
        if row in self.records:
            return Exact.RECORD
        if row in self.phrases:
            return Exact.PHRASE
        return None if self.wanted.subject else Exact.FILTER


def scope_of(index: Index, question: str, where: Filter) -> Scope:
    """The scope of a question, narrowed by a filter. Raises BadFilter."""
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
    """Whether a question is a passage's own words: "… as point 5 says" is then no number to look up."""
    return len(_WORD.findall(question)) >= _PASTED and bool(_having(index, [question]))


def _records(index: Index, wanted: ParsedQuery) -> set[int]:
    """The rows of the passages that are named by number, recommendations before others, or by id."""
    stated = index.stated()
    numbered = stated.rows("number", wanted.numbers) if wanted.numbers else set()
    recommending = numbered & stated.recommending if numbered else set()
    return (recommending or numbered) | (stated.identified(wanted.ids) if wanted.ids else set())


def _having(index: Index, quoted: Iterable[str], among: frozenset[int] | None = None) -> set[int]:
    """The rows, of some or of all, whose passages have a phrase as it is, but for case, accents and white space."""
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
