"""Segments the characters of a page into runs: words side by side on one line, without a wide gap."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.readers.numerals import FROM_SUPERSCRIPT, TO_SUPERSCRIPT
from ingest.readers.pdf.characters import Box, Characters
from ingest.readers.pdf.layout import TextRun, to_quarter_turns

_WORD = re.compile(r"[^\s\ufffe\x02]+[\ufffe\x02]?")  # pdfium ends the first half of a word broken at a line's end so
_HYPHEN_SIGNS = "\ufffe\x02"
_LINE_END = re.compile(r"[\r\n\ufffe\x02]")
_MAY_BE_MARK = re.compile(r"[\d*∗†‡§⁰¹²³⁴⁵⁶⁷⁸⁹]")
_MARK = re.compile(r"(?<=[^\W\d]|[)\]”’\"'.,:;])(\d{1,4}|[*∗†‡§]{1,4})(?=[.,;:)\]”’\"']*(?:\s|$))")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_NUMBER = re.compile(r"\d{2,5}(?=[.,;:)\]”’\"']*(?:\s|$))")
_SPACED = re.compile(r"(?:[^\W\d_] {1,4}){4,}[^\W\d_]\s*")  # words set with a space behind each letter
_SPACE = re.compile(r"(?<! ) (?! )")  # of these; words have several between them
_ASCENT = 0.8  # of a font's size
_WIDE_GAP = 1.5  # sizes; words further apart may stand in different columns or cells
_BACKWARD_GAP = 0.5  # sizes; a word that far to the left of the one before was drawn for itself
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufeff]")  # Arabic letters by their shape
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")  # no characters at all
_NEEDS_CLEANING = re.compile("[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufb00-\ufdff\ufe70-\ufeff\uffff]")

Word = tuple[int, int]  # start and end, in the page's characters


class Rule(NamedTuple):
    """A straight line: where it is across its direction, and from where to where it goes; y grows downward."""

    at: float
    start: float
    end: float


class _Piece(NamedTuple):
    """Words of one line with no wide gap between them."""

    words: Sequence[Word]
    size: float
    quarter: int  # turns of the direction of writing, counter-clockwise
    own: float = 0.0  # size of its first character, where it is not the line's first


class _Line(NamedTuple):
    """A line with the boxes of its words' first characters, and the positions of words with a gap in front."""

    piece: _Piece
    boxes: Sequence[Box]
    cuts: list[int]


def extract_runs(characters: Characters, edges: Sequence[Rule] = (), main: int = 0) -> list[TextRun]:
    """Extract the runs of a page: pdfium's lines, cut where a gap is wide and at the ``edges`` of a table's columns."""
    pieces = _pieces(characters, edges, main)
    text = characters.text
    firsts = [piece.words[0][0] for piece in pieces]
    lasts = [piece.words[-1] for piece in pieces]
    letters = [_first_with_letters(text, piece.words) for piece in pieces]
    unclean = _NEEDS_CLEANING.search(text) is not None
    of_each = zip(
        pieces,
        characters.boxes(firsts),
        characters.boxes([max(end - 1 - (text[end - 1] in _HYPHEN_SIGNS), start) for start, end in lasts]),
        characters.baselines(letters),
        characters.bold(letters),
        characters.bold([start for start, _ in lasts]),
        strict=True,
    )
    return [
        _make_run(characters, piece, boxes, baseline, bold=bold and bold_too, unclean=unclean)
        for piece, *boxes, baseline, bold, bold_too in of_each
    ]


def _first_with_letters(text: str, words: Sequence[Word]) -> int:
    """Where the first word begins that has a letter, else the first of all."""
    at = words[0][0]
    return at if text[at].isalpha() else next((a for a, b in words if any(map(str.isalpha, text[a:b]))), at)


