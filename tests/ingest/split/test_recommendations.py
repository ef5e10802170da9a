"""Which passages are recommendations, under which number, whose, and why."""

from pathlib import Path

import pytest

from ingest.annotate.attribution import split_by_attribution
from ingest.readers.extract import Extract
from ingest.readers.read import read_report
from ingest.report import Kind, normalize_for_display
from ingest.split.splitter import split
from tests.ingest.split.plain_reports import PART, P, R, find_blocks, look, passages, report

# What makes a recommendation


def test_announced_recommendations_are_numbered_within_the_paragraph_that_announces_them() -> None:
    found = passages(
        "87. The following recommendations were read to the council:\n\n"
        "1. Mend the pumps of all the wells (Peru);\n2. Buy a second boat (Cuba, Chile).\n\n88. The council closed."
    )
    assert look(found) == [
        (P, "87", "The following recommendations were read to the council:"),
        (R, "87.1", "Mend the pumps of all the wells (Peru);"),
        (R, "87.2", "Buy a second boat (Cuba, Chile)."),
        (P, "88", "The council closed."),
    ]
    assert [passage.id for passage in found] == ["r#p87", "r#r87.1", "r#r87.2", "r#p88"]
    assert [passage.by for passage in found] == [(), ("Peru",), ("Cuba", "Chile"), ()]
    announced = "announced by “The following recommendations were read to the council:”"
    assert [passage.reason for passage in found[1:3]] == [announced] * 2
    assert {passage.lead_in for passage in found[1:3]} == {"The following recommendations were read to the council:"}


def test_announced_recommendations_that_carry_the_whole_number() -> None:
    found = passages(
        "87. The recommendations listed below enjoy the support of the council:\n\n87.1 Mend the pumps (Peru);\n\n"
        "87.2. Buy a boat (Cuba);\n\n88. Those listed below were not accepted."
    )
    assert [(passage.kind, passage.number) for passage in found] == [(P, "87"), (R, "87.1"), (R, "87.2"), (P, "88")]


@pytest.mark.parametrize(
    ("heading", "item", "language"),
    [
        ("Recomendaciones de la mesa", "Abrir los pozos del valle.", "es"),
        ("Recommendations", "Open the wells of the valley.", "en"),
        ("Principales recommandations", "Ouvrir les puits de la vallée.", "fr"),
        ("Recomendações finais", "Abrir os poços do vale.", "pt"),
        ("RECOMMENDATIONS", "Open the wells of the valley.", "en"),
    ],
)
def test_items_under_a_heading_that_says_so(heading: str, item: str, language: str) -> None:
    (found,) = passages(f"{heading}\n\n• {item}", language)
    assert look([found]) == [(R, "", item)]
    assert found.headings == (heading,)
    assert found.reason == f"an item under the heading “{heading}”"


def test_items_under_other_headings_are_paragraphs() -> None:
    found = passages("Recommendations\n\n• Open the wells.\n\nWho came\n\n• The teachers.\n\n• The drivers.")
    assert [passage.kind for passage in found] == [R, P, P]


def test_a_numbered_paragraph_beside_the_one_that_announces_is_none() -> None:
    found = passages(
        "Conclusions and recommendations\n\n87. The recommendations listed below were accepted:\n\n87.1 Mend the pumps;"
        "\n\n88. All of them were discussed in May."
    )
    assert [(passage.kind, passage.number) for passage in found] == [(P, "87"), (R, "87.1"), (P, "88")]


@pytest.mark.parametrize(
    "paragraph",
    [
        "90. The ministry made the following comments on the recommendations:",
        "The ministry made the following comments on the recommendations:",
        "El ministerio hizo las siguientes observaciones a las recomendaciones:",
    ],
)
def test_comments_on_recommendations_are_none(paragraph: str) -> None:
    found = passages(f"{paragraph}\n\n(a) The pumps are mended already;\n\n(b) The boat is too small.")
    assert R not in {passage.kind for passage in found}


