"""Reads the characters of a page from pdfium in batches: text, boxes, baselines, angles, weights and sizes.

A call into the library costs far more than its answer, so answers go into preallocated buffers, read all at once.
"""

import ctypes
import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

_BATCH_SIZE = 512  # characters asked for at a time
_RECT, _POINT = 4, 2  # floats of a box, doubles of a point
_ALEF_LAM = re.compile("[اأإآ]ل")
_BOLD_WEIGHT = 600  # of the weights from 100 to 900

Box = tuple[float, float, float, float]  # left, top, right, bottom; y grows upward


class CharacterReader:
    """Batch queries to pdfium with their buffers; one instance serves all pages of a document."""

    def __init__(self) -> None:
        self._box = _unchecked(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
        self._origin = _unchecked(pdfium.FPDFText_GetCharOrigin, ctypes.c_int)
        self._angle = _unchecked(pdfium.FPDFText_GetCharAngle, ctypes.c_float)
        self._weight = _unchecked(pdfium.FPDFText_GetFontWeight, ctypes.c_int)
        self.name = ctypes.create_string_buffer(100)
        self._boxes = (ctypes.c_float * (_RECT * _BATCH_SIZE))()
        self._points = (ctypes.c_double * (_POINT * _BATCH_SIZE))()
        self._rects = [ctypes.byref(self._boxes, 4 * _RECT * number) for number in range(_BATCH_SIZE)]
        self._xs = [ctypes.byref(self._points, 8 * _POINT * number) for number in range(_BATCH_SIZE)]
        self._ys = [ctypes.byref(self._points, 8 * _POINT * number + 8) for number in range(_BATCH_SIZE)]

    def characters(self, text_page: pypdfium2.PdfTextPage) -> "Characters":
        return Characters(self, text_page)

    def boxes(self, page: ctypes.c_void_p, at: Sequence[int]) -> list[Box]:
        done: list[Box] = []
        for some in _chunks(at):
            ctypes.memset(self._boxes, 0, 4 * _RECT * len(some))  # where pdfium knows none
            deque(map(self._box, repeat(page), some, self._rects), 0)
            floats = iter(_read_buffer(self._boxes, "f", _RECT * len(some)))
            done += zip(floats, floats, floats, floats, strict=True)
        return done

    def origins(self, page: ctypes.c_void_p, at: Sequence[int]) -> list[tuple[float, float]]:
        done: list[tuple[float, float]] = []
        for some in _chunks(at):
            ctypes.memset(self._points, 0, 8 * _POINT * len(some))
            deque(map(self._origin, repeat(page), some, self._xs, self._ys), 0)
            doubles = iter(_read_buffer(self._points, "d", _POINT * len(some)))
            done += zip(doubles, doubles, strict=True)
        return done

    def angles(self, page: ctypes.c_void_p, at: Sequence[int]) -> list[float]:
        return list(map(self._angle, repeat(page), at))

    def weights(self, page: ctypes.c_void_p, at: Sequence[int]) -> list[int]:
        return list(map(self._weight, repeat(page), at))


class Characters:
    """The characters of one page by index; valid as long as its text page is open."""

    def __init__(self, asker: CharacterReader, text_page: pypdfium2.PdfTextPage) -> None:
        self._open = text_page  # as long as there are questions
        self._page = ctypes.cast(text_page.raw, ctypes.c_void_p)
        self._asker = asker
        self.text = _ALEF_LAM.sub(self._order_ligature, _page_text(text_page))

    def _order_ligature(self, found: re.Match[str]) -> str:
        """Two Arabic letters as they are written: pdfium turns round those of one glyph, which is lam-alef."""
        first, second = self.boxes((found.start(), found.start() + 1))
        return found[0][::-1] if first == second else found[0]

    def boxes(self, at: Sequence[int]) -> list[Box]:
        """Bounding boxes of characters in points, as high as their font."""
        return self._asker.boxes(self._page, at)

    def baselines(self, at: Sequence[int]) -> list[tuple[float, float]]:
        """Origin of each character on its baseline, x and y in points."""
        return self._asker.origins(self._page, at)

    def angles(self, at: Sequence[int]) -> list[float]:
        """Rotation of each character, in radians counter-clockwise."""
        return [-angle for angle in self._asker.angles(self._page, at)]  # pdfium counts clockwise

    def bold(self, at: Sequence[int]) -> list[bool]:
        """Whether fonts are bold, by weight or by name: pdfium underestimates weights that the file does not state."""
        weights = self._asker.weights(self._page, at)
        return [
            weight >= _BOLD_WEIGHT or self._has_bold_name(number) for number, weight in zip(at, weights, strict=True)
        ]

    def size(self, at: int) -> float:
        """Printed font size of a character, in points."""
        matrix = pdfium.FS_MATRIX()
        size: float = pdfium.FPDFText_GetFontSize(self._open.raw, at)
        if pdfium.FPDFText_GetMatrix(self._open.raw, at, matrix):
            size *= math.hypot(matrix.b, matrix.d) or math.hypot(matrix.a, matrix.c)
        return size

    def is_superscript(self, sign_at: int, at: int) -> bool:
        """Whether the character at ``sign_at`` is superscript: smaller and higher than the one at ``at`` before it."""
        (_, _, _, sign), (_, top, _, bottom) = self._asker.boxes(self._page, (sign_at, at))
        return sign > bottom + 0.08 * (top - bottom) and self.size(sign_at) < 0.85 * self.size(at)

    def _has_bold_name(self, at: int) -> bool:
        name = self._asker.name
        pdfium.FPDFText_GetFontInfo(self._open.raw, at, name, len(name), None)
        return b"bold" in name.value.lower()


def _unchecked(function: Any, result: type) -> Callable[..., Any]:
    """The function without argument checks, which cost more than itself; takes only ints, ``byref``s and c_void_p."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(result)(address or 0)


def _read_buffer(buffer: Any, kind: str, count: int) -> list[float]:
    numbers: list[float] = memoryview(buffer).cast("B").cast(kind)[:count].tolist()  # type: ignore[call-overload]
    return numbers


def _chunks(at: Sequence[int]) -> Iterator[Sequence[int]]:
    return (at[start : start + _BATCH_SIZE] for start in range(0, len(at), _BATCH_SIZE))


def _page_text(text_page: pypdfium2.PdfTextPage) -> str:
    """The page's text with exactly one character for each of pdfium's; what has no meaning is U+FFFD."""
    count = text_page.count_chars()
    text: str = text_page.get_text_range() if count else ""
    code_at = partial(pdfium.FPDFText_GetUnicode, text_page.raw)
    if len(text) == count:  # U+FFFE is a broken word's hyphen, or a glyph without a meaning
        return re.sub("\ufffe", lambda found: found[0] if code_at(found.start()) else "\ufffd", text)
    codes = map(code_at, range(count))
    return "".join(chr(code) if 0 < code < 0x110000 else "\ufffd" for code in codes)
