"""Measures of rankings and scores (recall@k, nDCG@k, AUROC), each a pure function with an example."""

import math
from collections.abc import Sequence

import numpy as np

from evals.metrics.measures import Share, covers


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 without values.

    >>> mean([True, False, False, True]), mean([])
    (0.5, 0.0)
    """
    return sum(values) / len(values) if values else 0.0


def first_rank(ranked: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The rank, from 1, of the first passage that covers one of the wanted; None when none does.

    >>> first_rank(["r#a", "r#b", "r#c"], ["r#c", "r#b"])
    2
    """
    return next((n for n, cited in enumerate(ranked, 1) if any(covers(cited, gold) for gold in wanted)), None)


def recall_at(k: int, ranks: Sequence[int | None]) -> Share:
    """Recall@k: the share of questions with a right passage among the first k; ranks from 1, None if not found.

    >>> recall_at(5, [1, 3, 7, None])
    Share(count=2, of=4)
    """
    return Share(sum(rank is not None and rank <= k for rank in ranks), len(ranks))


def ndcg_at(k: int, rank: int | None) -> float:
    """Normalized discounted cumulative gain of one question with one right passage: 1 / log2(1 + rank).

    Järvelin and Kekäläinen 2002, https://doi.org/10.1145/582415.582418; 0 beyond rank k.

    >>> ndcg_at(10, 1), ndcg_at(10, 3), ndcg_at(10, 11), ndcg_at(10, None)
    (1.0, 0.5, 0.0, 0.0)
    """
    return 1 / math.log2(1 + rank) if rank is not None and rank <= k else 0.0


def auroc(present: Sequence[float], absent: Sequence[float]) -> float:
    """AUROC: the probability that a question with an answer scores above one without; ties count half.

    Hanley and McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747; .5 when a side is empty.

    >>> auroc([0.9, 0.5], [0.5, 0.1])  # pairs: 0.9 wins two, 0.5 draws one and wins one
    0.875
    """
    if not len(present) or not len(absent):
        return 0.5
    order = np.sort(np.asarray(absent))
    below = np.searchsorted(order, present, "left") + np.searchsorted(order, present, "right")
    return float(below.sum() / 2 / (len(present) * len(absent)))
