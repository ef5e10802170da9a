"""An embedder that knows what words mean: each has the vector of its concept, so that a test says what is alike."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from retrieval.models.calibration import Calibration, MeanVectors
from retrieval.models.embedder import EncodedText
from retrieval.text.terms import fold

WIDTH = 400  # concepts at most, words that mean only themselves among them


class ConceptEmbedder:
    """Gives each word the axis of its concept; ``like`` words lie between two: {"aid": ("help", 0.65)}, a cosine.

    A word is given in two tokens, as models do with long words, so that something is to be put together.
    """

    name = "concepts"

    def __init__(self, concepts: Mapping[str, str] = {}, like: Mapping[str, tuple[str, float]] = {}) -> None:
        self._concepts, self._like = dict(concepts), dict(like)
        self._axes: dict[str, int] = {}

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        for at in sorted(range(len(texts)), key=lambda at: -len(texts[at])):
            yield at, self.query(texts[at])

    def query(self, text: str) -> EncodedText:
        tokens = [self._vector(text[start:end]) / 2 for start, end in self._words(text) for _ in range(2)]
        made = np.array(tokens, np.float32).reshape(-1, WIDTH)
        return EncodedText(np.ones(WIDTH, np.float32) / WIDTH**0.5, made)

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [
            span for start, end in self._words(text) for span in ((max(0, start - 1), start + 1), (start + 1, end))
        ]  # a model's tokens begin with the space before them

    def windows(self, text: str) -> list[str]:
        return [text]

    def _words(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"[^\W_]+(?:-[^\W_]+)*", text)]

    def _vector(self, word: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        word = fold(word)
        made = np.zeros(WIDTH, np.float32)
        concept, cosine = self._like.get(word, (self._concepts.get(word, word), 1.0))
        made[self._axis(concept)] = cosine
        if cosine < 1:
            made[self._axis(f"{word} alone")] = (1 - cosine**2) ** 0.5
        return made

    def _axis(self, concept: str) -> int:
        return self._axes.setdefault(concept, len(self._axes))


NOTHING = MeanVectors(np.zeros(WIDTH, np.float32))
EXACT = Calibration("concepts", NOTHING, NOTHING, {}, {}, 0.0, 0.5, 0.5, 0.5, 0.5, 0.0)  # takes scores as they are
