"""PDF files drawn on the spot, read as a person reads the page: order, words, tables, headings.

Long because every peculiarity of layout has a page of its own.
"""

from pathlib import Path

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.pdf.pdf import read_pdf
from ingest.readers.read import read_report
from ingest.report import BlockRole, Kind
from ingest.split.splitter import split
from tests.fakes.pdf_maker import PdfPage, TextRun, lay_out_lines, make_pdf
from tests.ingest.readers.pdf_pages import BOLD, LONG, ROADS, SCHOOLS, WELLS, body, note, read, report

# Reading order


def test_lines_are_read_from_top_to_bottom_in_whatever_order_they_are_drawn() -> None:
    drawn = [*body(ROADS, 300), *reversed(body(WELLS, 100))]
    assert read(PdfPage(drawn)) == [f"text| {WELLS}", f"text| {ROADS}"]


def test_one_line_drawn_in_pieces_is_one_line() -> None:
    pieces = [TextRun("of the valley met.", 137, 100), TextRun("The members", 72, 100), *body(WELLS, 130)]
    assert read(PdfPage(pieces)) == ["text| The members of the valley met.", f"text| {WELLS}"]


def columns(left: str, right: str, y: float) -> list[TextRun]:
    """Two columns, drawn row by row."""
    sides = lay_out_lines(left, 72, y, wrap=42), lay_out_lines(right, 320, y, wrap=42)
    return sorted([*sides[0], *sides[1]], key=lambda run: (run.y, run.x))


def test_columns_are_read_one_after_the_other_below_a_title_across_both() -> None:
    title = "A report on the wells, roads and schools of the northern valley and its islands"
    found = read(PdfPage([TextRun(title, 72, 80, 12, BOLD), *columns(WELLS, ROADS, 120), *body(SCHOOLS, 320)]))
    assert found == [f"heading1| {title}", *(f"text| {text}" for text in (WELLS, ROADS, SCHOOLS))]


LEAFLET = (
    "Open daily\nexcept Monday\n\nTicket office\nat the pier\nfrom eight\n\nCall us\nor write",
    "Two boats\nleave at nine\nand at noon\nfor the isles\n\nBring water\nand a hat",
    "Children\nsail free\n\n\nDogs must\nstay ashore\nin summer\nand at\nEaster",
)


def test_narrow_columns_of_a_leaflet_are_read_one_after_the_other() -> None:
    drawn = [
        line
        for text, x, y in zip(LEAFLET, (72, 220, 380), (100, 105, 98), strict=True)
        for line in lay_out_lines(text, x, y)
        if line.text
    ]
    found = " ".join(line.partition("| ")[2] for line in read(PdfPage(sorted(drawn, key=lambda run: (run.y, run.x)))))
    assert found == " ".join(" ".join(LEAFLET).split())


def test_rows_of_a_table_with_many_short_lines_stay_rows() -> None:
    cells = [
        TextRun(f"{name} {row}", x, 100 + 12 * row) for row in range(1, 13) for name, x in (("Isle", 72), ("Boat", 300))
    ]
    assert read(PdfPage(cells)) == [f"row| Isle {row}\tBoat {row}" for row in range(1, 13)]


def test_a_paragraph_goes_on_in_the_next_column() -> None:
    words = f"{WELLS} {ROADS} {SCHOOLS}".split()
    half = len(words) // 2
    assert words[half - 1][-1] != "."
    found = read(PdfPage(columns(" ".join(words[:half]), " ".join(words[half:]), 100)))
    assert found == [f"text| {' '.join(words)}"]


def test_an_address_on_the_right_above_the_text_is_read_first() -> None:
    address = "The council of the valley\nOld school, second floor\nNorthern road, number 7\nOpen from nine to noon"
    found = read(PdfPage([*lay_out_lines(WELLS, 72, 220, wrap=42), *lay_out_lines(address, 400, 100)]))
    assert found == [f"text| {address.replace(chr(10), ' ')}", f"text| {WELLS}"]


# Words broken at line ends


def broken(text: str, elsewhere: str) -> str:
    """What a break written "-/" is read as, in a text that has other words too."""
    rows = text.split("/")
    first, second = read(PdfPage([*lay_out_lines("\n".join(rows)), *body(elsewhere, 300)]))
    assert second == f"text| {elsewhere}"
    return first.removeprefix("text| ")


