"""Word documents, written by python-docx or by hand, read as Word prints them.

Long because each feature of the format has a short test on one document maker.
"""

import io
import zipfile
from datetime import datetime

import docx
import pytest

from ingest.errors import UnreadableReport
from ingest.readers.office.docx import read_docx
from ingest.report import Block

STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{TRANSITIONAL}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


def made(body: str, *, strict: bool = False, **parts: str) -> bytes:
    """A document of that body, with the parts given: numbering, styles, footnotes, …"""
    files = {"word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"}
    links = ""
    for name, content in parts.items():
        files[f"word/{name}.xml"] = f"<w:{name} {NAMESPACES}>{content}</w:{name}>"
        links += f'<Relationship Id="{name}" Type="http://any/relationships/{name}" Target="{name}.xml"/>'
    files["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{RELATIONSHIPS}">{links}</Relationships>'
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="a" Type="http://any/relationships/officeDocument" '
        'Target="/word/document.xml"/></Relationships>'
    )
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        for name, content in files.items():
            target.writestr(name, content.replace(TRANSITIONAL, STRICT) if strict else content)
    return raw.getvalue()


def printed(raw: bytes) -> list[str]:
    """Each block as it would be printed, its role and level in front."""
    extract = read_docx(raw)

    def line(block: Block) -> str:
        level = "" if block.level is None else str(block.level)
        text = extract.text[block.start : block.end]
        return f"{block.role.value}{level}| {block.marker} {text}".replace("|  ", "| ")

    return [line(block) for block in extract.blocks]


