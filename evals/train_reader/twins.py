"""Twins: passages of invented reports with a passage on the same topic that says other things, and questions.

evals/data/reader/answers.jsonl, of our own making. Each question is answered by the text, by its twin, by both or by
none of them: what is said of the topic alone tells nothing, and each question is a near miss for one of them.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.train_reader.heads import Pair
from retrieval.models.calibration import Calibration
from retrieval.models.embedder import Embedder, EncodedText
from retrieval.search.answering import unit

TWINS_FILE = Path(__file__).parent.parent / "data" / "reader" / "answers.jsonl"
SIDES = ("text", "twin")
_BATCH = 512  # texts encoded at one time


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a topic, and the sides that answer it."""

    question: str
    language: str  # ISO 639-1
    answered_by: frozenset[str]  # of SIDES


@dataclass(frozen=True, slots=True)
class Twins:
    """A passage, its twin under the same heading, and what is asked."""

    name: str
    hand: str  # who wrote it, for what is left out whole
    language: str
    heading: str
    text: str
    twin: str
    asked: tuple[Asked, ...]

    def side(self, name: str) -> str:
        return self.text if name == "text" else self.twin


def read_twins() -> list[Twins]:
    """All twins, in the order of the file."""
    return [_twins(json.loads(line)) for line in TWINS_FILE.read_text(encoding="utf-8").splitlines()]


def _twins(stated: dict[str, str]) -> Twins:
    by = {"text": ("text",), "twin": ("twin",), "both": SIDES, "none": ()}
    asked: Iterable[dict[str, str]] = stated["questions"]  # type: ignore[assignment]
    return Twins(
        stated["id"],
        stated["id"].partition("-")[0],
        stated["language"],
        stated["heading"],
        stated["text"],
        stated["twin"],
        tuple(Asked(it["question"], it["language"], frozenset(by[it["answered_by"]])) for it in asked),
    )


def make_pairs(some: Sequence[Twins], embedder: Embedder, calibration: Calibration) -> Iterator[tuple[Twins, Pair]]:
    """Each question with each side of its twins, encoded and centred as in a search."""
    asked = {(it.question, it.language) for twins in some for it in twins.asked}
    questions = {
        key: unit(embedder.query(key[0]).tokens - calibration.questions.for_language(key[1])) for key in sorted(asked)
    }
    texts = sorted({text for it in some for text in (it.heading, it.text, it.twin) if text})
    encoded = dict(zip(texts, _encode(embedder, texts), strict=True))
    for twins in some:
        mean = calibration.passages.for_language(twins.language)
        above = [unit(encoded[twins.heading].tokens - mean)] if twins.heading else []
        for side in SIDES:
            passage = np.concatenate([unit(encoded[twins.side(side)].tokens - mean), *above])
            for it in twins.asked:
                yield twins, Pair(questions[it.question, it.language], passage, float(side in it.answered_by))


def _encode(embedder: Embedder, texts: Sequence[str]) -> Iterator[EncodedText]:
    for start in range(0, len(texts), _BATCH):
        made = dict(embedder.passages(texts[start : start + _BATCH]))
        yield from (made[at] for at in range(len(made)))
