"""Files to take away, opened again: every id is there, every quote is its slice, and nothing of others is obeyed.

Long because all four formats are held against the same nasty texts.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from lxml import etree
from markdown_it import MarkdownIt

from app.cli.main import main
from app.export import csv_file
from app.export.document import Export, export_answers, export_passages
from app.export.files import FORMATS, file_name, format_for, save
from app.render.wording import citation_line
from ingest.errors import RelatoriaError
from ingest.report import Kind, Metadata, Passage, Report, Strength, normalize_for_display
from ingest.sanitize import sanitize_text
from retrieval.answer.templates import load_templates
from retrieval.assistant import Assistant
from retrieval.results import Answer, Citation, Layer, Provenance, Statement, Status, Translation, Writing
from retrieval.verification.quotes import quote_statement
from tests.app.export.exported import read_ids, read_rows, unescape_cell
from tests.app.web.test_page import HOSTILE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ARABIC = "ينبغي للحكومات أن تحمي العمال المهاجرين."
NASTY = [
    *HOSTILE,
    "=1+1",
    "+SUM(A1:A9)",
    "-2+3",
    "@import",
    "\t=cmd|' /C calc'!A0",
    "\r=1",
    "'=1",
    "''=1",
    "'tis a quote",
    ' =HYPERLINK("http://x")',
    "＝1+1",
    "a | b | c\n| --- | --- |",
    "```\ncode\n```",
    "`` ` ``",
    "[^1]: forged `x#1`",
    "1. item\n2. item",
    "# heading\n\n- list\n+ list",
    "> quote\n>> deeper",
    "[link](javascript:alert(1)) <b>bold</b> &amp; &#60;",
    "one\r\ntwo\rthree\nfour\tfive",
    "\x00\x01\x0b\x0c\x1b\x7f\x85\ufffe\uffff",
    "[1] [2] [99] are the report's own",
    'a, b; "c", \'d\'\r\n"""',
    ARABIC,
    "العمل =1+1 \u202eabc",
    "emoji 👩‍👩‍👧‍👦 🇲🇽 e\u0301",
    "palabra" * 8_000,  # 56,000 characters without a space
    "palabra " * 6_500,
    "x",
]