@pytest.mark.parametrize(
    ("text", "elsewhere", "wanted"),
    [
        ("They agreed on the promo-/tion of bridges.", ROADS, "They agreed on the promotion of bridges."),
        (
            "They agreed on closer co-/operation of all.",
            "Here as elsewhere co-operation was praised by many speakers.",
            "They agreed on closer co-operation of all.",
        ),
        (
            "They agreed on closer co-/operation of all.",
            "Here as elsewhere cooperation was praised by many speakers.",
            "They agreed on closer cooperation of all.",
        ),
        (
            "They wrote to the Secretary-/General in May.",
            ROADS,
            "They wrote to the Secretary-General in May.",
        ),
        ("The plan for 2010-/2015 was read out.", ROADS, "The plan for 2010-2015 was read out."),
        ("La promo-/ción de los niños.", ROADS, "La promoción de los niños."),
    ],
)
def test_words_broken_at_line_ends(text: str, elsewhere: str, wanted: str) -> None:
    assert broken(text, elsewhere) == wanted


def test_a_dash_at_a_line_end_breaks_no_word() -> None:
    assert broken("The bridges –/all three – were closed.", ROADS) == "The bridges – all three – were closed."


# Over the page


def test_a_recommendation_that_crosses_a_page_is_one() -> None:
    rows = lay_out_lines(LONG, y=740, wrap=85)
    sheets = (
        PdfPage([TextRun("Council", 72, 40), TextRun("The valley", 72, 70, 20),
               TextRun("Recommendations", 72, 95, 14, BOLD),
               *body(WELLS, 120), rows[0], *note("1 A note.", 790), TextRun("1", 300, 820)]),
        PdfPage([TextRun("Council", 72, 40), *lay_out_lines("\n".join(row.text for row in rows[1:]), y=80),
               *lay_out_lines("2. Buy a second boat.", y=120), TextRun("2", 300, 820)]),
    )  # fmt: skip
    made = report(*sheets)
    found = [passage for passage in split(made) if passage.kind is Kind.RECOMMENDATION]
    assert [(passage.number, " ".join(passage.text.split()), passage.page) for passage in found] == [
        ("1", LONG.removeprefix("1. "), 1),
        ("2", "Buy a second boat.", 2),
    ]
    assert made.page_at(found[0].end - 1) == 2


def test_pages_are_those_of_the_file() -> None:
    sheets = (
        PdfPage(body(WELLS)),
        PdfPage(),
        PdfPage([*body(ROADS.replace("ferry", "ferry^1^")), *note("1 Until May.")]),
    )
    made = report(*sheets, PdfPage(body(SCHOOLS)))
    page = {text: made.page_at(made.text.index(text)) for text in ("The village", "Three", "Until May", "Teachers")}
    assert page == {"The village": 1, "Three": 3, "Until May": 3, "Teachers": 4}


def test_a_note_behind_text_of_the_next_page_keeps_its_page() -> None:
    before, after = "It was agreed to write to the^1^ ministry about the bridges and the boat and to wait for", "it."
    sheets = PdfPage([*body(WELLS), TextRun(before, 72, 300), *note("1 Of transport.")]), PdfPage(lay_out_lines(after))
    made = report(*sheets)
    whole, remark = made.blocks[-2:]
    assert made.text[whole.start : whole.end].endswith("wait for\nit.")
    assert made.text[remark.start : remark.end] == "Of transport."
    assert (made.page_at(whole.end - 1), made.page_at(remark.start)) == (2, 1)


# Turned text, turned pages


def test_a_text_up_the_margin_does_not_come_between_the_lines() -> None:
    up = TextRun("Restricted until noon", 40, 500, angle=90)
    found = read(PdfPage([*body(WELLS)[:1], up, *body(WELLS)[1:]]))
    assert found == [f"text| {WELLS}", "text| Restricted until noon"]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_is_read_like_any_other(rotate: int) -> None:
    assert read(PdfPage([*body(WELLS), *body(ROADS, 300)], rotate)) == [f"text| {WELLS}", f"text| {ROADS}"]


def test_a_page_of_text_that_runs_upward_is_read_along_it() -> None:
    """As a wide page is stored: drawn on its side, and shown with a quarter turn."""
    up = [TextRun(run.text, run.y, 842 - run.x, angle=90) for run in [*body(WELLS), *body(ROADS, 300)]]
    assert read(PdfPage(up, 90)) == [f"text| {WELLS}", f"text| {ROADS}"]


