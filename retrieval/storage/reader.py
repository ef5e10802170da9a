"""The truth on disk, as it is read: one SQLite file with reports, passages, words, and which vectors they name.

Everything an ingest changes is committed in one transaction (`writer.py`), so a reader sees the
state before it or after it. Vectors live beside it in Chroma (`vectors.py`) and token vectors in a
file of their own (`tokens.py`), under ids made from their content; what no row here names does not
exist for search.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.report import Kind, Metadata, Passage, Report
from retrieval.storage.database import Database
from retrieval.storage.schema import (
    LISTS,
    PASSAGE,
    PASSAGE_COLUMNS,
    REPORT_COLUMNS,
    SCHEMA,
    Seen,
    metadata_from,
    passage_from,
    report_from,
)
from retrieval.storage.token_vectors import TokenStore
from retrieval.storage.writer import Writer

FILE = "relatoria.sqlite"
_SOME = 500  # passages read at one time
_REPORT = f"{REPORT_COLUMNS} from report join content on content.report_id = report.id"


@dataclass(frozen=True, slots=True)
class Known:
    """A report without its text: what it takes to see whether it changed."""

    id: str
    source: Path
    file_hash: str
    digest: str  # SHA-256 of report and passages


@dataclass(frozen=True, slots=True)
class Listed:
    """A report as a list of reports names it."""

    id: str
    source: Path
    metadata: Metadata


class Store:
    """Reads from any thread, always the latest committed state; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.tokens = TokenStore(folder)
        self._db = Database(folder / FILE, SCHEMA)
        self._rows = self._db.rows

    @property
    def path(self) -> Path:
        return self._db.path

    def stamp(self) -> dict[str, str]:
        """What the index says of itself: format, model, fingerprint, …; empty when it is new."""
        if not self.path.is_file() or not self._db.one("select 1 from sqlite_master where name = 'stamp'"):
            return {}
        return dict(self._rows("select key, value from stamp"))

    # Reports and passages

    def languages(self) -> list[str]:
        """The languages of the passages, ISO 639-1, the most frequent first."""
        query = "select language from tally group by language order by sum(passages) desc, language"
        return [row[0] for row in self._rows(query)]

    def reports(self) -> dict[str, Report]:
        """All reports by source file, with their texts: for a handful of reports."""
        rows = self._rows(f"select source, {_REPORT} order by id")
        return {os.fsdecode(row[0]): report_from(row[1:]) for row in rows}

    def report(self, report_id: str) -> Report | None:
        row = self._db.one(f"select {_REPORT} where id = ?", report_id)
        return report_from(row) if row else None

    def listed(self) -> list[Listed]:
        """All reports in order of id, with what is known of them and without their texts."""
        rows = self._rows("select id, source, metadata from report order by id")
        return [Listed(row[0], Path(os.fsdecode(row[1])), Metadata(**json.loads(row[2]))) for row in rows]

    def counts(self, report_ids: Iterable[str]) -> dict[str, dict[Kind, int]]:
        """How many passages of each kind each of these reports has."""
        query = "select report_id, kind, count(*) from passage where report_id in (%s) group by report_id, kind"
        found: dict[str, dict[Kind, int]] = {}
        for report_id, kind, count in self._db.among(query, report_ids):
            found.setdefault(report_id, {})[Kind(kind)] = count
        return found

    def copies(self) -> list[tuple[Path, str]]:
        """Files that say what another file says, from which a report was read, with the report's id."""
        query = "select path, report_id from file join report on id = report_id where path <> source order by path"
        return [(Path(os.fsdecode(row[0])), row[1]) for row in self._rows(query)]

    def source(self, report_id: str) -> Path:
        """The file a report came from."""
        return Path(os.fsdecode(self._rows("select source from report where id = ?", report_id)[0][0]))

    def known(self) -> list[Known]:
        """All reports in order of id, without their texts."""
        query = "select id, source, file_hash, digest from report order by id"
        return [Known(row[0], Path(os.fsdecode(row[1])), *row[2:]) for row in self._rows(query)]

    def seen(self) -> list[Seen]:
        """All files that hold a report."""
        query = "select path, report_id, file_hash, sidecar_hash, stat from file"
        return [Seen(Path(os.fsdecode(row[0])), *row[1:]) for row in self._rows(query)]

    def report_ids(self) -> list[str]:
        """The ids of all reports, in order."""
        return [row[0] for row in self._rows("select id from report order by id")]

    def metadata(self) -> dict[str, Metadata]:
        """What is known of each report beside its text, by id, in order."""
        return {row[0]: metadata_from(row[1]) for row in self._rows("select id, metadata from report order by id")}

    def count_reports(self) -> int:
        return int(self._rows("select count(*) from report")[0][0])

    def passages(self, report_id: str | None = None, kind: Kind | None = None) -> Iterator[Passage]:
        """In reading order, filtered where asked."""
        where, values = _where(report_id=report_id, kind=kind)
        query = f"select {PASSAGE_COLUMNS} from passage{where} order by report_id, row"
        return (passage_from(row) for row in self._rows(query, *values))

    def passages_at(self, rows: Iterable[int]) -> dict[int, Passage]:
        query = f"select row, {PASSAGE_COLUMNS} from passage where row in (%s)"
        return {row[0]: passage_from(row[1:]) for row in self._db.among(query, rows)}

    def count(self, kind: Kind | None = None, report_id: str | None = None) -> int:
        """How many passages there are, of a kind and of a report where asked."""
        where, values = _where(report_id=report_id, kind=kind)
        query = "select count(*) from passage" if report_id else "select total(passages) from tally"
        return int(self._rows(query + where, *values)[0][0])

    # What passages say of themselves

    def column(self, column: str) -> dict[Any, list[int]]:
        """The rows of each different value of a column of passages, in order of first appearance; lists as tuples."""
        if column not in PASSAGE:
            return {}
        found: dict[str, list[int]] = {}
        for row, value in self._rows(f'select row, "{column}" from passage order by row'):
            found.setdefault(value, []).append(row)
        return {_value(column, value): rows for value, rows in found.items()}

    def parts(self) -> list[tuple[int, str]]:
        """Row and id of each part, one of a part behind that."""
        return self._rows("select row, id from passage where kind = ? order by row", Kind.PART)

    def ids(self) -> list[tuple[int, str]]:
        """Row and id of each passage."""
        return self._rows("select row, id from passage order by row")

    def rows_with_ids(self, ids: Iterable[str]) -> dict[str, int]:
        """The rows of passages by their ids; unknown ids are left out."""
        return dict(self._db.among("select id, row from passage where id in (%s)", ids))

    def passages_in_order(self, rows: Iterable[int]) -> Iterator[Passage]:
        """The passages of these rows, in reading order, some hundreds at a time."""
        ordered = self.in_reading_order(rows)
        for first in range(0, len(ordered), _SOME):
            some = ordered[first : first + _SOME]
            there = self.passages_at(some)
            yield from (there[row] for row in some if row in there)

    def all_rows(self, limit: int | None = None) -> list[int]:
        """All rows in reading order, or the first of them."""
        most = -1 if limit is None else min(limit, sys.maxsize)
        return [row[0] for row in self._rows("select row from passage order by report_id, row limit ?", most)]

    def in_reading_order(self, rows: Iterable[int]) -> list[int]:
        """The same rows, as the reports have them."""
        found = self._db.among("select report_id, row from passage where row in (%s)", rows)
        return [row for _, row in sorted(found)]

    # Vectors and tokens

    def vector_ids(self) -> set[str]:
        """Every vector the index names."""
        return {row[0] for row in self._rows("select distinct vector_id from window")}

    def count_vectors(self) -> int:
        """How many vectors the index names."""
        return int(self.stamp().get("named", 0))

    def rows_of(self, vector_ids: Iterable[str], limit: int) -> list[tuple[str, int]]:
        """Each vector's id with the first so many passage rows that it stands for; without what is unknown."""
        query = (
            "select asked.value, passage_row from json_each(?) as asked join window on vector_id = asked.value "
            "and passage_row in (select passage_row from window where vector_id = asked.value "
            "order by passage_row limit ?)"
        )
        return self._rows(query, json.dumps(list(vector_ids)), limit)

    def windows_of(self, rows: Iterable[int]) -> list[tuple[int, str, bool]]:
        """Row, vector id, and whether it is the heading's, of each window of each passage, in that order."""
        query = "select passage_row, vector_id, heading from window where passage_row in (%s)"
        return sorted((row, vector_id, bool(heading)) for row, vector_id, heading in self._db.among(query, rows))

    def some_windows(self, count: int) -> dict[str, str]:
        """So many windows of passages, as good as drawn by lot and always the same: vector id and language."""
        query = (
            "select vector_id, min(language) from window join passage on row = passage_row where heading = 0 "
            "group by vector_id order by vector_id limit ?"
        )
        return dict(self._rows(query, count))

    def left_over(self, vector_ids: Sequence[str]) -> list[str]:
        """Those of them that no passage names."""
        named = self._db.among("select distinct vector_id from window where vector_id in (%s)", vector_ids)
        return sorted(set(vector_ids) - {row[0] for row in named})

    def unnamed(self) -> list[str]:
        """Vectors that lost their last passage and may still be there."""
        return [row[0] for row in self._rows("select vector_id from unnamed")]

    # Words

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """In how many passages each of these beginnings of words is; those in none are left out."""
        return dict(self._db.among("select term, doc from vocabulary where term in (%s)", words))

    def rows_with_words(self, words: Sequence[str], limit: int) -> list[int]:
        """The first so many rows that have all of these beginnings of words."""
        match = " AND ".join(f'"{word}"' for word in words)
        query = "select rowid from words where words match ? limit ?"
        return [row[0] for row in self._rows(query, match, limit)] if words else []

    def rows_with_phrase(self, words: Sequence[str]) -> set[int]:
        """The rows that have these beginnings of words side by side."""
        query = "select rowid from words where words match ?"
        return {row[0] for row in self._rows(query, f'"{" ".join(words)}"')} if words else set()

    def words_at(self, rows: Iterable[int]) -> dict[int, set[str]]:
        """The beginnings of each row's words."""
        query = "select rowid, beginnings from words where rowid in (%s)"
        return {row: set(words.split()) for row, words in self._db.among(query, rows)}

    # Writing

    @contextmanager
    def transaction(self) -> Iterator[Writer]:
        """All or nothing: what is written inside is committed at the end, or never happened."""
        with self._db.transaction() as connection:
            yield Writer(connection)

    def close(self) -> None:
        """Close this thread's connections."""
        self._db.close()
        self.tokens.close()


def _where(**wanted: str | None) -> tuple[str, list[str]]:
    """The clause that filters by those columns whose value is given, and the values."""
    given = {column: value for column, value in wanted.items() if value}
    clause = " and ".join(f"{column} = ?" for column in given)
    return (f" where {clause}" if given else ""), list(given.values())


def _value(column: str, value: Any) -> Any:
    """A column's value as a passage has it."""
    return _tuples(json.loads(value)) if column in LISTS else value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
