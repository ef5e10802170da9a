"""Converts an HTML tree to text blocks: headings, items with the numbers that a browser shows, rows, notes.

Long because headings, lists, notes and tables share the state of one iterative tree walk.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice

from selectolax.lexbor import LexborNode

from ingest.readers.extract import ExtractBuilder
from ingest.readers.numerals import to_bijective_letters, to_roman
from ingest.readers.text.blocks import find_blocks
from ingest.readers.web.main_content import is_hidden, split_names
from ingest.report import BlockRole

_BLOCKS = split_names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody "
    "td tfoot th thead tr ul"
)
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_LAYOUT_TAGS = split_names("table h1 h2 h3 h4 h5 h6 pre hr form fieldset")  # never inside a table of data
_MULTI_BLOCK_TAGS = split_names("ul ol dl blockquote")  # inside a table of data only where it says that it is one
_MANY_PARAGRAPHS = 3
_WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")
_EMPTY_LINES = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*)+")
_BULLETS = "•◦▪■□●○‣⁃–—-*·§➢✓\uf0b7\uf0a7\uf0d8"
_MARKER = re.compile(
    rf"[{re.escape(_BULLETS)}]|[\[(]?(?:\d{{1,3}}|[a-zA-Z]|[ivxlcIVXLC]{{1,6}})[.)\]]{{1,2}}|(?:\d{{1,3}}\.){{1,4}}\d{{0,3}}"
)
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
_NOTE_KINDS = split_names("footnote endnote rearnote doc-footnote doc-endnote")
_NOTES_KINDS = split_names("footnotes endnotes rearnotes doc-footnotes doc-endnotes")
_NOTE_ID = re.compile(r"(?:fn|footnote|endnote|_?ftn|_?edn|sdfootnote|sdendnote)[-_:]?\d[\w.:-]*|cite_note-.*")
_NOTE_TAGS = frozenset(("li", "div", "p", "aside"))
_NOTE_MARK = re.compile(r"[\[(]?(\d{1,4}|[*†‡§]{1,3}|[a-z])[\])]?")
_BACK_ARROW = re.compile(r"[\s↩↑↵⏎⤴^\ufe0e]*")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MAX_COLSPAN = 200


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

    def walk(self, root: LexborNode) -> None:
        """Add the blocks of ``root``, itself included."""
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node)
            elif node.is_text_node:
                text = node.text_content or ""
                self._inline.append(text if self._preformatted else _WHITE_SPACE.sub(" ", text))
            elif (node is root or self._is_visible(node)) and self._enter(node):
                stack.append((node, True))
                stack.extend((child, False) for child in _children_reversed(node))
        self._flush()

    def _is_visible(self, node: LexborNode) -> bool:
        return node.is_element_node and node.mem_id not in self._left_out and not is_hidden(node)

    def _enter(self, node: LexborNode) -> bool:
        """Whether to go on inside."""
        tag = node.tag or ""
        if tag in _BLOCKS:
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
        elif _is_note_reference(node):
            return False
        elif tag == "sup":
            return not self._add_superscript(node)
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
        if self._heading is not None and node.mem_id == self._heading_id:
            self._emit_heading()
            return
        if tag not in _BLOCKS:
            return
        if tag == "pre" and self._preformatted:
            self._emit_preformatted()
        self._flush()
        if self._heading is not None:
            return
        if tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "li" or (tag == "dl" and self._open and self._open[-1].level is None) or self._ends_row(node, tag):
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
        for paragraph in _EMPTY_LINES.split(text):
            if not paragraph.strip():
                continue
            if self._open and not self._open[-1].given:
                self._open[-1].paragraphs.append(paragraph.strip())
            else:
                self._builder.text(paragraph)

    def _emit_item(self) -> None:
        """Add the open item to the builder, as far as it has been read."""
        if not self._open or self._open[-1].given or not self._open[-1].paragraphs:
            return
        one = self._open[-1]
        text = "\n".join(one.paragraphs)
        if one.level is None:
            self._builder.text(text)
        else:
            self._builder.item(text, one.marker, one.level)
        one.given = True

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
            one = self._open[-1]
            one.given = True
            if any(character.isalnum() for character in one.marker) and not text.startswith(one.marker):
                text = f"{one.marker} {text}"
        self._builder.heading(text, level)

    def _emit_preformatted(self) -> None:
        self._preformatted -= 1
        if self._preformatted or self._heading is not None:
            return
        text = "".join(self._inline).replace("\r\n", "\n").strip("\n")
        if self._open and not self._open[-1].given:
            return
        self._inline.clear()
        for block in find_blocks(text):
            words = text[block.start : block.end]
            if block.role is BlockRole.ITEM:
                self._builder.item(words, block.marker, block.level or 0)
            else:
                self._builder.text(words)

    # Lists

    def _in_item(self) -> bool:
        return bool(self._open) and self._open[-1].level is not None and not self._open[-1].given

    def _level(self) -> int:
        items = sum(1 for one in self._open if one.level is not None)
        return max(items, len(self._lists) - 1, 0)

    def _next_marker(self, node: LexborNode) -> str:
        if not self._lists:
            return "•"
        inside = self._lists[-1]
        if not inside.form:
            return inside.bullet
        said = node.attributes
        number = _parse_number(said.get("value"), inside.number)
        inside.number = number + inside.step
        form = said.get("type") or inside.form
        return _FORMS.get(form, str)(number) + "."

    def _start_definition(self, tag: str) -> None:
        one = self._open[-1]
        if tag == "dt" and (one.defined or one.given):
            self._emit_item()
            one.paragraphs, one.given, one.defined = [], False, False
        one.defined |= tag == "dd"

    # Notes

    def _is_note(self, node: LexborNode, tag: str) -> bool:
        if tag not in _NOTE_TAGS or self._heading is not None:
            return False
        said = node.attributes
        if not _NOTE_KINDS.isdisjoint(f"{said.get('epub:type') or ''} {said.get('role') or ''}".split()):
            return True
        if tag == "li" and self._lists and self._lists[-1].notes:
            return True
        return bool(_NOTE_ID.fullmatch(said.get("id") or ""))

    def _note(self, node: LexborNode) -> None:
        marker = self._next_marker(node).rstrip(".") if node.tag == "li" and self._lists else ""
        found: list[str] = []

        def leave_out(link: LexborNode) -> bool:
            """Links back to the text; one that stands first is the note's mark."""
            if link.mem_id in self._left_out:
                return True
            if link.tag != "a" or not (link.attributes.get("href") or "").rpartition("/")[2].count("#"):
                return False
            text = " ".join(_text_of(link).split())
            if _BACK_ARROW.fullmatch(text) or link.attributes.get("role") == "doc-backlink":
                return True
            mark = _NOTE_MARK.fullmatch(text)
            if mark:
                found.append(mark.group(1))
            return mark is not None

        text = " ".join(_text_of(node, leave_out, calls=False).split())
        if not any(character.isalnum() for character in marker):
            marker = found[0] if found else ""
        self._builder.note(text.removeprefix("^").strip(), marker)

    def _add_superscript(self, node: LexborNode) -> bool:
        """A raised number stays apart from the digits before it: 10⁶."""
        number = _superscript_number(node)
        if number:
            self._inline.append(number)
        return bool(number)

    # Tables

    def _table(self, table: LexborNode) -> bool:
        """Add a data table row by row; returns whether it is a layout table instead, to be walked through."""
        if _is_layout_table(table):
            return True
        rows: list[list[tuple[int, str]]] = []  # column, text
        for part in _descendants_tagged(table, frozenset(("caption", "tr"))):
            if is_hidden(part) or part.mem_id in self._left_out:
                continue
            if part.tag == "caption":
                self._builder.text(" ".join(_text_of(part).split()))
                continue
            row, column = list[tuple[int, str]](), 0
            for cell in _cells(part):
                text = _text_of(cell, lambda node: node.mem_id in self._left_out)
                row.append((column, " ".join(text.split())))
                column += min(max(_parse_number(cell.attributes.get("colspan"), 1), 1), _MAX_COLSPAN)
            rows.append(row)
        used = {column for row in rows for column, text in row if text}
        for row in rows:
            self._builder.row([text for column, text in row if column in used])
        return False

    def _row_as_item(self, row: LexborNode) -> None:
        """A row that is a marker with its text: many programs set lists so."""
        pair = _marker_and_text(row)
        if pair is not None:
            cell, marker = pair
            self._left_out.add(cell.mem_id)
            self._open.append(_OpenItem(self._level(), marker))
            self._rows.add(row.mem_id)

    def _ends_row(self, node: LexborNode, tag: str) -> bool:
        return tag == "tr" and node.mem_id in self._rows


