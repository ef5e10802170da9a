"""OpenDocument texts, written here by hand, read as LibreOffice prints them."""

import io
import zipfile

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.office.odt import read_odt
from ingest.report import Block, BlockRole

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        **{
            short: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
            for short, name in {
                **{name: name for name in ("office", "style", "text", "table", "meta", "manifest")},
                "draw": "drawing",
                "svg": "svg-compatible",
            }.items()
        },
        "dc": "http://purl.org/dc/elements/1.1/",
        "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    }.items()
)
LEGAL = """<text:list-style style:name="L1">
  <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
  <text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2" style:num-suffix="."/>
  <text:list-level-style-number text:level="3" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>
</text:list-style>"""
BULLETS = """<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="–"/>
</text:list-style>"""


def odt(body: str, styles: str = "", named: str = "", kind: str = "text", **members: str) -> bytes:
    content = f"""<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>
        <office:body><office:text>{body}</office:text></office:body></office:document-content>"""
    others = f"<office:document-styles {NAMESPACES}><office:styles>{named}</office:styles></office:document-styles>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        target.writestr("content.xml", content)
        target.writestr("styles.xml", others)
        for name, text in members.items():
            target.writestr(name.replace("_", "/", 1) + ".xml", text)
    return made.getvalue()


def read(body: str, styles: str = "", named: str = "") -> list[str]:
    """Each block as it would be printed, its role and level in front."""
    extract = read_odt(odt(body, styles, named))

    def line(block: Block) -> str:
        level = "" if block.level is None else str(block.level)
        text = extract.text[block.start : block.end]
        return f"{block.role.value}{level}| {block.marker} {text}".replace("|  ", "| ")

    return [line(block) for block in extract.blocks]


def test_headings_text_and_white_space() -> None:
    body = """<text:h text:outline-level="2">Grupo   de
        trabajo</text:h><text:p>uno<text:s text:c="3"/>dos<text:tab/>tres<text:line-break/>cuatro
        <text:span>cin</text:span>co<text:soft-page-break/>, <text:a>seis</text:a></text:p><text:p/>"""
    assert read(body) == ["heading2| Grupo de trabajo", "text| uno dos tres\ncuatro cinco, seis"]


def test_the_title_style_is_a_heading() -> None:
    styles = '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    named = '<style:style style:name="Title" style:family="paragraph"/>'
    assert read('<text:p text:style-name="P1">Informe</text:p>', styles, named) == ["heading1| Informe"]


def test_numbered_headings() -> None:
    outline = """<text:outline-style style:name="Outline">
        <text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>
        <text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>
        <text:outline-level-style text:level="3" style:num-format=""/></text:outline-style>"""
    body = "".join(f'<text:h text:outline-level="{level}">h</text:h>' for level in (1, 2, 2, 1, 2, 3))
    body += '<text:h text:outline-level="1" text:is-list-header="true">h</text:h>'
    assert read(body, named=outline) == [
        *("heading1| I. h", "heading2| I.1 h", "heading2| I.2 h", "heading1| II. h", "heading2| II.1 h"),
        *("heading3| h", "heading1| h"),
    ]


def test_nested_lists_count_at_every_level() -> None:
    body = """<text:list text:style-name="L1">
      <text:list-item><text:p>a</text:p><text:list>
        <text:list-item><text:p>b</text:p><text:p>more of b</text:p></text:list-item>
        <text:list-item><text:p>c</text:p><text:list><text:list-item><text:p>d</text:p></text:list-item></text:list>
        </text:list-item></text:list></text:list-item>
      <text:list-item><text:p>e</text:p><text:list><text:list-item><text:p>f</text:p></text:list-item></text:list>
      </text:list-item></text:list>"""
    assert read(body, LEGAL) == [
        *("item0| 1. a", "item1| 1.1. b", "text| more of b", "item1| 1.2. c", "item2| (a) d", "item0| 2. e"),
        "item1| 2.1. f",
    ]


def test_a_list_starts_anew_unless_it_continues() -> None:
    def listed(attributes: str, item: str = "") -> str:
        return (
            f'<text:list text:style-name="L1" {attributes}><text:list-item {item}><text:p>x</text:p>'
            "</text:list-item></text:list>"
        )

    body = listed('xml:id="first"') + listed("") + listed('text:continue-numbering="true"')
    body += listed('text:continue-list="first"') + listed("", 'text:start-value="7"')
    assert read(body, LEGAL) == ["item0| 1. x", "item0| 1. x", "item0| 2. x", "item0| 2. x", "item0| 7. x"]


def test_a_deeper_item_of_a_continued_list_keeps_the_outer_number() -> None:
    outer = (
        '<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item>{}</text:list-item></text:list>'
    )
    inner = outer.format("<text:list><text:list-item><text:p>in</text:p></text:list-item></text:list>")
    out = outer.format("<text:p>out</text:p>")
    assert read(out + inner + inner + out + inner, LEGAL) == [
        *("item0| 1. out", "item1| 1.1. in", "item1| 1.2. in", "item0| 2. out", "item1| 2.1. in")
    ]


def test_bullets_and_list_headers() -> None:
    body = """<text:list text:style-name="L2"><text:list-header><text:p>about</text:p></text:list-header>
        <text:list-item><text:p>x</text:p></text:list-item></text:list>"""
    assert read(body, BULLETS) == ["text| about", "item0| • x"]


def test_the_pattern_that_newer_programs_write_goes_before() -> None:
    styles = """<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="A"
        loext:num-list-format="Anexo %1%:" style:num-suffix=":"/></text:list-style>"""
    body = '<text:list text:style-name="L1"><text:list-item><text:p>x</text:p></text:list-item></text:list>'
    assert read(body, styles) == ["item0| Anexo A: x"]


