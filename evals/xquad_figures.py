"""What asking XQuAD adds up to: ranking and refusal, with 95 % intervals by article."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.intervals import Interval, interval
from evals.measures import auroc, equal_error, mean, ndcg_at, recall_at

ORDERS = ("product", "dense", "lexical")
HALVES = ("fit", "report")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: where its paragraph came, and the best scores with its article there and without."""

    article: int  # index in the set, from 0
    ranks: dict[str, int | None]  # of its paragraph in each of ORDERS, from 1
    present: float  # best score
    absent: float  # best score among other articles
    answered: bool  # by the product, at its own thresholds
    answered_absent: bool  # the same, with the whole article removed


def of_half(asked: Sequence[Asked], half: str) -> list[Asked]:
    """The questions on articles of even index ("fit") or odd ("report")."""
    return [one for one in asked if one.article % 2 == HALVES.index(half)]


def ranking_figures(asked: Sequence[Asked], order: str) -> dict[str, Interval]:
    """R@1, R@5 and nDCG@10 of one order."""
    return {
        "R@1": _interval(asked, lambda some: recall_at(1, [one.ranks[order] for one in some]).value),
        "R@5": _interval(asked, lambda some: recall_at(5, [one.ranks[order] for one in some]).value),
        "nDCG@10": _interval(asked, lambda some: mean([ndcg_at(10, one.ranks[order]) for one in some])),
    }


def refusal_figures(asked: Sequence[Asked]) -> dict[str, Interval]:
    """AUROC of the best score, the two error rates at the product's thresholds, and where the two would be equal."""
    return {
        "AUROC": _interval(asked, lambda some: auroc([one.present for one in some], [one.absent for one in some])),
        "answered though absent": _interval(asked, lambda some: mean([one.answered_absent for one in some])),
        "refused though present": _interval(asked, lambda some: mean([not one.answered for one in some])),
        "equal-error score": _interval(
            asked, lambda some: equal_error([one.present for one in some], [one.absent for one in some])
        ),
    }


def _interval(asked: Sequence[Asked], figure: Callable[[Sequence[Asked]], float]) -> Interval:
    return interval(asked, lambda one: one.article, figure)
