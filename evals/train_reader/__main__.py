"""Train the head *answers* of the reader of pairs, on twins of our own making; the same result twice.

It reads the token vectors that search has anyway, so it knows one embedding model, and the calibration's means. Figures
are of hands left out whole: AUROC of what answers against what comes near.
"""

import sys
from collections.abc import Sequence

from rich.table import Table

from evals.console import command_parser, print_errors, wide_console
from evals.statistics.ranking import auroc, mean
from evals.train_reader.heads import Pair, train_head, write_head
from evals.train_reader.twins import Twins, make_pairs, read_twins
from retrieval.models.calibration import load_calibration
from retrieval.models.embedder import open_embedder
from retrieval.models.reader import DecomposableAttention, Reader, Shape

SHAPE = Shape(hidden=64, dropout=0.3)
EPOCHS = 4
FOLDS = 4  # of hands, each left out once

Found = Sequence[tuple[Twins, Pair]]


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Train on all, write the head, print the figures of those left out; returns the exit status."""
    command_parser("evals.train_reader", 'Train the head "answers" of the reader of pairs.').parse_args(arguments)
    embedder = open_embedder()
    calibration = load_calibration(embedder.name, 384)
    found = list(make_pairs(read_twins(), embedder, calibration))
    hands = sorted({twins.hand for twins, _ in found})
    table = Table(title="Hands left out: passages that answer against those that come near")
    for heading in ("hands", "pairs", "AUROC", "the right twin first"):
        table.add_column(heading)
    aurocs, odds = [], []
    for fold in range(FOLDS):
        out = set(hands[fold::FOLDS])
        left = [it for it in found if it[0].hand in out]
        logits = score(train([it for it in found if it[0].hand not in out]), [pair for _, pair in left])
        figure, first = auroc_of(left, logits), right_first(left, logits)
        table.add_row(" ".join(sorted(out)), str(len(left)), f"{figure:.3f}", f"{first:.3f}")
        aurocs.append(figure)
        odds += [(logit, pair.label) for logit, (_, pair) in zip(logits, left, strict=True)]
    wide_console().print(table)
    stated = {
        "model": embedder.name,
        "head": "answers: that a passage (second) answers a question (first)",
        "data": "evals/data/reader/answers.jsonl: invented reports, of our own making",
        "licence": "the product's own",
        "odds": fit_odds(odds),
        "figures": {"pairs": len(found), "AUROC, hands left out": round(mean(aurocs), 3)},
    }
    write_head("answers", train(found), stated)
    return 0


def fit_odds(judged: Sequence[tuple[float, float]]) -> dict[str, float]:
    """What a logit is worth as log-odds, by a logistic regression over left-out pairs: slope and intercept."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    model = LogisticRegression().fit([[logit] for logit, _ in judged], [label for _, label in judged])
    return {"slope": round(float(model.coef_[0][0]), 3), "intercept": round(float(model.intercept_[0]), 3)}


def train(found: Found) -> DecomposableAttention:
    """Train the head on some pairs."""
    return train_head([pair for _, pair in found], SHAPE, epochs=EPOCHS)


def score(network: DecomposableAttention, pairs: Sequence[Pair]) -> list[float]:
    """The logit of each pair."""
    reader = Reader(network, {})
    return [float(it) for it in reader.judge_tokens([(pair.first, pair.second) for pair in pairs])]


def auroc_of(found: Found, logits: Sequence[float]) -> float:
    """How well logits tell what answers from what does not."""
    some = {label: [at for (_, pair), at in zip(found, logits, strict=True) if pair.label == label] for label in (1, 0)}
    return auroc(some[1], some[0])


def right_first(found: Found, logits: Sequence[float]) -> float:
    """Of questions that one of two twins answers: the share where its logit is the higher."""
    sides: dict[tuple[str, bytes], dict[float, float]] = {}
    for (twins, pair), logit in zip(found, logits, strict=True):
        sides.setdefault((twins.name, pair.first.tobytes()), {})[pair.label] = logit
    return mean([both[1.0] > both[0.0] for both in sides.values() if len(both) == 2])


if __name__ == "__main__":
    sys.exit(main())
