"""Writes values as JSON Lines on standard output, the format of ``--json``."""

import json
import re
import sys

_CONTROL_CHARACTERS = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # by terminals; JSON leaves them as they are


def print_json(value: dict[str, object]) -> None:
    """Write a value on one line; what a terminal would obey, or its encoding lacks, is escaped."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    line = json.dumps(value, ensure_ascii=not unicode)
    sys.stdout.write(_CONTROL_CHARACTERS.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")
    sys.stdout.flush()
