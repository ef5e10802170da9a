"""Lines of a page set from right to left: their order, and brackets, which are drawn as they look."""

import pytest

from ingest.readers.pdf.layout import TextRun, group_lines

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
    ],
)
def test_brackets_of_a_line_from_right_to_left_are_mirrored(drawn: str, written: str) -> None:
    assert line(run(drawn, 72, 300)) == written


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
