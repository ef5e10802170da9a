"""What the survey of patterns finds, and that it finds none in what every question and every report goes through."""

import re
from functools import partial
from inspect import unwrap

import pytest

from ingest.lexicon.sentences import Boundary, find_sentences
from retrieval.query.patterns import ID
from tests.nasty import Spec, texts_for
from tests.patterns import SIZES, measure, seconds


@pytest.mark.parametrize(
    ("pattern", "beyond"),
    [
        (r"\s+x", True),  # tried from each place in a run of spaces
        (r"(?<!\s)\s+x", False),
        (r"\S+#\S*\w", True),  # cubic
        (r"\b(?:first|last)\b.*question", True),  # from each of many firsts
        (r"\b(?:first|last)\b.{0,80}question", False),
        (r"\w+", False),
        (ID.pattern, False),
    ],
)
def test_what_grows_beyond_n_log_n_is_found(pattern: str, beyond: bool) -> None:
    compiled = re.compile(pattern)
    found = measure(pattern, lambda text: list(compiled.finditer(text)), texts_for(compiled), SIZES[1])
    assert found.beyond is beyond, str(found)


@pytest.mark.parametrize("unit", ["(Peru) ", "…", "\n", " ", "U.S. ", "\n1. ", "!? ", "•", "a. A"])
def test_sentences_of_any_200_kilobytes_are_found_in_two_seconds(unit: str) -> None:
    for boundary in Boundary:
        taken = seconds(partial(unwrap(find_sentences), boundary=boundary), Spec("", unit, ""), 200_000)
        assert taken < 2, boundary
