"""Word vectors, and the similarity of each word of a claim to the words of a source, across languages.

A word's vector is the normalized sum of its token vectors (the embedding model's last layer), each less the mean of
its language. It is late interaction (late_interaction.py, MaxSim) with a score for each word instead of their sum.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from retrieval.models.calibration import Calibration
from retrieval.models.embedder import Embedder
from retrieval.text.lexicon import is_function_word
from retrieval.text.numbers import Figure, locate_figures

Floats = NDArray[np.float32]

BIGRAM_PENALTY = 0.12  # what a word loses that is answered only together with its neighbour
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


@runtime_checkable
class WordEmbedder(Embedder, Protocol):
    """An embedding model that also gives the character offsets of its tokens."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The character span, half-open, of each token of a passage that fits into the window."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """The words of a text: spans, unit vectors, which are content words."""

    text: str
    spans: tuple[tuple[int, int], ...]  # characters, half-open, one a word
    vectors: Floats  # (w, d), each of length 1
    content_mask: NDArray[np.bool_]  # (w,): whether the word says something by itself

    def index_at(self, span: tuple[int, int]) -> int | None:
        """The index of the first word that overlaps a span of characters; None where none does."""
        return next((i for i, (start, end) in enumerate(self.spans) if start < span[1] and span[0] < end), None)

    def locate_figures(self, language: str) -> list[tuple[int, Figure]]:
        """The figures of the text, each with the index of its word."""
        found = ((self.index_at((start, start + 1)), figure) for start, figure in locate_figures(self.text, language))
        return [(at, figure) for at, figure in found if at is not None]


def embed_words(
    texts: Sequence[str], languages: Sequence[str], embedder: WordEmbedder, calibration: Calibration
) -> list[WordVectors]:
    """Embed the words of each text, which must fit the model's window."""
    made: dict[int, WordVectors] = {}
    for at, encoded in embedder.passages(texts):
        centred = encoded.tokens - calibration.passages.for_language(languages[at])
        made[at] = _pool_tokens(texts[at], centred, embedder.spans(texts[at]))
    return [made[at] for at in range(len(texts))]


def _pool_tokens(text: str, tokens: Floats, spans: Sequence[tuple[int, int]]) -> WordVectors:
    found = [match.span() for match in _WORD.finditer(text)]
    sums = np.zeros((len(found), tokens.shape[1]), np.float32)
    at = 0
    for (start, end), token in zip(spans, tokens, strict=False):
        while start < end and text[start].isspace():
            start += 1  # noqa: PLW2901
        while at < len(found) and found[at][1] <= start:
            at += 1
        if at < len(found) and found[at][0] < end:
            sums[at] += token
    content = np.array([not is_function_word(text[start:end]) for start, end in found], dtype=bool)
    return WordVectors(text, tuple(found), _normalize(sums), content)


def compute_bigram_vectors(words: WordVectors) -> Floats:
    """Unit vectors, (n, d), of each two neighbouring content words as one: "brain drain", "own accord"."""
    content = words.vectors[words.content_mask]
    return _normalize(content[:-1] + content[1:])


def score_words(words: WordVectors, some: Sequence[int], source: Floats) -> Floats:
    """The best cosine of each of ``some`` words, alone or as a pair, with a source's words and pairs, (n, d)."""
    own = words.vectors[list(some)]
    alone: Floats = (own @ source.T).max(axis=1)
    if len(some) < 2:
        return alone
    both = _normalize(own[:-1] + own[1:])
    together = (both @ source.T).max(axis=1)
    beside = np.full(len(some), -1.0, np.float32)
    beside[:-1] = together
    beside[1:] = np.maximum(beside[1:], together)
    best: Floats = np.maximum(alone, beside - BIGRAM_PENALTY)
    return best


def _normalize(vectors: Floats) -> Floats:
    made: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return made
