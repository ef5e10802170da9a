"""Judges pairs of texts by decomposable attention over frozen token vectors (Parikh et al. 2016, arXiv:1606.01933).

Each token of one text attends to the tokens of the other, a small network compares it with what it found there, and
mean and maximum over the tokens become one logit: that a passage answers a question. A head is two files: its weights,
and beside them, to be read, its data, licence, date and figures.
`python -m evals.train_reader` makes one for one embedding model.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load
from torch.nn.functional import normalize

from ingest.errors import RelatoriaError
from retrieval.models.embedder import Embedder

Floats = NDArray[np.float32]

HEADS_FOLDER = Path(__file__).parent / "heads"
VERSION = 1
_BATCH = 32  # pairs
_LEAST = -1e4  # in place of minus infinity, which has no gradient


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a head."""

    width: int = 384  # of a token vector
    hidden: int = 128
    dropout: float = 0.2  # while it is trained


class DecomposableAttention(torch.nn.Module):
    """The network: two batches of token vectors, (pairs, tokens, width), with masks, to logits."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width, hidden = shape.width, shape.hidden
        self.attend = torch.nn.Linear(width, hidden, bias=False)
        self.value = torch.nn.Linear(width, hidden)
        self.gate = torch.nn.Linear(width, 1)
        self.sharpness = torch.nn.Parameter(torch.tensor(2.3))
        self.drop = torch.nn.Dropout(shape.dropout)
        relu, drop = torch.nn.ReLU(), torch.nn.Dropout(shape.dropout)
        self.compare = torch.nn.Sequential(torch.nn.Linear(4 * hidden + 2, hidden), relu, drop)
        self.out = torch.nn.Sequential(torch.nn.Linear(2 * hidden + 3, hidden), relu, drop, torch.nn.Linear(hidden, 1))

    def forward(
        self, first: torch.Tensor, first_mask: torch.Tensor, second: torch.Tensor, second_mask: torch.Tensor
    ) -> torch.Tensor:
        """Compare each token of the first with what it attends to in the second, and pool over the tokens."""
        cosines = first @ second.transpose(1, 2)
        shared = normalize(self.attend(first), dim=2) @ normalize(self.attend(second), dim=2).transpose(1, 2)
        weights = (shared * self.sharpness.exp()).masked_fill(~second_mask[:, None], _LEAST).softmax(2)
        own = self.value(self.drop(first))
        found = weights @ self.value(self.drop(second))
        best = cosines.masked_fill(~second_mask[:, None], -1).amax(2, keepdim=True)
        met = (weights * cosines).sum(2, keepdim=True)
        seen, mask = torch.cat([own, found, own - found, own * found, best, met], dim=2), first_mask[..., None]
        compared = self.compare(seen) * mask
        gates = self.gate(first).masked_fill(~mask, _LEAST).softmax(1)
        lowest = best.masked_fill(~mask, 2).amin(1)
        means = (best * mask).sum(1) / mask.sum(1).clamp(min=1), (best * gates).sum(1)
        pooled = torch.cat([(compared * gates).sum(1), compared.amax(1), lowest, *means], dim=1)
        logits: torch.Tensor = self.out(pooled)[:, 0]
        return logits


class Reader:
    """A trained head on the embedding model that it was trained for."""

    def __init__(self, network: DecomposableAttention, stated: Mapping[str, Any]) -> None:
        self.stated = stated  # what the file beside the weights says
        self._network = network.eval()

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
            network = DecomposableAttention(Shape(**{size.name: stated["shape"][size.name] for size in fields(Shape)}))
            network.load_state_dict(load(weights))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise RelatoriaError(f"The reader of pairs {path.name} is left out: it does not fit ({error}).") from error
        return cls(network, stated)

    def judge_tokens(self, pairs: Sequence[tuple[Floats, Floats]]) -> Floats:
        """The logit of each pair of centred token vectors, (t, d); of one without a token minus infinity."""
        logits = np.full(len(pairs), -np.inf, np.float32)
        whole = [at for at, (first, second) in enumerate(pairs) if len(first) and len(second)]
        whole.sort(key=lambda at: len(pairs[at][1]))
        for start in range(0, len(whole), _BATCH):
            batch = whole[start : start + _BATCH]
            with torch.inference_mode():
                sides = (pad([pairs[at][side] for at in batch]) for side in (0, 1))
                logits[batch] = self._network(*(tensor for side in sides for tensor in side)).numpy()
        return logits


def pad(texts: Sequence[Floats]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token vectors of several texts as one tensor, (texts, tokens, n), and its mask."""
    lengths = torch.tensor([len(text) for text in texts])
    mask = torch.arange(int(lengths.max()))[None] < lengths[:, None]
    padded = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(text) for text in texts], batch_first=True)
    return padded, mask