def test_voluntary_commitments_are_no_recommendations() -> None:
    found = passages(
        "Recommendations and commitments\n\n87. The following recommendations were accepted:\n\n1. Mend the pumps;\n\n"
        "88. The country made the following voluntary commitments:\n\n1. To open a school;\n\n2. To hire a boat."
    )
    assert [passage.number for passage in found if passage.kind is R] == ["87.1"]


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("We recommend that every village names a person for its wells.", "en", "We recommend"),
        ("Se recomienda nombrar a una persona en cada pueblo para sus pozos.", "es", "Se recomienda"),
        ("Nous recommandons de nommer une personne pour les puits du village.", "fr", "Nous recommandons"),
        ("Recomenda-se nomear uma pessoa para os poços de cada aldeia.", "pt", "Recomenda-se"),
    ],
)
def test_a_paragraph_that_says_so_is_a_recommendation_anywhere(text: str, language: str, said: str) -> None:
    (found,) = passages(text, language)
    assert (found.kind, found.reason) == (R, f"says “{said}”")


def test_a_conclusion_says_that_it_is_one() -> None:
    found = passages("Notes of the day\n\nIn conclusion the council thanked the drivers.\n\nThe drivers thanked it.")
    assert [passage.kind for passage in found] == [Kind.CONCLUSION, P]


# Several under one number, and who made them


def test_several_recommendations_under_one_number_are_cut_behind_the_names() -> None:
    found = passages(
        "Recommendations\n\n5. Ratify the treaty on rivers (Peru, Chile); build two bridges in the valley (Mexico);\n\n"
        "6. Buy a boat (Cuba)."
    )
    assert look(found) == [
        (R, "5", "Ratify the treaty on rivers (Peru, Chile)"),
        (R, "5 (2nd)", "build two bridges in the valley (Mexico);"),
        (R, "6", "Buy a boat (Cuba)."),
    ]
    assert [passage.by for passage in found] == [("Peru", "Chile"), ("Mexico",), ("Cuba",)]


def test_a_comma_cuts_where_the_list_has_recommendations_that_begin_so() -> None:
    first = "1. Ratify the treaty on rivers (Peru), build two bridges in the valley (Mexico);"
    found = passages(f"Recommendations\n\n{first}\n\n2. Build a school (Cuba).")
    assert [passage.by for passage in found] == [("Peru",), ("Mexico",), ("Cuba",)]
    assert normalize_for_display(found[1].text) == "build two bridges in the valley (Mexico);"


def test_one_that_others_made_with_more_words_gives_both() -> None:
    found = passages("Recommendations\n\n1. Fight poverty in all the towns (Cuba), also in the countryside (Peru).")
    assert look(found) == [
        (R, "1", "Fight poverty in all the towns (Cuba)"),
        (R, "1 (2nd)", "Fight poverty in all the towns (Cuba), also in the countryside (Peru)."),
    ]
    assert [passage.by for passage in found] == [("Cuba",), ("Peru",)]


