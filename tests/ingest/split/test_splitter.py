"""Reports of every shape become passages: which are recommendations, under which number, whose, and why."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.annotate.attribution import split_by_attribution
from ingest.readers.extract import Extract, ExtractBuilder
from ingest.readers.read import read_report
from ingest.readers.text.blocks import find_blocks
from ingest.report import BlockRole, Kind, Metadata, Passage, Report, normalize_for_display
from ingest.sources import BUNDLED_CORPUS
from ingest.split.splitter import split


def report(extract: Extract, language: str = "en") -> Report:
    return Report("r", extract.text, Metadata(language=language), "", extract.blocks, extract.pages)


def passages(text: str, language: str = "en") -> list[Passage]:
    """The passages of a plain text but its first line, the title."""
    whole = f"The Valley\n\n{text}"
    title, *found = split(report(Extract(whole, find_blocks(whole)), language))
    assert title.kind is Kind.FACT
    return found


def look(found: list[Passage]) -> list[tuple[Kind, str, str]]:
    return [(passage.kind, passage.number, normalize_for_display(passage.text)) for passage in found]


R, PART, P, NOTE = Kind.RECOMMENDATION, Kind.PART, Kind.PARAGRAPH, Kind.NOTE


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
    assert look([found]) == [(R, "1", item)]
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


def test_an_unnumbered_paragraph_that_asks_is_one_only_where_the_section_has_no_list() -> None:
    asks, tells = "The ministry must mend the northern bridges.", "Three bridges were closed after the flood."
    without = passages(f"Recommendations\n\n{asks}\n\n{tells}")
    assert [passage.kind for passage in without] == [R, P]
    assert without[0].reason == "asks for something under the heading “Recommendations”"
    beside_a_list = passages(f"Recommendations\n\n{asks}\n\n• Buy a boat.")
    assert [passage.kind for passage in beside_a_list] == [P, R]
    elsewhere = passages(f"Roads\n\n{asks}")
    assert [passage.kind for passage in elsewhere] == [P]


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
        (R, "5.1", "build two bridges in the valley (Mexico);"),
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
        (R, "1.1", "Fight poverty in all the towns (Cuba), also in the countryside (Peru)."),
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
    assert [one.by for one in split_by_attribution(text)] == [()]


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


def test_bulleted_parts_are_counted() -> None:
    found = passages("Recommendations\n\n• Help the villages:\n- mend wells;\n- buy rope.\n• Thank the drivers.")
    assert [(passage.id, passage.number) for passage in found] == [
        ("r#r01", "1"), ("r#r01.1", "1.1"), ("r#r01.2", "1.2"), ("r#r02", "2"),
    ]  # fmt: skip


def test_a_list_in_front_of_all_else_is_not_lost() -> None:
    text = "Recommendations:\n\n- Mend the wells.\n- Buy a boat."
    found = split(report(Extract(text, find_blocks(text))))
    assert [normalize_for_display(passage.text) for passage in found if passage.kind is not Kind.FACT] == [
        "Mend the wells.",
        "Buy a boat.",
    ]


# Long paragraphs, tables, notes


def test_long_paragraphs_are_cut_between_sentences() -> None:
    rows = [
        f"On day {day} the council looked at well number {day}, and it wrote down what it saw there."
        for day in range(60)
    ]
    text = "\n".join(rows)
    found = passages(f"Diary\n\n{text}")
    assert len(found) >= len(text) / 1200
    assert all(len(passage.text) <= 1200 and passage.text.endswith("saw there.") for passage in found)
    assert all(passage.text.startswith("On day") for passage in found)
    assert "\n".join(passage.text for passage in found) == text
    assert all(len(previous.text) + len(after.text) > 1200 for previous, after in pairwise(found))
    assert [passage.id for passage in found[:3]] == ["r#p01", "r#p01-2", "r#p01-3"]


def test_a_sentence_longer_than_that_stays_whole() -> None:
    endless = "and the river " * 100 + "ran."
    found = passages(f"Diary\n\nIt rained. {endless} It stopped.")
    assert [normalize_for_display(passage.text) for passage in found] == [
        "It rained.",
        normalize_for_display(endless),
        "It stopped.",
    ]


def test_a_long_recommendation_is_never_cut() -> None:
    text = "Mend the wells of the valley. " * 60
    (found,) = passages(f"Recommendations\n\n1. {text}")
    assert found.text == text.strip()


def test_rows_have_the_head_of_their_table_as_lead_in() -> None:
    builder = ExtractBuilder()
    builder.heading("The valley", 1)
    for row in (["District", "Wells"], ["North", "12"], ["South", "7"]):
        builder.row(row)
    builder.text("The council counted them in May.")
    builder.row(["Road", "Length"])
    builder.row(["A1", "30 km"])
    _, *found = split(report(builder.extract()))
    assert [(one.text, one.lead_in) for one in found] == [
        ("District\tWells", ""),
        ("North\t12", "District Wells"),
        ("South\t7", "District Wells"),
        ("The council counted them in May.", ""),
        ("Road\tLength", ""),
        ("A1\t30 km", "Road Length"),
    ]
    assert {one.kind for one in found} == {P}


def noted(note: str) -> list[Passage]:
    builder = ExtractBuilder()
    builder.heading("The valley", 1)
    builder.heading("Recommendations", 2)
    builder.note(note, "1")
    builder.item("Mend the wells of the north.", "7.", 0)
    builder.item("Buy a boat.", "8.", 0)
    return split(report(builder.extract()))[1:]


def test_a_note_is_a_passage_behind_its_block() -> None:
    found = noted("They are listed in the annex.")
    assert [(passage.id, passage.kind, passage.text) for passage in found] == [
        ("r#r07", R, "Mend the wells of the north."),
        ("r#n01", NOTE, "They are listed in the annex."),
        ("r#r08", R, "Buy a boat."),
    ]
    assert found[1].strength is None


def test_a_note_that_quotes_recommendations_gives_them() -> None:
    found = noted("The recommendations as read out: Mend the wells of the valley (Peru); mend all the pumps (Cuba).")
    assert [(passage.kind, passage.number.partition(".")[0], passage.by) for passage in found] == [
        (R, "7", ()), (R, "7", ("Peru",)), (R, "7", ("Cuba",)), (R, "8", ()),
    ]  # fmt: skip
    assert found[1].text == "Mend the wells of the valley (Peru)"
    assert found[1].reason.startswith("quoted in a note")


def test_notes_of_parts_come_behind_them() -> None:
    builder = ExtractBuilder()
    builder.heading("The valley", 1)
    builder.heading("Recommendations", 2)
    builder.item("Help the villages:", "1.", 0)
    builder.note("Those of the north.", "1")
    builder.item("mend the wells;", "(a)", 1)
    builder.item("buy rope.", "(b)", 1)
    found = split(report(builder.extract()))[1:]
    assert [passage.id for passage in found] == ["r#r01", "r#r01.a", "r#n01", "r#r01.b"]


# Headings, sections, languages, ids


def test_headings_of_stated_levels_stand_inside_each_other() -> None:
    builder = ExtractBuilder()
    for level, text in ((1, "The valley"), (2, "Roads"), (3, "Bridges"), (2, "Schools")):
        builder.heading(text, level)
        builder.text(f"This is said of {text}.")
    found = split(report(builder.extract()))
    assert [passage.headings for passage in found] == [(), (), ("Roads",), ("Roads", "Bridges"), ("Schools",)]


def test_sections_count_for_themselves() -> None:
    found = passages(
        "Roundtable 1.1 Wells\n\nRecommendations\n\n• Mend them.\n\n"
        "Roundtable 1.2 Roads\n\nRecommendations\n\n• Mend them."
    )
    assert [(passage.id, passage.headings) for passage in found] == [
        ("r#1.1-r01", ("Roundtable 1.1 Wells", "Recommendations")),
        ("r#1.2-r01", ("Roundtable 1.2 Roads", "Recommendations")),
    ]


def test_each_passage_of_some_length_has_its_own_language() -> None:
    found = passages(
        "Notas\n\nEl consejo se reunió en la escuela y habló de los pozos del valle.\n\n"
        "The council met in the school and spoke about the wells of the valley.\n\n"
        "Le conseil s’est réuni dans l’école et il a parlé des puits de la vallée.\n\nOK.",
        "es",
    )
    assert [passage.language for passage in found] == ["es", "en", "fr", "es"]


def test_numbers_that_come_again_give_other_ids() -> None:
    found = passages(
        "Recommendations\n\n1. Mend wells.\n\n2. Buy a boat.\n\nRoads\n\nRecommendations\n\n1. Mend roads."
    )
    assert [(passage.id, passage.number) for passage in found if passage.kind is R] == [
        ("r#r01", "1"), ("r#r02", "2"), ("r#r01-2", "1"),
    ]  # fmt: skip


def test_no_blocks_no_passages() -> None:
    assert split(Report("r", "", Metadata(), "")) == []


def test_the_bundled_report_stays_as_it_is() -> None:
    found = split(read_report(BUNDLED_CORPUS / "gfmd-2010-mesa-redonda-1.txt", "gfmd"))
    assert Counter(passage.kind for passage in found) == {R: 26, PART: 5, P: 2, Kind.CONCLUSION: 1, Kind.FACT: 3}


# Whatever the blocks

PIECES = (
    "Recommendations", "The following recommendations were made:", "mend the wells (Peru);", "buy a boat (Cuba),",
    "Who came", "See below.", "It must be done.", "(Chile)", "The council met.\nIt rained", "Roundtable 2.1",
    "In conclusion it rained.", "5 May 2010", "and build a bridge (Chile)", "Rapporteur: Ana Ruiz", "It rained. " * 120,
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join)
MARKS = st.sampled_from(("1.", "2.", "(a)", "(b)", "(i)", "87.", "87.1", "87.2.1", "•", "-"))
LEVELS = st.none() | st.integers(0, 3)
BLOCKS = st.lists(st.tuples(st.sampled_from(BlockRole), WORDS, MARKS, LEVELS), max_size=12)


@given(BLOCKS)
@settings(max_examples=60, deadline=None)
def test_passages_are_slices_with_ids_of_their_own(blocks: list[tuple[BlockRole, str, str, int | None]]) -> None:
    builder = ExtractBuilder()
    for role, words, mark, level in blocks:
        if role is BlockRole.HEADING:
            builder.heading(words, 1 + (level or 0))
        elif role is BlockRole.ITEM:
            builder.item(words, mark, level or 0)
        elif role is BlockRole.ROW:
            builder.row(words.split("\n"))
        elif role is BlockRole.NOTE:
            builder.note(words, "1")
        else:
            builder.text(words)
    check(report(builder.extract()))


@given(st.lists(st.tuples(st.just("") | MARKS.map(lambda mark: f"{mark} "), WORDS), max_size=12))
@settings(max_examples=60, deadline=None)
def test_the_same_of_plain_text(rows: list[tuple[str, str]]) -> None:
    text = "\n\n".join(mark + words for mark, words in rows)
    check(report(Extract(text, find_blocks(text))))


def check(whole: Report) -> None:
    found = split(whole)
    assert split(whole) == found
    ids = [passage.id for passage in found]
    assert len(set(ids)) == len(ids)
    held = bytearray(len(whole.text))
    for passage in found:
        assert passage.text == whole.text[passage.start : passage.end] == passage.text.strip() != ""
        assert passage.parent_id is None or passage.parent_id in ids[: ids.index(passage.id)]
        assert passage.line == whole.text[: passage.start].count("\n") + 1
        held[passage.start : passage.end] = b"x" * (passage.end - passage.start)
    headings = {heading for passage in found for heading in passage.headings}
    for block in whole.blocks:  # nothing is lost but headings with nothing below them
        lost = [at for at in range(block.start, block.end) if not held[at] and whole.text[at].isalnum()]
        introduced = lost and any(whole.text[block.start : lost[-1] + 1] in passage.lead_in for passage in found)
        between = re.fullmatch(r"(?:and|y|et|e)*", "".join(whole.text[at] for at in lost))  # two of one number
        assert between or introduced or block.role in {BlockRole.HEADING, BlockRole.TEXT}
        if lost and block.role is BlockRole.TEXT:
            text = normalize_for_display(whole.text[block.start : block.end])
            assert text in headings or not text.endswith(".")
