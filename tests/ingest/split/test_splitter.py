"""Reports of every shape become passages: how long ones are cut, under which heading, number and id."""

import re
from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers.extract import Extract, ExtractBuilder
from ingest.readers.read import read_report
from ingest.report import BlockRole, Kind, Metadata, Passage, Report, normalize_for_display
from ingest.sources import BUNDLED_CORPUS
from ingest.split.splitter import split
from tests.ingest.split.plain_reports import NOTE, PART, P, R, find_blocks, passages, report

# Long paragraphs, tables, notes


def test_long_paragraphs_are_cut_between_sentences() -> None:
    rows = [
        f"On day {day} the council looked at well number {day}, and it wrote down what it saw there."
        for day in range(60)
    ]
    text = "\n".join(rows)
    found = passages(f"Diary\n\n{text}")
    assert len(found) >= len(text) / 1200
    assert all(len(passage.text) <= 1200 and passage.text.endswith("saw there.") for passage in found)
    assert all(passage.text.startswith("On day") for passage in found)
    assert "\n".join(passage.text for passage in found) == text
    assert all(len(previous.text) + len(after.text) > 1200 for previous, after in pairwise(found))
    assert [passage.id for passage in found[:3]] == ["r#p01", "r#p01-2", "r#p01-3"]


def test_a_sentence_longer_than_that_stays_whole() -> None:
    endless = "and the river " * 100 + "ran."
    found = passages(f"Diary\n\nIt rained. {endless} It stopped.")
    assert [normalize_for_display(passage.text) for passage in found] == [
        "It rained.",
        normalize_for_display(endless),
        "It stopped.",
    ]


def test_a_long_item_is_never_cut() -> None:
    text = "Mend the wells of the valley. " * 60
    for heading in ("Recommendations", "What the council saw"):
        (found,) = passages(f"{heading}\n\n1. {text}")
        assert found.text == text.strip()


def test_rows_have_the_head_of_their_table_as_lead_in() -> None:
    builder = ExtractBuilder()
    builder.heading("The valley", 1)
    for row in (["District", "Wells"], ["North", "12"], ["South", "7"]):
        builder.row(row)
    builder.text("The council counted them in May.")
    builder.row(["Road", "Length"])
    builder.row(["A1", "30 km"])
    _, *found = split(report(builder.extract()))
    assert [(passage.text, passage.lead_in) for passage in found] == [
        ("District\tWells", ""),
        ("North\t12", "District Wells"),
        ("South\t7", "District Wells"),
        ("The council counted them in May.", ""),
        ("Road\tLength", ""),
        ("A1\t30 km", "Road Length"),
    ]
    assert {passage.kind for passage in found} == {P}


def noted(note: str) -> list[Passage]:
    builder = ExtractBuilder()
    builder.heading("The valley", 1)
    builder.heading("Recommendations", 2)
    builder.note(note, "1")
    builder.item("Mend the wells of the north.", "7.", 0)
    builder.item("Buy a boat.", "8.", 0)
    return split(report(builder.extract()))[1:]


def test_a_note_is_a_passage_behind_its_block() -> None:
    found = noted("They are listed in the annex.")
    assert [(passage.id, passage.kind, passage.text) for passage in found] == [
        ("r#r07", R, "Mend the wells of the north."),
        ("r#n01", NOTE, "They are listed in the annex."),
        ("r#r08", R, "Buy a boat."),
    ]
    assert found[1].strength is None


def test_a_note_that_quotes_recommendations_gives_them() -> None:
    found = noted("The recommendations as read out: Mend the wells of the valley (Peru); mend all the pumps (Cuba).")
    assert [(passage.kind, passage.number, passage.by) for passage in found] == [
        (R, "7", ()), (R, "7", ("Peru",)), (R, "7 (2nd)", ("Cuba",)), (R, "8", ()),
    ]  # fmt: skip
    assert found[1].text == "Mend the wells of the valley (Peru)"
    assert found[1].reason.startswith("quoted in a note")


def test_notes_of_parts_come_behind_them() -> None:
    builder = ExtractBuilder()
    builder.heading("The valley", 1)
    builder.heading("Recommendations", 2)
    builder.item("Help the villages:", "1.", 0)
    builder.note("Those of the north.", "1")
    builder.item("mend the wells;", "(a)", 1)
    builder.item("buy rope.", "(b)", 1)
    found = split(report(builder.extract()))[1:]
    assert [passage.id for passage in found] == ["r#r01", "r#r01.a", "r#n01", "r#r01.b"]


# Headings, sections, languages, ids


def test_headings_of_stated_levels_stand_inside_each_other() -> None:
    builder = ExtractBuilder()
    for level, text in ((1, "The valley"), (2, "Roads"), (3, "Bridges"), (2, "Schools")):
        builder.heading(text, level)
        builder.text(f"This is said of {text}.")
    found = split(report(builder.extract()))
    assert [passage.headings for passage in found] == [(), (), ("Roads",), ("Roads", "Bridges"), ("Schools",)]


