"""The OpenDocument reader (.odt): the text as printed, with list numbers computed, deleted and hidden text left out.

Long because styles, lists, notes and stories (body, cells, boxes) refer to one another while a document is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.errors import UnreadableReport
from ingest.readers.archive import Archive, Element, wrap_damage_errors
from ingest.readers.extract import Extract, ExtractBuilder, InlineBuilder, parse_first_date, parse_language_tag
from ingest.readers.numerals import format_numeral, to_bijective_letters
from ingest.report import Metadata

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_LIBRE = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"

_P, _H, _LIST, _TABLE_TAG, _NOTE = f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}list", f"{_TABLE}table", f"{_TEXT}note"
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
    *(f"{_TEXT}{name}" for name in ("tracked-changes", "number", "ruby-text", "script", "note-citation")),
    *(f"{_OFFICE}{name}" for name in ("annotation", "annotation-end", "forms", "scripts", "binary-data")),
    *(f"{_SVG}{name}" for name in ("title", "desc")),
    *(f"{_TEXT}{name}" for name in ("table-of-content-source", "bibliography-source", "alphabetical-index-source")),
    *(f"{_TEXT}{name}" for name in ("illustration-index-source", "table-index-source", "user-index-source")),
    *(f"{_TEXT}{name}" for name in ("object-index-source", "sequence-decls", "variable-decls", "user-field-decls")),
}
_CHARACTERS = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_FORMS = {"1": "decimal", "A": "upperLetter", "a": "lowerLetter", "I": "upperRoman", "i": "lowerRoman", "": "none"}
_PLACEHOLDER = re.compile(r"%([1-9]|10)%")
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")
_TITLES = ("Title", "Título", "Titre", "Titel", "Titolo")
_MAX_DEPTH, _MAX_MARKER, _MAX_CHAIN = 10, 200, 50


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


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list style."""

    form: str = "none"  # as numerals.numeral names them; "in turn": a, …, z, aa, ab
    upper: bool = False  # of "in turn"
    pattern: str = ""  # "%1%.%2%." stands for the numbers of the first two levels; a bullet has none
    start: int = 1
    bullet: bool = False


@dataclass(slots=True)
class _ListState:
    """Where the numbers of a list stand; what continues the list shares them."""

    style: str
    values: dict[int, int] = field(default_factory=dict)  # level from 1 -> last number


class _Styles:
    """The styles of content.xml and styles.xml."""

    def __init__(self, roots: list[Element]) -> None:
        self._nodes: dict[tuple[str, str], Element] = {}  # (family, name)
        self._lists: dict[str, dict[int, _Level]] = {}
        self.outline: dict[int, _Level] = {}
        self._hidden: dict[tuple[str, str], bool] = {}
        for root in roots:
            for node in root.iter(f"{_STYLE}style"):
                self._nodes.setdefault((node.get(f"{_STYLE}family", ""), node.get(f"{_STYLE}name", "")), node)
            for node in root.iter(f"{_TEXT}list-style"):
                self._lists.setdefault(node.get(f"{_STYLE}name", ""), _parse_levels(node))
            for node in root.iter(f"{_TEXT}outline-style"):
                self.outline = _parse_levels(node)

    def level(self, list_style: str, at: int) -> _Level:
        return self._lists.get(list_style, {}).get(at, _Level())

    def list_of(self, paragraph_style: str) -> str | None:
        """The list style that a paragraph style names; "" where it says "none"."""
        named = (node.get(f"{_STYLE}list-style-name") for node in self._chain("paragraph", paragraph_style))
        return next((one for one in named if one is not None), None)

    def is_title(self, name: str) -> bool:
        return any(
            node.get(f"{_STYLE}display-name", node.get(f"{_STYLE}name", "")) in _TITLES
            for node in self._chain("paragraph", name)
        )

    def is_hidden(self, family: str, name: str) -> bool:
        if (family, name) not in self._hidden:
            shown = (
                properties.get(f"{_TEXT}display")
                for node in self._chain(family, name)
                for properties in node.iterchildren(f"{_STYLE}text-properties")
            )
            self._hidden[family, name] = next((one for one in shown if one is not None), "") == "none"
        return self._hidden[family, name]

    def _chain(self, family: str, name: str) -> Iterator[Element]:
        met: set[str] = set()
        while name not in met and len(met) < _MAX_CHAIN and (family, name) in self._nodes:
            met.add(name)
            node = self._nodes[family, name]
            yield node
            name = node.get(f"{_STYLE}parent-style-name", "")


