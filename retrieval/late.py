"""Late interaction: how well a passage's tokens answer a question's, one by one.

Khattab and Zaharia 2020, ColBERT, https://arxiv.org/abs/2004.12832, on the token vectors that the
embedding model makes anyway. The arithmetic is torch's, since a second pool of threads (numpy's)
beside the model's makes every next question two to three times slower on two cores (docs/search.md).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.store import Tokens


def late_interaction(
    question: NDArray[np.float32], passages: Mapping[int, Sequence[Tokens]], mean: NDArray[np.float32]
) -> dict[int, float]:
    """Each passage's mean, over the question's tokens, of the best match among its own; -1 to 1.

    ``question`` is (q, d), ``mean`` (d,) and subtracted from every vector before they are compared.
    A passage in several windows has its best window's score; one without tokens has none. A
    question without tokens scores 0 everywhere.
    """
    import torch

    windows = [(row, window) for row, some in passages.items() for window in some if len(window.scales)]
    if not windows or not len(question):
        return dict.fromkeys(passages, 0.0)
    lengths = [len(window.scales) for _, window in windows]
    codes = torch.from_numpy(np.concatenate([window.codes for _, window in windows]))
    scales = torch.from_numpy(np.concatenate([window.scales for _, window in windows]))
    centre = torch.from_numpy(mean)
    tokens = torch.nn.functional.normalize(codes * scales[:, None] - centre, dim=1)
    asked = torch.nn.functional.normalize(torch.from_numpy(question) - centre, dim=1)
    matches = torch.split(tokens @ asked.T, lengths)  # per window (t, q)
    best = torch.stack([window.amax(dim=0).mean() for window in matches]).tolist()
    found: dict[int, float] = {}
    for (row, _), score in zip(windows, best, strict=True):
        found[row] = max(score, found.get(row, -1.0))
    return found