def read(body: str, **parts: str) -> list[str]:
    return printed(made(body, strict=False, **parts))


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def item(num: int, level: int = 0, text: str = "x") -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def level(at: int, text: str, form: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(name: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{name}">{"".join(levels)}</w:abstractNum>'


def num(name: int, of: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def restart(at: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def style(name: str, said: str, based_on: str = "", properties: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{said}"/><w:basedOn w:val="{based_on}"/>'
        f"<w:pPr>{properties}</w:pPr></w:style>"
    )


LEGAL = abstract(0, level(0, "%1."), level(1, "%1.%2"), level(2, "(%3)", "lowerLetter")) + num(1, 0)


def test_what_python_docx_writes() -> None:
    written = docx.Document()
    written.core_properties.title, written.core_properties.language = "Informe", "es-ES"
    written.core_properties.modified = datetime(2010, 11, 12)
    written.add_heading("Mesa redonda", 0)
    written.add_heading("Conclusiones", 2)
    written.add_paragraph("Texto")
    written.add_paragraph("uno", style="List Bullet")
    written.add_paragraph("dos", style="List Bullet 2")
    written.add_paragraph("tres", style="List Number")
    written.add_paragraph("cuatro", style="List Number")
    table = written.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "ancho"
    table.cell(1, 0).text = "a"
    table.cell(1, 1).add_table(1, 2).cell(0, 0).text = "dentro"
    written.sections[0].header.paragraphs[0].text = "encabezado"
    raw = io.BytesIO()
    written.save(raw)
    assert printed(raw.getvalue()) == [
        *("heading1| Mesa redonda", "heading2| Conclusiones", "text| Texto"),
        *("item0| • uno", "item1| • dos", "item0| 1. tres", "item0| 2. cuatro"),
        *("row| ancho", "row| a\tdentro"),
    ]
    said = read_docx(raw.getvalue()).metadata
    assert (said.title, said.date, said.language) == ("Informe", "2010-11-12", "es")


def test_levels_count_under_the_levels_above() -> None:
    body = "".join(item(1, at) for at in (0, 1, 1, 2, 2, 1, 0, 1, 2))
    assert read(body, numbering=LEGAL) == [
        *("item0| 1. x", "item1| 1.1 x", "item1| 1.2 x", "item2| (a) x", "item2| (b) x", "item1| 1.3 x"),
        *("item0| 2. x", "item1| 2.1 x", "item2| (a) x"),
    ]


def test_a_level_before_those_above_counts_them_as_begun() -> None:
    # Microsoft's own account, Q110380: a Heading 2 in front makes the first Heading 1 number 2.
    assert read(item(1, 1) + item(1, 0), numbering=LEGAL) == ["item1| 1.1 x", "item0| 2. x"]


def test_text_and_other_lists_in_between_do_not_interrupt() -> None:
    numbering = LEGAL.replace("<w:num ", abstract(1, level(0, "\uf0b7", "bullet")) + "<w:num ") + num(2, 1)
    body = item(1) + p("text") + item(2) + item(1)
    assert read(body, numbering=numbering) == ["item0| 1. x", "text| text", "item0| • x", "item0| 2. x"]


def test_instances_of_one_list_go_on_unless_they_restart() -> None:
    numbering = LEGAL + num(2, 0) + num(3, 0, restart(0, 5))
    body = item(1) + item(2) + item(3) + item(3) + item(1)
    assert [line.split()[1] for line in read(body, numbering=numbering)] == ["1.", "2.", "5.", "6.", "7."]


def test_an_instance_may_define_its_own_level() -> None:
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "Art. %1", "upperRoman")}</w:lvlOverride>'
    assert read(item(2), numbering=LEGAL + num(2, 0, own)) == ["item0| Art. I x"]


def test_restart_only_where_the_level_says() -> None:
    never = abstract(0, level(0, "%1."), level(1, "%2", more='<w:lvlRestart w:val="0"/>')) + num(1, 0)
    body = "".join(item(1, at) for at in (0, 1, 0, 1))
    assert [line.split()[1] for line in read(body, numbering=never)] == ["1.", "1", "2.", "2"]
    first = abstract(0, level(0, "%1"), level(1, "%2"), level(2, "%3", more='<w:lvlRestart w:val="1"/>')) + num(1, 0)
    body = "".join(item(1, at) for at in (0, 1, 2, 1, 2, 0, 1, 2))
    assert [line.split()[1] for line in read(body, numbering=first)] == ["1", "1", "1", "2", "2", "2", "1", "1"]


@pytest.mark.parametrize(
    ("form", "third"),
    [
        *(("lowerLetter", "c"), ("upperLetter", "C"), ("lowerRoman", "iii"), ("upperRoman", "III")),
        *(("ordinal", "3rd"), ("decimalZero", "03"), ("bullet", "•"), ("hindiVowels", "3")),
    ],
)
def test_forms_of_numbers(form: str, third: str) -> None:
    numbering = abstract(0, level(0, "%1", form)) + num(1, 0)
    assert read(item(1) * 3, numbering=numbering)[2] == f"item0| {third} x"


def test_a_list_that_prints_nothing_in_front_is_text() -> None:
    silent = abstract(0, level(0, "", "none"), level(1, "", "bullet")) + num(1, 0)
    assert read(item(1) + item(1, 1), numbering=silent) == ["text| x", "text| x"]


def test_legal_numbering_shows_decimals_only() -> None:
    numbering = abstract(0, level(0, "%1", "upperRoman"), level(1, "%1.%2", more="<w:isLgl/>")) + num(1, 0)
    assert read(item(1) + item(1, 1), numbering=numbering) == ["item0| I x", "item1| 1.1 x"]


def test_styles_bring_headings_and_numbers() -> None:
    numbering = abstract(
        0,
        level(0, "%1", "upperRoman", '<w:pStyle w:val="Ttulo1"/>'),
        level(1, "%1.%2", more='<w:pStyle w:val="Ttulo2"/>'),
    ) + num(1, 0)
    in_list = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = (
        style("Ttulo1", "heading 1", properties=in_list)
        + style("Ttulo2", "heading 2", properties=in_list)
        + style("Propio", "Mi estilo", "Ttulo2")
        + style("Esquema", "Otro", properties='<w:outlineLvl w:val="4"/>')
    )

    def styled(name: str, more: str = "") -> str:
        return p("h", f'<w:pStyle w:val="{name}"/>{more}')

    body = styled("Ttulo1") + styled("Ttulo2") + styled("Propio") + styled("Esquema")
    body += styled("Ttulo1", '<w:numPr><w:numId w:val="0"/></w:numPr>') + styled("Ttulo2", '<w:outlineLvl w:val="9"/>')
    assert read(body, numbering=numbering, styles=styles) == [
        *("heading1| I h", "heading2| I.1 h", "heading2| I.2 h", "heading5| h", "heading1| h", "item1| I.3 h"),
    ]


def test_tracked_changes_are_accepted() -> None:
    def run(text: str) -> str:
        return f"<w:r><w:t>{text}</w:t></w:r>"

    body = f"""<w:p>{run("a")}<w:ins>{run("b")}</w:ins><w:del><w:r><w:delText>no</w:delText></w:r></w:del>
        <w:moveFrom>{run("no")}</w:moveFrom><w:moveTo>{run("c")}</w:moveTo></w:p>"""
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body += item(1) + p("one ", f"{number}<w:rPr><w:del/></w:rPr>") + p("two", number)
    assert read(body, numbering=LEGAL) == ["text| abc", "item0| 1. x", "item0| 2. one two"]


def test_what_does_not_show_is_left_out_and_takes_no_number() -> None:
    hide = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/></w:rPr>'
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
    body = item(1) + f"<w:p><w:pPr>{hide}</w:pPr>{hidden}</w:p>" + item(1)
    body += f"<w:p>{hidden}<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>shown</w:t></w:r></w:p>"
    assert read(body, numbering=LEGAL) == ["item0| 1. x", "item0| 2. x", "text| shown"]


def test_fields_show_their_result() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    inner = f"{mark('begin')}<w:r><w:instrText>PAGE</w:instrText></w:r>{mark('separate')}"
    inner += f"<w:r><w:t>no</w:t></w:r>{mark('end')}"
    body = f"""<w:p>{mark("begin")}<w:r><w:instrText>IF </w:instrText></w:r>{inner}{mark("separate")}
        <w:r><w:t>result</w:t></w:r>{mark("end")}<w:fldSimple><w:r><w:t> simple</w:t></w:r></w:fldSimple></w:p>"""
    assert read(body + p("after")) == ["text| result simple", "text| after"]
    assert read(f"<w:p>{mark('begin')}</w:p>" + p("never closed")) == ["text| never closed"]


def test_text_boxes_are_read_once_and_count_apart() -> None:
    box = f"<w:txbxContent>{item(1, text='box')}</w:txbxContent>"
    either = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = item(1) + f"<w:p><w:pPr>{number}</w:pPr><w:r>{either}<w:t>x</w:t></w:r></w:p>" + item(1)
    assert read(body, numbering=LEGAL) == ["item0| 1. x", "item0| 2. x", "item0| 1. box", "item0| 3. x"]


def test_signs_and_containers_inside_a_paragraph() -> None:
    body = """<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>
        <w:hyperlink><w:r><w:t>a</w:t></w:r></w:hyperlink>
        <w:sdt><w:sdtPr><w:rPr/></w:sdtPr><w:sdtContent><w:r><w:t>b</w:t></w:r></w:sdtContent></w:sdt>
        <w:smartTag><w:r><w:t>c</w:t></w:r></w:smartTag><w:r><w:tab/><w:t>d</w:t><w:noBreakHyphen/><w:t>e</w:t>
        <w:softHyphen/><w:t>f</w:t><w:br/><w:t>g</w:t><w:sym w:font="Symbol" w:char="F0B3"/></w:r>
        <m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath><w:r><w:commentReference/></w:r></w:p>"""
    assert read(f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>") == ["text| abc d-ef\ng≥x=1"]


def test_an_initial_belongs_to_its_word() -> None:
    assert read(p("L", '<w:framePr w:dropCap="drop"/>') + p("os Estados")) == ["text| Los Estados"]


def cell(inside: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


DOWN, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_tables_say_merged_cells_once_and_keep_what_is_in_them() -> None:

    table = f"""<w:tbl>{row(cell(p("wide"), '<w:gridSpan w:val="2"/>'), cell(p("c")))}
        {row(cell(p("a")), cell(p("down"), DOWN), cell(item(1) + item(1, text="y")))}
        {row(cell(p("b")), cell(p("unseen"), GOES_ON), cell(p("d")))}
        {row(cell(p("deleted")), cell(p("deleted")), properties="<w:del/>")}</w:tbl>"""
    assert read(table, numbering=LEGAL) == ["row| wide\tc", "row| a\tdown\t1. x\n2. y", "row| b\t\td"]
    assert read(f"<w:tbl>{row(cell(item(1)))}</w:tbl>", numbering=LEGAL) == ["item0| 1. x"]


def test_a_row_that_does_not_show_is_left_out() -> None:
    rows = [row(cell(p(text)), cell(p(text)), properties=said) for text, said in (
        ("a", ""), ("hidden", "<w:hidden/>"), ("deleted", "<w:del/>"), ("b", '<w:hidden w:val="0"/>'),
    )]  # fmt: skip
    assert read(f"<w:tbl>{''.join(rows)}</w:tbl>") == ["row| a\ta", "row| b\tb"]


def test_a_cell_is_merged_only_with_one_above_it_in_its_column() -> None:
    before, wide = '<w:gridBefore w:val="1"/>', '<w:gridSpan w:val="2"/>'
    table = f"""<w:tbl>{row(cell(p("a")), cell(p("b"), GOES_ON), cell(p("c"), DOWN))}
        {row(cell(p("d")), cell(p("unseen"), GOES_ON), cell(p("e")))}
        {row(cell(p("f")), cell(p("g"), DOWN), cell(p("h"), GOES_ON))}
        {row(cell(p("unseen"), GOES_ON), cell(p("i")), properties=before)}</w:tbl>"""
    assert read(table) == [
        "row| a\tb\tc",  # nothing stands above the first row
        "row| d\t\te",
        "row| f\tg\th",  # what is above the last ended there
        "row| \t\ti",  # the first is in the second column
    ]
    table = f"""<w:tbl>{row(cell(p("a"), wide), cell(p("b"), DOWN))}
        {row(cell(p("c")), cell(p("d"), GOES_ON), cell(p("unseen"), GOES_ON))}</w:tbl>"""
    assert read(table) == ["row| a\tb", "row| c\td"]  # the first stands above two columns


def test_a_cell_that_goes_on_to_the_right_is_said_once() -> None:
    merged, goes_on = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    table = f"<w:tbl>{row(cell(p('a'), merged), cell(p('unseen'), goes_on), cell(p('b')))}{row(*[cell(p('c'))] * 3)}"
    assert read(f"{table}</w:tbl>") == ["row| a\tb", "row| c\tc\tc"]


def test_notes_stand_at_the_end_with_their_marks() -> None:
    def call(kind: str, name: int, more: str = "") -> str:
        return f'<w:r><w:{kind}Reference w:id="{name}" {more}/></w:r>'

    def note(kind: str, name: int, text: str) -> str:
        return f'<w:{kind} w:id="{name}"><w:p><w:r><w:{kind}Ref/></w:r><w:r><w:t> {text}</w:t></w:r></w:p></w:{kind}>'

    own = '<w:r><w:footnoteReference w:id="7" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    body = f"""<w:p><w:r><w:t>a</w:t></w:r>{call("footnote", 3)}{call("endnote", 1)}{own}{call("footnote", 2)}
        <w:r><w:t>b</w:t></w:r></w:p>"""
    footnotes = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>' + note("footnote", 2, "second")
    footnotes += note("footnote", 3, "first") + note("footnote", 7, "* own").replace("<w:t> ", "<w:t>")
    footnotes += note("footnote", 9, "never called")
    assert read(body, footnotes=footnotes, endnotes=note("endnote", 1, "end")) == [
        *("text| ab", "note| 1 first", "note| * own", "note| 2 second", "note| i end"),
    ]


def test_strict_documents_read_the_same() -> None:
    body = item(1) + p("text", '<w:outlineLvl w:val="0"/>')
    assert printed(made(body, numbering=LEGAL, strict=True)) == ["item0| 1. x", "heading1| text"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"PK\x03\x04", "is cut off or damaged"),
        (made("", styles="<w:style>"), r"is damaged \(word/styles.xml is not well-formed XML\)"),
        (made("").replace(b"w:body", b"w:food"), "is cut off or damaged"),
    ],
)
def test_damage_is_reported(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableReport, match=reason):
        read_docx(raw)


def test_another_kind_of_document_is_refused() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        target.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UnreadableReport, match="is not a Word document"):
        read_docx(raw.getvalue())
