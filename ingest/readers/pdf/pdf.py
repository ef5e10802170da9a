"""The PDF reader, for files with a text layer: pages to lines, then lines to one text in reading order.

Lines and columns are found by the position of words (`layout.py`); headers and footers are left out, and footnotes
follow the block that refers to them (`paging.py`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pypdfium2

from ingest.errors import UnreadableReport
from ingest.readers.extract import HIDDEN, Extract
from ingest.readers.pdf.characters import CharacterReader
from ingest.readers.pdf.front import find_front_lines
from ingest.readers.pdf.layout import Page, TextRun, group_lines
from ingest.readers.pdf.ocr import RecognizedPage, recognize_page
from ingest.readers.pdf.paging import assemble_text
from ingest.readers.pdf.runs import extract_runs
from ingest.readers.pdf.tables import NO_COLUMNS, keep_shown, lift_tables
from ingest.report import DAMAGED_TEXT, NO_TEXT, READ_BY_OCR, BlockRole, Metadata, ReadingWarning, normalize_for_display

_FRONT_PAGES = 2
_APART = re.compile(r"(?<![\w.,'’/()°=-])[^\W\d_](?![\w.,'’/()°:=-])")  # a letter that stands by itself
_TRIPLED = re.compile(r"([^\W\d_ivxlcmwIVXLCMW])\1\1")  # no letter of a numeral or of "www"
_WORDS_OF_A_LETTER = frozenset("aeiouyàáâéèêíóòôúаеиоуыэюяівзкжсбйєї")  # of alphabets with small letters
_DAMAGED_SHARE = 0.025  # of a page's words that are letters and no words; formulas come to 0.018, texts to 0.004
_NO_TEXT = "has no text on it: run OCR (relatoria ingest --ocr, relatoria serve --ocr, or for example ocrmypdf)"
_NO_LAYER = "has no text layer: run OCR first (relatoria ingest --ocr, relatoria serve --ocr, or for example ocrmypdf)"
_RECOGNIZED = "was read by OCR, with a mean confidence of {confidence:.0%}: compare quotes with the page"
_LOST_TABLE = "has a table whose cells could not be told apart: compare quotes with the page"
_SPLIT = "has a damaged text layer, in which letters stand apart or are repeated: export the report again, or run OCR"
_DAMAGED = "has {count} characters that its fonts do not name, shown as \ufffd: export the report again, or run OCR"


def read_pdf(raw: bytes, *, ocr: bool = False) -> Extract:
    """Read a PDF; with ``ocr`` its pages without text are recognized.

    Raises UnreadableReport when it is encrypted, damaged, or has no text layer.
    """
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise UnreadableReport(_refusal_reason(str(error))) from error
    try:
        try:
            fronts: list[list[TextRun]] = []
            warnings: list[ReadingWarning] = []
            pages = [page for page in _read_pages(document, fronts, warnings, ocr=ocr) if page.lines]
        except pypdfium2.PdfiumError as error:  # a page that the file promises and does not hold
            raise UnreadableReport(_refusal_reason(str(error))) from error
        if not any(character.isalnum() for page in pages for line in page.lines for character in line.text):
            raise UnreadableReport(_NO_LAYER)
        front = tuple(find_front_lines(fronts, pages))
        extract = assemble_text(pages)
        labels = tuple(document.get_page_label(at) or str(at + 1) for at in range(len(document)))
        counted = all(label == str(at) for at, label in enumerate(labels, start=1))
        title = normalize_for_display(document.get_metadata_value("Title"))
        warnings += (ReadingWarning("table", _LOST_TABLE, page) for page in _find_lost_tables(extract))
        metadata = Metadata(title=title, page_labels=() if counted else labels)
        return Extract(extract.text, extract.blocks, extract.pages, metadata, front, tuple(warnings))
    finally:
        document.close()


def _refusal_reason(message: str) -> str:
    if "password" in message.lower():
        return "is locked with a password: save a copy without it"
    if "security" in message.lower():
        return "is locked by a scheme that cannot be opened here: save a copy without it"
    return "is damaged or cut off and cannot be opened as a PDF: copy or export it again"


def _read_pages(
    document: pypdfium2.PdfDocument, fronts: list[list[TextRun]], warnings: list[ReadingWarning], *, ocr: bool
) -> Iterator[Page]:
    """Read page by page, and add the runs of the first with text to ``fronts``, what cannot be read to ``warnings``."""
    asker = CharacterReader()
    columns = NO_COLUMNS
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        text_page = page.get_textpage()
        _, low, _, high = page.get_bbox()
        characters = asker.characters(text_page)
        runs = extract_runs(characters)
        if shown := keep_shown(page, runs):
            if len(shown) < len(runs):
                warnings.append(HIDDEN._replace(page=number))
            runs = shown
        rest, tables, columns = lift_tables(page, characters, runs, number, columns)
        if not runs and next(page.get_objects(max_depth=1), None) is not None:
            read = recognize_page(page) if ocr else RecognizedPage()
            rest, high, low = list(read.runs), 0.0, -read.height
            runs = rest
            said = _RECOGNIZED.format(confidence=read.confidence)
            recognized = ReadingWarning(READ_BY_OCR, said, number, round(read.confidence, 3))
            warnings.append(recognized if runs else ReadingWarning(NO_TEXT, _NO_TEXT, number))
        elif lost := sum(run.text.count("\ufffd") for run in runs):
            warnings.append(ReadingWarning(DAMAGED_TEXT, _DAMAGED.format(count=lost), number))
        elif _has_split_words(" ".join(run.text for run in runs)):
            warnings.append(ReadingWarning(DAMAGED_TEXT, _SPLIT, number))
        if runs and len(fronts) < _FRONT_PAGES:
            fronts.append(list(map(replace, runs)))
        yield Page(number, -high, -low, group_lines(rest, number, tables))
        text_page.close()
        page.close()


def _has_split_words(text: str) -> bool:
    """Whether so many letters stand apart or three in a row that they must be parts of words ("sur t ido", "هوووو")."""
    letters = [letter for letter in _APART.findall(text) if letter.islower() and letter not in _WORDS_OF_A_LETTER]
    return len(letters) + len(_TRIPLED.findall(text)) >= max(3, _DAMAGED_SHARE * (text.count(" ") + 1))


def _find_lost_tables(extract: Extract) -> Iterator[int]:
    """The pages where tables begin of whose rows no more than half have the same number of cells."""
    for is_table, blocks in groupby(extract.blocks, key=lambda block: block.role is BlockRole.ROW):
        rows = list(blocks)
        cells = Counter(extract.text.count("\t", row.start, row.end) for row in rows)
        if is_table and len(rows) > 3 and cells.most_common(1)[0][1] <= len(rows) / 2:
            yield max(page for offset, page in extract.pages if offset <= rows[0].start)
