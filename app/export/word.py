"""An export as a Word document (ECMA-376, Office Open XML) with footnotes that are footnotes.

Each entry is a footnote of its own; where its mark stands again, a field refers to it. Right-to-left
paragraphs are marked as such. The id stands in the footnote, in a character style of its own.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

from lxml import etree

from app.export.outline import Heading, Line, Note, Quoted, Titled, outlined
from app.export.values import Export, is_rtl
from ingest.visible import visible

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_MARK = re.compile(r"\[([1-9]\d{0,3})\]", re.ASCII)
_ID = "RelatoriaId"  # the style of an id
_PARTS = {  # by name in the package: content type, and its relation to the document
    "document": ("document.main", "officeDocument"),
    "styles": ("styles", "styles"),
    "settings": ("settings", "settings"),
    "footnotes": ("footnotes", "footnotes"),
}
_STYLES: tuple[tuple[str, str, str], ...] = (  # id, type, properties of paragraph and run
    ("Normal", "paragraph", '<w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr><w:rPr>{sans}<w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr>'),
    ("Title", "paragraph", '<w:pPr><w:keepNext/><w:spacing w:after="80"/></w:pPr><w:rPr>{serif}<w:color w:val="0B6653"/><w:sz w:val="40"/><w:szCs w:val="40"/></w:rPr>'),
    ("Heading1", "paragraph", '<w:pPr><w:keepNext/><w:spacing w:before="360" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr>{serif}<w:b/><w:bCs/><w:sz w:val="30"/><w:szCs w:val="30"/></w:rPr>'),
    ("Heading2", "paragraph", '<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="1"/></w:pPr><w:rPr>{sans}<w:b/><w:bCs/><w:color w:val="54625D"/><w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr>'),
    ("Name", "paragraph", '<w:pPr><w:keepNext/><w:spacing w:before="200" w:after="40"/></w:pPr><w:rPr><w:b/><w:bCs/></w:rPr>'),
    ("Quote", "paragraph", '<w:pPr><w:pBdr><w:left w:val="single" w:sz="18" w:space="10" w:color="0B6653"/></w:pBdr><w:ind w:left="284"/></w:pPr><w:rPr>{serif}<w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr>'),
    ("LeadIn", "paragraph", '<w:pPr><w:keepNext/><w:ind w:left="284"/></w:pPr><w:rPr>{serif}<w:i/><w:iCs/><w:color w:val="54625D"/></w:rPr>'),
    ("Translation", "paragraph", '<w:pPr><w:ind w:left="284"/></w:pPr><w:rPr><w:i/><w:iCs/><w:color w:val="54625D"/><w:sz w:val="20"/><w:szCs w:val="20"/></w:rPr>'),
    ("Stated", "paragraph", '<w:pPr><w:ind w:left="284"/></w:pPr><w:rPr><w:color w:val="54625D"/><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr>'),
    ("Quiet", "paragraph", '<w:rPr><w:color w:val="54625D"/><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr>'),
    ("Written", "paragraph", ""),
    ("FootnoteText", "paragraph", '<w:pPr><w:spacing w:after="40" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr>'),
    ("FootnoteReference", "character", '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'),
    (_ID, "character", '<w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/><w:color w:val="54625D"/></w:rPr>'),
)  # fmt: skip
_NAMES = {"Title": "Title", "Heading1": "heading 1", "Heading2": "heading 2", "FootnoteText": "footnote text",
          "FootnoteReference": "footnote reference"}  # fmt: skip
_FONTS = {
    "{sans}": '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Arial"/>',
    "{serif}": '<w:rFonts w:ascii="Cambria" w:hAnsi="Cambria" w:cs="Times New Roman"/>',
}
_ROLES = {"name": "Name", "lead": "LeadIn", "translation": "Translation", "stated": "Stated", "quiet": "Quiet",
          "written": "Written"}  # fmt: skip


def write(export: Export) -> bytes:
    """The document as a package."""
    body = _element("body")
    footnotes = _element("footnotes")
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        note = _child(footnotes, "footnote", type=kind, id=str(number))
        _child(_child(_child(note, "p"), "r"), kind)
    referred: set[int] = set()
    for item in outlined(export):
        match item:
            case Titled(text):
                _paragraph(body, "Title", text)
            case Heading(text, level):
                _paragraph(body, f"Heading{level}", text)
            case Line(text, role, notes):
                _paragraph(body, _ROLES.get(role, ""), text, notes, referred)
            case Quoted(text, language, note):
                quote = _paragraph(body, "Quote", text, language=language)
                _reference(quote, note, referred)
            case Note(number, entry):
                noted = _paragraph(_child(footnotes, "footnote", id=str(number)), "FootnoteText", "")
                run = _run(noted, "", style="FootnoteReference")
                _child(run, "footnoteRef")
                _run(noted, f" {entry.citation} ")
                _run(noted, entry.id, style=_ID)
    section = _child(body, "sectPr")
    _child(section, "pgSz", w="11906", h="16838")
    _child(section, "pgMar", top="1304", right="1304", bottom="1304", left="1304", header="709", footer="709", gutter="0")
    document = _element("document")
    document.append(body)
    return _packed(export, {"document": document, "styles": _styles(), "settings": _settings(), "footnotes": footnotes})


def ids(data: bytes) -> list[str]:
    """The ids in the footnotes. Raises ValueError where it is no such document."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            footnotes = etree.fromstring(package.read("word/footnotes.xml"), _parser())
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise ValueError(str(error)) from error
    return ["".join(one.itertext(_tag("t"))) for one in _styled(footnotes, _ID)]


