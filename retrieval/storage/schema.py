"""The SQLite schema of the index, and the mapping between reports or passages and their rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ingest.report import Metadata, Passage, Report
from ingest.serialization import blocks_of, blocks_values, pages_of, passage_of, passage_values

Row = tuple[Any, ...]

SCHEMA = """
create table stamp (key text primary key, value text not null) without rowid;
create table report (
    id text primary key, source blob not null unique, file_hash text not null, digest text not null,
    metadata text not null
) without rowid;
create table content (report_id text primary key, text text not null, blocks text not null, pages text not null);
create table file (
    path blob primary key, report_id text not null, file_hash text not null, sidecar_hash text not null,
    stat text not null
) without rowid;
create index file_report on file(report_id);
create table passage (
    row integer primary key autoincrement, id text not null unique, report_id text not null,
    kind text not null, number text not null, headings text not null, lead_in text not null,
    text text not null, start integer not null, "end" integer not null,
    page integer not null, line integer not null, language text not null,
    "by" text not null, addressees text not null, labels text not null,
    strength text, strength_words text not null, reason text not null
);
create index passage_report on passage(report_id, start);
create table tally (
    kind text not null, language text not null, passages integer not null, primary key (kind, language)
) without rowid;
create table window (
    vector_id text not null, passage_row integer not null, heading integer not null,
    primary key (vector_id, passage_row)
) without rowid;
create index window_passage on window(passage_row);
create table unnamed (vector_id text primary key) without rowid;
create virtual table words using fts5(beginnings, tokenize = "unicode61 remove_diacritics 0");
create virtual table vocabulary using fts5vocab(words, row);
"""
LISTS = ("headings", "by", "addressees", "labels", "strength_words")  # columns that hold a list
PASSAGE = tuple(one.name for one in fields(Passage))
PASSAGE_COLUMNS = ", ".join(f'"{name}"' for name in PASSAGE)
PASSAGE_SLOTS = ", ".join(f":{name}" for name in PASSAGE)
REPORT_COLUMNS = "id, text, metadata, file_hash, blocks, pages"


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as it is written to the index: the quoted text, its word prefixes and vector ids."""

    passage: Passage
    beginnings: Sequence[str]  # of its words, in their order; see terms.beginnings
    vector_ids: Sequence[str]  # one per window of the model; nearly always one
    headings: Sequence[str] = ()  # vector ids of its heading, which it shares with others


@dataclass(frozen=True, slots=True)
class Seen:
    """The remembered state of a file at the last ingest; several may hold one report, one of them is its source."""

    path: Path
    report_id: str
    file_hash: str  # SHA-256, as of the sidecar; empty where there is none
    sidecar_hash: str
    stat: str  # of file and sidecar; empty where it could not be trusted to change with the content


def passage_row(passage: Passage) -> dict[str, Any]:
    """Convert a passage to values by column; lists become JSON."""
    values = passage_values(passage)
    return values | {name: json.dumps(values[name], ensure_ascii=False) for name in LISTS}


def passage_from(row: Row) -> Passage:
    """Convert a row of PASSAGE_COLUMNS to a passage."""
    values = dict(zip(PASSAGE, row, strict=True))
    return passage_of(values | {name: json.loads(text) if (text := values[name]) != "[]" else [] for name in LISTS})


def content_row(report: Report) -> Row:
    """The large fields of a report, in a table of their own so that reports are quick to list."""
    return report.id, report.text, json.dumps(blocks_values(report.blocks)), json.dumps(report.pages)


def metadata_text(report: Report) -> str:
    """Serialize a report's metadata to JSON."""
    return json.dumps(asdict(report.metadata), ensure_ascii=False)


def metadata_from(text: str) -> Metadata:
    """Parse metadata from JSON."""
    return Metadata(**json.loads(text))


def report_from(row: Row) -> Report:
    """Convert a row of REPORT_COLUMNS to a report."""
    report_id, text, metadata, file_hash, blocks, pages = row
    return Report(
        report_id,
        text,
        metadata_from(metadata),
        file_hash,
        blocks_of(json.loads(blocks)),
        pages_of(json.loads(pages)),
    )
