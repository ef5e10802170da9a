"""A file's format is told by its content; what cannot be read is refused by its own name."""

import io
import zipfile

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.file_type import FileFormat, detect_format

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE = "application/vnd.openxmlformats-officedocument"


def zipped(**members: str) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        for name, content in members.items():
            place = {"types": "[Content_Types].xml", "manifest": "META-INF/manifest.xml"}.get(name, name)
            target.writestr(place, content)
    return raw.getvalue()


def office(kind: str) -> bytes:
    return zipped(types=f'<Types><Override ContentType="{OFFICE}.{kind}.main+xml"/></Types>')


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", FileFormat.PDF),
        (b"\r\n junk before it %PDF-1.4", FileFormat.PDF),
        (office("wordprocessingml.document"), FileFormat.DOCX),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), FileFormat.ODT),
        (zipped(mimetype="application/vnd.oasis.opendocument.text-web"), FileFormat.ODT),
        (zipped(manifest='"application/vnd.oasis.opendocument.text"', **{"content.xml": "x"}), FileFormat.ODT),
        (OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), FileFormat.DOC),
        (rb"{\rtf1\ansi Informe}", FileFormat.RTF),
        (zipped(mimetype="application/epub+zip\n"), FileFormat.EPUB),
        (b"<!DOCTYPE html><p>x", FileFormat.HTML),
        (b"\n<!-- x --><HTML lang=es>", FileFormat.HTML),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="z">', FileFormat.HTML),
        (b"\xef\xbb\xbf<html>", FileFormat.HTML),
        ("<html><body>x".encode("utf-16"), FileFormat.HTML),
        ("<html><body>x".encode("utf-16-be"), FileFormat.HTML),
        (b"<title>Informe</title><p>x", FileFormat.HTML),
        (b"<html><body>Informe\0 de \0 la sesi\xc3\xb3n", FileFormat.HTML),
        (b"Informe", FileFormat.TEXT),
        ("Informe número 1".encode("utf-16"), FileFormat.TEXT),
        ("Migración".encode("cp1252"), FileFormat.TEXT),
        (b"The page begins with <html> and ends", FileFormat.TEXT),
        (b"PK is short for Phil Katz; MZ for Mark Zbikowski; BM for bitmap", FileFormat.TEXT),
        (b"MZ and II and MM and FORM", FileFormat.TEXT),
        (b"---\ntitle: x\n---\n# y", FileFormat.MARKDOWN),
        (b"---\n\nx\n\n---\n", FileFormat.TEXT),
    ],
)
def test_formats_whatever_the_name(raw: bytes, wanted: FileFormat) -> None:
    assert {detect_format(raw, name) for name in ("", "x.txt", "x.pdf", "x.html")} == {wanted}


def test_a_name_only_tells_markdown_from_text() -> None:
    assert detect_format(b"# Informe", "a.txt") is FileFormat.TEXT
    assert detect_format(b"# Informe", "A.MD") is detect_format(b"# Informe", "a.markdown") is FileFormat.MARKDOWN
    assert detect_format(b"<p align=center>Informe</p>\n\n# Uno", "a.md") is FileFormat.MARKDOWN
    assert detect_format(b"<html><p>Informe", "a.md") is FileFormat.HTML


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "Excel workbook (.xls)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "with a password"),
        (OLE, "old Office document"),
        (office("spreadsheetml.sheet"), "workbook (Excel)"),
        (office("presentationml.presentation"), "presentation (PowerPoint)"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "spreadsheet (OpenDocument)"),
        (zipped(mimetype="application/vnd.oasis.opendocument.presentation"), "presentation (OpenDocument)"),
        (zipped(**{"Index/Document.iwa": "x"}), "Apple document"),
        (zipped(**{"informe.txt": "x"}), "is an archive (zip): unpack it and give the files"),
        (b"\x1f\x8b\x08\0", "archive (gzip)"),
        (b"7z\xbc\xaf\x27\x1c\0", "archive (7z)"),
        (b"Rar!\x1a\x07\x01\0", "archive (rar)"),
        (b"informe.txt".ljust(257, b"\0") + b"ustar\x0000", "archive (tar)"),
        (b"\x89PNG\r\n\x1a\n", "image (PNG)"),
        (b"\xff\xd8\xff\xe0", "image (JPEG)"),
        (b"II*\0\x08", "image (TIFF)"),
        (b"GIF89a", "image (GIF)"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image (WebP)"),
        (b"ID3\x03\0", "sound"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "sound"),
        (b"\0\0\0\x18ftypmp42", "video"),
        (b"\x7fELF\x02", "a program"),
        (b"MZ\x90\0\x03", "a program"),
        (b"<?xml version='1.0'?>\n<TEI xmlns='x'>", "is XML (TEI)"),
        (b"<svg xmlns='x'>", "image (SVG)"),
        (b"From: <x>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype=x\n", "MHTML"),
        (b"PK\x03\x04 and then nothing", "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(raw: bytes, said: str) -> None:
    with pytest.raises(UnreadableReport) as error:
        detect_format(raw, "informe.txt")
    assert said in str(error.value)
