"""The SQLite schema of the index, and the mapping between reports or passages and their rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from ingest.report import Metadata, Passage, Report
from ingest.serialization import (
    blocks_from_lists,
    blocks_to_lists,
    metadata_from_dict,
    pages_from_lists,
    passage_from_dict,
    passage_to_dict,
)

SqlRow = tuple[Any, ...]

SCHEMA = files("retrieval.storage").joinpath("data", "schema.sql").read_text(encoding="utf-8")
LIST_COLUMNS = ("headings", "by", "addressees", "labels", "strength_words")  # columns that hold a list
PASSAGE_FIELDS = tuple(field.name for field in fields(Passage))
PASSAGE_COLUMNS = ", ".join(f'"{name}"' for name in PASSAGE_FIELDS)
PASSAGE_SLOTS = ", ".join(f":{name}" for name in PASSAGE_FIELDS)
REPORT_COLUMNS = "id, text, metadata, file_hash, blocks, pages"


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage as it is written to the index: the quoted text, its word prefixes and vector ids."""

    passage: Passage
    beginnings: Sequence[str]  # of its words, in their order; see terms.extract_terms
    vector_ids: Sequence[str]  # one per window of the model; nearly always one
    heading_vector_ids: Sequence[str] = ()  # of its heading and lead-in, which it shares with others


@dataclass(frozen=True, slots=True)
class FileState:
    """The remembered state of a file at the last ingest; several may hold one report, one of them is its source."""

    path: Path
    report_id: str
    file_hash: str  # SHA-256, as of the sidecar; empty where there is none
    sidecar_hash: str
    stat: str  # of file and sidecar; empty where it could not be trusted to change with the content


def passage_to_row(passage: Passage) -> dict[str, Any]:
    """Convert a passage to values by column; lists become JSON."""
    values = passage_to_dict(passage)
    return values | {name: json.dumps(values[name], ensure_ascii=False) for name in LIST_COLUMNS}


def passage_from_row(row: SqlRow) -> Passage:
    """Convert a row of PASSAGE_COLUMNS to a passage."""
    values = dict(zip(PASSAGE_FIELDS, row, strict=True))
    return passage_from_dict(
        values | {name: json.loads(text) if (text := values[name]) != "[]" else [] for name in LIST_COLUMNS}
    )


def content_to_row(report: Report) -> SqlRow:
    """The large fields of a report, in a table of their own so that reports are quick to list."""
    return report.id, report.text, json.dumps(blocks_to_lists(report.blocks)), json.dumps(report.pages)


def metadata_to_json(report: Report) -> str:
    """Serialize a report's metadata to JSON."""
    return json.dumps(asdict(report.metadata), ensure_ascii=False)


def metadata_from_json(text: str) -> Metadata:
    """Parse metadata from JSON."""
    return metadata_from_dict(json.loads(text))


def report_from_row(row: SqlRow) -> Report:
    """Convert a row of REPORT_COLUMNS to a report."""
    report_id, text, metadata, file_hash, blocks, pages = row
    return Report(
        report_id,
        text,
        metadata_from_json(metadata),
        file_hash,
        blocks_from_lists(json.loads(blocks)),
        pages_from_lists(json.loads(pages)),
    )