def _parse_levels(style: Element) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for node in style.iterchildren("*"):
        at = _parse_int(node.get(f"{_TEXT}level"), 0)
        if node.tag in (f"{_TEXT}list-level-style-bullet", f"{_TEXT}list-level-style-image"):
            char = node.get(f"{_TEXT}bullet-char", "•" if node.tag.endswith("image") else "")
            found[at] = _Level(bullet=bool(char.strip()))
        elif node.tag in (f"{_TEXT}list-level-style-number", f"{_TEXT}outline-level-style"):
            found[at] = _parse_numbered_level(node, at)
    return found


def _parse_numbered_level(node: Element, at: int) -> _Level:
    said = node.get(f"{_STYLE}num-format", "")
    pattern = node.get(f"{_LIBRE}num-list-format", node.get(f"{_STYLE}num-list-format"))
    if pattern is None:
        shown = min(max(_parse_int(node.get(f"{_TEXT}display-levels"), 1), 1), at)
        places = ".".join(f"%{number}%" for number in range(at - shown + 1, at + 1)) if said else ""
        pattern = node.get(f"{_STYLE}num-prefix", "") + places + node.get(f"{_STYLE}num-suffix", "")
    in_turn = said in ("a", "A") and node.get(f"{_STYLE}num-letter-sync") != "true"
    return _Level(
        form="in turn" if in_turn else _FORMS.get(said, "decimal"),
        upper=said == "A",
        pattern=pattern[:_MAX_MARKER],
        start=_parse_int(node.get(f"{_TEXT}start-value"), 1),
    )


def _format_number(number: int, level: _Level) -> str:
    if level.form != "in turn":
        return format_numeral(number, level.form)
    return to_bijective_letters(number).upper() if level.upper else to_bijective_letters(number)


class _Document:
    """A document: its styles, notes and body."""

    def __init__(self, archive: Archive) -> None:
        content = archive.xml("content.xml")
        body = content.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise UnreadableReport("is not an OpenDocument text: save it again as .odt")
        self.body = body
        names = archive.names()
        self.styles = _Styles([content, *([archive.xml("styles.xml")] if "styles.xml" in names else [])])
        self._meta = archive.xml("meta.xml").find(f"{_OFFICE}meta") if "meta.xml" in names else None
        self._notes: dict[str, list[tuple[str, str]]] = {"footnote": [], "endnote": []}

    def extract(self) -> Extract:
        builder = ExtractBuilder()
        _Story(self, builder, _Lists(self.styles)).read(self.body)
        for text, marker in (*self._notes["footnote"], *self._notes["endnote"]):
            builder.note(text, marker)
        return builder.extract(self._metadata())

    def add_note(self, node: Element) -> None:
        inside = InlineBuilder()
        body, mark = node.find(f"{_TEXT}note-body"), node.find(f"{_TEXT}note-citation")
        if body is not None:
            _Story(self, inside, _Lists(self.styles)).read(body)
        kind = "endnote" if node.get(f"{_TEXT}note-class") == "endnote" else "footnote"
        marker = "" if mark is None else " ".join("".join(mark.itertext()).split())[:_MAX_MARKER]
        self._notes[kind].append((inside.join_pieces(), marker))

    def _metadata(self) -> Metadata:
        meta = self._meta
        if meta is None:
            return Metadata()

        def said(name: str) -> str:
            return " ".join((meta.findtext(name) or "").split())

        return Metadata(
            title=said(f"{_DC}title"),
            date=parse_first_date(said(f"{_DC}date"), said(f"{_META}creation-date")),
            language=parse_language_tag(said(f"{_DC}language")),
        )


