"""The first report becomes exactly its records, and each of them is a slice of it."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.files import slugify
from ingest.readers.read import read_report
from ingest.report import Kind, Metadata, Passage, Report, normalize_for_display
from ingest.split.splitter import split
from tests.ingest.split.plain_reports import find_blocks


@pytest.fixture(scope="module")
def passages(report: Report) -> list[Passage]:
    return split(report)


def local(passage: Passage) -> str:
    return passage.id.partition("#")[2]


def test_the_report_becomes_exactly_its_records(passages: list[Passage]) -> None:
    assert [local(passage) for passage in passages] == [
        "title",
        "rapporteur",
        *(f"1.1-r{n:02d}" for n in range(1, 6)),
        *(f"1.1-r05.{n}" for n in range(1, 6)),
        *(f"1.1-r{n:02d}" for n in range(6, 11)),
        "1.2-p01",
        "1.2-p02",
        *(f"1.2-r{n:02d}" for n in range(1, 17)),
        "1.2-c01",
        "date",
    ]
    assert Counter(passage.kind for passage in passages) == {
        Kind.RECOMMENDATION: 26,
        Kind.PART: 5,
        Kind.PARAGRAPH: 2,
        Kind.CONCLUSION: 1,
        Kind.FACT: 3,
    }


def test_every_bullet_of_the_file_starts_one_recommendation(report: Report, passages: list[Passage]) -> None:
    bullets = [found.end() for found in re.finditer("• ", report.text)]
    assert [passage.start for passage in passages if passage.kind is Kind.RECOMMENDATION] == bullets


def test_sections(passages: list[Passage]) -> None:
    under = Counter(passage.headings[-1] for passage in passages if passage.kind is Kind.RECOMMENDATION)
    assert under == {
        "Principales recomendaciones y acciones de seguimiento": 10,
        "Sobre las causas originarias de la migración irregular:": 5,
        "Sobre los efectos de la migración irregular:": 11,
    }
    conclusion = next(passage for passage in passages if passage.kind is Kind.CONCLUSION)
    assert conclusion.headings == (
        "Mesa Redonda 1.2 Estrategias conjuntas para atender la migración irregular",
        "Sesión 1.2. Principales recomendaciones y acciones de seguimiento",
    )


def test_texts_are_slices_and_nothing_is_left_out(report: Report, passages: list[Passage]) -> None:
    assert all(report.text[passage.start : passage.end] == passage.text == passage.text.strip() for passage in passages)
    covered = bytearray(len(report.text))
    for passage in passages:
        covered[passage.start : passage.end] = b"x" * (passage.end - passage.start)
    left = "".join(c if not covered[i] else "\n" for i, c in enumerate(report.text))
    assert {normalize_for_display(line) for line in left.splitlines() if line.strip() not in ("", "•")} == {
        heading for passage in passages for heading in passage.headings
    }


def test_lines_are_those_of_the_file(report_file: Path, passages: list[Passage]) -> None:
    lines = report_file.read_text(encoding="utf-8").split("\n")
    assert all(passage.text.splitlines()[0].strip() in lines[passage.line - 1] for passage in passages)
    assert {passage.page for passage in passages} == {1}


def test_the_traps(passages: list[Passage]) -> None:
    by_id = {local(passage): normalize_for_display(passage.text) for passage in passages}
    assert by_id["1.1-r08"].startswith("La regularización de los migrantes no se debe")
    assert by_id["1.2-r05"].startswith("Al respecto, los gobiernos podrían considerar")
    assert by_id["1.1-r07"].endswith("sobre los retos de la migración.")
    assert "gobiernosdeben" in by_id["1.2-r02"]
    assert "destinose" in by_id["1.1-r07"]
    assert by_id["1.2-r08"].endswith("irregulares: cuanto más criminalizados, mayor es su vulnerabilidad.")
    assert by_id["rapporteur"] == "Informe Del Relator General (Manuel Imson, Filipinas)"
    assert by_id["date"] == "11 de noviembre de 2010"
    assert by_id["title"] == "Mesa redonda 1: Alianzas para la migración y el desarrollo"


def test_parts_know_their_recommendation_and_its_lead_in(passages: list[Passage]) -> None:
    whole = next(passage for passage in passages if local(passage) == "1.1-r05")
    parts = [passage for passage in passages if passage.kind is Kind.PART]
    assert [part.number for part in parts] == ["1", "2", "3", "4", "5"]
    assert {part.parent_id for part in parts} == {whole.id}
    assert {part.lead_in for part in parts} == {
        "Algunos características para construir alianzas exitosas identificados por esta Mesa Redonda fueron:"
    }
    assert all(whole.start < part.start < part.end <= whole.end for part in parts)
    assert normalize_for_display(parts[2].text).endswith("confianza entre todas las partes")


def test_metadata(report: Report) -> None:
    assert report.metadata == Metadata(
        title="Mesa redonda 1: Alianzas para la migración y el desarrollo",
        forum="Foro Mundial sobre Migración y Desarrollo",
        year=2010,
        place="Puerto Vallarta, México",
        rapporteur="Manuel Imson (Filipinas)",
        date="2010-11-11",
        language="es",
    )


def test_the_same_records_every_time(report: Report, report_file: Path, passages: list[Passage]) -> None:
    assert split(read_report(report_file, report.id)) == passages


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_change_nothing_but_offsets(report: Report, newline: str) -> None:
    text = report.text.replace("\n", newline)
    other = replace(report, text=text, blocks=find_blocks(text))
    ours = [(local(passage), normalize_for_display(passage.text), passage.line) for passage in split(other)]
    assert ours == [(local(passage), normalize_for_display(passage.text), passage.line) for passage in split(report)]


def test_pages_and_restarting_numbers(tmp_path: Path) -> None:
    text = "Informe\n\nRecommendations\n\n1. One thing.\n2. Another\f thing.\n\nRecommendations again\n\n\f1. A third."
    (tmp_path / "r.txt").write_text(text, encoding="utf-8")
    found = split(read_report(tmp_path / "r.txt", "r"))
    listed = [(passage.id, passage.number, passage.page) for passage in found if passage.kind is Kind.RECOMMENDATION]
    assert listed == [("r#r01", "1", 1), ("r#r02", "2", 1), ("r#r01-2", "1", 3)]


def test_a_list_that_nothing_calls_recommendations_is_none() -> None:
    text = "Informe\n\nAsistentes\n\n• España\n• Filipinas\n"
    found = split(Report("r", text, Metadata(language="es"), "", find_blocks(text)))
    assert [passage.kind for passage in found if passage.text in ("España", "Filipinas")] == [
        Kind.PARAGRAPH,
        Kind.PARAGRAPH,
    ]


def test_for_reading_a_hyphen_at_a_line_end_stays_with_no_space_behind_it() -> None:
    assert (
        normalize_for_display(" coope-\r\n  ración  2010-\n2015 intra-regional\u00a0 x ")
        == "coope-ración 2010- 2015 intra-regional x"
    )


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.txt", b" \n\t ", "is empty"),
        ("signs.txt", b"--- ... ---", "has no words"),
        ("binary.txt", b"%PDF\x00\x01\x02", "is not text in any encoding we know"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_the_reason(tmp_path: Path, name: str, raw: bytes, said: str) -> None:
    file = tmp_path / name
    file.write_bytes(raw)
    with pytest.raises(UnreadableReport) as error:
        read_report(file, "r")
    assert said in str(error.value)


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(UnreadableReport, match="not a regular file"):
            read_report(path, "r")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_texts_in_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "r.txt"
    file.write_bytes("Informe sobre migración".encode(encoding))
    assert read_report(file, "r").text == "Informe sobre migración"


@pytest.mark.parametrize("toml", ["title = ", "subject = 'x'", "year = 'MMX'", "title = 3"])
def test_bad_metadata_is_said(tmp_path: Path, toml: str) -> None:
    (tmp_path / "r.txt").write_text("Informe", encoding="utf-8")
    (tmp_path / "r.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(UnreadableReport, match=r"r\.toml"):
        read_report(tmp_path / "r.txt", "r")


@pytest.mark.parametrize(("stem", "wanted"), [("Año 2010", "ano-2010"), ("***", "report"), ("A__b--C", "a-b-c")])
def test_ids_from_file_names(stem: str, wanted: str) -> None:
    assert slugify(stem) == wanted
