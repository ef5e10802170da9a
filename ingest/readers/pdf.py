"""The reader of PDF files with a text layer: pdfium's characters as lines, then the lines as a text in reading order.

Layout is worked out from where the words stand (`layout.py`); what belongs to the page and not to
the text is left out, and footnotes are set apart behind the text (`paging.py`).
"""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from ingest.errors import UnreadableReport
from ingest.readers.extract import Extract
from ingest.readers.footnotes import DIGITS, SUPERSCRIPTS
from ingest.readers.layout import Page, Run, lines_in, quarter_of
from ingest.readers.paging import compose
from ingest.report import Metadata, for_reading

_WORD = re.compile(r"[^\s\ufffe\x02]+[\ufffe\x02]?")  # pdfium ends the first half of a word broken at a line's end so
_BROKEN = "\ufffe\x02"
_LINE_END = re.compile(r"[\r\n\ufffe\x02]")
_MARK = re.compile(r"(?<=[^\W\d]|[)\]”’\"'.,:;])(\d{1,4}|[*∗†‡§]{1,4})(?=[.,;:)\]”’\"']*(?:\s|$))")
_ASCENT = 0.8  # of a font's size
_WIDE = 1.5  # sizes; words further apart may stand in different columns or cells
_BACK = 0.5  # sizes; a word that far to the left of the one before was drawn for itself
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_NUMBER = re.compile(r"\d{2,5}(?=[.,;:)\]”’\"']*(?:\s|$))")
_BOLD = 600  # of the weights from 100 to 900
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufeff]")  # Arabic letters by their shape
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")  # no characters at all


def read_pdf(raw: bytes) -> Extract:
    """Read a PDF. Raises UnreadableReport when it is locked, damaged, or has no text layer."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise UnreadableReport(_refusal(str(error))) from error
    try:
        pages = [page for page in _pages(document) if page.lines]
        if not any(character.isalnum() for page in pages for line in page.lines for character in line.text):
            raise UnreadableReport("has no text layer: run OCR first (for example ocrmypdf)")
        extract = compose(pages)
        title = for_reading(document.get_metadata_value("Title"))
        return Extract(extract.text, extract.blocks, extract.pages, _metadata(title, extract))
    finally:
        document.close()


def _refusal(message: str) -> str:
    if "password" in message.lower():
        return "is locked with a password: save a copy without it"
    if "security" in message.lower():
        return "is locked by a scheme that cannot be opened here: save a copy without it"
    return "is damaged or cut off and cannot be opened as a PDF: copy or export it again"


def _metadata(title: str, extract: Extract) -> Metadata:
    """The file's title where the text has it too; programs put all sorts of things there."""
    stated = title and for_reading(extract.text[:3_000]).casefold().find(title.casefold()) >= 0
    return Metadata(title=title if stated else "")


def _pages(document: Any) -> Iterator[Page]:
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        text_page = page.get_textpage()
        _, low, _, high = page.get_mediabox()
        yield Page(number, -high, -low, lines_in(list(_runs(text_page)), number))
        text_page.close()
        page.close()


def _runs(text_page: Any) -> Iterator[Run]:
    """The page's lines as pdfium has them, cut where a gap is wide."""
    import pypdfium2.raw as pdfium

    raw, text = text_page.raw, _characters(text_page)
    sizes: dict[float, float] = {}  # by the height of a font's box, which goes with it
    box = pdfium.FS_RECTF()
    ends = [match.end() for match in _LINE_END.finditer(text)]
    for start, end in pairwise([0, *ends, len(text)]):
        words = [match.span() for match in _WORD.finditer(text, start, end)]
        if not words or not pdfium.FPDFText_GetLooseCharBox(raw, words[0][0], box):
            continue
        angle = -pdfium.FPDFText_GetCharAngle(raw, words[0][0])  # pdfium counts clockwise
        height = round(box.top - box.bottom, 2)
        if height not in sizes:
            sizes[height] = _size(raw, words[0][0]) or height or 1.0
        size = sizes[height]
        first = 0
        for cut in [*(_gaps(raw, words, size) if quarter_of(angle) == 0 else ()), len(words)]:
            yield _run(raw, text, words[first:cut], size, angle)
            first = cut


def _gaps(raw: Any, words: Sequence[tuple[int, int]], size: float) -> Iterator[int]:
    """The positions of the words that stand far from the one before.

    Words are measured where they begin; only where that leaves room for a gap, where they end.
    """
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    measure, at = pdfium.FPDFText_GetLooseCharBox, ctypes.byref(box)
    measure(raw, words[0][0], at)
    before, width = box.left, 0.38 * size
    for number, ((start, end), (following, _)) in enumerate(pairwise(words), start=1):
        measure(raw, following, at)
        left, top, bottom = box.left, box.top, box.bottom
        forward = left - before
        if forward > width * (end - start) + 0.9 * size or forward < 0:
            measure(raw, end - 1, at)
            apart = max(left - box.right, box.left - left if forward < 0 else 0)
            level = min(box.top, top) - max(box.bottom, bottom) > 0.2 * min(box.top - box.bottom, top - bottom)
            if apart > (_WIDE if forward >= 0 else _BACK) * size or not level:
                yield number
        before = left


