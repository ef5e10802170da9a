"""Token vectors: what 4 bits keep of them, and which of them an ingest that was killed has left."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.storage import token_vectors
from retrieval.storage.token_vectors import TokenStore, TokenVectors


def drawn(count: int, width: int) -> NDArray[np.float32]:
    return np.random.default_rng(2010).normal(3, 1, (count, width)).astype(np.float32)


@pytest.mark.parametrize("width", [8, 7])
def test_four_bits_are_as_exact_as_is_said(width: int) -> None:
    vectors = drawn(5, width)
    kept = TokenVectors.quantize(vectors)
    assert len(kept) == 5
    assert kept.codes.shape == (5, 4)
    assert [str(part.dtype) for part in (kept.mean, kept.token_scales, kept.codes)] == ["float32", "float32", "uint8"]
    again = kept.dequantize()
    assert again.shape == vectors.shape
    largest = np.abs(vectors - vectors.mean(axis=0)).max(axis=1, keepdims=True)
    assert (np.abs(again - vectors) <= largest / 14 + 1e-5).all()
    assert np.abs(again - vectors).max() > 1e-3  # 4 bits, not more
    rest = again - kept.mean
    assert kept.token_scales[:, 0] == pytest.approx(largest[:, 0] / 7, rel=1e-5)
    assert kept.token_scales[:, 1] == pytest.approx((rest * rest).sum(axis=1), rel=1e-4)
    assert kept.token_scales[:, 2] == pytest.approx(rest @ kept.mean, rel=1e-3, abs=1e-3)


def test_codes_are_packed_in_halves() -> None:
    kept = TokenVectors.quantize(np.array([[7, -7, 3], [-7, 7, -3]], np.float32))  # mean 0: steps are the numbers
    assert (kept.codes & 15).tolist() == [[15, 1], [1, 15]]  # the first half, low
    assert (kept.codes >> 4).tolist() == [[11, 8], [5, 8]]  # the second, and nothing


def test_no_tokens_and_tokens_that_are_alike() -> None:
    none = TokenVectors.quantize(np.zeros((0, 6), np.float32))
    assert (len(none), none.dequantize().shape, none.mean.tolist()) == (0, (0, 6), [0.0] * 6)
    alike = TokenVectors.quantize(np.ones((2, 6), np.float32))
    assert alike.dequantize() == pytest.approx(np.ones((2, 6)))


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "index")


def test_what_is_kept_comes_back(store: TokenStore, tmp_path: Path) -> None:
    assert not store.exists
    assert store.missing(["a", "b"]) == {"a", "b"}
    made = {name: TokenVectors.quantize(drawn(count, 7)) for name, count in (("a", 3), ("b", 1), ("c", 0))}
    store.put(made)
    assert store.exists
    assert (tmp_path / "index" / "tokens.sqlite").is_file()
    found = store.get(["c", "none", "a", "b"])
    assert set(found) == {"a", "b", "c"}
    for name, kept in found.items():
        assert kept.dequantize().tolist() == made[name].dequantize().tolist()
        assert kept.token_scales.tolist() == made[name].token_scales.tolist()
    assert store.missing(["a", "d", "d"]) == {"d"}
    store.put({"a": made["b"]})  # the last word counts
    assert len(store.get(["a"])["a"]) == 1
    store.drop(["a", "none"])
    assert set(store.get(["a", "b", "c"])) == {"b", "c"}
    store.close()


def test_ids_come_in_pages(store: TokenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(store.announced_ids()) == []
    monkeypatch.setattr(token_vectors, "_PAGE", 2)
    store.announce(["d", "b", "a"])
    store.announce(["b", "c", "e"])
    assert list(store.announced_ids()) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(store.all_ids()) == []
    store.put({name: TokenVectors.quantize(drawn(1, 4)) for name in "zyx"})
    assert list(store.all_ids()) == [["x", "y"], ["z"]]


def test_what_is_announced_or_being_made_anew_is_unsettled_until_it_is_cleared(store: TokenStore) -> None:
    assert not store.has_unsettled
    assert not store.is_rebuilding
    store.announce(["a"])
    assert (store.has_unsettled, store.is_rebuilding) == (True, False)
    store.clear_announced()
    assert (store.has_unsettled, store.is_rebuilding) == (False, False)
    store.begin_rebuilding()
    store.begin_rebuilding()
    assert (store.has_unsettled, store.is_rebuilding) == (True, True)
    assert store.missing([]) == set()
    store.clear_announced()
    assert (store.has_unsettled, store.is_rebuilding, list(store.announced_ids())) == (False, False, [])
