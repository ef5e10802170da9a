"""HTML pages: what a browser shows as the page's text, with the numbers that it would print."""

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.extract import Extract
from ingest.readers.web.html import read_html
from ingest.report import BlockRole, Metadata

LONG = "Los gobiernos reconocieron que la migración irregular exige respuestas conjuntas y recursos suficientes. "


def read(body: str, head: str = "") -> Extract:
    return read_html(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode())


def blocks(body: str) -> list[tuple[str, int | None, str, str]]:
    extract = read(body)
    return [
        (block.role.value, block.level, block.marker, extract.text[block.start : block.end]) for block in extract.blocks
    ]


def texts(body: str) -> list[str]:
    return [text for *_, text in blocks(body)]


def test_inline_markup_leaves_no_stray_blanks() -> None:
    assert texts(
        "<p>Se <b>recomienda</b>, con\n  <i>prio<u>ridad</u></i>:<span> </span>10<sup>6</sup> y CO<sub>2</sub>"
    ) == ["Se recomienda, con prioridad: 10⁶ y CO2"]


def test_line_breaks_and_paragraphs_made_of_them() -> None:
    assert texts("<div>uno<br>dos<br><br> tres<hr>cuatro<blockquote>cinco</blockquote>seis</div>") == [
        "uno\ndos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
    ]


def test_headings_wherever_they_stand() -> None:
    assert blocks("<p>a<h2>Uno\n <em>dos</em></h2>b</p><div><h3><a href=x>Tres</a></h3></div><p role=heading>x") == [
        ("text", None, "", "a"),
        ("heading", 2, "", "Uno dos"),
        ("text", None, "", "b"),
        ("heading", 3, "", "Tres"),
        ("heading", 2, "", "x"),
    ]


def test_lists_are_numbered_as_a_browser_does() -> None:
    found = blocks(
        "<ol start=3 type=a><li>a<li>b<ol type=I><li>c<li value=9>d</ol>e</ol><ol reversed><li>f<li>g</ol>"
        "<ul><li>h<ul><li>i</ul></ul><ol style='list-style-type: lower-roman' start=4><li>j</ol>"
        "<ul style='list-style:none'><li>k</ul>"
    )
    assert [block[1:] for block in found] == [
        (0, "c.", "a"),
        (0, "d.", "b"),
        (1, "I.", "c"),
        (1, "IX.", "d"),
        (None, "", "e"),
        (0, "2.", "f"),
        (0, "1.", "g"),
        (0, "•", "h"),
        (1, "•", "i"),
        (0, "iv.", "j"),
        (0, "", "k"),
    ]


def test_an_item_keeps_its_paragraphs_and_gives_its_number_to_a_heading() -> None:
    assert blocks("<ol><li>a<p>b<p>c<div><ul><li>d</ul></div><li><h4>E</h4><p>f</ol>") == [
        ("item", 0, "1.", "a\nb\nc"),
        ("item", 1, "•", "d"),
        ("heading", 4, "", "2. E"),
        ("text", None, "", "f"),
    ]


def test_terms_stand_with_their_definitions() -> None:
    assert texts("<dl><dt>A<dd>a<dt>B<dt>C<dd>bc<dd>más</dl><ul><li>D<dl><dd>d</dl></ul>") == [
        "A\na",
        "B\nC\nbc\nmás",
        "D\nd",
    ]


def test_tables_of_data_go_row_by_row() -> None:
    rows = "<caption>Cifras<tr><th>País<th>Personas<th><tr><td rowspan=2>Perú<td>1<br>2<td><tr><td><td><b>3</b>00<td>"
    assert blocks(f"<table>{rows}</table>") == [
        ("text", None, "", "Cifras"),
        ("row", None, "", "País\tPersonas"),
        ("row", None, "", "Perú\t1 2"),
        ("row", None, "", "\t\t300"),
    ]


def test_a_column_that_is_empty_throughout_is_only_space() -> None:
    table = "<table><tr><td>Ingresos<td><td>$<td colspan=2>12<td>)<tr><td>Gastos<td><td><td>7<td></table>"
    assert texts(table) == ["Ingresos\t$\t12\t)", "Gastos\t\t7"]


@pytest.mark.parametrize("hidden", ["hidden", "aria-hidden=true", "style='display:none'", "class=noprint"])
def test_rows_and_cells_that_do_not_show_are_left_out(hidden: str) -> None:
    rows = f"<tr><th>País<th>Personas<tr {hidden}><td>Chile<td>9<tr><td>Perú<td>1<td {hidden}>2<tr><td>Cuba<td>3"
    assert texts(f"<p>{LONG}</p><table>{rows}</table>")[1:] == ["País\tPersonas", "Perú\t1", "Cuba\t3"]


def test_what_is_left_out_is_left_out_of_cells() -> None:
    rows = "<tr><th>País<th>Personas<tr><td>Perú<div class=noprint>AFUERA</div><td>1<span hidden>2</span>"
    assert texts(f"<p>{LONG}</p><table>{rows}</table>")[1:] == ["País\tPersonas", "Perú\t1"]


