"""The Word reader (.docx): the text as printed, with list numbers computed, changes accepted, hidden text left out.

Long because styles, notes and stories (body, cells, boxes) refer to one another while a document is read.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingest.errors import UnreadableReport
from ingest.readers.archive import EMPTY_ELEMENT, Archive, Element, wrap_damage_errors
from ingest.readers.extract import Extract, ExtractBuilder, InlineBuilder, parse_first_date, parse_language_tag
from ingest.readers.numerals import format_numeral
from ingest.readers.office.docx_numbering import (
    MAX_MARKER,
    VAL,
    ListCounters,
    Numbering,
    W,
    parse_int,
    read_switch,
    read_val,
)
from ingest.readers.office.symbols import decode_symbol, has_private_use
from ingest.report import Metadata

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = {
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}": W,
    "{http://purl.oclc.org/ooxml/officeDocument/math}": _M,
}
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"

_P, _R, _T, _MATH_T, _TBL = f"{W}p", f"{W}r", f"{W}t", f"{_M}t", f"{W}tbl"
_FIELD, _TEXT_BOX, _ALTERNATE_CONTENT = f"{W}fldChar", f"{W}txbxContent", f"{_MC}AlternateContent"
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")}
# Deleted or moved away, the codes of fields, properties (tab stops are w:tab too), readings above ruby text.
_LEFT_OUT = {
    f"{W}{name}"
    for name in (
        *("del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "sectPr"),
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "customXmlPr"),
    )
}
_HEADING = re.compile(  # Word writes the English name, whatever its language; other programs may not
    r"(?:heading|título|titulo|titre|überschrift|titolo|encabezado|cabeçalho|kop|rubrik|nagłówek|заголовок)\s*([1-9])"
)
_TITLES = {"title": 1, "título": 1, "titre": 1, "titel": 1, "titolo": 1, "toc heading": 1}
_LIST_STYLE = re.compile(r"list (?:bullet|number) ([2-5])")
_MAX_CHAIN, _MAX_FIELDS = 50, 50  # styles based on styles, fields in fields
_LINE_ENDS = re.compile(r"[\r\n]+")


def read_docx(raw: bytes) -> Extract:
    """Read a .docx file. Raises UnreadableReport; its text continues the sentence "<file> …"."""
    with wrap_damage_errors():
        return _Document(_Package(Archive(raw))).extract()


class _Package:
    """The parts of the file, resolved by their relationships, in the transitional namespace."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.names()}  # part names ignore case
        self._outer = self._relationships("")
        self.main = self._outer.get("officeDocument", "word/document.xml")
        if not self._has(self.main):
            raise UnreadableReport("is not a Word document, or a part of it is missing: save it again as .docx")
        self._inner = self._relationships(self.main)

    def document(self) -> Element:
        return self._xml(self.main)

    def part(self, kind: str) -> Element | None:
        """``kind`` as relationships call it: "styles", "numbering", "footnotes", …"""
        name = self._inner.get(kind, "")
        return self._xml(name) if self._has(name) else None

    def properties(self) -> Element | None:
        name = self._outer.get("core-properties", "docProps/core.xml")
        return self._xml(name) if self._has(name) else None

    def _has(self, name: str) -> bool:
        return name.lower() in self._names

    def _xml(self, name: str) -> Element:
        root = self._archive.xml(self._names[name.lower()])
        if root.tag.startswith(tuple(_STRICT)):
            _convert_to_transitional(root)
        return root

    def _relationships(self, source: str) -> dict[str, str]:
        folder, base = posixpath.split(source)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        found: dict[str, str] = {}
        if not self._has(name):
            return found
        for one in self._xml(name).iter(_RELATIONSHIP):
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
                found.setdefault(one.get("Type", "").rpartition("/")[2], target)
        return found


def _convert_to_transitional(root: Element) -> None:
    """Rename the namespaces of a strict document to transitional ones (ECMA-376 part 1 to part 4), in place."""
    for node in root.iter("*"):
        space, _, name = node.tag.rpartition("}")
        if f"{space}}}" in _STRICT:
            node.tag = _STRICT[f"{space}}}"] + name
        for key, said in node.attrib.items():
            space, _, name = key.rpartition("}")
            if f"{space}}}" in _STRICT:
                node.set(_STRICT[f"{space}}}"] + name, said)


@dataclass(frozen=True, slots=True)
class _Style:
    """A style with what it inherits."""

    ids: tuple[str, ...] = ()  # itself, then what it is based on
    heading: int | None = None  # level from 1
    num_id: str = ""
    level: int | None = None  # of the list, from 0
    depth: int = 0  # of "List Bullet 3", which is level 0 of a list of its own: 2
    hidden: bool = False


