"""Late interaction (ColBERT): scores windows of passage tokens against a question's tokens.

Khattab and Zaharia 2020, ColBERT, https://arxiv.org/abs/2004.12832, on the token vectors that the
embedding model makes anyway. What all tokens of a language have in common is subtracted first: without
it every score is high. The arithmetic is torch's, since a second pool of threads (numpy's) beside the
model's makes every next question two to three times slower on two cores (docs/search.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.storage.token_vectors import TokenVectors

if TYPE_CHECKING:
    from torch import Tensor

SPAN = 32  # tokens in a row, about two lines
_STEP = 8  # tokens from one span to the next
_BATCH = 100  # windows at one time
_MIN_WEIGHT = 0.05  # at the least, of how much a word counts that all passages have


@dataclass(frozen=True, slots=True)
class Window:
    """The tokens of one window of a passage, and the mean token vector of its language, (d,)."""

    tokens: TokenVectors
    centre: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class EncodedQuestion:
    """A question's token vectors and their weights, ready for scoring."""

    tokens: NDArray[np.float32]  # (q, d), centred
    weights: "Tensor"  # (q,): how much each token counts, by how little passages as they come answer it


@dataclass(frozen=True, slots=True, eq=False)
class PackedWindows:
    """A batch of windows as concatenated tensors, ready for scoring: T tokens of w windows."""

    low: "Tensor"  # (T, h): the codes of the first half of the components
    high: "Tensor"  # (T, h)
    numbers: "Tensor"  # (T, 3), see TokenVectors
    owners: "Tensor"  # (T,): the window that each token is of
    centres: "Tensor"  # (c, d), one a language
    languages: "Tensor"  # (w,): which of the centres
    mean_offsets: "Tensor"  # (w, d): from the centre to the window's mean
    spans: "Tensor"  # (s, SPAN): tokens
    span_owners: "Tensor"  # (s,)


def pack(windows: Sequence[Window]) -> Iterator[PackedWindows]:
    """Packs windows into batches of a hundred, lazily and in order; a window without tokens is not allowed."""
    return (_pack(windows[first : first + _BATCH]) for first in range(0, len(windows), _BATCH))


def score_tokens(question: NDArray[np.float32], windows: Iterable[PackedWindows]) -> "Tensor":
    """Scores each window for each question token by its best cosine (MaxSim): (w, q), -1 to 1.

    ``question`` is (q, d), centred. The score is the mean of the best match in the whole window and the
    best match in one span of SPAN tokens, the span that fits the question best as a whole, because what
    answers stands together. For a question without tokens: zeros, (w, 1).
    """
    import torch

    if not len(question):
        return torch.zeros(sum(len(batch.mean_offsets) for batch in windows), 1)
    return torch.cat([torch.zeros(0, len(question)), *(_score_tokens(question, batch) for batch in windows)])


def meet(windows: "Tensor", above: Sequence["Tensor"]) -> "Tensor":
    """Meets each question token by a window or by what stands above it, whichever is better: (w, q), w times (q,)."""
    import torch

    return torch.maximum(windows, torch.stack(list(above)))


def compute_weights(background: "Tensor") -> "Tensor":
    """Computes the weight of each question token, (b, q) to (q,): the less random windows match it, the higher.

    ``background`` are the token scores of random windows. In a report on migration each passage
    matches the word "migration", and only the other words discriminate.
    """
    return (1 - background.mean(dim=0)).clamp(min=_MIN_WEIGHT) ** 2


def weighted_mean(found: "Tensor", weights: "Tensor") -> "Tensor":
    """Averages token scores over the question's tokens by weight, (w, q) to (w,)."""
    return (found * weights).sum(dim=1) / weights.sum()


def _score_tokens(question: NDArray[np.float32], windows: PackedWindows) -> "Tensor":
    import torch

    count = len(windows.mean_offsets)
    best = _cosines(question, windows)[windows.spans].amax(dim=1)  # (s, q)
    owners = windows.span_owners
    whole = torch.full((count, best.shape[1]), -1.0)
    whole.scatter_reduce_(0, owners[:, None].expand(-1, best.shape[1]), best, "amax")
    means = best.mean(dim=1)
    highest = torch.full((count,), -2.0).scatter_reduce_(0, owners, means, "amax")
    is_best = torch.nonzero(means == highest[owners])[:, 0]
    chosen = torch.full((count,), len(owners)).scatter_reduce_(0, owners[is_best], is_best, "amin")
    return (whole + best[chosen]) / 2


def _cosines(question: NDArray[np.float32], windows: PackedWindows) -> "Tensor":
    """Computes the cosine of every window token with every question token: (T, q).

    A token is mean + scale x (code - 8), so that its products come from one product with the codes.
    """
    import torch

    asked = torch.nn.functional.normalize(torch.from_numpy(question), dim=1)
    others = torch.cat([asked, windows.centres])  # (q + c, d)
    half = windows.low.shape[1]
    padded = torch.nn.functional.pad(others, (0, 2 * half - others.shape[1]))
    products = windows.low @ padded[:, :half].T + windows.high @ padded[:, half:].T
    products -= 8 * padded.sum(dim=1)
    products *= windows.numbers[:, :1]
    owner = windows.owners
    with_centre = products.gather(1, len(asked) + windows.languages[owner][:, None])[:, 0]
    apart = (windows.mean_offsets * windows.mean_offsets).sum(dim=1)
    squared = windows.numbers[:, 1] + 2 * (windows.numbers[:, 2] - with_centre) + apart[owner]
    inner = products[:, : len(asked)] + (windows.mean_offsets @ asked.T)[owner]
    return inner / squared.clamp(min=1e-12).sqrt()[:, None]


def _pack(windows: Sequence[Window]) -> PackedWindows:
    import torch

    lengths = [len(window.tokens) for window in windows]
    kinds = {id(window.centre): window.centre for window in windows}  # one array a language
    centres = torch.from_numpy(np.stack(list(kinds.values())))
    languages = torch.tensor([list(kinds).index(id(window.centre)) for window in windows])
    codes = torch.from_numpy(np.concatenate([window.tokens.codes for window in windows]))
    spans, span_owners = _spans(lengths)
    return PackedWindows(
        low=(codes & 15).float(),
        high=(codes >> 4).float(),
        numbers=torch.from_numpy(np.concatenate([window.tokens.token_scales for window in windows])),
        owners=torch.repeat_interleave(torch.arange(len(windows)), torch.tensor(lengths)),
        centres=centres,
        languages=languages,
        mean_offsets=torch.from_numpy(np.stack([window.tokens.mean for window in windows])) - centres[languages],
        spans=spans,
        span_owners=span_owners,
    )


def _spans(lengths: Sequence[int]) -> "tuple[Tensor, Tensor]":
    """Returns each span's token positions, (s, SPAN), and its window, (s,); a short window repeats its last token."""
    import torch

    counts = torch.tensor([max(-(-(length - SPAN) // _STEP) + 1, 1) for length in lengths])
    sizes = torch.tensor(list(lengths))
    first = torch.cumsum(sizes, 0) - sizes
    owners = torch.repeat_interleave(torch.arange(len(lengths)), counts)
    number = torch.arange(len(owners)) - (torch.cumsum(counts, 0) - counts)[owners]
    within = (number[:, None] * _STEP + torch.arange(SPAN)).minimum(sizes[owners][:, None] - 1)
    return first[owners][:, None] + within, owners