def _heading_level(node: LexborNode, tag: str) -> int | None:
    if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        return int(tag[1])
    if node.attributes.get("role") == "heading":
        return min(max(_parse_number(node.attributes.get("aria-level"), 2), 1), 9)
    return None


def _parse_list(node: LexborNode, tag: str) -> _List:
    said = node.attributes
    style = said.get("style") or ""
    kinds = f"{said.get('epub:type') or ''} {said.get('role') or ''} {said.get('class') or ''}".split()
    parent = node.parent
    if parent is not None:
        about = parent.attributes
        kinds += f"{about.get('epub:type') or ''} {about.get('role') or ''} {about.get('class') or ''}".split()
    notes = not _NOTES_KINDS.isdisjoint(kinds)
    if tag != "ol":
        return _List(bullet="" if _NO_MARKER.search(style) else "•", notes=notes)
    found = _STYLE.search(style)
    if found and found.group(1).lower() == "none":
        return _List(bullet="", notes=notes)
    form = _STYLES.get(found.group(1).lower(), "") if found else ""
    form = form or said.get("type") or "1"
    backwards = "reversed" in said
    first = sum(1 for child in _children_reversed(node) if child.tag == "li") if backwards else 1
    return _List(_parse_number(said.get("start"), first), -1 if backwards else 1, form, notes=notes)


