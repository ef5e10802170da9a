"""Converts an HTML tree to text blocks: headings, items with the numbers that a browser shows, rows, notes.

Long because headings, lists and notes share the state of one iterative tree walk.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from ingest.readers.extract import ExtractBuilder
from ingest.readers.numerals import to_bijective_letters, to_roman
from ingest.readers.text.plain import find_paragraphs
from ingest.readers.web.html_tables import is_layout_table, marker_and_text, read_rows
from ingest.readers.web.nodes import (
    BLOCKS,
    NAMES,
    NOTE_ID,
    NOTE_MARK,
    WHITE_SPACE,
    children_reversed,
    is_hidden,
    is_note_reference,
    parse_number,
    superscript_number,
    text_of,
)

_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_EMPTY_LINES = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*)+")
_NO_MARKER = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)
_FORMS: dict[str, Callable[[int], str]] = {
    "a": to_bijective_letters,
    "A": lambda number: to_bijective_letters(number).upper(),
    "i": to_roman,
    "I": lambda number: to_roman(number).upper(),
}
_STYLES = {
    **dict.fromkeys(("lower-alpha", "lower-latin"), "a"),
    **dict.fromkeys(("upper-alpha", "upper-latin"), "A"),
    "lower-roman": "i",
    "upper-roman": "I",
    "decimal": "1",
}
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.IGNORECASE)
_NOTE_KINDS = NAMES.words("note_kinds")
_NOTES_KINDS = NAMES.words("notes_kinds")
_NOTE_TAGS = frozenset(("li", "div", "p", "aside"))
_BACK_ARROW = re.compile(r"[\s↩↑↵⏎⤴^\ufe0e]*")


@dataclass(slots=True)
class _List:
    number: int = 0  # of the next item
    step: int = 1
    form: str = ""  # "1", "a", "A", "i", "I"; empty: bulleted
    bullet: str = "•"
    notes: bool = False


@dataclass(slots=True)
class _OpenItem:
    """An open list item, or term with its definition, whose paragraphs are still being read."""

    level: int | None  # of an item; None: a term
    marker: str = ""
    paragraphs: list[str] = field(default_factory=list)
    given: bool = False  # what comes now stands by itself
    defined: bool = False


class BlockWalker:
    """Adds a tree's blocks to a builder; iterative, since pages may be nested deeper than Python's stack."""

    def __init__(self, builder: ExtractBuilder, left_out: Collection[int] = frozenset()) -> None:
        self._builder = builder
        self._left_out = set(left_out)  # elements, by mem_id
        self._inline: list[str] = []
        self._heading: int | None = None  # the level of the one that is open
        self._heading_id = 0  # its mem_id
        self._preformatted = 0
        self._lists: list[_List] = []
        self._open: list[_OpenItem] = []
        self._rows: set[int] = set()  # of tables that are items, by mem_id
        self._bold = 0  # elements that are open
        self._plain = False  # a letter since the last block is not bold

    def walk(self, root: LexborNode) -> None:
        """Add the blocks of ``root``, itself included."""
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node)
            elif node.is_text_node:
                text = node.text_content or ""
                self._plain |= not self._bold and bool(text.strip())
                self._inline.append(text if self._preformatted else WHITE_SPACE.sub(" ", text))
            elif (node is root or self._is_visible(node)) and self._enter(node):
                stack.append((node, True))
                stack.extend((child, False) for child in children_reversed(node))
        self._flush()

    def _is_visible(self, node: LexborNode) -> bool:
        return node.is_element_node and node.mem_id not in self._left_out and not is_hidden(node)

    def _enter(self, node: LexborNode) -> bool:
        """Whether to go on inside."""
        tag = node.tag or ""
        if tag in BLOCKS:
            if self._is_note(node, tag):
                self._flush()
                self._emit_item()
                self._note(node)
                return False
            self._flush()
        elif tag == "br":
            self._inline.append("\n")
        elif tag == "q":
            self._inline.append("“")
        elif tag in ("b", "strong"):
            self._bold += 1
        elif is_note_reference(node):
            return False
        elif tag == "sup" and (number := superscript_number(node)):
            self._inline.append(number)  # apart from the digits before it: 10⁶
            return False
        if self._heading is None:
            self._heading = _heading_level(node, tag)
            if self._heading is not None:
                self._heading_id = node.mem_id
                self._flush_to_heading()
                return True
            return self._enter_block(node, tag)
        return True

    def _enter_block(self, node: LexborNode, tag: str) -> bool:
        if tag in _LISTS:
            self._emit_item()
            self._lists.append(_parse_list(node, tag))
        elif tag == "li":
            self._open.append(_OpenItem(self._level(), self._next_marker(node)))
        elif tag == "dl" and not self._in_item():
            self._emit_item()
            self._open.append(_OpenItem(None))
        elif tag in ("dt", "dd") and self._open and self._open[-1].level is None:
            self._start_definition(tag)
        elif tag == "table":
            self._emit_item()
            return self._table(node)
        elif tag == "tr":
            self._row_as_item(node)
        elif tag == "pre":
            self._preformatted += 1
        return True

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "q":
            self._inline.append("”")
        elif tag in ("b", "strong"):
            self._bold -= 1
        if self._heading is not None and node.mem_id == self._heading_id:
            self._emit_heading()
            return
        if tag not in BLOCKS:
            return
        if tag == "pre" and self._preformatted:
            self._emit_preformatted()
        self._flush()
        if self._heading is not None:
            return
        if tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "li" or (tag == "dl" and self._open and self._open[-1].level is None) or node.mem_id in self._rows:
            self._emit_item()
            self._open.pop()

    # What has been read, given to the builder

    def _flush(self) -> None:
        """End the inline text collected since the last block boundary, as paragraphs."""
        if self._preformatted:
            return
        text = "".join(self._inline)
        if self._heading is not None:
            self._inline = [text, " "]
            return
        self._inline.clear()
        bold, self._plain = not self._plain, False
        for paragraph in _EMPTY_LINES.split(text):
            if not paragraph.strip():
                continue
            if self._open and not self._open[-1].given:
                self._open[-1].paragraphs.append(paragraph.strip())
            else:
                self._builder.text(paragraph, bold=bold)

    def _emit_item(self) -> None:
        """Add the open item to the builder, as far as it has been read."""
        if not self._open or self._open[-1].given or not self._open[-1].paragraphs:
            return
        item = self._open[-1]
        text = "\n".join(item.paragraphs)
        if item.level is None:
            self._builder.text(text)
        else:
            self._builder.item(text, item.marker, item.level)
        item.given = True

    def _flush_to_heading(self) -> None:
        level, self._heading = self._heading, None
        self._flush()
        self._emit_item()
        self._heading = level

    def _emit_heading(self) -> None:
        text = " ".join("".join(self._inline).split())
        self._inline.clear()
        level, self._heading = self._heading, None
        if text and self._open and not self._open[-1].given and self._open[-1].level is not None:
            item = self._open[-1]
            item.given = True
            if any(character.isalnum() for character in item.marker) and not text.startswith(item.marker):
                text = f"{item.marker} {text}"
        self._builder.heading(text, level)

    def _emit_preformatted(self) -> None:
        self._preformatted -= 1
        if self._preformatted or self._heading is not None:
            return
        text = "".join(self._inline).replace("\r\n", "\n").strip("\n")
        if self._open and not self._open[-1].given:
            return
        self._inline.clear()
        for block in find_paragraphs(text):
            self._builder.text(text[block.start : block.end])

    # Lists

    def _in_item(self) -> bool:
        return bool(self._open) and self._open[-1].level is not None and not self._open[-1].given

    def _level(self) -> int:
        items = sum(item.level is not None for item in self._open)
        return max(items, len(self._lists) - 1, 0)

    def _next_marker(self, node: LexborNode) -> str:
        if not self._lists:
            return "•"
        inside = self._lists[-1]
        if not inside.form:
            return inside.bullet
        said = node.attributes
        number = parse_number(said.get("value"), inside.number)
        inside.number = number + inside.step
        form = said.get("type") or inside.form
        return _FORMS.get(form, str)(number) + "."

    def _start_definition(self, tag: str) -> None:
        term = self._open[-1]
        if tag == "dt" and (term.defined or term.given):
            self._emit_item()
            term.paragraphs, term.given, term.defined = [], False, False
        term.defined |= tag == "dd"

    # Notes

    def _is_note(self, node: LexborNode, tag: str) -> bool:
        if tag not in _NOTE_TAGS or self._heading is not None:
            return False
        said = node.attributes
        if not _NOTE_KINDS.isdisjoint(f"{said.get('epub:type') or ''} {said.get('role') or ''}".split()):
            return True
        if tag == "li" and self._lists and self._lists[-1].notes:
            return True
        return bool(NOTE_ID.fullmatch(said.get("id") or ""))

    def _note(self, node: LexborNode) -> None:
        marker = self._next_marker(node).rstrip(".") if node.tag == "li" and self._lists else ""
        found: list[str] = []

        def leave_out(link: LexborNode) -> bool:
            """Links back to the text; one that stands first is the note's mark."""
            if link.mem_id in self._left_out:
                return True
            if link.tag != "a" or not (link.attributes.get("href") or "").rpartition("/")[2].count("#"):
                return False
            text = " ".join(text_of(link).split())
            if _BACK_ARROW.fullmatch(text) or link.attributes.get("role") == "doc-backlink":
                return True
            mark = NOTE_MARK.fullmatch(text)
            if mark:
                found.append(mark.group(1))
            return mark is not None

        text = " ".join(text_of(node, leave_out, calls=False).split())
        if not any(character.isalnum() for character in marker):
            marker = found[0] if found else ""
        self._builder.note(text.removeprefix("^").strip(), marker)

    # Tables

    def _table(self, table: LexborNode) -> bool:
        """Add a data table row by row; returns whether it is a layout table instead, to be walked through."""
        if is_layout_table(table):
            return True
        for part in read_rows(table, self._left_out):
            if isinstance(part, str):
                self._builder.text(part)
            else:
                self._builder.row(part)
        return False

    def _row_as_item(self, row: LexborNode) -> None:
        """A row that is a marker with its text: many programs set lists so."""
        if pair := marker_and_text(row):
            cell, marker = pair
            self._left_out.add(cell.mem_id)
            self._open.append(_OpenItem(self._level(), marker))
            self._rows.add(row.mem_id)


def _heading_level(node: LexborNode, tag: str) -> int | None:
    if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        return int(tag[1])
    if node.attributes.get("role") == "heading":
        return min(max(parse_number(node.attributes.get("aria-level"), 2), 1), 9)
    return None


def _parse_list(node: LexborNode, tag: str) -> _List:
    said = node.attributes
    style = said.get("style") or ""
    about = {} if node.parent is None else node.parent.attributes
    kinds = " ".join(values.get(key) or "" for values in (said, about) for key in ("epub:type", "role", "class"))
    notes = not _NOTES_KINDS.isdisjoint(kinds.split())
    if tag != "ol":
        return _List(bullet="" if _NO_MARKER.search(style) else "•", notes=notes)
    found = _STYLE.search(style)
    if found and found.group(1).lower() == "none":
        return _List(bullet="", notes=notes)
    form = _STYLES.get(found.group(1).lower(), "") if found else ""
    form = form or said.get("type") or "1"
    backwards = "reversed" in said
    first = sum(1 for child in children_reversed(node) if child.tag == "li") if backwards else 1
    return _List(parse_number(said.get("start"), first), -1 if backwards else 1, form, notes=notes)
