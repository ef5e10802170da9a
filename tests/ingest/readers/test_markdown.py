"""Markdown: the words that CommonMark would show, without its marks."""

import time

import pytest
from markdown_it import MarkdownIt

from ingest.readers.web.markdown import read_markdown
from ingest.report import Metadata


def blocks(text: str) -> list[tuple[str, int | None, str, str]]:
    extract = read_markdown(text.encode())
    return [
        (block.role.value, block.level, block.marker, extract.text[block.start : block.end]) for block in extract.blocks
    ]


def texts(text: str) -> list[str]:
    return [words for *_, words in blocks(text)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Los **gobiernos** _deben_ [actuar](http://a.b 'x') ya", "Los gobiernos deben actuar ya"),
        ("![Mapa *de* rutas](m.png) <b>y</b> `código`<!-- no -->", "Mapa de rutas y código"),
        ("una línea\nsigue  \nrota\\\naquí<br>fin", "una línea\nsigue\nrota\naquí\nfin"),
        ("regular** **y segura", "regular** **y segura"),
        ("**regular **y segura**", "**regular y segura"),
        (r"\*no\* &amp; snake_case_name 2 * 3 * 4", "*no* & snake_case_name 2 * 3 * 4"),
        ("<https://un.org/x>", "https://un.org/x"),
        ("~~viejo~~ nuevo", "nuevo"),
        ("> una cita\n> sigue", "una cita\nsigue"),
    ],
)
def test_words_without_marks(written: str, shown: str) -> None:
    assert texts(written) == [shown]


@pytest.mark.parametrize("written", ["regular** **y segura", "**a **b**", "*a **b*", "** c **", "__d __e"])
def test_unbalanced_marks_are_as_commonmark_shows_them(written: str) -> None:
    shown = MarkdownIt("commonmark").render(written)
    for tag in ("<p>", "</p>", "<em>", "</em>", "<strong>", "</strong>"):
        shown = shown.replace(tag, "")
    assert texts(written) == [shown.strip()]


def test_headings() -> None:
    assert blocks("# Uno *dos* #\n\nTres\n----\n\n#### 1.2 `x`\n\n2. ### Dos\n\n- ### Sin") == [
        ("heading", 1, "", "Uno dos"),
        ("heading", 2, "", "Tres"),
        ("heading", 4, "", "1.2 x"),
        ("heading", 3, "", "2. Dos"),
        ("heading", 3, "", "Sin"),
    ]


def test_lists_keep_the_numbers_as_written() -> None:
    assert [
        block[1:] for block in blocks("3) uno\n   - dos\n\n     más\n   - tres\n4) cuatro\n9) nueve\n\n* diez")
    ] == [
        (0, "3)", "uno"),
        (1, "•", "dos\nmás"),
        (1, "•", "tres"),
        (0, "4)", "cuatro"),
        (0, "9)", "nueve"),
        (0, "•", "diez"),
    ]


def test_tables_go_row_by_row() -> None:
    assert blocks("| a | *b* |\n|:--|--:|\n| 1 \\| 2 | |\n| 3 | 4 |") == [
        ("row", None, "", "a\tb"),
        ("row", None, "", "1 | 2"),
        ("row", None, "", "3\t4"),
    ]


def test_code_is_text_and_html_is_not() -> None:
    assert texts("```\na *b*\n\nc\n```\n\n<div>fuera</div>\n\n<!-- fuera\n\nfuera -->\n\nfin") == ["a *b*\n\nc", "fin"]


def test_footnotes_are_set_apart() -> None:
    found = blocks("Uno[^1] y dos[^b], tres[^x].\n\n[^1]: La nota\nsigue.\n\n    Y *sigue*.\n[^b]: Otra\n\nFin")
    assert [(role, marker, text) for role, _, marker, text in found] == [
        ("text", "", "Uno y dos, tres[^x]."),
        ("text", "", "Fin"),
        ("note", "1", "La nota sigue. Y sigue."),
        ("note", "b", "Otra"),
    ]


def test_front_matter_is_metadata() -> None:
    front = (
        '---\ntitle: "Informe\\_final"\ndate: 2011-06-02\nlang: es-MX\nauthor: Nadie\nrelator: Ana Díaz\n'
        "place: Lima\nforum: Foro\nyear: 2010\n---\n\nTexto"
    )
    extract = read_markdown(front.encode())
    assert extract.text == "Texto"
    assert extract.metadata == Metadata("Informe final", "Foro", 2010, "Lima", "Ana Díaz", "2011-06-02", "es")


@pytest.mark.parametrize("bad", ["title: [", "title: {a: b}", "a: &x [*x]", "title: 2010-99-99", f"a: {'[' * 9000}"])
def test_front_matter_that_says_nothing_is_not_shown(bad: str) -> None:
    extract = read_markdown(f"---\n{bad}\n---\nTexto".encode())
    assert extract.text == "Texto"
    assert extract.metadata in (Metadata(), Metadata(title="2010-99-99"))


def test_lines_drawn_across_are_no_front_matter() -> None:
    assert texts("---\n\nNota importante\n\n---\n\nTexto") == ["Nota importante", "Texto"]


@pytest.mark.parametrize("crowd", ["[", "![", "[]", "](", "[a", "[[a](b)", "<[`"])
def test_a_megabyte_of_brackets_is_text_and_takes_no_time(crowd: str) -> None:
    written = crowd * (2**20 // len(crowd))
    began = time.process_time()
    assert texts(written) == [written.strip("\n")]
    assert time.process_time() - began < 2


def test_links_within_brackets_are_read_and_those_beyond_reason_stand_as_written() -> None:
    assert texts("[[[[[uno](a)]]]] y ![[dos](b)](c)") == ["[[[[uno]]]] y dos"]
    assert texts("[" * 60 + "uno" + "]" * 60 + " *dos*") == ["[" * 60 + "uno" + "]" * 60 + " dos"]


def test_bold_with_a_space_inside_and_lines_of_dashes() -> None:
    """As programs that turn web pages into Markdown write them."""
    report = read_markdown(
        "Ante todo.\n\n**Enfoque común\u00a0 **\n\nTexto que sigue.\n\n————————————-\n\nFin.\n".encode()
    )
    assert report.text.split("\n\n") == ["Ante todo.", "Enfoque común", "Texto que sigue.", "Fin."]
