"""Write real PDF files: text at given coordinates, in fonts that every PDF reader has."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FONTS = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Arial-BoldMT")
STEM_WIDTHS = {"Arial-BoldMT": 76}  # stems that pdfium takes for a light font's
SUPERSCRIPT_SIZE = 0.6  # of the size; the size of a raised sign


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of text on one line, in Windows-1252; what stands between two ^ is superscript or subscript."""

    text: str
    x: float  # points from the page's left edge
    y: float  # points from the page's upper edge to the baseline
    size: float = 10
    font: str = "Helvetica"
    angle: float = 0  # degrees counter-clockwise
    spacing: float = 0  # points added to each space
    rise: float = 0.4  # sizes


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page; its text is placed before the page is rotated."""

    words: Sequence[TextRun] = ()
    rotate: int = 0  # degrees clockwise, in quarter turns
    width: int = 595  # points
    height: int = 842
    rules: Sequence[tuple[float, float, float, float]] = ()  # straight lines: x and y of both ends


def lay_out_lines(
    text: str, x: float = 72, y: float = 100, *, size: float = 10, font: str = "Helvetica", wrap: int = 0
) -> list[TextRun]:
    """Lay out a text's lines below each other, 1.2 sizes apart; wrapped at ``wrap`` characters."""
    rows = textwrap.wrap(text, wrap, break_on_hyphens=False) if wrap else text.split("\n")
    return [TextRun(row, x, y + number * 1.2 * size, size, font) for number, row in enumerate(rows)]


def make_pdf(*sheets: PdfPage, title: str = "", labels: str = "") -> bytes:
    """Serialize pages as a PDF file's bytes; ``labels`` is its tree of page labels."""
    fonts = " ".join(f"/F{number} {3 + number} 0 R" for number in range(len(FONTS)))
    first = 3 + len(FONTS)  # the number of the first page's object; its content is the next
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(sheets)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{labels and f'/PageLabels<</Nums[{labels}]>>'}>>".encode(),
        f"<</Type/Pages/Count {len(sheets)}/Kids[{kids}]/Resources<</Font<<{fonts}>>>>>>".encode(),
        *(
            f"<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding{_font_descriptor(font)}>>".encode()
            for font in FONTS
        ),
    ]
    for number, sheet in enumerate(sheets):
        box = f"/MediaBox[0 0 {sheet.width} {sheet.height}]/Rotate {sheet.rotate}"
        objects.append(f"<</Type/Page/Parent 2 0 R{box}/Contents {first + 2 * number + 1} 0 R>>".encode())
        content = b"\n".join(
            [
                *(b"%g %g m %g %g l S" % (x, sheet.height - y, x2, sheet.height - y2) for x, y, x2, y2 in sheet.rules),
                *(_draw_run(word, sheet.height) for word in sheet.words),
            ]
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    objects.append(b"<</Title(%s)>>" % _escape(title))
    return _assemble_file(objects)


def _font_descriptor(font: str) -> str:
    if font not in STEM_WIDTHS:
        return ""
    described = f"/FontName/{font}/Flags 32/ItalicAngle 0/Ascent 905/Descent -212/FontBBox[0 -212 1000 905]"
    return f"/FontDescriptor<</Type/FontDescriptor{described}/StemV {STEM_WIDTHS[font]}>>"


def _draw_run(words: TextRun, height: float) -> bytes:
    turn = math.radians(words.angle)
    across, up = math.cos(turn), math.sin(turn)
    place = f"{across:.4f} {up:.4f} {-up:.4f} {across:.4f} {words.x:g} {height - words.y:g} Tm {words.spacing:g} Tw "
    return b"BT " + place.encode() + b" ".join(_draw_pieces(words)) + b" ET"


def _draw_pieces(words: TextRun) -> Iterator[bytes]:
    for number, piece in enumerate(words.text.split("^")):
        size, rise = (SUPERSCRIPT_SIZE * words.size, words.rise * words.size) if number % 2 else (words.size, 0)
        yield b"/F%d %g Tf %g Ts (%s) Tj" % (FONTS.index(words.font), size, rise, _escape(piece))


def _escape(text: str) -> bytes:
    raw = text.encode("cp1252")
    return raw.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _assemble_file(objects: Sequence[bytes]) -> bytes:
    raw, offsets = b"%PDF-1.4\n", list[int]()
    for number, chunk in enumerate(objects, start=1):
        offsets.append(len(raw))
        raw += b"%d 0 obj\n%s\nendobj\n" % (number, chunk)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"<</Size %d/Root 1 0 R/Info %d 0 R>>" % (len(objects) + 1, len(objects))
    return raw + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, trailer, len(raw),
    )  # fmt: skip