class _Styles:
    def __init__(self, root: Element | None) -> None:
        self._nodes: dict[str, Element] = {}
        self._resolved: dict[str, _Style] = {}
        self.default = ""
        self.list_styles: dict[str, str] = {}
        for node in () if root is None else root.iterchildren(f"{W}style"):
            name, kind = node.get(f"{W}styleId", ""), node.get(f"{W}type", "paragraph")
            self._nodes.setdefault(name, node)
            if kind == "numbering":
                self.list_styles[name] = _val_at(node, f"{W}pPr/{W}numPr/{W}numId")
            if kind == "paragraph" and node.get(f"{W}default") in ("1", "true", "on"):
                self.default = name

    def get(self, name: str) -> _Style:
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name)
        return self._resolved[name]

    def _resolve(self, name: str) -> _Style:
        chain: dict[str, Element] = {}
        while name in self._nodes and name not in chain and len(chain) < _MAX_CHAIN:
            chain[name] = self._nodes[name]
            name = read_val(chain[name], "basedOn")
        headings = (_heading_of_style(node) for node in chain.values())
        num_ids = (_val_at(node, f"{W}pPr/{W}numPr/{W}numId") for node in chain.values())
        levels = (_val_at(node, f"{W}pPr/{W}numPr/{W}ilvl") for node in chain.values())
        depths = (_LIST_STYLE.fullmatch(read_val(node, "name").lower()) for node in chain.values())
        hidden = (read_switch(node.find(f"{W}rPr/{W}vanish")) for node in chain.values())
        level = next((level for level in levels if level), None)
        return _Style(
            ids=tuple(chain),
            heading=next((heading for heading in headings if heading is not None), 0) or None,
            num_id=next((num_id for num_id in num_ids if num_id), ""),
            level=None if level is None else parse_int(level, 0),
            depth=next((int(depth[1]) - 1 for depth in depths if depth), 0),
            hidden=next((one for one in hidden if one is not None), False),
        )


def _heading_of_style(node: Element) -> int | None:
    """The level of the headings that a style makes, 0 where it says "none", None where it says nothing."""
    name = read_val(node, "name").strip().lower()
    if named := _HEADING.fullmatch(name):
        return int(named[1])
    if name in _TITLES:
        return _TITLES[name]
    outline = node.find(f"{W}pPr/{W}outlineLvl")
    return None if outline is None else _outline_to_heading(outline)


def _outline_to_heading(outline: Element) -> int:
    """Level 9 of the outline is body text."""
    at = parse_int(outline.get(VAL), 9)
    return at + 1 if 0 <= at < 9 else 0


def _val_at(node: Element, path: str) -> str:
    found = node.find(path)
    return "" if found is None else str(found.get(VAL, ""))


class _Document:
    """A document: its styles, numbering, notes and body."""

    def __init__(self, package: _Package) -> None:
        self.package = package
        root = package.document()
        body = root.find(f"{W}body")
        if body is None:
            raise UnreadableReport("is not a Word document: save it again as .docx")
        self.body = body
        self.styles = _Styles(package.part("styles"))
        self.numbering = Numbering(package.part("numbering"), self.styles.list_styles)
        self.box_counters = ListCounters()
        self._note_counters = ListCounters()
        settings = package.part("settings")
        self._waiting: dict[tuple[str, str], Element] = {}  # notes that no reference has called yet
        self._forms: dict[str, str] = {}
        self._count: dict[str, int] = {}
        self._notes: dict[str, list[tuple[str, str]]] = {"footnote": [], "endnote": []}
        for kind, form in (("footnote", "decimal"), ("endnote", "lowerRoman")):
            part = package.part(f"{kind}s")
            for node in () if part is None else part.iterchildren(f"{W}{kind}"):
                if node.get(f"{W}type", "normal") == "normal":
                    self._waiting[kind, node.get(f"{W}id", "")] = node
            places = [one for one in (body.find(f"{W}sectPr"), settings) if one is not None]
            stated = (_val_at(place, f"{W}{kind}Pr/{W}numFmt") for place in places)
            starts = (_val_at(place, f"{W}{kind}Pr/{W}numStart") for place in places)
            self._forms[kind] = next((one for one in stated if one), form)
            self._count[kind] = parse_int(next((start for start in starts if start), None), 1) - 1

    def extract(self) -> Extract:
        builder = ExtractBuilder()
        _Story(self, builder, ListCounters()).read(self.body)
        for text, marker in (*self._notes["footnote"], *self._notes["endnote"]):
            builder.note(text, marker)
        return builder.extract(self._metadata())

    def add_note(self, kind: str, name: str, own_mark: str | None) -> None:
        """Read the note that a reference calls, and count it unless it has a mark of its own."""
        node = self._waiting.pop((kind, name), None)
        if node is None:
            return
        if own_mark is None:
            self._count[kind] += 1
            mark = format_numeral(self._count[kind], self._forms[kind])
        else:
            mark = own_mark.strip()[:MAX_MARKER]
        inside = InlineBuilder()
        _Story(self, inside, self._note_counters).read(node)
        text = inside.join_pieces()
        if own_mark is not None and mark:
            text = text.removeprefix(mark)  # there it is ordinary text
        self._notes[kind].append((text, mark))

    def _metadata(self) -> Metadata:
        root = self.package.properties()
        if root is None:
            return Metadata()

        def said(name: str) -> str:
            return " ".join((root.findtext(name) or "").split())

        return Metadata(
            title=said(f"{_DC}title"),
            date=parse_first_date(said(f"{_TERMS}modified"), said(f"{_TERMS}created")),
            language=parse_language_tag(said(f"{_DC}language")),
        )


