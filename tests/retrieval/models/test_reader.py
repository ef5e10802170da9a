"""The reader of pairs reads any number of texts of any length, and only with the model that it was trained for."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from evals.calibrate import heads
from ingest.errors import RelatoriaError
from retrieval.models.embedder import EncodedText
from retrieval.models.reader import DecomposableAttention, Reader, Shape
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder

PAIRS = [("states must act", "the states must act soon"), ("nobody acts", "states must act " * 9), ("a", "b")]
OTHER_MEAN = np.full((1, 8), 0.3, np.float32)


@pytest.fixture(params=[False, True])
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    monkeypatch.setattr(heads, "HEADS_FOLDER", tmp_path)
    torch.manual_seed(1)
    network = DecomposableAttention(Shape(width=8, hidden=4, both_ways=request.param))
    means = {"first.all": np.zeros((1, 8), np.float32), "second.all": np.zeros((1, 8), np.float32)}
    heads.write_head("head", network, means | {"second.es": OTHER_MEAN}, {"model": MODEL, "data": "none"})
    return tmp_path


def test_a_pair_is_judged_alike_alone_and_among_others(folder: Path) -> None:
    reader = Reader.open("head", HashingEmbedder(), folder)
    logits = reader.judge(PAIRS * 15)
    assert logits == pytest.approx(np.concatenate([reader.judge([pair]) for pair in PAIRS] * 15), abs=1e-5)
    assert len(set(logits.round(5))) == 3


def test_a_language_has_its_own_mean(folder: Path) -> None:
    reader = Reader.open("head", HashingEmbedder(), folder)
    plain, spanish, other = (reader.judge(PAIRS[:1], [("en", language)])[0] for language in ("", "es", "fr"))
    assert plain == other != spanish


def test_texts_without_a_token_and_of_ten_thousand(folder: Path) -> None:
    reader = Reader.open("head", HashingEmbedder(), folder)
    logits = reader.judge([("", "states"), ("states", ""), ("states act", "act states " * 5_000)])
    assert np.isneginf(logits[:2]).all()
    assert np.isfinite(logits[2])
    assert reader.judge([]).shape == (0,)


def test_middle_layers_are_read_one_behind_another() -> None:
    text = EncodedText(np.ones(2, np.float32), np.full((3, 2), 5, np.float32), np.ones((2, 3, 2), np.float32))
    made = heads.compute_mean([text], middle=True)
    assert made.tolist() == [[1, 1], [1, 1], [5, 5]]
    assert np.abs(made).shape == (3, 2)


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
    reader, again = (Reader(network, {}, {}, HashingEmbedder()) for network in made)
    logits = reader.judge_tokens([(pair.first, pair.second) for pair in pairs])
    assert (logits == again.judge_tokens([(pair.first, pair.second) for pair in pairs])).all()
    assert np.mean((logits > 0) == [pair.label for pair in pairs]) > 0.9
