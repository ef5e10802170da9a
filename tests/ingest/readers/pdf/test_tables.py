"""Tables with ruled cells: rows with whole cells, whatever is wrapped, narrow, turned, or broken by a page's end."""

from collections.abc import Sequence
from dataclasses import replace

from tests.fakes.pdf_maker import PdfPage, TextRun, lay_out_lines
from tests.ingest.readers.pdf_pages import ROADS, WELLS, body, read

HEAD = ("No.", "Action", "Responsible")
WELL = ("1", "Mend the pumps\nof all wells\nbefore summer", "Village\ncouncils")
BOAT = ("2", "Hire a boat", "Ministry")
TEACH = ("3", "Share one laboratory\nbetween four schools", "Teachers of\nthe islands")
COLUMNS = (72.0, 100.0, 220.0, 300.0)


def draw_table(
    *rows: Sequence[str], top: float = 100, columns: Sequence[float] = COLUMNS, ruled: bool = True
) -> tuple[list[TextRun], list[tuple[float, float, float, float]]]:
    """The words of a table, and the lines around its cells; only around all of its rows where they are not ruled."""
    words, edges = list[TextRun](), [top]
    for row in rows:
        for cell, left in zip(row, columns, strict=False):
            words += lay_out_lines(cell, left + 3, edges[-1] + 11)
        edges.append(edges[-1] + 12 * max(cell.count("\n") + 1 for cell in row) + 4)
    across = edges if ruled else [edges[0], edges[1], edges[-1]]
    rules = [(columns[0], y, columns[-1], y) for y in across] + [(x, edges[0], x, edges[-1]) for x in columns]
    return words, rules


def test_wrapped_cells_are_whole_in_their_rows() -> None:
    words, rules = draw_table(HEAD, WELL, BOAT, TEACH)
    assert read(PdfPage([*body("The plan has three actions.", 80), *words, *body(WELLS, 300)], rules=rules)) == [
        "text| The plan has three actions.",
        "row| No.\tAction\tResponsible",
        "row| 1\tMend the pumps of all wells before summer\tVillage councils",
        "row| 2\tHire a boat\tMinistry",
        "row| 3\tShare one laboratory between four schools\tTeachers of the islands",
        f"text| {WELLS}",
    ]


def test_what_stands_close_to_a_line_between_columns_is_parted_at_it() -> None:
    words, rules = draw_table(("Order", "A", "B"), ("set", "X", "X"), ("get", "", "X"), columns=(72, 110, 117, 124))
    assert read(PdfPage([replace(run, x=run.x - 2) if run.x > 80 else run for run in words], rules=rules)) == [
        "row| Order\tA\tB",
        "row| set\tX\tX",
        "row| get\t\tX",
    ]


def test_heads_turned_upward_head_their_columns() -> None:
    rows = ("Action\n\n\n\n", "", ""), ("Mend pumps", "X", ""), ("Hire a boat", "", "X")
    words, rules = draw_table(*rows, columns=(72, 150, 180, 210))
    heads = [TextRun("Councils", 165, 155, angle=90), TextRun("Ministry", 195, 155, angle=90)]
    assert read(PdfPage([*words, *heads], rules=rules)) == [
        "row| Action\tCouncils\tMinistry",
        "row| Mend pumps\tX",
        "row| Hire a boat\t\tX",
    ]


def test_a_list_in_a_cell_stays_a_list() -> None:
    items = "1. Mend the pumps\nof all wells.\n2. Name a person\nwho looks after them."
    words, rules = draw_table(
        ("", "Theme", "Steps"), ("", "Water", items), ("", "Roads", "None"), columns=(72, 75, 150, 300)
    )
    assert read(PdfPage(words, rules=rules)) == [
        "row| Theme\tSteps",
        "text| Water",
        "item| 1. Mend the pumps of all wells.",
        "item| 2. Name a person who looks after them.",
        "row| Roads\tNone",
    ]