@dataclass(slots=True)
class _Line:
    """The inside of one paragraph while it is read."""

    style: _Style
    pieces: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    hidden: bool = False


class _Story:
    """One flow of paragraphs and tables: the body, a cell, a text box, a note."""

    def __init__(self, document: _Document, out: ExtractBuilder | InlineBuilder, counters: ListCounters) -> None:
        self._document = document
        self._out = out
        self._counters = counters
        self._fields: list[str] = []  # the open ones, outermost first: in "code" or in "result"
        self._before = ""  # what the next paragraph starts with: its initial, or what a deleted paragraph mark left

    def read(self, node: Element) -> None:
        """Everything in an element."""
        self._blocks(node)
        if self._before:
            self._out.text(self._before)
            self._before = ""

    def _blocks(self, node: Element) -> None:
        for child in node:
            if child.tag == _P:
                self._paragraph(child)
            elif child.tag == _TBL:
                self._table(child)
            elif child.tag == _ALTERNATE_CONTENT:
                self._blocks(_choose_branch(child))
            elif child.tag not in _LEFT_OUT:
                self._blocks(child)

    def _paragraph(self, node: Element) -> None:
        styles = self._document.styles
        properties = node.find(f"{W}pPr")
        if properties is None:
            properties = EMPTY_ELEMENT
        style = styles.get(read_val(properties, "pStyle") or styles.default)
        line = _Line(style)
        self._inline(node, line)
        self._fields = ["result"] * len(self._fields)  # no code goes on behind its paragraph: that field is damaged
        text = self._before + "".join(line.pieces)
        self._before = ""
        mark = properties.find(f"{W}rPr")
        mark = EMPTY_ELEMENT if mark is None else mark
        frame = properties.find(f"{W}framePr")
        initial = frame is not None and frame.get(f"{W}dropCap", "none") != "none"
        if initial or mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None:
            self._before = text
        elif text.strip() or not _resolve_switch(read_switch(mark.find(f"{W}vanish")), style.hidden):
            self._put(text, properties, style)
        for box in line.boxes:
            _Story(self._document, self._out, self._document.box_counters).read(box)

    def _put(self, text: str, properties: Element, style: _Style) -> None:
        marker, level = self._marker(properties, style)
        outline = properties.find(f"{W}outlineLvl")
        heading = style.heading if outline is None else _outline_to_heading(outline)
        if heading:
            words = text.strip()
            numbered = marker and marker != "•" and words
            self._out.heading(f"{marker} {words}" if numbered else words, heading)
        elif marker:
            self._out.item(text, marker, level)
        else:
            self._out.text(text)

    def _marker(self, properties: Element, style: _Style) -> tuple[str, int]:
        """What stands in front of a paragraph, and how deep it is in its list."""
        direct = properties.find(f"{W}numPr")
        own_id, own_level = ("", "") if direct is None else (read_val(direct, "numId"), read_val(direct, "ilvl"))
        num_id = own_id or style.num_id
        instance = self._document.numbering.get(num_id)
        if instance is None or num_id == "0":
            return "", 0
        for_style = (at for name in style.ids for at, level in instance.levels.items() if level.style == name)
        level = parse_int(own_level, 0) if own_level else next(for_style, 0 if own_id else style.level or 0)
        return self._counters.next_marker(num_id, instance, level), level or style.depth

    def _inline(self, node: Element, line: _Line) -> None:
        for child in node:
            tag = child.tag
            if tag == _R:
                around, line.hidden = line.hidden, line.hidden or self._is_hidden(child, line.style)
                self._inline(child, line)
                line.hidden = around
            elif tag in _TEXT_ELEMENTS:
                self._add_text(_TEXT_ELEMENTS[tag](child), line)
            elif tag == _FIELD:
                self._field(child.get(f"{W}fldCharType", ""))
            elif tag in _NOTES:
                if not line.hidden and "code" not in self._fields:
                    self._note(child, line)
                if child.get(f"{W}customMarkFollows") in ("1", "true", "on"):
                    return  # the rest of the run is the mark
            elif tag == _TEXT_BOX:
                if not line.hidden:
                    line.boxes.append(child)
            elif tag == _ALTERNATE_CONTENT:
                self._inline(_choose_branch(child), line)
            elif tag not in _LEFT_OUT:
                self._inline(child, line)

    def _add_text(self, text: str, line: _Line) -> None:
        if not line.hidden and "code" not in self._fields:
            line.pieces.append(text)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            if len(self._fields) < _MAX_FIELDS:
                self._fields.append("code")
        elif self._fields and kind == "separate":
            self._fields[-1] = "result"
        elif self._fields and kind == "end":
            self._fields.pop()

    def _note(self, reference: Element, line: _Line) -> None:
        own_mark = None
        if reference.get(f"{W}customMarkFollows") in ("1", "true", "on"):
            mark = _Line(line.style)
            for sibling in reference.itersiblings():
                if sibling.tag in _TEXT_ELEMENTS:
                    self._add_text(_TEXT_ELEMENTS[sibling.tag](sibling), mark)
            own_mark = "".join(mark.pieces)
        self._document.add_note(_NOTES[reference.tag], reference.get(f"{W}id", ""), own_mark)

    def _is_hidden(self, run: Element, style: _Style) -> bool:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return style.hidden
        own = read_switch(properties.find(f"{W}vanish"))
        named = read_val(properties, "rStyle")
        return _resolve_switch(own, style.hidden or (bool(named) and self._document.styles.get(named).hidden))

    def _table(self, node: Element) -> None:
        rows = [row for row in _children_tagged(node, f"{W}tr") if not _is_row_hidden(row)]
        cells = [list(_children_tagged(row, f"{W}tc")) for row in rows]
        if len(rows) == 1 and len(cells[0]) == 1:  # a frame around text, not a table
            self._blocks(cells[0][0])
            return
        merging: set[int] = set()  # columns where a cell goes on downwards
        for row, in_row in zip(rows, cells, strict=True):
            column = parse_int(_val_at(row, f"{W}trPr/{W}gridBefore"), 0)
            said: list[str] = []
            for cell in in_row:
                properties = cell.find(f"{W}tcPr")
                properties = EMPTY_ELEMENT if properties is None else properties
                down = properties.find(f"{W}vMerge")
                goes_on = down is not None and down.get(VAL, "continue") == "continue" and column in merging
                (merging.discard if down is None else merging.add)(column)
                across = properties.find(f"{W}hMerge")
                if across is None or across.get(VAL, "continue") != "continue":
                    said.append("" if goes_on else self._cell(cell))
                column += max(parse_int(read_val(properties, "gridSpan", "1"), 1), 1)
            self._out.row(said)

    def _cell(self, node: Element) -> str:
        inside = InlineBuilder()
        _Story(self._document, inside, self._counters).read(node)
        return inside.join_pieces()


