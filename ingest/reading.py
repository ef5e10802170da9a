"""A report file as a Report: its bytes, their format, the format's reader, and the metadata kept beside it."""

import hashlib
import importlib
import re
import tomllib
import unicodedata
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.formats import Format, format_of
from ingest.readers.extract import Extract
from ingest.report import Metadata, Report, for_reading

_READERS = {  # module, function; imported when a file needs it
    Format.PDF: ("ingest.readers.pdf", "read_pdf"),
    Format.DOCX: ("ingest.readers.docx", "read_docx"),
    Format.ODT: ("ingest.readers.odt", "read_odt"),
    Format.EPUB: ("ingest.readers.epub", "read_epub"),
    Format.HTML: ("ingest.readers.html", "read_html"),
    Format.MARKDOWN: ("ingest.readers.markdown", "read_markdown"),
    Format.TEXT: ("ingest.readers.plain", "read_plain"),
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
    try:
        stated = tomllib.loads(read_bytes(path).decode())
    except (ValueError, RecursionError, UnreadableReport) as error:
        raise UnreadableReport(f"has metadata that cannot be read, {path.name}: {error}") from error
    known = {one.name for one in fields(Metadata)}
    if unknown := sorted(stated.keys() - known):
        raise UnreadableReport(
            f"has metadata with unknown keys ({', '.join(unknown)}), {path.name}: known are {', '.join(sorted(known))}"
        )
    return {key: _value(path, key, value) for key, value in stated.items()}


def _value(path: Path, key: str, value: object) -> str | int:
    if isinstance(value, date):
        value = value.isoformat()
    wanted = int if key == "year" else str
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise UnreadableReport(f"has metadata where {key} is not {wanted.__name__}, {path.name}: found {value!r}")
    return for_reading(value) if isinstance(value, str) else value