def _styled(tree: Any, style: str) -> Iterator[Any]:
    """The runs of a style."""
    for run in tree.iter(_tag("r")):
        found = run.find(f"{_tag('rPr')}/{_tag('rStyle')}")
        if found is not None and found.get(_tag("val")) == style:
            yield run


# Paragraphs


def _paragraph(
    parent: Any,
    style: str,
    text: str,
    notes: Mapping[int, int] | None = None,
    referred: set[int] | None = None,
    language: str = "",
) -> Any:
    """A paragraph; the marks of ``notes`` become references to footnotes."""
    paragraph = _child(parent, "p")
    properties = _child(paragraph, "pPr")
    if style:
        _child(properties, "pStyle", val=style)
    rtl = is_rtl(text)
    if rtl:
        _child(properties, "bidi")
    reached = 0
    for found in _MARK.finditer(text) if notes else ():
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
        words.text = legal(text)
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _reference(paragraph: Any, number: int, referred: set[int]) -> None:
    """A footnote's sign; where it is met again, a field that repeats its number."""
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


def legal(text: str) -> str:
    """Text as XML 1.0 may have it: what may not be in it, and what a screen would obey, becomes U+FFFD.

    >>> legal("a\\x00b") == "a\\ufffdb"
    True
    """
    return _ILLEGAL.sub("\ufffd", visible(text))


# The package


def _packed(export: Export, parts: Mapping[str, Any]) -> bytes:
    types = [
        f'<Override PartName="/word/{name}.xml" ContentType="{_OFFICE}.{_PARTS[name][0]}+xml"/>' for name in parts
    ]
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
        "docProps/core.xml": _core(export),
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


def _core(export: Export) -> bytes:
    """What file managers show: when it was made, with which version, from which state of the index."""
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
        etree.SubElement(root, f"{{{names['dc']}}}{name}").text = legal(text)
    created = etree.SubElement(root, f"{{{names['dcterms']}}}created")
    created.set(f"{{{names['xsi']}}}type", "dcterms:W3CDTF")
    created.text = export.date.replace("+00:00", "Z")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _styles() -> Any:
    each = []
    for name, kind, properties in _STYLES:
        filled = properties
        for place, font in _FONTS.items():
            filled = filled.replace(place, font)
        based = '<w:basedOn w:val="Normal"/>' if kind == "paragraph" and name != "Normal" else ""
        default = ' w:default="1"' if name == "Normal" else ""
        each.append(
            f'<w:style w:type="{kind}" w:styleId="{name}"{default}><w:name w:val="{_NAMES.get(name, name)}"/>{based}'
            f'<w:qFormat/>{filled}</w:style>'
        )
    return etree.fromstring(f'<w:styles xmlns:w="{_W}">{"".join(each)}</w:styles>')


def _settings() -> Any:
    separators = '<w:footnote w:id="-1"/><w:footnote w:id="0"/>'
    mode = '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    return etree.fromstring(
        f'<w:settings xmlns:w="{_W}"><w:footnotePr>{separators}</w:footnotePr><w:compat>{mode}</w:compat></w:settings>'
    )


def _parser() -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _tag(name: str) -> str:
    return f"{{{_W}}}{name}"


def _element(name: str) -> Any:
    return etree.Element(_tag(name), nsmap={"w": _W, "r": _R})


def _child(parent: Any, name: str, /, **attributes: str) -> Any:
    child = etree.SubElement(parent, _tag(name))
    for key, value in attributes.items():
        child.set(_tag(key), value)
    return child
