"""Wrappers of an embedding model: one times its queries, two cache what it embedded."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.models.embedder import Embedder, EncodedText


class TimedEmbedder:
    """An Embedder that sums the seconds spent on embedding queries, per thread."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self.embedder = embedder
        self._local = threading.local()

    def seconds(self) -> float:
        """Seconds so far, in this thread."""
        return float(getattr(self._local, "seconds", 0.0))

    def query(self, text: str) -> EncodedText:
        start = time.perf_counter()
        try:
            return self.embedder.query(text)
        finally:
            self._local.seconds = self.seconds() + time.perf_counter() - start

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        return self.embedder.passages(texts)

    def windows(self, text: str) -> list[str]:
        return self.embedder.windows(text)

    def __getattr__(self, name: str) -> Any:
        """Delegate optional methods, such as a model's token ``spans``."""
        return getattr(self.embedder, name)


class QueryCachingEmbedder:
    """An Embedder with an LRU cache of queries."""

    def __init__(self, embedder: Embedder, questions: int = 16) -> None:
        self.name = embedder.name
        self.passages = embedder.passages
        self.windows = embedder.windows
        self.query = lru_cache(questions)(embedder.query)


Matrix = NDArray[np.float32]


class CachingEmbedder:
    """An Embedder that caches passage vectors and whole encoded queries.

    With a ``file`` the passage vectors are kept across runs, for one model, ``embedder.name``.
    """

    def __init__(self, embedder: Embedder, file: Path | None = None) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._file = file
        self._passages: dict[bytes, Matrix] = {}  # digest of the text to its vector, (d,)
        self._questions: dict[str, EncodedText] = {}
        if file and file.is_file():
            with np.load(file, allow_pickle=False) as kept:
                if str(kept["model"]) == self.name:
                    pairs = zip(kept["digests"], kept["vectors"], strict=True)
                    self._passages = {one.tobytes(): vector for one, vector in pairs}

    def query(self, text: str) -> EncodedText:
        if text not in self._questions:
            self._questions[text] = self._embedder.query(text)
        return self._questions[text]

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        """Embed passages anew, caching only their vectors: token vectors are too large to be kept."""
        for position, encoded in self._embedder.passages(texts):
            self._passages[_digest(texts[position])] = encoded.vector
            yield position, encoded

    def windows(self, text: str) -> list[str]:
        return self._embedder.windows(text)

    def embed_windows(self, texts: Sequence[str]) -> tuple[Matrix, NDArray[np.int64]]:
        """Embed the texts' windows, from the cache; returns vectors, (n, d), and the index of each one's text, (n,)."""
        pieces = [(owner, piece) for owner, text in enumerate(texts) for piece in self.windows(text)]
        missing = list(dict.fromkeys(piece for _, piece in pieces if _digest(piece) not in self._passages))
        for _ in self.passages(missing):
            pass  # remembered on the way
        matrix = np.stack([self._passages[_digest(piece)] for _, piece in pieces]) if pieces else np.zeros((0, 1))
        return matrix.astype(np.float32), np.array([owner for owner, _ in pieces], dtype=np.int64)

    def save(self) -> None:
        """Write the passage vectors to the file, if there is one."""
        if not self._file:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        digests = np.frombuffer(b"".join(self._passages), dtype=np.uint8).reshape(-1, 16)
        vectors = np.stack(list(self._passages.values())) if self._passages else np.zeros((0, 1), np.float32)
        with self._file.open("wb") as file:
            np.savez(file, model=np.array(self.name), digests=digests, vectors=vectors)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