def test_a_row_that_a_page_breaks_is_one_and_a_head_printed_again_is_not() -> None:
    first = draw_table(HEAD, WELL, ("2", "Hire a boat for the\nvillages beyond the", "Ministry"), top=700)
    second = draw_table(HEAD, ("", "river and the lake", ""), ("3", "hold a meeting", "Schools"), top=60)
    assert read(PdfPage(first[0], rules=first[1]), PdfPage([*second[0], *body(ROADS, 400)], rules=second[1])) == [
        "row| No.\tAction\tResponsible",
        "row| 1\tMend the pumps of all wells before summer\tVillage councils",
        "row| 2\tHire a boat for the villages beyond the river and the lake\tMinistry",
        "row| 3\thold a meeting\tSchools",
        f"text| {ROADS}",
    ]


def test_lines_of_cells_that_only_a_frame_surrounds_are_rows() -> None:
    rows = [("1", "Wells", "10"), ("2", "Roads", "20"), ("3", "Schools", "30"), ("4", "Islands", "40")]
    words, rules = draw_table(HEAD, *rows, ruled=False)
    assert read(PdfPage(words, rules=rules))[1:] == ["row| " + "\t".join(row) for row in rows]


def test_tables_side_by_side_are_read_one_after_the_other() -> None:
    left, right = (
        draw_table(*[row[1:] for row in (HEAD, WELL, BOAT)], columns=(72, 180, 260)),
        draw_table(*[row[1:] for row in (HEAD, TEACH, BOAT)], columns=(340, 450, 530)),
    )
    words = [*left[0], *right[0], *lay_out_lines(WELLS, 72, 260, wrap=36), *lay_out_lines(ROADS, 340, 260, wrap=38)]
    assert [line.partition("\t")[0] for line in read(PdfPage(words, rules=[*left[1], *right[1]]))] == [
        "row| Action",
        "row| Mend the pumps of all wells before summer",
        "row| Hire a boat",
        f"text| {WELLS}",
        "row| Action",
        "row| Share one laboratory between four schools",
        "row| Hire a boat",
        f"text| {ROADS}",
    ]


def test_a_frame_around_columns_of_text_makes_no_table() -> None:
    words = [*lay_out_lines(WELLS, 72, 100, wrap=40), *lay_out_lines(ROADS, 320, 100, wrap=40)]
    rules = [(66, y, 530, y) for y in (85, 300)] + [(x, 85, x, 300) for x in (66, 310, 530)]
    assert read(PdfPage(words, rules=rules)) == [f"text| {WELLS}", f"text| {ROADS}"]


def test_lines_that_run_through_the_text_are_no_table() -> None:
    words, rules = draw_table(HEAD, WELL, BOAT)
    through = (131, 100, 131, 200)
    assert read(PdfPage(words, rules=[*rules, through])) == read(PdfPage(words))


def test_cells_over_all_columns_between_rows_head_them() -> None:
    rows = HEAD[1:], ("Goal 1: Water is safe",), WELL[1:], ("Goal 2: Roads are open",), BOAT[1:]
    words, rules, top = list[TextRun](), list[tuple[float, float, float, float]](), 100.0
    for row in rows:
        some, around = draw_table(row, top=top, columns=(72, 220, 300) if len(row) > 1 else (72, 300))
        words, rules, top = words + some, rules + around, max(y for _, y, _, _ in around)
    assert read(PdfPage(words, rules=rules)) == [
        "row| Action\tResponsible",
        "row| Goal 1: Water is safe",
        "row| Mend the pumps of all wells before summer\tVillage councils",
        "row| Goal 2: Roads are open",
        "row| Hire a boat\tMinistry",
    ]


def test_boxes_of_marked_words_that_meet_are_no_table() -> None:
    lines = (
        "The meeting heard that|all wells are",
        "dry. It asked|the two councils",
        "who mends the pumps|of the valley.",
    )
    words, rules = draw_table(HEAD, BOAT, top=200)
    for number, (line, x) in enumerate(zip(lines, (180, 135, 175), strict=True)):
        top, bottom = 100 + 12 * number, 112 + 12 * number
        for piece, left, right in zip(line.split("|"), (72, x), (x - 2, 250), strict=True):
            words += lay_out_lines(piece, left, bottom - 2)
            rules += (left, top, right, top), (left, bottom, right, bottom), (left, top, left, bottom)
    assert read(PdfPage(words, rules=rules))[0] == f"text| {' '.join(lines).replace('|', ' ')}"
