"""Whatever a chat model streams, what is proved is shown once and the evidence stays."""

import itertools
import json
import random
import re
import time
from collections.abc import Generator, Iterator, Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.adversarial.hostile_model import HostileSource, VerifierHarness
from evals.adversarial.perturbations import FORM_FAULT_KINDS, NEVER_SHOWN_KINDS, LabelledSentence
from retrieval.generation.chat_model import ChatModel, StreamChunk
from retrieval.generation.writer import write
from retrieval.results import Statement
from retrieval.text.sentence_stream import split_stream
from retrieval.verification.verifier import RejectionReason, Verifier
from tests.fakes.hostile_model import GOOD, OWN, SURE, false_of, kept_of
from tests.fakes.waiting import wait_until

LAST_TEXT = 40  # of those that are cut in pieces


def cut(text: str, places: Sequence[int]) -> list[str]:
    edges = [0, *sorted({place % (len(text) + 1) for place in places}), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


@cache
def mixed(seed: int) -> tuple[tuple[str, ...], list[LabelledSentence], str]:
    """Passages, their own sentences, and those in a text with false ones between them."""
    chance = random.Random(seed)
    true = [sentence for sentence in OWN if sentence.given == OWN[seed % len(OWN)].given]
    kinds = [kind for kind in sorted(NEVER_SHOWN_KINDS) if kind in FORM_FAULT_KINDS or seed % 4 == 0]
    false = [chance.choice(false_of(kind, sentence)) for sentence in true for kind in kinds if false_of(kind, sentence)]
    said = chance.sample(false, min(len(false), 8)) + true
    chance.shuffle(said)
    return true[0].given, true, " ".join(sentence.text for sentence in said)


def test_chunks_change_nothing(trial: VerifierHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Verifier, "verify_sentence", cache(Verifier.verify_sentence))  # each sentence is proved once

    def shown(seed: int, pieces: list[str]) -> list[str]:
        return [statement.text for statement in trial.shown_statements(mixed(seed)[0], "es", pieces)]

    @cache
    def shown_whole(seed: int) -> list[str]:
        """What is shown of the text that comes at once: its own sentences, and the same letter by letter."""
        _, true, text = mixed(seed)
        whole = shown(seed, [text])
        assert shown(seed, list(text)) == whole
        own = {re.sub(r"^\d+\. ", "", sentence.text) for sentence in true}  # the number of a list is no part of it
        behind = {re.sub(r" (\[\d\])\.$", r". \1.", sentence) for sentence in own}  # without a mark, then one alone
        assert set(whole) <= own | {sentence for sentence in behind if sentence in text}
        return whole

    @settings(SURE, max_examples=150)
    @given(st.integers(0, LAST_TEXT), st.lists(st.integers(0, 5_000), max_size=200))
    def check(seed: int, places: list[int]) -> None:
        assert shown(seed, cut(mixed(seed)[2], places)) == shown_whole(seed)

    check()


def test_a_mark_alone_is_that_of_the_sentence_before_it(trial: VerifierHarness) -> None:
    for text in (f"{GOOD.text} [1].", f"{GOOD.text} [1]. [1]", f"{GOOD.text}[1]", f"{GOOD.text} {GOOD.text} [1]."):
        for pieces in ([text], list(text)):
            shown = trial.shown_statements(GOOD.given, "es", pieces)
            assert [statement.text for statement in shown] == [GOOD.text]
    behind = GOOD.text.replace(" [1].", ". [1].")
    (statement,) = trial.shown_statements(GOOD.given, "es", [GOOD.text.replace(" [1].", "."), " [1]."])
    assert statement.text == behind


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_true_sentences_in_small_pieces_are_all_read(trial: VerifierHarness, size: int) -> None:
    for sentence in OWN[:12]:
        pieces = [sentence.text[at : at + size] for at in range(0, len(sentence.text), size)]
        assert trial.shown_statements(sentence.given, "es", pieces) == trial.shown_statements(
            sentence.given, "es", [sentence.text]
        )


def test_an_exception_keeps_what_was_proved(trial: VerifierHarness) -> None:
    answer = trial.build_answer(GOOD.given, "es")
    for error in (RuntimeError("boom"), ValueError("<b>"), MemoryError(), KeyError("k"), OSError(5)):
        grown = trial.write_all(answer, HostileSource([GOOD.text, " Los gobiernos deb"], breaks=error))
        assert kept_of(grown) == [GOOD.text]
        assert grown[-1].statements[: len(answer.statements)] == answer.statements
        assert grown[-1].writing
        assert grown[-1].writing.problem


def test_an_endless_answer_is_read_to_its_limit(trial: VerifierHarness) -> None:
    answer = trial.build_answer(GOOD.given, "es")
    for noise in ("Más y más ", "Deben. ", "[1]", "\n", "{", "«", "a", "1. ", "[1] "):
        source = HostileSource(itertools.chain([GOOD.text, "\n"], itertools.repeat(noise)))
        began = time.monotonic()
        grown = trial.write_all(answer, source)
        assert time.monotonic() - began < 5
        assert kept_of(grown[:1]) == [GOOD.text]
        assert kept_of(grown) in ([GOOD.text], [])  # none, where too little of it is proved
        assert grown[-1].statements[: len(answer.statements)] == answer.statements
        assert len(grown) <= 3


def test_a_sentence_said_again_is_shown_once(trial: VerifierHarness) -> None:
    answer = trial.build_answer(GOOD.given, "es")
    louder = GOOD.text.replace("[1].", ". [1]")
    grown = trial.write_all(answer, HostileSource([GOOD.text, "\n", GOOD.text, "  ", louder]))
    assert kept_of(grown) == [GOOD.text]
    assert grown[-1].dropped["said before"] == 2


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"answer": GOOD.text}, ensure_ascii=False),
        json.dumps([GOOD.text], ensure_ascii=False),
        '{"choices": [{"delta": {"content": "' + GOOD.text + '"}}]}',
        "{{{{[[[[" * 50,
        "data: {oops\n\n",
        "\ud800 [1].",
        "\x00\x01\x02 [1]",
    ],
)
def test_garbage_leaves_the_quotes(trial: VerifierHarness, text: str) -> None:
    answer = trial.build_answer(GOOD.given, "es")
    grown = trial.write_all(answer, HostileSource([text]))
    assert kept_of(grown) == []
    assert grown[-1].statements[: len(answer.statements)] == answer.statements


