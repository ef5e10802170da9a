"""Who made what, where several recommendations stand under one number: worked by hand."""

import pytest

from ingest.annotate.attribution import split_by_attribution
from ingest.readers.text.blocks import find_blocks
from ingest.report import Kind, Metadata, Passage, Report, normalize_for_display
from ingest.split.splitter import split

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


def passages(text: str) -> list[Passage]:
    whole = f"The Valley\n\n{text}"
    return split(Report("r", whole, Metadata(language="en"), "", find_blocks(whole)))[1:]


def test_a_paragraph_with_names_behind_an_item_goes_on_under_its_number() -> None:
    found = passages(
        "87. The following recommendations were read to the council:\n\n"
        "87.1. Mend the pumps of all the wells (Peru);\n\n"
        "Keep the roads of the valley open (Chile); Plant trees (Mexico);\n\n"
        "87.2. Buy a second boat (Cuba).\n\nThe council closed."
    )
    recommended = sorted(
        (passage for passage in found if passage.kind is Kind.RECOMMENDATION), key=lambda passage: passage.start
    )
    assert [(passage.number, normalize_for_display(passage.text), passage.by) for passage in recommended] == [
        ("87.1", "Mend the pumps of all the wells (Peru);", ("Peru",)),
        ("87.1.1", "Keep the roads of the valley open (Chile)", ("Chile",)),
        ("87.1.2", "Plant trees (Mexico);", ("Mexico",)),
        ("87.2", "Buy a second boat (Cuba).", ("Cuba",)),
    ]
    assert [passage.kind for passage in found if passage.text == "The council closed."] == [Kind.PARAGRAPH]
