"""Answers questions over one index: retrieves passages, composes a cited answer, has a chat model write, verifies.

Long because one class opens every model and runs every stage of an answer.
"""

import os
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Unpack

from ingest.errors import BadQuestion, RelatoriaError, SearchTimedOut
from ingest.report import Report
from retrieval.answer.compose import compose
from retrieval.answer.explanation import explain
from retrieval.answer.highlights import highlight
from retrieval.answer.selection import choose_result, choose_scope, select_answering
from retrieval.generation.chat_model import TIMEOUT, ChatModel, Prices
from retrieval.generation.providers import open_chat
from retrieval.generation.writer import translate, write
from retrieval.index.filters import NO_FILTER, Filter
from retrieval.index.index import Index
from retrieval.limits import QUESTION
from retrieval.models.embedder import (
    BUNDLED_MODEL,
    LONG_QUERY,
    Embedder,
    SentenceTransformerEmbedder,
    model_name,
    open_embedder,
    prepare_for_concurrency,
)
from retrieval.models.nli import EntailmentModel, open_entailment
from retrieval.models.reranker import Reranker, open_reranker, rerank_hits
from retrieval.query.answer_language import choose_answer_language
from retrieval.query.conversation import ResolvedQuestion, resolve
from retrieval.query.follow_up import FollowUpForm
from retrieval.query.request import Request, RequestOptions
from retrieval.results import Answer, Citation, Provenance, Status
from retrieval.search.search import SearchResult, search
from retrieval.verification.alignment import WordEmbedder
from retrieval.verification.verifier import Verifier

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))  # in words that were copied
_WARM_UP = (  # questions that read between them all that any does
    "List all obligatory recommendations made by Peru, addressed to governments, in session 1.2, in the short term",
    "recommendation 7 on the theme of water, 1.1-r01",
    "water",
)
_MAX_NAMED = 20  # reports that an answer says it was about
_SHORT_QUESTION = 4  # words of one that goes on about the same reports
SEARCHES_PER_CORE = 8  # at once for each core: those that wait to be embedded are batched (batching.py)


