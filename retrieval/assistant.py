"""The assistant: one index and one embedding model, opened when first needed, asked as often as you like."""

import os
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ingest.errors import BadQuestion
from ingest.report import Report
from retrieval.answer import Answer, Provenance
from retrieval.conversation import ALONE, Conversation
from retrieval.embedding import BUNDLED, Embedder, model_name, open_embedder
from retrieval.filters import Filter
from retrieval.index import Index
from retrieval.quoting import answering, quote
from retrieval.rerank import Reranker, open_reranker, reranked
from retrieval.search import Found, search
from retrieval.speaks import answer_language
from retrieval.telling import telling

LONGEST = 2_000  # characters of a question


class Assistant:
    """Safe to ask from many threads. Opening costs nothing until the first question.

    ``chroma`` is the address of a Chroma server that holds the passage vectors in the folder's place;
    ``reranker`` the name or path of a cross-encoder that gives a second opinion on the best hits;
    ``calibration`` a file that says what the embedding model's scores mean, where none comes with the product.
    """

    def __init__(
        self,
        folder: Path,
        embedding_model: str = BUNDLED,
        *,
        chroma: str | None = None,
        reranker: str | None = None,
        calibration: Path | None = None,
    ) -> None:
        self.embedding_model = embedding_model
        self.index = Index(folder, model_name(embedding_model), chroma, calibration=calibration)
        self._embedder: Embedder | None = None
        self._reranker_name = reranker
        self._reranker: Reranker | None = None
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(os.cpu_count() or 1)  # more at once would only get in each other's way

    def embedder(self) -> Embedder:
        """The embedding model, loaded once."""
        with self._lock:
            if self._embedder is None:
                self._embedder = open_embedder(self.embedding_model)
            return self._embedder

    def reranker(self) -> Reranker | None:
        """The re-ranker, loaded once; None where none was named."""
        with self._lock:
            if self._reranker is None and self._reranker_name:
                self._reranker = open_reranker(self._reranker_name)
            return self._reranker

    def search(self, question: str, *, limit: int | None = None, where: Filter | None = None) -> Found:
        """Ranked hits among the passages that fit ``where``.

        Raises BadQuestion, BadFilter, NoIndex or IndexMismatch.
        """
        if limit is not None and limit < 1:
            raise BadQuestion(f"{limit} passages cannot be searched for. Ask for 1 or more, or leave the number out.")
        cleaned = clean(question)
        with self._room:
            return self.index.steady(
                lambda stamp: search(
                    self.index, self.embedder(), cleaned, limit=limit, where=where, reranker=self.reranker()
                )
            )

    def ask(
        self,
        question: str,
        *,
        language: str | None = None,
        fallback: str | None = None,
        where: Filter | None = None,
        conversation: Conversation = ALONE,
    ) -> Answer:
        """The answer from the passages that fit ``where``, framed in ``language`` or else the question's.

        ``fallback`` is the language of a question that does not tell its own (`speaks.py`).

        All of it is from one state of the index, whatever an ingest changes meanwhile. Raises as ``search`` does.
        """
        *_, answer = self.stream(question, language=language, fallback=fallback, where=where, conversation=conversation)
        return answer

    def stream(
        self,
        question: str,
        *,
        language: str | None = None,
        fallback: str | None = None,
        where: Filter | None = None,
        conversation: Conversation = ALONE,
    ) -> Iterator[Answer]:
        """The answer as it grows: first with all its evidence, then, with a chat model, sentence by sentence."""
        cleaned = clean(question)
        del conversation
        with self._room:
            answer = self.index.steady(
                lambda stamp: self._answer(cleaned, language, fallback, stamp["fingerprint"], where)
            )
        yield answer

    def _answer(
        self, question: str, language: str | None, fallback: str | None, fingerprint: str, where: Filter | None
    ) -> Answer:
        found = self._reordered(search(self.index, self.embedder(), question, where=where))
        source = cache(self.report)
        asked = found.where.reports or found.wanted.filter.reports or self.index.store.report_ids()
        spoken = language or answer_language(question, fallback, found.language)
        tells = telling(self.index, self.embedder(), found.asked, found.calibration)
        answer = quote(found, source=source, asked=asked, language=spoken, telling=tells)
        borderline = (one for statement in answer.borderline for one in statement.citations)
        shown = sorted({one.passage.report_id for one in (*answer.citations, *borderline, *answer.nearest)})
        provenance = Provenance(
            index=fingerprint,
            reports={report.id: report.file_hash for report in map(source, shown) if report},
            embedding_model=self.index.model,
            chat_model=None,
            version=version("relatoria"),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            reranker=self._reranker_name if any(hit.reranked is not None for hit in found.hits) else None,
        )
        return replace(answer, provenance=provenance)

    def _reordered(self, found: Found) -> Found:
        """What answers, by search's own score, as the re-ranker orders it, and the rest behind: it refuses nothing."""
        reranker, matching = self.reranker(), {hit.passage.id for hit in answering(found)}
        if reranker is None or not matching:
            return found
        hits = reranked(found.hits, found.searched, reranker)
        ordered = sorted(hits, key=lambda hit: not hit.exact and hit.passage.id not in matching)
        return replace(found, hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)))

    def report(self, report_id: str) -> Report | None:
        """A report as stored."""
        return self.index.store.report(report_id)


def clean(question: str) -> str:
    """The question on one line, without invisible control characters. Raises BadQuestion."""
    if any(unicodedata.category(one) == "Cs" for one in question):
        raise BadQuestion("The question is not text in UTF-8. Check how it was typed or encoded.")
    kept = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in question)
    cleaned = " ".join(kept.split())
    if not cleaned:
        raise BadQuestion("The question is empty. Type it in quotation marks, in any language.")
    if len(cleaned) > LONGEST:
        raise BadQuestion(
            f"The question has {len(cleaned):,} characters; up to {LONGEST:,} can be searched. Ask in fewer words."
        )
    return cleaned
