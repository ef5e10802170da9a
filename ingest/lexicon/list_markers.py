"""Parses list markers, the bullets, numbers, letters and roman numerals that begin an item, to any depth.

A candidate counts only where a list is possible: "12. The" may be an item or the end of a date that was
broken at the line's end; the markers before it decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(r"\s*+([•◦▪‣·●○■□◘►➢➤✓✔❖⁃∙\u2219*\ue000-\uf8ff])\s*+(?=\S)")
_DASH = re.compile(r"\s*+([-\u2010-\u2015\u2212]|o|§)\s++(?=\S)")  # a bullet only where a list is possible
_DOTTED = re.compile(
    r"\s*+(\d{1,4}(?:\.\d{1,4})+(?=[.)\s])|[a-z](?:\.\d{1,2})+(?=\s?[.)\u2013-]))"
    r"(?:[.)]\s*+|\s?[\u2013-]\s++|\s++)(?=[^\s\d.,;:%)])"
)
_PLAIN = re.compile(
    r"\s*+(\(?)(\d{1,3}|[a-zа-яґєії]|[ivxlc]{2,7}|[A-ZА-Я]|[IVXLC]{2,7}|aa|bb|cc|[أبجدهوزحطي])"
    r"(\.?\)|\\?\.|\s?\.?[\u2013\u2014-](?!\s*+\d))(?:\s++|(?<=\))(?=\S))(?=\S)"
)
_WORDED = re.compile(
    r"\s*+([^\W\d_]{3,20})\s(?:n\.?[°º]\s)?(\d{1,3}(?:\.\d{1,3})*)\s?[:.\u2013\u2014-]\s++(?=\S)", re.IGNORECASE
)
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшщэюя", "أبجدهوزحطي")
_DASHES = str.maketrans("\u2013\u2014", "--", " \\")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Marker:
    """One reading of a list marker: "(i)" is the first of (i) (ii) or the ninth of (a) (b)."""

    printed: str  # "•", "1.", "(a)", "87.23"
    style: str  # marks of one list have the same: "•", "1.", "(a)", "(i)", "1.1"
    values: tuple[int, ...]  # (7,) of "7.", (87, 23) of "87.23"; empty of a bullet
    end: int  # characters; where the item begins in the line

    @property
    def is_first(self) -> bool:
        """Whether a list can begin with this marker."""
        return not self.values or self.values[-1] == 1

    @property
    def kind(self) -> str:
        """What it counts with, whatever stands around it: "1", "a", "i"; "recommendation 1" behind a word."""
        return self.style.strip("().-")

    def counts_on(self, other: "Marker") -> bool:
        """Whether its number is the next after another's, whatever stands around the two: "e." behind "d-"."""
        same = self.kind == other.kind and self.values[:-1] == other.values[:-1]
        return same and bool(self.values) and self.values[-1] == other.values[-1] + 1

    def follows(self, other: "Marker") -> bool:
        """Whether this marker is the next after ``other`` in the same list."""
        if self.style != other.style:
            return False
        if not self.values:
            return True
        return self.values[:-1] == other.values[:-1] and self.values[-1] == other.values[-1] + 1


def parse_markers(line: str) -> Iterator[Marker]:
    """Parse the start of a line as a list marker: yield each possible reading, the likelier first.

    >>> [(marker.printed, marker.style, marker.values) for marker in parse_markers("(i) to ratify")]
    [('(i)', '(i)', (1,)), ('(i)', '(a)', (9,))]
    >>> [(marker.printed, marker.values) for marker in parse_markers("87.23. Ratify")]
    [('87.23.', (87, 23))]
    """
    if found := _BULLET.match(line) or _DASH.match(line):
        glyph = found[1]
        yield Marker(glyph, glyph, (), found.end())
    elif found := _DOTTED.match(line):
        values = tuple(int(value) if value.isdecimal() else ord(value) - ord("a") + 1 for value in found[1].split("."))
        yield Marker(line[: found.end()].strip(), "1.1" if found[1][0].isdecimal() else "a.1", values, found.end())
    elif found := _PLAIN.match(line):
        opening, value, closing = found[1], found[2], found[3].translate(_DASHES)
        if opening and not closing.endswith(")"):
            return
        for style, number in _parse_value(value):
            yield Marker(found[0].strip().replace("\\", ""), f"{opening}{style}{closing}", (number,), found.end())
    elif found := _WORDED.match(line):
        values = tuple(map(int, found[2].split(".")))
        yield Marker(found[0].strip(), f"{found[1].lower()} 1", values, found.end())


def is_plausible(marker: Marker, *, after_break: bool, last: "Marker | None", known: "dict[str, Marker]") -> bool:
    """Whether a candidate at a line's start is a list marker; ``after_break``: the text before it has ended."""
    if " " in marker.style:
        return False  # a word with a number begins sentences and headings, too
    before = known.get(marker.style)
    follows = before is not None and marker.follows(before)
    if after_break and not follows:
        follows = any(marker.counts_on(other) for other in known.values())
    if marker.style in {"-", "–", "—", "o", "§", "*", "·"} or _is_dash(marker.style):
        return after_break or (last is not None and last.style == marker.style)
    if not marker.values:
        return True
    if len(marker.values) > 1:
        deeper = before is not None and _follows_dotted(marker.values, before.values)
        return after_break or deeper
    letter = marker.printed.strip(".)- \u2013\u2014")
    if len(letter) == 1 and letter.isalpha():  # an initial, too
        return (marker.is_first and after_break) or (follows and after_break)
    return after_break or follows


def find_marker(line: str, *, after_break: bool, last: "Marker | None", known: "dict[str, Marker]") -> "Marker | None":
    """Find the list marker that a line begins with: the first plausible reading of its mark; see `is_plausible`."""
    readings = parse_markers(line)
    return next(
        (found for found in readings if is_plausible(found, after_break=after_break, last=last, known=known)), None
    )


def _is_dash(style: str) -> bool:
    return len(style) == 1 and "\u2010" <= style <= "\u2015"


def _follows_dotted(values: tuple[int, ...], before: tuple[int, ...]) -> bool:
    """Whether a dotted number goes on from another: 87.24 or 87.23.1 after 87.23, 87.24 or 88.1 after 87.23.2."""
    if len(values) == len(before) + 1 and values[:-1] == before and values[-1] == 1:
        return True
    for depth in range(len(before)):
        nexts = (*before[:depth], before[depth] + 1)
        if values in (nexts, (*nexts, 1)):
            return True
    return False


def _parse_value(value: str) -> Iterator[tuple[str, int]]:
    if value.isdecimal():
        yield "1", int(value)
        return
    case = "i" if value.islower() else "I"
    roman = _parse_roman(value.lower())
    if roman and (len(value) > 1 or value in "iIvVxX"):
        yield case, roman
    letters = next((letters for letters in _ALPHABETS if value.lower() in letters), "")
    if len(value) == 1 and letters:
        yield letters[0].upper() if value.isupper() else letters[0], letters.index(value.lower()) + 1


def _parse_roman(value: str) -> int:
    """Parse a well-formed roman numeral in lower case; 0 for anything else."""
    if not re.fullmatch(r"(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})", value):
        return 0
    digits = [_ROMAN[letter] for letter in value]
    return sum(-digit if digit < after else digit for digit, after in zip(digits, [*digits[1:], 0], strict=True))