class Assistant:
    """Searches and answers over one index; thread-safe, and models are loaded on first use.

    ``chroma`` is the address of a Chroma server that holds the passage vectors in place of the folder;
    ``reranker`` the name or path of a cross-encoder that reorders the best hits; ``calibration`` a file
    for an embedding model without a bundled one; ``model`` the chat model, as ``open_chat`` takes it, with timeout in
    seconds and prices; ``entailment`` an NLI cross-encoder that confirms what is written; ``embedder`` an open
    embedding model; ``now`` the clock.
    """

    def __init__(
        self,
        folder: Path,
        embedding_model: str = BUNDLED_MODEL,
        *,
        chroma: str | None = None,
        reranker: str | None = None,
        calibration: Path | None = None,
        model: str | None = None,
        model_timeout: float | None = None,
        prices: Prices | None = None,
        entailment: str | None = None,
        embedder: Embedder | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.embedding_model = embedding_model
        name = embedder.name if embedder else model_name(embedding_model)
        self.index = Index(folder, name, chroma, calibration=calibration)
        self._embedder = embedder
        self._now = now
        self._reranker_name = reranker
        self._reranker: Reranker | None = None
        self.model = model
        self.prices = prices
        self._model_timeout = TIMEOUT if model_timeout is None else model_timeout
        self._chat: ChatModel | None = None
        self._entailment_name = entailment
        self._entailment: EntailmentModel | None = None
        self._width: int | None = None  # of a token's vector
        self.on_answer: Callable[[Answer, float], None] = lambda answer, seconds: (
            None
        )  # told of each question's last answer
        self._lock = threading.Lock()
        self._search_slots = threading.BoundedSemaphore(SEARCHES_PER_CORE * (os.cpu_count() or 1))

    def embedder(self) -> Embedder:
        """The embedding model, loaded on first use."""
        with self._lock:
            if self._embedder is None:
                self._embedder = open_embedder(self.embedding_model)
            return self._embedder

    def reranker(self) -> Reranker | None:
        """The re-ranker, loaded on first use; None where none is configured."""
        with self._lock:
            if self._reranker is None and self._reranker_name:
                self._reranker = open_reranker(self._reranker_name)
            return self._reranker

    def chat(self) -> ChatModel | None:
        """The chat model, opened on first use; None where none is configured. Raises RelatoriaError."""
        with self._lock:
            if self._chat is None and self.model:
                self._chat = open_chat(self.model, timeout=self._model_timeout)
            return self._chat

    def entailment(self) -> EntailmentModel | None:
        """The entailment model, loaded on first use; None where none is configured."""
        with self._lock:
            if self._entailment is None and self._entailment_name:
                self._entailment = open_entailment(self._entailment_name)
            return self._entailment

    @property
    def is_ready(self) -> bool:
        """Whether the embedding model is loaded."""
        return self._embedder is not None

    def start(self) -> None:
        """Start loading in the background: does nothing here, see RemoteAssistant."""

    def close(self) -> None:
        """Release what ``start`` started."""

    def prepare_for_concurrency(self) -> None:
        """Load the embedding model and configure it for concurrent questions, each on one core."""
        prepare_for_concurrency(self.embedder())

    def prepare(self) -> None:
        """Load every configured model, so that a missing one fails at startup. Raises RelatoriaError."""
        self.chat()  # first: it costs least
        self.embedder()
        self.reranker()
        self.prepare_to_write()

    def prepare_to_write(self) -> None:
        """Load the models that verify a chat model's sentences, if one is configured. Raises RelatoriaError."""
        if self.chat():
            _require_word_embedder(self.embedder())
        self.entailment()

    def search(self, question: str, *, limit: int | None = None, where: Filter | None = None) -> SearchResult:
        """Rank the passages that match the filter ``where``.

        Raises BadQuestion, BadFilter, NoIndex or IndexMismatch.
        """
        if limit is not None and limit < 1:
            raise BadQuestion(f"{limit} passages cannot be searched for. Ask for 1 or more, or leave the number out.")
        return self.find_passages(Request(clean_question(question), where=where, limit=limit))

    def ask(self, question: str, **options: Unpack[RequestOptions]) -> Answer:
        """Answer from the passages that match the filter ``where``, framed in ``language`` or else the question's.

        The options are the fields of a Request. The answer comes from one state of the index, whatever an ingest
        changes meanwhile. Raises as ``search`` does.
        """
        *_, answer = self.stream(question, **options)
        return answer

    def stream(
        self, question: str, *, stop: threading.Event | None = None, **options: Unpack[RequestOptions]
    ) -> Iterator[Answer]:
        """Stream the answer: first with all its evidence, then, with a chat model, sentence by sentence.

        ``stop`` or closing the generator cancels the model.
        """
        stop, began = stop or threading.Event(), time.monotonic()
        request = Request(clean_question(question), **options)
        try:
            answer = replace(self.answer_with_quotes(request), question=request.question)
        except SearchTimedOut:
            self.on_answer(Answer(request.question, "", "", Status.TIMED_OUT, ()), time.monotonic() - began)
            raise
        try:
            yield answer
            if (model := self.chat()) is None or stop.is_set():
                return
            with closing(write(answer, model, self.make_verifier, prices=self.prices, stop=stop)) as growing:
                for grown in growing:
                    answer = grown
                    yield answer
            if request.translations and not stop.is_set():
                translated = translate(answer, model, self.make_verifier, prices=self.prices, stop=stop)
                if translated is not answer:
                    answer = translated
                    yield answer
        finally:
            self.on_answer(answer, time.monotonic() - began)

    def find_passages(self, request: Request) -> SearchResult:
        """Rank passages for a cleaned question, all from one state of the index."""
        with self._search_slots:
            return self.index.run_on_snapshot(
                lambda stamp: search(
                    self.index,
                    self.embedder(),
                    request.question,
                    limit=request.limit,
                    where=request.where,
                    reranker=self.reranker(),
                )
            )

    def answer_with_quotes(self, request: Request) -> Answer:
        """Compose the answer from quotes, all from one state of the index, before a chat model adds to it."""
        with self._search_slots:
            return self.index.run_on_snapshot(lambda stamp: self._compose_answer(request, stamp["fingerprint"]))

    def is_long(self, request: Request) -> bool:
        """Whether what may be searched, a follow-up with what it follows, has more than LONG_QUERY tokens."""
        words = [request.question, *(turn.topic or turn.searched for turn in request.conversation.turns[-1:])]
        embedder = self.embedder()
        return isinstance(embedder, SentenceTransformerEmbedder) and embedder.lengths([" ".join(words)])[0] > LONG_QUERY

    def warm_up(self) -> None:
        """Read what the first search in a state of the index reads, unless it is there. Raises as ``search`` does."""
        self.index.cached_for_state("warm", lambda: all(self.answer_with_quotes(Request(words)) for words in _WARM_UP))

    def make_verifier(
        self, citations: Sequence[Citation], language: str, source: Callable[[str], Report | None] | None = None
    ) -> Verifier:
        """Create a Verifier for what a chat model writes about passages, which are the index's or ``source``'s."""
        embedder = _require_word_embedder(self.embedder())
        if self._width is None:
            self._width = len(embedder.query("?").vector)
        calibration = self.index.calibration(self._width)
        return Verifier(
            citations,
            source=source or cache(self.report),
            embedder=embedder,
            calibration=calibration,
            language=language,
            entails=self.entailment(),
        )

    def _compose_answer(self, request: Request, fingerprint: str) -> Answer:
        resolved = resolve(request.question, request.conversation, self.index.facets().report_names)
        found = self._rerank(self._search_resolved(resolved, request.where))
        source = cache(self.report)
        named = found.where.reports or found.query.filter.reports
        asked = named or self.index.store.report_ids()
        fallback = request.fallback or (None if any(map(str.isalpha, request.question)) else found.language)
        spoken = choose_answer_language(request.question, fallback, given=request.language, before=resolved.language)
        highlighter = highlight(self.index, self.embedder(), found.encoded_question, found.calibration)
        names = self.index.facets().short_names
        answer = compose(
            found, source=source, asked=asked, language=spoken.code, highlighter=highlighter, short_names=names
        )
        borderline = (citation for statement in answer.borderline for citation in statement.citations)
        shown = sorted({citation.passage.report_id for citation in (*answer.citations, *borderline, *answer.nearest)})
        provenance = Provenance(
            index=fingerprint,
            reports={report.id: report.file_hash for report in map(source, shown) if report},
            embedding_model=self.index.model,
            chat_model=None,
            version=_version(),
            date=self._now().isoformat(timespec="seconds"),
            reranker=self._reranker_name if any(hit.reranker_score is not None for hit in found.hits) else None,
        )
        explanation = explain(found, resolved, spoken._replace(code=answer.language), source)
        return replace(
            answer,
            provenance=provenance,
            form=resolved.form,
            named=tuple(named[:_MAX_NAMED]),
            explanation=explanation,
        )

    def _search_resolved(self, resolved: ResolvedQuestion, where: Filter | None) -> SearchResult:
        """Search a resolved question: in the reports that the conversation is about, if they answer, else in all."""
        found = self._search_either(resolved, where)
        query = found.query
        goes_on = resolved.reports and not (found.where.reports or query.filter.reports or query.ids)
        goes_on = goes_on and not query.excluded.reports
        if not goes_on or len(resolved.reports) == self.index.store.count_reports():
            return found
        there = set(self.index.store.report_ids())
        narrowed = replace(where or NO_FILTER, reports=tuple(it for it in resolved.reports if it in there))
        if not narrowed.reports:
            return found
        within = self._search_either(resolved, narrowed)
        if within.calibration:  # what goes on about the same reports is more likely answered there than any question
            likelier = replace(within.calibration, answer_threshold=within.calibration.borderline_threshold)
            within = replace(within, calibration=likelier)
        alone = resolved.form == FollowUpForm.ALONE and len(resolved.question.split()) > _SHORT_QUESTION
        return choose_scope(within, found, alone=alone)

    def _search_either(self, resolved: ResolvedQuestion, where: Filter | None) -> SearchResult:
        found = search(self.index, self.embedder(), resolved.question, where=where)
        if not resolved.alone:
            return found
        alone = search(self.index, self.embedder(), resolved.alone, where=where)
        return choose_result(found, alone, joined_first=resolved.joined_first, demanded=resolved.demanded)

    def _rerank(self, found: SearchResult) -> SearchResult:
        """Rerank the hits that answer and keep the rest behind them; a re-ranker never rejects a hit."""
        reranker, matching = self.reranker(), {hit.passage.id for hit in select_answering(found)}
        if reranker is None or not matching:
            return found
        hits = rerank_hits(found.hits, found.searched, reranker)
        ordered = sorted(hits, key=lambda hit: not hit.exact and hit.passage.id not in matching)
        return replace(found, hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)))

    def report(self, report_id: str) -> Report | None:
        """Look up a report by id; None where there is none."""
        return self.index.report(report_id)


@cache
def _version() -> str:
    """The version of this package, read from disk once."""
    return version("relatoria")


def _require_word_embedder(embedder: Embedder) -> WordEmbedder:
    """The embedding model as a WordEmbedder, which verification needs. Raises RelatoriaError when it is none."""
    if not isinstance(embedder, WordEmbedder):
        raise RelatoriaError(f"{embedder.name} does not say where its tokens stand. Leave --model out with it.")
    return embedder


def clean_question(question: str) -> str:
    """Normalize a question to one line without controls. Raises BadQuestion if empty, too long (in NFKC) or no text."""
    if len(question) > 10 * QUESTION.most:  # whatever of it is white space
        QUESTION.check(len(question))
    if any(unicodedata.category(character) == "Cs" for character in question):
        raise BadQuestion("The question is not text in UTF-8. Check how it was typed or encoded.")
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in question)
    cleaned = " ".join(kept.translate(_INVISIBLE).split())
    if not cleaned:
        raise BadQuestion("The question is empty. Type it in quotation marks, in any language.")
    QUESTION.check(max(len(cleaned), len(unicodedata.normalize("NFKC", cleaned))))
    return cleaned
