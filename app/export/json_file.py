"""Serializes an export as JSON, for programs: all fields, quotes and offsets exact."""

import json
from dataclasses import asdict

from app.export.document import Export

FORMAT_VERSION = 1  # goes up when a field changes its meaning or is gone


def write(export: Export) -> bytes:
    """Serialize an export as one object: ``parts`` with ``pieces`` of text, whose marks refer to ``entries``."""
    value = {"format": FORMAT_VERSION, "machine_translated": ["translation"], **asdict(export)}
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