class _Lists:
    """The lists of one story with their counters, and the markers printed in front of items."""

    def __init__(self, styles: _Styles) -> None:
        self._styles = styles
        self._by_id: dict[str, _ListState] = {}
        self._by_style: dict[str, _ListState] = {}
        self._outline = _ListState("")

    def open(self, node: Element, style: str) -> tuple[_ListState, bool]:
        """A list of the outermost level, and whether it goes on with one before."""
        before = self._by_id.get(node.get(f"{_TEXT}continue-list", ""))
        if before is None and node.get(f"{_TEXT}continue-numbering") == "true":
            before = self._by_style.get(style)
        opened = before or _ListState(style)
        self._by_style[style] = opened
        name = node.get(_XML_ID) or node.get(f"{_TEXT}id")
        if name:
            self._by_id[name] = opened
        return opened, before is not None

    def numbered_paragraph(self, node: Element, style: str) -> _ListState:
        name = node.get(f"{_TEXT}list-id", "")
        return self._by_id.setdefault(name, _ListState(style))

    def count(self, one: _ListState, style: str, at: int, start: int | None) -> str:
        """Count an item at a level (from 1) and return the marker printed in front of it, empty for none."""
        levels = {depth: self._styles.level(style, depth) for depth in range(1, at + 1)}
        return _count_item(one.values, levels, at, start)

    def count_heading(self, at: int, start: int | None) -> str:
        return _count_item(self._outline.values, self._styles.outline, at, start)


def _count_item(values: dict[int, int], levels: dict[int, _Level], at: int, start: int | None) -> str:
    for above in range(1, at):  # a level that comes before the levels above it counts them as begun
        values.setdefault(above, levels.get(above, _Level()).start)
    for below in [value for value in values if value > at]:
        del values[below]
    level = levels.get(at, _Level())
    if start is not None:
        values[at] = start
    else:
        values[at] = values[at] + 1 if at in values else level.start
    if level.bullet:
        return "•"

    def put(place: re.Match[str]) -> str:
        depth = int(place[1])
        return _format_number(values[depth], levels[depth]) if depth in values and depth in levels else ""

    return " ".join(_PLACEHOLDER.sub(put, level.pattern).split())[:_MAX_MARKER]


