"""Reads the SQLite file that defines the index: reports, passages, words, and the vector ids they refer to.

Everything an ingest changes is committed in one transaction (`writer.py`), so a reader sees the
state before it or after it. Vectors live beside it in Chroma (`passage_vectors.py`) and token vectors in
a file of their own (`token_vectors.py`), under content-derived ids; what no row here refers to does not
exist for search.
"""

import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.report import Kind, Metadata, Passage, Report
from retrieval.storage.database import Database
from retrieval.storage.schema import (
    LIST_COLUMNS,
    PASSAGE_COLUMNS,
    PASSAGE_FIELDS,
    REPORT_COLUMNS,
    SCHEMA,
    FileState,
    metadata_from_json,
    passage_from_row,
    report_from_row,
)
from retrieval.storage.token_vectors import TokenStore
from retrieval.storage.writer import Writer

DATABASE_FILE = "relatoria.sqlite"
_PAGE_SIZE = 500  # passages read at one time
_REPORT = f"{REPORT_COLUMNS} from report join content on content.report_id = report.id"


@dataclass(frozen=True, slots=True)
class KnownReport:
    """An indexed report without its text, with the hashes that detect changes."""

    id: str
    source: Path
    file_hash: str
    digest: str  # SHA-256 of report and passages


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """An indexed report for lists of reports: id, source and metadata, no text."""

    id: str
    source: Path
    metadata: Metadata


