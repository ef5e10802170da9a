"""The truth on disk: one SQLite file with reports, passages, words, and the passages' token vectors.

Everything an ingest changes is committed in one transaction, so a reader sees the state before it
or after it. Vectors live beside it in Chroma (`vectors.py`), under ids made from their content; a
vector that no row here names does not exist for search.
"""

import hashlib
import json
import math
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.errors import StorageFailed
from ingest.report import Kind, Metadata, Passage, Report

FILE = "relatoria.sqlite"
_SCHEMA = """
create table stamp (key text primary key, value text not null) without rowid;
create table report (
    id text primary key, source text not null unique, file_hash text not null,
    metadata text not null, page_starts text not null, text text not null
) without rowid;
create table passage (
    row integer primary key, id text not null unique, report_id text not null references report(id),
    kind text not null, number text not null, headings text not null, lead_in text not null,
    text text not null, start integer not null, end integer not null,
    page integer not null, line integer not null, language text not null
);
create index passage_report on passage(report_id, start);
create table language (language text primary key, passages integer not null) without rowid;
create table window (vector_id text not null, passage_row integer not null, primary key (vector_id, passage_row))
    without rowid;
create index window_passage on window(passage_row);
create table tokens (vector_id text primary key, scales blob not null, codes blob not null);
create table token_total (only integer primary key check (only = 1), count integer not null, total blob not null);
create virtual table words using fts5(stems, tokenize = "unicode61 remove_diacritics 0");
create virtual table vocabulary using fts5vocab(words, row);
"""
_PASSAGE = "id, report_id, kind, number, headings, lead_in, text, start, end, page, line, language"
_LITTLE = 4  # letters; most words without a subject of their own are shorter, in the languages stemmed
_MANY = 500  # values bound in one statement; SQLite's own limit is higher


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as it goes into the index: what is quoted, and beside it what is searched."""

    passage: Passage
    stems: Sequence[str]
    vector_ids: Sequence[str]  # one per window of the model; nearly always one


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token vectors of one window in 8 bits: (t, d) int8 codes times (t,) float32 scales."""

    scales: NDArray[np.float32]
    codes: NDArray[np.int8]

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> "Tokens":
        scales = np.abs(vectors).max(axis=1, initial=1e-9).astype(np.float32) / 127
        return cls(scales, np.rint(vectors / scales[:, None]).astype(np.int8))

    def vectors(self) -> NDArray[np.float32]:
        """(t, d) float32, within 0.4 % of the largest component."""
        return self.codes.astype(np.float32) * self.scales[:, None]


