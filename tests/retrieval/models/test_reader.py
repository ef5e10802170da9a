"""The reader of pairs reads any number of texts of any length, and only with the model that it was trained for."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from evals.train_reader import heads
from ingest.errors import RelatoriaError
from retrieval.models.reader import DecomposableAttention, Floats, Reader, Shape
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder

LENGTHS = ((3, 5), (2, 27), (1, 1))  # tokens of either text
OLD = {"layers": 1, "both_ways": False}  # what a head written before tells besides


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(heads, "HEADS_FOLDER", tmp_path)
    torch.manual_seed(1)
    network = DecomposableAttention(Shape(width=8, hidden=4))
    heads.write_head("head", network, {"model": MODEL, "data": "none"})
    return tmp_path


def draw(*lengths: int) -> tuple[Floats, ...]:
    rng = np.random.default_rng(sum(lengths))
    drawn = (rng.normal(size=(length, 8)).astype(np.float32) for length in lengths)
    return tuple(tokens / np.linalg.norm(tokens, axis=1, keepdims=True) for tokens in drawn)


def test_a_pair_is_judged_alike_alone_and_among_others(folder: Path) -> None:
    reader = Reader.open("head", HashingEmbedder(), folder)
    pairs = [(first, second) for first, second in (draw(*lengths) for lengths in LENGTHS)]
    logits = reader.judge_tokens(pairs * 15)
    alone = np.concatenate([reader.judge_tokens([pair]) for pair in pairs])
    assert logits == pytest.approx(np.tile(alone, 15), abs=1e-5)
    assert len(set(alone.round(5))) == 3


def test_texts_without_a_token_and_of_ten_thousand(folder: Path) -> None:
    reader = Reader.open("head", HashingEmbedder(), folder)
    none, some, many = draw(0, 2, 10_000)
    logits = reader.judge_tokens([(none, some), (some, none), (some, many)])
    assert np.isneginf(logits[:2]).all()
    assert np.isfinite(logits[2])
    assert reader.judge_tokens([]).shape == (0,)


def test_a_head_is_read_by_the_sizes_that_it_has(folder: Path) -> None:
    stated = folder / "head.json"
    before = json.loads(stated.read_text(encoding="utf-8"))
    stated.write_text(json.dumps(before | {"shape": before["shape"] | OLD}), encoding="utf-8")
    assert np.isfinite(Reader.open("head", HashingEmbedder(), folder).judge_tokens([draw(2, 3)])[0])  # type: ignore[list-item]
    stated.write_text(json.dumps(before | {"shape": before["shape"] | {"hidden": 5}}), encoding="utf-8")
    with pytest.raises(RelatoriaError, match="does not fit"):
        Reader.open("head", HashingEmbedder(), folder)


def test_another_model_a_cut_file_and_another_version_are_refused(folder: Path) -> None:
    other = HashingEmbedder()
    other.name = "another"
    with pytest.raises(RelatoriaError, match="made for the embedding model hashing-8, not another"):
        Reader.open("head", other, folder)
    with pytest.raises(RelatoriaError, match="left out"):
        Reader.open("none", other, folder)
    stated = folder / "head.json"
    before = stated.read_text(encoding="utf-8")
    stated.write_text(json.dumps(json.loads(before) | {"version": 0}), encoding="utf-8")
    with pytest.raises(RelatoriaError, match="another version"):
        Reader.open("head", HashingEmbedder(), folder)
    stated.write_text(before, encoding="utf-8")
    weights = folder / "head.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    with pytest.raises(RelatoriaError, match="cut short"):
        Reader.open("head", HashingEmbedder(), folder)


def test_training_tells_pairs_apart_and_comes_out_the_same_twice() -> None:
    rng = np.random.default_rng(3)
    words = rng.normal(size=(20, 8)).astype(np.float32)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    pairs = []
    for at in range(96):
        chosen = rng.permutation(20)[:4]
        held = at % 2
        pairs.append(heads.Pair(words[chosen[:2]], words[chosen[: 4 if held else 2] if held else chosen[2:]], held))
    made = [heads.train_head(pairs, Shape(width=8, hidden=8), epochs=12, rate=1e-2) for _ in range(2)]
    reader, again = (Reader(network, {}) for network in made)
    logits = reader.judge_tokens([(pair.first, pair.second) for pair in pairs])
    assert (logits == again.judge_tokens([(pair.first, pair.second) for pair in pairs])).all()
    assert np.mean((logits > 0) == [pair.label for pair in pairs]) > 0.9
