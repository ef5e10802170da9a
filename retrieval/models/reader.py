"""Judges pairs of texts by decomposable attention over frozen token vectors (Parikh et al. 2016, arXiv:1606.01933).

Each token of one text attends to the tokens of the other, a small network compares it with what it found there, and
mean and maximum over the tokens become one logit: that a passage answers a question, or that a sentence follows from a
passage. A head is two files: its weights, and beside them, to be read, its data, licence, date and figures.
`python -m evals.calibrate.answers` makes one for one embedding model.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load
from torch.nn.functional import normalize

from ingest.errors import RelatoriaError
from retrieval.models.embedder import Embedder, EncodedText

Floats = NDArray[np.float32]

HEADS_FOLDER = Path(__file__).parent / "heads"
VERSION = 1
_BATCH = 32  # pairs
_LEAST = -1e4  # in place of minus infinity, which has no gradient


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a head."""

    width: int = 384  # of a token vector
    layers: int = 1  # of the embedding model, whose vectors of a token lie one behind another; the last one last
    hidden: int = 128
    both_ways: bool = False  # whether the second text's tokens attend to the first's too
    dropout: float = 0.2  # while it is trained


class DecomposableAttention(torch.nn.Module):
    """The network: two batches of token vectors, (pairs, tokens, layers * width), with masks, to logits."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        tokens, hidden, pools = shape.width * shape.layers, shape.hidden, 2 if shape.both_ways else 1
        self.attend = torch.nn.Linear(tokens, hidden, bias=False)
        self.value = torch.nn.Linear(tokens, hidden)
        self.gate = torch.nn.Linear(tokens, 1)
        self.sharpness = torch.nn.Parameter(torch.tensor(2.3))
        self.drop = torch.nn.Dropout(shape.dropout)
        relu, drop = torch.nn.ReLU(), torch.nn.Dropout(shape.dropout)
        self.compare = torch.nn.Sequential(torch.nn.Linear(4 * hidden + 2 * shape.layers, hidden), relu, drop)
        pooled = pools * (2 * hidden + 3 * shape.layers)
        self.out = torch.nn.Sequential(torch.nn.Linear(pooled, hidden), relu, drop, torch.nn.Linear(hidden, 1))

    def forward(
        self, first: torch.Tensor, first_mask: torch.Tensor, second: torch.Tensor, second_mask: torch.Tensor
    ) -> torch.Tensor:
        cosines = torch.einsum("bild,bjld->bijl", self._by_layer(first), self._by_layer(second))
        shared = normalize(self.attend(first), dim=2) @ normalize(self.attend(second), dim=2).transpose(1, 2)
        one_side = _Side(first, first_mask, self.value(self.drop(first)))
        other_side = _Side(second, second_mask, self.value(self.drop(second)))
        pooled = self._pool(one_side, other_side, shared, cosines)
        if self.shape.both_ways:
            turned = self._pool(other_side, one_side, shared.transpose(1, 2), cosines.transpose(1, 2))
            pooled = torch.cat([pooled, turned], dim=1)
        logits: torch.Tensor = self.out(pooled)[:, 0]
        return logits

    def _by_layer(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens.view(*tokens.shape[:2], self.shape.layers, self.shape.width)

    def _pool(self, own: "_Side", other: "_Side", shared: torch.Tensor, cosines: torch.Tensor) -> torch.Tensor:
        """Compare each token with what it attends to, and pool over the tokens."""
        weights = (shared * self.sharpness.exp()).masked_fill(~other.mask[:, None], _LEAST).softmax(2)
        found = weights @ other.values
        best = cosines.masked_fill(~other.mask[:, None, :, None], -1).amax(2)
        met = torch.einsum("bij,bijl->bil", weights, cosines)
        seen, mask = torch.cat([own.values, found, own.values - found, own.values * found, best, met], dim=2), own.mask
        compared = self.compare(seen) * mask[..., None]
        gates = self.gate(own.tokens)[..., 0].masked_fill(~mask, _LEAST).softmax(1)[..., None]
        count = mask.sum(1)[:, None].clamp(min=1)
        lowest = best.masked_fill(~mask[..., None], 2).amin(1)
        means = (best * mask[..., None]).sum(1) / count, (best * gates).sum(1)
        return torch.cat([(compared * gates).sum(1), compared.amax(1), lowest, *means], dim=1)


class _Side(NamedTuple):
    """One side of a batch of pairs."""

    tokens: torch.Tensor  # (pairs, tokens, layers * width)
    mask: torch.Tensor  # (pairs, tokens)
    values: torch.Tensor  # (pairs, tokens, hidden)


class Reader:
    """A trained head on the embedding model that it was trained for."""

    def __init__(
        self, network: DecomposableAttention, means: Mapping[str, Floats], stated: Mapping[str, Any], embedder: Embedder
    ) -> None:
        self.stated = stated  # what the file beside the weights says
        self._network = network.eval()
        self._means = means  # (layers, width) by "first" or "second" and language, "first.es"; "first.all" for others
        self._embedder = embedder

    @classmethod
    def open(cls, name: str, embedder: Embedder, folder: Path = HEADS_FOLDER) -> "Reader":
        """Open the head of that name. Raises RelatoriaError where it is not whole, or not of this embedding model."""
        path = folder / f"{name}.json"
        try:
            stated = json.loads(path.read_text(encoding="utf-8"))
            weights = path.with_suffix(".safetensors").read_bytes()
            if stated["version"] != VERSION or stated["sha256"] != hashlib.sha256(weights).hexdigest():
                raise ValueError("of another version, or cut short")
            if stated["model"] != embedder.name:
                raise ValueError(f"made for the embedding model {stated['model']}, not {embedder.name}")
            tensors = load(weights)
            means = {key.removeprefix("mean."): tensors.pop(key).numpy() for key in list(tensors) if "mean." in key}
            network = DecomposableAttention(Shape(**stated["shape"]))
            network.load_state_dict(tensors)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise RelatoriaError(f"The reader of pairs {path.name} is left out: it does not fit ({error}).") from error
        return cls(network, means, stated, embedder)

    def judge(self, pairs: Sequence[tuple[str, str]], languages: Sequence[tuple[str, str]] = ()) -> Floats:
        """The logit of each pair of texts, of any length; ``languages`` as ISO 639-1."""
        spoken = languages or [("", "")] * len(pairs)
        sides = [
            dict.fromkeys((pair[side], of[side]) for pair, of in zip(pairs, spoken, strict=True)) for side in (0, 1)
        ]
        texts = dict.fromkeys(window for of in sides for text, _ in of for window in self._embedder.windows(text))
        encoded = dict(self._embedder.passages(list(texts)))
        made = dict(zip(texts, (encoded[at] for at in range(len(texts))), strict=True))
        tokens = [
            {key: self.prepare([made[window] for window in self._embedder.windows(key[0])], key[1], side) for key in of}
            for side, of in zip(("first", "second"), sides, strict=True)
        ]
        return self.judge_tokens(
            [
                (tokens[0][first, of[0]], tokens[1][second, of[1]])
                for (first, second), of in zip(pairs, spoken, strict=True)
            ]
        )

    def prepare(self, encoded: Sequence[EncodedText], language: str, side: str) -> Floats:
        """The token vectors of one text's windows as ``judge_tokens`` takes them; its side is "first" or "second"."""
        mean = self._means.get(f"{side}.{language}", self._means[f"{side}.all"])
        return np.concatenate([center(text, mean) for text in encoded] or [np.zeros((0, mean.size), np.float32)])

    def judge_tokens(self, pairs: Sequence[tuple[Floats, Floats]]) -> Floats:
        """The logit of each pair of prepared token vectors; of one without a token minus infinity."""
        logits = np.full(len(pairs), -np.inf, np.float32)
        whole = [at for at, (first, second) in enumerate(pairs) if len(first) and len(second)]
        whole.sort(key=lambda at: len(pairs[at][1]))
        for start in range(0, len(whole), _BATCH):
            batch = whole[start : start + _BATCH]
            with torch.inference_mode():
                sides = (pad([pairs[at][side] for at in batch]) for side in (0, 1))
                logits[batch] = self._network(*(tensor for side in sides for tensor in side)).numpy()
        return logits


def center(text: EncodedText, mean: Floats) -> Floats:
    """Token vectors, (t, layers * width): of each layer that ``mean`` has, less it, of length 1."""
    layers = text.tokens[None] if len(mean) == 1 else np.concatenate([text.middle, text.tokens[None]])
    centered = layers - mean[:, None]
    centered /= np.maximum(np.linalg.norm(centered, axis=2, keepdims=True), 1e-6)
    made: Floats = centered.transpose(1, 0, 2).reshape(len(text.tokens), mean.size)
    return made


def pad(texts: Sequence[Floats]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token vectors of several texts as one tensor, (texts, tokens, n), and its mask."""
    lengths = torch.tensor([len(text) for text in texts])
    mask = torch.arange(int(lengths.max()))[None] < lengths[:, None]
    padded = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(text) for text in texts], batch_first=True)
    return padded, mask