class Store:
    """Reads from any thread, always the latest committed state; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._local = threading.local()

    # Reading

    def stamp(self) -> dict[str, str]:
        """What the index says of itself: format, model, fingerprint, …; empty when it is new."""
        if not self.path.is_file() or not self._one("select 1 from sqlite_master where name = 'stamp'"):
            return {}
        return dict(self._rows("select key, value from stamp"))

    def languages(self) -> list[str]:
        """The languages of the passages, ISO 639-1, the most frequent first."""
        return [row[0] for row in self._rows("select language from language order by passages desc, language")]

    def reports(self) -> dict[str, Report]:
        """All reports by source file."""
        return {row[0]: _report(row[1:]) for row in self._rows(f"select source, {_REPORT} from report order by id")}

    def report(self, report_id: str) -> Report | None:
        row = self._one(f"select {_REPORT} from report where id = ?", report_id)
        return _report(row) if row else None

    def passages(self, report_id: str | None = None, kind: Kind | None = None) -> Iterator[Passage]:
        """In reading order, filtered where asked."""
        where, values = _where(report_id=report_id, kind=kind)
        query = f"select {_PASSAGE} from passage{where} order by report_id, row"
        return (_passage(row) for row in self._rows(query, *values))

    def report_ids(self) -> list[str]:
        """The ids of all reports, in order."""
        return [row[0] for row in self._rows("select id from report order by id")]

    def count_reports(self) -> int:
        return int(self._rows("select count(*) from report")[0][0])

    def count(self, kind: Kind | None = None, report_id: str | None = None) -> int:
        """How many passages there are, of a kind and of a report where asked."""
        where, values = _where(report_id=report_id, kind=kind)
        return int(self._rows(f"select count(*) from passage{where}", *values)[0][0])

    def count_vectors(self) -> int:
        """How many vectors the index names."""
        return int(self._rows("select count(*) from tokens")[0][0])

    def rows_of(self, vector_ids: Iterable[str]) -> dict[str, list[int]]:
        """The passage rows that each vector stands for; unknown vectors are left out."""
        found: dict[str, list[int]] = {}
        for vector_id, row in self._in("select vector_id, passage_row from window where vector_id in (%s)", vector_ids):
            found.setdefault(vector_id, []).append(row)
        return found

    def passages_at(self, rows: Iterable[int]) -> dict[int, Passage]:
        query = f"select row, {_PASSAGE} from passage where row in (%s)"
        return {row[0]: _passage(row[1:]) for row in self._in(query, rows)}

    def tokens_at(self, rows: Iterable[int]) -> dict[int, list[Tokens]]:
        """Token vectors of each passage, one entry per window."""
        found: dict[int, list[Tokens]] = {}
        query = (
            "select passage_row, scales, codes from window join tokens using (vector_id) "
            "where passage_row in (%s) order by passage_row, vector_id"
        )
        for row, scales, codes in self._in(query, rows):
            found.setdefault(row, []).append(_tokens(scales, codes))
        return found

    def token_mean(self) -> NDArray[np.float32]:
        """The mean of all token vectors in the index, (d,): what its passages have in common."""
        row = self._one("select count, total from token_total")
        if row is None or not row[0]:
            return np.zeros(1, np.float32)
        mean: NDArray[np.float32] = (np.frombuffer(row[1], np.float64) / row[0]).astype(np.float32)
        return mean

    def word_scores(self, stems: Sequence[str], limit: int) -> dict[int, float]:
        """The passages that share words with a question, scored 0 to 1.

        BM25 divided by the sum the question could reach if every word of it were found: words that
        the reports do not have count against the score, which is what makes it comparable between
        questions, and small for a question in a language the reports are not in.
        """
        terms = list(dict.fromkeys(stems))
        total = self.count()
        if not terms or not total:
            return {}
        known = dict(self._in("select term, doc from vocabulary where term in (%s)", terms))
        rarity = [max(math.log((total - n + 0.5) / (n + 0.5)), 1e-6) for n in (known.get(term, 0) for term in terms)]
        highest = (1.2 + 1) * sum(rarity)  # k1 of SQLite's bm25() is 1.2
        return {row: score / highest for row, score in self._words_match(terms, " OR ", limit)}

    def with_every_word(self, stems: Sequence[str], limit: int) -> set[int]:
        """The passages that have all words of a question; none when it is made of little words only."""
        if not any(len(stem) >= _LITTLE for stem in stems):
            return set()
        return {row for row, _ in self._words_match(list(dict.fromkeys(stems)), " AND ", limit)}

    def _words_match(self, terms: Sequence[str], joiner: str, limit: int) -> list[tuple]:  # type: ignore[type-arg]
        match = joiner.join(f'"{term}"' for term in terms)
        query = "select rowid, -bm25(words) from words where words match ? order by bm25(words), rowid limit ?"
        return self._rows(query, match, limit)

    def vector_ids(self) -> set[str]:
        """Every vector the index names."""
        return {row[0] for row in self._rows("select vector_id from tokens")}

    # Writing

    @contextmanager
    def transaction(self) -> Iterator["Writer"]:
        """All or nothing: what is written inside is committed at the end, or never happened."""
        try:
            connection = self._connection(create=True)
            connection.execute("begin immediate")
            try:
                if not connection.execute("select 1 from sqlite_master where name = 'stamp'").fetchone():
                    for statement in _SCHEMA.split(";\n"):
                        connection.execute(statement)
                yield Writer(connection)
                connection.execute("commit")
            finally:
                if connection.in_transaction:
                    connection.execute("rollback")
        except (sqlite3.Error, OSError) as error:
            raise _storage_failed(self.path.parent, error) from error

    def close(self) -> None:
        """Close this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            del self._local.connection

    def _connection(self, create: bool = False) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._local.file != self._file():
            self.close()  # the index was deleted and made anew under a connection that still sees the old one
            connection = None
        if connection is None:
            if create:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            uri = f"{self.path.resolve().as_uri()}?mode={'rwc' if create or self._writable() else 'ro'}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=60)
            if create:
                connection.execute("pragma journal_mode = wal")
            self._local.connection, self._local.file = connection, self._file()
        return connection

    def _file(self) -> tuple[int, int] | None:
        """Which file lies at the path now."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _writable(self) -> bool:
        """Whether a reader may join the write-ahead log (it needs to create a file beside it)."""
        return os.access(self.path.parent, os.W_OK) and os.access(self.path, os.W_OK)

    def _rows(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._connection().execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _storage_failed(self.path.parent, error) from error

    def _one(self, query: str, *values: object) -> tuple | None:  # type: ignore[type-arg]
        rows = self._rows(query, *values)
        return rows[0] if rows else None

    def _in(self, query: str, values: Iterable[object]) -> Iterator[tuple]:  # type: ignore[type-arg]
        listed = list(values)
        for first in range(0, len(listed), _MANY):
            some = listed[first : first + _MANY]
            yield from self._rows(query % ",".join("?" * len(some)), *some)


class Writer:
    """The changes of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def put(self, report: Report, source: Path, passages: Iterable[Indexed]) -> None:
        """A report whole, in place of what was there under its id."""
        self.drop(report.id)
        self._db.execute(
            "insert into report (id, source, file_hash, metadata, page_starts, text) values (?, ?, ?, ?, ?, ?)",
            (
                report.id,
                str(source),
                report.file_hash,
                json.dumps(asdict(report.metadata), ensure_ascii=False),
                json.dumps(report.page_starts),
                report.text,
            ),
        )
        for one in passages:
            values = asdict(one.passage) | {"headings": json.dumps(one.passage.headings, ensure_ascii=False)}
            names = ", ".join(values)
            slots = ", ".join(f":{name}" for name in values)
            row = self._db.execute(f"insert into passage ({names}) values ({slots})", values).lastrowid
            self._db.execute("insert into words (rowid, stems) values (?, ?)", (row, " ".join(one.stems)))
            self._db.executemany("insert or ignore into window values (?, ?)", [(v, row) for v in one.vector_ids])

    def drop(self, report_id: str) -> None:
        """Forget a report and all that hangs on it; nothing happens when it is not there."""
        rows = [row for (row,) in self._db.execute("select row from passage where report_id = ?", (report_id,))]
        for table, column in (("words", "rowid"), ("window", "passage_row"), ("passage", "row")):
            self._db.executemany(f"delete from {table} where {column} = ?", ((row,) for row in rows))
        self._db.execute("delete from report where id = ?", (report_id,))

    def put_tokens(self, vector_id: str, tokens: Tokens) -> None:
        """Store a window's token vectors; content decides the id, so what is there already stays."""
        added = self._db.execute(
            "insert or ignore into tokens values (?, ?, ?)",
            (vector_id, tokens.scales.tobytes(), tokens.codes.tobytes()),
        ).rowcount
        if added:
            self._add_to_total(tokens, +1)

    def drop_unused_tokens(self) -> None:
        """Forget token vectors that no passage names any more."""
        unused = "from tokens where vector_id not in (select vector_id from window)"
        for scales, codes in self._db.execute(f"select scales, codes {unused}").fetchall():
            self._add_to_total(_tokens(scales, codes), -1)
        self._db.execute(f"delete {unused}")

    def _add_to_total(self, tokens: Tokens, sign: int) -> None:
        total = tokens.vectors().sum(axis=0, dtype=np.float64) * sign
        count = len(tokens.scales) * sign
        if row := self._db.execute("select count, total from token_total").fetchone():
            count, total = count + row[0], total + np.frombuffer(row[1], np.float64)
        self._db.execute("insert or replace into token_total values (1, ?, ?)", (count, total.tobytes()))

    def missing(self, vector_ids: Iterable[str]) -> set[str]:
        """Those whose token vectors are not there yet."""
        there = "select 1 from tokens where vector_id = ?"
        return {one for one in vector_ids if not self._db.execute(there, (one,)).fetchone()}

    def clear(self) -> None:
        """Forget everything, to be written anew."""
        for table in ("words", "window", "tokens", "token_total", "passage", "report", "language", "stamp"):
            self._db.execute(f"delete from {table}")

    def count_languages(self) -> None:
        self._db.execute("delete from language")
        self._db.execute("insert into language select language, count(*) from passage group by language")

    def fingerprint(self) -> str:
        """SHA-256 over what answers depend on: format, model, and every report with its records."""
        digest = hashlib.sha256()
        queries = (
            "select key, value from stamp where key in ('format', 'model') order by key",
            "select id, file_hash, metadata from report order by id",
            "select id, kind, number, headings, lead_in, start, end, language from passage order by report_id, row",
        )
        for query in queries:
            for row in self._db.execute(query):
                digest.update(json.dumps(row, ensure_ascii=False).encode())
        return digest.hexdigest()

    def stamp(self, values: Mapping[str, str]) -> None:
        self._db.executemany("insert or replace into stamp values (?, ?)", values.items())