def test_whatever_is_written_the_evidence_stays(trial: VerifierHarness) -> None:
    alphabet = st.one_of(
        st.sampled_from(["[1]", "[2]", " ", ". ", "«", "»", "no ", "\n", *GOOD.text.split()]), st.text()
    )

    @settings(SURE, max_examples=300)
    @given(st.lists(alphabet, max_size=20))
    def check(pieces: list[str]) -> None:
        answer = trial.build_answer(GOOD.given, "es")
        for grown in trial.write_all(answer, HostileSource(pieces)):
            assert grown.statements[: len(answer.statements)] == answer.statements
            assert RejectionReason.VERIFIER_FAILED not in grown.dropped

    check()


def test_a_proof_that_fails_refuses(trial: VerifierHarness) -> None:
    class Broken:
        def verify_sentence(self, sentence: str) -> Statement:
            raise ZeroDivisionError

        def is_anaphoric(self, sentence: str) -> bool:
            return False

    answer = trial.build_answer(GOOD.given, "es")
    *_, last = write(answer, HostileSource([GOOD.text]).model(), lambda *_: Broken())  # type: ignore[arg-type]
    assert kept_of([last]) == []
    assert last.dropped == {RejectionReason.VERIFIER_FAILED: 1}


def test_too_little_room_for_any_passage_says_so(trial: VerifierHarness) -> None:
    answer = trial.build_answer(GOOD.given, "es")
    *_, last = write(answer, ChatModel("small", HostileSource([GOOD.text]), context=8), trial.get_verifier)
    assert last.writing
    assert (last.writing.given, last.writing.left_out, last.writing.attempts) == (0, 3, 0)
    assert "No passage fits" in last.writing.problem


def test_a_source_that_is_left_is_told_so(trial: VerifierHarness) -> None:
    source = HostileSource(itertools.chain([GOOD.text, " "], itertools.repeat("Más ")))
    left: list[bool] = []

    class Watched(HostileSource):
        def pieces(self, messages: object, gone: object) -> Iterator[StreamChunk]:
            try:
                yield from source.pieces(messages, gone)  # type: ignore[arg-type]
            finally:
                left.append(True)

    growing = write(trial.build_answer(GOOD.given, "es"), Watched([]).model(), trial.get_verifier)
    assert isinstance(growing, Generator)
    next(growing)
    growing.close()
    wait_until(lambda: left, "the source to be left", seconds=3)


def test_marks_are_read_whole_wherever_a_piece_ends() -> None:
    text = "Deben actuar [1][12]. Pueden ayudar. [3] Los países [2] y otros [4]."
    whole = list(split_stream([text]))
    assert all(list(split_stream([text[:at], text[at:]])) == whole for at in range(len(text) + 1))
    assert len(whole) == 3
