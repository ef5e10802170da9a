"""States are found behind what Arabic writes together with them, and a hostile word costs nothing."""

import pytest

from retrieval.text.gazetteer import find_states_in_any_case


@pytest.mark.parametrize("text", ["المكسيك", "للمكسيك", "وللمكسيك", "والمكسيك"])
def test_a_state_is_found_behind_and_and_to(text: str) -> None:
    assert [code for code, *_ in find_states_in_any_case(text)] == ["MX"]


@pytest.mark.parametrize("letter", ["و", "ل", "ب"])
def test_a_word_of_prefixes_alone_is_none(letter: str) -> None:
    assert find_states_in_any_case(letter * 5_000) == ()
