"""One pass finds marks, headings and levels, whatever format the blocks came from."""

import pytest

from ingest.readers.extract import ExtractBuilder, PrintedBlock
from ingest.readers.read import extract_content
from ingest.readers.structure import find_structure
from ingest.report import BlockRole

TEXT, ITEM, HEADING = BlockRole.TEXT, BlockRole.ITEM, BlockRole.HEADING


def structured(raw: str | bytes, name: str) -> list[tuple[BlockRole, str, str]]:
    extract = extract_content(raw.encode() if isinstance(raw, str) else raw, name)
    return [(block.role, block.marker, extract.text[block.start : block.end]) for block in extract.blocks]


def printed(*rows: tuple[str, float, bool]) -> list[tuple[BlockRole, int | None, str]]:
    """Structure texts with their size in points and whether they are bold; a list mark stands in front of a tab."""
    text, blocks = "", []
    for words, size, bold in rows:
        mark, _, rest = words.rpartition("\t")
        start = len(text) + len(words) - len(rest)
        text += words + "\n\n"
        role = ITEM if mark else TEXT
        blocks.append(PrintedBlock(role, start, len(text) - 2, mark, size=size, bold=bold))
    return [(block.role, block.level, text[block.start : block.end]) for block in find_structure(text, blocks)]