def test_a_wide_cell_stands_in_as_many_columns() -> None:
    assert texts("<table><tr><td colspan=2>A<td>B<tr><td>C<td><td>D</table>") == ["A\tB", "C\tD"]


def test_a_table_is_what_it_says_to_be() -> None:
    cells = "<tr><th>a<th>b<tr><td>c<td><ul><li>d<li>e</ul></table>"
    assert texts(f"<table>{cells}") == ["a\tb", "c\td e"]  # it has heads
    assert texts(f"<table>{cells.replace('th>', 'td>')}") == ["a", "b", "c", "d", "e"]
    assert texts(f"<table role=presentation>{cells}") == ["a", "b", "c", "d", "e"]
    assert texts(f"<table>{cells.replace('<ul>', '<h3>x</h3><ul>')}") == ["a", "b", "c", "x", "d", "e"]


def test_tables_that_only_arrange_are_read_through() -> None:
    inner = "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    assert texts(f"<table><tr><td><p>uno<p>dos<p>tres<td>{inner}</table>") == ["uno", "dos", "tres", "a\tb", "c\td"]
    assert texts("<table><tr><td>solo<tr><td><td>una columna</table>") == ["solo", "una columna"]


def test_a_list_set_as_a_table_is_a_list() -> None:
    inner = "<table><tr><td>(a)<td>letra a<tr><td>(b)<td>letra b</table>"
    assert blocks(f"<table><tr><td>(1)<td><p>Uno</p>{inner}<tr><td>(2)<td>Dos</table>") == [
        ("item", 0, "(1)", "Uno"),
        ("item", 1, "(a)", "letra a"),
        ("item", 1, "(b)", "letra b"),
        ("item", 0, "(2)", "Dos"),
    ]


def test_preformatted_text_is_read_as_plain_text() -> None:
    assert blocks("<pre>\n1. uno\n   más\n2. dos\n\nFin.</pre>") == [
        ("text", None, "", "1. uno\nmás\n2. dos"),
        ("text", None, "", "Fin."),
    ]


def test_notes_are_set_apart_and_their_marks_go() -> None:
    found = blocks(
        '<p>Dicho<sup><a href="#fn1">1</a></sup> y más<a href="#_ftn2">[2]</a>.</p>'
        '<section role="doc-endnotes"><ol><li id="fn1"><p>La nota. <a href="#r1" role="doc-backlink">↩</a></ol>'
        '</section><div id="ftn2"><p><a href="#_ftnref2">[2]</a> Otra</div><p>Fin'
    )
    assert [(role, marker, text) for role, _, marker, text in found] == [
        ("text", "", "Dicho y más."),
        ("text", "", "Fin"),
        ("note", "1", "La nota."),
        ("note", "2", "Otra"),
    ]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8", '<meta charset="iso-8859-1">'),
        ("cp1252", '<meta charset="iso-8859-1">'),
        ("cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'),
        ("cp1252", '<meta charset="utf-8">'),
        ("cp1252", ""),
        ("utf-16", ""),
        ("utf-16-le", '<meta charset="shift_jis">'),
    ],
)
def test_encodings(encoding: str, head: str) -> None:
    page = f"<html><head>{head}</head><body><p>«Migración» — año 2010, niñez</body></html>"
    assert read_html(page.encode(encoding)).text == "«Migración» — año 2010, niñez"


def test_a_stated_encoding_is_believed() -> None:
    japanese = "<meta charset=Shift_JIS><p>移住者①"
    assert read_html(japanese.encode("cp932")).text == "移住者①"
    assert read_html('<?xml version="1.0" encoding="koi8-r"?><p>Мир'.encode("koi8_r")).text == "Мир"


def test_metadata() -> None:
    page = (
        '<html lang="es-MX"><head><title>Informe\n final</title><meta name="DCTERMS.date" content="2011-06-02T10:00">'
        "<body><p>x"
    )
    assert read_html(page.encode()).metadata == Metadata(title="Informe final", date="2011-06-02", language="es")
    assert read("x").metadata == Metadata()


def test_empty_elements_of_xhtml_swallow_nothing() -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><a id="a"/><p>uno<br/>dos</p></body>'
    assert read_html(page.encode()).text == "uno\ndos"


def test_nesting_is_no_trouble_until_it_is_an_attack() -> None:
    extract = read("<div><ul><li><sup>" * 1_200 + "fondo")
    assert [(block.role, block.level) for block in extract.blocks] == [(BlockRole.ITEM, 1199)]
    with pytest.raises(UnreadableReport, match="nested"):
        read("<div>" * 6_000 + "fondo")


@pytest.mark.parametrize("hidden", ["style='display:none'", "hidden", "aria-hidden=true"])
def test_a_panel_that_a_button_unfolds_is_read(hidden: str) -> None:
    panel = f"<div {hidden}><p>Mend the wells.</p></div>"
    assert "Mend the wells." in texts(f"<main><h3><button aria-expanded=false>Wells</button></h3>{panel}</main>")
    assert "Mend the wells." not in texts(f"<main><p>The council met and heard forty speakers.</p>{panel}</main>")
