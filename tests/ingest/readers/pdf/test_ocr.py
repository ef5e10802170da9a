"""Pages that are pictures: what recognition gives is laid out, marked, and told."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.render.wording import page_and_line
from ingest.errors import RelatoriaError, UnreadableReport
from ingest.readers.pdf import ocr, pdf
from ingest.readers.read import read_report
from ingest.split.splitter import split
from ingest.worker import ReadJob, ReadLimits, read_files
from retrieval.answer.templates import load_templates

LINES = ("RECOMMENDATIONS", "1. States should open clinics in", "rural districts.", "2. Cities should dig wells.")
needs_rapidocr = pytest.mark.skipif(not find_spec("rapidocr"), reason="the extra ocr is not installed")


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of one page, which is a picture."""
    picture = Image.new("L", (1000, 700), 255)
    for top, line in zip((100, 200, 240, 300), LINES, strict=True):
        ImageDraw.Draw(picture).text((100, top), line, fill=0, font=ImageFont.load_default(32))
    path = tmp_path_factory.mktemp("scan") / "scan.pdf"
    picture.save(path, "PDF", resolution=150)
    return path


@needs_rapidocr
def test_a_scan_is_read_where_it_is_asked_for_and_its_records_are_marked(scan: Path) -> None:
    with pytest.raises(UnreadableReport, match="has no text layer: run OCR first"):
        read_report(scan, "r")
    parsed = next(read_files([ReadJob(scan, "r")], ReadLimits(memory=4 * 2**30, ocr=True), 1))
    report = parsed.report
    assert report is not None, parsed.error
    records = [(passage.number, " ".join(passage.text.split())) for passage in parsed.passages if passage.number]
    assert records == [("1", "States should open clinics in rural districts."), ("2", "Cities should dig wells.")]
    warning = report.metadata.warnings[0]
    assert (warning.kind, warning.page) == ("read by OCR", 1)
    assert "mean confidence of" in warning.message
    assert warning.confidence is not None
    assert 0.8 < warning.confidence <= 1
    place = page_and_line(parsed.passages[-1], report, load_templates("en"))
    assert place.startswith(f"page 1, read by OCR ({warning.confidence:.0%}), line ")


@needs_rapidocr
def test_a_page_that_lies_on_its_side_is_turned(scan: Path) -> None:
    page = pypdfium2.PdfDocument(scan)[0]
    page.set_rotation(90)
    assert [run.text for run in ocr.recognize_page(page).runs] == list(LINES)


def test_what_is_recognized_stands_in_reading_order(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def recognized(page: pypdfium2.PdfPage) -> ocr.RecognizedPage:
        lines = [("Cities should", 300.0, 10.0), ("States should", 10.0, 10.0), ("dig wells.", 300.0, 24.0)]
        return ocr._assemble([(text, left, left + 90, top, 12, 0.9) for text, left, top in lines], 300)

    monkeypatch.setattr(pdf, "recognize_page", recognized)
    report = read_report(scan, "r", ocr=True)
    assert "mean confidence of 90%" in report.metadata.warnings[0].message
    assert report.ocr_confidence(1) == pytest.approx(0.9)
    assert report.ocr_confidence(2) is None
    assert report.text.index("States") < report.text.index("Cities") < report.text.index("wells")
    assert split(report)


def test_without_a_recognizer_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(RelatoriaError, match=r"pip install 'relatoria\[ocr\]', or install tesseract"):
        ocr.require_ocr()


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_words_of_tesseract_are_lines_again(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    found = ocr.recognize_page(pypdfium2.PdfDocument(scan)[0])
    assert [run.text for run in found.runs] == list(LINES)
    assert found.confidence > 0.8
    assert found.height == pytest.approx(700 * 72 / 150, abs=1)


def test_tesseracts_table_is_read_with_its_quotes_and_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    table = "level\tblock_num\tpar_num\tline_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    table += "4\t1\t1\t1\t0\t0\t900\t60\t-1\t\n"
    for left, width, conf, text in (
        (0, 90, 90, '"No'),
        (95, 90, 80, '"way'),
        (500, 90, 95, "Law"),
        (570, 90, 95, "or"),
    ):
        table += f"5\t1\t1\t1\t{left}\t10\t{width}\t20\t{conf}\t{text}\n"
    monkeypatch.setattr(ocr, "_run", lambda command, given=b"": table if given else "List:\neng\nosd\n")
    found = ocr._assemble(ocr._ask_tesseract(Image.new("L", (10, 10))), 10)
    assert [(run.text, run.height) for run in found.runs] == [
        ('"No "way', 20 * ocr._POINT),
        ("Law or", 20 * ocr._POINT),
    ]
    assert found.confidence == pytest.approx((2 * 0.9 + 3 * 0.8 + 5 * 0.95) / 10)


@pytest.mark.parametrize(
    ("script", "packs"),
    [("Arabic", ["ara"]), ("Cyrillic", ["rus"]), ("Latin", ["eng", "fra"]), ("Greek", ["ara", "eng", "fra", "rus"])],
)
def test_tesseract_reads_with_the_packs_of_the_script(
    script: str, packs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "_run", lambda command: "List:\nara\neng\nfra\nosd\nrus\nscript/Latin\n")
    assert ocr._choose_packs(script) == packs
    assert ocr._choose_packs("") == ["ara", "eng", "fra", "rus"]
