"""Calls that wait go together, each gets its own, and nobody waits for company."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from retrieval.assistant import Assistant
from retrieval.models.batching import BatchingEmbedder
from retrieval.models.embedder import SentenceTransformerEmbedder
from tests.fakes.waiting import wait_until

PATIENCE = 20  # seconds


def test_one_call_is_worked_off_alone_and_those_that_wait_together() -> None:
    batches, begun, go = list[list[int]](), threading.Event(), threading.Event()

    def work(some: Sequence[int]) -> list[int]:
        batches.append(sorted(some))
        begun.set()
        go.wait(PATIENCE)
        return [number * number for number in some]

    squared = BatchingEmbedder(work, at_once=1, most=4)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(squared, 0)
        assert begun.wait(PATIENCE)
        others = [pool.submit(squared, number) for number in range(1, 7)]
        wait_until(lambda: len(squared._waiting) == len(others), "the others to wait")
        go.set()
        assert [other.result(PATIENCE) for other in [first, *others]] == [number * number for number in range(7)]
    assert batches[0] == [0]
    assert sorted(map(len, batches[1:])) == [2, 4]
    assert sorted(number for batch in batches for number in batch) == list(range(7))


def test_a_few_go_beside_each_other_and_nobody_beside_several() -> None:
    begun, go, several = threading.Barrier(3), threading.Event(), list[bool]()

    def work(some: Sequence[int]) -> list[int]:
        several.append(len(some) > 1)
        if max(some) < 2:
            begun.wait(PATIENCE)
        go.wait(PATIENCE)
        return list(some)

    same = BatchingEmbedder(work, at_once=2, most=4)
    with ThreadPoolExecutor(8) as pool:
        few = [pool.submit(same, number) for number in (0, 1)]
        begun.wait(PATIENCE)  # which both have come to, each alone
        more = [pool.submit(same, number) for number in range(2, 8)]
        wait_until(lambda: len(same._waiting) == len(more), "more to wait")
        go.set()
        assert [future.result(PATIENCE) for future in [*few, *more]] == list(range(8))
    assert several == [False, False, True, True]


def test_on_many_cores_some_go_together_beside_others() -> None:
    begun, gates = list[list[int]](), [threading.Event() for _ in range(9)]

    def work(some: Sequence[int]) -> list[int]:
        begun.append(list(some))
        gates[some[0]].wait(PATIENCE)
        return list(some)

    same = BatchingEmbedder(work, at_once=4, most=2)
    with ThreadPoolExecutor(9) as pool:
        calls = [pool.submit(same, number) for number in range(4)]
        wait_until(lambda: len(begun) == 4, "four calls at once")
        calls += [pool.submit(same, number) for number in range(4, 8)]
        wait_until(lambda: len(same._waiting) == 4, "four more to wait")
        for number in (0, 1):
            gates[number].set()
            wait_until(lambda: len(begun) == 5 + number, "several together")  # noqa: B023 (it is called at once)
        calls.append(pool.submit(same, 8))
        gates[2].set()
        assert calls[2].result(PATIENCE) == 2
        wait_until(lambda: len(same._waiting) == 1, "the last to wait")
        assert len(begun) == 6  # two of four have several: the last waits, though a fourth could run
        for gate in gates:
            gate.set()
        assert [call.result(PATIENCE) for call in calls] == list(range(9))
    assert [len(some) for some in begun] == [1, 1, 1, 1, 2, 2, 1]


def test_what_goes_wrong_is_raised_where_it_was_asked_and_nothing_hangs() -> None:
    def work(some: Sequence[int]) -> list[int]:
        if 3 in some:
            raise ValueError("three")
        return list(some)

    same = BatchingEmbedder(work, at_once=2, most=1)
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(same, number) for number in [3, *range(40), 3]]
        wrong = [number for number, call in enumerate(calls) if call.exception(PATIENCE)]
    assert wrong == [0, 4, 41]
    with pytest.raises(ValueError, match="three"):
        same(3)
    assert same(4) == 4


def test_questions_embedded_together_are_as_if_alone(assistant: Assistant) -> None:
    embedder = assistant.embedder()
    assert isinstance(embedder, SentenceTransformerEmbedder)
    texts = ["Migration?", "¿Qué se recomendó sobre la migración de retorno?", "", "word " * 700, "العودة"]
    alone = [embedder.query(text) for text in texts]
    for mine, other in zip(alone, embedder._encode_queries(texts), strict=True):
        assert mine.tokens.shape == other.tokens.shape
        np.testing.assert_allclose(mine.vector, other.vector, atol=1e-6)
        np.testing.assert_allclose(mine.tokens, other.tokens, atol=1e-5)