@dataclass(slots=True)
class _Line:
    """The inside of one paragraph while it is read."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _ItemPosition:
    """Where in a list the blocks of an item stand."""

    numbers: _ListState
    style: str  # of the list; "" where paragraphs name it
    depth: int  # from 1
    continues: bool  # the list goes on with one before, and nothing of it has been counted yet
    start: int | None = None  # the item's own number
    counted: bool = False  # only the first paragraph of an item has a number


class _Story:
    """One flow of paragraphs, lists and tables: the body, a cell, a text box, a note."""

    def __init__(self, document: _Document, out: ExtractBuilder | InlineBuilder, lists: _Lists) -> None:
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
            elif tag == f"{_TEXT}numbered-paragraph":
                self._numbered_paragraph(child)
            elif tag == _TABLE_TAG:
                self._table(child)
            elif tag == f"{_TEXT}section" and child.get(f"{_TEXT}display") == "none":
                continue
            elif tag not in _LEFT_OUT:
                self.read(child)

    def _list(self, node: Element, around: _ItemPosition | None) -> None:
        style = node.get(f"{_TEXT}style-name", "" if around is None else around.style) or self._first_list_style(node)
        if around is None:
            numbers, continues = self._lists.open(node, style)
            depth = 1
        else:
            numbers, depth = around.numbers, around.depth + 1
            continues = node.get(f"{_TEXT}continue-numbering") == "true" or around.continues
            if not continues:
                for below in [value for value in numbers.values if value >= depth]:
                    del numbers.values[below]
        for item in node.iterchildren(f"{_TEXT}list-item", f"{_TEXT}list-header"):
            start = item.get(f"{_TEXT}start-value")
            place = _ItemPosition(
                numbers,
                item.get(f"{_TEXT}style-override", style),
                min(depth, _MAX_DEPTH),
                continues,
                None if start is None else _parse_int(start, 1),
                counted=item.tag == f"{_TEXT}list-header",
            )
            self._item(item, place)
            continues = False

    def _first_list_style(self, node: Element) -> str:
        """The list style that the first paragraph of a list brings with it."""
        first = next(node.iter(_P, _H), None)
        return "" if first is None else self._styles.list_of(first.get(f"{_TEXT}style-name", "")) or ""

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
        style = node.get(f"{_TEXT}style-name", "")
        depth = min(max(_parse_int(node.get(f"{_TEXT}level"), 1), 1), _MAX_DEPTH)
        start = node.get(f"{_TEXT}start-value")
        numbers = self._lists.numbered_paragraph(node, style)
        self._item(node, _ItemPosition(numbers, style, depth, False, None if start is None else _parse_int(start, 1)))

    def _paragraph(self, node: Element, place: _ItemPosition | None) -> bool:
        """Add a paragraph; returns whether it was visible, since a hidden one takes no number."""
        style = node.get(f"{_TEXT}style-name", "")
        line = _Line()
        if not self._styles.is_hidden("paragraph", style):
            self._inline(node, line)
        text = "".join(line.pieces)
        there = bool(text.strip()) or not self._styles.is_hidden("paragraph", style)
        if there:
            self._put(node, style, text, place)
        for box in line.boxes:
            _Story(self._document, self._out, _Lists(self._styles)).read(box)
        return there

    def _put(self, node: Element, style: str, text: str, place: _ItemPosition | None) -> None:
        marker = ""
        if place is not None and not place.counted and node.get(f"{_TEXT}is-list-header") != "true":
            marker = self._lists.count(place.numbers, place.style, place.depth, place.start)
        if node.tag == _H:
            level = min(max(_parse_int(node.get(f"{_TEXT}outline-level"), 1), 1), _MAX_DEPTH)
            if place is None:
                marker = self._heading_number(node, style, level)
            words = text.strip()
            self._out.heading(f"{marker} {words}" if marker not in ("", "•") and words else words, level)
        elif place is None and self._styles.is_title(style):
            self._out.heading(text.strip(), 1)
        elif marker and place is not None:
            self._out.item(text, marker, place.depth - 1)
        else:
            self._out.text(text)

    def _heading_number(self, node: Element, style: str, level: int) -> str:
        if node.get(f"{_TEXT}is-list-header") == "true" or self._styles.list_of(style) == "":
            return ""
        start = node.get(f"{_TEXT}start-value")
        if start is None and node.get(f"{_TEXT}restart-numbering") == "true":
            start = "1"
        return self._lists.count_heading(level, None if start is None else _parse_int(start, 1))

    def _inline(self, node: Element, line: _Line) -> None:
        line.pieces.append(_collapse_spaces(node.text))
        for child in node:
            tag = child.tag
            if tag in _CHARACTERS:
                line.pieces.append(_CHARACTERS[tag])
            elif tag == _NOTE:
                self._document.add_note(child)
            elif tag in _BOXES:
                line.boxes.append(child)
            elif isinstance(tag, str) and tag not in _LEFT_OUT and not self._is_hidden(child):
                self._inline(child, line)
            line.pieces.append(_collapse_spaces(child.tail))

    def _is_hidden(self, node: Element) -> bool:
        if node.tag in (f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph"):
            return bool(node.get(f"{_TEXT}is-hidden", "true") == "true")
        named = node.get(f"{_TEXT}style-name") if node.tag == f"{_TEXT}span" else None
        return named is not None and self._styles.is_hidden("text", named)

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
                    to_the_right = _parse_int(cell.get(f"{_TABLE}number-columns-spanned"), 1) - 1
                    said.append(self._cell(cell))
                elif to_the_right > 0:
                    to_the_right -= 1
                else:
                    said.append("")
            self._out.row(said)

    def _cell(self, node: Element) -> str:
        inside = InlineBuilder()
        _Story(self._document, inside, self._lists).read(node)
        return inside.join_pieces()


def _rows(node: Element) -> Iterator[Element]:
    """A table's rows, also those in groups and heads."""
    for child in node.iterchildren("*"):
        if child.tag == f"{_TABLE}table-row":
            if child.get(f"{_TABLE}visibility", "visible") == "visible":
                yield child
        elif child.tag in {f"{_TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")}:
            yield from _rows(child)


def _collapse_spaces(text: str | None) -> str:
    """White space in the XML is one space; soft hyphens do not show."""
    return _WHITE_SPACE.sub(" ", text).replace("\u00ad", "") if text else ""


def _parse_int(text: str | None, default: int) -> int:
    """Parse an integer attribute; ``default`` where it is missing, malformed or longer than 6 digits."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else default
