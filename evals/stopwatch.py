"""An embedding model with a stopwatch: how many of an answer's seconds were its own; and one that remembers."""

import threading
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from retrieval.models.embedder import Embedder, Encoded


class Stopwatch:
    """An Embedder that counts the seconds it took for questions, each thread's by itself."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self.embedder = embedder
        self._local = threading.local()

    def seconds(self) -> float:
        """Seconds so far, of this thread."""
        return float(getattr(self._local, "seconds", 0.0))

    def query(self, text: str) -> Encoded:
        start = time.perf_counter()
        try:
            return self.embedder.query(text)
        finally:
            self._local.seconds = self.seconds() + time.perf_counter() - start

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        return self.embedder.passages(texts)

    def windows(self, text: str) -> list[str]:
        return self.embedder.windows(text)

    def __getattr__(self, name: str) -> Any:
        """What some models can do beside that, such as say where their tokens stand."""
        return getattr(self.embedder, name)


class Remembering:
    """An Embedder that knows the last few questions by heart."""

    def __init__(self, embedder: Embedder, questions: int = 16) -> None:
        self.name = embedder.name
        self.passages = embedder.passages
        self.windows = embedder.windows
        self.query = lru_cache(questions)(embedder.query)
