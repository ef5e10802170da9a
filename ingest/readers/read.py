"""Reads a report file of any supported format, and its sidecar, into a `Report`."""

import importlib
from dataclasses import replace
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.readers.extract import Extract
from ingest.readers.file_type import Format, format_of
from ingest.readers.files import bytes_hash, read_bytes
from ingest.readers.sidecar import beside
from ingest.report import Report

_READERS = {  # module, function; imported when a file needs it
    Format.PDF: ("ingest.readers.pdf.pdf", "read_pdf"),
    Format.DOCX: ("ingest.readers.office.docx", "read_docx"),
    Format.ODT: ("ingest.readers.office.odt", "read_odt"),
    Format.EPUB: ("ingest.readers.web.epub", "read_epub"),
    Format.HTML: ("ingest.readers.web.html", "read_html"),
    Format.MARKDOWN: ("ingest.readers.web.markdown", "read_markdown"),
    Format.TEXT: ("ingest.readers.text.plain", "read_plain"),
}


def read(path: Path, report_id: str) -> Report:
    """Read a report file of any supported format.

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
    metadata = replace(extract.metadata, **beside(path.with_suffix(".toml")))  # type: ignore[arg-type]  # see _value
    return Report(report_id, extract.text, metadata, bytes_hash(raw), extract.blocks, extract.pages)


def extracted(raw: bytes, name: str = "") -> Extract:
    """Extract text, blocks and metadata from a file's bytes with its format's reader. Raises only UnreadableReport."""
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
