"""What a passage does is judged by its heading, list and words, and its id goes on saying whether it recommends."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.benchmarks.passages import build_report
from ingest.report import Kind, Passage
from retrieval.models.embedder import BUNDLED_MODEL, model_name
from retrieval.models.judgement import (
    SIGNALS,
    Classifier,
    Judgement,
    judge,
    judge_report,
    load_judgement,
    shorten,
)
from tests.fakes.hashing_embedder import MODEL

WORDS = ("propose", "observe", "water")  # what the classifiers of this test know
CLASSES = (str(Kind.PROPOSAL), str(Kind.OBSERVATION), "topic")


def encode(texts: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[float(word in text.lower()) for word in WORDS] for text in texts])


CLASSIFIER = Classifier(CLASSES, np.eye(3) * 9, np.zeros(3))
WEIGHTS = dict.fromkeys(SIGNALS, 0.0) | {"heading": 1.0}
JUDGEMENT = Judgement(dict.fromkeys(("heading", "lead-in", "text"), CLASSIFIER), WEIGHTS, 0.0, 0.5, -0.5)


def passages(*headings: str, count: int = 2) -> list[Passage]:
    texts = [f"Text of number {number}" for number in range(count)]
    return [replace(passage, headings=headings) for passage in build_report("x", texts, "en")[2]]


def test_a_list_under_a_heading_that_proposes_becomes_proposals_with_ids_that_say_so() -> None:
    first, second = judge(passages("We propose"), "", JUDGEMENT, encode)
    assert (first.kind, first.id, second.id) == (Kind.PROPOSAL, "x#r01", "x#r02")
    assert first.recommends
    assert first.reason.startswith("judged by “We propose”, its list and its words: 0.")


def test_a_mere_subject_says_what_stands_above_it() -> None:
    assert {passage.kind for passage in judge(passages("We propose", "Water"), "", JUDGEMENT, encode)} == {
        Kind.PROPOSAL
    }
    assert {passage.kind for passage in judge(passages("Water"), "", JUDGEMENT, encode)} == {Kind.PARAGRAPH}


def test_observations_are_filed_as_such_and_keep_their_ids() -> None:
    (first, _), before = judge(passages("We observe"), "", JUDGEMENT, encode), passages("We observe")
    assert (first.kind, first.id) == (Kind.OBSERVATION, before[0].id)


def test_parts_follow_their_whole_and_no_id_is_given_twice() -> None:
    whole, other = passages("We propose")
    part = replace(whole, id=f"{whole.id}.1", kind=Kind.PART)
    taken = replace(other, id="x#r01", kind=Kind.RECOMMENDATION, headings=("Other",), reason="says “we recommend”")
    judged = judge([whole, part, taken], "", JUDGEMENT, encode)
    assert [passage.id for passage in judged] == ["x#r02", "x#r02.1", "x#r01"]
    assert judged[1].kind is Kind.PART
    assert judged[1].recommends


def test_what_says_itself_that_it_recommends_stays_and_what_only_a_heading_filed_may_not() -> None:
    first, second = passages("We observe")
    said = replace(first, id="x#r01", kind=Kind.RECOMMENDATION, reason="says “we recommend”")
    headed = replace(second, id="x#r02", kind=Kind.RECOMMENDATION, reason="an item under the heading “We observe”")
    assert [passage.kind for passage in judge([said, headed], "", JUDGEMENT, encode)] == [
        Kind.RECOMMENDATION,
        Kind.PARAGRAPH,
    ]


@pytest.mark.parametrize(
    ("place", "text", "wanted"),
    [
        ("heading", "IV. RECOMMENDATIONS:", "recommendations"),
        ("heading", "8.1. Water and\nhealth", "water and health"),
        ("heading", "2", "2"),
        ("lead-in", "We  Commit to:", "we commit to:"),
        ("text", "word " * 100, ("word " * 48).strip()),
    ],
)
def test_what_is_embedded(place: str, text: str, wanted: str) -> None:
    assert shorten(place, text) == wanted


def test_the_bundled_model_has_a_judgement_and_others_leave_all_as_it_is() -> None:
    assert load_judgement(model_name(BUNDLED_MODEL)) is not None
    report, own = build_report("x", ["We propose"], "en")[1:]
    assert judge_report(report, own, MODEL, pytest.fail) is own
