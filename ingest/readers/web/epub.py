"""The EPUB reader: the chapters in reading order, each through the HTML block walker."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from ingest.errors import UnreadableReport
from ingest.readers.archive import Archive, Element
from ingest.readers.extract import Extract, ExtractBuilder, parse_date, parse_language_tag
from ingest.readers.web.html import decode_page, parse_page
from ingest.readers.web.html_blocks import BlockWalker
from ingest.report import Metadata, normalize_for_display

_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGE_MEDIA_TYPES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")


def read_epub(raw: bytes) -> Extract:
    """Read an EPUB 2 or 3. Raises UnreadableReport when it is damaged, encrypted (DRM) or has no chapters."""
    archive = Archive(raw)
    _refuse_encrypted(archive)
    place = _find_package(archive)
    package = archive.xml(place)
    members = set(archive.names())
    builder = ExtractBuilder()
    chapters = [name for name in _chapters(package, posixpath.dirname(place)) if name in members]
    if not chapters:
        raise UnreadableReport("has no chapters in it: export the report again as EPUB, PDF or Word")
    for name in chapters:
        content = archive.read(name)
        if not content.strip():
            continue
        tree = parse_page(decode_page(content), as_xml=True)
        if tree.body is not None:
            BlockWalker(builder).walk(tree.body)
    return builder.extract(_metadata(package))


def _refuse_encrypted(archive: Archive) -> None:
    if "META-INF/encryption.xml" not in archive.names():
        return
    for element in archive.xml("META-INF/encryption.xml").iter("{*}EncryptedData"):
        ways = {way.get("Algorithm") for way in element.iter("{*}EncryptionMethod")}
        if not ways <= set(_FONTS_ONLY):
            raise UnreadableReport("is locked by its publisher (DRM): ask them for a copy without it")


def _find_package(archive: Archive) -> str:
    places = (element.get("full-path") for element in archive.xml("META-INF/container.xml").iter("{*}rootfile"))
    if place := next(filter(None, places), ""):
        return unquote(place)
    raise UnreadableReport("is damaged (its container names no package): export it again")


def _chapters(package: Element, folder: str) -> Iterator[str]:
    """Members in reading order, each once; the table of contents is none."""
    manifest = {element.get("id"): element for element in package.iter("{*}item")}
    seen: set[str] = set()
    for reference in package.iter("{*}itemref"):
        item = manifest.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        if item.get("media-type") not in _PAGE_MEDIA_TYPES:
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote((item.get("href") or "").partition("#")[0])))
        if name not in seen:
            seen.add(name)
            yield name


def _metadata(package: Element) -> Metadata:
    stated: dict[str, str] = {}
    for name in ("title", "language", "date"):
        for element in package.iter(f"{{*}}{name}"):
            if text := normalize_for_display("".join(element.itertext())):
                stated.setdefault(name, text)
    return Metadata(
        title=stated.get("title", ""),
        date=parse_date(stated.get("date", "")),
        language=parse_language_tag(stated.get("language")),
    )