def _pieces(characters: Characters, edges: Sequence[Rule], main: int) -> list[_Piece]:
    begins = _cell_starts(characters, edges, main) if edges else frozenset()
    lines = _lines(characters, begins)
    maybe = [(line, at) for line in lines for at in _possible_gaps(line)]
    before = characters.boxes([line.piece.words[at - 1][1] - 1 for line, at in maybe])
    for (line, at), box in zip(maybe, before, strict=True):
        if _has_gap(line, at, turn_upright(box, line.piece.quarter) if line.piece.quarter else box):
            line.cuts.append(at)
    for line in lines if begins else ():
        line.cuts[:] = sorted(
            {*line.cuts, *(at for at, (start, _) in enumerate(line.piece.words) if at and start in begins)}
        )
    return [gap for line in lines for gap in _cut_at_gaps(characters, line)]


def _cell_starts(characters: Characters, edges: Sequence[Rule], main: int) -> frozenset[int]:
    """The characters in front of which a column's edge stands; pdfium may take them for parts of one word."""
    at = [number for number, character in enumerate(characters.text) if not character.isspace()]
    boxes = [turn_upright(box, main) for box in characters.boxes(at)]
    return frozenset(
        number
        for number, (_, _, before, _), (left, top, _, bottom) in zip(at[1:], boxes, boxes[1:], strict=False)
        if any(before - 1 <= x <= left + 1 and start < -(top + bottom) / 2 < end for x, start, end in edges)
    )


def _lines(characters: Characters, begins: frozenset[int]) -> list[_Line]:
    """What pdfium holds to be lines; ``begins`` are characters that begin a word wherever they stand."""
    text = characters.text
    ends = [match.end() for match in _LINE_END.finditer(text)]
    spans = ([match.span() for match in _WORD.finditer(text, a, b)] for a, b in pairwise([0, *ends, len(text)]))
    lines = [list(_part_words(words, begins)) if begins else words for words in spans if words]
    quarters = map(to_quarter_turns, characters.angles([words[0][0] for words in lines]))
    boxes = characters.boxes([start for words in lines for start, _ in words])
    sizes: dict[float, float] = {}  # by the height of a font's box, which goes with it
    done, at = list[_Line](), 0
    for words, quarter in zip(lines, quarters, strict=True):
        own = boxes[at : at + len(words)]
        if quarter:
            own = [turn_upright(box, quarter) for box in own]
        height, start = _usual_height(words, own)
        if height not in sizes:
            sizes[height] = characters.size(start) or height or 1.0
        done.append(_Line(_Piece(words, sizes[height], quarter), own, []))
        at += len(words)
    return done


def _part_words(words: Sequence[Word], begins: frozenset[int]) -> Iterator[Word]:
    for start, end in words:
        yield from pairwise([start, *(at for at in range(start + 1, end) if at in begins), end])


def turn_upright(box: Box, quarter: int) -> Box:
    """A box as it stands where its direction of writing runs from left to right."""
    left, top, right, bottom = box
    turned = (box, (bottom, -left, top, -right), (-right, -bottom, -left, -top), (-top, right, -bottom, left))
    return turned[quarter]


def _usual_height(words: Sequence[Word], boxes: Sequence[Box]) -> tuple[float, int]:
    """The height of most of a line's letters, not of a number set larger, and where a word of that height begins."""
    if len(words) < 2 or abs(boxes[0][1] - boxes[0][3] - boxes[1][1] + boxes[1][3]) < 0.01:
        return round(boxes[0][1] - boxes[0][3], 2), words[0][0]
    letters: dict[float, int] = {}
    starts: dict[float, int] = {}
    for (start, end), (_, top, _, bottom) in zip(words, boxes, strict=True):
        height = round(top - bottom, 2)
        letters[height] = letters.get(height, 0) + end - start
        starts.setdefault(height, start)
    usual = max(letters, key=lambda height: letters[height])
    return usual, starts[usual]


def _possible_gaps(line: _Line) -> Iterator[int]:
    """Positions of words that may have a gap in front, by where words begin; only there word ends are measured."""
    words, size, *_ = line.piece
    width, room = 0.38 * size, 0.9 * size
    before = line.boxes[0][0]
    for at, ((start, end), box) in enumerate(zip(words, line.boxes[1:], strict=False), start=1):
        left = box[0]
        if not 0 <= left - before <= width * (end - start) + room:
            yield at
        before = left


