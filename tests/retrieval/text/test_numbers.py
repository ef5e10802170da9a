"""A number is the same in digits and in words, in every language."""

import pytest

from retrieval.text.numbers import find_figures, find_missing_figures


@pytest.mark.parametrize(
    ("said", "language", "source", "other"),
    [
        ("1 million", "en", "1,000,000", "en"),
        ("one million", "en", "un millón", "es"),
        ("1.000.000", "es", "1 million", "en"),
        ("1 000 000", "fr", "un million", "fr"),
        ("1.5 million", "en", "1,5 millones", "es"),
        ("1,500,000", "en", "1,5 milhões", "pt"),
        ("two billion", "en", "dos mil millones", "es"),
        ("1.000 millones", "es", "1 billion", "en"),
        ("a million", "en", "مليون", "ar"),
        ("3 ملايين", "ar", "three million", "en"),
        ("200 people", "en", "two hundred people", "en"),
        ("quatre cents", "fr", "400", "es"),
        ("20 mil", "es", "20,000", "en"),
        ("twenty-thousand", "en", "20 000", "fr"),
        ("29 bilhões de dólares", "pt", "$29 billion", "en"),
        ("3.5 مليار دولار", "ar", "$3.5 billion", "en"),
        ("5 por cento", "pt", "a 5-per-cent discount", "en"),
        ("el 60 por ciento", "es", "60 per cent", "en"),
        ("94 في المائة", "ar", "94 percent", "en"),
        ("7 pour cent", "fr", "7 %", "en"),
    ],
)
def test_a_number_is_found_however_it_is_written(said: str, language: str, source: str, other: str) -> None:
    here, there = find_figures(said, language), find_figures(source, other)
    assert here
    assert find_missing_figures(here, there) == find_missing_figures(there, here) == []


@pytest.mark.parametrize(
    ("said", "language", "source", "other"),
    [
        ("1 million", "en", "10,000,000", "en"),
        ("10 million", "en", "1 million", "en"),
        ("1 billion", "en", "1 millón", "es"),
        ("5 million", "en", "5 países y un millón de personas", "es"),
        ("5 countries", "en", "5 millones", "es"),
        ("two thousand", "en", "2", "en"),
        ("6 por ciento", "es", "60 per cent", "en"),
        ("3.5 مليار", "ar", "$3.5 million", "en"),
    ],
)
def test_another_number_is_missed(said: str, language: str, source: str, other: str) -> None:
    assert find_missing_figures(find_figures(said, language), find_figures(source, other))


@pytest.mark.parametrize(
    ("text", "language", "figures"),
    [
        ("en 2010 mil personas", "es", ["2010", "1000"]),  # a year is no factor
        ("mil cien", "es", ["1000", "100"]),
        ("two, thousands", "en", ["2", "1000"]),
        ("third million", "en", ["3th", "1000000"]),
        ("2 or 3 million", "en", ["2", "3000000"]),
    ],
)
def test_two_numbers_side_by_side_are_two(text: str, language: str, figures: list[str]) -> None:
    assert find_figures(text, language) == [frozenset({figure}) for figure in figures]
