"""PDF files drawn on the spot, read as a person reads the page."""

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.pdf.pdf import read_pdf
from ingest.report import Block, BlockRole, Kind, Report
from ingest.split.splitter import split
from tests.fakes.pdf_maker import PdfPage, TextRun, lay_out_lines, make_pdf

BOLD = "Helvetica-Bold"
WELLS = (
    "The village council met in the old school and heard what the engineers had found in the wells. The water was "
    "clear but the pumps were worn, and nobody could say who had to repair them. It was agreed to look at the matter "
    "once more in spring."
)
ROADS = (
    "Three bridges on the northern road had been closed since the flood, so that every lorry took the ferry. The "
    "drivers asked for a second boat. The ministry answered that a boat could be hired from the neighbours until the "
    "bridges were mended."
)
SCHOOLS = (
    "Teachers from the islands described how they share one laboratory between four schools. The pupils travel on "
    "Tuesdays and write down what they measured on the way home. Their parents would like a laboratory of their own."
)


def body(text: str, y: float = 100, *, font: str = "Helvetica", size: float = 10) -> list[TextRun]:
    return lay_out_lines(text, y=y, wrap=85, font=font, size=size)


def read(*sheets: PdfPage) -> list[str]:
    """Each block as it would be printed, its lines joined, its role and level in front."""
    extract = read_pdf(make_pdf(*sheets))

    def line(one: Block) -> str:
        level = "" if one.level is None else str(one.level)
        text = extract.text[one.start : one.end].replace("\n", " ")
        return f"{one.role.value}{level}| {one.marker} {text}" if one.marker else f"{one.role.value}{level}| {text}"

    return [line(block) for block in extract.blocks]


def report(*sheets: PdfPage) -> Report:
    extract = read_pdf(make_pdf(*sheets))
    return Report("r", extract.text, extract.metadata, "", extract.blocks, extract.pages)


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
    return sorted([*sides[0], *sides[1]], key=lambda one: (one.y, one.x))


def test_columns_are_read_one_after_the_other_below_a_title_across_both() -> None:
    title = "A report on the wells, roads and schools of the northern valley and its islands"
    found = read(PdfPage([TextRun(title, 72, 80, 12, BOLD), *columns(WELLS, ROADS, 120), *body(SCHOOLS, 320)]))
    assert found == [f"heading1| {title}", *(f"text| {one}" for one in (WELLS, ROADS, SCHOOLS))]


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
    found = " ".join(one.partition("| ")[2] for one in read(PdfPage(sorted(drawn, key=lambda one: (one.y, one.x)))))
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


# What belongs to the paper


@pytest.mark.parametrize("header", ["Report on the Valley", "A/77/{}", "Chapter {} | Valley"])
@pytest.mark.parametrize("footer", ["{}", "- {} -", "Page {} of 3", "[{}]"])
def test_running_headers_and_page_numbers_go(header: str, footer: str) -> None:
    sheets = [
        PdfPage([TextRun(header.format(number), 72, 40), *body(text), TextRun(footer.format(number), 280, 810)])
        for number, text in enumerate((WELLS, ROADS, SCHOOLS), start=1)
    ]
    assert read(*sheets) == [f"text| {one}" for one in (WELLS, ROADS, SCHOOLS)]


def test_headers_that_change_sides_and_words_from_page_to_page_go() -> None:
    texts = WELLS, ROADS, SCHOOLS, WELLS.replace("spring", "June"), ROADS.replace("boat", "ship"), SCHOOLS.upper()
    odd, even = ("The Northern Valley", 400), ("Report of the Council", 72)
    sheets = [
        PdfPage([TextRun((odd, even)[at % 2][0], (odd, even)[at % 2][1], 40), TextRun(f"{at + 7}", (500, 72)[at % 2], 800),
               *body(text)])
        for at, text in enumerate(texts)
    ]  # fmt: skip
    found = " ".join(read(*sheets))
    assert "Northern Valley" not in found
    assert "Report of the Council" not in found
    assert not any(character.isdigit() for character in found)


