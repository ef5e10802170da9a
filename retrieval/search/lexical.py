"""Lexical retrieval: candidates that share rare terms with a question, and the share of the question they cover.

Terms are weighted by inverse document frequency. Terms that the reports lack count against every passage,
so that coverage is comparable between questions, and small where the question is in another language than
the reports: only cognates, names and numbers match then.
"""

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from retrieval.storage.reader import Store
from retrieval.text.gazetteer import drop_names, find_concepts
from retrieval.text.terms import content_terms

_RARE = 50  # a short word tells something where it is in no more than one passage of so many
_ROWS_PER_CANDIDATE = 50  # rows looked at for each candidate asked for
RowFilter = Callable[[Iterable[int]], Collection[int]]


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """The index terms of a question, with their weights."""

    words: frozenset[str]  # all of them
    weights: dict[str, float]  # of the telling ones, by how rare they are
    counts: dict[str, int]  # in how many passages they are
    has_long: bool  # whether any of them tells something by itself

    def coverage(self, words: Collection[str]) -> float:
        """Returns the share of the question's term weight that a passage with these terms covers, 0 to 1."""
        whole = sum(self.weights.values())
        return sum(weight for word, weight in self.weights.items() if word in words) / whole if whole else 0.0

    def is_in(self, words: Collection[str]) -> bool:
        """Whether a passage has every term of the question; False for a question without content words."""
        return self.has_long and self.words <= set(words)


def weigh_terms(store: Store, question: str) -> QuestionTerms:
    """Extracts a question's index terms and weighs them by the inverse document frequency of BM25.

    Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019, section 3.1.
    """
    tells = content_terms(drop_names(question)) | dict.fromkeys(find_concepts(question), True)
    total = store.count()
    counts = store.document_frequencies(tells)
    rare = max(1, total // _RARE)
    kept = [word for word, is_telling in tells.items() if is_telling or 0 < counts.get(word, 0) <= rare]
    weights = {word: math.log(1 + (total - (n := counts.get(word, 0)) + 0.5) / (n + 0.5)) for word in kept}
    return QuestionTerms(frozenset(tells), weights, counts, any(tells.values()))


def retrieve_rows(
    store: Store, question: QuestionTerms, count: int, admitted: RowFilter, *, everywhere: bool = False
) -> list[int]:
    """Retrieves up to ``count`` rows by the weight of the terms they share with a question, the best first.

    Rows with every term of the question are appended. Terms are read from the rarest on, up to fifty rows
    for each candidate; common terms are left to dense retrieval. ``everywhere`` lifts that for a narrow scope.
    """
    room = store.count() if everywhere else _ROWS_PER_CANDIDATE * count
    scores: dict[int, float] = {}
    present = [word for word in question.weights if question.counts.get(word)]
    for word in sorted(present, key=lambda word: (question.counts[word], word)):
        if room <= 0 or (scores and question.counts[word] > room):
            break
        rows = store.rows_with_words([word], room)
        room -= 0 if everywhere else len(rows)
        for row in admitted(rows):
            scores[row] = scores.get(row, 0.0) + question.weights[word]
    best = sorted(scores, key=lambda row: (-scores[row], row))[:count]
    whole = store.rows_with_words(sorted(question.words), room if everywhere else count) if question.has_long else []
    return list(dict.fromkeys([*best, *sorted(admitted(whole))]))
