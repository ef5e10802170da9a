"""Facets: the distinct values of each passage attribute in one state of the index, with the rows that have them."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from ingest.report import ACTS, Kind, place_of, recommends
from retrieval.index.report_names import ReportNames
from retrieval.index.short_names import list_stated, name_reports
from retrieval.storage.reader import Store
from retrieval.storage.schema import LIST_COLUMNS
from retrieval.text.gazetteer import tokenize_name
from retrieval.text.lexicon import SECTION_UNITS, content_words
from retrieval.text.terms import WORD, fold

_FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_DISTINCTIVE = re.compile(r"\d|-")  # an id that is no mere word
_FRONT = 600  # characters of a report's text, which say whose it is
_HEADING_START = 80  # characters of a heading, which has its first two words
Label = tuple[str, str]  # name, value


class Facets:
    """Facet values by column, each with its rows, loaded lazily; valid for one state of the index."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._columns: dict[str, dict[Any, list[int]]] = {}
        self._words: dict[str, dict[str, set[Any]]] = {}
        self._stating: dict[tuple[str, str], frozenset[int]] = {}

    @cached_property
    def reports(self) -> tuple[str, ...]:
        """The ids of all reports."""
        return tuple(self._store.report_ids())

    @cached_property
    def report_names(self) -> ReportNames:
        """What the reports are called."""
        return ReportNames(self._store.report_summaries(), self._store.fronts(_FRONT))

    @cached_property
    def short_names(self) -> dict[str, str]:
        """What the reports are called on screens, by id."""
        return name_reports(self._store.report_summaries())

    @cached_property
    def stated(self) -> dict[str, dict[str, str]]:
        """The forum, the body and the year of the reports, by id."""
        return list_stated(self._store.report_summaries(), self._store.fronts(_FRONT))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._store.languages())

    @cached_property
    def recommendation_rows(self) -> frozenset[int]:
        """The rows of all recommendations, without their parts."""
        return frozenset(self.rows_with_values("kind", ACTS))

    @cached_property
    def recommendation_and_part_rows(self) -> frozenset[int]:
        """The rows of recommendations and their parts."""
        parts = (row for row, part_id in self._part_ids if recommends(Kind.PART, part_id))
        return self.recommendation_rows.union(parts)

    @cached_property
    def label_values(self) -> dict[str, list[str]]:
        """The values of each label, by its name."""
        values: dict[str, list[str]] = {}
        for name, value in self.values_of("labels"):
            values.setdefault(name, []).append(value)
        return values

    def values_of(self, column: str) -> Collection[Any]:
        """The distinct values of a column; of a list column, the distinct items."""
        return self._column(column).keys()

    def rows_with_values(self, column: str, values: Iterable[Any]) -> set[int]:
        """The rows that have one of the values in a column or in its list."""
        rows = self._column(column)
        return {row for value in values for row in rows.get(value, ())}

    def values_with_words(self, column: str, names: Iterable[Sequence[str]]) -> list[Any]:
        """The values that contain all words of one of the names, in any order; labels are matched by their value."""
        index = self._words.get(column)
        if index is None:
            index = self._words[column] = {}
            for value in self.values_of(column):
                for word in tokenize_name(value[1] if column == "labels" else value):
                    index.setdefault(word, set()).add(value)
        found: set[Any] = set()
        for name in filter(None, names):
            found |= set.intersection(*sorted((index.get(word, set()) for word in name), key=len))
        rows = self._column(column)
        return sorted(found, key=lambda value: (rows[value][0], value))

    def with_parts(self, rows: set[int], column: str, name: str = "") -> set[int]:
        """The rows and the parts that inherit their column: without own values (of labels, of that name)."""
        if (column, name) not in self._stating:
            values = (value for value in self.values_of(column) if not name or fold(value[0]) == name)
            self._stating[column, name] = frozenset(self.rows_with_values(column, values))
        stating = self._stating[column, name]
        found, todo = set(rows), list(rows)
        while todo:
            more = [part for part in self._parts.get(todo.pop(), ()) if part not in stating and part not in found]
            found.update(more)
            todo += more
        return found

    def rows_with_ids(self, ids: Iterable[str]) -> set[int]:
        """The rows of passages by id, or by the part of the id after "#", ignoring case."""
        wanted = {passage_id.lower() for passage_id in ids}
        near = (pair for passage_id in wanted for pair in self._local_ids.get(passage_id.rpartition("#")[2], ()))
        return {row for row, passage_id in near if {passage_id, passage_id.rpartition("#")[2]} & wanted}

    def has_number(self, number: str) -> bool:
        """Whether a passage has this number: "87.23"."""
        return number in self._column("number")

    def find_report_id(self, text: str) -> tuple[int, int, str] | None:
        """Find the first report id with a digit or hyphen in a folded text, longest match: (start, end, id)."""
        if not _DISTINCTIVE.search(text):
            return None
        by_id, lengths = self._report_names
        for start in range(len(text)):
            if text[start].isspace() or (start and text[start - 1].isalnum()):
                continue
            for end in (start + length for length in lengths if start + length <= len(text)):
                if not text[end : end + 1].isalnum() and (found := by_id.get(text[start:end])):
                    return start, end, found
        return None

    @cached_property
    def _report_names(self) -> tuple[dict[str, str], list[int]]:
        by_id = {fold(report): report for report in self.reports if _DISTINCTIVE.search(report)}
        return by_id, sorted(set(map(len, by_id)), reverse=True)

    @cached_property
    def _part_ids(self) -> list[tuple[int, str]]:
        return self._store.parts()

    @cached_property
    def _local_ids(self) -> dict[str, list[tuple[int, str]]]:
        """Row and lower-case id of each passage, by the part of the id after "#"."""
        rows: dict[str, list[tuple[int, str]]] = {}
        for row, passage_id in self._store.ids():
            folded = passage_id.lower()
            rows.setdefault(folded.rpartition("#")[2], []).append((row, folded))
        return rows

    @cached_property
    def _parts(self) -> dict[int, list[int]]:
        """The rows of the direct parts of each row."""
        wholes = {row: part_id.rpartition(".")[0] for row, part_id in self._part_ids}
        row_of = self._store.rows_with_ids(dict.fromkeys(wholes.values()))
        parts: dict[int, list[int]] = {}
        for row, whole in wholes.items():
            if whole in row_of:
                parts.setdefault(row_of[whole], []).append(row)
        return parts

    def _column(self, column: str) -> dict[Any, list[int]]:
        if column not in self._columns:
            stored = self._store.column(column)
            if column in LIST_COLUMNS:
                items: dict[Any, list[int]] = {}
                for listed, rows in stored.items():
                    for item in dict.fromkeys(listed):
                        items.setdefault(item, []).extend(rows)
                stored = items
            self._columns[column] = self._with_places(stored) if column == "number" else stored
        return self._columns[column]

    def _with_places(self, numbers: dict[Any, list[int]]) -> dict[Any, list[int]]:
        """Rows by number and, of recommendations, by a place that none of them prints; "87.1 (2nd)" is also 87.1."""
        rows = {number: list(its) for number, its in numbers.items() if number}
        for number in [number for number in rows if " " in number]:
            rows.setdefault(number.partition(" ")[0], []).extend(rows[number])
        ids = [(row, id_) for row, id_ in self._store.ids() if row in self.recommendation_and_part_rows]
        number_of = {row: number for number, its in numbers.items() for row in its}
        printed = {(id_.partition("#")[0], number_of.get(row)) for row, id_ in ids if row in self.recommendation_rows}
        for row, id_ in ids:
            if (id_.partition("#")[0], place := place_of(id_)) not in printed:
                rows.setdefault(place, []).append(row)
        return rows

    @cached_property
    def section_units(self) -> frozenset[str]:
        """The unit words of numbered headings: "roundtable", "session"."""
        first = (WORD.findall(fold(heading[:_HEADING_START]))[:2] for heading in self.values_of("headings"))
        named = (SECTION_UNITS.get(" ".join(words)) or SECTION_UNITS.get(words[0]) for words in first if words)
        return frozenset(filter(None, named))

    def find_subjects(self, words: frozenset[str]) -> Iterator[tuple[float, str, Label | None]]:
        """Headings and themes that contain all the words: the share of their words matched, the text, and its label."""
        for at in set.intersection(*(self._with_word.get(word, set()) for word in words)) if words else ():
            content, printed, label = self._subjects[at]
            yield len(words) / len(content), printed, label

    def headings_numbered(self, number: str) -> list[str]:
        """The headings numbered with this number or one below it ("1" includes "1.2"), whatever their unit word."""
        return self._numbered.get(number, [])

    @cached_property
    def _numbered(self) -> dict[str, list[str]]:
        headings: dict[str, list[str]] = {}
        for heading in self.values_of("headings"):
            if found := _FIRST_NUMBER.search(heading):
                levels = found[0].split(".")
                for count in range(1, len(levels) + 1):
                    headings.setdefault(".".join(levels[:count]), []).append(heading)
        return headings

    @cached_property
    def _subjects(self) -> list[tuple[frozenset[str], str, Label | None]]:
        themes = [
            (content_words(value), value, (name, value)) for name, value in self.values_of("labels") if "theme" in name
        ]
        return [*themes, *((content_words(heading), heading, None) for heading in self.values_of("headings"))]

    @cached_property
    def _with_word(self) -> dict[str, set[int]]:
        rows: dict[str, set[int]] = {}
        for at, (content, _, _) in enumerate(self._subjects):
            for word in content:
                rows.setdefault(word, set()).add(at)
        return rows