def test_body_text_that_happens_to_repeat_stays() -> None:
    again = "The council took note of the statement."
    sheets = [
        PdfPage([*body(text, 60), TextRun(again, 72, 400)])  # in the middle of the page
        for text in (WELLS, ROADS, SCHOOLS)
    ]
    assert sum(again in one for one in read(*sheets)) == 3
    below = [
        PdfPage([TextRun(name, 72, 50), TextRun(again, 72, 70), *body(text, 120)])  # at its top, but not outermost
        for name, text in (("Wells", WELLS), ("Roads", ROADS), ("Schools", SCHOOLS))
    ]
    assert sum(again in one for one in read(*below)) == 3


def test_a_number_that_is_no_page_number_stays() -> None:
    """A year at the foot of a text, in its lines."""
    words = [*body(WELLS, 740), TextRun("2010", 72, 740 + 12 * len(body(WELLS)))]
    assert read(PdfPage(words), PdfPage(body(ROADS))) == [f"text| {WELLS} 2010", f"text| {ROADS}"]


# Notes


def note(text: str, y: float = 760) -> list[TextRun]:
    return lay_out_lines(text, y=y, size=8, wrap=100)


def test_a_footnote_stands_behind_the_block_that_refers_to_it_without_its_mark() -> None:
    marked = ROADS.replace("ferry", "ferry^1^")
    words = [*body(WELLS), *body(marked, 200), *body(SCHOOLS, 300), *note("1 It runs from May to October.")]
    assert read(PdfPage(words)) == [
        f"text| {WELLS}",
        f"text| {ROADS}",
        "note| 1 It runs from May to October.",
        f"text| {SCHOOLS}",
    ]


def test_footnotes_on_a_page_go_each_to_its_own_block() -> None:
    words = [
        *body(WELLS.replace("wells.", "wells.^1^")),
        *body(SCHOOLS.replace("home.", "home.^2^"), 200),
        *note("1 Minutes of the council, first volume.", 750),
        *note("2 Their notebooks are kept in the library of the island, where anybody may read them on the days on "
              "which it is open.", 760),
    ]  # fmt: skip
    assert read(PdfPage(words)) == [
        f"text| {WELLS}",
        "note| 1 Minutes of the council, first volume.",
        f"text| {SCHOOLS}",
        "note| 2 Their notebooks are kept in the library of the island, where anybody may read them on the days on "
        "which it is open.",
    ]


def test_a_note_under_an_asterisk_may_be_in_the_size_of_the_text() -> None:
    words = [TextRun("Report of the council*", 72, 80, 16), *body(WELLS, 120), TextRun("* Not edited.", 72, 780)]
    assert read(PdfPage(words)) == ["heading1| Report of the council*", f"text| {WELLS}", "note| * Not edited."]


def test_a_raised_number_that_no_note_explains_stays() -> None:
    found = read(PdfPage(body(WELLS.replace("wells.", "wells.^7^"))))
    assert found == [f"text| {WELLS.replace('wells.', 'wells.7')}"]


def test_a_number_that_is_no_mark_stays_beside_a_note() -> None:
    words = [*body("The council met in 1 session^1^ on 1 May 1990 and heard two engineers who had come by boat."),
             *note("1 In closed session.")]  # fmt: skip
    assert read(PdfPage(words)) == [
        "text| The council met in 1 session on 1 May 1990 and heard two engineers who had come by boat.",
        "note| 1 In closed session.",
    ]


def test_what_is_raised_behind_a_number_is_no_part_of_it() -> None:
    sentence = "The council met in 2001^1^ and again in 10^6^ days."
    assert read(PdfPage([TextRun(sentence, 72, 100), *body(WELLS, 130), *note("1 Without guests.")]))[:2] == [
        "text| The council met in 2001 and again in 10⁶ days.",
        "note| 1 Without guests.",
    ]


def test_a_year_that_ends_like_a_mark_stays_whole() -> None:
    sentence = "The council of 1981 met in closed session^1^ and once more in 1991 on the island."
    assert read(PdfPage([TextRun(sentence, 72, 100), *body(WELLS, 130), *note("1 Without guests.")]))[:2] == [
        "text| The council of 1981 met in closed session and once more in 1991 on the island.",
        "note| 1 Without guests.",
    ]


def test_a_lowered_number_is_no_mark() -> None:
    words = [
        TextRun("The lorries give off CO^2^ all day.", 72, 100, rise=-0.15),
        *body(WELLS, 130),
        *note("2 Until May."),
    ]
    assert read(PdfPage(words))[0] == "text| The lorries give off CO2 all day."


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


