"""From a file to a Report: the reader its content asks for, the metadata beside it, and refusals that say why."""

import hashlib
import os
from dataclasses import fields
from pathlib import Path

import pytest

from ingest.errors import UnreadableReport
from ingest.readers import sidecar
from ingest.readers.files import hash_file, read_bytes
from ingest.readers.read import extract_content, read_report
from ingest.report import BlockRole, Metadata
from ingest.sources import find_sources

PAGE = "<html lang=es><head><title>Informe</title><body><h1>Acuerdos</h1><ol><li>Uno<li>Dos</ol>"


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableReport) as error:
        read_report(path, "r")
    return str(error.value)


def test_a_file_becomes_a_report(tmp_path: Path) -> None:
    file = tmp_path / "informe.txt"  # whatever it is called
    file.write_text(PAGE, encoding="utf-8")
    report = read_report(file, "r")
    assert (report.id, report.text, report.pages) == ("r", "Acuerdos\n\n1. Uno\n\n2. Dos", ())
    assert [(block.role, report.text[block.start : block.end]) for block in report.blocks] == [
        (BlockRole.HEADING, "Acuerdos"),
        (BlockRole.ITEM, "Uno"),
        (BlockRole.ITEM, "Dos"),
    ]
    assert report.metadata == Metadata(title="Informe", language="es")
    assert report.file_hash == hash_file(file) == hashlib.sha256(PAGE.encode()).hexdigest()


def test_the_file_beside_it_overrides_what_it_states(tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "r.toml").write_text('title = "Otro  título"\nyear = 2010\ndate = 2010-11-11', encoding="utf-8")
    assert read_report(tmp_path / "r.html", "r").metadata == Metadata(
        title="Otro título", language="es", year=2010, date="2010-11-11"
    )


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (b"title = Informe\n", "line 1: found title = Informe, wanted a key not stated before, = and a value: type"),
        (b'year = 2010\n\nyear = 2011', "line 3: found year = 2011, wanted a key not stated before"),
        (b'# x\ntitle = "Informe', 'line 2: found title = "Informe, wanted'),
        ("place = 'Perú'\ntitle = 'año'".encode("cp1252"), "line 1 is not text in UTF-8: save the file as UTF-8"),
        (b'titel = "x"', "found the key 'titel', wanted one of title, forum, year, place, rapporteur, date, language"),
        (b'titel = "x"', 'type title = "Informe de la mesa redonda 1"'),
        (b'year = "2010"', 'found year = "2010", wanted a year in digits: type year = 2010'),
        (b'year = true', "found year = true, wanted a year in digits: type year = 2010"),
        (b"title = 2010", 'found title = 2010, wanted a text in quotes: type title = "2010"'),
        (b'place = ["Lima"]', "found place = ['Lima'], wanted a text in quotes: type place = \"Puerto Vallarta\""),
        (b"a = " + b"[" * 9999, "line 1: found a = [[["),
    ],
)  # fmt: skip
def test_a_fault_in_the_file_beside_it_is_said_with_its_place_and_what_to_type(
    tmp_path: Path, stated: bytes, said: str
) -> None:
    (tmp_path / "r.txt").write_text("Informe", encoding="utf-8")
    (tmp_path / "r.toml").write_bytes(stated)
    found = refusal(tmp_path / "r.txt")
    assert found.startswith("has metadata beside it that cannot be used, r.toml: ")
    assert said in found


def test_every_field_of_the_metadata_can_be_stated_as_the_examples_do(tmp_path: Path) -> None:
    assert [*sidecar._EXAMPLES, "page_labels", "warnings"] == [field.name for field in fields(Metadata)]
    (tmp_path / "r.txt").write_text("Informe", encoding="utf-8")
    (tmp_path / "r.toml").write_text("\ufeff" + "\n".join(sidecar._EXAMPLES.values()), encoding="utf-8")
    assert read_report(tmp_path / "r.txt", "r").metadata == Metadata(
        "Informe de la mesa redonda 1", "Foro Mundial", 2010, "Puerto Vallarta", "Ana Díaz", "2010-11-10", "es",
        "A/HRC/11/17", "Eleventh session",
    )  # fmt: skip


def test_pages_of_plain_text(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_bytes("año\fdos".encode("cp1252"))
    report = read_report(tmp_path / "r.txt", "r")
    assert (report.text, report.page_at(3), report.page_at(4)) == ("año\fdos", 1, 2)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"--- ... ---", "has no words in it"),
        (b"<html><body><img src=x>", "has no words in it"),
        (b"%PDF-1.4\nbut no more", "PDF|damaged"),
        (b"\x89PNG\r\n\x1a\n", "is an image"),
    ],
)
def test_refusals(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "r").write_bytes(raw)
    with pytest.raises(UnreadableReport, match=said):
        read_report(tmp_path / "r", "r")


def test_what_a_library_throws_is_said_as_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(_: bytes) -> None:
        raise RecursionError("too  deep\nfor me")

    monkeypatch.setattr("ingest.readers.web.html.read_html", fall)
    with pytest.raises(UnreadableReport, match=r"^cannot be read as HTML \(too deep for me\): open it"):
        extract_content(b"<html>")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "r.pdf").open("wb") as file:
        file.truncate(2 * 2**30)
    assert refusal(tmp_path / "r.pdf") == "is 2,048 MB, more than 256 MB: split it up"


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    for name in ("pipe.txt", "gone.txt", "loop.txt", "missing.txt", ""):
        assert refusal(tmp_path / name).startswith("is not a regular file")
    with pytest.raises(UnreadableReport, match="not a regular file"):
        read_bytes(Path("/dev/zero"))


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("Informe", encoding="utf-8")
    (tmp_path / "r.txt").chmod(0)
    assert refusal(tmp_path / "r.txt").startswith("cannot be read (Permission denied)")


def test_names(tmp_path: Path) -> None:
    odd = tmp_path / "informe\n\tfinal ñ.txt"
    odd.write_text("Informe", encoding="utf-8")
    assert read_report(odd, "r").text == "Informe"
    broken = os.fsdecode(os.fsencode(tmp_path) + b"/informe-\xf3.txt")
    Path(broken).write_text("Informe", encoding="utf-8")
    assert refusal(Path(broken)) == "has a name that is not UTF-8: rename it"


def test_folders_give_what_can_be_read_and_what_a_person_would_expect_to_be(tmp_path: Path) -> None:
    listed = ["a.PDF", "b.docx", "c.odt", "d.htm", "e.xhtml", "f.epub", "g.markdown", "h\nh.md", "i.doc", "j.xlsx"]
    passed_over = ["a.png", "a.toml", "b.zip", ".hidden.txt", "~$b.docx", ".~lock.c.odt#", "x.py", "._a.pdf"]
    (tmp_path / ".trash").mkdir()
    for name in [*listed, *passed_over, ".trash/old.txt"]:
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "loop").symlink_to(tmp_path)
    (tmp_path / "inner" / "z.txt").write_text("x", encoding="utf-8")
    assert [str(file.relative_to(tmp_path.resolve())) for file in find_sources([tmp_path]).files] == [
        *listed,
        "inner/z.txt",
    ]
    assert find_sources([tmp_path / ".hidden.txt"]).files == (tmp_path.resolve() / ".hidden.txt",)
