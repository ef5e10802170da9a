"""Serializes reports and passages to plain JSON values and back, for pipes, database rows and other programs."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from ingest.report import Block, BlockRole, Kind, Metadata, Passage, ReadingWarning, Report, Strength

JsonObject = dict[str, Any]
_LISTS = ("headings", "by", "addressees", "strength_words")
_FIELDS = tuple(field.name for field in fields(Passage))


def passage_to_dict(passage: Passage) -> JsonObject:
    """All fields of a passage in declaration order as JSON values: tuples are lists, enums strings."""
    values: JsonObject = {name: getattr(passage, name) for name in _FIELDS}
    values |= {name: list(values[name]) for name in _LISTS}
    values["labels"] = [list(pair) for pair in passage.labels]
    strength = passage.strength
    return values | {"kind": passage.kind.value, "strength": None if strength is None else strength.value}


def passage_from_dict(values: JsonObject) -> Passage:
    """Inverse of `passage_to_dict`. Raises KeyError, TypeError or ValueError for invalid values."""
    lists: JsonObject = {name: tuple(map(_require_text, values[name])) for name in _LISTS}
    lists["labels"] = tuple((_require_text(name), _require_text(value)) for name, value in values["labels"])
    strength = None if values["strength"] is None else Strength(values["strength"])
    return Passage(**values | lists | {"kind": Kind(values["kind"]), "strength": strength})


def report_to_dict(report: Report) -> JsonObject:
    """All fields of a report as JSON values."""
    return {
        "id": report.id,
        "text": report.text,
        "metadata": asdict(report.metadata),
        "file_hash": report.file_hash,
        "blocks": blocks_to_lists(report.blocks),
        "pages": report.pages,
    }


def report_from_dict(values: JsonObject) -> Report:
    """Inverse of `report_to_dict`. Raises KeyError, TypeError or ValueError for invalid values."""
    return Report(
        id=_require_text(values["id"]),
        text=_require_text(values["text"]),
        metadata=metadata_from_dict(values["metadata"]),
        file_hash=_require_text(values["file_hash"]),
        blocks=blocks_from_lists(values["blocks"]),
        pages=pages_from_lists(values["pages"]),
    )


def metadata_from_dict(values: JsonObject) -> Metadata:
    """Metadata of its fields as JSON values; those that are not there are empty."""
    warnings = tuple(ReadingWarning(*row) for row in values.get("warnings", ()))
    return Metadata(**values | {"warnings": warnings, "page_labels": tuple(values.get("page_labels", ()))})


def compute_digest(report: Report, passages: Iterable[Passage]) -> str:
    """SHA-256, hexadecimal, over a report and its passages: detects any change in them.

    Raises ValueError for what is no text (lone surrogates).
    """
    values = [report_to_dict(report), [passage_to_dict(passage) for passage in passages]]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def blocks_to_lists(blocks: tuple[Block, ...]) -> list[list[object]]:
    """Blocks as lists (role, start, end, marker, level): short, since a long report has thousands."""
    return [[block.role.value, block.start, block.end, block.marker, block.level] for block in blocks]


def blocks_from_lists(values: list[list[Any]]) -> tuple[Block, ...]:
    """Inverse of `blocks_to_lists`."""
    return tuple(Block(BlockRole(role), start, end, marker, level) for role, start, end, marker, level in values)


def pages_from_lists(values: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """Pages as (offset, page from 1), of the lists that JSON makes of them."""
    return tuple((offset, page) for offset, page in values)


def _require_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    return value
