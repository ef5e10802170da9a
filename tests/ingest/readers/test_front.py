import json
from pathlib import Path

import pytest

from ingest.lexicon.dates import find_dates
from ingest.readers.read import read_report
from ingest.report import Metadata
from ingest.split.splitter import split

PROSE = "The members met in the morning and heard what had been done since the last time they had come together there."

SPANISH = "Los pueblos de la cuenca se reunieron y oyeron lo que se había hecho desde la última vez que se vieron."


def known(folder: Path, name: str, text: str) -> Metadata:
    (folder / name).write_text(text, encoding="utf-8")
    return read_report(folder / name, "r").metadata


# Titles


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        (
            "m.txt",
            f"Water Board of the Valley\n\nStanding Group on Wells\n\n3 May 2021\n\nMinutes\n\n{PROSE}",
            "Water Board of the Valley – Standing Group on Wells – Minutes",
        ),
        ("a.md", f"# Plan de acción para los pozos*\n\n## Introducción\n\n{PROSE}", "Plan de acción para los pozos"),
        ("b.md", f"---\ntitle: Carta do vale\n---\n# Sumário\n\n{PROSE}", "Carta do vale"),
        ("c.md", f'+++\ntitle = "Le rapport du val"\ndate = 2020-02-01\n+++\n{PROSE}', "Le rapport du val"),
        (
            "d.html",
            f"<title>Home</title><h1>Rapport sur les puits</h1><h2>Suite</h2><p>{PROSE}</p><h2>Fin</h2><p>{PROSE}</p>",
            "Rapport sur les puits",
        ),
    ],
)
def test_a_title_is_what_the_report_itself_is_called(tmp_path: Path, name: str, text: str, title: str) -> None:
    metadata = known(tmp_path, name, text)
    assert (metadata.title, metadata.warnings) == (title, ())


@pytest.mark.parametrize(
    "text",
    [
        f"### Causas\n\n{PROSE}\n\n### Efectos\n\n{PROSE}\n\n### Temas\n\n{PROSE}",
        f"## 1. Introduction\n\n{PROSE}",
        f"{PROSE}\n\n{PROSE}",
        f"Recommendations:\n\n- One\n- Two\n\n{PROSE}",
        f"3 May 2021\n\n{PROSE}",
    ],
)
def test_no_section_head_or_sentence_or_date_is_a_title_and_the_files_name_is_told(tmp_path: Path, text: str) -> None:
    metadata = known(tmp_path, "notes_of_may.md", text)
    assert metadata.title == "notes_of_may"
    (warning,) = metadata.warnings
    assert (warning.kind, warning.page) == ("title", None)
    assert "file's name" in warning.message


def test_a_title_that_is_stated_beside_the_file_needs_no_warning(tmp_path: Path) -> None:
    (tmp_path / "n.toml").write_text('title = "Of the wells"\n', encoding="utf-8")
    metadata = known(tmp_path, "n.txt", PROSE)
    assert (metadata.title, metadata.warnings) == ("Of the wells", ())


def test_a_heading_that_is_no_title_stays_one(tmp_path: Path) -> None:
    (tmp_path / "r.md").write_text(f"### Causes\n\n{PROSE}\n\n### Effects\n\n{PROSE}", encoding="utf-8")
    assert [passage.headings for passage in split(read_report(tmp_path / "r.md", "r"))] == [("Causes",), ("Effects",)]


# Dates and places


@pytest.mark.parametrize(
    ("text", "language", "dates"),
    [
        ("DATED 30 NOVEMBER 2021", "en", ["2021-11-30"]),
        ("March 18, 2026", "en", ["2026-03-18"]),
        ("15 and 16 November 2022; 28 February – 2 March 2019", "en", ["2022-11-16", "2019-03-02"]),
        ("05/06/2021, 25/06/2021", "en", ["2021", "2021-06-25"]),
        ("21 y 22 de mayo del 2019; setiembre de 2020", "es", ["2019-05-22", "2020-09"]),
        ("Versão 3.0.0 de julho/18", "pt", ["2018-07"]),
        ("Paris, le 1er août 2019", "fr", ["2019-08-01"]),
        ("Київ, 12 грудня 2019 р.", "uk", ["2019-12-12"]),
        ("جنيف، 12 كانون الأول/ديسمبر 2012، ٣ يونيو ٢٠٢١", "ar", ["2012-12-12", "2021-06-03"]),
        ("2021年6月13日", "zh", ["2021-06-13"]),
        ("A/HRC/22/4, 1960-2014, 23 e 24 de abril, 99/99/2020, 141009", "pt", []),
    ],
)
def test_dates_are_read_in_their_languages_usual_forms(text: str, language: str, dates: list[str]) -> None:
    assert [date.iso for date in find_dates(text, language)] == dates


