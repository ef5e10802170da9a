"""Late interaction: how well a passage's tokens answer a question's, one by one.

Khattab and Zaharia 2020, ColBERT, https://arxiv.org/abs/2004.12832, on the token vectors that the
embedding model makes anyway. What all tokens of a language have in common is subtracted first: without
it every score is high. The arithmetic is torch's, since a second pool of threads (numpy's) beside the
model's makes every next question two to three times slower on two cores (docs/search.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.tokens import Tokens

if TYPE_CHECKING:
    from torch import Tensor

SPAN = 32  # tokens in a row, about two lines
_STEP = 8  # tokens from one span to the next
_SOME = 256  # windows at one time
_RARE = 0.05  # at the least, of how much a word counts that all passages have


@dataclass(frozen=True, slots=True)
class Window:
    """A window's tokens, and the mean token vector of its language, (d,)."""

    tokens: Tokens
    centre: NDArray[np.float32]


def matches(question: NDArray[np.float32], windows: Sequence[Window]) -> "Tensor":
    """How well each window answers each of the question's tokens: (w, q), -1 to 1.

    ``question`` is (q, d), centred. Half of it is the best match in the whole window; the other half is
    the best match within SPAN tokens of it, those that answer the question as a whole best, because what
    answers stands together. Windows without tokens answer nothing.
    """
    import torch

    found = torch.zeros(len(windows), max(len(question), 1))
    there = [n for n, one in enumerate(windows) if len(one.tokens) and len(question)]
    for first in range(0, len(there), _SOME):
        some = there[first : first + _SOME]
        found[some] = _matches(question, [windows[n] for n in some])
    return found


def telling(found: "Tensor", background: "Tensor") -> "Tensor":
    """The means of ``matches``, (w, q) to (w,), where a token counts by how little others answer it.

    ``background`` is (b, q), the matches of passages as they come. In a report on migration each passage
    answers the word "migration", and only the other words tell them apart.
    """
    weights = (1 - background.mean(dim=0)).clamp(min=_RARE) ** 2
    return (found * weights).sum(dim=1) / weights.sum()


def _matches(question: NDArray[np.float32], windows: Sequence[Window]) -> "Tensor":
    """The same of windows with tokens, as many as memory is for at one time."""
    import torch

    cosines = _cosines(question, windows)
    tokens, owners = _spans([len(one.tokens) for one in windows])
    best = cosines[tokens].amax(dim=1)  # (s, q)
    index = owners[:, None].expand(-1, best.shape[1])
    whole = torch.full((len(windows), best.shape[1]), -1.0).scatter_reduce_(0, index, best, "amax")
    means = best.mean(dim=1)
    highest = torch.full((len(windows),), -2.0).scatter_reduce_(0, owners, means, "amax")
    is_best = torch.nonzero(means == highest[owners])[:, 0].flip(0)
    chosen = torch.zeros(len(windows), dtype=torch.long).index_put_((owners[is_best],), is_best)  # the first such span
    return (whole + best[chosen]) / 2


def _cosines(question: NDArray[np.float32], windows: Sequence[Window]) -> "Tensor":
    """Of all tokens of all windows, one after the other, with each of the question's: (t, q).

    A token is mean + scale x (code - 8), so that its products come from one product with the codes.
    """
    import torch

    width = question.shape[1]
    kinds = {id(one.centre): one.centre for one in windows}  # one array a language
    centres = np.stack(list(kinds.values()))
    which = [list(kinds).index(id(one.centre)) for one in windows]
    asked = torch.nn.functional.normalize(torch.from_numpy(question), dim=1)
    others = torch.cat([asked, torch.from_numpy(centres)])  # (q + c, d)
    half = (width + 1) // 2
    padded = torch.nn.functional.pad(others, (0, 2 * half - width))
    codes = torch.from_numpy(np.concatenate([one.tokens.codes for one in windows]))
    products = (codes & 15).float() @ padded[:, :half].T + (codes >> 4).float() @ padded[:, half:].T
    products -= 8 * padded.sum(dim=1)
    numbers = torch.from_numpy(np.concatenate([one.tokens.numbers for one in windows]))
    products *= numbers[:, :1]

    means = torch.from_numpy(np.stack([one.tokens.mean for one in windows]))
    chosen = torch.tensor(which)
    owner = torch.repeat_interleave(torch.arange(len(windows)), torch.tensor([len(one.tokens) for one in windows]))
    apart = means - torch.from_numpy(centres)[chosen]  # (w, d)
    with_centre = products.gather(1, len(asked) + chosen[owner][:, None])[:, 0]
    squared = numbers[:, 1] + 2 * (numbers[:, 2] - with_centre) + (apart * apart).sum(dim=1)[owner]
    inner = products[:, : len(asked)] + (apart @ asked.T)[owner]
    return inner / squared.clamp(min=1e-12).sqrt()[:, None]


def _spans(lengths: Sequence[int]) -> "tuple[Tensor, Tensor]":
    """SPAN token positions a span, (s, SPAN), and the window each span is of, (s,); short ones repeat their last."""
    import torch

    counts = torch.tensor([max(-(-(length - SPAN) // _STEP) + 1, 1) for length in lengths])
    sizes = torch.tensor(list(lengths))
    first = torch.cumsum(sizes, 0) - sizes
    owners = torch.repeat_interleave(torch.arange(len(lengths)), counts)
    number = torch.arange(len(owners)) - (torch.cumsum(counts, 0) - counts)[owners]
    within = (number[:, None] * _STEP + torch.arange(SPAN)).minimum(sizes[owners][:, None] - 1)
    return first[owners][:, None] + within, owners