class Store:
    """Queries the latest committed state from any thread, and opens write transactions."""

    def __init__(self, folder: Path) -> None:
        self.tokens = TokenStore(folder)
        self._db = Database(folder / DATABASE_FILE, SCHEMA)
        self._rows = self._db.rows

    @property
    def path(self) -> Path:
        return self._db.path

    def stamp(self) -> dict[str, str]:
        """The index's key-value stamp: format, model, fingerprint, …; empty when it is new."""
        if not self.path.is_file() or not self._db.first_row("select 1 from sqlite_master where name = 'stamp'"):
            return {}
        return dict(self._rows("select key, value from stamp"))

    # Reports and passages

    def languages(self) -> list[str]:
        """The languages of the passages, ISO 639-1, the most frequent first."""
        query = "select language from tally group by language order by sum(passages) desc, language"
        return [row[0] for row in self._rows(query)]

    def report(self, report_id: str) -> Report | None:
        row = self._db.first_row(f"select {_REPORT} where id = ?", report_id)
        return report_from_row(row) if row else None

    def report_summaries(self) -> list[ReportSummary]:
        """All reports in order of id, with their metadata and without their texts."""
        rows = self._rows("select id, source, metadata from report order by id")
        return [ReportSummary(row[0], Path(os.fsdecode(row[1])), metadata_from_json(row[2])) for row in rows]

    def fronts(self, length: int) -> dict[str, str]:
        """The first characters of each report's text, by id."""
        return dict(self._rows("select report_id, substr(text, 1, ?) from content", length))

    def count_by_kind(self, report_ids: Iterable[str]) -> dict[str, dict[Kind, int]]:
        """Count the passages of each kind in each of these reports."""
        query = "select report_id, kind, count(*) from passage where report_id in (%s) group by report_id, kind"
        found: dict[str, dict[Kind, int]] = {}
        for report_id, kind, count in self._db.rows_in(query, report_ids):
            found.setdefault(report_id, {})[Kind(kind)] = count
        return found

    def file_copies(self) -> list[tuple[Path, str]]:
        """Files with the same content as a report's source file, with the report's id."""
        query = "select path, report_id from file join report on id = report_id where path <> source order by path"
        return [(Path(os.fsdecode(row[0])), row[1]) for row in self._rows(query)]

    def source(self, report_id: str) -> Path:
        """The file a report came from."""
        return Path(os.fsdecode(self._rows("select source from report where id = ?", report_id)[0][0]))

    def known_reports(self) -> list[KnownReport]:
        """All reports in order of id, with the hashes that detect changes."""
        query = "select id, source, file_hash, digest from report order by id"
        return [KnownReport(row[0], Path(os.fsdecode(row[1])), *row[2:]) for row in self._rows(query)]

    def file_states(self) -> list[FileState]:
        """The remembered state of all files that hold a report."""
        query = "select path, report_id, file_hash, sidecar_hash, stat from file"
        return [FileState(Path(os.fsdecode(row[0])), *row[1:]) for row in self._rows(query)]

    def report_ids(self) -> list[str]:
        """The ids of all reports, in order."""
        return [row[0] for row in self._rows("select id from report order by id")]

    def count_reports(self) -> int:
        return int(self._rows("select count(*) from report")[0][0])

    def passages(self, report_id: str | None = None, kinds: Collection[Kind] = ()) -> Iterator[Passage]:
        """Iterate over passages in reading order, optionally of one report or of some kinds."""
        where, values = _where_clause(report_id, kinds)
        query = f"select {PASSAGE_COLUMNS} from passage{where} order by report_id, row"
        return (passage_from_row(row) for row in self._rows(query, *values))

    def passages_at(self, rows: Iterable[int]) -> dict[int, Passage]:
        query = f"select row, {PASSAGE_COLUMNS} from passage where row in (%s)"
        return {row[0]: passage_from_row(row[1:]) for row in self._db.rows_in(query, rows)}

    def count(self, kinds: Collection[Kind] = (), report_id: str | None = None) -> int:
        """Count passages, optionally of some kinds or one report."""
        where, values = _where_clause(report_id, kinds)
        query = "select count(*) from passage" if report_id else "select total(passages) from tally"
        return int(self._rows(query + where, *values)[0][0])

    # What passages say of themselves

    def column(self, column: str) -> dict[Any, list[int]]:
        """The rows of each distinct value of a passage column, in order of first appearance; lists as tuples."""
        if column not in PASSAGE_FIELDS:
            return {}
        found: dict[str, list[int]] = {}
        for row, value in self._rows(f'select row, "{column}" from passage order by row'):
            found.setdefault(value, []).append(row)
        is_list = column in LIST_COLUMNS
        return {_tuples(json.loads(value)) if is_list else value: rows for value, rows in found.items()}

    def parts(self) -> list[tuple[int, str]]:
        """Row and id of each part; a part's own parts follow it."""
        return self._rows("select row, id from passage where kind = ? order by row", Kind.PART)

    def ids(self) -> list[tuple[int, str]]:
        """Row and id of each passage."""
        return self._rows("select row, id from passage order by row")

    def rows_with_ids(self, ids: Iterable[str]) -> dict[str, int]:
        """Look up the rows of passages by id; unknown ids are left out."""
        return dict(self._db.rows_in("select id, row from passage where id in (%s)", ids))

    def passages_in_order(self, rows: Iterable[int]) -> Iterator[Passage]:
        """Iterate over the passages of these rows in reading order, fetched in pages."""
        ordered = self.in_reading_order(rows)
        for first in range(0, len(ordered), _PAGE_SIZE):
            some = ordered[first : first + _PAGE_SIZE]
            there = self.passages_at(some)
            yield from (there[row] for row in some if row in there)

    def all_rows(self, limit: int | None = None) -> list[int]:
        """All rows in reading order, or the first ``limit``."""
        most = -1 if limit is None else min(limit, sys.maxsize)
        return [row[0] for row in self._rows("select row from passage order by report_id, row limit ?", most)]

    def in_reading_order(self, rows: Iterable[int]) -> list[int]:
        """Sort rows into reading order."""
        found = self._db.rows_in("select report_id, row from passage where row in (%s)", rows)
        return [row for _, row in sorted(found)]

    # Vectors and tokens

    def vector_ids(self) -> set[str]:
        """The ids of all vectors that the index refers to."""
        return {row[0] for row in self._rows("select distinct vector_id from window")}

    def count_vectors(self) -> int:
        """The number of vectors that the index refers to."""
        return int(self.stamp().get("named", 0))

    def rows_of_vectors(self, vector_ids: Iterable[str], limit: int) -> list[tuple[str, int]]:
        """Pairs of vector id and passage row, up to ``limit`` rows per vector; unknown ids are left out."""
        query = (
            "select asked.value, passage_row from json_each(?) as asked join window on vector_id = asked.value "
            "and passage_row in (select passage_row from window where vector_id = asked.value "
            "order by passage_row limit ?)"
        )
        return self._rows(query, json.dumps(list(vector_ids)), limit)

    def windows_of_rows(self, rows: Iterable[int]) -> list[tuple[int, str, bool]]:
        """Sorted triples of row, vector id and whether it is the heading's, for each window of these passages."""
        query = "select passage_row, vector_id, heading from window where passage_row in (%s)"
        return sorted((row, vector_id, bool(heading)) for row, vector_id, heading in self._db.rows_in(query, rows))

    def sample_windows(self, count: int) -> dict[str, str]:
        """A deterministic pseudo-random sample of passage windows: vector id and language."""
        query = (
            "select vector_id, min(language) from window join passage on row = passage_row where heading = 0 "
            "group by vector_id order by vector_id limit ?"
        )
        return dict(self._rows(query, count))

    def unreferenced_among(self, vector_ids: Sequence[str]) -> list[str]:
        """The vector ids among these that no passage refers to."""
        named = self._db.rows_in("select distinct vector_id from window where vector_id in (%s)", vector_ids)
        return sorted(set(vector_ids) - {row[0] for row in named})

    def unreferenced_vectors(self) -> list[str]:
        """Vectors that lost their last passage and may still be stored."""
        return [row[0] for row in self._rows("select vector_id from unnamed")]

    # Words

    def document_frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """Document frequencies: the number of passages with each of these word prefixes; absent ones are left out."""
        return dict(self._db.rows_in("select term, doc from vocabulary where term in (%s)", words))

    def rows_with_words(self, words: Sequence[str], limit: int) -> list[int]:
        """The first ``limit`` rows that contain all of these word prefixes."""
        match = " AND ".join(f'"{word}"' for word in words)
        query = "select rowid from words where words match ? limit ?"
        return [row[0] for row in self._rows(query, match, limit)] if words else []

    def rows_with_phrase(self, words: Sequence[str]) -> set[int]:
        """The rows that contain these word prefixes as a phrase."""
        query = "select rowid from words where words match ?"
        return {row[0] for row in self._rows(query, f'"{" ".join(words)}"')} if words else set()

    def words_at(self, rows: Iterable[int]) -> dict[int, set[str]]:
        """The word prefixes of each row."""
        query = "select rowid, beginnings from words where rowid in (%s)"
        return {row: set(words.split()) for row, words in self._db.rows_in(query, rows)}

    # Writing

    @contextmanager
    def transaction(self) -> Iterator[Writer]:
        """Open a write transaction: committed at the end, rolled back on an exception."""
        with self._db.transaction() as connection:
            yield Writer(connection)

    def close(self) -> None:
        """Close this thread's connections."""
        self._db.close()
        self.tokens.close()


def _where_clause(report_id: str | None, kinds: Collection[Kind]) -> tuple[str, list[str]]:
    """Build a where clause over what is given, and its values."""
    clauses = ["report_id = ?"] if report_id else []
    clauses += [f"kind in ({', '.join('?' * len(kinds))})"] if kinds else []
    return (f" where {' and '.join(clauses)}" if clauses else ""), [*([report_id] if report_id else []), *kinds]


def _tuples(value: Any) -> Any:
    """JSON lists become tuples, at any depth."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