_REPORT = "id, text, metadata, file_hash, page_starts"


def _report(row: tuple) -> Report:  # type: ignore[type-arg]
    report_id, text, metadata, file_hash, page_starts = row
    return Report(report_id, text, Metadata(**json.loads(metadata)), file_hash, tuple(json.loads(page_starts)))


def _tokens(scales: bytes, codes: bytes) -> Tokens:
    scale = np.frombuffer(scales, np.float32)
    return Tokens(scale, np.frombuffer(codes, np.int8).reshape(len(scale), -1))


def _passage(row: tuple) -> Passage:  # type: ignore[type-arg]
    report, kind, number, headings = row[1], Kind(row[2]), row[3], tuple(json.loads(row[4]))
    return Passage(row[0], report, kind, number, headings, *row[5:])


def _where(**wanted: str | None) -> tuple[str, list[str]]:
    """The clause that filters by those columns whose value is given, and the values."""
    given = {column: value for column, value in wanted.items() if value}
    clause = " and ".join(f"{column} = ?" for column in given)
    return (f" where {clause}" if given else ""), list(given.values())


def _storage_failed(folder: Path, error: Exception) -> StorageFailed:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return StorageFailed(
            f"The index in {folder} is damaged ({error}). Delete that folder, then type: relatoria ingest"
        )
    return StorageFailed(
        f"The index in {folder} cannot be used ({error}). What was in it before is untouched. "
        "Check that the disk has room and can be written to, or choose another place with --index."
    )