@pytest.mark.parametrize(
    ("typed", "marker"),
    [
        ("12.\t", "12."), ("(17.) ", "(17.)"), ("3- ", "3-"), ("4 – ", "4 –"), ("II- ", "II-"), ("8.3. ", "8.3."),
        ("а) ", "а)"), ("٣- ", "٣-"), ("(ب) ", "(ب)"), ("Recommendation 3: ", "Recommendation 3:"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt"])
def test_marks_typed_in_the_text_are_found_in_every_format(typed: str, marker: str, name: str) -> None:
    words = f"{typed}The wells of the valley should be mended."
    page = f"<html><body><p>{words}</p><p>So they said.</p></body></html>" if name == "a.html" else f"{words}\n\nSo."
    assert structured(page, name)[0] == (ITEM, marker, "The wells of the valley should be mended.")


def test_a_mark_escaped_for_markdown_is_one_in_text() -> None:
    assert structured("1\\. Mend the wells.\n\n2\\. Buy a boat.", "a.txt") == [
        (ITEM, "1.", "Mend the wells."), (ITEM, "2.", "Buy a boat."),
    ]  # fmt: skip


def test_lines_of_a_paragraph_are_items() -> None:
    page = "<html><body><p>The council asks:<br>1. Mend the wells;<br>(a) in May;<br>2. Buy a boat.</p></body></html>"
    assert structured(page, "a.html") == [
        (TEXT, "", "The council asks:"), (ITEM, "1.", "Mend the wells;"), (ITEM, "(a)", "in May;"),
        (ITEM, "2.", "Buy a boat."),
    ]  # fmt: skip


def test_marks_of_one_list_may_have_other_signs_behind_them() -> None:
    page = "1- Show:\na - the wells;\nb- the boats:\nb.1- old ones;\nc. the roads.\n"
    assert [marker for _, marker, _ in structured(page, "a.md")] == ["1-", "a -", "b-", "b.1-", "c."]


@pytest.mark.parametrize(
    "words", ["5 – 10 wells were mended.", "Well 12 was mended.", "E. Smith mended it.", "p.5 says so."]
)
def test_what_is_no_mark_stays_in_its_text(words: str) -> None:
    assert structured(f"<html><body><p>{words}</p><p>So it was.</p></body></html>", "a.html")[0] == (TEXT, "", words)


def test_bold_paragraphs_are_headings_in_every_format() -> None:
    page = "<p><b>1. Wells of the valley.</b></p><p>They are dry.</p><p><b>2. Boats</b></p><p>One.</p>"
    html = f"<html><body>{page}</body></html>"
    assert [role for role, *_ in structured(html, "a.html")] == [HEADING, TEXT, HEADING, TEXT]
    assert [role for role, *_ in structured("**Boats of the valley**\n\nOne sank.", "a.md")] == [HEADING, TEXT]


def test_a_bold_sentence_is_no_heading() -> None:
    page = "<p>The wells are dry.</p><p><b>Nobody could say who had to mend them.</b></p><p>So they stayed dry.</p>"
    assert [role for role, *_ in structured(f"<html><body>{page}</body></html>", "a.html")] == [TEXT] * 3


def test_two_sentences_in_larger_print_are_no_heading() -> None:
    asked = "Look for a place where all can meet. It must be safe and easy to reach."
    rows = ("How to prepare", 14, False), (asked, 12, False), ("A safe place. And a quiet one", 12, False)
    assert printed(*rows, *[("The text of the guide goes on and on, as texts of guides do.", 10, False)] * 5)[:3] == [
        (HEADING, 1, "How to prepare"), (TEXT, None, asked), (HEADING, 2, "A safe place. And a quiet one"),
    ]  # fmt: skip


def test_numbered_lines_above_text_are_headings_and_a_list_is_a_list() -> None:
    page = "I - Wells of the valley\n\nThey are dry.\n\nII- Boats\n\nOne sank.\n"
    assert [role for role, *_ in structured(page, "a.md")] == [HEADING, TEXT, HEADING, TEXT]
    page = "The council asks for:\n\n1. Wells\n\n2. Boats\n\n3. Roads\n\nIt closed at noon.\n"
    assert [role for role, *_ in structured(page, "a.txt")] == [TEXT, ITEM, ITEM, ITEM, TEXT]


def test_a_printed_number_beats_capitals_and_size() -> None:
    body = ("The wells of the valley are dry, and nobody mends them although all agree.", 10, False)
    found = printed(
        ("8.\tCOUNCIL", 12, True), body, ("8.3.\tWells", 14, True), body, ("BOATS", 12, True),
        ("8.4.\tAll of them sank.", 10, False), body, ("9.\tEnd", 12, True), body,
    )  # fmt: skip
    assert [(level, words) for role, level, words in found if role is HEADING] == [
        (2, "8.\tCOUNCIL"), (3, "8.3.\tWells"), (3, "BOATS"), (2, "9.\tEnd"),
    ]  # fmt: skip


def test_headings_that_name_a_recommendation_number_the_text_below() -> None:
    page = (
        "# Report\n\n## Recommendation 1: Wells\n\nMend them.\n\nAll of them.\n\n## Recommendation 2\n\nBuy a boat.\n"
    )
    assert [(marker, words) for role, marker, words in structured(page, "a.md") if role is not HEADING] == [
        ("Recommendation 1", "Mend them.\n\nAll of them."), ("Recommendation 2", "Buy a boat."),
    ]  # fmt: skip


def test_short_lines_end_paragraphs_where_lines_are_wrapped() -> None:
    full = "The wells of the valley have been dry for seven years and nobody has mended one"
    text = "Wells\n" + f"{full}\n" * 4 + "as all of them know.\n" + "Boats\n" + f"{full}\n" * 5 + "of them.\n"
    assert [words.split("\n")[0] for _, _, words in structured(text, "a.txt")] == ["Wells", full, "Boats", full]


def test_a_hash_close_to_its_title_is_a_heading() -> None:
    assert structured("###Wells\n\nThey are dry.", "a.md")[0] == (HEADING, "", "Wells")


def test_the_builder_keeps_what_is_bold() -> None:
    builder = ExtractBuilder()
    builder.text("Wells", bold=True)
    builder.item("dry", "•", 0)
    assert [getattr(block, "bold", None) for block in builder.extract().blocks] == [True, False]


def test_a_sentence_announces_texts_without_marks_below_numbered_headings() -> None:
    page = "The council asks for:\n\nI - Wells\n\nMend them.\n\nNo more than two boats\n\nBuy rope.\n\n"
    page += "II- Roads\n\nBuild;\n\nMend;\n\nSweep.\n\nThe mayor of the valley"
    assert [(role, words) for role, _, words in structured(page, "a.md")] == [
        (TEXT, "The council asks for:"), (HEADING, "I - Wells"), (ITEM, "Mend them."), (ITEM, "No more than two boats"),
        (ITEM, "Buy rope."), (HEADING, "II- Roads"), (ITEM, "Build;"), (ITEM, "Mend;"), (ITEM, "Sweep."),
        (TEXT, "The mayor of the valley"),
    ]  # fmt: skip


def test_clauses_behind_a_colon_are_items() -> None:
    page = (
        "<p>The council, for the valley:</p><p>asks for rain;</p><p>thanks the drivers;</p><p>closes.</p><p>Noon.</p>"
    )
    found = structured(f"<html><body>{page}</body></html>", "a.html")
    assert [role for role, *_ in found] == [TEXT, ITEM, ITEM, ITEM, TEXT]


def test_paragraphs_indented_as_their_item_belong_to_it() -> None:
    asked = "Mend all wells,\nall of them."
    rows = (("The council met.", 72.0), (asked, 108.0), ("They are dry.", 108.0), ("It closed.", 72.0))
    text = "\n\n".join(words for words, _ in rows)
    blocks = [
        PrintedBlock(
            ITEM if "Mend" in words else TEXT, text.index(words), text.index(words) + len(words),
            "•" if "Mend" in words else "", size=10, left=left,
        )
        for words, left in rows
    ]  # fmt: skip
    assert [(block.role, text[block.start : block.end]) for block in find_structure(text, blocks)] == [
        (TEXT, "The council met."), (ITEM, "Mend all wells,\nall of them.\n\nThey are dry."), (TEXT, "It closed."),
    ]  # fmt: skip


def test_a_tab_behind_a_number_makes_a_mark_of_it_wherever_its_line_begins() -> None:
    text = "The wells have been dry\n1.\tMend them.\n2.\tBuy rope.\n"
    assert [marker for _, marker, _ in structured(text, "a.txt")] == ["", "1.", "2."]


def test_articles_are_items_line_by_line() -> None:
    page = "Artículo 5. El consejo informa.\nArtículo 6. La ley rige mañana.\n"
    assert [marker for _, marker, _ in structured(page, "a.md")] == ["Artículo 5.", "Artículo 6."]


def test_a_bold_word_of_two_syllables_is_a_heading_and_two_letters_are_none() -> None:
    rows = (("기타", 10.0, True), ("매월 1일부터 말일까지 이용한 금액을 뜻한다.", 10.0, False), ("(a)", 10.0, True))
    assert [role for role, _, _ in printed(*rows)] == [HEADING, TEXT, TEXT]
