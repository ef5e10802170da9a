"""The assistant: one index and one embedding model, opened when first needed, asked as often as you like."""

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

from ingest.errors import BadQuestion, RelatoriaError
from ingest.report import Report
from retrieval.answer.compose import quote
from retrieval.answer.highlights import telling
from retrieval.answer.selection import answering, meant
from retrieval.generation.chat_model import TIMEOUT, ChatModel, Prices
from retrieval.generation.providers import open_chat
from retrieval.generation.writer import translate, write
from retrieval.index.filters import Filter
from retrieval.index.index import Index
from retrieval.models.embedder import BUNDLED, Embedder, for_many, model_name, open_embedder
from retrieval.models.nli import Entailment, open_entailment
from retrieval.models.reranker import Reranker, open_reranker, reranked
from retrieval.query.answer_language import answer_language
from retrieval.query.conversation import ALONE, Conversation, Resolved, resolve
from retrieval.results import Answer, Citation, Provenance
from retrieval.search.search import SearchResult, search
from retrieval.verification.alignment import WordEmbedder
from retrieval.verification.verifier import Prover

LONGEST = 2_000  # characters of a question
SEARCHES = 8  # at once for each core: those that wait to be embedded go together (together.py)


class Assistant:
    """Safe to ask from many threads. Opening costs nothing until the first question.

    ``chroma`` is the address of a Chroma server that holds the passage vectors in the folder's place;
    ``reranker`` the name or path of a cross-encoder that gives a second opinion on the best hits;
    ``calibration`` a file that says what the embedding model's scores mean, where none comes with the product;
    ``model`` the chat model that writes, as ``open_chat`` takes it, with its time-out in seconds and its prices;
    ``entailment`` the name or path of a cross-encoder that must agree to what is written;
    ``embedder`` the embedding model itself, where it is open already; ``now`` tells what answers are dated by.
    """

    def __init__(
        self,
        folder: Path,
        embedding_model: str = BUNDLED,
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
        self._entailment: Entailment | None = None
        self._width: int | None = None  # of a token's vector
        self.heard: Callable[[Answer, float], None] = lambda answer, seconds: (
            None
        )  # told of each question's last answer
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(SEARCHES * (os.cpu_count() or 1))

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

    def chat(self) -> ChatModel | None:
        """The chat model, opened once; None where none was named. Raises RelatoriaError when it cannot be opened."""
        with self._lock:
            if self._chat is None and self.model:
                self._chat = open_chat(self.model, timeout=self._model_timeout)
            return self._chat

    def entailment(self) -> Entailment | None:
        """The entailment model, loaded once; None where none was named."""
        with self._lock:
            if self._entailment is None and self._entailment_name:
                self._entailment = open_entailment(self._entailment_name)
            return self._entailment

    @property
    def loaded(self) -> bool:
        """Whether the embedding model is."""
        return self._embedder is not None

    def start(self) -> None:
        """Begin to load what loads beside other work: nothing here (`apart.py`)."""

    def close(self) -> None:
        """Let go of what was started."""

    def for_many(self) -> None:
        """Load the embedding model to be asked by many at once, each on a core."""
        for_many(self.embedder())

    def prepare(self) -> None:
        """Load all that answering takes, so that what is missing is said at once. Raises RelatoriaError."""
        self.chat()  # first: it costs least
        self.embedder()
        self.reranker()
        self.prepare_to_write()

    def prepare_to_write(self) -> None:
        """Load what a chat model's sentences take, where there is one. Raises RelatoriaError."""
        if self.chat():
            _with_words(self.embedder())
        self.entailment()

    def search(self, question: str, *, limit: int | None = None, where: Filter | None = None) -> SearchResult:
        """Ranked hits among the passages that fit ``where``.

        Raises BadQuestion, BadFilter, NoIndex or IndexMismatch.
        """
        if limit is not None and limit < 1:
            raise BadQuestion(f"{limit} passages cannot be searched for. Ask for 1 or more, or leave the number out.")
        return self.found(clean(question), limit, where)

    def ask(
        self,
        question: str,
        *,
        language: str | None = None,
        fallback: str | None = None,
        where: Filter | None = None,
        conversation: Conversation = ALONE,
        translations: bool = False,
    ) -> Answer:
        """The answer from the passages that fit ``where``, framed in ``language`` or else the question's.

        ``fallback`` is the language of a question that does not tell its own (`speaks.py`).

        All of it is from one state of the index, whatever an ingest changes meanwhile. Raises as ``search`` does.
        """
        *_, answer = self.stream(
            question,
            language=language,
            fallback=fallback,
            where=where,
            conversation=conversation,
            translations=translations,
        )
        return answer

    def stream(
        self,
        question: str,
        *,
        language: str | None = None,
        fallback: str | None = None,
        where: Filter | None = None,
        conversation: Conversation = ALONE,
        translations: bool = False,
        stop: threading.Event | None = None,
    ) -> Iterator[Answer]:
        """The answer as it grows: first with all its evidence, then, with a chat model, sentence by sentence.

        ``translations``: and then with the quotes translated, as far as that can be proved. Once ``stop`` is set,
        or this is closed, the model is left alone and what is there is the answer.
        """
        stop, began = stop or threading.Event(), time.monotonic()
        cleaned = clean(question)
        resolved = resolve(cleaned, conversation)
        answer = replace(self.quoted(resolved, language, fallback, where), question=cleaned)
        try:
            yield answer
            if (model := self.chat()) is None or stop.is_set():
                return
            with closing(write(answer, model, self.prover, prices=self.prices, stop=stop)) as growing:
                for grown in growing:
                    answer = grown
                    yield answer
            if translations and not stop.is_set():
                translated = translate(answer, model, self.prover, prices=self.prices, stop=stop)
                if translated is not answer:
                    answer = translated
                    yield answer
        finally:
            self.heard(answer, time.monotonic() - began)

    def found(self, question: str, limit: int | None, where: Filter | None) -> SearchResult:
        """The hits of a question that is clean, all from one state of the index."""
        with self._room:
            return self.index.steady(
                lambda stamp: search(
                    self.index, self.embedder(), question, limit=limit, where=where, reranker=self.reranker()
                )
            )

    def quoted(self, resolved: Resolved, language: str | None, fallback: str | None, where: Filter | None) -> Answer:
        """The answer in quotes, all from one state of the index, before a chat model adds to it."""
        with self._room:
            return self.index.steady(
                lambda stamp: self._answer(resolved, language, fallback, stamp["fingerprint"], where)
            )

    def prover(self, citations: Sequence[Citation], language: str) -> Prover:
        """The proof of what a model writes about these passages."""
        embedder = _with_words(self.embedder())
        if self._width is None:
            self._width = len(embedder.query("?").vector)
        calibration = self.index.calibration(self._width)
        return Prover(
            citations,
            source=cache(self.report),
            embedder=embedder,
            calibration=calibration,
            language=language,
            entails=self.entailment(),
        )

    def _answer(
        self, resolved: Resolved, language: str | None, fallback: str | None, fingerprint: str, where: Filter | None
    ) -> Answer:
        found = self._reordered(self._found(resolved, where))
        source = cache(self.report)
        asked = found.where.reports or found.wanted.filter.reports or self.index.store.report_ids()
        spoken = language or resolved.language or answer_language(resolved.question, fallback, found.language)
        tells = telling(self.index, self.embedder(), found.asked, found.calibration)
        answer = quote(found, source=source, asked=asked, language=spoken, telling=tells)
        borderline = (one for statement in answer.borderline for one in statement.citations)
        shown = sorted({one.passage.report_id for one in (*answer.citations, *borderline, *answer.nearest)})
        provenance = Provenance(
            index=fingerprint,
            reports={report.id: report.file_hash for report in map(source, shown) if report},
            embedding_model=self.index.model,
            chat_model=None,
            version=_version(),
            date=self._now().isoformat(timespec="seconds"),
            reranker=self._reranker_name if any(hit.reranked is not None for hit in found.hits) else None,
        )
        return replace(answer, provenance=provenance)

    def _found(self, resolved: Resolved, where: Filter | None) -> SearchResult:
        found = search(self.index, self.embedder(), resolved.question, where=where)
        if not resolved.alone:
            return found
        alone = search(self.index, self.embedder(), resolved.alone, where=where)
        return meant(found, alone, joined_first=resolved.joined_first, demanded=resolved.demanded)

    def _reordered(self, found: SearchResult) -> SearchResult:
        """What answers, by search's own score, as the re-ranker orders it, and the rest behind: it refuses nothing."""
        reranker, matching = self.reranker(), {hit.passage.id for hit in answering(found)}
        if reranker is None or not matching:
            return found
        hits = reranked(found.hits, found.searched, reranker)
        ordered = sorted(hits, key=lambda hit: not hit.exact and hit.passage.id not in matching)
        return replace(found, hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)))

    def report(self, report_id: str) -> Report | None:
        """A report as stored."""
        return self.index.report(report_id)


@cache
def _version() -> str:
    """Of this package, looked for on the disk once."""
    return version("relatoria")


def _with_words(embedder: Embedder) -> WordEmbedder:
    """The embedding model, as one that can prove sentences. Raises RelatoriaError when it cannot."""
    if not isinstance(embedder, WordEmbedder):
        raise RelatoriaError(f"{embedder.name} does not say where its tokens stand. Leave --model out with it.")
    return embedder


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
