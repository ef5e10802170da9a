"""Counts the items of lists and headings in an OpenDocument text, for the markers printed in front of them."""

import re
from typing import TypeAlias

from ingest.readers.archive import Element
from ingest.readers.numerals import format_numeral, to_bijective_letters
from ingest.readers.office.odt_styles import MAX_MARKER, TEXT, ListLevel, StyleSheet

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_PLACEHOLDER = re.compile(r"%([1-9]|10)%")
Counters: TypeAlias = dict[int, int]  # level from 1 -> last number; what continues a list shares them


class StoryLists:
    """The lists of one story with their counters, and the markers printed in front of items."""

    def __init__(self, styles: StyleSheet) -> None:
        self._styles = styles
        self._by_id: dict[str, Counters] = {}
        self._by_style: dict[str, Counters] = {}
        self._outline: Counters = {}

    def open(self, node: Element, style: str) -> tuple[Counters, bool]:
        """A list of the outermost level, and whether it goes on with one before."""
        before = self._by_id.get(node.get(f"{TEXT}continue-list", ""))
        if before is None and node.get(f"{TEXT}continue-numbering") == "true":
            before = self._by_style.get(style)
        opened = {} if before is None else before
        self._by_style[style] = opened
        name = node.get(_XML_ID) or node.get(f"{TEXT}id")
        if name:
            self._by_id[name] = opened
        return opened, before is not None

    def numbered_paragraph(self, node: Element) -> Counters:
        return self._by_id.setdefault(node.get(f"{TEXT}list-id", ""), {})

    def count(self, numbers: Counters, style: str, at: int, start: int | None) -> str:
        """Count an item at a level (from 1) and return the marker printed in front of it, empty for none."""
        levels = {depth: self._styles.level(style, depth) for depth in range(1, at + 1)}
        return _count_item(numbers, levels, at, start)

    def count_heading(self, at: int, start: int | None) -> str:
        return _count_item(self._outline, self._styles.outline, at, start)


def _count_item(values: Counters, levels: dict[int, ListLevel], at: int, start: int | None) -> str:
    for above in range(1, at):  # a level that comes before the levels above it counts them as begun
        values.setdefault(above, levels.get(above, ListLevel()).start)
    for below in [value for value in values if value > at]:
        del values[below]
    level = levels.get(at, ListLevel())
    if start is not None:
        values[at] = start
    else:
        values[at] = values[at] + 1 if at in values else level.start
    if level.bullet:
        return "•"

    def put(place: re.Match[str]) -> str:
        depth = int(place[1])
        return _format_number(values[depth], levels[depth]) if depth in values and depth in levels else ""

    return " ".join(_PLACEHOLDER.sub(put, level.pattern).split())[:MAX_MARKER]


def _format_number(number: int, level: ListLevel) -> str:
    if level.form != "in turn":
        return format_numeral(number, level.form)
    return to_bijective_letters(number).upper() if level.upper else to_bijective_letters(number)
