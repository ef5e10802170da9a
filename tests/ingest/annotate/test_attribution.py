"""Who made what, where several recommendations stand under one number: worked by hand."""

import pytest

from ingest.annotate.attribution import split_by_attribution
from ingest.report import Kind, Metadata, Passage, Report
from ingest.split.splitter import split
from tests.ingest.split.plain_reports import find_blocks

OPENERS = ("ratify", "build", "strengthen")


def cut(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(text[stretch.start : stretch.end], stretch.by) for stretch in split_by_attribution(text, OPENERS)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (  # the same names again: the last way to say it still stands by itself
            "Consider ratifying (Peru)/ratify the treaty on rivers (Peru, Cuba);",
            [
                ("Consider ratifying (Peru)/ratify the treaty on rivers (Peru, Cuba);", ("Peru",)),
                ("ratify the treaty on rivers (Peru, Cuba);", ("Peru", "Cuba")),
            ],
        ),
        (  # what they share stands behind the last names
            "Sign (Peru)/ratify (Cuba) the treaty on the rivers and the lakes that all of the neighbours have signed;",
            [
                (
                    "Sign (Peru)/ratify (Cuba) the treaty on the rivers and the lakes that all of the neighbours "
                    "have signed;",
                    ("Peru",),
                ),
                (
                    "ratify (Cuba) the treaty on the rivers and the lakes that all of the neighbours have signed;",
                    ("Cuba",),
                ),
            ],
        ),
        (  # a first way that lacks nothing ends at its own names
            "Take all measures that protect the rights of boatmen by giving them safe harbours (Peru)/"
            "a court of their own (Cuba);",
            [
                ("Take all measures that protect the rights of boatmen by giving them safe harbours (Peru)", ("Peru",)),
                ("a court of their own (Cuba);", ("Cuba",)),
            ],
        ),
        (  # what points back cannot stand alone
            "Mend the wells of the valley (Peru) and build roads to them (Cuba);",
            [
                ("Mend the wells of the valley (Peru)", ("Peru",)),
                ("Mend the wells of the valley (Peru) and build roads to them (Cuba);", ("Cuba",)),
            ],
        ),
        (  # nor does what ends before its noun
            "Open the harbour in a thorough (Peru) and timely (Cuba) manner, with help (Chile);",
            [
                ("Open the harbour in a thorough (Peru)", ("Peru",)),
                (
                    "Open the harbour in a thorough (Peru) and timely (Cuba) manner, with help (Chile);",
                    ("Cuba", "Chile"),
                ),
            ],
        ),
        (
            "Mend the wells of the valley (Peru), in particular strengthen the pumps (Cuba);",
            [
                ("Mend the wells of the valley (Peru)", ("Peru",)),
                ("in particular strengthen the pumps (Cuba);", ("Cuba",)),
            ],
        ),
        (  # a capital behind a semicolon begins a sentence
            "Mend the wells (Peru);In the field of roads, go on (Cuba);",
            [("Mend the wells (Peru)", ("Peru",)), ("In the field of roads, go on (Cuba);", ("Cuba",))],
        ),
        (
            "Mend the wells of the valley (Peru) and further strengthen the pumps (Cuba);",
            [("Mend the wells of the valley (Peru)", ("Peru",)), ("further strengthen the pumps (Cuba);", ("Cuba",))],
        ),
    ],
)
def test_where_recommendations_are_cut(text: str, wanted: list[tuple[str, tuple[str, ...]]]) -> None:
    assert cut(text) == wanted


@pytest.mark.parametrize(
    ("inside", "names"),
    [
        ("Reino Unido de Gran Bretaña e Irlanda del Norte", ("Reino Unido de Gran Bretaña e Irlanda del Norte",)),
        (
            "Peru, the United Kingdom of Great Britain and Northern Ireland and Cuba",
            ("Peru", "the United Kingdom of Great Britain and Northern Ireland", "Cuba"),
        ),
        ("The Ten Words Here Are No Name Of Any State", ()),
        ("Trinidad and Tobago, Cuba", ("Trinidad and Tobago", "Cuba")),
        ("Venezuela (Bolivarian Republic of); Peru", ("Venezuela (Bolivarian Republic of)", "Peru")),
        ("Côte d'Ivoire", ("Côte d'Ivoire",)),
        ("Holy\nSee, Holy See", ("Holy See",)),
        ("Annex A7", ()),
        ("Plurinational State of", ("Plurinational State of",)),
        ("Government of the", ()),
        ("Iran (as said before)", ()),
        ("Iran (as said by Iran)", ("Iran (as said by Iran)",)),
        ("Peru, see below", ()),
        ("the rivers", ()),
        ("Peru, CEDAW", ()),
        ("Cuba, and Peru.", ("Cuba", "Peru")),
    ],
)
def test_names_in_brackets_are_those_of_states_and_bodies(inside: str, names: tuple[str, ...]) -> None:
    assert [made.by for made in split_by_attribution(f"Mend the wells ({inside});")] == [names]


def passages(text: str) -> list[Passage]:
    whole = f"The Valley\n\n{text}"
    return split(Report("r", whole, Metadata(language="en"), "", find_blocks(whole)))[1:]


@pytest.mark.parametrize(
    ("item", "paragraph"),
    [
        ("Mend the pumps of all the wells;", "Keep the roads of the valley open (Chile);"),  # nobody made the first
        ("Mend the pumps of all the wells (Peru);", "The roads of the valley were not discussed."),
        (
            "Mend the pumps of all the wells (Peru);",
            "Keep the roads of the valley open (Chile); mend the boats of the islands.",
        ),
    ],
)
def test_a_paragraph_that_not_only_names_hold_together_is_no_further_recommendation(item: str, paragraph: str) -> None:
    found = passages(
        f"87. The following recommendations were read to the council:\n\n87.1. {item}\n\n{paragraph}\n\n"
        "87.2. Buy a second boat (Cuba)."
    )
    assert [passage.number for passage in found if passage.kind is Kind.RECOMMENDATION] == ["87.1", "87.2"]
    assert [passage.kind for passage in found if passage.text == paragraph] == [Kind.PARAGRAPH]


def test_a_paragraph_that_introduces_a_list_is_no_further_recommendation() -> None:
    introduces = f"The council, which met {'on each of these days ' * 7}in the school, saw three roads (Chile):"
    found = passages(
        "87. The following recommendations were read to the council:\n\n87.1. Mend the pumps of the wells (Peru);\n\n"
        f"{introduces}\n\n• to the north;\n\n• to the south."
    )
    assert [(passage.kind, passage.text) for passage in found[2:]] == [
        (Kind.PARAGRAPH, introduces),
        (Kind.PARAGRAPH, "to the north;"),
        (Kind.PARAGRAPH, "to the south."),
    ]
