"""No sentence made false passes the proof, and true ones do."""

import random
import re
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.adversarial.__main__ import MIN_KEPT_SHARES
from evals.adversarial.hostile_model import VerifierHarness
from evals.adversarial.perturbations import FORM_FAULT_KINDS, NEVER_SHOWN_KINDS, RARELY_SHOWN_KINDS, LabelledSentence
from retrieval.assistant import Assistant
from retrieval.results import Statement
from tests.fakes.hostile_model import FALSE, ID, SURE, TRUE, false_of

STRUCTURAL = frozenset(  # kinds of labelled statements that are false by their form
    {"wrong mark", "extra mark", "invented mark", "no mark", "quote altered", "quote elsewhere", "number", "injection"}
)
GAPS = 0.05  # of the sentences with a negation or a strength changed, at most
SHOWN = 0.06  # of the labelled false statements at most: additions and opposites that no rule here knows


@cache
def fit_for(kind: str) -> list[LabelledSentence]:
    """The true sentences of which an operation makes any."""
    return [sentence for sentence in TRUE if false_of(kind, sentence)]


def proved_again(shown: Sequence[Statement], source: str, given_: int) -> None:
    """What is shown cites slices of the source under marks that were given, and is plain text."""
    for statement in shown:
        marks = [int(number) for number in re.findall(r"\[(\d+)\]", statement.text)]
        assert marks
        assert set(marks) == {citation.mark for citation in statement.citations}
        assert all(1 <= number <= given_ for number in marks)
        assert not re.search(r"[<>`{}]|https?:", statement.text)
        for citation in statement.citations:
            assert source[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("kind", sorted(NEVER_SHOWN_KINDS))
def test_no_sentence_made_false_is_shown(trial: VerifierHarness, assistant: Assistant, kind: str) -> None:
    report = assistant.report(ID)
    assert report

    @settings(SURE, max_examples=170 if kind in FORM_FAULT_KINDS else 130)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        true = data.draw(st.sampled_from(fit_for(kind)))
        false = data.draw(st.sampled_from(false_of(kind, true)))
        assert trial.find_leaks(false, true) == []
        proved_again(trial.shown_statements(false.given, false.language, [false.text]), report.text, len(false.given))

    check()


@pytest.mark.parametrize("kind", sorted(RARELY_SHOWN_KINDS))
def test_hardly_a_sentence_turned_round_is_shown(trial: VerifierHarness, kind: str) -> None:
    chance = random.Random(2010)
    true = chance.sample(fit_for(kind), min(len(fit_for(kind)), 120))
    shown = [
        false.text for sentence in true if trial.find_leaks(false := chance.choice(false_of(kind, sentence)), sentence)
    ]
    assert len(shown) <= GAPS * len(true), shown


def test_no_false_statement_is_shown(trial: VerifierHarness) -> None:
    trial.embed_all(FALSE)
    shown = [sentence for sentence in FALSE if trial.is_shown(sentence)]
    assert [sentence.text for sentence in shown if sentence.kind in STRUCTURAL] == []
    assert len(shown) <= SHOWN * len(FALSE), [sentence.text for sentence in shown]


def test_true_statements_are_kept(trial: VerifierHarness, assistant: Assistant) -> None:
    report = assistant.report(ID)
    assert report
    trial.embed_all(TRUE)
    kept: dict[str, list[bool]] = {}
    for sentence in TRUE:
        kept.setdefault(sentence.half, []).append(trial.is_shown(sentence))
        proved_again(
            trial.shown_statements(sentence.given, sentence.language, [sentence.text]), report.text, len(sentence.given)
        )
    shares = {half: sum(some) / len(some) for half, some in kept.items()}
    assert all(shares[half] >= floor for half, floor in MIN_KEPT_SHARES.items()), shares