def _resolve_switch(own: bool | None, inherited: bool) -> bool:
    return inherited if own is None else own


def _choose_branch(either: Element) -> Element:
    """The branch of mc:AlternateContent to read: the first with words in it, for they all say the same."""
    return next(
        (branch for branch in either if next(branch.iter(_T, _MATH_T, _TEXT_BOX), None) is not None), EMPTY_ELEMENT
    )


def _children_tagged(node: Element, wanted: str) -> Iterator[Element]:
    """Children, also those in content controls and insertions."""
    for child in node:
        if child.tag == wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children_tagged(child, wanted)


def _is_row_hidden(row: Element) -> bool:
    properties = row.find(f"{W}trPr")
    if properties is None:
        return False
    return properties.find(f"{W}del") is not None or read_switch(properties.find(f"{W}hidden")) is True


def _run_text(node: Element) -> str:
    """The text of a run; line ends in the XML are spaces, optional hyphens do not show."""
    text = _LINE_ENDS.sub(" ", node.text or "").replace("\u00ad", "")
    if not has_private_use(text):
        return text
    fonts = node.getparent().find(f"{W}rPr/{W}rFonts")
    font = "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""
    return "".join(decode_symbol(one, font) if has_private_use(one) else one for one in text)


def _symbol_text(node: Element) -> str:
    try:
        code = int(node.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    shown = 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return decode_symbol(chr(code), node.get(f"{W}font", "")) if shown else ""


_TEXT_ELEMENTS: dict[str, Callable[[Element], str]] = {
    **dict.fromkeys((_T, _MATH_T), _run_text),
    **dict.fromkeys((f"{W}tab", f"{W}ptab"), lambda _: "\t"),
    **dict.fromkeys((f"{W}br", f"{W}cr"), lambda _: "\n"),
    f"{W}noBreakHyphen": lambda _: "-",
    f"{W}sym": _symbol_text,
}
