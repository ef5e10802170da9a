"""Other systems that answer over the same report files, scored by the same cases and measures as the product.

- **LangChain**: what its tutorials build. RecursiveCharacterTextSplitter 1,000/200 over each report's text, Chroma with
  its defaults, the 4 nearest chunks shown.
- **LlamaIndex**: a VectorStoreIndex as it comes. SentenceSplitter with its defaults (1,024 tokens, 200 over), the 2
  nearest chunks shown. (llama-index-core, MIT: 75 MB with its dependencies, all permissive; 1.2 s to import.)
- **BM25**: words alone, over Snowball stems of the product's own passages, the best 4 shown.

All have the product's embedding model and none has a chat model. No library is asked for more than its defaults, but
for what makes it repeatable (one thread, ids by number) and keeps it off the network (LlamaIndex's two tokenizers
read what lies in its own package).

**How they are scored.** The cases ask for passages, so a chunk stands for the passages it shows: those that it overlaps
by at least half of the passage or half of the chunk. Cited is what the chunks shown stand for; the ranking goes on to
the tenth chunk, chunk by chunk and within a chunk in reading order, each passage once. A follow-up turn is searched
with the question before it prepended.

*What favours them*: recall, since one chunk of LlamaIndex's cites about ten passages, two are most of a short report;
"refused though present", since none refuses; a chunk longer than the model's window is embedded whole, as the mean of
its windows, where the usual wrappers cut it silently; BM25 gets our passages, and stems of the reports' language.
*What does not*: precision, for the same reason, and since all show as many chunks for any question; "answered though
absent", which a chat model would better; within a chunk the order is the report's, so that its first passage is rarely
the right one; only the report's words tell a chunk's heading, and no filter understands "must" or a roundtable.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from unittest.mock import patch

from evals.benchmarks.baselines import BM25Search, CachedEmbeddings, import_extra, open_chroma, open_splitter
from evals.benchmarks.context import PreparedReport
from evals.run.embedders import CachingEmbedder
from evals.run.runner import SystemUnderTest
from ingest.report import Passage, Report, normalize_for_display
from retrieval.models.embedder import Embedder
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer, Citation, Hit, Score, Statement, Status

RANKED_CHUNKS = 10  # chunks that are ranked
_UNKNOWN = Score(0.0, 0.0, None)  # theirs are on other scales

Chunk = Sequence[Passage]  # what a chunk shows, in reading order
FindChunks = Callable[[str], Sequence[Chunk]]  # a question to chunks, best first


def build_other_systems(
    reports: Sequence[PreparedReport], embedder: Embedder, language: str
) -> dict[str, SystemUnderTest]:
    """Build all three by name, over the same reports; ``language`` is that of most of them.

    Raises RelatoriaError when the extra "evals" is not installed.
    """
    memory = CachingEmbedder(embedder)
    return {
        "LangChain": ChunkAssistant(reports, _build_langchain(reports, memory), shown=4, language=language),
        "LlamaIndex": ChunkAssistant(reports, _build_llama_index(reports, memory), shown=2, language=language),
        "BM25": ChunkAssistant(reports, _build_bm25(reports, language), shown=4, language=language),
    }


class ChunkAssistant:
    """A chunk retriever as an assistant: it cites the passages of the first few chunks, each quoted whole."""

    def __init__(self, reports: Sequence[PreparedReport], find: FindChunks, *, shown: int, language: str) -> None:
        self._reports = {report.id: report for _, report, _ in reports}
        self._find = find
        self._shown = shown
        self._language = language

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        """Answer with the passages of the best chunks; nothing is found only where no chunk is."""
        before = [turn.question for turn in conversation.turns[-1:]]
        searched = " ".join([*before, question])
        chunks = self._find(searched)
        cited = [
            Citation.whole(n, passage) for n, passage in enumerate(_unique_passages(chunks[: self._shown]), start=1)
        ]
        return Answer(
            question,
            searched,
            self._language,
            Status.ANSWERED if chunks else Status.NOTHING_FOUND,
            tuple(
                Statement(f"{normalize_for_display(citation.quote)} [{citation.mark}]", (citation,))
                for citation in cited
            ),
            hits=tuple(Hit(passage, _UNKNOWN, rank) for rank, passage in enumerate(_unique_passages(chunks), start=1)),
        )

    def report(self, report_id: str) -> Report | None:
        return self._reports.get(report_id)


def passages_shown(start: int, end: int, passages: Iterable[Passage]) -> list[Passage]:
    """The passages that a chunk overlaps by at least half of the passage or half of the chunk, in reading order."""
    some = [
        passage
        for passage in passages
        if (both := min(end, passage.end) - max(start, passage.start)) > 0
        and 2 * both >= min(end - start, passage.end - passage.start)
    ]
    return sorted(some, key=lambda passage: (passage.start, -passage.end))


def locate_chunks(text: str, chunks: Iterable[str]) -> Iterator[tuple[int, int]]:
    r"""Locate chunks in the text that was split as (start, end), in order, whatever white space a splitter dropped.

    The splitters' own offsets are of no use for that: they are lost where a chunk has not all the text's white space.

    >>> list(locate_chunks("a b\n\n\nc  d\n a b", ["a b\n\nc", "c d", "d a b"]))
    [(0, 7), (6, 10), (9, 15)]
    """
    where = [n for n, character in enumerate(text) if not character.isspace()]
    bare = "".join(text.split())
    at = end = 0
    for chunk in chunks:
        letters = "".join(chunk.split())
        further = bare.find(letters, max(at, end + 1 - len(letters)))  # a chunk ends behind the one before
        at = further if further >= 0 else bare.index(letters, at)
        end = at + len(letters)
        yield where[at], where[end - 1] + 1


def _build_langchain(reports: Sequence[PreparedReport], memory: CachingEmbedder) -> FindChunks:
    texts, chunks = _split_reports(reports, open_splitter().split_text)
    one_thread = {"hnsw": {"num_threads": 1}}  # several build another graph each time
    chroma = open_chroma(texts, memory, collection_configuration=one_thread)
    return lambda question: [chunks[int(hit.id)] for hit in chroma.similarity_search(question, k=RANKED_CHUNKS)]


def _build_llama_index(reports: Sequence[PreparedReport], memory: CachingEmbedder) -> FindChunks:
    core, parsing = import_extra("llama_index.core"), import_extra("llama_index.core.node_parser")
    schema, embeddings = import_extra("llama_index.core.schema"), import_extra("llama_index.core.embeddings")
    splitter = parsing.SentenceSplitter(
        tokenizer=_default_tokenizer(), chunking_tokenizer_fn=_default_sentence_splitter()
    )
    texts, chunks = _split_reports(reports, splitter.split_text)
    model = CachedEmbeddings(memory)

    class Embedding(embeddings.BaseEmbedding):  # type: ignore[misc, name-defined]
        def _get_query_embedding(self, query: str) -> list[float]:
            return model.embed_query(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return model.embed_query(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return model.embed_documents(texts)

    nodes = [schema.TextNode(id_=f"{n:08}", text=text) for n, text in enumerate(texts)]  # ids settle ties
    index: Any = core.VectorStoreIndex(nodes, embed_model=Embedding(), transformations=[splitter])
    retriever: Any = index.as_retriever(similarity_top_k=RANKED_CHUNKS)
    return lambda question: [chunks[int(hit.node.node_id)] for hit in retriever.retrieve(question)]


def _build_bm25(reports: Sequence[PreparedReport], language: str) -> FindChunks:
    passages = [passage for _, _, some in reports for passage in some]
    words = BM25Search(passages, language)
    by_id = {passage.id: passage for passage in passages}
    return lambda question: [[by_id[id_]] for id_ in words.rank(question).ids[:RANKED_CHUNKS]]


def _split_reports(
    reports: Sequence[PreparedReport], split: Callable[[str], list[str]]
) -> tuple[list[str], list[Chunk]]:
    """Split all reports: the chunks' texts, and the passages that each shows."""
    texts: list[str] = []
    shown: list[Chunk] = []
    for _, report, passages in reports:
        chunks = [passage for passage in split(report.text) if passage.strip()]
        texts += chunks
        shown += [passages_shown(start, end, passages) for start, end in locate_chunks(report.text, chunks)]
    return texts, shown


def _unique_passages(chunks: Iterable[Chunk]) -> list[Passage]:
    """The chunks' passages in order, without duplicates."""
    return list({passage.id: passage for chunk in chunks for passage in chunk}.values())


def _default_tokenizer() -> Callable[[str], list[int]]:
    """LlamaIndex's default, which it reads from its own package unless that variable sends it elsewhere."""
    with patch.dict(os.environ):
        os.environ.pop("TIKTOKEN_CACHE_DIR", None)
        tokenizer: Callable[[str], list[int]] = import_extra("llama_index.core.utils").get_tokenizer()
    return tokenizer


def _default_sentence_splitter() -> Callable[[str], list[str]]:
    """LlamaIndex's default, an untrained Punkt; got from there, it would look for NLTK's data and may fetch it."""
    utils, nltk = import_extra("llama_index.core.node_parser.text.utils"), import_extra("nltk.tokenize")
    return partial(utils.split_by_sentence_tokenizer_internal, tokenizer=nltk.PunktSentenceTokenizer())
