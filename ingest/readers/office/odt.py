"""The OpenDocument reader (.odt): the text as printed, with list numbers computed, deleted and hidden text left out.

Long because notes and stories refer to one another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.errors import UnreadableReport
from ingest.readers.archive import Archive, Element, wrap_damage_errors
from ingest.readers.extract import HIDDEN, STRUCK, Extract, ExtractBuilder
from ingest.readers.numerals import TO_SUPERSCRIPT, parse_int
from ingest.readers.office.metadata import DC, read_metadata
from ingest.readers.office.odt_lists import Counters, StoryLists
from ingest.readers.office.odt_styles import MAX_MARKER, TEXT, StyleSheet
from ingest.report import ReadingWarning

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"

_P, _H, _LIST, _TABLE_TAG, _NOTE = f"{TEXT}p", f"{TEXT}h", f"{TEXT}list", f"{_TABLE}table", f"{TEXT}note"
_BOXES = {  # shapes with words in them are text boxes too
    f"{_DRAW}{name}"
    for name in (
        "text-box",
        *("custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon", "path", "connector"),
        *("caption", "measure", "regular-polygon"),
    )
}
# Deleted text, comments, what stands beside the text; text:number is what we compute.
_LEFT_OUT = {
    *(f"{TEXT}{name}" for name in ("tracked-changes", "number", "ruby-text", "script", "note-citation")),
    *(f"{_OFFICE}{name}" for name in ("annotation", "annotation-end", "forms", "scripts", "binary-data")),
    *(f"{_SVG}{name}" for name in ("title", "desc")),
    *(f"{TEXT}{name}" for name in ("table-of-content-source", "bibliography-source", "alphabetical-index-source")),
    *(f"{TEXT}{name}" for name in ("illustration-index-source", "table-index-source", "user-index-source")),
    *(f"{TEXT}{name}" for name in ("object-index-source", "sequence-decls", "variable-decls", "user-field-decls")),
}
_CHARACTERS = {f"{TEXT}s": " ", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")
_MAX_DEPTH = 10  # of lists and headings


def read_odt(raw: bytes) -> Extract:
    """Read an .odt file. Raises UnreadableReport; its text continues the sentence "<file> …"."""
    with wrap_damage_errors():
        archive = Archive(raw)
        _refuse_encrypted_or_other(archive)
        return _Document(archive).extract()


def _refuse_encrypted_or_other(archive: Archive) -> None:
    names = archive.names()
    if "META-INF/manifest.xml" in names:
        entries = archive.xml("META-INF/manifest.xml").iter(f"{_MANIFEST}encryption-data")
        if next(entries, None) is not None:
            raise UnreadableReport("is locked with a password: save a copy without it")
    kind = archive.read("mimetype").decode("utf-8", "replace").strip() if "mimetype" in names else ""
    if "content.xml" not in names or (kind and ".text" not in kind):
        raise UnreadableReport("is not an OpenDocument text: save it again as .odt")


class _Document:
    """A document: its styles, notes and body."""

    def __init__(self, archive: Archive) -> None:
        content = archive.xml("content.xml")
        body = content.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise UnreadableReport("is not an OpenDocument text: save it again as .odt")
        self.body = body
        names = archive.names()
        self.styles = StyleSheet([content, *([archive.xml("styles.xml")] if "styles.xml" in names else [])])
        self.warnings: dict[ReadingWarning, None] = {}
        self._meta = archive.xml("meta.xml").find(f"{_OFFICE}meta") if "meta.xml" in names else None
        self._notes: dict[str, list[tuple[str, str]]] = {"footnote": [], "endnote": []}

    def extract(self) -> Extract:
        builder = ExtractBuilder()
        deleted = next(self.body.iter(f"{TEXT}deletion"), None) is not None
        self.warnings = builder.warnings = {STRUCK: None} if deleted else {}
        _Story(self, builder, StoryLists(self.styles)).read(self.body)
        for text, marker in (*self._notes["footnote"], *self._notes["endnote"]):
            builder.note(text, marker)
        return builder.extract(read_metadata(self._meta, f"{DC}date", f"{_META}creation-date"))

    def add_note(self, node: Element) -> None:
        inside = ExtractBuilder()
        body, mark = node.find(f"{TEXT}note-body"), node.find(f"{TEXT}note-citation")
        if body is not None:
            _Story(self, inside, StoryLists(self.styles)).read(body)
        kind = "endnote" if node.get(f"{TEXT}note-class") == "endnote" else "footnote"
        marker = "" if mark is None else " ".join("".join(mark.itertext()).split())[:MAX_MARKER]
        self._notes[kind].append((inside.join_lines(), marker))


@dataclass(slots=True)
class _Line:
    """The inside of one paragraph while it is read."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    bold: bool = False  # what is read now
    plain: bool = False  # a letter of it is not bold


