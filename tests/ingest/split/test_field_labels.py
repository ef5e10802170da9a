"""Labels printed with recommendations: as lines, as bullets, as columns, in files of every kind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from ingest.lexicon.field_labels import parse_labels, split_values
from ingest.readers.read import read_report
from ingest.report import Kind, Passage, normalize_for_display
from ingest.serialization import passage_from_dict, passage_to_dict
from ingest.split.splitter import split
from retrieval.index.diff import diff_records
from retrieval.storage.schema import passage_from_row, passage_to_row

Look = tuple[str, str, tuple[tuple[str, str], ...]]
Made = Callable[[str, str], list[Passage]]
CONGRESS, GOVERNMENT = ("addressee", "Congreso de la República"), ("addressee", "Gobierno Nacional")
WELLS, WATER = ("addressee", "Ministerio de Salud"), ("theme", "Construcción de paz")
LAW, MEND = "Adoptar la ley de aguas.", "Reparar todos los pozos."


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """The passages of a file of that name and text, each a slice of its report."""

    def passages(name: str, text: str) -> list[Passage]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return passages_of(path)

    return passages


def passages_of(path: Path) -> list[Passage]:
    report = read_report(path, "r")
    found = split(report)
    assert all(passage.text == report.text[passage.start : passage.end] for passage in found)
    return found


def look(found: list[Passage]) -> list[Look]:
    return [
        (passage.number, normalize_for_display(passage.text), passage.labels)
        for passage in found
        if passage.kind is Kind.RECOMMENDATION
    ]


WANTED: list[Look] = [
    ("1", LAW, (CONGRESS, GOVERNMENT, WATER, ("subtheme", "Aguas"), ("term", "Corto"))),
    ("2", MEND, (WELLS, ("term", "Largo"))),
]
LABELS = (
    "Destinatario: Congreso de la República; Gobierno Nacional|Tema: Construcción de paz|Subtema: Aguas|Plazo: Corto"
)
OTHERS = "Destinatario: Ministerio de Salud|Plazo: Largo"


@pytest.mark.parametrize(
    ("name", "between", "head"),
    [
        ("lines.txt", "\n", "Comisión\n\nRecomendaciones\n\n"),
        ("indented.txt", "\n   ", "Comisión\n\nRecomendaciones\n\n"),
        ("paragraphs.txt", "\n\n", "Comisión\n\nRecomendaciones\n\n"),
        ("announced.txt", "\n\n", "Comisión\n\nSe leyeron las siguientes recomendaciones:\n\n"),
        ("bullets.txt", "\n• ", "Comisión\n\nRecomendaciones\n\n"),
        ("lines.md", "\n   ", "# Comisión\n\n## Recomendaciones\n\n"),
        ("breaks.md", "\\\n   ", "# Comisión\n\n## Recomendaciones\n\n"),
        ("bullets.md", "\n   - ", "# Comisión\n\n## Recomendaciones\n\n"),
        ("inner.md", "\n\n   ", "# Comisión\n\n## Recomendaciones\n\n"),
        ("paragraphs.md", "\n\n", "# Comisión\n\n## Recomendaciones\n\n"),
    ],
)
def test_labels_behind_an_item(made: Made, name: str, between: str, head: str) -> None:
    first, second = (between.join([text, *labels.split("|")]) for text, labels in ((LAW, LABELS), (MEND, OTHERS)))
    found = made(name, f"{head}1. {first}\n\n2. {second}\n")
    assert look(found) == WANTED
    assert [block.addressees for block in found if block.labels] == [
        ("Congreso de la República", "Gobierno Nacional"), ("Ministerio de Salud",),
    ]  # fmt: skip
    assert not any("Plazo" in block.text for block in found)


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_labels_before_an_item(made: Made, between: str) -> None:
    first = between.join(["Theme: Water", "To: Congress and Government", "1. Adopt the law."])
    second = between.join(["Theme: Wells", "To: Ministry of Trade, Industry and Tourism", "2. Mend the wells."])
    found = made("before.txt", f"Commission\n\nRecommendations\n\n{first}\n\n{second}\n\n3. Buy rope.\n")
    assert look(found) == [
        ("1", "Adopt the law.", (("theme", "Water"), ("addressee", "Congress"), ("addressee", "Government"))),
        ("2", "Mend the wells.", (("theme", "Wells"), ("addressee", "Ministry of Trade, Industry and Tourism"))),
        ("3", "Buy rope.", (("theme", "Wells"),)),  # a theme holds until the next, an addressee does not
    ]


def test_a_heading_for_each_and_a_word_before_the_text(made: Made) -> None:
    found = made(
        "each.md",
        "# Comissão\n\n## Recomendação 1\n\nTema: Paz\n\nDestinatário: Congresso\n\nA lei das águas.\n\n"
        "## Recomendação 2\n\n**Destinatário(s):** Governo\\\n"
        "**Recomendação:** Reparar os poços.\\\n**Prazo:** Curto\n",
    )
    assert [(text, labels) for _, text, labels in look(found)] == [
        ("A lei das águas.", (("theme", "Paz"), ("addressee", "Congresso"))),
        ("Reparar os poços.", (("addressee", "Governo"), ("term", "Curto"))),
    ]


def test_labels_of_an_item_with_parts(made: Made) -> None:
    found = made(
        "parts.txt",
        "Commission\n\nRecommandations\n\n1. Réparer les puits :\n(a) ceux du nord ;\n(b) ceux du sud.\n\n"
        "Destinataires : Congrès ; Gouvernement\nDélai : court\n\n2. Réparer les ponts :\n(a) l’ancien ;\n"
        "(b) le nouveau.\nÉchéance : long\n",
    )
    assert [(text, labels) for _, text, labels in look(found)] == [
        (
            "Réparer les puits : (a) ceux du nord ; (b) ceux du sud.",
            (("addressee", "Congrès"), ("addressee", "Gouvernement"), ("term", "court")),
        ),
        ("Réparer les ponts : (a) l’ancien ; (b) le nouveau.", (("term", "long"),)),
    ]
    assert [normalize_for_display(block.text) for block in found if block.kind is Kind.PART] == [
        "ceux du nord ;", "ceux du sud.", "l’ancien ;", "le nouveau.",
    ]  # fmt: skip


def test_a_label_whose_values_are_a_list(made: Made) -> None:
    found = made(
        "list.md",
        "# Commission\n\n## Recommendations\n\n- Adopt the law.\n- Addressees:\n  - Congress\n  - Government\n"
        "- Mend the wells.\n",
    )
    assert look(found) == [
        ("", "Adopt the law.", (("addressee", "Congress"), ("addressee", "Government"))),
        ("", "Mend the wells.", ()),
    ]


HEADS = ("No.", "Recomendación", "Tema", "Subtema", "Destinatario", "Plazo")
ROWS = (
    ("5", LAW, "Construcción de paz", "Aguas", "Congreso de la República; Gobierno Nacional", "Corto"),
    ("6-2", MEND, "Construcción de paz", "Pozos", "Ministerio de Salud", "Largo"),
)
IN_TABLE: list[Look] = [
    ("5", LAW, (("number", "5"), WATER, ("subtheme", "Aguas"), CONGRESS, GOVERNMENT, ("term", "Corto"))),
    ("6-2", MEND, (("number", "6-2"), WATER, ("subtheme", "Pozos"), WELLS, ("term", "Largo"))),
]


def test_a_table_in_markdown(made: Made) -> None:
    lines = ["| " + " | ".join(row) + " |" for row in (HEADS, ("---",) * len(HEADS), *ROWS)]
    found = made("table.md", "# Comisión\n\nLas medidas\n\n" + "\n".join(lines) + "\n")
    assert look(found) == IN_TABLE
    assert {block.reason for block in found if block.labels} == {"in a table, under “Recomendación”"}
    assert [block.addressees for block in found if block.labels][1] == ("Ministerio de Salud",)


def test_a_table_in_html(made: Made) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (HEADS, *ROWS))
    assert look(made("table.html", f"<html><body><h1>Comisión</h1><table>{rows}</table></body></html>")) == IN_TABLE


def test_a_table_in_word(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Comisión", 1)
    table = document.add_table(rows=0, cols=len(HEADS))
    for row in (HEADS, *ROWS):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(tmp_path / "table.docx"))
    assert look(passages_of(tmp_path / "table.docx")) == IN_TABLE


def test_a_theme_holds_for_the_rows_that_it_spans_and_unknown_columns_stay(made: Made) -> None:
    found = made(
        "spans.html",
        "<html><body><h1>Commission</h1><table><tr><th>Theme</th><th>Recommendation</th><th>Responsible body</th>"
        "<th>Why</th></tr><tr><td rowspan=2>Peace</td><td>Adopt the law of all the rivers.</td><td>Congress</td>"
        "<td>The rivers are low.</td></tr>"
        "<tr><td>Mend all the wells of the north.</td><td>Government</td><td></td></tr>"
        "</table></body></html>",
    )
    assert look(found) == [
        ("", "Adopt the law of all the rivers.", (("theme", "Peace"), ("addressee", "Congress"))),
        ("", "Mend all the wells of the north.", (("theme", "Peace"), ("addressee", "Government"))),
    ]
    assert [block.lead_in for block in found if block.text == "The rivers are low."] == ["Why"]


@pytest.mark.parametrize(
    ("heads", "labels"),
    [
        ("Proposed action|Who?|By when", ("addressee", "term")), ("Medida|A cargo de|Costo", ("addressee",)),
        ("Mesure|Délai|Coût", ("term",)), ("Ação|Responsável|Prazo", ("addressee", "term")),
        ("Activity|Date|Place", None), ("Measure|Cost|Place", None), ("Who|When|Where", None),
    ],
)  # fmt: skip
def test_measures_beside_who_or_when_are_records(made: Made, heads: str, labels: tuple[str, ...] | None) -> None:
    rows = f"|{heads}|\n|---|---|---|\n|Mend the pumps|Councils|2027|"
    found = look(made("a.md", f"# Plan\n\nSo it was said.\n\n{rows}\n"))
    wanted = [] if labels is None else [("Mend the pumps", labels)]
    assert [(text, tuple(name for name, _ in its)) for _, text, its in found] == wanted


def test_a_table_without_a_column_of_recommendations_stays_rows(made: Made) -> None:
    found = made("places.md", "# Valley\n\n| Place | Theme |\n|---|---|\n| A1 | Wells |\n")
    assert [(block.kind, block.labels) for block in found[1:]] == [(Kind.PARAGRAPH, ())] * 2


def test_what_looks_like_labels_elsewhere_is_a_passage(made: Made) -> None:
    found = made("letter.md", "# Valley\n\n## Letter\n\nTo: the council\n\nThe wells are dry.\n\n- Deadline: May\n")
    assert not any(block.labels for block in found)
    assert {block.text for block in found} >= {"To: the council", "The wells are dry.", "Deadline: May"}


@pytest.mark.parametrize(
    ("name", "printed", "wanted"),
    [
        ("addressee", "Congress; Government; and the courts", ["Congress", "Government", "the courts"]),
        ("addressee", "Congreso, Gobierno Nacional y Fiscalía", ["Congreso", "Gobierno Nacional", "Fiscalía"]),
        ("addressee", "Iglesias, comunidades y fieles", ["Iglesias, comunidades y fieles"]),
        ("theme", "Wells; and the repair of them", ["Wells; and the repair of them"]),
        ("theme", "Wells; Rivers", ["Wells", "Rivers"]),
    ],
)
def test_several_values(name: str, printed: str, wanted: list[str]) -> None:
    assert split_values(name, printed) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The topic: wells and bridges.",
        "Adopt the law (theme: water).",
        "Tema: " + "x" * 300,
        "Help those who are responsible: mothers.",
        "",
    ],
)
def test_what_is_no_label(text: str) -> None:
    found = parse_labels(text)
    assert (found.start, found.end, found.labels) == (0, len(text), ())


def test_a_line_of_a_theme_alone_is_a_heading(made: Made) -> None:
    found = made("theme.txt", "The Valley\n\nTheme: Wells\n\nThey are dry.\n")
    assert [block.headings for block in found[1:]] == [("Theme: Wells",)]


def test_labels_are_kept_wherever_a_record_goes(made: Made) -> None:
    passage = next(
        block for block in made("a.txt", f"Comisión\n\nRecomendaciones\n\n1. {LAW}\nPlazo: Corto\n") if block.labels
    )
    assert passage_to_dict(passage)["labels"] == [["term", "Corto"]]
    assert passage_from_dict(passage_to_dict(passage)) == passage
    assert passage_from_row(tuple(passage_to_row(passage).values())) == passage
    assert [change.after.labels for change in diff_records([replace(passage, labels=())], [passage]).changed] == [
        (("term", "Corto"),)
    ]
    assert diff_records([passage], [passage]).changed == ()


def test_a_row_of_one_cell_heads_the_rows_below(made: Made) -> None:
    row = "<tr><td>{}</td><td>{}</td><td>{}</td></tr>"
    found = made(
        "parts.html",
        "<html><body><h1>Commission</h1><table><tr><th>No.</th><th>Recommendation</th><th>Theme</th></tr>"
        f"<tr><td colspan=3>Part one</td></tr>{row.format(1, LAW, 'Water')}<tr><td colspan=3>Part two</td></tr>"
        f"{row.format(2, MEND, 'Wells')}</table><p>The council closed.</p></body></html>",
    )
    assert [(block.text, block.headings) for block in found[-3:]] == [
        (LAW, ("Part one",)), (MEND, ("Part two",)), ("The council closed.", ()),
    ]  # fmt: skip


def test_a_cell_that_goes_on_downwards_moves_no_other(made: Made) -> None:
    found = made(
        "down.html",
        "<html><body><table><tr><th>N.º</th><th>Theme</th><th>Recommendation</th></tr><tr><td>1</td>"
        f"<td rowspan=2>Water</td><td>{LAW}</td></tr><tr><td>2</td><td>{MEND}</td></tr></table></body></html>",
    )
    assert [(block.number, block.text) for block in found if block.labels] == [("1", LAW), ("2", MEND)]
    assert all(("theme", "Water") in block.labels for block in found if block.labels)