def _has_gap(line: _Line, at: int, before: Box) -> bool:
    """Whether a word stands far from the one in front, whose last character is ``before``, or on another level."""
    left, top, _, bottom = line.boxes[at]
    left_before, top_before, right_before, bottom_before = before
    back = left < line.boxes[at - 1][0]
    apart = max(left - right_before, left_before - left) if back else left - right_before
    if apart > (_BACKWARD_GAP if back else _WIDE_GAP) * line.piece.size:
        return True
    shared = min(top_before, top) - max(bottom_before, bottom)
    return shared <= 0.2 * min(top_before - bottom_before, top - bottom)


def _cut_at_gaps(characters: Characters, line: _Line) -> Iterator[_Piece]:
    words, size, quarter, _ = line.piece
    if not line.cuts:
        yield line.piece
        return
    for start, end in pairwise([0, *line.cuts, len(words)]):
        yield _Piece(words[start:end], size, quarter, characters.size(words[start][0]) if start else 0.0)


def _make_run(
    characters: Characters,
    piece: _Piece,
    boxes: Sequence[Box],
    baseline: tuple[float, float],
    *,
    bold: bool,
    unclean: bool,
) -> TextRun:
    """Words drawn side by side as one run; the boxes are of their first and last characters."""
    at, end = piece.words[0][0], piece.words[-1][1]
    broken = characters.text[end - 1] in _HYPHEN_SIGNS
    written = characters.text[at:end].rstrip(_HYPHEN_SIGNS)
    marks: tuple[str, ...] = ()
    if _MAY_BE_MARK.search(written):
        written = _with_exponents(characters, at, written)
        marks = tuple(_find_note_marks(characters, at, written))
    if _SPACED.fullmatch(written):
        written = _SPACE.sub("", written)
    words = " ".join(written.split())
    (left, _, right, _), (last_left, _, last_right, _) = boxes
    size, quarter = piece.size, piece.quarter
    left, right, line = min(left, last_left), max(right, last_right), -baseline[1]
    if quarter:
        left, right, line = _rotated_extent(boxes, baseline, quarter)
    return TextRun(
        text=(_clean(words) if unclean else words) + "-" * broken,
        left=left,
        right=right,
        top=line - _ASCENT * size,  # boxes of fonts differ, baselines do not
        bottom=line + (1 - _ASCENT) * size,
        size=size,
        bold=bold,
        quarter=quarter,
        broken=broken,
        marks=marks,
        printed=piece.own or size,
    )


def _find_note_marks(characters: Characters, at: int, written: str) -> Iterator[str]:
    """The raised signs behind words, that may lead to notes."""
    for found in _MARK.finditer(written):
        if characters.is_superscript(at + found.start(1), at + max(found.start(1) - 2, 0)):
            yield found[1]
    for found in _SUPERSCRIPT.finditer(written):
        yield found[0].translate(FROM_SUPERSCRIPT)


def _with_exponents(characters: Characters, at: int, written: str) -> str:
    """The text with digits that are raised behind others as what they look like: 2001¹, 10⁶."""
    for found in _NUMBER.finditer(written):
        raised = 0
        while raised < 2 and characters.is_superscript(at + found.end() - 1 - raised, at + found.start()):
            raised += 1
        if raised:
            small = written[found.end() - raised : found.end()].translate(TO_SUPERSCRIPT)
            written = written[: found.end() - raised] + small + written[found.end() :]
    return written


def _rotated_extent(boxes: Sequence[Box], baseline: tuple[float, float], quarter: int) -> tuple[float, float, float]:
    """Left, right and baseline as read along the text's own direction, y downward."""
    (left, top, right, bottom), (last_left, last_top, last_right, last_bottom) = boxes
    x, y = baseline
    if quarter == 1:
        return min(bottom, last_bottom), max(top, last_top), x
    if quarter == 2:
        return -max(right, last_right), -min(left, last_left), y
    return -max(top, last_top), -min(bottom, last_bottom), -x


def _clean(text: str) -> str:
    """Presentation forms as the letters they stand for; what is no character is U+FFFD, for all to see."""
    text = _UNREADABLE.sub("\ufffd", text).translate(_LIGATURES)
    if _PRESENTATION.search(text):
        text = unicodedata.normalize("NFKC", text)
    return text
