"""Selects the scope of a search: the rows that the filters admit, and those that the question names or quotes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from ingest.report import normalize_for_display
from retrieval.index.facets import Facets
from retrieval.index.filters import Filter, select_rows, validate_filter
from retrieval.index.index import Index
from retrieval.query.parser import ParsedQuery, parse
from retrieval.results import ExactMatch, Fate, Hypothesis
from retrieval.storage.reader import Store
from retrieval.text.gazetteer import occurs_in
from retrieval.text.terms import WORD, extract_terms, fold

_DROPPED_FIRST = ("recommends", "strength", "labels", "section", "addressee", "reports")
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
    recommendation_count: int = 0  # the M of "N of M": in scope; without a subject, in the reports asked

    @property
    def exact_rows(self) -> frozenset[int]:
        """The rows that rank first, whatever their score."""
        return self.records or self.phrases

    @property
    def missing(self) -> bool:
        """Whether the question names records that do not exist."""
        return bool(self.query.numbers or self.query.ids) and not self.records

    def without_subject(self) -> "Scope":
        """Returns the scope of the conditions alone, where the words beside them turn out to be on nothing in it."""
        query = replace(self.query, subject="", dropped=(*self.query.dropped, self.query.subject))
        return _select(self.index.store, self.index.facets(), query, self.where, self.index)

    def admit(self, rows: Iterable[int]) -> set[int]:
        """Returns the given rows that are in scope."""
        return set(rows) if self.rows is None else set(self.rows.intersection(rows))

    def rows_in_order(self, limit: int | None = None) -> list[int]:
        """Returns the rows that answer a question without a subject, in reading order."""
        rows = self.records or self.rows
        return self.index.store.all_rows(limit) if rows is None else self.index.store.in_reading_order(rows)

    def exact_reason(self, row: int) -> ExactMatch | None:
        """Returns why a row is an exact match, whatever its score; None where it is not."""
        if row in self.records:
            return ExactMatch.RECORD
        if row in self.phrases:
            return ExactMatch.PHRASE
        return None if self.query.subject else ExactMatch.FILTER


def select_scope(index: Index, question: str, where: Filter) -> Scope:
    """Parses the question and selects its scope, narrowed by the filter ``where``. Raises BadFilter.

    A condition of the question that leaves nothing is dropped, and its words are searched for; one of ``where`` stands.
    """
    store, facets = index.store, index.facets()
    where = validate_filter(where, facets)
    if _is_pasted(store, question):
        pasted = ParsedQuery(question, quoted=(question,), hypotheses=(Hypothesis(question, "quoted", (question,)),))
        return _select(store, facets, pasted, where, index)
    first = scope = _select(store, facets, parse(question, facets), where, index)
    read = first.query.filter
    for count in range(1, len(_DROPPED_FIRST) + 1):
        for fields in combinations(_DROPPED_FIRST, count):
            if scope.rows is None or scope.rows or scope.missing:
                return scope
            if all(getattr(read, field) for field in fields):
                scope = _select(store, facets, parse(question, facets, without=fields), where, index)
                said = [value for field in fields for value in read.describe().get(field, ())]
                gone = [replace(it, fate=Fate.LEFT_NOTHING) for it in first.query.hypotheses if it.facet in fields]
                query = replace(scope.query, dropped=tuple(said), hypotheses=(*scope.query.hypotheses, *gone))
                scope = replace(scope, query=query)
    return scope if scope.rows else first


def _select(store: Store, facets: Facets, query: ParsedQuery, where: Filter, index: Index) -> Scope:
    by_option, by_words = select_rows(store, where, facets), select_rows(store, query.filter, facets)
    rows = by_words if by_option is None else _within(by_option, by_words)
    if query.excluded or query.absent or query.places:
        rows = facets.recommendation_rows if rows is None else rows & (facets.recommendation_rows or rows)
        for field in query.excluded.describe():
            rows -= select_rows(store, Filter(**{field: getattr(query.excluded, field)}), facets) or frozenset()
    if query.places and rows and not query.subject:  # else of those on the subject (selection.py)
        rows = frozenset(store.in_reading_order(rows)[slice(*query.places)])
    in_reports = select_rows(store, Filter(reports=where.reports or query.filter.reports), facets)
    return Scope(
        index,
        query,
        where,
        rows,
        records=_within(_find_records(facets, query), rows),
        phrases=_find_phrases(store, query.quoted, rows),
        recommendation_count=len(_within(facets.recommendation_rows, rows if query.subject else in_reports)),
    )


def _within(rows: frozenset[int], others: frozenset[int] | None) -> frozenset[int]:
    """The rows that are among the others; None stands for all rows."""
    return rows if others is None else rows & others


def _is_pasted(store: Store, question: str) -> bool:
    """Whether a question is pasted from a passage; it is not parsed then: its "point 5" is no number to look up."""
    return len(WORD.findall(question)) >= _MIN_PASTED_WORDS and bool(_find_phrases(store, [question]))


def _find_records(facets: Facets, query: ParsedQuery) -> frozenset[int]:
    """Finds the rows named by id or by number: of a number recommendations, else parts of them, else others."""
    rows = facets.rows_with_ids(query.ids) if query.ids else set()
    for number in query.numbers:
        numbered = facets.rows_with_values("number", [number])
        parts = numbered & facets.recommendation_and_part_rows
        rows |= (parts & facets.recommendation_rows) or parts or numbered
    return frozenset(rows)


def _find_phrases(store: Store, quoted: Iterable[str], among: frozenset[int] | None = None) -> frozenset[int]:
    """Finds the rows that have one of the phrases verbatim, but for case, accents and white space; ``among`` or all."""
    found: set[int] = set()
    for phrase in quoted:
        words = WORD.findall(fold(phrase))
        rows = store.rows_with_phrase(extract_terms(phrase))
        for row, passage in store.passages_at(rows if among is None else rows & among).items():
            there = WORD.findall(fold(normalize_for_display(passage.text)))
            if occurs_in(words, there) or (len(words) >= _MIN_RUN_TOGETHER_WORDS and "".join(words) in "".join(there)):
                found.add(row)
    return frozenset(found)