def test_a_page_that_runs_downward_is_read_along_it() -> None:
    down = [TextRun(run.text, 595 - run.y, run.x, angle=-90) for run in [*body(WELLS), *body(ROADS, 300)]]
    assert read(PdfPage(down, 270)) == [f"text| {WELLS}", f"text| {ROADS}"]


# Tables, and what looks like them


def test_a_table_is_read_row_by_row() -> None:
    cells = (("District", "Wells", "Pumps"), ("North", "12", "9"), ("South", "7", "7"))
    table = [TextRun(cell, 72 + 150 * x, 300 + 15 * y) for y, row in enumerate(cells) for x, cell in enumerate(row)]
    by_column = sorted(table, key=lambda run: (run.x, run.y))
    assert read(PdfPage([*body(WELLS), *by_column, *body(ROADS, 400)])) == [
        f"text| {WELLS}",
        "row| District\tWells\tPumps",
        "row| North\t12\t9",
        "row| South\t7\t7",
        f"text| {ROADS}",
    ]


def test_a_table_of_two_filled_columns_is_no_text_in_columns() -> None:
    cells = [(f"May {year}", f"{year - 1980} wells") for year in range(1990, 2000)]
    table = [TextRun(cell, 72 + 200 * x, 100 + 12 * y) for y, row in enumerate(cells) for x, cell in enumerate(row)]
    assert read(PdfPage(table)) == [f"row| {month}\t{wells}" for month, wells in cells]


def test_one_line_set_wide_is_no_table() -> None:
    rows = body(WELLS)
    wide = TextRun("It was agreed to look", 72, 300, spacing=22)
    rest = [TextRun("at the matter once more when the snow has gone and the roads are dry again, in spring.", 72, 312)]
    found = read(PdfPage([*rows, wide, *rest]))
    assert found[1:] == [
        "text| It was agreed to look at the matter once more when the snow has gone and the roads are dry again, in "
        "spring."
    ]


def test_an_item_far_from_its_mark_is_no_row() -> None:
    rows = [TextRun(mark, 72, y) for mark, y in (("1.", 300), ("2.", 315))]
    texts = [TextRun("Mend the pumps.", 110, 300), TextRun("Buy a boat.", 110, 315)]
    assert read(PdfPage([*body(WELLS), *rows, *texts]))[1:] == ["item| 1. Mend the pumps.", "item| 2. Buy a boat."]


# Headings


def test_headings_by_size_weight_and_capitals() -> None:
    words = [
        TextRun("The northern valley", 72, 80, 18),
        *body(WELLS, 120),
        TextRun("Roads", 72, 200, 12, BOLD),
        *body(ROADS, 220),
        TextRun("SCHOOLS AND PUPILS", 72, 300),
        *body(SCHOOLS, 320),
        TextRun("Last words", 72, 400, 10, BOLD),
        *body(WELLS, 420),
    ]
    found = read(PdfPage(words))
    assert [line.partition("|")[2] for line in found[::2]] == [
        " The northern valley", " Roads", " SCHOOLS AND PUPILS", " Last words",
    ]  # fmt: skip
    levels = [line.partition("|")[0] for line in found[::2]]
    assert levels[:2] == ["heading1", "heading2"]  # the larger stands above the smaller
    assert all(level.startswith("heading") and int(level.removeprefix("heading")) > 2 for level in levels[2:])
    assert all(line.startswith("text|") for line in found[1::2])


def test_a_title_on_two_lines_is_one_heading() -> None:
    words = [*lay_out_lines("What the northern valley needs\nbefore the dry season", y=80, size=18), *body(WELLS, 140)]
    assert read(PdfPage(words)) == ["heading1| What the northern valley needs before the dry season", f"text| {WELLS}"]


def test_bold_text_is_no_heading() -> None:
    sentence = "Nobody could say who had to repair the pumps."
    words = [*body(WELLS), TextRun(sentence, 72, 200, 10, BOLD), *body(ROADS, 230)]
    assert read(PdfPage(words))[1] == f"text| {sentence}"
    heard = [TextRun(f"{name} was heard", 72, 200 + 30 * at, 10, BOLD) for at, name in enumerate("ABCDEFG")]
    assert [line.partition("|")[0] for line in read(PdfPage(heard))] == ["text"] * 7  # all of the file is bold