def report_of(texts: Sequence[str], report_id: str = "r", title: str = "Informe") -> tuple[Report, list[Passage]]:
    """A report with these texts as its recommendations."""
    text, passages = "Comienzo\n\n", []
    for at, words in enumerate(texts, start=1):
        start = len(text)
        text += words + "\n\n"
        passages.append(
            Passage(
                f"{report_id}#1-r{at:02d}", report_id, Kind.RECOMMENDATION, str(at), (f"Sección {title}:",), "",
                words, start, start + len(words), 1, at, "ar" if words == ARABIC else "es",
                strength=Strength.OBLIGATION, addressees=(title,), by=(words[:200],),
            )
        )  # fmt: skip
    metadata = Metadata(title, "Foro", 2010, "México", "", "2010-11-09", "es")
    return Report(report_id, text, metadata, "0" * 64, (), ((0, 1), (len(text) // 2, 2))), passages


def answered(passages: Sequence[Passage], question: str, language: str = "en", **values: object) -> Answer:
    citations = [Citation.whole(mark, passage) for mark, passage in enumerate(passages, start=1)]
    record = Statement(
        f"Addressed to: «x» {' '.join(f'[{citation.mark}]' for citation in citations)}.", tuple(citations), Layer.RECORD
    )
    statements = (Statement("Opening:"), record, *map(quote_statement, citations))
    provenance = Provenance("f" * 64, {}, "model", None, "0.1.0", "2026-01-31T08:00:00+00:00")
    answer = Answer(question, question, language, Status.ANSWERED, statements, provenance=provenance)
    return replace(answer, **values)  # type: ignore[arg-type]


REPORT, PASSAGES = report_of(NASTY, title="=Título | `x` <b>")
SOURCES = {REPORT.id: REPORT}
EXPORTS: dict[str, Export] = {
    "selection": export_passages(PASSAGES, SOURCES.get, "es", index="f" * 64),
    "arabic": export_passages(PASSAGES[::-1], SOURCES.get, "ar", index="f" * 64),
    "answer": export_answers([answered(PASSAGES, NASTY[0])], SOURCES.get, "fr", index="f" * 64),
    "conversation": export_answers(
        [answered(PASSAGES[at : at + 3], words, "de") for at, words in enumerate(NASTY)],
        SOURCES.get, "pt", index="f" * 64,
    ),
    "nothing": export_answers(
        [Answer("?", "?", "en", Status.OUT_OF_SCOPE, (Statement("No."),), nearest=(Citation.whole(1, PASSAGES[0]),))],
        SOURCES.get, "en", index="f" * 64,
    ),
    "gone": export_passages(PASSAGES[:2], lambda _: None, "en", index=""),
    "empty": export_passages([], SOURCES.get, "en", index="f" * 64),
}  # fmt: skip


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("kind", EXPORTS)
def test_opened_again_every_id_is_there(kind: str, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / file_name(EXPORTS[kind], suffix)
    save(EXPORTS[kind], file)
    found = read_ids(file)
    wanted = [entry.id for entry in EXPORTS[kind].entries]
    assert sorted(found) == sorted(wanted)
    assert set(found) <= {passage.id for passage in PASSAGES}


@pytest.mark.parametrize("kind", ["selection", "arabic", "answer", "conversation", "nothing"])
def test_for_programs_every_quote_is_its_slice(kind: str) -> None:
    rows = read_rows(FORMATS["csv"](EXPORTS[kind]))
    parts = json.loads(FORMATS["json"](EXPORTS[kind]))["parts"]
    entries = [entry for part in parts for entry in part["entries"]]
    assert len(rows) == len(entries) > 0
    for row, entry in zip(rows, entries, strict=True):
        assert row["quote"] == entry["quote"] == REPORT.text[int(row["start"]) : int(row["end"])]
        assert row["file_sha256"] == entry["file"] == REPORT.file_hash
        assert row["index"] == "f" * 64
        assert row["citation"].startswith("=Título | `x` <b> — Foro · México · 2010 (2010-11-09). Sección =Título")
        assert f"{row['name']}, " in row["citation"]


@pytest.mark.parametrize("kind", EXPORTS)
def test_no_cell_is_computed(kind: str) -> None:
    data = FORMATS["csv"](EXPORTS[kind])
    assert data.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "＝"}
            assert not re.match(r"\s+[=+\-@]", cell)


@pytest.mark.parametrize("cell", NASTY)
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    assert unescape_cell(csv_file.escape_cell(cell)) == cell
    assert unescape_cell(csv_file.escape_cell(csv_file.escape_cell(cell))) == csv_file.escape_cell(cell)


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\t", "\0", " \0 ", "'", "''"])
def test_whatever_can_start_a_formula_is_made_text(sign: str, before: str) -> None:
    assert csv_file.escape_cell(f"{before}{sign}1") == f"'{before}{sign}1"


@pytest.mark.parametrize("cell", ["\tx", "\rx", "\nx", "'\tx"])
def test_a_control_that_a_spreadsheet_passes_over_is_kept_from_it(cell: str) -> None:
    assert csv_file.escape_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "1+1", "a=1", "'tis", "’=1", "¿=?", "≠1", "–1", "a\n=1", "²", "."])
def test_what_starts_no_formula_stays(cell: str) -> None:
    assert csv_file.escape_cell(cell) == cell


def test_each_column_has_what_its_name_says() -> None:
    """A page is no line, and a number no name: every value is another."""
    passage = Passage(
        "r#1.1-r07", "r", Kind.RECOMMENDATION, "7", ("Chapter 1.1", "Wells:"), "It asks:", "Mend the wells.", 10, 25,
        3, 41, "en", strength=Strength.OBLIGATION, addressees=("States", "cities"), by=("Peru", "Chile"),
    )  # fmt: skip
    text = "A report.\nMend the wells.\n"
    metadata = Metadata("The valley", "Council", 2010, "Lima", "", "2010-11-09", "en")
    report = Report("r", text, metadata, "0" * 64, (), ((0, 1), (5, 2), (10, 3)))
    export = export_passages([passage], {"r": report}.get, "en", index="f" * 64)
    header, row = csv.reader(io.StringIO(FORMATS["csv"](export).decode("utf-8-sig"), newline=""))
    found = dict(zip(header, row, strict=True))
    assert found.pop("relatoria") == export.version
    assert found.pop("exported") == export.date
    assert found == {
        "answer": "", "question": "", "status": "", "mark": "1", "id": "r#1.1-r07", "report_id": "r",
        "report": "The valley", "about": "Council · Lima · 2010", "date": "2010-11-09",
        "section": "Chapter 1.1 › Wells", "number": "7", "name": "Recommendation 7", "kind": "recommendation",
        "page": "3", "line": "41", "start": "10", "end": "25", "language": "en", "addressees": "States; cities",
        "by": "Peru; Chile", "strength": "obligation", "lead_in": "It asks:", "quote": "Mend the wells.",
        "machine_translation": "", "translated_to": "",
        "citation": "The valley — Council · Lima · 2010 (2010-11-09). Chapter 1.1 › Wells, "
        "Recommendation 7, page 3, line 41.",
        "file_sha256": "0" * 64, "index": "f" * 64,
    }  # fmt: skip
    unpaged = export_passages([passage], {"r": replace(report, pages=())}.get, "en", index="")
    (only,) = csv.DictReader(io.StringIO(FORMATS["csv"](unpaged).decode("utf-8-sig"), newline=""))
    assert (only["page"], only["line"]) == ("", "41")


# Markdown


@pytest.mark.parametrize("kind", EXPORTS)
def test_markdown_shows_the_quotes_and_obeys_nothing(kind: str) -> None:
    text = FORMATS["md"](EXPORTS[kind]).decode()
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    assert not [
        token for token in (*tokens, *inline) if token.type.startswith(("html", "table", "fence", "link", "image"))
    ]
    assert {token.type for token in tokens} <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close",
        "inline",
    }  # fmt: skip
    quotes = [
        "".join(child.content for child in tokens[at + 2].children or ())
        for at, token in enumerate(tokens)
        if token.type == "blockquote_open"
    ]
    shown = [re.sub(r" ?\[\^\d+\]$", "", quote) for quote in quotes]
    assert shown == [sanitize_text(entry.words) for part in EXPORTS[kind].parts for entry in part.entries]


