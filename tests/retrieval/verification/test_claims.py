"""What a written sentence claims of which passage: its text without marks, cut where its marks stand."""

import pytest

from retrieval.verification.claims import Claim, has_content, is_content_word, parse_claims


@pytest.mark.parametrize(
    ("sentence", "text", "claims"),
    [
        ("Deben actuar [1].", "Deben actuar.", [("Deben actuar.", (1,))]),
        ("Deben actuar. [1]", "Deben actuar.", [("Deben actuar.", (1,))]),
        ("Deben actuar [1] [2][1].", "Deben actuar.", [("Deben actuar.", (1, 2))]),
        (
            "Protegen niños [1] y mujeres [2].",
            "Protegen niños y mujeres.",
            [("Protegen niños", (1,)), (" y mujeres.", (2,))],
        ),
        ("Protegen niños [1] y mujeres.", "Protegen niños y mujeres.", [("Protegen niños y mujeres.", (1,))]),
        ("Según [2], protegen niños [1].", "Según, protegen niños.", [("Según, protegen niños.", (2, 1))]),
        ("Según [2], protegen niños.", "Según, protegen niños.", [("Según, protegen niños.", (2,))]),
        ("Protegen niños [1], según [2].", "Protegen niños, según.", [("Protegen niños, según.", (1, 2))]),
        (
            "Protegen niños [1], según [2] [1] dice.",
            "Protegen niños, según dice.",
            [("Protegen niños, según dice.", (1, 2))],
        ),
        ("[3]Protegen niños.", " Protegen niños.", [(" Protegen niños.", (3,))]),
        ("Protegen [1]niños.", "Protegen niños.", [("Protegen niños.", (1,))]),
        ("Protegen  \n [1]  niños [2].", "Protegen niños.", [("Protegen", (1,)), (" niños.", (2,))]),
        ("Según [1].", "Según.", [("Según.", (1,))]),
        ("[1]", "", [("", (1,))]),
        ("Protegen niños.", "Protegen niños.", []),
        ("Protegen [0] niños [01].", "Protegen [0] niños [01].", []),
        ("", "", []),
    ],
)
def test_claims_are_cut_at_the_marks(sentence: str, text: str, claims: list[tuple[str, tuple[int, ...]]]) -> None:
    read = parse_claims(sentence)
    assert read.text == text
    assert [(read.text[claim.start : claim.end], claim.marks) for claim in read.claims] == claims


def test_claims_lie_side_by_side() -> None:
    read = parse_claims("Niños [1], mujeres [2] y hombres [3] [4] migran.")
    assert read.claims == (Claim(0, 5, (1,)), Claim(5, 14, (2,)), Claim(14, len(read.text), (3, 4)))


@pytest.mark.parametrize(
    ("word", "says"),
    [("niños", True), ("Según", False), ("de", False), ("DE", False), ("todos", True), ("pasaje", False), ("20", True)],
)
def test_what_a_passage_need_not_have_is_no_content(word: str, says: bool) -> None:
    assert is_content_word(word) is says
    assert has_content(f"«{word}», de la…") is says
    assert has_content(f"de_{word}") is says
