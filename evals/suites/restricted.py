"""Searching one report of an index, with the parts that search is made of.

Every passage of the report is a candidate, and is scored as search scores its candidates.
"""

from functools import cached_property

from ingest.language import detect
from ingest.report import Kind
from retrieval.asking import subject
from retrieval.embedding import Embedder
from retrieval.index import Index
from retrieval.late import late_interaction
from retrieval.search import FACT_HANDICAP, Found, Hit, Score
from retrieval.words import stems


class Restricted:
    """Searches of one report at a time."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._store = index.store
        self._embedder = embedder

    def search(self, question: str, report_id: str) -> Found:
        """All passages of the report, best first."""
        languages = self._store.languages()
        language = detect(question, expected=languages[0] if languages else None)
        searched = subject(question)
        encoded = self._embedder.query(searched)
        rows = self._rows.get(report_id, [])
        lexical: dict[int, float] = {}
        exact: set[int] = set()
        for one in languages:
            words = stems(searched, one)
            exact |= self._store.with_every_word(words, self._count)
            for row, score in self._store.word_scores(words, self._count).items():
                lexical[row] = max(score, lexical.get(row, 0.0))
        late = late_interaction(encoded.tokens, self._store.tokens_at(rows), self._store.token_mean())
        passages = self._store.passages_at(rows)
        scores = {
            row: Score(
                late=late.get(row, 0.0),
                lexical=lexical.get(row, 0.0),
                dense=None,
                every_word=row in exact,
                handicap=FACT_HANDICAP if passage.kind is Kind.FACT else 0.0,
            )
            for row, passage in passages.items()
        }
        order = sorted(passages, key=lambda row: (-round(scores[row].total, 6), row))
        hits = (Hit(passages[row], scores[row], rank) for rank, row in enumerate(order, start=1))
        return Found(question, searched, language, language in languages, tuple(hits))

    @cached_property
    def _count(self) -> int:
        return self._store.count()

    @cached_property
    def _rows(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, passage in self._store.passages_at(range(1, self._count + 1)).items():
            rows.setdefault(passage.report_id, []).append(row)
        return rows
