"""The reader of plain text: a file's bytes as a Report, decoded exactly and checked to be text."""

import codecs
import hashlib
import re
import tomllib
import unicodedata
from dataclasses import fields
from datetime import date
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.report import Metadata, Report, for_reading

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LARGEST = 64 * 2**20  # bytes; a thousand times the longest report we know


def read_text(path: Path, report_id: str) -> Report:
    """Read a UTF-8 (or UTF-16 with a byte order mark) file; form feeds start pages.

    A file of the same name ending in ``.toml`` beside it gives the metadata. Raises
    UnreadableReport with the reason and the remedy.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableReport("has a name that is not UTF-8: rename it") from error
    raw = read_bytes(path)
    text = _decode(raw)
    if not any(character.isalnum() for character in text):
        raise UnreadableReport("has no words in it: export the report again, with its text")
    pages = (0, *(m.end() for m in re.finditer("\f", text) if m.end() < len(text)))
    metadata = _metadata(path.with_suffix(".toml"))
    return Report(report_id, text, metadata, hashlib.sha256(raw).hexdigest(), pages)


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises UnreadableReport for what is no readable file of sensible size."""
    try:
        if not path.is_file():
            raise UnreadableReport("is not a regular file: give a text file or a folder of them")
        size = path.stat().st_size
        if size > _LARGEST:
            raise UnreadableReport(f"is {size / 2**20:,.0f} MB, more than {_LARGEST // 2**20} MB: split it up")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableReport(f"cannot be read ({reason}): check the name and its permissions") from error


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, hexadecimal. Raises UnreadableReport."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def readable_id(stem: str) -> str:
    """A file's stem as a report id: letters, digits and hyphens, lower case, no accents.

    >>> readable_id("Informe Común (2010) v.2")
    'informe-comun-2010-v-2'
    """
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "report"


def _decode(raw: bytes) -> str:
    if not raw.strip():
        raise UnreadableReport("is empty")
    encoding = next((name for mark, name in _BOMS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableReport(
            f"is not text in UTF-8 (byte {error.start:,} is 0x{raw[error.start]:02X}): "
            "convert it, for example iconv -f WINDOWS-1252 -t UTF-8"
        ) from error
    if found := _NOT_TEXT.search(text):
        raise UnreadableReport(
            f"is not plain text (character {found.start():,} is a control character, "
            f"0x{ord(found.group()):02X}): export the report as text first"
        )
    return text


def _metadata(path: Path) -> Metadata:
    """What the sidecar file says; all empty when there is none."""
    if not path.exists():
        return Metadata()
    try:
        stated = tomllib.loads(read_bytes(path).decode())
    except (ValueError, UnreadableReport) as error:
        raise UnreadableReport(f"has metadata that cannot be read, {path.name}: {error}") from error
    known = {one.name for one in fields(Metadata)}
    if unknown := sorted(stated.keys() - known):
        raise UnreadableReport(
            f"has metadata with unknown keys ({', '.join(unknown)}), {path.name}: known are {', '.join(sorted(known))}"
        )
    values = {key: _value(path, key, value) for key, value in stated.items()}
    return Metadata(**values)  # type: ignore[arg-type]  # checked by _value


def _value(path: Path, key: str, value: object) -> str | int:
    if isinstance(value, date):
        value = value.isoformat()
    wanted = int if key == "year" else str
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise UnreadableReport(f"has metadata where {key} is not {wanted.__name__}, {path.name}: found {value!r}")
    return for_reading(value) if isinstance(value, str) else value
