"""EPUB books: chapters in reading order, what the package states, and locks."""

import io
import zipfile

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.web.epub import read_epub
from ingest.report import Metadata

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>Informe  del relator</dc:title><dc:language>es-AR</dc:language><dc:date>2012-11-21T00:00:00Z</dc:date>
</metadata><manifest>
<item id="one" href="text/uno%20a.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/dos.xhtml" media-type="application/xhtml+xml"/>
<item id="toc" href="toc.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="cover" href="cover.png" media-type="image/png"/>
</manifest><spine><itemref idref="toc"/><itemref idref="cover"/><itemref idref="two"/><itemref idref="one"/>
<itemref idref="two"/><itemref idref="gone"/></spine></package>"""
PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{}</body></html>'
BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OPS/book.opf": PACKAGE,
    "OPS/text/uno a.xhtml": PAGE.format(
        "<header><h1>Última</h1></header><p>Fin<aside epub:type='footnote'>Nota</aside>"
    ),
    "OPS/text/dos.xhtml": PAGE.format('<h1><a id="x"/>Primera</h1><ol><li>Uno</li><li>Dos</li></ol>'),
    "OPS/toc.xhtml": PAGE.format("<nav>Índice</nav>"),
    "OPS/cover.png": "no text",
}
LOCKED = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="{}"/><enc:CipherData>
<enc:CipherReference URI="OPS/{}"/></enc:CipherData></enc:EncryptedData></encryption>"""


def book(**changed: str | None) -> bytes:
    """The book, with members changed by the last part of their name; None takes one away."""
    members = dict(BOOK)
    for name, content in changed.items():
        place = next((member for member in BOOK if member.endswith(name.replace("_", "."))), f"META-INF/{name}.xml")
        members.pop(place, None)
        if content is not None:
            members[place] = content
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)
    return raw.getvalue()


def test_chapters_come_in_reading_order() -> None:
    extract = read_epub(book())
    found = [(block.role.value, block.marker, extract.text[block.start : block.end]) for block in extract.blocks]
    assert found == [
        ("heading", "", "Primera"),
        ("item", "1.", "Uno"),
        ("item", "2.", "Dos"),
        ("heading", "", "Última"),
        ("text", "", "Fin"),
        ("note", "", "Nota"),
    ]
    assert extract.metadata == Metadata(title="Informe del relator", language="es", date="2012-11-21")


def test_a_package_that_states_nothing() -> None:
    bare = PACKAGE.replace(PACKAGE[PACKAGE.index("<dc:title") : PACKAGE.index("</metadata>")], "")
    assert read_epub(book(book_opf=bare)).metadata == Metadata()


def test_locked_books_are_refused_and_locked_fonts_are_not() -> None:
    with pytest.raises(UnreadableReport, match="locked by its publisher"):
        read_epub(book(encryption=LOCKED.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "text/dos.xhtml")))
    fonts = LOCKED.format("http://www.idpf.org/2008/embedding", "font.otf")
    assert read_epub(book(encryption=fonts)).text.startswith("Primera")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"container_xml": None}, "container.xml is missing"),
        ({"container_xml": "<container/>"}, "names no package"),
        ({"book_opf": "<package"}, "not well-formed"),
        ({"book_opf": "<package/>"}, "has no chapters"),
        ({"book_opf": None}, "book.opf is missing"),
    ],
)
def test_damage_is_said(changed: dict[str, str | None], said: str) -> None:
    with pytest.raises(UnreadableReport, match=said):
        read_epub(book(**changed))