LONG = (
    "1. Mend the pumps of all the wells in the valley before the dry season and name a person in each village who "
    "looks after them from then on and reports to the council."
)


def test_a_recommendation_that_crosses_a_page_is_one() -> None:
    rows = lay_out_lines(LONG, y=740, wrap=85)
    sheets = (
        PdfPage([TextRun("Council", 72, 40), TextRun("The valley", 72, 70, 20), TextRun("Recommendations", 72, 95, 14, BOLD),
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
    by_column = sorted(table, key=lambda one: (one.x, one.y))
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
    assert [one.partition("|")[2] for one in found[::2]] == [
        " The northern valley", " Roads", " SCHOOLS AND PUPILS", " Last words",
    ]  # fmt: skip
    levels = [one.partition("|")[0] for one in found[::2]]
    assert levels[:2] == ["heading1", "heading2"]  # the larger stands above the smaller
    assert all(level.startswith("heading") and int(level.removeprefix("heading")) > 2 for level in levels[2:])
    assert all(one.startswith("text|") for one in found[1::2])


def test_a_title_on_two_lines_is_one_heading() -> None:
    words = [*lay_out_lines("What the northern valley needs\nbefore the dry season", y=80, size=18), *body(WELLS, 140)]
    assert read(PdfPage(words)) == ["heading1| What the northern valley needs before the dry season", f"text| {WELLS}"]


def test_bold_text_is_no_heading() -> None:
    sentence = "Nobody could say who had to repair the pumps."
    words = [*body(WELLS), TextRun(sentence, 72, 200, 10, BOLD), *body(ROADS, 230)]
    assert read(PdfPage(words))[1] == f"text| {sentence}"
    heard = [TextRun(f"{name} was heard", 72, 200 + 30 * at, 10, BOLD) for at, name in enumerate("ABCDEFG")]
    assert [one.partition("|")[0] for one in read(PdfPage(heard))] == ["text"] * 7  # all of the file is bold


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
    ("stated", "title"), [("What the  valley needs", "What the valley needs"), ("final_v3.doc", "")]
)
def test_the_title_counts_where_the_text_has_it(stated: str, title: str) -> None:
    raw = make_pdf(PdfPage([TextRun("What the valley needs", 72, 80, 18), *body(WELLS)]), title=stated)
    assert read_pdf(raw).metadata.title == title


def test_a_file_without_text_is_refused() -> None:
    for sheets in ([PdfPage()], [PdfPage(), PdfPage([TextRun("- . -", 72, 100)])]):
        with pytest.raises(UnreadableReport, match=r"^has no text layer: run OCR first \(for example ocrmypdf\)$"):
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


# The paper of a single page


def test_what_stands_alone_at_the_edges_of_a_single_page_belongs_to_the_paper() -> None:
    head, foot = TextRun("Ministry of Works", 72, 45), TextRun("Printed in the valley", 72, 805)
    title = TextRun("Wells", 72, 90, font=BOLD)
    assert read(PdfPage([head, title, *body(WELLS, 120), foot])) == ["heading1| Wells", f"text| {WELLS}"]


def test_a_page_number_at_one_end_makes_a_head() -> None:
    head = [TextRun("454", 72, 70), TextRun("The northern valley and its wells", 200, 70)]
    assert read(PdfPage([*head, *body(WELLS, 140), *body(ROADS, 300)])) == [f"text| {WELLS}", f"text| {ROADS}"]


def test_a_title_or_a_sentence_at_the_edge_stays() -> None:
    title, last = TextRun("The northern valley", 200, 45), TextRun("Nobody objected.", 72, 805)
    found = read(PdfPage([title, *body(WELLS, 120), last]))
    assert found == ["text| The northern valley", f"text| {WELLS}", "text| Nobody objected."]


def test_a_font_named_bold_is_bold_whatever_pdfium_guesses_of_its_weight() -> None:
    title = TextRun("Wells", 72, 90, font="Arial-BoldMT")
    assert read(PdfPage([title, *body(WELLS, 120)])) == ["heading1| Wells", f"text| {WELLS}"]
