"""What is hidden, struck out or raised in Word and OpenDocument, and dates that nobody set."""

import io
from datetime import datetime

import docx
import pytest

from ingest.readers.extract import Extract
from ingest.readers.office.docx import read_docx
from ingest.readers.office.odt import read_odt
from tests.ingest.readers.test_docx import made
from tests.ingest.readers.test_odt import odt


def told(extract: Extract) -> tuple[str, list[str]]:
    return extract.text, [warning.kind for warning in extract.warnings]


@pytest.mark.parametrize(
    ("switch", "kinds"), [("strike", ["struck out"]), ("dstrike", ["struck out"]), ("vanish", ["hidden"])]
)
def test_words_that_are_struck_out_or_hidden_in_word_are_left_out_and_told(switch: str, kinds: list[str]) -> None:
    run = f'<w:p><w:r><w:t xml:space="preserve">Pay </w:t></w:r><w:r><w:rPr><w:{switch}/></w:rPr><w:t>no </w:t></w:r>'
    body = f"{run}<w:r><w:t>wages.</w:t></w:r></w:p>"
    assert told(read_docx(made(body))) == ("Pay wages.", kinds)
    style = f'<w:style w:type="character" w:styleId="x"><w:rPr><w:{switch}/></w:rPr></w:style>'
    assert told(read_docx(made(body.replace(f"<w:{switch}/>", '<w:rStyle w:val="x"/>'), styles=style))) == (
        "Pay wages.",
        kinds,
    )
    assert told(read_docx(made(body.replace(f"<w:{switch}/>", f'<w:{switch} w:val="0"/>')))) == ("Pay no wages.", [])


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ('style:text-line-through-style="solid"', ["struck out"]),
        ('style:text-line-through-type="double"', ["struck out"]),
        ('style:text-line-through-style="none"', None),
        ('text:display="none"', ["hidden"]),
    ],
)
def test_words_that_are_struck_out_or_hidden_in_opendocument_are_left_out_and_told(
    said: str, kinds: list[str] | None
) -> None:
    style = f'<style:style style:name="T1" style:family="text"><style:text-properties {said}/></style:style>'
    body = '<text:p>Pay <text:span text:style-name="T1">no </text:span>wages.</text:p>'
    wanted = ("Pay no wages.", []) if kinds is None else ("Pay wages.", kinds)
    assert told(read_odt(odt(body, style))) == wanted
    paragraph = style.replace('"text"', '"paragraph"', 1)
    body = '<text:p>Pay wages.</text:p><text:p text:style-name="T1">Pay nobody.</text:p>'
    wanted = ("Pay wages.\n\nPay nobody.", []) if kinds is None else ("Pay wages.", kinds)
    assert told(read_odt(odt(body, paragraph))) == wanted


def test_hidden_sections_and_deletions_of_opendocument_are_told() -> None:
    body = '<text:section text:display="none"><text:p>Secret.</text:p></text:section><text:p>Open.</text:p>'
    assert told(read_odt(odt(body))) == ("Open.", ["hidden"])
    deleted = "<text:tracked-changes><text:changed-region><text:deletion><text:p>Old.</text:p></text:deletion>"
    body = f"{deleted}</text:changed-region></text:tracked-changes><text:p>New.</text:p>"
    assert told(read_odt(odt(body))) == ("New.", ["struck out"])


def test_raised_digits_of_opendocument_never_fuse_with_a_figure() -> None:
    style = '<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="{} 58%"/>'
    body = "<text:p>By 2030<x>12</x> and CO<x>2</x><x>nd</x>.</text:p>"
    body = body.replace("<x>", '<text:span text:style-name="T1">').replace("</x>", "</text:span>")
    assert read_odt(odt(body, style.format("super") + "</style:style>")).text == "By 2030¹² and CO²nd."
    assert read_odt(odt(body, style.format("sub") + "</style:style>")).text == "By 203012 and CO2nd."


def test_a_date_of_word_is_believed_only_where_somebody_saved_the_document_after_it_was_made() -> None:
    written = docx.Document()
    written.add_paragraph("Report")

    def date() -> str:
        raw = io.BytesIO()
        written.save(raw)
        return read_docx(raw.getvalue()).metadata.date

    assert date() == ""  # that of the template of the program that wrote it
    written.core_properties.modified = datetime(2010, 11, 12)
    assert date() == "2010-11-12"
    written.core_properties.created = datetime(2010, 11, 12)
    assert date() == ""
