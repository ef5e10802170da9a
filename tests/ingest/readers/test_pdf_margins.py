"""What is printed around the text of a PDF page: running heads and page numbers, which go, and notes."""

import pytest

from tests.fakes.pdf_maker import PdfPage, TextRun
from tests.ingest.readers.pdf_pages import BOLD, ROADS, SCHOOLS, WELLS, body, note, read

# What belongs to the paper


@pytest.mark.parametrize("header", ["Report on the Valley", "A/77/{}", "Chapter {} | Valley"])
@pytest.mark.parametrize("footer", ["{}", "- {} -", "Page {} of 3", "[{}]"])
def test_running_headers_and_page_numbers_go(header: str, footer: str) -> None:
    sheets = [
        PdfPage([TextRun(header.format(number), 72, 40), *body(text), TextRun(footer.format(number), 280, 810)])
        for number, text in enumerate((WELLS, ROADS, SCHOOLS), start=1)
    ]
    assert read(*sheets) == [f"text| {text}" for text in (WELLS, ROADS, SCHOOLS)]


def test_headers_that_change_sides_and_words_from_page_to_page_go() -> None:
    texts = WELLS, ROADS, SCHOOLS, WELLS.replace("spring", "June"), ROADS.replace("boat", "ship"), SCHOOLS.upper()
    odd, even = ("The Northern Valley", 400), ("Report of the Council", 72)
    sheets = [
        PdfPage([TextRun(*(odd, even)[at % 2], 40), TextRun(f"{at + 7}", (500, 72)[at % 2], 800), *body(text)])
        for at, text in enumerate(texts)
    ]
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
    assert sum(again in line for line in read(*sheets)) == 3
    below = [
        PdfPage([TextRun(name, 72, 50), TextRun(again, 72, 70), *body(text, 120)])  # at its top, but not outermost
        for name, text in (("Wells", WELLS), ("Roads", ROADS), ("Schools", SCHOOLS))
    ]
    assert sum(again in line for line in read(*below)) == 3


def test_a_number_that_is_no_page_number_stays() -> None:
    """A year at the foot of a text, in its lines."""
    words = [*body(WELLS, 740), TextRun("2010", 72, 740 + 12 * len(body(WELLS)))]
    assert read(PdfPage(words), PdfPage(body(ROADS))) == [f"text| {WELLS} 2010", f"text| {ROADS}"]


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


# Notes


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
