"""Reads sidecars: TOML files of metadata beside a report that override what the report states of itself."""

import re
import tomllib
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.readers.files import read_bytes
from ingest.report import normalize_for_display
from ingest.sanitize import shorten

_EXAMPLE = (Path(__file__).parent / "data" / "sidecar.toml").read_text(encoding="utf-8")
_EXAMPLES = {line.partition(" = ")[0]: line for line in _EXAMPLE.splitlines()}  # of each key, as one would type it


def read_sidecar(path: Path) -> dict[str, str | int]:
    """Read and validate a sidecar; empty when there is none. Raises UnreadableReport."""
    if not path.exists():
        return {}
    stated = _parse_toml(path)
    for key in stated:
        if key not in _EXAMPLES:
            meant = get_close_matches(key[:100], _EXAMPLES, 1, 0.5) or ["title"]
            known = ", ".join(_EXAMPLES)
            raise _sidecar_error(
                path, f"found the key {shorten(key)}, wanted one of {known}: type {_EXAMPLES[meant[0]]}"
            )
    return {key: _value(path, key, value) for key, value in stated.items()}


def _value(path: Path, key: str, value: object) -> str | int:
    if isinstance(value, date):
        value = value.isoformat()
    wanted, called = (int, "a year in digits") if key == "year" else (str, "a text in quotes")
    if not isinstance(value, wanted) or isinstance(value, bool):
        found = f"{key} = {str(value).lower() if isinstance(value, bool) else value}"[:80]
        typed = _EXAMPLES[key]
        if isinstance(value, int) and not isinstance(value, bool):
            typed = f'{key} = "{value}"'
        elif key == "year" and isinstance(value, str) and re.fullmatch(r"\d{4}", value):
            typed, found = f"year = {value}", f'year = "{value}"'
        raise _sidecar_error(path, f"found {found}, wanted {called}: type {typed}")
    return normalize_for_display(value) if isinstance(value, str) else value


def _parse_toml(path: Path) -> dict[str, object]:
    """Parse a sidecar; errors name the line and show a correct example."""
    try:
        raw = read_bytes(path)
    except UnreadableReport as error:
        raise _sidecar_error(path, str(error)) from error
    try:
        text = raw.decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _sidecar_error(path, f"line {line} is not text in UTF-8: save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        lines = text.splitlines()
        place = re.search(r"at line (\d+)", str(error))
        number = min(int(place[1]) if place else len(lines), len(lines))
        words = lines[number - 1].strip()
        typed = _EXAMPLES.get(words.partition("=")[0].strip(), _EXAMPLES["title"])
        found = f"line {number}: found {words[:80]}, wanted a key not stated before, = and a value: type {typed}"
        raise _sidecar_error(path, found) from error


def _sidecar_error(path: Path, said: str) -> UnreadableReport:
    return UnreadableReport(f"has metadata beside it that cannot be used, {path.name}: {said}")
