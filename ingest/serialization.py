"""Serializes reports and passages to plain JSON values and back, for pipes, database rows and other programs."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from ingest.report import Block, Kind, Metadata, Passage, Report, Role, Strength

Plain = dict[str, Any]
_LISTS = ("headings", "by", "addressees", "strength_words")
_FIELDS = tuple(one.name for one in fields(Passage))


def passage_values(passage: Passage) -> Plain:
    """All fields of a passage in declaration order as JSON values: tuples are lists, enums strings."""
    values: Plain = {name: getattr(passage, name) for name in _FIELDS}
    values |= {name: list(values[name]) for name in _LISTS}
    values["labels"] = [list(pair) for pair in passage.labels]
    strength = passage.strength
    return values | {"kind": passage.kind.value, "strength": None if strength is None else strength.value}


def passage_of(values: Plain) -> Passage:
    """Inverse of `passage_to_dict`. Raises KeyError, TypeError or ValueError for invalid values."""
    lists: Plain = {name: tuple(map(_text, values[name])) for name in _LISTS}
    lists["labels"] = tuple((_text(name), _text(value)) for name, value in values["labels"])
    strength = None if values["strength"] is None else Strength(values["strength"])
    return Passage(**values | lists | {"kind": Kind(values["kind"]), "strength": strength})


def report_values(report: Report) -> Plain:
    """All fields of a report as JSON values."""
    return {
        "id": report.id,
        "text": report.text,
        "metadata": asdict(report.metadata),
        "file_hash": report.file_hash,
        "blocks": blocks_values(report.blocks),
        "pages": report.pages,
    }


def report_of(values: Plain) -> Report:
    """Inverse of `report_to_dict`. Raises KeyError, TypeError or ValueError for invalid values."""
    return Report(
        id=_text(values["id"]),
        text=_text(values["text"]),
        metadata=Metadata(**values["metadata"]),
        file_hash=_text(values["file_hash"]),
        blocks=blocks_of(values["blocks"]),
        pages=pages_of(values["pages"]),
    )


def digest(report: Report, passages: Iterable[Passage]) -> str:
    """SHA-256, hexadecimal, over a report and its passages: detects any change in them.

    Raises ValueError for what is no text (lone surrogates).
    """
    values = [report_values(report), [passage_values(one) for one in passages]]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def blocks_values(blocks: tuple[Block, ...]) -> list[list[object]]:
    """Blocks as lists (role, start, end, marker, level): short, since a long report has thousands."""
    return [[one.role.value, one.start, one.end, one.marker, one.level] for one in blocks]


def blocks_of(values: list[list[Any]]) -> tuple[Block, ...]:
    """Inverse of `blocks_to_lists`."""
    return tuple(Block(Role(role), start, end, marker, level) for role, start, end, marker, level in values)


def pages_of(values: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """Pages as (offset, page from 1), of the lists that JSON makes of them."""
    return tuple((offset, page) for offset, page in values)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    return value