@pytest.mark.parametrize(
    ("brackets", "names"),
    [
        ("(Peru)", ("Peru",)),
        ("(Peru, Chile and Cuba)", ("Peru", "Chile", "Cuba")),
        ("(Perú y Chile)", ("Perú", "Chile")),
        ("(Pérou et Chili)", ("Pérou", "Chili")),
        ("(Trinidad and Tobago)", ("Trinidad and Tobago",)),
        ("(Trinidad y Tabago y Perú)", ("Trinidad y Tabago", "Perú")),
        ("(Bosnia and Herzegovina, Cuba)", ("Bosnia and Herzegovina", "Cuba")),
        ("(Iran (Islamic Republic of))", ("Iran (Islamic Republic of)",)),
        ("(Cuba, Venezuela (Bolivarian Republic of))", ("Cuba", "Venezuela (Bolivarian Republic of)")),
        (
            "(United Kingdom of Great Britain and Northern Ireland)",
            ("United Kingdom of Great Britain and Northern Ireland",),
        ),
        ("(Venezuela (Bolivarian republic of))", ("Venezuela (Bolivarian republic of)",)),
        ("(Côte d’Ivoire)", ("Côte d’Ivoire",)),
        ("(Holy\nSee)", ("Holy See",)),
        ("(Cuba) (Peru)", ("Cuba", "Peru")),
        ("(Cuba); (Peru); (Chile)", ("Cuba", "Peru", "Chile")),
        ("(Cuba) (Cuba)", ("Cuba",)),
        ("(CEDAW)", ()),
        ("(see the annex)", ()),
        ("(Article 5)", ()),
        ("(2010)", ()),
        ("(Decree 12 Annex)", ()),
        ("(Cuba, 2010)", ()),
        ("(CEDAW) (Peru)", ("Peru",)),
        ("()", ()),
    ],
)
def test_names_in_brackets(brackets: str, names: tuple[str, ...]) -> None:
    text = f"Ratify the treaty on the rivers {brackets};"
    (found,) = split_by_attribution(text)
    assert (found.by, text[found.start : found.end]) == (names, text)


def test_a_name_in_the_middle_of_a_long_sentence_made_nothing() -> None:
    text = "Ask the neighbours (Peru) for a boat and for people who can steer it until the last of the bridges is open."
    assert [stretch.by for stretch in split_by_attribution(text)] == [()]


# Lists inside recommendations


def test_parts_know_their_parent_at_two_depths() -> None:
    found = passages(
        "Recommendations\n\n4. Help the villages:\n(a) Mend wells:\n(i) in May;\n(ii) in June;\n(b) Buy rope."
    )
    assert [(passage.id, passage.kind, passage.number, passage.parent_id, passage.lead_in) for passage in found] == [
        ("r#r04", R, "4", None, ""),
        ("r#r04.a", PART, "4.a", "r#r04", "Help the villages:"),
        ("r#r04.a.i", PART, "4.a.i", "r#r04.a", "Mend wells:"),
        ("r#r04.a.ii", PART, "4.a.ii", "r#r04.a", "Mend wells:"),
        ("r#r04.b", PART, "4.b", "r#r04", "Help the villages:"),
    ]
    assert (
        normalize_for_display(found[0].text)
        == "Help the villages: (a) Mend wells: (i) in May; (ii) in June; (b) Buy rope."
    )
    assert normalize_for_display(found[1].text) == "Mend wells: (i) in May; (ii) in June;"


def test_what_is_nested_deeper_than_anybody_reads_stays_in_the_text_of_its_part(tmp_path: Path) -> None:
    """Damaged HTML nests hundreds of lists, and each part has the text of all within it."""
    file = tmp_path / "deep.html"
    nested = "".join(f"<ul><li>Mend well {depth}:" for depth in range(40))
    file.write_text(f"<h1>Report</h1><h2>Recommendations</h2>{nested} now.", encoding="utf-8")
    found = split(read_report(file, "r"))
    assert max(passage.id.count(".") for passage in found) == 16
    assert normalize_for_display(found[-1].text).endswith("Mend well 39: now.")


def test_what_has_no_printed_number_is_counted_in_its_id_alone() -> None:
    found = passages("Recommendations\n\n• Help the villages:\n- mend wells;\n- buy rope.\n• Thank the drivers.")
    assert [(passage.id, passage.number) for passage in found] == [
        ("r#r01", ""), ("r#r01.1", ""), ("r#r01.2", ""), ("r#r02", ""),
    ]  # fmt: skip


def test_a_list_in_front_of_all_else_is_not_lost() -> None:
    text = "Recommendations:\n\n- Mend the wells.\n- Buy a boat."
    found = split(report(Extract(text, find_blocks(text))))
    assert [normalize_for_display(passage.text) for passage in found if passage.kind is not Kind.FACT] == [
        "Mend the wells.",
        "Buy a boat.",
    ]
