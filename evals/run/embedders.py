"""Wrappers of an embedding model: one times its queries, one caches what it embedded."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.models.embedder import Embedder, EncodedText

Matrix = NDArray[np.float32]


class TimedEmbedder:
    """An Embedder that sums the seconds spent on embedding queries, per thread."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.passages, self.windows = embedder.name, embedder.passages, embedder.windows
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

    def __getattr__(self, name: str) -> Any:
        """Delegate optional methods, such as a model's token ``spans``."""
        return getattr(self.embedder, name)


class CachingEmbedder:
    """An Embedder that caches encoded queries and passage vectors; with ``tokens``, whole encoded passages.

    Token vectors are large: 0.1 MB a passage. With a ``file`` the passage vectors are kept across runs, for one
    model, ``embedder.name``.
    """

    def __init__(self, embedder: Embedder, file: Path | None = None, *, tokens: bool = False) -> None:
        self.name = embedder.name
        self.query = cache(embedder.query)
        self.windows = embedder.windows
        self._embedder = embedder
        self._file = file
        self._tokens = tokens
        self._encoded: dict[str, EncodedText] = {}  # by text; empty without tokens
        self._vectors: dict[bytes, Matrix] = {}  # digest of the text to its vector, (d,)
        if file and file.is_file():
            with np.load(file, allow_pickle=False) as kept:
                if str(kept["model"]) == self.name:
                    pairs = zip(kept["digests"], kept["vectors"], strict=True)
                    self._vectors = {digest.tobytes(): vector for digest, vector in pairs}

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        new = [position for position, text in enumerate(texts) if text not in self._encoded]
        yield from ((position, self._encoded[text]) for position, text in enumerate(texts) if text in self._encoded)
        for at, encoded in self._embedder.passages([texts[position] for position in new]):
            text = texts[new[at]]
            self._vectors[_digest(text)] = encoded.vector
            if self._tokens:
                self._encoded[text] = encoded
            yield new[at], encoded

    def __getattr__(self, name: str) -> Any:
        """Delegate optional methods, such as a model's token ``spans``."""
        return getattr(self._embedder, name)

    def embed_windows(self, texts: Sequence[str]) -> tuple[Matrix, NDArray[np.int64]]:
        """Embed the windows of texts, from the cache; returns vectors, (n, d), and each one's text by index, (n,)."""
        pieces = [(owner, piece) for owner, text in enumerate(texts) for piece in self.windows(text)]
        missing = list(dict.fromkeys(piece for _, piece in pieces if _digest(piece) not in self._vectors))
        for _ in self.passages(missing):
            pass  # remembered on the way
        matrix = np.stack([self._vectors[_digest(piece)] for _, piece in pieces]) if pieces else np.zeros((0, 1))
        return matrix.astype(np.float32), np.array([owner for owner, _ in pieces], dtype=np.int64)

    def save(self) -> None:
        """Write the passage vectors to the file, if there is one."""
        if not self._file:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        digests = np.frombuffer(b"".join(self._vectors), dtype=np.uint8).reshape(-1, 16)
        vectors = np.stack(list(self._vectors.values())) if self._vectors else np.zeros((0, 1), np.float32)
        with self._file.open("wb") as file:
            np.savez(file, model=np.array(self.name), digests=digests, vectors=vectors)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
