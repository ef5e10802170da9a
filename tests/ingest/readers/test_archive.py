"""A zip file from anywhere is opened, or refused with a reason and a remedy."""

import io
import re
import struct
import zipfile

import pytest

from ingest.errors import UnreadableReport
from ingest.readers import archive
from ingest.readers.archive import Archive, wrap_damage_errors


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return made.getvalue()


def refusal(raw: bytes, name: str = "a") -> str:
    with pytest.raises(UnreadableReport) as caught:
        Archive(raw).xml(name)
    return str(caught.value)


def test_members_come_out_as_they_went_in() -> None:
    opened = Archive(zipped(a=b"<a>1</a>", b=b"two"))
    assert opened.names() == ["a", "b"]
    assert opened.read("b") == b"two"
    assert opened.xml("a").text == "1"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"%PDF-1.7", "is cut off or damaged (the zip directory is missing or wrong)"),
        (zipped(a=b"<a/>")[:-30], "is cut off or damaged (the zip directory is missing or wrong)"),
        (zipped(b=b"<a/>"), "is incomplete (a is missing inside)"),
        (zipped(a=b"<a><b></a>"), "is damaged (a is not well-formed XML)"),
        (zipped(a=b""), "is damaged (a is not well-formed XML)"),
    ],
    ids=["no archive", "cut off", "member missing", "not XML", "empty member"],
)
def test_what_cannot_be_read_says_why_and_what_to_do(raw: bytes, reason: str) -> None:
    said = refusal(raw)
    assert said.startswith(reason)
    assert re.search(r": (copy|open|save) ", said)


def test_a_member_with_a_password_is_refused() -> None:
    raw = bytearray(zipped(a=b"<a/>"))
    at = raw.index(b"PK\x01\x02") + 8
    raw[at] |= 1
    assert refusal(bytes(raw)) == "is locked with a password: save a copy without it"


def test_unpacking_stops_at_the_limit_whatever_the_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL", 1_000_000)
    content = b"<a>" + b" " * 1_000_000 + b"</a>"
    assert "unpacks to more than" in refusal(zipped(a=content))
    raw = bytearray(zipped(a=content))
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = struct.pack("<I", 100)  # a lie about the size
    assert refusal(bytes(raw)).startswith("is cut off or damaged (in a)")


def test_the_limit_is_for_all_members_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL", 1_000)
    opened = Archive(zipped(a=b"x" * 600, b=b"x" * 600))
    opened.read("a")
    with pytest.raises(UnreadableReport, match="unpacks to more than"):
        opened.read("b")


def test_a_large_member_that_packs_too_well_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_RATIO_COUNTS_FROM", 100_000)
    assert len(Archive(zipped(a=b" " * 99_000)).read("a")) == 99_000
    with pytest.raises(UnreadableReport, match="unpacks to more than"):
        Archive(zipped(a=b" " * 2_000_000)).read("a")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 2)
    with pytest.raises(UnreadableReport, match="holds more than 2 files"):
        Archive(zipped(a=b"", b=b"", c=b""))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "declares XML entities" in refusal(zipped(a=bomb.encode(encoding)))


def test_nothing_outside_the_file_is_fetched() -> None:
    doctype = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a>1</a>'
    assert Archive(zipped(a=doctype)).xml("a").text == "1"


def test_a_fault_of_a_library_becomes_a_refusal_and_a_mistake_of_ours_does_not() -> None:
    with pytest.raises(UnreadableReport, match=r"^is damaged \(bad\): "), wrap_damage_errors():
        raise ValueError("bad")
    with pytest.raises(TypeError), wrap_damage_errors():
        raise TypeError("a mistake of ours")
