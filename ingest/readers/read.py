"""Reads a report file of any supported format, and its sidecar, into a `Report`."""

import importlib
from dataclasses import replace
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.readers.extract import Extract
from ingest.readers.file_type import FileFormat, detect_format
from ingest.readers.files import hash_bytes, read_bytes
from ingest.readers.front import complete_metadata
from ingest.readers.sidecar import read_sidecar
from ingest.readers.structure import find_structure
from ingest.report import Report

_READERS = {  # module, function; imported when a file needs it
    FileFormat.PDF: ("ingest.readers.pdf.pdf", "read_pdf"),
    FileFormat.DOCX: ("ingest.readers.office.docx", "read_docx"),
    FileFormat.ODT: ("ingest.readers.office.odt", "read_odt"),
    FileFormat.DOC: ("ingest.readers.office.legacy", "read_legacy"),
    FileFormat.RTF: ("ingest.readers.office.legacy", "read_legacy"),
    FileFormat.EPUB: ("ingest.readers.web.epub", "read_epub"),
    FileFormat.HTML: ("ingest.readers.web.html", "read_html"),
    FileFormat.MARKDOWN: ("ingest.readers.web.markdown", "read_markdown"),
    FileFormat.TEXT: ("ingest.readers.text.plain", "read_plain"),
}


def read_report(path: Path, report_id: str, *, ocr: bool = False) -> Report:
    """Read a report file of any supported format; with ``ocr`` pages of a PDF that have no text are recognized.

    A file of the same name ending in ``.toml`` beside it overrides what the file states of itself.
    Raises UnreadableReport with the reason and the remedy.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableReport("has a name that is not UTF-8: rename it") from error
    raw = read_bytes(path)
    extract = extract_content(raw, path.name, ocr=ocr)
    if not any(character.isalnum() for character in extract.text):
        raise UnreadableReport("has no words in it: export the report again, with its text")
    metadata = complete_metadata(extract, path.stem, read_sidecar(path.with_suffix(".toml")))
    return Report(report_id, extract.text, metadata, hash_bytes(raw), extract.blocks, extract.pages)


def extract_content(raw: bytes, name: str = "", *, ocr: bool = False) -> Extract:
    """Extract text, blocks and metadata from a file's bytes with its format's reader. Raises only UnreadableReport."""
    form = None
    try:
        form = detect_format(raw, name)
        module, function = _READERS[form]
        options = {"ocr": True} if ocr and form is FileFormat.PDF else {}
        extract = getattr(importlib.import_module(module), function)(raw, **options)
    except UnreadableReport:
        raise
    except Exception as error:  # what libraries throw at broken files has no common base
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise UnreadableReport(
            f"cannot be read as {form or 'a report'} ({reason}): open it in the program that made it, "
            "save it again or export it as PDF"
        ) from error
    assert isinstance(extract, Extract)
    return replace(extract, blocks=find_structure(extract.text, extract.blocks))
