"""What a passage says of the asked thing counts, not only what it is about."""

import logging
from pathlib import Path

import pytest

from evals.benchmarks.passages import build_report
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from retrieval.search.answering import judge_answers, open_answers
from retrieval.search.search import search
from tests.fakes.hashing_embedder import HashingEmbedder

FEE = "The registration of a boat costs forty crowns and is renewed every second spring."
INSPECTION = "The registration of a boat follows an inspection of hull and lights by the harbour's surveyor."
SALT = "Salt may be sold without a licence on market days."


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Index:
    """An index of a report with two passages on one topic, and one on another."""
    embedder = assistant.embedder()
    index = Index(tmp_path_factory.mktemp("harbour"), embedder.name)
    index.put([build_report("harbour", [FEE, INSPECTION], "en"), build_report("market", [SALT], "en")], embedder)
    index.check()
    return index


@pytest.mark.parametrize(
    ("question", "answering", "near"),
    [
        ("What does it cost to register a boat?", FEE, INSPECTION),
        ("¿Cuánto cuesta registrar un barco?", FEE, INSPECTION),
        ("Who inspects boats before they are registered?", INSPECTION, FEE),
        ("Qui inspecte les bateaux avant l'enregistrement ?", INSPECTION, FEE),
    ],
)
def test_what_answers_is_judged_higher_than_what_comes_near(
    harbour: Index, assistant: Assistant, question: str, answering: str, near: str
) -> None:
    found = search(harbour, assistant.embedder(), question)
    logits = {hit.passage.text: hit.score.answers or 0.0 for hit in found.hits}
    assert logits[answering] > max(logits[near], logits[SALT])


def test_another_model_is_searched_without_it_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = HashingEmbedder()
    index = Index(tmp_path, embedder.name)
    index.put([build_report("harbour", [FEE], "en"), build_report("market", [SALT], "en")], embedder)
    with caplog.at_level(logging.WARNING, logger="relatoria"):
        found = search(index, embedder, "boat registration")
    assert found.hits[0].passage.text == FEE
    assert {hit.score.answers for hit in found.hits} == {None}
    assert "answers.json is left out" in caplog.text


def test_a_row_without_windows_is_not_judged(harbour: Index, assistant: Assistant) -> None:
    found = search(harbour, assistant.embedder(), "boat registration")
    reader = open_answers(assistant.embedder())
    assert reader
    assert found.calibration
    assert found.encoded_question
    passage = next(hit.passage for hit in found.hits)
    assert judge_answers(harbour, reader, found.calibration, found.encoded_question.tokens, {10_000: passage}) == {}
