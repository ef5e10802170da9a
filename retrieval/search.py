"""Search: a question to ranked hits, within one language and across languages on one scale.

Two sides propose candidates: the nearest vectors, and the passages that share words. Every
candidate is then scored by late interaction (Khattab and Zaharia 2020, ColBERT,
https://arxiv.org/abs/2004.12832) with the embedding model's own token vectors: the mean, over the
question's tokens, of each one's best match in the passage. The mean token vector of the index is
subtracted first: it is what all passages have in common, and without it every score is high. That
score hardly depends on the language of the question; shared words are added to it in proportion
to how much of the question they cover, which is next to nothing across languages.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.language import detect
from ingest.report import Kind, Passage
from retrieval.embedding import Embedder, Encoded
from retrieval.filters import ANY, Filter
from retrieval.index import Index
from retrieval.late import late_interaction
from retrieval.named import Exact, Scope, scope_of
from retrieval.rerank import RERANKED, Reranker, reranked
from retrieval.wanted import NOTHING, Wanted
from retrieval.words import stems

CANDIDATES = 50  # from each side
EXHAUSTIVE = 1_000  # from each side, where all that match are wanted; a narrower scope is scored whole
EVERY_WORD = 0.3  # keywords: one word alone has little context to be compared by
FACT_HANDICAP = 0.08  # "what does the report say on …" is not a question about the report
LEXICAL_WEIGHT = 0.3  # flat between 0.2 and 0.6 on XQuAD; the thresholds of answers hold for it; docs/search.md


@dataclass(frozen=True, slots=True)
class Score:
    """How a hit came about; ``total`` is what hits are ranked by."""

    late: float  # late interaction, -1 to 1
    lexical: float  # share of the question's words that the passage covers, 0 to 1
    dense: float | None  # cosine, -1 to 1; None of a passage that is not among the nearest
    every_word: bool = False  # whether the passage has all words of the question
    handicap: float = 0.0  # of facts about the report, which are found by labels of ours

    @property
    def total(self) -> float:
        exact = EVERY_WORD if self.every_word else 0.0
        return self.late + LEXICAL_WEIGHT * self.lexical + exact - self.handicap


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how well it fits a question, side by side."""

    passage: Passage
    score: Score
    rank: int  # from 1
    exact: Exact | None = None
    reranked: float | None = None  # how probably it answers, to a re-ranker that has read it, 0 to 1


@dataclass(frozen=True, slots=True)
class Found:
    """A question, understood, and its hits, best first."""

    question: str
    searched: str  # what of it was searched for
    language: str  # of the question, ISO 639-1
    same_language: bool  # whether any report is in it
    hits: tuple[Hit, ...]
    wanted: Wanted = NOTHING  # what the question asks for beside its subject
    where: Filter = ANY  # what was asked for beside the question
    of: int = 0  # recommendations among which they were searched
    missing: bool = False  # whether the question names a record that is not there


def search(
    index: Index,
    embedder: Embedder,
    question: str,
    *,
    limit: int | None = None,
    where: Filter | None = None,
    candidates: int | None = None,
    reranker: Reranker | None = None,
) -> Found:
    """All candidates for a question, or the best ``limit``; the same every time on the same index.

    Only what the question's own filters and ``where`` admit is a hit. What the question names or quotes
    comes first; where it has no subject beside its filters, all that they admit are the hits, in reading
    order. ``candidates`` come from each side; a ``reranker`` reorders the best hits. Raises BadFilter.
    """
    languages = index.store.languages()
    language = detect(question, expected=languages[0] if languages else None)
    scope = scope_of(index, question, where or ANY)
    wanted = scope.wanted
    if wanted.subject or scope.missing:
        searched = wanted.subject or question
        count = candidates or (EXHAUSTIVE if wanted.all_of_them else CANDIDATES)
        passages, scores = _scored(
            index, embedder.query(searched), searched, languages=languages, scope=scope, count=count
        )
        order = sorted(
            passages,
            key=lambda row: (row not in scope.exact, -round(scores[row].total, 6), passages[row].report_id, row),
        )
    else:
        searched = ""
        order = scope.listed(limit)
        passages = index.store.passages_at(order)
        scores = dict.fromkeys(order, Score(0.0, 0.0, None))
    hits = tuple(
        Hit(passages[row], scores[row], rank, None if scope.missing else scope.why(row))
        for rank, row in enumerate(order[: max(limit, RERANKED) if limit and reranker else limit], start=1)
    )
    if reranker:
        hits = reranked(hits, searched, reranker)[:limit]
    return Found(
        question, searched, language, language in languages, hits, wanted, scope.where, scope.counted, scope.missing
    )


def _scored(
    index: Index, question: Encoded, searched: str, *, languages: Iterable[str], scope: Scope, count: int
) -> tuple[dict[int, Passage], dict[int, Score]]:
    """All candidates and their scores, by row."""
    whole = scope.rows is not None and len(scope.rows) <= max(count, EXHAUSTIVE)
    dense = _nearest_rows(index, question, scope, count, once=whole)
    lexical: dict[int, float] = {}
    exact: set[int] = set()
    limit = count if scope.rows is None else index.store.count()
    for one in languages:  # a question's words, stemmed as each language of the reports would have them
        words = stems(searched, one)
        exact |= scope.admitted(index.store.with_every_word(words, limit))
        shared = index.store.word_scores(words, limit)
        for row in scope.admitted(shared):
            lexical[row] = max(shared[row], lexical.get(row, 0.0))
    rows = {*dense, *lexical, *exact, *scope.exact, *((scope.rows or ()) if whole else ())}
    late = late_interaction(question.tokens, index.store.tokens_at(rows), index.store.token_mean())
    passages = index.store.passages_at(late)
    scores = {
        row: Score(
            late=late[row],
            lexical=lexical.get(row, 0.0),
            dense=dense.get(row),
            every_word=row in exact,
            handicap=FACT_HANDICAP if passage.kind is Kind.FACT else 0.0,
        )
        for row, passage in passages.items()
    }
    return passages, scores


def _nearest_rows(index: Index, question: Encoded, scope: Scope, count: int, *, once: bool) -> dict[int, float]:
    """Cosine of the nearest passages by row; vectors that the store does not name are passed over.

    Where only some passages may be hits, more of the nearest are looked at until ``count`` of these are among
    them; not where all of these are scored anyway (``once``), since for a few among many that ends with all vectors.
    """
    there = index.store.count_vectors()
    enough = count if scope.rows is None else min(count, len(scope.rows))
    looked = count
    while True:
        nearest = index.vectors.nearest(question.vector, looked)
        rows = index.store.rows_of(nearest)
        cosines: dict[int, float] = {}
        for vector_id, cosine in nearest.items():
            for row in scope.admitted(rows.get(vector_id, ())):
                cosines[row] = max(cosine, cosines.get(row, -1.0))
        if once or scope.rows is None or len(cosines) >= enough or looked >= there:
            return cosines
        looked *= 8
