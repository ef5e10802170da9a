"""Lines of a page set from right to left, their order and brackets, which are drawn as they look; the time for many."""

import time
from collections.abc import Callable

import pytest

from ingest.readers.pdf.front import find_front_lines
from ingest.readers.pdf.layout import Page, TextRun, group_lines
from ingest.readers.read import extract_content
from tests.fakes.pdf_maker import PdfPage, make_pdf
from tests.fakes.pdf_maker import TextRun as DrawnRun

WORK, RIGHTS, WATER = "العمل", "حقوق", "מים"


def run(text: str, left: float, right: float, top: float = 100) -> TextRun:
    return TextRun(text, left, right, top, top + 10, size=10)


def line(*runs: TextRun) -> str:
    (found,) = group_lines(runs, 1)
    return found.text


@pytest.mark.parametrize(
    ("drawn", "written"),
    [
        (f"{RIGHTS} )2010( {WORK}", f"{RIGHTS} (2010) {WORK}"),
        (f"]{WORK}[ }}{RIGHTS}{{", f"[{WORK}] {{{RIGHTS}}}"),
        (f"»{WORK}« ›{RIGHTS}‹ >{WORK}<", f"«{WORK}» ‹{RIGHTS}› <{WORK}>"),
        (f"){WATER}(", f"({WATER})"),
        ("The council (2010)", "The council (2010)"),
        (f"The council (in Arabic: {WORK}) met", f"The council (in Arabic: {WORK}) met"),
        ("«Ελληνικά» (2010)", "«Ελληνικά» (2010)"),
        ("(2010)", "(2010)"),
        (f"{WORK} ،2023 {RIGHTS} :10", f"{WORK} 2023، {RIGHTS} 10:"),
        ("The council, :10", "The council, :10"),
    ],
)
def test_brackets_of_a_line_from_right_to_left_are_mirrored(drawn: str, written: str) -> None:
    assert line(run(drawn, 72, 300)) == written


def test_letters_of_one_glyph_are_in_the_order_of_their_word() -> None:
    """The glyphs a to f, drawn from left to right, are the letters of a word from its end; b is two of them."""
    letters = {"a": "ن", "b": "لا", "c": "ع", "d": "إ", "e": "ل", "f": "ا"}
    codes = "".join(f"<{ord(code):02x}><{text.encode('utf-16-be').hex()}>" for code, text in letters.items())
    cmap = (
        f"begincmap 1 begincodespacerange <00><ff> endcodespacerange 6 beginbfchar {codes} endbfchar endcmap".encode()
    )
    named = b"99 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n%%%%EOF" % (len(cmap), cmap)
    page = make_pdf(PdfPage([DrawnRun("abcdef", 72, 100)]))
    page = page.replace(b"/BaseFont/Helvetica/", b"/BaseFont/Helvetica/ToUnicode 99 0 R/").replace(b"%%EOF", named)
    assert extract_content(page).text == "الإعلان"


def test_a_line_from_right_to_left_begins_at_the_right() -> None:
    assert line(run(RIGHTS, 72, 150), run(WORK, 153, 220)) == f"{WORK} {RIGHTS}"
    assert line(run(RIGHTS, 72, 150), run("(2010)", 153, 190), run(WORK, 193, 260)) == f"{WORK} )2010( {RIGHTS}"
    assert line(run(RIGHTS, 72, 150), run("the council", 153, 220)) == f"{RIGHTS} the council"
    assert line(run("first", 72, 150), run("second", 153, 220)) == "first second"


def test_cells_of_a_row_from_right_to_left_begin_at_the_right() -> None:
    assert line(run(RIGHTS, 72, 150), run(WORK, 250, 320)) == f"{WORK}\t{RIGHTS}"


def test_each_line_is_mirrored_by_itself() -> None:
    lines = group_lines([run(f"){WORK}(", 72, 150), run("(a) the council", 72, 150, top=130)], 1)
    assert [found.text for found in lines] == [f"({WORK})", "(a) the council"]


def column(left: float, *lines: str, top: float = 100) -> list[TextRun]:
    return [run(text, left, left + 5 * len(text), top + 14 * number) for number, text in enumerate(lines)]


def test_a_few_lines_beside_each_other_are_columns_where_their_sentences_go_on_below() -> None:
    runs = [
        *column(72, "The council mended all wells", "of the valley in May."),
        *column(330, "The drivers of the valley", "asked for new boats."),
    ]
    assert [found.text for found in group_lines(runs, 1)] == [
        "The council mended all wells", "of the valley in May.", "The drivers of the valley", "asked for new boats.",
    ]  # fmt: skip
    rows = [*column(72, "Wells of the valley", "Boats on the river"), *column(330, "Mended in May", "Bought in June")]
    assert [found.text for found in group_lines(rows, 1)] == [
        "Wells of the valley\tMended in May", "Boats on the river\tBought in June",
    ]  # fmt: skip


def test_a_heading_in_one_column_with_nothing_beside_it_parts_both() -> None:
    lines = ("The council of the valley", "met in May and asked", "for wells in the north", "and for boats.")
    head = TextRun("Wells and boats", 72, 160, 190, 203, size=13, bold=True)
    runs = [
        *column(72, *lines),
        *column(330, *lines),
        head,
        *column(72, *lines, top=215),
        *column(330, *lines, top=215),
    ]
    texts = [found.text for found in group_lines(runs, 1)]
    assert texts.index("Wells and boats") == 8


def _scatter(count: int) -> list[TextRun]:
    """Short words all over a page, each in a place of its own, as damaged files have them."""
    places = ((6.7 * (37 * at % 10007), 61 * at % 1511 / 2) for at in range(count))
    return [TextRun("word", x, x + 3, y, y + 4, 4) for x, y in places]


def _time(read: Callable[[list[TextRun]], object], count: int) -> float:
    runs = _scatter(count)
    started = time.process_time()
    read(runs)
    return time.process_time() - started


@pytest.mark.parametrize(
    "read",
    [
        lambda runs: group_lines(runs, 1),
        lambda runs: list(find_front_lines([runs], [Page(1, 0, 842, group_lines(_scatter(1), 1))])),
    ],
    ids=["lines", "front"],
)
def test_four_times_the_runs_take_no_sixteen_times_the_time(read: Callable[[list[TextRun]], object]) -> None:
    assert min(_time(read, 4_000) for _ in range(2)) < 10 * max(_time(read, 1_000) for _ in range(2))