def test_tables_with_spans() -> None:
    body = """<table:table><table:table-header-rows><table:table-row>
        <table:table-cell table:number-columns-spanned="2"><text:p>wide</text:p></table:table-cell>
        <table:covered-table-cell/><table:table-cell><text:p>c</text:p></table:table-cell></table:table-row>
        </table:table-header-rows><table:table-row>
        <table:table-cell><text:p>one</text:p><text:p>two</text:p></table:table-cell>
        <table:covered-table-cell/><table:table-cell><text:p>z</text:p></table:table-cell></table:table-row></table:table>"""
    assert read(body) == ["row| wide\tc", "row| one two\t\tz"]


@pytest.mark.parametrize(
    ("visibility", "shown"), [("collapse", False), ("filter", False), ("visible", True), ("", True)]
)
def test_rows_that_do_not_show_are_left_out(visibility: str, shown: bool) -> None:
    cells = "<table:table-cell><text:p>{0}</text:p></table:table-cell>" * 2
    said = f'table:visibility="{visibility}"' if visibility else ""
    rows = f"<table:table-row {said}>{cells.format('a')}</table:table-row>"
    rows = f"<table:table-rows>{rows}<table:table-row>{cells.format('b')}</table:table-row></table:table-rows>"
    assert read(f"<table:table>{rows}</table:table>") == ["row| a\ta"] * shown + ["row| b\tb"]


def test_a_cell_that_no_cell_goes_on_into_stands_empty() -> None:
    wide = '<table:table-cell table:number-columns-spanned="3"><text:p>wide</text:p></table:table-cell>'
    one, covered = "<table:table-cell><text:p>x</text:p></table:table-cell>", "<table:covered-table-cell/>"
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in (
        f"{wide}{covered}{covered}{one}", f"{one}{covered}{one}", f"{wide}{covered}{covered}{covered}{one}",
    ))  # fmt: skip
    assert read(f"<table:table>{body}</table:table>") == ["row| wide\tx", "row| x\t\tx", "row| wide\t\tx"]


def test_a_table_of_one_cell_is_a_frame_around_text() -> None:
    body = """<table:table><table:table-row><table:table-cell><text:h text:outline-level="1">h</text:h>
        <text:p>x</text:p></table:table-cell></table:table-row></table:table>"""
    assert read(body) == ["heading1| h", "text| x"]


def test_notes_stand_at_the_end_with_their_marks() -> None:
    note = """<text:note text:note-class="{0}"><text:note-citation>{1}</text:note-citation>
        <text:note-body><text:p>{0} {1}</text:p></text:note-body></text:note>"""
    body = f"<text:p>a{note.format('endnote', 'i')}b{note.format('footnote', '1')}c</text:p><text:p>d</text:p>"
    assert read(body) == ["text| abc", "text| d", "note| 1 footnote 1", "note| i endnote i"]


def test_what_does_not_show_is_left_out() -> None:
    none = '<style:text-properties text:display="none"/>'
    styles = f"""<style:style style:name="T1" style:family="text">{none}</style:style>
        <style:style style:name="P1" style:family="paragraph" style:parent-style-name="P0"/>
        <style:style style:name="P0" style:family="paragraph">{none}</style:style>"""
    body = """<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion>
        </text:changed-region></text:tracked-changes><text:p>a<text:change text:change-id="c"/>b<office:annotation>
        <text:p>comment</text:p></office:annotation>c<text:span text:style-name="T1">hidden</text:span>d</text:p>
        <text:p text:style-name="P1">hidden</text:p>
        <text:section text:display="none"><text:p>hidden</text:p></text:section>
        <text:section><text:p>e</text:p></text:section>"""
    assert read(body, styles) == ["text| abcd", "text| e"]


def test_text_boxes_stand_behind_their_paragraph() -> None:
    box = "<draw:frame><draw:text-box><text:p>in the box</text:p></draw:text-box><svg:title>t</svg:title></draw:frame>"
    assert read(f"<text:p>a{box}b</text:p>{box}") == ["text| ab", "text| in the box", "text| in the box"]


def test_metadata() -> None:
    meta = f"""<office:document-meta {NAMESPACES}><office:meta><dc:title>Informe
        final</dc:title><dc:date>2010-11-12T10:00:00</dc:date><dc:language>es-MX</dc:language></office:meta>
        </office:document-meta>"""
    said = read_odt(odt("<text:p>x</text:p>", meta=meta)).metadata
    assert (said.title, said.date, said.language) == ("Informe final", "2010-11-12", "es")
    nothing = read_odt(odt("<text:p>x</text:p>")).metadata
    assert (nothing.title, nothing.date, nothing.language) == ("", "", "")


def test_a_password_and_another_kind_of_document_are_refused() -> None:
    manifest = f"""<manifest:manifest {NAMESPACES}><manifest:file-entry manifest:full-path="content.xml">
        <manifest:encryption-data/></manifest:file-entry></manifest:manifest>"""
    with pytest.raises(UnreadableReport, match="is locked with a password: save a copy without it"):
        read_odt(odt("", **{"META-INF_manifest": manifest}))
    with pytest.raises(UnreadableReport, match="is not an OpenDocument text"):
        read_odt(odt("", kind="spreadsheet"))


def test_an_empty_document_has_no_blocks() -> None:
    assert read_odt(odt("<text:p/>")).blocks == ()
    assert BlockRole.TEXT in {block.role for block in read_odt(odt("<text:p>x</text:p>")).blocks}
