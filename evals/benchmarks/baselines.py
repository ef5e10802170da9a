"""Three baseline retrievers over the same passages: dense vectors, BM25, and LangChain's hybrid pipeline.

What only they need is in the optional extra "evals". Each passage is one document to all of them.
"""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np

from evals.benchmarks.systems import Ranking, System, rank_by_score
from evals.run.embedders import CachingEmbedder
from evals.statistics.confidence import NO_HITS
from ingest.errors import RelatoriaError
from ingest.report import Passage, normalize_for_display

DENSE, BM25_ONLY, PIPELINE = "dense only", "BM25 only", "LangChain"
MAX_RETRIEVED = 50  # what either side of the pipeline gives; its default of 4 would leave most ranks unknown
RRF_K = 60  # the constant of reciprocal rank fusion, Cormack et al. 2009, https://doi.org/10.1145/1571941.1572114
_WORD = re.compile(r"\w+")
_NO_WORD = " "  # stands in a question without words; bm25s fails on none, and on its own empty token


def build_baselines(passages: Sequence[Passage], language: str, memory: CachingEmbedder) -> list[System]:
    """Build all three. Raises RelatoriaError when the extra is not installed."""
    return [DenseSearch(passages, memory), BM25Search(passages, language), LangChainSearch(passages, language, memory)]


class DenseSearch:
    """Dense retrieval: exact cosine against all passage vectors of the model."""

    name = DENSE

    def __init__(self, passages: Sequence[Passage], memory: CachingEmbedder) -> None:
        self._memory = memory
        self._ids = [passage.id for passage in passages]
        self._reports = np.array([passage.report_id for passage in passages])
        self._vectors, self._owners = memory.embed_windows(
            [normalize_for_display(passage.text) for passage in passages]
        )

    def rank(self, question: str, removed: Container[str] = (), within: str | None = None) -> Ranking:
        cosines = np.full(len(self._ids), -1.0, dtype=np.float32)  # of a passage's best window
        np.maximum.at(cosines, self._owners, self._vectors @ self._memory.query(question).vector)
        some = np.arange(len(self._ids)) if within is None else np.flatnonzero(self._reports == within)
        return rank_by_score([(self._ids[n], float(cosines[n])) for n in some], removed)


class BM25Search:
    """BM25 over Snowball stems of the passages' language, by bm25s (Lù 2024, https://arxiv.org/abs/2407.03618)."""

    name = BM25_ONLY

    def __init__(self, passages: Sequence[Passage], language: str) -> None:
        self._stem = _make_stemmer(language)
        self._ids = [passage.id for passage in passages]
        self._reports = np.array([passage.report_id for passage in passages])
        self._bm25: Any = import_extra("bm25s").BM25()
        self._bm25.index([self._stem(passage.text) for passage in passages], show_progress=False)

    def rank(self, question: str, removed: Container[str] = (), within: str | None = None) -> Ranking:
        scores = self._bm25.get_scores(self._stem(question) or [_NO_WORD])
        some = np.flatnonzero(scores > 0 if within is None else (scores > 0) & (self._reports == within))
        return rank_by_score([(self._ids[n], float(scores[n])) for n in some], removed)


class LangChainSearch:
    """What tutorials build: RecursiveCharacterTextSplitter 1000/200, Chroma, BM25, reciprocal rank fusion.

    The same embedding model, and the stems of BM25Search where the usual retriever splits at spaces.
    """

    name = PIPELINE

    def __init__(self, passages: Sequence[Passage], language: str, memory: CachingEmbedder) -> None:
        split = open_splitter().split_text
        pairs = [(passage, text) for passage in passages for text in split(normalize_for_display(passage.text))]
        self._passages = [passage.id for passage, _ in pairs]  # by number of the chunk
        chunks = [replace(passage, id=f"{n:08}", text=text) for n, (passage, text) in enumerate(pairs)]
        self._words = BM25Search(chunks, language)
        places = [{"report": chunk.report_id} for chunk in chunks]
        self._chroma = open_chroma([chunk.text for chunk in chunks], memory, places)

    def rank(self, question: str, removed: Container[str] = (), within: str | None = None) -> Ranking:
        kept = {"filter": {"report": within}} if within else {}
        nearest = [chunk.id for chunk in self._chroma.similarity_search(question, k=MAX_RETRIEVED, **kept)]
        fused: dict[str, float] = {}
        for side in (nearest, self._words.rank(question, within=within).ids[:MAX_RETRIEVED]):
            there = [chunk for chunk in side if self._passages[int(chunk)] not in removed]
            for rank, chunk in enumerate(there, start=1):
                fused[chunk] = fused.get(chunk, 0.0) + 1 / (RRF_K + rank)
        best: dict[str, float] = {}  # a passage counts with its best chunk
        for chunk, score in fused.items():
            passage = self._passages[int(chunk)]
            best[passage] = max(score, best.get(passage, NO_HITS))
        return rank_by_score(list(best.items()))


def open_splitter() -> Any:
    """LangChain's splitter as its tutorials set it."""
    return import_extra("langchain_text_splitters").RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)


def open_chroma(
    texts: Sequence[str], memory: CachingEmbedder, metadatas: Sequence[Any] | None = None, **settings: Any
) -> Any:
    """LangChain's Chroma in memory, with texts whose ids are their numbers."""
    name = f"baseline-{uuid4().hex}"  # clients in memory share what they hold
    chroma = import_extra("langchain_chroma").Chroma(name, embedding_function=CachedEmbeddings(memory), **settings)
    for first in range(0, len(texts), 5_000):
        part = slice(first, first + 5_000)
        ids = [f"{n:08}" for n in range(len(texts))[part]]
        chroma.add_texts(texts[part], metadatas[part] if metadatas else None, ids=ids)
    return chroma


class CachedEmbeddings:
    """LangChain's Embeddings over the cached vectors; a text longer than the model's window has its windows' mean."""

    def __init__(self, memory: CachingEmbedder) -> None:
        self._memory = memory

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors, owners = self._memory.embed_windows(texts)
        sums = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        np.add.at(sums, owners, vectors)
        rows: list[list[float]] = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        row: list[float] = self._memory.query(text).vector.tolist()
        return row


def _make_stemmer(language: str) -> Callable[[str], list[str]]:
    """A tokenizer from a text to the stems of its words, to the words themselves where there is no stemmer."""
    import snowballstemmer
    from lingua import IsoCode639_1, Language

    name = Language.from_iso_code_639_1(IsoCode639_1.from_str(language)).name.lower()
    if name not in snowballstemmer.algorithms():  # Chinese words have no stems
        return lambda text: _WORD.findall(text.lower())
    stemmer = snowballstemmer.stemmer(name)
    return lambda text: stemmer.stemWords(_WORD.findall(text.lower()))


def import_extra(module: str) -> Any:
    """Import a module of the extra "evals". Raises RelatoriaError, saying what to type, when it is not there."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        raise RelatoriaError(
            f"The comparison needs {module}, which is not installed. Type: pip install -c constraints.txt -e '.[evals]'"
        ) from error