def _parse_number(said: str | None, otherwise: int) -> int:
    found = re.match(r"\s*([+-]?\d{1,9})(?!\d)", said or "")
    return int(found.group(1)) if found else otherwise


def _is_layout_table(table: LexborNode) -> bool:
    """Whether a table is only for layout: by its content, or by having one column."""
    if table.attributes.get("role") in ("presentation", "none"):
        return True
    declared = False
    many = paragraphs = 0
    for node in _descendants(table):
        tag = node.tag or ""
        if tag in _LAYOUT_TAGS:
            return True
        declared |= tag in ("th", "caption", "thead")
        many += tag in _MULTI_BLOCK_TAGS
        if tag in ("td", "th"):
            paragraphs = 0
        elif tag == "p" and _text_of(node).strip():
            paragraphs += 1
            many += paragraphs >= _MANY_PARAGRAPHS
    if many and not declared:
        return True
    rows = list(_descendants_tagged(table, frozenset(("tr",))))
    filled = [sum(1 for cell in _cells(row) if _text_of(cell).strip()) for row in rows]
    if max(filled, default=0) <= 1:
        return True
    return all(_marker_and_text(row) for row, cells in zip(rows, filled, strict=True) if cells)


def _marker_and_text(row: LexborNode) -> tuple[LexborNode, str] | None:
    """The cell of the marker and the marker, of a row that is nothing but a marker with its text."""
    filled: list[tuple[LexborNode, str]] = []
    for cell in _cells(row):
        text = " ".join(_text_of(cell, limit=200).split())
        if text:
            filled.append((cell, text))
        if len(filled) > 2:
            return None
    if len(filled) != 2 or not _MARKER.fullmatch(filled[0][1]) or not re.search(r"[^\W\d_]", filled[1][1]):
        return None
    return filled[0]


def _cells(row: LexborNode) -> list[LexborNode]:
    cells = [child for child in _children_reversed(row) if child.tag in ("td", "th") and not is_hidden(child)]
    return cells[::-1]


def _text_of(
    node: LexborNode,
    leave_out: Callable[[LexborNode], bool] | None = None,
    limit: int | None = None,
    calls: bool = True,
) -> str:
    """An element's text, with a blank wherever a block or line ends; cut behind some ``limit`` characters."""
    found: list[str] = []
    length = 0
    stack: list[LexborNode | str] = [*_children_reversed(node)]
    while stack and (limit is None or length < limit):
        one = stack.pop()
        text = one if isinstance(one, str) else (one.text_content or "") if one.is_text_node else None
        if text is not None:
            found.append(text)
            length += len(text)
            continue
        assert not isinstance(one, str)
        if not one.is_element_node or is_hidden(one) or (leave_out is not None and leave_out(one)):
            continue
        length += 1
        if calls and _is_note_reference(one):
            continue
        if one.tag == "sup" and (number := _superscript_number(one)):
            found.append(number)
            continue
        if one.tag in _BLOCKS or one.tag == "br":
            found.append(" ")
            stack.append(" ")
        stack.extend(_children_reversed(one))
    return "".join(found)


def _is_note_reference(node: LexborNode) -> bool:
    """Whether it is the mark in the text that calls a note; in a quotation it would be part of the word before it."""
    if node.tag not in ("a", "sup"):
        return False
    said = node.attributes
    if "noteref" in f"{said.get('epub:type') or ''} {said.get('role') or ''}":
        return True
    raised = node.tag == "sup"
    inside = list(islice(_descendants(node), 5))
    link = next((descendant for descendant in inside if descendant.tag == "a"), None) if raised else node
    text = " ".join(node.text().split()) if link is not None and len(inside) < 5 else ""
    if link is None or not text or not _NOTE_MARK.fullmatch(text):
        return False
    _, found, place = (link.attributes.get("href") or "").rpartition("#")
    return bool(found) and (raised or bool(_NOTE_ID.fullmatch(place)))


def _superscript_number(sup: LexborNode) -> str:
    """The raised digits that it is; empty where it is more than that."""
    text = sup.text() if sum(1 for _ in islice(_descendants(sup), 5)) < 5 else ""
    return text.strip().translate(_SUPERSCRIPTS) if re.fullmatch(r"\s*[0-9]{1,4}\s*", text) else ""


def _descendants(root: LexborNode) -> Iterator[LexborNode]:
    """The elements inside, in order."""
    stack = [*_children_reversed(root)]
    while stack:
        node = stack.pop()
        if node.is_element_node:
            yield node
            stack.extend(_children_reversed(node))


def _descendants_tagged(root: LexborNode, tags: frozenset[str]) -> Iterator[LexborNode]:
    return (node for node in _descendants(root) if node.tag in tags)


def _children_reversed(node: LexborNode) -> Iterator[LexborNode]:
    child = node.last_child
    while child is not None:
        yield child
        child = child.prev
