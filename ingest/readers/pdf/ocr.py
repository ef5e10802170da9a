"""Optical character recognition of pages that are pictures: their words, placed as a text layer has them.

RapidOCR (an extra, its models come with it) reads Latin and CJK scripts; Tesseract, where it is on the machine, reads
what RapidOCR sees and cannot spell, such as Arabic and Cyrillic, with all the language packs that it has.
"""

import csv
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any

import pypdfium2

from ingest.errors import ExtraMissing
from ingest.lexicon.tables import WordTables
from ingest.readers.pdf.layout import TextRun, join_adjacent, mirror_brackets

_DPI = 200
_POINT = 72 / _DPI  # of a pixel
_ALIKE = 0.25  # sizes that differ less are the page's own, measured not quite the same
_TURNS = (0, 180, 90, 270)  # degrees
_SURE = 0.85  # confidence with which a page is held to stand upright
_SECONDS = 120  # of Tesseract for a page
_NO_LANGUAGES = ("osd", "equ", "snum")  # of Tesseract's packs
_PACKS = WordTables("ingest.readers", "tesseract")

_Box = tuple[str, float, float, float, float, float]  # text, left, right, top, height in pixels, confidence


@dataclass(frozen=True, slots=True)
class RecognizedPage:
    """A page as recognized: its runs in points from the upper left corner."""

    runs: tuple[TextRun, ...] = ()
    height: float = 0.0  # of the page, in points
    confidence: float = 0.0  # mean of the letters, from 0 to 1
    letters: float = 0.0  # weighted with their confidence
    is_spelled: bool = False  # more letters than lines have heights in their width; mostly two or three times as many


def require_ocr() -> None:
    """Raises ExtraMissing when there is nothing to recognize text with."""
    if not (find_spec("rapidocr") or shutil.which("tesseract")):
        raise ExtraMissing(
            "There is nothing to recognize text with. Type: pip install 'relatoria[ocr]', or install tesseract"
        )


def recognize_page(page: pypdfium2.PdfPage) -> RecognizedPage:
    """Recognize the text of a page, however it was put into the scanner."""
    picture = page.render(scale=_DPI / 72, grayscale=True).to_pil()
    best = RecognizedPage()
    for turn in _TURNS:
        turned = picture.rotate(turn, expand=True)
        found = _assemble(_ask_rapidocr(turned), turned.height) if find_spec("rapidocr") else RecognizedPage()
        if not found.is_spelled and shutil.which("tesseract"):
            found = max(found, _assemble(_ask_tesseract(turned), turned.height), key=lambda read: read.letters)
        best = max(best, found, key=lambda read: read.letters)
        if best.is_spelled and best.confidence > _SURE:
            break
    return best


def _assemble(boxes: Iterable[_Box], height: int) -> RecognizedPage:
    """A page of the boxes that run across it, not upward."""
    runs: list[TextRun] = []
    letters = sure = room = 0.0
    for text, left, right, top, tall, confidence in boxes:
        low, high = sorted((right - left, tall))
        room += high / max(low, 1)
        if right - left > tall or len(text) <= 3:
            words, count = mirror_brackets(" ".join(text.split())), sum(map(str.isalnum, text))
            letters, sure = letters + count, sure + count * confidence
            x, y, size = left * _POINT, top * _POINT, max(tall * _POINT, 1.0)
            runs.append(TextRun(words, x, right * _POINT, y, y + size, size))
    runs = join_adjacent(runs) if letters else []
    usual = median(run.size for run in runs) if runs else 1.0
    for run in runs:
        run.size = run.printed = usual if abs(run.size - usual) < _ALIKE * usual else run.size
    confidence = sure / letters if letters else 0.0
    return RecognizedPage(tuple(runs), height * _POINT, confidence, sure, letters > room)


@cache
def _open_rapidocr() -> Any:
    from rapidocr import RapidOCR

    one_thread = {"EngineConfig.onnxruntime.intra_op_num_threads": 1}  # workers share the cores
    # Lines are read one by one: padded to the longest of several, short ones lose letters.
    return RapidOCR(params=one_thread | {"Global.log_level": "error", "Global.use_cls": False, "Rec.rec_batch_num": 1})


def _ask_rapidocr(picture: Any) -> Iterator[_Box]:
    import numpy as np

    read = _open_rapidocr()(np.array(picture.convert("RGB")))
    for box, text, score in [] if read.txts is None else zip(read.boxes.tolist(), read.txts, read.scores, strict=True):
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = box  # from the upper left corner on; also of a line that is askew
        height = (y4 - y1 + y3 - y2) / 2
        yield text, min(x1, x4), max(x2, x3), (y1 + y2 + y3 + y4) / 4 - height / 2, height, score


def _ask_tesseract(picture: Any) -> Iterator[_Box]:
    png = io.BytesIO()
    picture.save(png, "PNG")
    said = re.search(r"Script: (\w+)", _run(["tesseract", "-", "-", "--psm", "0"], png.getvalue()))
    command = ["tesseract", "-", "-", "--dpi", str(_DPI), "-l", "+".join(_choose_packs(said[1] if said else "")), "tsv"]
    rows = csv.DictReader(io.StringIO(_run(command, png.getvalue())), delimiter="\t", quoting=csv.QUOTE_NONE)
    of_words = (row for row in rows if row["level"] == "5")
    for _, line in groupby(of_words, key=itemgetter("block_num", "par_num", "line_num")):
        words = list(line)  # whose line may be boxed with parts of the next
        top, height = (median(int(word[name]) for word in words) for name in ("top", "height"))
        left = right = 0.0
        for word in words:
            before, left, right = (left, right), int(word["left"]), int(word["left"]) + int(word["width"])
            right = before[0] - height / 4 if left < before[0] < right else right  # letters swing out over others
            left = before[1] + height / 4 if left < before[1] < right else left
            yield word["text"] or "", left, right, top, height, float(word["conf"]) / 100


def _choose_packs(script: str) -> list[str]:
    """The language packs that are there of a script, else all: letters of one are misread as those of another."""
    listed = _run(["tesseract", "--list-langs"]).splitlines()[1:]
    packs = [pack for pack in listed if pack not in _NO_LANGUAGES and "/" not in pack]
    of_others = {pack for name in _PACKS.names() if name != script.lower() for pack in _PACKS.words(name)}
    own = _PACKS.words(script.lower()) if script.lower() in _PACKS.names() else {*packs} - of_others
    return [pack for pack in packs if script and pack in own] or packs


def _run(command: list[str], given: bytes = b"") -> str:
    """What a program prints, in one thread; nothing where it fails."""
    one_thread = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=True, env=one_thread)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")
