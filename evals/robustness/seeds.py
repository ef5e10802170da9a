"""Seed files for fuzzing: small valid reports of every format, with headings, items, parts, tables and notes."""

import io
import tomllib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

_SMALL = 100_000  # bytes
_SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".odt", ".epub", ".pdf")
_TITLE = "Informe de la Mesa Redonda 1.1"
_ITEMS = (
    "Los gobiernos deberían ratificar la Convención (Perú, España).",
    "Recomendamos a los Estados: (a) crear un fondo; (b) publicar cada año sus cuentas.",
    "The States must protect migrants’ children; they should not be detained.",
)
_PARTS = ("crear un registro;", "publicar los datos;")
_NOTE = "Véase el párrafo 4 de la resolución 61/208."
_TEXTS = tomllib.loads((Path(__file__).parent / "data" / "seeds.toml").read_text(encoding="utf-8"))
_SHARED = {"title": _TITLE, "items": _ITEMS, "parts": _PARTS, "note": _NOTE}
_PLAIN, _MARKDOWN, _BODY = (_TEXTS[name].format(**_SHARED) for name in ("plain", "markdown", "body"))
_HTML, _XHTML = (_TEXTS[name].format(**_SHARED, body=_BODY) for name in ("html", "xhtml"))

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


@dataclass(frozen=True, slots=True)
class Seed:
    """A valid file to be damaged."""

    name: str  # readable, one for each seed
    suffix: str
    raw: bytes


def make_seeds() -> list[Seed]:
    """Make one or more files of every format, the same on every run."""
    encodings = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32", "mac_roman")
    page = {name: _HTML.replace("CHARSET", name).encode(name, "replace") for name in ("utf-8", "iso-8859-1")}
    return [
        *(Seed(f"text in {encoding}", ".txt", _PLAIN.encode(encoding, "replace")) for encoding in encodings),
        Seed("Markdown", ".md", _MARKDOWN.encode()),
        *(Seed(f"HTML in {name}", ".html", raw) for name, raw in page.items()),
        Seed("XHTML", ".html", _XHTML.encode()),
        Seed("Word", ".docx", make_docx()),
        Seed("OpenDocument", ".odt", make_odt()),
        Seed("EPUB", ".epub", make_epub()),
        Seed("PDF, packed", ".pdf", make_pdf(packed=True)),
        Seed("PDF, plain", ".pdf", make_pdf(packed=False)),
    ]


def load_seeds(data: Path) -> list[Seed]:
    """Load the files under a folder with a known suffix and less than 100 kB."""
    files = sorted(path for path in data.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    small = (path for path in files if 0 < path.stat().st_size < _SMALL)
    named = ((path.relative_to(data).as_posix().replace(", ", " "), path) for path in small)
    return [Seed(name, path.suffix.lower(), path.read_bytes()) for name, path in named]


def make_zip(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a zip file, deterministic for the same members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, packing)
    return buffer.getvalue()


def make_docx() -> bytes:
    """Make a Word document with numbered items, a note, a table, a change and a field."""

    def paragraph(text: str, style: str = "", level: int | None = None, extra: str = "") -> str:
        numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>' if level is not None else ""
        named = f'<w:pStyle w:val="{style}"/>' if style else ""
        return f"<w:p><w:pPr>{named}{numbered}</w:pPr><w:r><w:t>{text}</w:t></w:r>{extra}</w:p>"

    note = '<w:r><w:footnoteReference w:id="2"/></w:r><w:ins><w:r><w:t> sí</w:t></w:r></w:ins><w:del><w:r/></w:del>'
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    field += '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>4</w:t></w:r>'
    field += '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr>{paragraph("Perú")}</w:tc>'
    blocks = [
        paragraph(_TITLE, "Heading1", extra=field),
        paragraph(_ITEMS[0], level=0, extra=note),
        *(paragraph(part, level=1) for part in _PARTS),
        paragraph(_ITEMS[1], level=0),
        f"<w:tbl><w:tr>{cell}<w:tc>{paragraph('Ratificar')}</w:tc></w:tr></w:tbl>",
        paragraph(_ITEMS[2]),
    ]
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="%{at + 1}{sign}"/></w:lvl>'
        for at, (form, sign) in enumerate((("decimal", "."), ("lowerLetter", ")")))
    )
    kinds = ("styles", "numbering", "footnotes")
    inner = "".join(f'<Relationship Id="r{k}" Type="{_OFFICE_TYPE}/{k}" Target="{k}.xml"/>' for k in kinds)
    outer = f'<Relationship Id="r" Type="{_OFFICE_TYPE}/officeDocument" Target="word/document.xml"/>'
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{_MAIN_TYPE}"/></Types>'
    styles = '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    numbers = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    numbers += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return make_zip(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": _RELATIONSHIPS.format(outer).encode(),
            "word/document.xml": f"<w:document {_W}><w:body>{''.join(blocks)}</w:body></w:document>".encode(),
            "word/_rels/document.xml.rels": _RELATIONSHIPS.format(inner).encode(),
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>".encode(),
            "word/numbering.xml": f"<w:numbering {_W}>{numbers}</w:numbering>".encode(),
            "word/footnotes.xml": (
                f'<w:footnotes {_W}><w:footnote w:id="2">{paragraph(_NOTE)}</w:footnote></w:footnotes>'.encode()
            ),
        }
    )


