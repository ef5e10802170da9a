"""Records against marked items: what counts as found and as filed, and the figures as they are printed."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from evals.benchmarks.passages import build_report
from evals.extraction.__main__ import main
from evals.extraction.tally import Tally
from evals.extraction.wild import GoldItem, compare_items, letters_and_digits, match_items
from ingest.report import Kind, Passage


def item(text: str, heading: str = "", *, recommends: bool = True, number: str = "") -> GoldItem:
    letters = letters_and_digits(text)
    return GoldItem(number, letters[:20], letters[-20:], letters_and_digits(heading), recommends, text)


def passages(*texts: str, kind: Kind = Kind.PARAGRAPH, heading: str = "") -> list[Passage]:
    headings = (heading,) if heading else ()
    return [replace(passage, kind=kind, headings=headings) for passage in build_report("x", texts, "en")[2]]


def test_an_item_is_found_whatever_its_spaces_and_hyphens_and_each_record_once() -> None:
    records = passages("The entity briefs the Com-\nmittee;", "Mend the wells, and the pumps.", "Mend the wells")
    found = match_items([item("the entity briefs the Committee"), *[item("Mend the wells")] * 2], records)
    assert found == [records[0], records[2], None]


def test_a_record_under_the_heading_comes_first() -> None:
    under = replace(passages("Mend it", heading="2. Water")[0], id="x#p09")
    assert match_items([item("Mend it", "Water")], [*passages("Mend it"), under]) == [under]


def test_a_whole_is_found_by_its_text_before_its_parts() -> None:
    (whole,) = passages("Do this: a boat, a school")
    part = replace(whole, id=f"{whole.id}.1", kind=Kind.PART, text="a boat", start=whole.start + 9)
    assert match_items([item("Do this:"), item("a boat")], [whole, part]) == [whole, part]


def test_what_is_filed_is_compared_with_what_recommends() -> None:
    tally = Tally("wild")
    records = passages("Mend the wells", "Sell the boat", "It rained", kind=Kind.RECOMMENDATION, heading="Do")
    records[2] = replace(records[2], headings=("Weather",))
    gold = [item("Mend the wells", "Do"), item("It rained", "Weather", recommends=False), item("Buy one", "Do")]
    compare_items(tally, "x", gold, records)
    outcome = {measure: counts["x"] for measure, counts in tally.counts.items()}
    assert outcome["exactly one record"] == [True, True, False]
    assert outcome["filed, recall"] == [True, False]
    assert outcome["filed, precision"] == [True, False, False]
    assert outcome["filed, precision (fair)"] == [True, False]  # the gold may lack the second of that list
    assert outcome["heading in path"] == [True, True]


def test_figures_are_printed_by_report_and_in_all() -> None:
    tally = Tally("name")
    for report, right in (("a", True), ("a", False), ("b", True)):
        tally.add("found", report, right, "that one")
    screen = StringIO()
    tally.show(Console(file=screen, width=100), misses=True, targets={"found": "≥ 90 %"})
    shown = screen.getvalue()
    assert "a: found: that one" in shown
    assert "1/2" in shown
    assert "2 /     3   66.67%" in shown
    assert shown.rstrip().endswith("≥ 90 %")


def test_without_the_data_the_command_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("RELATORIA_DATA", str(tmp_path))
    assert main(["wild", "declaration"]) == 1
    assert "reports_wild" in capsys.readouterr().err


def test_without_a_recognizer_the_command_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ingest.readers.pdf.ocr.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert main(["ocr"]) == 2
    assert "pip install 'relatoria[ocr]'" in capsys.readouterr().err
