"""Trains a head of the reader of pairs (retrieval/models/reader.py), and writes it; the same way for every head.

Plain: AdamW, one cycle of the learning rate, batches of pairs of similar length, a seed. The same result twice.
"""

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch.nn.functional import binary_cross_entropy_with_logits

from retrieval.models.reader import HEADS_FOLDER, VERSION, DecomposableAttention, Shape, pad

Floats = NDArray[np.float32]
_BATCH, _POOL = 32, 1_024  # pairs: of a step, and of which those of similar length are put together
_SMOOTHING = 0.03  # no label is surer than this


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A pair of token vectors, centred and of length 1, with its label."""

    first: Floats
    second: Floats
    label: float


def train_head(
    pairs: Sequence[Pair],
    shape: Shape,
    *,
    seed: int = 0,
    epochs: int = 3,
    rate: float = 1e-3,
    watch: Callable[[DecomposableAttention, float], None] = lambda network, loss: None,
) -> DecomposableAttention:
    """Train a head; ``watch`` is called with it and the mean loss after each epoch."""
    torch.manual_seed(seed)
    chance = random.Random(seed)  # noqa: S311
    network = DecomposableAttention(shape)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.02)
    steps = epochs * (len(pairs) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _ in range(epochs):
        network.train()
        losses = []
        for batch in _batches(pairs, chance):
            sides = (*pad([pair.first for pair in batch]), *pad([pair.second for pair in batch]))
            labels = torch.tensor([pair.label for pair in batch]) * (1 - 2 * _SMOOTHING) + _SMOOTHING
            loss = binary_cross_entropy_with_logits(network(*sides), labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        watch(network.eval(), float(np.mean(losses)))
    return network.eval()


def _batches(pairs: Sequence[Pair], chance: random.Random) -> list[list[Pair]]:
    order = chance.sample(list(pairs), len(pairs))
    batches = []
    for start in range(0, len(order), _POOL):
        pool = sorted(order[start : start + _POOL], key=lambda pair: len(pair.second))
        batches += [pool[at : at + _BATCH] for at in range(0, len(pool), _BATCH)]
    chance.shuffle(batches)
    return batches


def write_head(name: str, network: DecomposableAttention, stated: Mapping[str, Any]) -> None:
    """Write a head into the product; ``stated`` has the model, and data, licence and figures, to be read."""
    weights = save({key: tensor.contiguous() for key, tensor in network.state_dict().items()})
    HEADS_FOLDER.mkdir(exist_ok=True)
    (HEADS_FOLDER / f"{name}.safetensors").write_bytes(weights)
    written = {
        "version": VERSION,
        "date": datetime.now(UTC).date().isoformat(),
        **stated,
        "shape": asdict(network.shape),
        "sha256": hashlib.sha256(weights).hexdigest(),
    }
    text = json.dumps(written, ensure_ascii=False, indent=1)
    (HEADS_FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
