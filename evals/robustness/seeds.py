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
_CHAPTERS = {"xhtml": _XHTML, "xhtml_2": _XHTML.replace("1.1", "1.2")}


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
        Seed("Word", ".docx", make_packed("docx")),
        Seed("OpenDocument", ".odt", make_packed("odt")),
        Seed("EPUB", ".epub", make_packed("epub")),
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


def make_packed(name: str) -> bytes:
    """Make a Word document, an OpenDocument text or an EPUB: the zip file "docx", "odt" or "epub" of the texts."""
    return make_zip({member: text.format(**_SHARED, **_CHAPTERS).encode() for member, text in _TEXTS[name].items()})


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
