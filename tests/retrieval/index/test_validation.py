"""Filters before they are used: their fields, their spelling, and what is said of a value that is not there."""

import pytest

from ingest.errors import BeyondLimit
from retrieval.index.filters import (
    MAX_LISTED_VALUES,
    NO_FILTER,
    Filter,
    section_matches,
    unknown_value,
)
from retrieval.limits import COMPARED, FILTER_VALUE, FILTER_VALUES


def test_a_filter_is_what_any_of_its_fields_says() -> None:
    assert not NO_FILTER
    assert Filter(by=("x",))
    assert Filter(recommends=True)
    own = Filter(by=("x",), reports=("a",))
    assert own.with_defaults(Filter(by=("y",), kinds=("part",), recommends=True)) == Filter(
        by=("x",), reports=("a",), kinds=("part",), recommends=True
    )
    assert Filter(labels=(("theme", "paz"), ("term", "corto")), by=("x", "y"), recommends=True).describe() == {
        "by": ["x", "y"],
        "labels": ["theme: paz", "term: corto"],
    }


def test_values_are_limited_in_number_and_length() -> None:
    Filter(by=("x",) * FILTER_VALUES.most, recommends=True).check_limits()
    Filter(labels=(("x" * FILTER_VALUE.most, "y" * FILTER_VALUE.most),)).check_limits()
    for beyond in (
        Filter(by=("x",) * FILTER_VALUES.most, section=("y",)),
        Filter(by=("x" * (FILTER_VALUE.most + 1),)),
        Filter(labels=(("x" * (FILTER_VALUE.most + 1), "y"),)),
        Filter(labels=(("x", "y" * (FILTER_VALUE.most + 1)),)),
    ):
        with pytest.raises(BeyondLimit):
            beyond.check_limits()


def test_of_many_values_the_most_similar_are_listed() -> None:
    known = [f"valor {number:04}" for number in range(500)] + ["otra cosa", "Gobierno de España " + "x" * 200]
    told = str(unknown_value("report", "gobierno de espana", known))
    listed = told.partition("There are: ")[2]
    assert listed.startswith(("Gobierno de España " + "x" * 200)[: COMPARED.most] + ", ")
    assert listed.count(", valor") + listed.count(", otra") == MAX_LISTED_VALUES - 1
    assert listed.endswith(f", and {len(known) - MAX_LISTED_VALUES:,} more")
    exact = str(unknown_value("report", "x", known[:MAX_LISTED_VALUES]))
    assert "more" not in exact
    assert str(unknown_value("report", "x", [])) == "There is no report 'x' in the index. There are: none"


@pytest.mark.parametrize(
    ("wanted", "path", "matches"),
    [
        ("1.2", ("Mesa 1.2 Causas",), True),
        ("1.2", ("Mesa 1.20 Causas",), False),
        ("1.2", ("Mesa 1.2.3 Causas",), True),
        ("mesa redonda 1.2", ("Roundtable 1.2",), True),
        ("session 1.2", ("Mesa 1.2",), False),
        ("session 1.2", ("1.2 Causes",), True),
        ("1.2", ("Figura 1.2",), False),
        ("1.2", ("Otra", "(1.2) Causas"), True),
        ("Section 1.2:", ("1.2",), True),
        ("figura 1", ("Figura 1",), True),  # by its words
        ("figura 1", ("1", "Mesa 1"), False),
        ("causas irregular", ("Las causas de la migración irregular",), True),
        ("irregular causas", ("Las causas de la migración irregular",), False),
        ("causas irregular", ("Las causas", "irregular"), False),
        ("", ("Mesa",), False),
        ("…", ("Mesa",), False),
    ],
)
def test_sections_match_by_number_or_by_words(wanted: str, path: tuple[str, ...], matches: bool) -> None:
    assert section_matches(wanted, path) is matches