@pytest.mark.parametrize("left", [103, 180])
def test_a_bold_word_in_front_makes_no_heading(left: float) -> None:
    """Close to the others, or far from them."""
    line = [TextRun("Chair", 72, 200, 10, BOLD), TextRun("of the day, Ana Ruiz", left, 200)]
    found = read(PdfPage([*body(WELLS), *line, *body(ROADS, 230)]))
    assert found[1] == "text| Chair of the day, Ana Ruiz"


def test_a_numbered_heading_is_no_item() -> None:
    words = [TextRun("II. Roads and bridges", 72, 80, 14, BOLD), *body(ROADS)]
    assert read(PdfPage(words)) == ["heading1| II. Roads and bridges", f"text| {ROADS}"]


def test_a_table_of_contents_gives_no_passages() -> None:
    contents = [
        TextRun(f"{name} {'.' * 60} {page}", 72, 120 + 20 * page)
        for page, name in enumerate(("I. Wells", "II. Recommendations", "III. Schools"), start=1)
    ]
    apart = [TextRun("IV. Thanks", 72, 220), TextRun("." * 40, 250, 220), TextRun("9", 500, 220)]
    found = split(report(PdfPage([*contents, *apart]), PdfPage(body(WELLS))))
    assert [(" ".join(passage.text.split()), passage.headings) for passage in found] == [(WELLS, ())]


# The file as such


@pytest.mark.parametrize(
    "stated", ["What the  valley needs", "final_v3.doc", "Council", "untitled", "Microsoft Word - final_v3.doc"]
)
def test_the_largest_words_in_front_are_the_title_whatever_the_file_states(tmp_path: Path, stated: str) -> None:
    head = [
        TextRun("Council", 72, 40),
        TextRun("Summary of what the valley", 72, 80, 18),
        TextRun("needs*", 72, 99, 18),
    ]
    (tmp_path / "r.pdf").write_bytes(make_pdf(PdfPage([*head, *body(WELLS, 160)]), title=stated))
    metadata = read_report(tmp_path / "r.pdf", "r").metadata
    assert (metadata.title, metadata.warnings) == ("Summary of what the valley needs", ())


def test_a_file_without_text_is_refused() -> None:
    for sheets in ([PdfPage()], [PdfPage(), PdfPage([TextRun("- . -", 72, 100)])]):
        with pytest.raises(
            UnreadableReport,
            match=r"^has no text layer: run OCR first \(relatoria ingest --ocr, relatoria serve --ocr, or for ",
        ):
            read_pdf(make_pdf(*sheets))


def test_a_damaged_file_is_refused() -> None:
    whole = make_pdf(PdfPage(body(WELLS)))
    for raw in (whole[:9], whole[:200], b"%PDF-1.4\nnothing"):
        with pytest.raises(UnreadableReport, match="damaged or cut off"):
            read_pdf(raw)


def test_a_page_that_is_promised_and_not_there_is_damage() -> None:
    whole = make_pdf(PdfPage(body(WELLS)), PdfPage(body(LONG)))
    lost = whole.replace(b"<</Type/Page/Parent", b"<</Type/Pace/Parent")
    assert lost != whole
    with pytest.raises(UnreadableReport, match="damaged or cut off"):
        read_pdf(lost)


def test_text_and_blocks_fit() -> None:
    """Blocks are in order, do not overlap, and begin and end with something to read."""
    sheet = PdfPage([TextRun("Roads", 72, 60, 16), *body(LONG), *body(ROADS.replace("ferry", "ferry^1^"), 200),
                   *note("1 Until May.")])  # fmt: skip
    made = report(sheet, sheet, PdfPage())
    ends = [0, *(block.end for block in made.blocks)]
    assert all(before <= block.start < block.end for before, block in zip(ends, made.blocks, strict=False))
    assert all(
        made.text[block.start : block.end] == made.text[block.start : block.end].strip() for block in made.blocks
    )
    assert {block.role for block in made.blocks} == {BlockRole.HEADING, BlockRole.ITEM, BlockRole.TEXT, BlockRole.NOTE}


def test_words_outside_the_part_of_a_page_that_is_shown_are_left_out_and_told() -> None:
    cut = [TextRun("Proof 039 of the printer", 72, -20), TextRun("Proof 040", -80, 400)]
    made = read_pdf(make_pdf(PdfPage([*body(WELLS), *cut])))
    assert made.text == report(PdfPage(body(WELLS))).text
    assert [(warning.kind, warning.page) for warning in made.warnings] == [("hidden", 1)]
