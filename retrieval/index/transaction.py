"""One transaction on an index: reports become rows and vectors, in an order that is crash-safe.

Vectors of new content go to Chroma first and their token vectors into a file of their own, under
content-derived ids, where nothing refers to them yet; then one SQLite transaction commits the new
state; then vectors that nothing refers to any more are dropped. What is written for good before the
commit is announced, so that the next ingest can use it or clear it away.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ingest.errors import StorageFailed
from ingest.report import Passage, Report
from ingest.serialization import compute_digest
from ingest.split.splitter import split
from retrieval.index.indexed_text import Vocabulary, build_index_texts
from retrieval.index.update_result import ProgressCallback
from retrieval.models.embedder import Embedder, EncodedText
from retrieval.models.judgement import judge_report
from retrieval.storage.passage_vectors import PassageVectors
from retrieval.storage.reader import Store
from retrieval.storage.schema import FileState, IndexedPassage
from retrieval.storage.token_vectors import TokenVectors
from retrieval.storage.writer import Writer
from retrieval.text.gazetteer import find_concepts
from retrieval.text.terms import extract_terms

INDEX_FORMAT = "6"  # of the files on disk and of the records in them; a change means: make anew
_TEXTS_PER_CALL = 4_096  # texts that the model is given at one time, to sort by length
FLUSH = 256  # vectors written at one time: what a killed ingest has to embed again


class IndexTransaction:
    """Adds and removes reports within one transaction; ``anew`` embeds even what has vectors already."""

    def __init__(
        self,
        store: Store,
        vectors: PassageVectors,
        writer: Writer,
        *,
        model: Callable[[], Embedder],
        model_name: str,
        anew: bool = False,
    ) -> None:
        self.writer = writer
        self._store = store
        self._vectors = vectors
        self._load = model
        self._model: Embedder | None = None
        self._name = model_name
        self._anew = anew

    def put(self, report: Report, source: Path, passages: Iterable[Passage], its_digest: str = "") -> None:
        """Write a report with its passages, and queue the texts that have no vectors yet."""
        passages = tuple(passages)
        texts: dict[str, str] = {}  # by vector id
        vocabulary = Vocabulary(report.text)
        indexed = (self._indexed(passage, vocabulary, texts) for passage in passages)
        self.writer.put(report, source, its_digest or compute_digest(report, passages), indexed)
        missing = texts.keys() if self._anew else self._store.tokens.missing(texts)
        self.writer.queue_texts({name: text for name, text in texts.items() if name in missing})

    def put_from_store(self, report_id: str) -> None:
        """Split and write a report again from its stored text, without its file."""
        source, report = self._store.source(report_id), self._store.report(report_id)
        assert report
        self.put(report, source, judge_report(report, split(report), self._name, lambda: self._embedder))

    def remember_files(self, files: Iterable[FileState], report_id: str) -> None:
        """Remember the files that hold a report."""
        for file in files:
            self.writer.remember_file(FileState(file.path, report_id, file.file_hash, file.sidecar_hash, file.stat))

    def embed(self, progress: ProgressCallback) -> None:
        """Embed the queued texts; each FLUSH of vectors is written for good."""
        total = self.writer.count_queued()
        done = 0
        if total:
            progress("embedding", 0, total)
        for texts in self.writer.queued_texts(_TEXTS_PER_CALL):
            ids = list(texts)
            some: dict[str, EncodedText] = {}
            for i, encoded in self._embedder.passages(list(texts.values())):
                some[ids[i]] = encoded
                if len(some) == FLUSH:
                    self._write_vectors(some)
                    some = {}
                progress("embedding", done := done + 1, total)
            self._write_vectors(some)

    def finish(self) -> None:
        """Mark unreferenced vectors and stamp the new state."""
        writer = self.writer
        for ids in writer.newly_unreferenced():
            writer.mark_unreferenced(ids)
        made_by = self._store.stamp().get("relatoria")
        if writer.changed or made_by not in (None, version("relatoria")):
            named = str(writer.count_vectors())
            writer.write_stamp(
                {"format": INDEX_FORMAT, "model": self._name, "relatoria": version("relatoria"), "named": named}
            )
            writer.write_stamp({"fingerprint": writer.fingerprint()})

    @property
    def _embedder(self) -> Embedder:
        """The embedding model, loaded on first use."""
        if self._model is None:
            self._model = self._load()
        return self._model

    def _indexed(self, passage: Passage, vocabulary: Vocabulary, texts: dict[str, str]) -> IndexedPassage:
        """Prepare a passage for the store; the texts to embed for it are added to ``texts``."""
        searched = build_index_texts(passage, vocabulary)
        windows, headings = (
            self._windows(searched),
            self._windows(filter(None, (*passage.headings[-1:], passage.lead_in))),
        )
        texts.update(windows | headings)
        words = " ".join([*passage.headings, passage.lead_in, *(value for _, value in passage.labels), *searched])
        words = " · ".join((words, *sorted(vocabulary.spell_acronyms(words))))
        named = find_concepts(" · ".join((words, *passage.by, *passage.addressees)))
        return IndexedPassage(
            passage,
            [*extract_terms(words), *sorted(named)],
            tuple(windows),
            tuple(headings.keys() - windows.keys()),
        )

    def _windows(self, texts: Iterable[str]) -> dict[str, str]:
        """Split texts into windows of the model, by vector id."""
        return {_vector_id(self._name, window): window for text in texts for window in self._embedder.windows(text)}

    def _write_vectors(self, some: Mapping[str, EncodedText]) -> None:
        """Write vectors, then their token vectors, whose presence marks them as complete."""
        if not some:
            return
        self._store.tokens.announce(some)
        self._vectors.put(list(some), np.stack([value.vector for value in some.values()]))
        tokens = {vector_id: TokenVectors.quantize(value.tokens) for vector_id, value in some.items()}
        self._store.tokens.put(tokens)


@contextmanager
def begin_transaction(
    store: Store, vectors: PassageVectors, model_name: str, model: Callable[[], Embedder], *, anew: bool = False
) -> Iterator[IndexTransaction]:
    """Open a transaction on an index: committed at the end, rolled back on an exception."""
    if vectors.is_open:
        vectors.reopen()  # another process may have written since
    if anew:
        store.tokens.begin_rebuilding()
        vectors.repair()
    with store.transaction() as writer:
        transaction = IndexTransaction(store, vectors, writer, model=model, model_name=model_name, anew=anew)
        yield transaction
        transaction.finish()


def drop_unreferenced(store: Store, vectors: PassageVectors, *, everything: bool = False) -> None:
    """Drop unreferenced vectors: those of the last transaction and of a killed one, or ``everything``: any."""
    with suppress(StorageFailed):  # the state stands; what was left over is dropped next time
        tokens = store.tokens
        unnamed = store.unreferenced_vectors()
        if everything:
            vectors.drop_other_models()
            found = [store.unreferenced_among(ids) for some in (vectors.ids(), tokens.all_ids()) for ids in some]
        else:
            found = [
                store.unreferenced_among(unnamed),
                *(store.unreferenced_among(ids) for ids in tokens.announced_ids()),
            ]
        for ids in filter(None, found):
            vectors.drop(ids)
            tokens.drop(ids)
        if tokens.has_unsettled:
            tokens.clear_announced()
        if unnamed or any(found):
            with store.transaction() as writer:
                writer.clear_unreferenced()
                writer.write_stamp({})  # who asks opens the vectors anew


def _vector_id(model: str, text: str) -> str:
    return hashlib.sha256(f"{model}\0{text}".encode()).hexdigest()[:32]