@pytest.mark.parametrize(
    ("name", "text", "date", "place"),
    [
        ("a.txt", f"Declaración de los pozos\n\nBogotá, septiembre de 2020.\n\n{SPANISH}", "2020-09", "Bogotá"),
        ("b.md", f"# Minutes\n\n{PROSE}\n\nOn 5 May 2001 {PROSE}\n\nBali, 16 May 2022", "2022-05-16", "Bali"),
        ("g.md", f"# Plan\n\nFirmado en Bogotá, 7 de febrero de 2023\n\n{SPANISH}", "2023-02-07", "Bogotá"),
        ("c.md", f"---\ndate: 2018-03-06\n---\n{PROSE} It was on 7 May 2001 that {PROSE.lower()}", "2018-03-06", ""),
        ("d.txt", f"Report on the wells, dated 3 May 2021\n\n{PROSE}", "2021-05-03", ""),
        ("f.txt", f"REVIEW OF THE BOARD ON\n\nWELLS, DATED 3 MAY 2021\n\n{PROSE}", "2021-05-03", ""),
        ("e.txt", f"{PROSE} {PROSE} {PROSE} On 7 May 2001 {PROSE.lower()}", "", ""),
    ],
)  # fmt: skip
def test_date_and_place_stand_alone_in_front_or_at_the_end(
    tmp_path: Path, name: str, text: str, date: str, place: str
) -> None:
    metadata = known(tmp_path, name, text)
    assert (metadata.date, metadata.place) == (date, place)


def test_symbol_and_session_are_read_as_printed(tmp_path: Path) -> None:
    metadata = known(tmp_path, "r.txt", f"A/WB/11/17*\n\nEleventh session\n\nReport of the group on wells\n\n{PROSE}")
    assert (metadata.symbol, metadata.session) == ("A/WB/11/17", "Eleventh session")
    noted = "Ana: change the dates of all the meetings to those of the new morning and evening sessions"
    assert not known(tmp_path, "n.txt", f"Minutes of the board\n\n{noted}\n\n{PROSE}").session


# Languages


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", "Рекомендації щодо оприлюднення наборів даних для всіх органів влади та їхніх установ у цій країні."),
        ("ru", "Рекомендации по опубликованию наборов данных для всех органов власти и их учреждений в этой стране."),
        ("ca", "Els governs han de garantir que totes les persones tinguin accés a l'aigua i a la salut."),
    ],
)
def test_the_language_is_what_is_written_in_whatever_the_file_states(tmp_path: Path, language: str, text: str) -> None:
    text = f"<html lang='en'><p>{text}</p><ul><li>{text}</li></ul></html>"
    (tmp_path / "r.html").write_text(text, encoding="utf-8")
    report = read_report(tmp_path / "r.html", "r")
    assert report.metadata.language == language
    assert {passage.language for passage in split(report)} == {language}


def test_metadata_of_an_index_made_before_has_no_warnings() -> None:
    from ingest.serialization import metadata_from_dict

    assert metadata_from_dict(json.loads('{"title": "T", "year": 2010}')) == Metadata("T", year=2010)


# What was not read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# Report on the wells\n\n- We ~~never~~ dig.\n"),
        ("b.html", "<h1>Report on the wells</h1><ul><li>We <s>never</s> dig.</ul>"),
        ("c.html", "<h1>Report on the wells</h1><p>We <i style='text-decoration: line-through'>never</i> dig.</p>"),
    ],
)
def test_what_is_struck_out_is_left_out_and_told(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    report = read_report(tmp_path / name, "r")
    assert "never" not in report.text
    assert "We dig." in " ".join(report.text.split())
    assert [warning.kind for warning in report.metadata.warnings] == ["struck out"]


def test_what_word_strikes_out_is_left_out_and_told_and_raised_digits_stay_apart(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.styles.add_style("Gone", 2).font.strike = True
    document.add_heading("Report on the wells", 1)
    paragraph = document.add_paragraph("Dig 2500")
    paragraph.add_run("3").font.superscript = True
    paragraph.add_run(" wells")
    paragraph.add_run(" never").font.strike = True
    paragraph.add_run(" ever", style="Gone")
    paragraph.add_run(" here.")
    document.save(str(tmp_path / "r.docx"))
    report = read_report(tmp_path / "r.docx", "r")
    assert report.text == "Report on the wells\n\nDig 2500³ wells here."
    assert [(warning.kind, warning.page) for warning in report.metadata.warnings] == [("struck out", None)]