def test_sections_count_for_themselves() -> None:
    found = passages(
        "Roundtable 1.1 Wells\n\nRecommendations\n\n• Mend them.\n\n"
        "Roundtable 1.2 Roads\n\nRecommendations\n\n• Mend them."
    )
    assert [(passage.id, passage.headings) for passage in found] == [
        ("r#1.1-r01", ("Roundtable 1.1 Wells", "Recommendations")),
        ("r#1.2-r01", ("Roundtable 1.2 Roads", "Recommendations")),
    ]


def test_each_passage_of_some_length_has_its_own_language() -> None:
    found = passages(
        "Notas\n\nEl consejo se reunió en la escuela y habló de los pozos del valle.\n\n"
        "The council met in the school and spoke about the wells of the valley.\n\n"
        "Le conseil s’est réuni dans l’école et il a parlé des puits de la vallée.\n\nOK.",
        "es",
    )
    assert [passage.language for passage in found] == ["es", "en", "fr", "es"]


def test_numbers_that_come_again_give_other_ids() -> None:
    found = passages(
        "Recommendations\n\n1. Mend wells.\n\n2. Buy a boat.\n\nRoads\n\nRecommendations\n\n1. Mend roads."
    )
    assert [(passage.id, passage.number) for passage in found if passage.kind is R] == [
        ("r#r01", "1"), ("r#r02", "2"), ("r#r01-2", "1"),
    ]  # fmt: skip


def test_no_blocks_no_passages() -> None:
    assert split(Report("r", "", Metadata(), "")) == []


def test_the_bundled_report_stays_as_it_is() -> None:
    found = split(read_report(BUNDLED_CORPUS / "gfmd-2010-mesa-redonda-1.txt", "gfmd"))
    assert Counter(passage.kind for passage in found) == {R: 26, PART: 5, P: 2, Kind.CONCLUSION: 1, Kind.FACT: 3}


# Whatever the blocks


PIECES = (
    "Recommendations", "The following recommendations were made:", "mend the wells (Peru);", "buy a boat (Cuba),",
    "Who came", "See below.", "It must be done.", "(Chile)", "The council met.\nIt rained", "Roundtable 2.1",
    "In conclusion it rained.", "5 May 2010", "and build a bridge (Chile)", "Rapporteur: Ana Ruiz", "It rained. " * 120,
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join)
MARKS = st.sampled_from(("1.", "2.", "(a)", "(b)", "(i)", "87.", "87.1", "87.2.1", "•", "-"))
LEVELS = st.none() | st.integers(0, 3)
BLOCKS = st.lists(st.tuples(st.sampled_from(BlockRole), WORDS, MARKS, LEVELS), max_size=12)


@given(BLOCKS)
@settings(max_examples=60, deadline=None)
def test_passages_are_slices_with_ids_of_their_own(blocks: list[tuple[BlockRole, str, str, int | None]]) -> None:
    builder = ExtractBuilder()
    for role, words, mark, level in blocks:
        if role is BlockRole.HEADING:
            builder.heading(words, 1 + (level or 0))
        elif role is BlockRole.ITEM:
            builder.item(words, mark, level or 0)
        elif role is BlockRole.ROW:
            builder.row(words.split("\n"))
        elif role is BlockRole.NOTE:
            builder.note(words, "1")
        else:
            builder.text(words)
    check(report(builder.extract()))


@given(st.lists(st.tuples(st.just("") | MARKS.map(lambda mark: f"{mark} "), WORDS), max_size=12))
@settings(max_examples=60, deadline=None)
def test_the_same_of_plain_text(rows: list[tuple[str, str]]) -> None:
    text = "\n\n".join(mark + words for mark, words in rows)
    check(report(Extract(text, find_blocks(text))))


def check(whole: Report) -> None:
    found = split(whole)
    assert split(whole) == found
    ids = [passage.id for passage in found]
    assert len(set(ids)) == len(ids)
    held = bytearray(len(whole.text))
    for passage in found:
        assert passage.text == whole.text[passage.start : passage.end] == passage.text.strip() != ""
        assert passage.parent_id is None or passage.parent_id in ids[: ids.index(passage.id)]
        assert passage.line == whole.text[: passage.start].count("\n") + 1
        held[passage.start : passage.end] = b"x" * (passage.end - passage.start)
    headings = {heading for passage in found for heading in passage.headings}
    for block in whole.blocks:  # nothing is lost but headings with nothing below them
        lost = [at for at in range(block.start, block.end) if not held[at] and whole.text[at].isalnum()]
        introduced = lost and any(whole.text[block.start : lost[-1] + 1] in passage.lead_in for passage in found)
        between = re.fullmatch(r"(?:and|y|et|e)*", "".join(whole.text[at] for at in lost))  # two of one number
        assert between or introduced or block.role in {BlockRole.HEADING, BlockRole.TEXT}
        if lost and block.role is BlockRole.TEXT:
            text = normalize_for_display(whole.text[block.start : block.end])
            assert text in headings or not text.endswith(".")


def test_headings_that_count_with_different_words_stand_below_one_another() -> None:
    found = passages(
        "Axis 1. Water\n\nLine 1.1: Wells\n\nThey are dry.\n\nAxis 2. Roads\n\nLine 2.1: Dust\n\nThey are long."
    )
    assert [passage.headings for passage in found] == [
        ("Axis 1. Water", "Line 1.1: Wells"), ("Axis 2. Roads", "Line 2.1: Dust"),
    ]  # fmt: skip
