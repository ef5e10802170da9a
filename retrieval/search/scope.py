"""Selects the scope of a search: the rows that the filters admit, and those that the question names or quotes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.report import normalize_for_display
from retrieval.index.filters import Filter, select_rows, validate_filter
from retrieval.index.index import Index
from retrieval.query.parser import ParsedQuery, parse
from retrieval.results import ExactMatch
from retrieval.text.gazetteer import occurs_in
from retrieval.text.terms import extract_terms, fold

_WORD = re.compile(r"\w+")
_MIN_PASTED_WORDS = 5  # words of a question that may be a passage's own
_MIN_RUN_TOGETHER_WORDS = 2  # words from which on a phrase is told though the report runs its words together


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a search may return, with the query and filter that selected them."""

    index: Index
    query: ParsedQuery
    where: Filter
    rows: frozenset[int] | None  # that may be hits; None for all
    records: frozenset[int] = frozenset()  # named by number or id
    phrases: frozenset[int] = frozenset()  # that have a quoted phrase
    of: int = 0  # recommendations among the rows
    of_all: int = 0  # recommendations among all that was asked for beside the question

    @property
    def exact_rows(self) -> frozenset[int]:
        """The rows that rank first, whatever their score."""
        return self.records or self.phrases

    @property
    def missing(self) -> bool:
        """Whether the question names records that do not exist."""
        return bool(self.query.numbers or self.query.ids) and not self.records

    @property
    def recommendation_count(self) -> int:
        """The M of "N of M recommendations": those in scope; without a subject, all those in the reports asked."""
        return self.of if self.query.subject else self.of_all

    def admit(self, some: Iterable[int]) -> set[int]:
        """Returns the given rows that are in scope."""
        return set(some) if self.rows is None else set(self.rows.intersection(some))

    def rows_in_order(self, limit: int | None = None) -> list[int]:
        """Returns the rows that answer a question without a subject, in reading order."""
        if self.records:
            return self.index.store.in_reading_order(self.records)
        if self.rows is not None:
            return self.index.store.in_reading_order(self.rows)
        return self.index.store.all_rows(limit)

    def exact_reason(self, row: int) -> ExactMatch | None:
        """Returns why a row is an exact match, whatever its score; None where it is not."""
        if row in self.records:
            return ExactMatch.RECORD
        if row in self.phrases:
            return ExactMatch.PHRASE
        return None if self.query.subject else ExactMatch.FILTER


def select_scope(index: Index, question: str, where: Filter) -> Scope:
    """Parses the question and selects its scope, narrowed by the filter ``where``. Raises BadFilter."""
    store, stated = index.store, index.facets()
    where = validate_filter(where, stated)
    wanted = ParsedQuery(question, quoted=(question,)) if _is_pasted(index, question) else parse(question, stated)
    narrowed = [
        one for one in (select_rows(store, where, stated), select_rows(store, wanted.filter, stated)) if one is not None
    ]
    admitted = frozenset.intersection(*narrowed) if narrowed else None
    of = len(stated.recommendation_rows if admitted is None else stated.recommendation_rows & admitted)
    asked = select_rows(store, Filter(reports=where.reports or wanted.filter.reports), stated)
    of_all = len(stated.recommendation_rows if asked is None else stated.recommendation_rows & asked)
    scope = Scope(index, wanted, where, admitted, of=of)
    records = scope.admit(_find_records(index, wanted))
    phrases = _find_phrases(index, wanted.quoted, admitted)
    return Scope(index, wanted, where, admitted, frozenset(records), frozenset(phrases), of, of_all)


def _is_pasted(index: Index, question: str) -> bool:
    """Whether a question is pasted from a passage; it is not parsed then: its "point 5" is no number to look up."""
    return len(_WORD.findall(question)) >= _MIN_PASTED_WORDS and bool(_find_phrases(index, [question]))


def _find_records(index: Index, wanted: ParsedQuery) -> set[int]:
    """Finds the rows named by id or by number; of a number, recommendations, or other passages where there are none."""
    stated = index.facets()
    numbered = stated.rows_with_values("number", wanted.numbers) if wanted.numbers else set()
    recommending = numbered & stated.recommendation_and_part_rows if numbered else set()
    return (recommending or numbered) | (stated.rows_with_ids(wanted.ids) if wanted.ids else set())


def _find_phrases(index: Index, quoted: Iterable[str], among: frozenset[int] | None = None) -> set[int]:
    """Finds the rows that have one of the phrases verbatim, but for case, accents and white space; ``among`` or all."""
    store = index.store
    found: set[int] = set()
    for phrase in quoted:
        words = _WORD.findall(fold(phrase))
        rows = store.rows_with_phrase(extract_terms(phrase))
        for row, passage in store.passages_at(rows if among is None else rows & among).items():
            there = _WORD.findall(fold(normalize_for_display(passage.text)))
            if occurs_in(words, there) or (len(words) >= _MIN_RUN_TOGETHER_WORDS and "".join(words) in "".join(there)):
                found.add(row)
    return found
