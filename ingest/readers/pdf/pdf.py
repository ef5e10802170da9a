"""The PDF reader, for files with a text layer: pages to lines, then lines to one text in reading order.

Lines and columns are found by the position of words (`layout.py`); headers and footers are left out, and footnotes
follow the block that refers to them (`paging.py`).
"""

from collections.abc import Iterator

import pypdfium2

from ingest.errors import UnreadableReport
from ingest.readers.extract import Extract
from ingest.readers.pdf.characters import CharacterReader
from ingest.readers.pdf.layout import Page, group_lines
from ingest.readers.pdf.paging import assemble_text
from ingest.readers.pdf.runs import extract_runs
from ingest.report import Metadata, normalize_for_display


def read_pdf(raw: bytes) -> Extract:
    """Read a PDF. Raises UnreadableReport when it is encrypted, damaged, or has no text layer."""
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise UnreadableReport(_refusal_reason(str(error))) from error
    try:
        try:
            pages = [page for page in _read_pages(document) if page.lines]
        except pypdfium2.PdfiumError as error:  # a page that the file promises and does not hold
            raise UnreadableReport(_refusal_reason(str(error))) from error
        if not any(character.isalnum() for page in pages for line in page.lines for character in line.text):
            raise UnreadableReport("has no text layer: run OCR first (for example ocrmypdf)")
        extract = assemble_text(pages)
        title = normalize_for_display(document.get_metadata_value("Title"))
        return Extract(extract.text, extract.blocks, extract.pages, _metadata(title, extract))
    finally:
        document.close()


def _refusal_reason(message: str) -> str:
    if "password" in message.lower():
        return "is locked with a password: save a copy without it"
    if "security" in message.lower():
        return "is locked by a scheme that cannot be opened here: save a copy without it"
    return "is damaged or cut off and cannot be opened as a PDF: copy or export it again"


def _metadata(title: str, extract: Extract) -> Metadata:
    """The file's title where the text has it too; programs put all sorts of things there."""
    stated = title and normalize_for_display(extract.text[:3_000]).casefold().find(title.casefold()) >= 0
    return Metadata(title=title if stated else "")


def _read_pages(document: pypdfium2.PdfDocument) -> Iterator[Page]:
    asker = CharacterReader()
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        text_page = page.get_textpage()
        _, low, _, high = page.get_mediabox()
        yield Page(number, -high, -low, group_lines(extract_runs(asker.characters(text_page)), number))
        text_page.close()
        page.close()
