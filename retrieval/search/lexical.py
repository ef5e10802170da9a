"""The lexical side: which passages share telling words with a question, and how much of it they cover.

A word counts by how rare it is. Words that the reports lack count against every passage, so that the
share is comparable between questions and small for a question that shares little with the reports'
language: cognates, names and numbers then do what shared words can.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from retrieval.storage.reader import Store
from retrieval.text.gazetteer import names_of
from retrieval.text.terms import beginnings, told

_WORD = re.compile(r"\w+")
_RARE = 50  # a short word tells something where it is in no more than one passage of so many
_READ = 50  # rows looked at for each candidate asked for
Admitted = Callable[[Iterable[int]], Collection[int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's words by their beginnings."""

    words: frozenset[str]  # all of them
    weights: dict[str, float]  # of the telling ones, by how rare they are
    counts: dict[str, int]  # in how many passages they are
    has_long: bool  # whether any of them tells something by itself

    def share(self, words: Collection[str]) -> float:
        """How much of the question a passage with these words covers, 0 to 1."""
        whole = sum(self.weights.values())
        return sum(weight for word, weight in self.weights.items() if word in words) / whole if whole else 0.0

    def is_in(self, words: Collection[str]) -> bool:
        """Whether a passage has every word of the question; a question of little words only is in none."""
        return self.has_long and self.words <= set(words)


def asked(store: Store, question: str) -> Asked:
    """A question's words, weighed by inverse document frequency as BM25 has it.

    Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019, section 3.1.
    """
    tells = told(question)
    names = _other_names(question)
    total = store.count()
    counts = store.frequencies({*tells, *(one for some in names.values() for one in some)})
    for word in names.keys() - counts.keys():  # the reports may know it by another name
        if known := next((one for one in names[word] if one in counts), None):
            tells[known] = tells.pop(word)
    rare = max(1, total // _RARE)
    kept = [word for word, is_telling in tells.items() if is_telling or 0 < counts.get(word, 0) <= rare]
    weights = {word: math.log(1 + (total - (n := counts.get(word, 0)) + 0.5) / (n + 0.5)) for word in kept}
    return Asked(frozenset(tells), weights, counts, any(tells.values()))


def _other_names(question: str) -> dict[str, list[str]]:
    """Of each word that names a state or a body: what it is called in one word elsewhere, by beginnings."""
    found: dict[str, list[str]] = {}
    for word in _WORD.findall(question):
        others = [name[0] for name in names_of(word) if len(name) == 1]
        if len(others) > 1:
            found[beginnings(word)[0]] = [one for other in others for one in beginnings(other)]
    return found


def sharing(store: Store, question: Asked, count: int, admitted: Admitted, *, everywhere: bool = False) -> list[int]:
    """So many rows that share the rarest words with a question, the most promising first.

    Common words are left to the dense side: what has only them is looked at no further than it takes to
    fill the rows that are read: all rows ``everywhere``, for a scope that admits few of them.
    """
    room = store.count() if everywhere else _READ * count
    scores: dict[int, float] = {}
    present = [word for word in question.weights if question.counts.get(word)]
    for word in sorted(present, key=lambda one: (question.counts[one], one)):
        if room <= 0 or (scores and question.counts[word] > room):
            break
        rows = store.rows_with_words([word], room)
        room -= 0 if everywhere else len(rows)
        for row in admitted(rows):
            scores[row] = scores.get(row, 0.0) + question.weights[word]
    best = sorted(scores, key=lambda row: (-scores[row], row))[:count]
    whole = store.rows_with_words(sorted(question.words), room if everywhere else count) if question.has_long else []
    return list(dict.fromkeys([*best, *sorted(admitted(whole))]))
