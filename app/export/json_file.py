"""An export as JSON: every value as it is, quotes and offsets exact, for programs."""

import json
from dataclasses import asdict
from typing import Any

from app.export.document import Export

FORMAT = 1  # goes up when a field changes its meaning or is gone


def write(export: Export) -> bytes:
    """One object: ``parts`` have ``pieces`` of text whose marks lead to ``entries``; a machine translation says so."""
    value = {"format": FORMAT, "machine_translated": ["translation"], **asdict(export)}
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def read(data: bytes) -> dict[str, Any]:
    """The object again. Raises ValueError where it is not one of ours."""
    value = json.loads(data)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError(f"it has no format {FORMAT}")
    return value


def ids(data: bytes) -> list[str]:
    """The ids of the entries."""
    return [str(entry["id"]) for part in read(data)["parts"] for entry in part["entries"]]
