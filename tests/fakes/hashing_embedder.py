"""A small real embedder that hashes words, and helpers to write and index small reports."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ingest.sources import find_sources
from retrieval.index.index import Index
from retrieval.index.update_result import UpdateResult
from retrieval.models.embedder import EncodedText

MODEL = "hashing-8"


class HashingEmbedder:
    """A real, tiny embedder: each word has a fixed vector (8,), a text their mean; ``embedded`` records its work."""

    name = MODEL

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def query(self, text: str) -> EncodedText:
        tokens = np.array(
            [self._word(word) for word in text.lower().replace(".", "").split()], dtype=np.float32
        ).reshape(-1, 8)
        mean = tokens.sum(axis=0) + 1e-6
        return EncodedText((mean / np.linalg.norm(mean)).astype(np.float32), tokens)

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        for position, text in enumerate(texts):
            self.embedded.append(text)
            yield position, self.query(text)

    def windows(self, text: str) -> list[str]:
        return [text]

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"[^\s.]+", text)]

    def _word(self, word: str) -> list[float]:
        return [byte / 128 - 1 for byte in hashlib.sha256(word.encode()).digest()[:8]]


def write_report(folder: Path, name: str, *items: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    listed = "\n\n".join(f"• {item}" for item in items)
    file.write_text(f"Informe {name}\n\nRecomendaciones\n\n{listed}\n", encoding="utf-8")
    return file


def update_index(
    index: Index,
    *paths: Path,
    embedder: HashingEmbedder | None = None,
    dry_run: bool = False,
    rebuild: bool = False,
) -> UpdateResult:
    return index.update(find_sources(paths), lambda: embedder or HashingEmbedder(), dry_run=dry_run, rebuild=rebuild)


def passage_texts(index: Index) -> list[str]:
    return sorted(passage.text for passage in index.store.passages())
