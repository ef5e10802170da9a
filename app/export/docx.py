"""Serializes an export as a Word document with native footnotes, by templates/docx.xml.

Each entry is one footnote; a repeated mark becomes a NOTEREF field. Right-to-left paragraphs are marked
as such. The passage id is in the footnote, in a character style of its own.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from app.export.document import Export, is_rtl
from app.export.outline import BlockQuote, Footnote, Heading, Line, Title, build_outline
from app.render.markup import fill
from ingest.sanitize import sanitize_text
from retrieval.verification.quotes import MARK_PATTERN

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ROLES = {"name": "Name", "lead": "LeadIn", "translation": "Translation", "stated": "Stated", "quiet": "Quiet",
          "written": "Written"}  # fmt: skip
Reference = tuple[int, bool]  # a footnote's number, and whether it has been referred to before


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph of a style; its pieces are texts and references to footnotes."""

    style: str
    pieces: list[str | Reference]
    rtl: bool
    language: str = ""


def write(export: Export) -> bytes:
    """Serialize an export as the bytes of a .docx package."""
    paragraphs: list[_Paragraph] = []
    footnotes: list[tuple[int, str, str]] = []
    referred: set[int] = set()
    for item in build_outline(export):
        match item:
            case Title(text):
                paragraphs.append(_paragraph("Title", text))
            case Heading(text, level):
                paragraphs.append(_paragraph(f"Heading{level}", text))
            case Line(text, role, notes):
                pieces = _cut_at_notes(text, notes, referred)
                paragraphs.append(_Paragraph(_ROLES.get(role, ""), pieces, is_rtl(text)))
            case BlockQuote(text, language, note):
                paragraphs.append(_paragraph("Quote", text, language))
                paragraphs[-1].pieces.append(_reference(note, referred))
            case Footnote(number, entry):
                footnotes.append((number, replace_illegal(entry.citation), replace_illegal(entry.id)))
    about = map(replace_illegal, (export.kind, export.version, export.index, export.language))
    parts = {
        "[Content_Types].xml": fill("docx.xml", "content_types"),
        "_rels/.rels": fill("docx.xml", "of_package"),
        "word/_rels/document.xml.rels": fill("docx.xml", "of_document"),
        "docProps/core.xml": fill("docx.xml", "core_properties", *about, export.date.replace("+00:00", "Z")),
        "word/document.xml": fill("docx.xml", "document", paragraphs),
        "word/settings.xml": fill("docx.xml", "settings"),
        "word/footnotes.xml": fill("docx.xml", "footnotes", footnotes),
    }
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, _HEAD + content)
        package.write(Path(__file__).with_name("styles.xml"), "word/styles.xml")
    return into.getvalue()


def _paragraph(style: str, text: str, language: str = "") -> _Paragraph:
    return _Paragraph(style, [replace_illegal(text)] if text else [], is_rtl(text), language)


def _cut_at_notes(text: str, notes: Mapping[int, int], referred: set[int]) -> list[str | Reference]:
    """A line's text, with references in place of the marks that have a footnote."""
    pieces: list[str | Reference] = []
    reached = 0
    for found in MARK_PATTERN.finditer(text):
        if number := notes.get(int(found[1])):
            pieces += [replace_illegal(text[reached : found.start()]), _reference(number, referred)]
            reached = found.end()
    pieces.append(replace_illegal(text[reached:]))
    return [piece for piece in pieces if piece]


def _reference(number: int, referred: set[int]) -> Reference:
    again = number in referred
    referred.add(number)
    return number, again


def replace_illegal(text: str) -> str:
    """Replace what XML 1.0 does not allow, and control characters, with U+FFFD.

    >>> replace_illegal("a\\x00b") == "a\\ufffdb"
    True
    """
    return _ILLEGAL.sub("\ufffd", sanitize_text(text))
