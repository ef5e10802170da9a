"""Reads the questions over many reports, and finds their gold passages in an index.

Gold is written so that it outlives a change of how reports are cut: "mexico2009#93.3" is the record of that printed
number, "declaration-es~five to ten of its words" the records that have these words.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.report import Passage
from retrieval.text.terms import WORD, fold

QUESTIONS_FOLDER = Path(__file__).parent.parent / "data" / "questions"
SECOND_FOLDER = QUESTIONS_FOLDER / "second"  # by other hands, over other reports, after the rules were made


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or one turn of a conversation, with what a right answer is."""

    name: str
    kind: str  # "direct", "near-miss", "follow-up" …
    language: str  # ISO 639-1
    question: str
    expect: str  # "answered", "related", "silent" or "greeting"
    gold: tuple[frozenset[str], ...]  # of each gold, the passages that are it, by id
    need: str  # "any", "all" or "exact"
    count: int | None  # how many records match
    held: bool  # whether only totals of it are looked at
    before: tuple[str, ...] = ()  # the turns said before


def read_reports(folder: Path) -> list[str]:
    """The files of the public data that the questions of a folder are about."""
    return (folder / "reports.txt").read_text(encoding="utf-8").split()


def load_questions(passages: Iterable[Passage], folder: Path = QUESTIONS_FOLDER) -> Iterator[Question]:
    """All questions and turns, with their gold among the passages; gold that no passage is cannot be met."""
    texts = [(it, _words(f"{it.lead_in} {it.text}")) for it in passages]

    def find(gold: str) -> frozenset[str]:
        report, sign, wanted = gold.partition("#" if "#" in gold.partition("~")[0] else "~")
        words = _words(wanted)
        its = ((it, text) for it, text in texts if it.report_id == report)
        return frozenset(it.id for it, text in its if (it.number == wanted if sign == "#" else words in text))

    for file in sorted(folder.glob("*.jsonl")):
        for case in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            turns = case.get("turns", [case])
            for at, turn in enumerate(turns):
                yield Question(
                    name=case["name"] + (f".{at + 1}" if "turns" in case else ""),
                    kind=case.get("kind") or ("follow-up" if at else "first turn"),
                    language=turn.get("language") or case["language"],
                    question=turn["question"],
                    expect=turn["expect"],
                    gold=tuple(map(find, turn.get("gold", []))),
                    need=turn.get("need", "any"),
                    count=turn.get("count"),
                    held=case["half"] == "held",
                    before=tuple(it["question"] for it in turns[:at]),
                )


def _words(text: str) -> str:
    return " ".join(WORD.findall(fold(text)))
