"""Old Word documents and rich text, converted by LibreOffice where it is installed."""

import shutil
import sys
from pathlib import Path

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.office import legacy
from ingest.readers.read import extract_content
from tests.fakes.waiting import wait_until

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}{\stylesheet{\s1\outlinelevel0\b heading 1;}}"
    rb"{\pard\s1\outlinelevel0\b Recomendaciones\par}"
    rb"{\pard 12.\tab Los Estados deber\'edan abrir cl\'ednicas.\par}"
    rb"{\pard 13.\tab Las ciudades {\strike no }deber\'edan cavar pozos.\par}}"
)
needs_libreoffice = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")


@needs_libreoffice
def test_rich_text_is_read_as_the_word_document_that_it_becomes() -> None:
    extract = extract_content(RTF, "informe.txt")
    read = [(block.role.value, block.marker, extract.text[block.start : block.end]) for block in extract.blocks]
    assert read == [
        ("heading", "", "Recomendaciones"),
        ("item", "12.", "Los Estados deberían abrir clínicas."),
        ("item", "13.", "Las ciudades deberían cavar pozos."),
    ]
    assert [warning.kind for warning in extract.warnings] == ["struck out"]


@needs_libreoffice
@pytest.mark.parametrize("raw", [rb"{\rtf1 broken", OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le")])
def test_what_cannot_be_converted_is_refused_with_a_remedy(raw: bytes) -> None:
    with pytest.raises(UnreadableReport, match=r"could not be converted: open it in the program that made it"):
        extract_content(raw)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (RTF, r"is rich text \(RTF\): save it as .docx, or install LibreOffice"),
        (OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), r"is an old Word document \(.doc\): save it as .docx"),
    ],
)
def test_without_libreoffice_a_sentence_says_what_to_do(raw: bytes, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UnreadableReport, match=said):
        extract_content(raw)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for processes")
def test_a_conversion_that_hangs_is_ended_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, mark = tmp_path / "soffice", tmp_path / "pid"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {mark}\nwait\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    monkeypatch.setattr(legacy, "_SECONDS", 1)
    with pytest.raises(UnreadableReport, match="could not be converted"):
        extract_content(RTF)
    wait_until(lambda: not is_running(int(mark.read_text())), "what it started to end")


def is_running(pid: int) -> bool:
    """Whether a process goes on; one that is dead and that nobody has asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
