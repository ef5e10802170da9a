"""Search: a question to ranked hits, within one language and across languages on one scale.

Two sides propose candidates: the nearest vectors, and the passages that share words. Every
candidate is then scored by late interaction (Khattab and Zaharia 2020, ColBERT,
https://arxiv.org/abs/2004.12832) with the embedding model's own token vectors: the mean, over the
question's tokens, of each one's best match in the passage. The mean token vector of the index is
subtracted first: it is what all passages have in common, and without it every score is high. That
score hardly depends on the language of the question; shared words are added to it in proportion
to how much of the question they cover, which is next to nothing across languages.
"""

from dataclasses import dataclass

from ingest.language import detect
from ingest.report import Kind, Passage
from retrieval.asking import subject
from retrieval.embedding import Embedder, Encoded
from retrieval.index import Index
from retrieval.late import late_interaction
from retrieval.words import stems

CANDIDATES = 50  # from each side
EVERY_WORD = 0.3  # keywords: one word alone has little context to be compared by
FACT_HANDICAP = 0.08  # "what does the report say on …" is not a question about the report
LEXICAL_WEIGHT = 0.3  # flat between 0.2 and 0.6 on XQuAD; the thresholds of answers hold for it; docs/search.md


@dataclass(frozen=True, slots=True)
class Score:
    """How a hit came about; ``total`` is what hits are ranked by."""

    late: float  # late interaction, -1 to 1
    lexical: float  # share of the question's words that the passage covers, 0 to 1
    dense: float | None  # cosine, -1 to 1; None where only shared words proposed the passage
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


@dataclass(frozen=True, slots=True)
class Found:
    """A question, understood, and its hits, best first."""

    question: str
    searched: str  # what of it was searched for
    language: str  # of the question, ISO 639-1
    same_language: bool  # whether any report is in it
    hits: tuple[Hit, ...]


def search(index: Index, embedder: Embedder, question: str, *, limit: int | None = None) -> Found:
    """All candidates for a question, or the best ``limit``; the same every time on the same index."""
    languages = index.store.languages()
    language = detect(question, expected=languages[0] if languages else None)
    searched = subject(question)
    encoded = embedder.query(searched)
    dense = _nearest_rows(index, encoded)
    lexical: dict[int, float] = {}
    exact: set[int] = set()
    for one in languages:  # a question's words, stemmed as each language of the reports would have them
        words = stems(searched, one)
        exact |= index.store.with_every_word(words, CANDIDATES)
        for row, score in index.store.word_scores(words, CANDIDATES).items():
            lexical[row] = max(score, lexical.get(row, 0.0))
    late = late_interaction(encoded.tokens, index.store.tokens_at({*dense, *lexical, *exact}), index.store.token_mean())
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
    order = sorted(passages, key=lambda row: (-round(scores[row].total, 6), passages[row].report_id, row))
    hits = (Hit(passages[row], scores[row], rank) for rank, row in enumerate(order[:limit], start=1))
    return Found(question, searched, language, language in languages, tuple(hits))


def _nearest_rows(index: Index, question: Encoded) -> dict[int, float]:
    """Cosine of the nearest passages by row; vectors that the store does not name are passed over."""
    nearest = index.vectors.nearest(question.vector, CANDIDATES)
    rows = index.store.rows_of(nearest)
    cosines: dict[int, float] = {}
    for vector_id, cosine in nearest.items():
        for row in rows.get(vector_id, ()):
            cosines[row] = max(cosine, cosines.get(row, -1.0))
    return cosines