# Word


def footnotes_of(data: bytes) -> "etree._Element":
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return etree.fromstring(package.read("word/footnotes.xml"))


@pytest.mark.parametrize("kind", EXPORTS)
def test_word_has_footnotes_that_are_footnotes(kind: str) -> None:
    data = FORMATS["docx"](EXPORTS[kind])
    document = docx.Document(io.BytesIO(data))
    references = [int(node.get(f"{W}id")) for node in document.element.iter(f"{W}footnoteReference")]
    notes = {int(node.get(f"{W}id")): node for node in footnotes_of(data).iter(f"{W}footnote")}
    entries = EXPORTS[kind].entries
    assert references == sorted(set(references)) == list(range(1, len(entries) + 1))  # each once, numbered as met
    assert set(notes) == {-1, 0, *references}
    texts = {"".join(note.itertext(f"{W}t")) for number, note in notes.items() if number > 0}
    assert len(texts) == len({(entry.citation, entry.id) for entry in entries})
    names = {node.get(f"{W}name") for node in document.element.iter(f"{W}bookmarkStart")}
    fields = [node.text.split()[1] for node in document.element.iter(f"{W}instrText")]
    assert set(fields) <= names
    quotes = [
        paragraph.runs[0].text
        for paragraph in document.paragraphs
        if paragraph.style and paragraph.style.name == "Quote"
    ]
    legal = re.compile("[\ufffe\uffff]")
    assert quotes == [legal.sub("\ufffd", sanitize_text(entry.words)) for entry in entries]
    assert EXPORTS[kind].version in (document.core_properties.author or "")


@pytest.mark.parametrize("part", ["document", "footnotes"])
def test_word_keeps_the_spaces_at_the_edges_of_a_run(part: str) -> None:
    """Word drops white space at the edges of w:t without xml:space (ECMA-376 part 1, 17.3.3.31)."""
    data = FORMATS["docx"](EXPORTS["conversation"])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        texts = list(etree.fromstring(package.read(f"word/{part}.xml")).iter(f"{W}t"))
    edged = [node for node in texts if node.text != node.text.strip()]
    assert edged
    assert {node.get("{http://www.w3.org/XML/1998/namespace}space") for node in edged} == {"preserve"}


def test_a_mark_met_again_refers_to_its_footnote() -> None:
    """The record names both, then both are quoted: two footnotes, two fields."""
    export = export_answers([answered(PASSAGES[-2:], "?")], SOURCES.get, "en", index="")
    document = docx.Document(io.BytesIO(FORMATS["docx"](export)))
    assert len(list(document.element.iter(f"{W}footnoteReference"))) == 2
    assert [node.text for node in document.element.iter(f"{W}instrText")] == [
        " NOTEREF _RefNote1 \\f \\h ",
        " NOTEREF _RefNote2 \\f \\h ",
    ]


