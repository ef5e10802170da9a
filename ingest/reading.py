"""A report file as a Report: its bytes, their format, the format's reader, and the metadata kept beside it."""

import hashlib
import importlib
import re
import tomllib
import unicodedata
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.formats import Format, format_of
from ingest.readers.extract import Extract
from ingest.report import Report, for_reading

_READERS = {  # module, function; imported when a file needs it
    Format.PDF: ("ingest.readers.pdf", "read_pdf"),
    Format.DOCX: ("ingest.readers.docx", "read_docx"),
    Format.ODT: ("ingest.readers.odt", "read_odt"),
    Format.EPUB: ("ingest.readers.epub", "read_epub"),
    Format.HTML: ("ingest.readers.html", "read_html"),
    Format.MARKDOWN: ("ingest.readers.markdown", "read_markdown"),
    Format.TEXT: ("ingest.readers.plain", "read_plain"),
}
_STATED = {  # what may be said of a report beside it, each as a person would type it
    "title": 'title = "Informe de la mesa redonda 1"',
    "forum": 'forum = "Foro Mundial"',
    "year": "year = 2010",
    "place": 'place = "Puerto Vallarta"',
    "rapporteur": 'rapporteur = "Ana Díaz"',
    "date": "date = 2010-11-10",
    "language": 'language = "es"',
}
_LARGEST = 256 * 2**20  # bytes; scanned reports with their pictures come to some 100 MB


def read(path: Path, report_id: str) -> Report:
    """Read a report in any of the formats.

    A file of the same name ending in ``.toml`` beside it overrides what the file states of itself.
    Raises UnreadableReport with the reason and the remedy.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableReport("has a name that is not UTF-8: rename it") from error
    raw = read_bytes(path)
    extract = extracted(raw, path.name)
    if not any(character.isalnum() for character in extract.text):
        raise UnreadableReport("has no words in it: export the report again, with its text")
    metadata = replace(extract.metadata, **_beside(path.with_suffix(".toml")))  # type: ignore[arg-type]  # see _value
    return Report(report_id, extract.text, metadata, _hash(raw), extract.blocks, extract.pages)


def extracted(raw: bytes, name: str = "") -> Extract:
    """What the reader of the file's format takes out of it. Raises UnreadableReport, and nothing else."""
    form = None
    try:
        form = format_of(raw, name)
        module, function = _READERS[form]
        extract = getattr(importlib.import_module(module), function)(raw)
    except UnreadableReport:
        raise
    except Exception as error:  # what libraries throw at broken files has no common base
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise UnreadableReport(
            f"cannot be read as {form or 'a report'} ({reason}): open it in the program that made it, "
            "save it again or export it as PDF"
        ) from error
    assert isinstance(extract, Extract)
    return extract


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises UnreadableReport for what is no readable file of sensible size."""
    try:
        # Asked before it is opened: opening a pipe waits for ever.
        if not path.is_file():
            raise UnreadableReport("is not a regular file: give a report file or a folder of them")
        with path.open("rb") as file:
            size = path.stat().st_size
            if size > _LARGEST:
                raise UnreadableReport(f"is {size / 2**20:,.0f} MB, more than {_LARGEST // 2**20} MB: split it up")
            return file.read(_LARGEST + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableReport(f"cannot be read ({reason}): check the name and its permissions") from error


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, hexadecimal. Raises UnreadableReport."""
    return _hash(read_bytes(path))


def readable_id(stem: str) -> str:
    """A file's stem as a report id: letters, digits and hyphens, lower case, no accents.

    >>> readable_id("Informe Común (2010) v.2")
    'informe-comun-2010-v-2'
    """
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "report"


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _beside(path: Path) -> dict[str, str | int]:
    """What the sidecar file says; nothing when there is none."""
    if not path.exists():
        return {}
    stated = _stated(path)
    for key in stated:
        if key not in _STATED:
            meant = get_close_matches(key, _STATED, 1, 0.5) or ["title"]
            known = ", ".join(_STATED)
            raise _beside_refused(path, f"found the key {key!r}, wanted one of {known}: type {_STATED[meant[0]]}")
    return {key: _value(path, key, value) for key, value in stated.items()}


def _value(path: Path, key: str, value: object) -> str | int:
    if isinstance(value, date):
        value = value.isoformat()
    wanted, called = (int, "a year in digits") if key == "year" else (str, "a text in quotes")
    if not isinstance(value, wanted) or isinstance(value, bool):
        found = f"{key} = {str(value).lower() if isinstance(value, bool) else value}"[:80]
        typed = _STATED[key]
        if isinstance(value, int) and not isinstance(value, bool):
            typed = f'{key} = "{value}"'
        elif key == "year" and isinstance(value, str) and re.fullmatch(r"\d{4}", value):
            typed, found = f"year = {value}", f'year = "{value}"'
        raise _beside_refused(path, f"found {found}, wanted {called}: type {typed}")
    return for_reading(value) if isinstance(value, str) else value


def _stated(path: Path) -> dict[str, object]:
    """A sidecar's keys and values; a fault is said with its line, and what a right one looks like."""
    try:
        raw = read_bytes(path)
    except UnreadableReport as error:
        raise _beside_refused(path, str(error)) from error
    try:
        text = raw.decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _beside_refused(path, f"line {line} is not text in UTF-8: save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        lines = text.splitlines()
        place = re.search(r"at line (\d+)", str(error))
        number = min(int(place[1]) if place else len(lines), len(lines))
        words = lines[number - 1].strip()
        typed = _STATED.get(words.partition("=")[0].strip(), _STATED["title"])
        found = f"line {number}: found {words[:80]}, wanted a key not stated before, = and a value: type {typed}"
        raise _beside_refused(path, found) from error


def _beside_refused(path: Path, said: str) -> UnreadableReport:
    return UnreadableReport(f"has metadata beside it that cannot be used, {path.name}: {said}")