def _run(raw: Any, text: str, words: Sequence[tuple[int, int]], size: float, angle: float) -> Run:
    """Words drawn side by side as one run."""
    import pypdfium2.raw as pdfium

    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    at, (final, end) = words[0][0], words[-1]
    broken = text[end - 1] in _BROKEN
    pdfium.FPDFText_GetLooseCharBox(raw, at, first)
    pdfium.FPDFText_GetLooseCharBox(raw, max(end - 1 - broken, final), last)
    written = _with_exponents(raw, at, text[at:end].rstrip(_BROKEN))
    marks = [
        found[1]
        for found in _MARK.finditer(written)
        if _raised(raw, at + found.start(1), at + max(found.start(1) - 2, 0))
    ]
    marks += [found[0].translate(DIGITS) for found in _SUPERSCRIPT.finditer(written)]
    letters = next((start for start, stop in words if any(map(str.isalpha, text[start:stop]))), at)
    bold = _is_bold(raw, letters) and _is_bold(raw, final)
    origin = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(raw, letters, *origin)
    x, _ = _turned((first.left, last.left, first.right, last.right), (first.top, first.bottom), angle)
    _, (baseline,) = _turned((origin[0].value,), (origin[1].value,), angle)
    return Run(
        text=_clean(" ".join(written.split())) + "-" * broken,
        left=min(x),
        right=max(x),
        top=baseline - _ASCENT * size,  # boxes of fonts differ, baselines do not
        bottom=baseline + (1 - _ASCENT) * size,
        size=size,
        bold=bold,
        quarter=quarter_of(angle),
        broken=broken,
        marks=tuple(marks),
    )


def _with_exponents(raw: Any, at: int, written: str) -> str:
    """The text with digits that are raised behind others as what they look like: 2001¹, 10⁶."""
    for found in _NUMBER.finditer(written):
        raised = 0
        while raised < 2 and _raised(raw, at + found.end() - 1 - raised, at + found.start()):
            raised += 1
        if raised:
            small = written[found.end() - raised : found.end()].translate(SUPERSCRIPTS)
            written = written[: found.end() - raised] + small + written[found.end() :]
    return written


def _size(raw: Any, at: int) -> float:
    """The size that a character is printed in, in points."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    size: float = pdfium.FPDFText_GetFontSize(raw, at)
    if pdfium.FPDFText_GetMatrix(raw, at, matrix):
        size *= math.hypot(matrix.b, matrix.d) or math.hypot(matrix.a, matrix.c)
    return size


def _is_bold(raw: Any, at: int) -> bool:
    """Whether a character's font is bold, by its name where the file does not state a weight (standard fonts)."""
    import pypdfium2.raw as pdfium

    if weight := pdfium.FPDFText_GetFontWeight(raw, at):
        return bool(weight >= _BOLD)
    name = ctypes.create_string_buffer(100)
    pdfium.FPDFText_GetFontInfo(raw, at, name, len(name), None)
    return b"bold" in name.value.lower()


def _raised(raw: Any, sign_at: int, at: int) -> bool:
    """Whether a sign is smaller and stands higher than a letter in front of it."""
    import pypdfium2.raw as pdfium

    sign, letter = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(raw, sign_at, sign)
    pdfium.FPDFText_GetLooseCharBox(raw, at, letter)
    higher = sign.bottom > letter.bottom + 0.08 * (letter.top - letter.bottom)
    return bool(higher and _size(raw, sign_at) < 0.85 * _size(raw, at))


def _turned(xs: Sequence[float], ys: Sequence[float], angle: float) -> tuple[list[float], list[float]]:
    """Coordinates as read along the text's own direction, y downward; angles by quarter turns."""
    if not (quarter := quarter_of(angle)):
        return list(xs), [-y for y in ys]
    right, down = [(xs, [-y for y in ys]), (ys, xs), ([-x for x in xs], ys), ([-y for y in ys], [-x for x in xs])][
        quarter
    ]
    return list(right), list(down)


def _characters(text_page: Any) -> str:
    """The page's text with exactly one character for each of pdfium's; what has no meaning is U+FFFD."""
    import pypdfium2.raw as pdfium

    count = text_page.count_chars()
    text: str = text_page.get_text_range() if count else ""
    if len(text) == count:
        return text
    codes = (pdfium.FPDFText_GetUnicode(text_page.raw, i) for i in range(count))
    return "".join(chr(code) if 0 < code < 0x110000 else "\ufffd" for code in codes)


def _clean(text: str) -> str:
    """Presentation forms as the letters they stand for; what is no character is U+FFFD, for all to see."""
    text = _UNREADABLE.sub("\ufffd", text).translate(_LIGATURES)
    if _PRESENTATION.search(text):
        text = unicodedata.normalize("NFKC", text)
    return text
