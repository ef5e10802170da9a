"""The measure of recommendation records: when a row made by hand counts as found, and when a miss is ours."""

from pathlib import Path

import pytest

from evals.extraction.upr import GoldRow, RowMatch, match_rows, names_state, read_rows, truncate_number, wording
from ingest.report import Kind, Passage


def row(text: str, number: str = "87.1", state: str = "Cuba") -> GoldRow:
    return GoldRow("r", number, wording(text), state, text)


def record(text: str, number: str = "87.1", *by: str) -> Passage:
    return Passage(
        id=f"r#r{number}-{text}", report_id="r", kind=Kind.RECOMMENDATION, number=number, headings=(), lead_in="",
        text=text, start=0, end=len(text), page=1, line=1, language="en", by=by or ("Cuba",),
    )  # fmt: skip


def outcome(found: list[RowMatch]) -> list[str]:
    return [
        match.record.text if match.record else f"{'ours' if match.ours else 'theirs'}: {match.cause}" for match in found
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Buy a boat (Cuba);", "buyaboat"),
        ("Buy a\nboat (Iran (Islamic Republic of), Peru) (Chile).", "buyaboat"),
        ("Appliquer la Déclaration de 1990", "appliquerladéclarationde"),
        ("(Cuba)", ""),
    ],
)
def test_letters(text: str, wanted: str) -> None:
    assert wording(text) == wanted


@pytest.mark.parametrize(
    ("state", "by", "wanted"),
    [
        ("Cuba", ("Peru", "Cuba"), True),
        ("Cuba", ("Peru",), False),
        ("Cuba", (), False),
        ("Iran", ("Iran (Islamic Republic of)",), True),
        ("Bolivia (Plurinational State of)", ("Bolivia",), True),
        ("Vietnam", ("Viet Nam",), True),
        ("Turkiye", ("Türkiye",), True),
        ("Cote d'Ivoire", ("Côte\nd’Ivoire",), True),
    ],
)
def test_named(state: str, by: tuple[str, ...], wanted: bool) -> None:
    assert names_state(state, by) is wanted


@pytest.mark.parametrize(("number", "wanted"), [("87.2.1", "87.2"), ("87.2", "87.2"), ("7", "7"), ("", "")])
def test_printed_number(number: str, wanted: str) -> None:
    assert truncate_number(number) == wanted


def test_rows_as_extracted_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        'doc,recommending_state,text\na,Cuba,"87.23.1 Buy a boat, soon (Cuba);"\nb,Peru,Mend it (Peru)\n',
        encoding="utf-8",
    )
    first, second = read_rows(file)
    assert first == GoldRow("a", "87.23.1", "buyaboatsoon", "Cuba", "87.23.1 Buy a boat, soon (Cuba);")
    assert second == GoldRow("b", "", "mendit", "Peru", "Mend it (Peru)")


def test_a_row_is_found_by_its_letters() -> None:
    found = match_rows([row("Buy a boat (Cuba);")], [record("Buy a boat soon"), record("Buy a\nboat (Cuba, Peru)")], "")
    assert outcome(found) == ["Buy a\nboat (Cuba, Peru)"]


def test_a_row_with_a_slip_is_found_and_one_with_other_words_is_not() -> None:
    record_text = "Mend the pumps of all the wells in the valley before the dry season (Cuba)"
    slip, other = record_text.replace("pumps", "pomps"), record_text.replace("before the dry", "after the wet")
    found = match_rows([row(slip), row(other)], [record(record_text)], "")
    assert outcome(found) == [record_text, "theirs: does not stand in the report in these words"]


def test_of_two_records_with_the_same_words_the_number_and_then_the_state_decide() -> None:
    records = [record("Buy it", "87.1", "Peru"), record("Buy it", "87.2", "Cuba"), record("Buy it", "87.3", "Chile")]
    found = match_rows([row("Buy it", "87.3"), row("Buy it", "99", "Cuba")], records, "")
    assert [match_row.record.number for match_row in found if match_row.record] == ["87.3", "87.2"]


def test_the_same_number_twice_is_our_fault() -> None:
    found = match_rows([row("Buy it")], [record("Buy it"), record("Buy it")], "")
    assert outcome(found) == ["ours: stands as several records of one number"]


def test_a_miss_is_ours_when_the_report_has_the_whole_recommendation() -> None:
    printed = "1. Mend the wells (Peru);\n2. Buy a second boat (Cuba);\n3. Open a school and a library (Chile)."
    rows = [row("Buy a second boat"), row("a school and a library"), row("Sell the boat"), row("Open a school and")]
    assert outcome(match_rows(rows, [], printed)) == [
        "ours: stands in the report as it is",
        "theirs: is cut out of the middle of a sentence",
        "theirs: does not stand in the report in these words",
        "theirs: is cut out of the middle of a sentence",
    ]