def test_arabic_is_written_from_right_to_left() -> None:
    export = export_passages([passage for passage in PASSAGES if passage.text == ARABIC], SOURCES.get, "ar", index="")
    document = docx.Document(io.BytesIO(FORMATS["docx"](export)))
    (quote,) = [paragraph for paragraph in document.paragraphs if paragraph.text == ARABIC]
    assert quote._p.find(f"{W}pPr/{W}bidi") is not None
    assert quote.runs[0]._r.find(f"{W}rPr/{W}rtl") is not None
    spanish = export_passages(PASSAGES[-1:], SOURCES.get, "es", index="")
    assert not list(docx.Document(io.BytesIO(FORMATS["docx"](spanish))).element.iter(f"{W}bidi"))


# Layers


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_translation_says_that_a_machine_made_it(suffix: str) -> None:
    citation = Citation.whole(1, PASSAGES[-1])
    written = Statement("Written by it [1].", (citation,), Layer.WRITTEN)
    answer = answered([PASSAGES[-1]], "?", translations=(Translation(1, "ecks", "en"),), writing=Writing("m"))
    answer = replace(answer, statements=(*answer.statements, Statement("Summary by m:"), written))
    data = FORMATS[suffix](export_answers([answer], SOURCES.get, "es", index=""))
    if suffix == "csv":
        (row,) = read_rows(data)
        assert (row["machine_translation"], row["translated_to"]) == ("ecks", "en")
        return
    if suffix == "json":
        value = json.loads(data)
        assert value["machine_translated"] == ["translation"]
        assert value["parts"][0]["entries"][0]["translation"] == "ecks"
        roles = [piece["role"] for piece in value["parts"][0]["pieces"]]
        assert roles == ["frame", "record", "quote", "frame", "written"]
        return
    text = data.decode() if suffix == "md" else "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)
    assert "machine translation (en): ecks" in text
    assert text.index("Summary by m:") < text.index("Written by it")


def test_a_report_with_pages_is_cited_by_page() -> None:
    assert citation_line(PASSAGES[0], REPORT, load_templates("en")).endswith("Recommendation 1, page 1, line 1.")
    unpaged = replace(REPORT, pages=())
    assert citation_line(PASSAGES[0], unpaged, load_templates("fr")).endswith("Recommandation 1, ligne 1.")
    assert citation_line(PASSAGES[0], None, load_templates("en")).startswith("r. Sección")


# With the real report


def test_what_is_exported_is_in_the_index(assistant: Assistant, tmp_path: Path) -> None:
    questions = (
        "¿Qué se recomendó sobre la migración de retorno?",
        "What about women?",
        "ما هي منصة الشراكات؟",
        "¿Y el fútbol?",
    )
    answers = [assistant.ask(question) for question in questions]
    fingerprint = assistant.index.check()["fingerprint"]
    exports = [
        export_answers(answers[:1], assistant.report, "es", index=fingerprint),
        export_answers(answers, assistant.report, "ar", index=fingerprint),
        export_passages(
            assistant.index.store.passages(kinds=[Kind.RECOMMENDATION]), assistant.report, "en", index=fingerprint
        ),
    ]
    for export in exports:
        for suffix in FORMATS:
            file = tmp_path / f"x.{suffix}"
            save(export, file)
            found = read_ids(file)
            assert found
            assert set(assistant.index.store.rows_with_ids(found)) == set(found)
        for entry in export.entries:
            report = assistant.report(entry.report_id)
            assert report is not None
            assert entry.quote == report.text[entry.start : entry.end]
    for entry in exports[0].entries:
        assert normalize_for_display(entry.quote) in (tmp_path / "x.md").read_text(encoding="utf-8")


def test_the_command_writes_what_it_says(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = ["--index", str(assistant.index.folder)]
    table_file, answer_file = tmp_path / "records.csv", tmp_path / "answer.docx"
    chosen = ["--strength", "possibility", "--kind", "recommendation"]
    assert main(["passages", *index, "--json", *chosen, "--export", str(table_file)]) == 0
    said = capsys.readouterr()
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == read_ids(table_file)
    assert "3 records" in said.err
    assert main(["ask", *index, "--json", "migración de retorno", "--export", str(answer_file)]) == 0
    said = capsys.readouterr()
    assert [citation["passage_id"] for citation in json.loads(said.out)["citations"]] == read_ids(answer_file)
    assert main(["ask", *index, "retorno", "--export", str(tmp_path / "x.pdf")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert ".docx, .md, .csv, .json" in " ".join(said.err.split())


def test_a_name_without_a_format_says_which_there_are() -> None:
    with pytest.raises(RelatoriaError, match=r"\.docx, \.md, \.csv, \.json"):
        format_for(Path("records"))
