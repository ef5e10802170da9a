"""Re-ranking: a cross-encoder scores question and passage together and reorders the best hits.

Off by default. It changes only the order: scores, and with them what is answered and what is
refused, stay those of the search. Nothing is downloaded: a model that is not on this machine is an error.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import RelatoriaError
from ingest.report import normalize_for_display
from retrieval.results import Hit

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


RERANK_DEPTH = 30  # hits that are read again
RERANK_BATCH = 8  # pairs


class Reranker(Protocol):
    """The interface of a re-ranking model."""

    @property
    def name(self) -> str:
        """The name that an answer's provenance stores."""
        ...

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """The probability that each text answers the question, 0 to 1."""
        ...


class CrossEncoderReranker:
    """A Reranker on a single-label sentence-transformers cross-encoder; pairs beyond its window are truncated."""

    def __init__(self, model: "CrossEncoder", name: str) -> None:
        self.name = name
        self.model = model

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        from torch.nn import Sigmoid

        pairs: Any = [(question, text) for text in texts]
        found = self.model.predict(pairs, batch_size=RERANK_BATCH, activation_fn=Sigmoid(), show_progress_bar=False)
        return list(map(float, found))


def open_reranker(name: str) -> CrossEncoderReranker:
    """Load the cross-encoder of that name or path. Raises RelatoriaError when it is not on this machine, or is none."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read by the hub's client when it is imported
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(name, local_files_only=True, trust_remote_code=False)
        labels = model.num_labels
        inner: Any = model[0]
        kind, saved = type(inner.model).__name__, inner.model.config.architectures or ()
    except Exception as error:
        raise RelatoriaError(
            f"The re-ranker {name!r} cannot be opened ({error}). Give the path of a sentence-transformers "
            "cross-encoder on this machine, or leave --reranker and RELATORIA_RERANKER out."
        ) from error
    if saved and kind not in saved:  # what the file lacks was filled with numbers by chance
        raise RelatoriaError(
            f"The model {name!r} is no cross-encoder: it was saved as {', '.join(saved)}. Give the path of a "
            "cross-encoder on this machine, or leave --reranker and RELATORIA_RERANKER out."
        )
    if labels != 1:
        raise RelatoriaError(
            f"The model {name!r} gives {labels} scores to a pair; a re-ranker gives one. Give the path of a "
            "cross-encoder with one label, or leave --reranker and RELATORIA_RERANKER out."
        )
    return CrossEncoderReranker(model, name)


def rerank_hits(hits: Sequence[Hit], question: str, reranker: Reranker) -> tuple[Hit, ...]:
    """Rerank the hits; exact hits and those beyond RERANK_DEPTH are not scored."""
    texts = [normalize_for_display(hit.passage.text) for hit in hits[:RERANK_DEPTH] if not hit.exact]
    scores = iter(reranker.scores(question, texts) if texts else ())
    return reorder_hits(hits, [None if hit.exact else next(scores) for hit in hits[:RERANK_DEPTH]])


def reorder_hits(hits: Sequence[Hit], scores: Sequence[float | None]) -> tuple[Hit, ...]:
    """Reorder the first hits, one per score and RERANK_DEPTH at most, by score; the sort is stable.

    Exact hits (whose score is ignored) stay in front, hits beyond the first keep their order behind;
    ranks are renumbered. Raises ValueError when there are fewer hits than scores.
    """
    if len(scores) > len(hits):
        raise ValueError(f"{len(scores)} scores for {len(hits)} hits")
    read = list(zip(hits, scores[:RERANK_DEPTH], strict=False))
    exact = [hit for hit, _ in read if hit.exact]
    scored = [replace(hit, reranker_score=score) for hit, score in read if not hit.exact]
    ordered = [*exact, *sorted(scored, key=lambda hit: -(hit.reranker_score or 0.0)), *hits[len(read) :]]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1))
