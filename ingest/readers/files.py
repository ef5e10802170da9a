"""Reads and hashes report files, and derives report ids from their names."""

import hashlib
import re
from pathlib import Path

from anyascii import anyascii

from ingest.errors import UnreadableReport

_LARGEST = 256 * 2**20  # bytes; scanned reports with their pictures come to some 100 MB


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises UnreadableReport unless it is a regular, readable file of at most 256 MB."""
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


def hash_file(path: Path) -> str:
    """SHA-256 of the file's bytes, hexadecimal. Raises UnreadableReport."""
    return hash_bytes(read_bytes(path))


def slugify(stem: str) -> str:
    """Slugify a file's stem into a report id: lower-case ASCII letters, digits and hyphens.

    >>> slugify("Informe Común (2010) v.2"), slugify("Отчёт"), slugify("报告")
    ('informe-comun-2010-v-2', 'otchet', 'baogao')
    """
    return re.sub(r"[^a-z0-9]+", "-", anyascii(stem).lower()).strip("-") or "report"


def hash_bytes(raw: bytes) -> str:
    """SHA-256 of bytes, hexadecimal."""
    return hashlib.sha256(raw).hexdigest()
