"""The table of all recommendations of one index state: filter, search, count facet values and page.

Long because filters, counts and pages share the same masks. A recommendation has its parts' values and words too.
The values of one field are alternatives (OR), the fields and all words must hold together (AND).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.report import Metadata, Passage, Strength, normalize_for_display
from retrieval.index.facets import Facets
from retrieval.index.filters import match_names, match_sections, name_matches
from retrieval.limits import FILTER_VALUE, FILTER_VALUES, WORDS
from retrieval.storage.reader import Store
from retrieval.text.terms import fold

PAGE_SIZE = 50  # recommendations on a page
FIELDS: Mapping[str, str] = {  # what can be chosen, and the column that states it
    "report": "report_id",
    "section": "headings",
    "addressee": "addressees",
    "by": "by",
    "strength": "strength",
    "language": "language",
    "response": "labels",
    "forum": "report_id",
    "body": "report_id",
    "year": "report_id",
}
_IN_READING_ORDER = ("report", "section")  # as the reports have them; the values of others by how many have them
_WORD = re.compile(r"\w+")
_TERM = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]|([^\s"“”„«»]+)')
_UNSPACED = re.compile("[\u0590-\u08ff\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7af]")  # where words begin within words
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BrowseQuery:
    """A query of the table: words, chosen values by field, and a page."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values by field
    page: int = 0  # from 0

    @classmethod
    def from_params(cls, query: Mapping[str, str]) -> "BrowseQuery":
        """Parse the URL parameters; several values of a field are separated by line breaks."""
        chosen = {name: tuple(filter(None, query.get(name, "").split("\n"))) for name in FIELDS}
        number = query.get("p", "")  # "page" is Gradio's own
        page = int(number) - 1 if number.isascii() and number.isdecimal() and len(number) < 7 else 0
        return cls(query.get("words", ""), {name: some for name, some in chosen.items() if some}, max(page, 0))

    @property
    def params(self) -> dict[str, str]:
        """The URL parameters of the query, the inverse of ``from_params``."""
        values = {name: "\n".join(self.chosen.get(name, ())) for name in FIELDS}
        return {"words": self.words.strip(), **values, "p": str(self.page + 1) if self.page else ""}

    def without(self, name: str) -> "BrowseQuery":
        """The query without one field, or without the words; on the first page."""
        if name == "words":
            return BrowseQuery("", self.chosen)
        return BrowseQuery(self.words, {key: some for key, some in self.chosen.items() if key != name})

    @property
    def active_fields(self) -> list[str]:
        """The fields that have a value, preceded by "words" where any are given."""
        return [*(["words"] if parse_terms(self.words) else []), *(name for name in FIELDS if self.chosen.get(name))]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A row of the table: a recommendation and its values."""

    passage: Passage
    values: Mapping[str, tuple[str, ...]]  # what it and its parts state, by field


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of matches, with the counts of every facet value."""

    view: BrowseQuery
    rows: tuple[RecordRow, ...]
    shown: int  # that fit, on all pages
    total: int
    counts: Mapping[str, list[tuple[str, int]]]  # by field: each value, how many have it that fit otherwise
    loosened: Mapping[str, int]  # where nothing fits: how many would without a field

    @property
    def pages(self) -> int:
        return max(1, -(-self.shown // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The rank of the page's first row among the matches, from 1; 0 where nothing matches."""
        return self.view.page * PAGE_SIZE + 1 if self.shown else 0

    @property
    def last(self) -> int:
        return self.view.page * PAGE_SIZE + len(self.rows)


@dataclass(frozen=True, slots=True)
class Column:
    """One field's values in coordinate form: pairs of a recommendation's position and a value's code."""

    values: tuple[str, ...]
    codes: Mapping[str, int]
    positions: NDArray[np.intp]  # (n,), ascending
    coded: NDArray[np.intp]  # (n,), into ``values``

    def mask(self, codes: Iterable[int], size: int) -> Mask:
        """The mask, (size,) bool, of the positions that have any of the values."""
        found = np.zeros(size, bool)
        found[self.positions[np.isin(self.coded, list(codes))]] = True
        return found

    def counts(self, mask: Mask) -> NDArray[np.intp]:
        """For each value, how many positions of a mask have it."""
        return np.bincount(self.coded[mask[self.positions]], minlength=len(self.values))

    def values_at(self, position: int) -> tuple[str, ...]:
        """The values of the recommendation at a position."""
        first, last = np.searchsorted(self.positions, [position, position + 1])
        return tuple(self.values[code] for code in self.coded[first:last])


@dataclass(frozen=True, slots=True)
class Term:
    """A search term: adjacent words; the last is a prefix unless ``whole``."""

    words: tuple[str, ...]
    whole: bool = False

    @property
    def substring(self) -> str:
        """The substring to look for in a text's folded words, which have spaces between and around them."""
        joined = " ".join(self.words)
        return joined if _UNSPACED.search(joined) else f" {joined}{' ' if self.whole else ''}"


def parse_terms(words: str) -> list[Term]:
    """Parse a search string into folded terms; what stands in quotation marks is a phrase of whole words.

    >>> parse_terms('Migración "los países"')
    [Term(words=('migracion',), whole=False), Term(words=('los', 'paises'), whole=True)]
    """
    terms = (
        Term(tuple(_WORD.findall(fold(match[1] or match[2] or ""))), whole=match[1] is not None)
        for match in _TERM.finditer(words[: WORDS.most])
    )
    return [term for term in terms if term.words]


class RecordTable:
    """The recommendations in reading order, addressed by position (from 0); to be made anew per index state."""

    def __init__(self, store: Store, stated: Facets) -> None:
        self._store = store
        self._stated = stated
        self.rows = tuple(row for row in store.all_rows() if row in stated.recommendation_rows)
        self._position = {row: at for at, row in enumerate(self.rows)} | self._parts()

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The passage ids, by position."""
        names = dict(self._store.ids())
        return tuple(names[row] for row in self.rows)

    @cached_property
    def metadata(self) -> dict[str, Metadata]:
        """The reports' metadata, by report id, under their short names."""
        short = self._stated.short_names
        return {it.id: replace(it.metadata, title=short[it.id]) for it in self._store.report_summaries()}

    @cached_property
    def id_set(self) -> frozenset[str]:
        """The passage ids as a set."""
        return frozenset(self.ids)

    def position(self, passage_id: str) -> int | None:
        """The position of a passage id, a part's being its recommendation's; None where there is none."""
        row = self._store.rows_with_ids([passage_id]).get(passage_id)
        return None if row is None else self._position.get(row)

    def load_page(self, view: BrowseQuery) -> RecordPage:
        """Load one page of matches; a page past the end becomes the last."""
        masks = self._masks(view)
        fitting = self._intersect(masks)
        positions = np.flatnonzero(fitting)
        page = min(view.page, max(0, (len(positions) - 1) // PAGE_SIZE))
        view = BrowseQuery(view.words, view.chosen, page)
        some = [int(position) for position in positions[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]]
        passages = self._store.passages_at(self.rows[at] for at in some)
        rows = tuple(
            RecordRow(passages[self.rows[at]], {name: self._columns[name].values_at(at) for name in FIELDS})
            for at in some
            if self.rows[at] in passages
        )
        dropped = [] if len(positions) else view.active_fields
        loosened = {name: int(self._intersect(masks, name).sum()) for name in dropped}
        return RecordPage(view, rows, len(positions), len(self), self._counts(masks), loosened)

    def matching_ids(self, view: BrowseQuery) -> list[str]:
        """The ids of all matches, in reading order."""
        return [self.ids[at] for at in np.flatnonzero(self._intersect(self._masks(view)))]

    def passages(self, ids: Iterable[str]) -> Iterable[Passage]:
        """Load passages by id, in reading order; ids that are gone are left out."""
        return self._store.passages_in_order(self._store.rows_with_ids(ids).values())

    def _masks(self, view: BrowseQuery) -> dict[str, Mask]:
        """The mask of each field that has a value, and of the words. Raises BeyondLimit."""
        WORDS.check(len(view.words))
        FILTER_VALUES.check(sum(map(len, view.chosen.values())))
        FILTER_VALUE.check_texts(value for values in view.chosen.values() for value in values)
        masks = {
            name: self._columns[name].mask(self._codes(name, view.chosen[name]), len(self))
            for name in FIELDS
            if view.chosen.get(name)
        }
        if sought := [term.substring for term in parse_terms(view.words)]:
            stands = (all(substring in words for substring in sought) for words in self._words)
            masks["words"] = np.fromiter(stands, bool, len(self))
        return masks

    def _intersect(self, masks: Mapping[str, Mask], without: str = "") -> Mask:
        fitting = np.ones(len(self), bool)
        for name, mask in masks.items():
            if name != without:
                fitting &= mask
        return fitting

    def _counts(self, masks: Mapping[str, Mask]) -> dict[str, list[tuple[str, int]]]:
        counts: dict[str, list[tuple[str, int]]] = {}
        for name, column in self._columns.items():
            numbers = column.counts(self._intersect(masks, name)).tolist()
            some = list(zip(column.values, numbers, strict=True))
            if name == "strength":
                order = list(map(str, Strength))
                some.sort(key=lambda pair: order.index(pair[0]))
            elif name not in _IN_READING_ORDER:
                some.sort(key=lambda pair: (-pair[1], fold(pair[0])))
            counts[name] = some
        return counts

    def _codes(self, name: str, chosen: Sequence[str]) -> list[int]:
        """The codes of chosen values: a listed value's own, or those of all values that typed text matches."""
        column = self._columns[name]
        codes: list[int] = []
        for choice in chosen:
            values = [choice] if choice in column.codes else self._match_typed(name, choice)
            codes += (column.codes[value] for value in values if value in column.codes)
        return codes

    def _match_typed(self, name: str, typed: str) -> list[str]:
        if name == "section":
            return match_sections(typed, self._stated)
        if name in ("addressee", "by"):
            return match_names(typed, self._stated, FIELDS[name])
        if name in self._stated.stated:
            return [value for value in self._columns[name].values if name_matches(typed, value)]
        if name == "report":
            sought = [term.substring for term in parse_terms(typed)]
            return [name for name, words in self._titles.items() if sought and all(part in words for part in sought)]
        return []

    @cached_property
    def _titles(self) -> dict[str, str]:
        """The searchable words of each report: id, title and year."""
        return {
            it.id: _spaced_words(f"{it.id} {it.metadata.title} {self.metadata[it.id].title} {it.metadata.year or ''}")
            for it in self._store.report_summaries()
        }

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {name: self._column(name, column) for name, column in FIELDS.items()}

    def _column(self, name: str, column: str) -> Column:
        """Build a field's pairs, of labels those of its name; the values of parts count as their recommendation's."""
        of_reports = self._stated.stated.get(name)
        codes: dict[str, int] = {}
        met: set[tuple[int, int]] = set()
        for value in self._stated.values_of(column):
            rows = self._stated.rows_with_values(column, [value])
            places = [at for row in rows if (at := self._position.get(row)) is not None]
            if value is None or not places or (column == "labels" and value[0] != name):
                continue
            printed = value[1] if column == "labels" else of_reports[value] if of_reports else str(value)
            if printed:
                code = codes.setdefault(printed, len(codes))
                met |= {(at, code) for at in places}
        positions, coded = np.array(sorted(met), np.intp).reshape(-1, 2).T
        return Column(tuple(codes), codes, positions, coded)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        """The searchable words, by position: folded, spaces between and around; a text has its parts' words in it."""
        there = set(self.rows)
        texts: list[str] = [""] * len(self)
        for text, rows in self._store.column("text").items():
            if wanted := [row for row in rows if row in there]:
                spaced = _spaced_words(normalize_for_display(text))
                for row in wanted:
                    texts[self._position[row]] = spaced
        return tuple(texts)

    def _parts(self) -> dict[int, int]:
        """Maps the row of each part to the position of its recommendation."""
        parts = dict(self._store.parts())
        names = set(parts.values())
        owners: dict[int, str] = {}
        for row, name in parts.items():
            owner = name
            while owner in names:
                owner = owner.rpartition(".")[0]
            owners[row] = owner
        row_of = self._store.rows_with_ids(dict.fromkeys(owners.values()))
        position = {row: at for at, row in enumerate(self.rows)}
        return {row: position[row_of[owner]] for row, owner in owners.items() if row_of.get(owner) in position}


def _spaced_words(text: str) -> str:
    return f" {' '.join(_WORD.findall(fold(text)))} "