def make_odt() -> bytes:
    """Make an OpenDocument text with a list in a list, a note and a table."""
    names = "".join(f' xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "text", "table", "style"))

    def item(text: str, inside: str = "") -> str:
        return f"<text:list-item><text:p>{text}</text:p>{inside}</text:list-item>"

    note = '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    note += f"<text:note-body><text:p>{_NOTE}</text:p></text:note-body></text:note>"
    parts = f"<text:list>{''.join(map(item, _PARTS))}</text:list>"
    levels = "".join(
        f'<text:list-level-style-number text:level="{at}" text:start-value="1" style:num-format="{form}"'
        ' style:num-suffix="."/>'
        for at, form in ((1, "1"), (2, "a"))
    )
    cell = '<table:table-cell table:number-columns-spanned="2"><text:p>Perú</text:p></table:table-cell>'
    repeated = '<table:table-cell table:number-columns-repeated="3"/>'
    spaces = '<text:s text:c="4"/><text:tab/><text:line-break/>'
    body = (
        f'<text:h text:outline-level="1">{_TITLE}</text:h>'
        f'<text:list text:style-name="L">{item(_ITEMS[0] + note, parts)}{item(_ITEMS[1])}</text:list>'
        f"<table:table><table:table-row>{cell}{repeated}</table:table-row></table:table>"
        f"<text:p>{_ITEMS[2]}{spaces}</text:p>"
    )
    content = (
        f'<office:document-content{names}><office:automatic-styles><text:list-style style:name="L">{levels}'
        f"</text:list-style></office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    return make_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def make_epub() -> bytes:
    """Make an EPUB of two chapters."""
    container = '<container><rootfiles><rootfile full-path="o/p.opf"/></rootfiles></container>'
    items = "".join(f'<item id="{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>' for n in "ab")
    package = f'<package><manifest>{items}</manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    return make_zip(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "o/p.opf": package.encode(),
            "o/a.xhtml": _XHTML.encode(),
            "o/b.xhtml": _XHTML.replace("1.1", "1.2").encode(),
        }
    )


def make_pdf(*, packed: bool) -> bytes:
    """Make a PDF of two pages in two font sizes, with items, columns, a footnote, a rule and a footer."""
    contents = []
    for page in (1, 2):
        lines = [(18, 72, 780, _TITLE if page == 1 else "II. RECOMENDACIONES")]
        texts = (*_ITEMS, *_PARTS, *_PLAIN.splitlines()[3:7])
        for n, text in enumerate(texts, start=1):
            lines.append((11, 72, 760 - 30 * n, f"{n}. {text[:60]}"))
            lines.append((11, 72, 746 - 30 * n, text[60:] or "-"))
        lines += [(11, 72 + 150 * x, 420 - 14 * y, f"Perú {x}{y}") for y in range(3) for x in range(3)]
        lines += [(6, 300, 734, "1"), (8, 72, 80, f"1 {_NOTE}"), (8, 290, 40, f"A/HRC/{page}")]
        shown = b"".join(
            b"/F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj\n" % (size, x, y, _pdf_string(text)) for size, x, y, text in lines
        )
        contents.append(b"BT\n%sET\n72 95 m 200 95 l S" % shown)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    pages = [
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate 0 /Contents %d 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> >>" % (4 + len(contents) + n)
        for n in range(len(contents))
    ]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R 5 0 R] /Count 2 >>",
        font,
        *pages,
        *(pdf_stream(content, packed=packed) for content in contents),
    ]
    return _pdf_file(objects)


def pdf_stream(content: bytes, *, packed: bool) -> bytes:
    """Encode a PDF stream object; ``packed``: compressed with Flate."""
    held = zlib.compress(content) if packed else content
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(held), b" /Filter /FlateDecode" * packed, held)


def _pdf_string(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _pdf_file(objects: list[bytes]) -> bytes:
    raw, places = b"%PDF-1.4\n", []
    for number, inside in enumerate(objects, start=1):
        places.append(len(raw))
        raw += b"%d 0 obj\n%s\nendobj\n" % (number, inside)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(raw))
    return raw + head + table + trailer
