"""Measures of retrieval and citation (recall@k, nDCG@k, AUROC, exactness), each a pure function with an example.

A share is kept as its two counts. A case that failed with an error counts as wrong in every measure
it belongs to, and nothing leaves a denominator.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CRASHED = "crashed"  # stands for the status of a case that ended in an error
FRAME_LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "pt", "ru", "zh"})  # of the sentences that are ours
UNDETERMINED = "und"  # ISO 639-2: a question in no language


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion as its two counts, ``count`` of ``of``; its value is 0 when ``of`` is.

    >>> Share(3, 4).value, Share(0, 0).value
    (0.75, 0.0)
    """

    count: int
    of: int

    @property
    def value(self) -> float:
        """The proportion, 0 to 1."""
        return self.count / self.of if self.of else 0.0


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 without values.

    >>> mean([True, False, False, True]), mean([])
    (0.5, 0.0)
    """
    return sum(values) / len(values) if values else 0.0


def covers(cited: str, wanted: str) -> bool:
    """Whether a cited passage contains the wanted one: it is the same, or the recommendation it is a part of.

    >>> covers("r#1.1-r05", "r#1.1-r05.2"), covers("r#1.1-r05.2", "r#1.1-r05"), covers("r#1.1-r0", "r#1.1-r05")
    (True, False, False)
    """
    return cited == wanted or wanted.startswith(f"{cited}.")


def is_same_or_part(passage_id: str, other: str) -> bool:
    """Whether two passages are the same, or one is a part of the other.

    >>> [is_same_or_part("r#1.1-r05", other) for other in ("r#1.1-r05.2", "r#1.1", "r#1.1-r06")]
    [True, False, False]
    """
    return covers(passage_id, other) or covers(other, passage_id)


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


def is_exact(quote: str, text: str | None, start: int, end: int) -> bool:
    """Whether a quote is the source's slice from ``start`` to ``end`` (half-open), and not empty.

    >>> is_exact("deben", "Los países deben", 11, 16), is_exact("pueden", "Los países deben", 11, 16)
    (True, False)
    """
    return text is not None and 0 <= start < end and text[start:end] == quote


def frame_fits(frame: str, asked: str) -> bool:
    """Whether the language of our own sentences fits the question's: the same, or English where we have no other.

    >>> frame_fits("en", "ja"), frame_fits("en", "fr"), frame_fits("pt", "und")
    (True, False, True)
    """
    if asked == UNDETERMINED:
        return frame in FRAME_LANGUAGES
    return frame == asked or (frame == "en" and asked not in FRAME_LANGUAGES)


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