@dataclass(frozen=True, slots=True)
class _ItemPosition:
    """Where in a list the blocks of an item stand."""

    numbers: Counters
    style: str  # of the list; "" where paragraphs name it
    depth: int  # from 1
    continues: bool  # the list goes on with one before, and nothing of it has been counted yet
    start: int | None = None  # the item's own number
    counted: bool = False  # only the first paragraph of an item has a number


class _Story:
    """One flow of paragraphs, lists and tables: the body, a cell, a text box, a note."""

    def __init__(self, document: _Document, out: ExtractBuilder, lists: StoryLists) -> None:
        self._document = document
        self._styles = document.styles
        self._out = out
        self._lists = lists

    def read(self, node: Element) -> None:
        """Everything in an element."""
        for child in node.iterchildren("*"):
            tag = child.tag
            if tag in (_P, _H):
                self._paragraph(child, None)
            elif tag == _LIST:
                self._list(child, None)
            elif tag == f"{TEXT}numbered-paragraph":
                self._numbered_paragraph(child)
            elif tag == _TABLE_TAG:
                self._table(child)
            elif tag == f"{TEXT}section" and child.get(f"{TEXT}display") == "none":
                self._is_left_out(child, HIDDEN)
            elif tag not in _LEFT_OUT:
                self.read(child)

    def _list(self, node: Element, around: _ItemPosition | None) -> None:
        style = node.get(f"{TEXT}style-name", "" if around is None else around.style) or self._first_list_style(node)
        if around is None:
            numbers, continues = self._lists.open(node, style)
            depth = 1
        else:
            numbers, depth = around.numbers, around.depth + 1
            continues = node.get(f"{TEXT}continue-numbering") == "true" or around.continues
            if not continues:
                for below in [value for value in numbers if value >= depth]:
                    del numbers[below]
        for item in node.iterchildren(f"{TEXT}list-item", f"{TEXT}list-header"):
            place = _ItemPosition(
                numbers,
                item.get(f"{TEXT}style-override", style),
                min(depth, _MAX_DEPTH),
                continues,
                _start_value(item),
                counted=item.tag == f"{TEXT}list-header",
            )
            self._item(item, place)
            continues = False

    def _first_list_style(self, node: Element) -> str:
        """The list style that the first paragraph of a list brings with it."""
        first = next(node.iter(_P, _H), None)
        return "" if first is None else self._styles.list_of(first.get(f"{TEXT}style-name", "")) or ""

    def _item(self, node: Element, place: _ItemPosition) -> None:
        for child in node.iterchildren("*"):
            if child.tag in (_P, _H):
                if self._paragraph(child, place):
                    place = replace(place, counted=True, continues=False)
            elif child.tag == _LIST:
                self._list(child, place)
            elif child.tag == _TABLE_TAG:
                self._table(child)
            elif child.tag not in _LEFT_OUT:
                self.read(child)

    def _numbered_paragraph(self, node: Element) -> None:
        style = node.get(f"{TEXT}style-name", "")
        depth = min(max(parse_int(node.get(f"{TEXT}level"), 1), 1), _MAX_DEPTH)
        numbers = self._lists.numbered_paragraph(node)
        self._item(node, _ItemPosition(numbers, style, depth, False, _start_value(node)))

    def _paragraph(self, node: Element, place: _ItemPosition | None) -> bool:
        """Add a paragraph; returns whether it was visible, since a hidden one takes no number."""
        style = node.get(f"{TEXT}style-name", "")
        line = _Line(bold=bool(self._styles.is_bold("paragraph", style)))
        left_out = self._is_left_out(node, self._styles.reason_left_out("paragraph", style))
        if not left_out:
            self._inline(node, line)
        text = "".join(line.pieces)
        there = bool(text.strip()) or not left_out
        if there:
            self._put(node, style, text, place, bold=not line.plain)
        for box in line.boxes:
            _Story(self._document, self._out, StoryLists(self._styles)).read(box)
        return there

    def _put(self, node: Element, style: str, text: str, place: _ItemPosition | None, *, bold: bool) -> None:
        marker = ""
        if place is not None and not place.counted and node.get(f"{TEXT}is-list-header") != "true":
            marker = self._lists.count(place.numbers, place.style, place.depth, place.start)
        if node.tag == _H:
            level = min(max(parse_int(node.get(f"{TEXT}outline-level"), 1), 1), _MAX_DEPTH)
            if place is None:
                marker = self._heading_number(node, style, level)
            words = text.strip()
            self._out.heading(f"{marker} {words}" if marker not in ("", "•") and words else words, level)
        elif place is None and self._styles.is_title(style):
            self._out.heading(text.strip(), 1)
        elif marker and place is not None:
            self._out.item(text, marker, place.depth - 1, bold=bold)
        else:
            self._out.text(text, bold=bold)

    def _heading_number(self, node: Element, style: str, level: int) -> str:
        if node.get(f"{TEXT}is-list-header") == "true" or self._styles.list_of(style) == "":
            return ""
        start = _start_value(node)
        if start is None and node.get(f"{TEXT}restart-numbering") == "true":
            start = 1
        return self._lists.count_heading(level, start)

    def _inline(self, node: Element, line: _Line) -> None:
        _add_text(node.text, line)
        for child in node:
            tag = child.tag
            if tag in _CHARACTERS:
                line.pieces.append(_CHARACTERS[tag])
            elif tag == _NOTE:
                self._document.add_note(child)
            elif tag in _BOXES:
                line.boxes.append(child)
            elif isinstance(tag, str) and tag not in _LEFT_OUT and not self._is_hidden(child):
                style = child.get(f"{TEXT}style-name", "")
                around, own, before = line.bold, self._styles.is_bold("text", style), len(line.pieces)
                line.bold = around if own is None else own
                self._inline(child, line)
                line.bold = around
                inside = "".join(line.pieces[before:])
                if inside.isdecimal() and self._styles.is_raised("text", style):
                    line.pieces[before:] = [inside.translate(TO_SUPERSCRIPT)]  # a note's mark or a power
            _add_text(child.tail, line)

    def _is_hidden(self, node: Element) -> bool:
        if node.tag in (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"):
            hidden = node.get(f"{TEXT}is-hidden", "true") == "true"
            return self._is_left_out(node, HIDDEN if hidden else None)
        named = node.get(f"{TEXT}style-name") if node.tag == f"{TEXT}span" else None
        return named is not None and self._is_left_out(node, self._styles.reason_left_out("text", named))

    def _is_left_out(self, node: Element, reason: ReadingWarning | None) -> bool:
        """Whether there is a reason to leave an element out; where words go with it, it is told."""
        if reason and any(map(str.strip, node.itertext())):
            self._document.warnings[reason] = None
        return reason is not None

    def _table(self, node: Element) -> None:
        rows = [list(row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")) for row in _rows(node)]
        if len(rows) == 1 and len(rows[0]) == 1:  # a frame around text, not a table
            self.read(rows[0][0])
            return
        for row in rows:
            said: list[str] = []
            to_the_right = 0  # columns that the cell before goes on into
            for cell in row:
                if cell.tag == f"{_TABLE}table-cell":
                    to_the_right = parse_int(cell.get(f"{_TABLE}number-columns-spanned"), 1) - 1
                    said.append(self._cell(cell))
                elif to_the_right > 0:
                    to_the_right -= 1
                else:
                    said.append("")
            self._out.row(said)

    def _cell(self, node: Element) -> str:
        inside = ExtractBuilder()
        _Story(self._document, inside, self._lists).read(node)
        return inside.join_lines()


def _start_value(node: Element) -> int | None:
    start = node.get(f"{TEXT}start-value")
    return None if start is None else parse_int(start, 1)


def _rows(node: Element) -> Iterator[Element]:
    """A table's rows, also those in groups and heads."""
    for child in node.iterchildren("*"):
        if child.tag == f"{_TABLE}table-row":
            if child.get(f"{_TABLE}visibility", "visible") == "visible":
                yield child
        elif child.tag in {f"{_TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")}:
            yield from _rows(child)


def _add_text(text: str | None, line: _Line) -> None:
    """Add text with white space as one space and without soft hyphens, which do not show."""
    said = _WHITE_SPACE.sub(" ", text or "").replace("\u00ad", "")
    line.pieces.append(said)
    line.plain |= not line.bold and not said.isspace() and said != ""
