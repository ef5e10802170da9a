"""Writes the SQLite file that defines the index: the changes of one transaction, and the texts to embed for it."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ingest.report import Report
from retrieval.storage.schema import (
    PASSAGE_COLUMNS,
    PASSAGE_SLOTS,
    FileState,
    IndexedPassage,
    content_to_row,
    metadata_to_json,
    passage_to_row,
)

_SCRATCH = """
create temp table if not exists touched (vector_id text primary key) without rowid;
create temp table if not exists wanted (number integer primary key, vector_id text not null unique, text text not null);
delete from touched;
delete from wanted;
"""
_PAGE = 500  # ids held at one time


class Writer:
    """Writes within one transaction. Memory is constant: lists of ids are kept in temporary tables."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.changed = False  # whether any report is another than before
        self._db = connection
        for statement in _SCRATCH.strip().split("\n"):
            self._db.execute(statement)

    # Reports

    def put(self, report: Report, source: Path, digest: str, passages: Iterable[IndexedPassage]) -> None:
        """Insert or replace a report with its passages."""
        self.changed = True
        self.drop(report.id)
        self._db.execute(
            "insert into report (id, source, file_hash, digest, metadata) values (?, ?, ?, ?, ?)",
            (report.id, os.fsencode(source), report.file_hash, digest, metadata_to_json(report)),
        )
        self._db.execute("insert into content values (?, ?, ?, ?)", content_to_row(report))
        for passage in passages:
            query = f"insert into passage ({PASSAGE_COLUMNS}) values ({PASSAGE_SLOTS})"
            row = self._db.execute(query, passage_to_row(passage.passage)).lastrowid
            words = (row, " ".join(passage.beginnings))
            self._db.execute("insert into words (rowid, beginnings) values (?, ?)", words)
            for heading, vector_ids in enumerate((passage.vector_ids, passage.heading_vector_ids)):
                for vector_id in vector_ids:
                    self._db.execute("insert or ignore into window values (?, ?, ?)", (vector_id, row, heading))
        self._update_tally(report.id, +1)

    def drop(self, report_id: str) -> None:
        """Delete a report with its passages; an unknown id is ignored."""
        self.changed = True
        self._update_tally(report_id, -1)
        for (row,) in self._db.execute("select row from passage where report_id = ?", (report_id,)).fetchall():
            self._db.execute("insert or ignore into touched select vector_id from window where passage_row = ?", (row,))
            for table, column in (("words", "rowid"), ("window", "passage_row"), ("passage", "row")):
                self._db.execute(f"delete from {table} where {column} = ?", (row,))
        for table, column in (("content", "report_id"), ("file", "report_id"), ("report", "id")):
            self._db.execute(f"delete from {table} where {column} = ?", (report_id,))

    def move(self, report_id: str, source: Path) -> None:
        """Change the source file of a report."""
        self._db.execute("update report set source = ? where id = ?", (os.fsencode(source), report_id))

    def remember_file(self, file: FileState) -> None:
        """Store the state of a file that holds a report."""
        row = (os.fsencode(file.path), file.report_id, file.file_hash, file.sidecar_hash, file.stat)
        self._db.execute("insert or replace into file values (?, ?, ?, ?, ?)", row)

    def forget_file(self, path: Path) -> None:
        """Delete the state of a file that is gone or holds another report."""
        self._db.execute("delete from file where path = ?", (os.fsencode(path),))

    def _update_tally(self, report_id: str, sign: int) -> None:
        """Update the tally of kinds and languages when a report is added (+1) or removed (-1)."""
        self._db.execute(
            "insert into tally select kind, language, ? * count(*) from passage where report_id = ? "
            "group by kind, language on conflict do update set passages = passages + excluded.passages",
            (sign, report_id),
        )

    # Vectors that passages name

    def queue_texts(self, texts: Mapping[str, str]) -> None:
        """Queue texts to embed, by vector id, in a temporary table."""
        self._db.executemany("insert or ignore into wanted (vector_id, text) values (?, ?)", texts.items())

    def count_queued(self) -> int:
        return int(self._db.execute("select count(*) from wanted").fetchone()[0])

    def queued_texts(self, some: int) -> Iterator[dict[str, str]]:
        """Iterate over the queued texts in order, in pages of ``some``."""
        last = 0
        query = "select number, vector_id, text from wanted where number > ? order by number limit ?"
        while rows := self._db.execute(query, (last, some)).fetchall():
            yield {vector_id: text for _, vector_id, text in rows}
            last = rows[-1][0]

    def newly_unreferenced(self) -> Iterator[list[str]]:
        """Iterate over the vectors that this transaction left unreferenced, in pages."""
        last = ""
        unnamed = "not exists (select 1 from window where window.vector_id = touched.vector_id)"
        query = f"select vector_id from touched where vector_id > ? and {unnamed} order by vector_id limit {_PAGE}"
        while page := [row[0] for row in self._db.execute(query, (last,))]:
            yield page
            last = page[-1]

    def mark_unreferenced(self, vector_ids: Iterable[str]) -> None:
        """Record vectors as unreferenced, until they are dropped."""
        self._db.executemany("insert or ignore into unnamed values (?)", ((vector_id,) for vector_id in vector_ids))

    def clear_unreferenced(self) -> None:
        """Clear the record of unreferenced vectors, once they are dropped."""
        self._db.execute("delete from unnamed")

    # What is known of the whole

    def count_vectors(self) -> int:
        """Count the vectors that passages refer to now."""
        return int(self._db.execute("select count(distinct vector_id) from window").fetchone()[0])

    def write_stamp(self, values: Mapping[str, str]) -> None:
        """Write values to the index's stamp and increment its state counter."""
        state = self._db.execute("select value from stamp where key = 'state'").fetchone()
        rows = {**values, "state": str(int(state[0]) + 1 if state else 1)}
        self._db.executemany("insert or replace into stamp values (?, ?)", rows.items())

    def fingerprint(self) -> str:
        """Compute a SHA-256 over what answers depend on: format, model, and every report with its records."""
        digest = hashlib.sha256()
        for query in (
            "select key, value from stamp where key in ('format', 'model') order by key",
            "select id, digest from report order by id",
        ):
            for row in self._db.execute(query):
                digest.update(json.dumps(row, ensure_ascii=False).encode())
        return digest.hexdigest()
