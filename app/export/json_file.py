"""Serializes an export as JSON, for programs: all fields, quotes and offsets exact."""

import json
from dataclasses import asdict
from typing import Any

from app.export.document import Export

FORMAT_VERSION = 1  # goes up when a field changes its meaning or is gone


def write(export: Export) -> bytes:
    """Serialize an export as one object: ``parts`` with ``pieces`` of text, whose marks refer to ``entries``."""
    value = {"format": FORMAT_VERSION, "machine_translated": ["translation"], **asdict(export)}
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def read(data: bytes) -> dict[str, Any]:
    """Parse the object. Raises ValueError where it is of another format."""
    value = json.loads(data)
    if not isinstance(value, dict) or value.get("format") != FORMAT_VERSION:
        raise ValueError(f"it has no format {FORMAT_VERSION}")
    return value


def ids(data: bytes) -> list[str]:
    """Read the passage ids of the entries. Raises ValueError or KeyError."""
    return [str(entry["id"]) for part in read(data)["parts"] for entry in part["entries"]]
