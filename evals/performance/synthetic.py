"""Made-up reports and an embedder without a model, for what wants many reports or the same ones every time."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.models.embedder import EncodedText, model_name

_WIDTH = 384  # of a vector, as the bundled model's
_SENTENCE = (
    "Los gobiernos de los países de origen, tránsito y destino deben cooperar en materia de protección y retorno"
)


@dataclass(frozen=True, slots=True)
class WordEmbedder:
    """An Embedder without a model: a word's vector (384,) follows from its letters, a text's is its words' mean."""

    name: str = field(default_factory=model_name)  # that an index of such vectors goes by

    def query(self, text: str) -> EncodedText:
        tokens = np.array([_word_vector(word) for word in text.lower().split()], np.float32).reshape(-1, _WIDTH)
        total = tokens.sum(axis=0) + np.float32(1e-6)
        return EncodedText((total / np.linalg.norm(total)).astype(np.float32), tokens)

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        return ((position, self.query(text)) for position, text in enumerate(texts))

    def windows(self, text: str) -> list[str]:
        return [text]


@lru_cache(2_000)
def _word_vector(word: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    return np.random.default_rng(seed).standard_normal(_WIDTH, dtype=np.float32)


def write_report(file: Path, title: str, items: Sequence[str]) -> None:
    """Write a report in Spanish with one recommendation an item, and the sidecar that states its language."""
    listed = "\n\n".join(f"• {item}" for item in items)
    file.write_text(f"Informe {title}\n\nRecomendaciones\n\n{listed}\n", encoding="utf-8")
    file.with_suffix(".toml").write_text('language = "es"\n', encoding="utf-8")


def write_reports(folder: Path, count: int, items: int = 3, sentences: int = 1) -> None:
    """Write small reports, a hundred to a folder."""
    for number in range(count):
        place = folder / f"{number // 100:03d}"
        place.mkdir(parents=True, exist_ok=True)
        write_numbered_report(place / f"report-{number:05d}.txt", number, items, sentences)


def write_numbered_report(file: Path, number: int, items: int = 3, sentences: int = 1, word: str = "punto") -> None:
    """Write one of them; another ``word`` changes its content."""
    texts = [
        " ".join(f"{_SENTENCE}, informe {number}, {word} {item}.{n}." for n in range(sentences))
        for item in range(items)
    ]
    write_report(file, str(number), texts)
