"""Detects the format of a file by its content."""

import re
import tomllib
from enum import StrEnum
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.readers.text.decoding import decode_wide, decode_with_bom


class FileFormat(StrEnum):
    """The supported formats; the values are their names in messages."""

    PDF = "PDF"
    DOCX = "a Word document"
    ODT = "an OpenDocument text"
    DOC = "an old Word document"
    RTF = "rich text"
    EPUB = "EPUB"
    HTML = "HTML"
    MARKDOWN = "Markdown"
    TEXT = "plain text"


MARKDOWN_SUFFIXES = (".md", ".markdown")

_HEAD_BYTES = 4096  # bytes that are looked at
_TABLES = tomllib.loads((Path(__file__).parent / "data" / "refused.toml").read_text(encoding="utf-8"))
_REMEDIES: dict[str, str] = _TABLES["remedies"]
_AS_TEXT = _REMEDIES["as_text"]
_REFUSED = tuple(
    (re.compile(sign.encode(), re.DOTALL), said.format(**_REMEDIES)) for sign, said in _TABLES["signatures"].items()
)
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: dict[str, str] = _TABLES["ole_streams"]
_OPEN_TEXTS = ("text", "text-template", "text-master", "text-web")
_WORD = ("wordprocessingml.document.main", "wordprocessingml.template.main", "ms-word.document.macroenabled.main")

_PROLOGUE = re.compile(r"(?:\s++|(?><\?xml.{0,300}?\?>)|(?><!--.*?-->))*+", re.DOTALL)
_HTML_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|frameset)\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!doctype\b", re.IGNORECASE)
_HTML_FRAGMENT = re.compile(
    r"<(?:title|meta|link|style|script|base|main|article|section|header|nav|div|p|center|font|h[1-6]|table|ul|ol|dl|"
    r"blockquote|span|pre)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_MHTML = re.compile(r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?content-type:\s*multipart/related", re.IGNORECASE)


def detect_format(raw: bytes, name: str = "") -> FileFormat:
    """Detect the format of a file's bytes. Raises UnreadableReport, with reason and remedy, for unsupported ones.

    The name only breaks the tie between Markdown and plain text.

    >>> detect_format(b"<!doctype html><p>Informe"), detect_format(b"# Informe", "informe.md")
    (<FileFormat.HTML: 'HTML'>, <FileFormat.MARKDOWN: 'Markdown'>)
    """
    if not raw.strip():
        raise UnreadableReport("is empty: copy or export the report again")
    if raw.startswith(b"{\\rtf"):
        return FileFormat.RTF
    for sign, said in _REFUSED:
        if sign.match(raw):
            raise UnreadableReport(said)
    if raw.startswith(_OLE_SIGNATURE):
        return _detect_ole_format(raw)
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _detect_zip_format(raw)
    if re.search(rb"%PDF-\d", raw[:1024]):
        return FileFormat.PDF
    return _detect_text_format(_decode_head(raw), name.lower())


def _detect_ole_format(raw: bytes) -> FileFormat:
    for stream, said in _OLE_STREAMS.items():
        if stream.encode("utf-16-le") in raw:
            if not said:
                return FileFormat.DOC
            raise UnreadableReport(said)
    raise UnreadableReport(f"is an old Office document: {_AS_TEXT}")


def _detect_zip_format(raw: bytes) -> FileFormat:
    from ingest.readers.archive import Archive

    archive = Archive(raw)
    names = set(archive.names())
    kind = archive.read("mimetype").decode("ascii", "replace").strip() if "mimetype" in names else ""
    if kind == "application/epub+zip" or "META-INF/container.xml" in names:
        return FileFormat.EPUB
    if not kind and "content.xml" in names and "META-INF/manifest.xml" in names:
        manifest = archive.read("META-INF/manifest.xml").decode("utf-8", "replace")
        found = re.search(r"application/vnd\.oasis\.opendocument\.[a-z-]+", manifest)
        kind = found.group() if found else ""
    if kind.startswith("application/vnd.oasis.opendocument."):
        if (known := kind.rpartition(".")[2]) in _OPEN_TEXTS:
            return FileFormat.ODT
        said = _TABLES["open_documents"].get(known, "is an OpenDocument file, but no text")
        raise UnreadableReport(f"{said}: export the report as PDF, Word or text")
    if "[Content_Types].xml" in names:
        return _detect_office_format(archive.read("[Content_Types].xml"), names)
    if any(name.startswith("word/document") for name in names):
        return FileFormat.DOCX
    if any(name.endswith(".iwa") for name in names):
        raise UnreadableReport("is an Apple document (Pages, Numbers or Keynote): export it as PDF or Word")
    raise UnreadableReport(f"is an archive (zip): {_REMEDIES['unpack']}")


def _detect_office_format(types: bytes, names: set[str]) -> FileFormat:
    said = types.decode("utf-8", "replace").lower()
    if any(kind in said for kind in _WORD) or "word/document.xml" in names:
        return FileFormat.DOCX
    for kind, what in (("spreadsheetml", "a workbook (Excel)"), ("presentationml", "a presentation (PowerPoint)")):
        if kind in said:
            raise UnreadableReport(f"is {what}: export the report as PDF, Word or text")
    raise UnreadableReport(f"is an Office file, but no Word document: {_AS_TEXT}")


def _decode_head(raw: bytes) -> str:
    """Decode the first bytes, well enough to tell HTML from other text."""
    head = raw[:_HEAD_BYTES]
    return decode_with_bom(head) or decode_wide(head) or head.decode("utf-8", "replace")


def _detect_text_format(opening: str, name: str) -> FileFormat:
    prologue = _PROLOGUE.match(opening)
    rest = opening[prologue.end() :] if prologue else opening
    if _HTML_PAGE.match(rest) or (opening.lstrip().startswith("<!--") and _HTML_PAGE.search(opening)):
        return FileFormat.HTML
    markdown = name.endswith(MARKDOWN_SUFFIXES)
    if opening.lstrip().startswith("<?xml") or _DOCTYPE.match(rest):
        if _HTML_PAGE.search(rest):
            return FileFormat.HTML
        root = _ROOT.search(rest)
        what = f" ({root.group(1)[:40]})" if root else ""
        raise UnreadableReport(f"is XML{what}, but no web page: {_AS_TEXT}")
    if re.match(r"<svg\b", rest):
        raise UnreadableReport(f"is an image (SVG): {_AS_TEXT}")
    if _HTML_FRAGMENT.match(rest) and not markdown:
        return FileFormat.HTML
    if _MHTML.match(opening):
        raise UnreadableReport("is a saved web page with its pictures (MHTML): save it as HTML only, or as PDF")
    if markdown:
        return FileFormat.MARKDOWN
    from ingest.readers.web.markdown import match_front_matter

    return FileFormat.MARKDOWN if match_front_matter(opening.replace("\r\n", "\n")) else FileFormat.TEXT
