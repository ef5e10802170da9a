"""Serializes an export as a Word document (ECMA-376, Office Open XML) with native footnotes.

Each entry is one footnote; a repeated mark becomes a NOTEREF field. Right-to-left paragraphs are marked
as such. The passage id is in the footnote, in a character style of its own.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from app.export.document import Export, is_rtl
from app.export.outline import BlockQuote, Footnote, Heading, Line, Title, build_outline
from ingest.sanitize import sanitize_text
from retrieval.verification.quotes import MARK_PATTERN

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_ID = "RelatoriaId"  # the style of an id, as styles.xml has it
_PARTS = {  # by name in the package: content type, and its relation to the document
    "document": ("document.main", "officeDocument"),
    "styles": ("styles", "styles"),
    "settings": ("settings", "settings"),
    "footnotes": ("footnotes", "footnotes"),
}
_ROLES = {"name": "Name", "lead": "LeadIn", "translation": "Translation", "stated": "Stated", "quiet": "Quiet",
          "written": "Written"}  # fmt: skip


def write(export: Export) -> bytes:
    """Serialize an export as the bytes of a .docx package."""
    body = _element("body")
    footnotes = _element("footnotes")
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        note = _child(footnotes, "footnote", type=kind, id=str(number))
        _child(_child(_child(note, "p"), "r"), kind)
    referred: set[int] = set()
    for item in build_outline(export):
        match item:
            case Title(text):
                _paragraph(body, "Title", text)
            case Heading(text, level):
                _paragraph(body, f"Heading{level}", text)
            case Line(text, role, notes):
                _paragraph(body, _ROLES.get(role, ""), text, notes=notes, referred=referred)
            case BlockQuote(text, language, note):
                quote = _paragraph(body, "Quote", text, language=language)
                _reference(quote, note, referred)
            case Footnote(number, entry):
                noted = _paragraph(_child(footnotes, "footnote", id=str(number)), "FootnoteText", "")
                run = _run(noted, "", style="FootnoteReference")
                _child(run, "footnoteRef")
                _run(noted, f" {entry.citation} ")
                _run(noted, entry.id, style=_ID)
    section = _child(body, "sectPr")
    _child(section, "pgSz", w="11906", h="16838")
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "1304")
    _child(section, "pgMar", **margins, header="709", footer="709", gutter="0")
    document = _element("document")
    document.append(body)
    styles = etree.parse(Path(__file__).with_name("styles.xml")).getroot()
    parts = {"document": document, "styles": styles, "settings": _settings(), "footnotes": footnotes}
    return _build_package(export, parts)


# Paragraphs


def _paragraph(
    parent: Any,
    style: str,
    text: str,
    *,
    notes: Mapping[int, int] | None = None,
    referred: set[int] | None = None,
    language: str = "",
) -> Any:
    """Append a paragraph; marks in ``notes`` become footnote references; ``referred``: those already referenced."""
    paragraph = _child(parent, "p")
    properties = _child(paragraph, "pPr")
    if style:
        _child(properties, "pStyle", val=style)
    rtl = is_rtl(text)
    if rtl:
        _child(properties, "bidi")
    reached = 0
    for found in MARK_PATTERN.finditer(text) if notes else ():
        if notes and (number := notes.get(int(found[1]))):
            _run(paragraph, text[reached : found.start()], rtl=rtl)
            _reference(paragraph, number, set() if referred is None else referred)
            reached = found.end()
    if text[reached:]:
        _run(paragraph, text[reached:], rtl=rtl, language=language)
    return paragraph


def _run(paragraph: Any, text: str, *, style: str = "", rtl: bool = False, language: str = "") -> Any:
    run = _child(paragraph, "r")
    if style or rtl or language:
        properties = _child(run, "rPr")
        if style:
            _child(properties, "rStyle", val=style)
        if rtl:
            _child(properties, "rtl")
        if language:
            _child(properties, "lang", **({"bidi": language} if rtl else {"val": language}))
    if text:
        words = _child(run, "t")
        words.text = replace_illegal(text)
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _reference(paragraph: Any, number: int, referred: set[int]) -> None:
    """Append a footnote reference; the second time, a field that repeats its number."""
    name = f"_RefNote{number}"
    if number not in referred:
        referred.add(number)
        _child(paragraph, "bookmarkStart", id=str(number), name=name)
        _child(_run(paragraph, "", style="FootnoteReference"), "footnoteReference", id=str(number))
        _child(paragraph, "bookmarkEnd", id=str(number))
        return
    _child(_run(paragraph, "", style="FootnoteReference"), "fldChar", fldCharType="begin")
    instruction = _child(_run(paragraph, "", style="FootnoteReference"), "instrText")
    instruction.text = f" NOTEREF {name} \\f \\h "
    _child(_run(paragraph, "", style="FootnoteReference"), "fldChar", fldCharType="separate")
    _run(paragraph, str(number), style="FootnoteReference")
    _child(_run(paragraph, "", style="FootnoteReference"), "fldChar", fldCharType="end")


def replace_illegal(text: str) -> str:
    """Replace what XML 1.0 does not allow, and control characters, with U+FFFD.

    >>> replace_illegal("a\\x00b") == "a\\ufffdb"
    True
    """
    return _ILLEGAL.sub("\ufffd", sanitize_text(text))


# The package


def _build_package(export: Export, parts: Mapping[str, Any]) -> bytes:
    types = [f'<Override PartName="/word/{name}.xml" ContentType="{_OFFICE}.{_PARTS[name][0]}+xml"/>' for name in parts]
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    types.append(f'<Override PartName="/docProps/core.xml" ContentType="{core}"/>')
    usual = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    within = [(_R, _PARTS[name][1], f"{name}.xml") for name in parts if name != "document"]
    whole = [
        (_R, "officeDocument", "word/document.xml"),
        (f"{_PACKAGE}/relationships/metadata", "core-properties", "docProps/core.xml"),
    ]
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{usual}{"".join(types)}</Types>'.encode(),
        "_rels/.rels": _relations(whole),
        "word/_rels/document.xml.rels": _relations(within),
        "docProps/core.xml": _core_properties(export),
    } | {
        f"word/{name}.xml": etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        for name, tree in parts.items()
    }
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return into.getvalue()


def _relations(targets: Iterable[tuple[str, str, str]]) -> bytes:
    each = "".join(
        f'<Relationship Id="rId{at}" Type="{base}/{kind}" Target="{target}"/>'
        for at, (base, kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'.encode()


def _core_properties(export: Export) -> bytes:
    """The core properties (docProps/core.xml): creation date, product version, index fingerprint."""
    names = {
        "cp": f"{_PACKAGE}/metadata/core-properties",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    }
    root = etree.Element(f"{{{names['cp']}}}coreProperties", nsmap=names)
    for name, text in (
        ("title", f"Relatoría: {export.kind}"),
        ("creator", f"Relatoría {export.version}"),
        ("description", f"index {export.index}"),
        ("language", export.language),
    ):
        etree.SubElement(root, f"{{{names['dc']}}}{name}").text = replace_illegal(text)
    created = etree.SubElement(root, f"{{{names['dcterms']}}}created")
    created.set(f"{{{names['xsi']}}}type", "dcterms:W3CDTF")
    created.text = export.date.replace("+00:00", "Z")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _settings() -> Any:
    separators = '<w:footnote w:id="-1"/><w:footnote w:id="0"/>'
    mode = '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    return etree.fromstring(
        f'<w:settings xmlns:w="{_W}"><w:footnotePr>{separators}</w:footnotePr><w:compat>{mode}</w:compat></w:settings>'
    )


def _tag(name: str) -> str:
    return f"{{{_W}}}{name}"


def _element(name: str) -> Any:
    return etree.Element(_tag(name), nsmap={"w": _W, "r": _R})


def _child(parent: Any, name: str, /, **attributes: str) -> Any:
    child = etree.SubElement(parent, _tag(name))
    for key, value in attributes.items():
        child.set(_tag(key), value)
    return child
