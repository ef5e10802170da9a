"""The Word reader (.docx): the text as printed, with list numbers computed, changes accepted, hidden text left out.

Long because notes and stories (body, cells, boxes) refer to one another while a document is read.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingest.errors import UnreadableReport
from ingest.readers.archive import EMPTY_ELEMENT, Archive, Element, wrap_damage_errors
from ingest.readers.extract import HIDDEN, STRUCK, Extract, ExtractBuilder
from ingest.readers.numerals import TO_SUPERSCRIPT, format_numeral, parse_int
from ingest.readers.office.docx_numbering import MAX_MARKER, ListCounters, Numbering
from ingest.readers.office.docx_package import VAL, M, Package, W, read_switch, read_val, val_at
from ingest.readers.office.docx_styles import SWITCHES, Style, StyleSheet, outline_to_heading
from ingest.readers.office.metadata import read_metadata
from ingest.readers.office.symbols import decode_symbol, has_private_use
from ingest.report import ReadingWarning

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TERMS = "{http://purl.org/dc/terms/}"

_P, _R, _T, _MATH_T, _TBL = f"{W}p", f"{W}r", f"{W}t", f"{M}t", f"{W}tbl"
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
_LEAVING_OUT = {"strike": STRUCK, "dstrike": STRUCK, "vanish": HIDDEN}
_MAX_COLUMNS = 200
_MAX_FIELDS = 50  # fields in fields
_LINE_ENDS = re.compile(r"[\r\n]+")


def read_docx(raw: bytes) -> Extract:
    """Read a .docx file. Raises UnreadableReport; its text continues the sentence "<file> …"."""
    with wrap_damage_errors():
        return _Document(Package(Archive(raw))).extract()


class _Document:
    """A document: its styles, numbering, notes and body."""

    def __init__(self, package: Package) -> None:
        self.package = package
        root = package.document()
        body = root.find(f"{W}body")
        if body is None:
            raise UnreadableReport("is not a Word document: save it again as .docx")
        self.body = body
        self.warnings: dict[ReadingWarning, None] = {}
        self.styles = StyleSheet(package.part("styles"))
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
            places = [place for place in (body.find(f"{W}sectPr"), settings) if place is not None]
            forms = (val_at(place, f"{W}{kind}Pr/{W}numFmt") for place in places)
            starts = (val_at(place, f"{W}{kind}Pr/{W}numStart") for place in places)
            self._forms[kind] = next(filter(None, forms), form)
            self._count[kind] = parse_int(next(filter(None, starts), None), 1) - 1

    def extract(self) -> Extract:
        builder = ExtractBuilder()
        _Story(self, builder, ListCounters()).read(self.body)
        for text, marker in (*self._notes["footnote"], *self._notes["endnote"]):
            builder.note(text, marker)
        if next(self.body.iter(f"{W}delText"), None) is not None:
            self.warnings[STRUCK] = None
        builder.warnings |= self.warnings
        properties = self.package.properties()
        days = {None if properties is None else properties.findtext(f"{_TERMS}{at}") for at in ("created", "modified")}
        # Two that are the same are those of a template: nobody has saved the file since a program made it.
        return builder.extract(read_metadata(properties, *[f"{_TERMS}modified"] * (len(days) > 1)))

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
        inside = ExtractBuilder()
        _Story(self, inside, self._note_counters).read(node)
        text = inside.join_lines()
        if own_mark is not None and mark:
            text = text.removeprefix(mark)  # there it is ordinary text
        self._notes[kind].append((text, mark))


@dataclass(slots=True)
class _Line:
    """The inside of one paragraph while it is read."""

    style: Style
    pieces: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    hidden: bool = False
    bold: bool = False  # what is read now
    plain: bool = False  # a letter of it is not bold


class _Story:
    """One flow of paragraphs and tables: the body, a cell, a text box, a note."""

    def __init__(self, document: _Document, out: ExtractBuilder, counters: ListCounters) -> None:
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
            self._put(text, properties, style, bold=not line.plain)
        for box in line.boxes:
            _Story(self._document, self._out, self._document.box_counters).read(box)

    def _put(self, text: str, properties: Element, style: Style, *, bold: bool) -> None:
        marker, level = self._marker(properties, style)
        outline = properties.find(f"{W}outlineLvl")
        heading = style.heading if outline is None else outline_to_heading(outline)
        if heading:
            words = text.strip()
            numbered = marker and marker != "•" and words
            self._out.heading(f"{marker} {words}" if numbered else words, heading)
        elif marker:
            self._out.item(text, marker, level, bold=bold)
        else:
            self._out.text(text, bold=bold)

    def _marker(self, properties: Element, style: Style) -> tuple[str, int]:
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
                self._run(child, line)
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

    def _run(self, node: Element, line: _Line) -> None:
        around, line.bold = line.hidden, self._is(node, line.style, "b")
        for switch, warning in _LEAVING_OUT.items():
            if self._is(node, line.style, switch):
                line.hidden = True
                if any(text.strip() for text in node.itertext(_T)):
                    self._document.warnings[warning] = None
        self._inline(node, line)
        line.hidden = around

    def _add_text(self, text: str, line: _Line) -> None:
        if not line.hidden and "code" not in self._fields:
            line.pieces.append(text)
            line.plain |= not line.bold and bool(text.strip())

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

    def _is(self, run: Element, style: Style, switch: str) -> bool:
        """Whether a run is hidden ("vanish"), struck out ("strike") or bold ("b"), by itself or its styles."""
        properties, name = run.find(f"{W}rPr"), SWITCHES[switch]
        inherited: bool = getattr(style, name)
        if properties is None:
            return inherited
        if named := read_val(properties, "rStyle"):
            inherited = inherited or getattr(self._document.styles.get(named), name)
        return _resolve_switch(read_switch(properties.find(f"{W}{switch}")), inherited)

    def _table(self, node: Element) -> None:
        rows = [row for row in _children_tagged(node, f"{W}tr") if not _is_row_hidden(row)]
        cells = [list(_children_tagged(row, f"{W}tc")) for row in rows]
        if len(rows) == 1 and len(cells[0]) == 1:  # a frame around text, not a table
            self._blocks(cells[0][0])
            return
        merging: set[int] = set()  # columns where a cell goes on downwards
        for row, in_row in zip(rows, cells, strict=True):
            column = min(max(parse_int(val_at(row, f"{W}trPr/{W}gridBefore"), 0), 0), _MAX_COLUMNS)
            said = [""] * column
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
        inside = ExtractBuilder()
        _Story(self._document, inside, self._counters).read(node)
        return inside.join_lines()


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
    return row.find(f"{W}trPr/{W}del") is not None or read_switch(row.find(f"{W}trPr/{W}hidden")) is True


def _run_text(node: Element) -> str:
    """The text of a run; line ends in the XML are spaces, optional hyphens do not show."""
    text = _LINE_ENDS.sub(" ", node.text or "")
    if text.isdecimal() and val_at(node.getparent(), f"{W}rPr/{W}vertAlign") == "superscript":
        return text.translate(TO_SUPERSCRIPT)  # a note's mark or a power, no further digits
    if not has_private_use(text):
        return text
    fonts = node.getparent().find(f"{W}rPr/{W}rFonts")
    font = "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""
    return "".join(decode_symbol(character, font) if has_private_use(character) else character for character in text)


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
