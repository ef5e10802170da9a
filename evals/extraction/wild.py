"""Measures records of reports as people bring them against items that a person marked in twelve of sixteen.

An item is found where one record, or its text before its first part, has the letters the item begins and ends with.
Filed means: as a recommendation, commitment, proposal or decision, or as a part of one. The precision counts filed
records that are no parts. Right are those that a recommendation of the gold was found as, or that lie within one. The
others are wrong, except in the fair count, which leaves out what no item is of and stands under a heading below
which everything marked is a recommendation: the gold has not all of each list.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.extraction.tally import Tally
from evals.public_data import require_public
from ingest.errors import UnreadableReport
from ingest.readers.read import read_report
from ingest.report import Kind, Passage, Report
from ingest.split.splitter import split
from retrieval.models.embedder import BUNDLED_MODEL, open_embedder
from retrieval.models.judgement import judge_report

FOLDER = "reports_wild"
TARGETS = {
    "exactly one record": "≥ 97 %",
    "number as printed": "≥ 98 %",
    "heading in path": "≥ 96 %",
    "filed, recall": "≥ 88 %",
    "filed, precision": "≥ 88 %",
    "title": "≥ 90 %",
    "date": "≥ 85 %",
    "language": "100 %",
}
MAX_TITLE_LENGTH = 250  # characters; a longer one holds more than a title
_FACTS = Path(__file__).parent.parent / "data" / "reports_wild.json"
_MARK = 6  # letters and digits of a part's mark, which stands before the part
_ASKING = {"recommendation", "commitment", "proposal", "decision"}  # kinds


@dataclass(frozen=True, slots=True)
class GoldItem:
    """An item as marked, its words as letters and digits alone."""

    number: str  # as printed; empty for bullets and where there is none
    start: str
    end: str
    heading: str
    recommends: bool
    shown: str  # how it begins, as printed


def compare() -> Tally:
    """Read and split every report, and compare records and facts. Raises RelatoriaError."""
    folder, tally, embedder = require_public(FOLDER), Tally("wild"), open_embedder(BUNDLED_MODEL)
    gold = read_gold(folder / "gold.jsonl")
    facts: dict[str, dict[str, Any]] = json.loads(_FACTS.read_text(encoding="utf-8"))
    for name in sorted(facts):
        try:
            report = read_report(folder / "files" / name, "wild")
            passages = split(report)
        except UnreadableReport as error:
            tally.add("title", name, False, str(error))
            continue
        _compare_facts(tally, name, report, passages, facts[name])
        if items := gold.get(name):
            compare_items(tally, name, items, judge_report(report, passages, embedder.name, lambda: embedder))
    return tally


def read_gold(path: Path) -> dict[str, list[GoldItem]]:
    """Read the marked items by file name, in order."""
    gold: dict[str, list[GoldItem]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        number = (row["number"] or "").strip("•. ")
        start, end, heading = (letters_and_digits(row[key] or "") for key in ("start", "end", "heading"))
        gold[row["document"]].append(
            GoldItem(number, start, end, heading, row["kind"] == "recommendation", row["start"])
        )
    return gold


def letters_and_digits(text: str) -> str:
    """Reduce a text to its letters and digits in lower case, so that no space, hyphen or mark counts.

    >>> letters_and_digits("The entity briefs the Com-\\nmittee;")
    'theentitybriefsthecommittee'
    """
    return "".join(filter(str.isalnum, text.lower()))


def _compare_facts(
    tally: Tally, name: str, report: Report, passages: Sequence[Passage], facts: Mapping[str, Any]
) -> None:
    title, letters = report.metadata.title, letters_and_digits(report.metadata.title)
    holds = all(letters_and_digits(part) in letters for part in facts["title"])
    tally.add("title", name, holds and len(title) <= MAX_TITLE_LENGTH, title)
    if facts["date"]:
        date = report.metadata.date or str(report.metadata.year or "")
        tally.add("date", name, date.startswith(facts["date"]), f"{date or 'none'}, not {facts['date']}")
    languages = [passage.language for passage in passages]
    most = max(languages, key=languages.count, default="")
    tally.add("language", name, most == facts["language"], most)


def match_items(items: Sequence[GoldItem], passages: Sequence[Passage]) -> list[Passage | None]:
    """Match each item with its record, each record once: one under its heading first, and a whole before a part."""
    own_ends: dict[str, int] = {}  # where the text of a whole ends that is not its parts'
    for passage in passages:
        if passage.parent_id:
            own_ends.setdefault(passage.parent_id, passage.start)
    candidates = []
    for passage in passages:
        if passage.kind not in {Kind.FACT, Kind.NOTE}:
            own = passage.text[: own_ends.get(passage.id, passage.end) - passage.start]
            candidates.append((letters_and_digits(passage.text), letters_and_digits(own), passage))
    used: set[str] = set()
    found: list[Passage | None] = []
    for item in items:
        fitting = [
            passage
            for text, own, passage in candidates
            if text.startswith(item.start) and (text.endswith(item.end) or item.end in own[-len(item.end) - _MARK :])
            if passage.id not in used
        ]
        best = min(fitting, key=lambda passage: not is_under(item, passage), default=None)
        used |= {best.id} if best else set()
        found.append(best)
    return found


def is_under(item: GoldItem, passage: Passage) -> bool:
    """Whether an item's heading is in the path of a record, with or without its number."""
    own = {letters_and_digits(heading) for heading in passage.headings}
    return item.heading in own or item.heading.lstrip("0123456789") in {heading.lstrip("0123456789") for heading in own}


def compare_items(tally: Tally, name: str, items: Sequence[GoldItem], passages: Sequence[Passage]) -> None:
    """Compare the marked items of one report with its records."""
    records = match_items(items, passages)
    for item, record in zip(items, records, strict=True):
        tally.add("exactly one record", name, record is not None, f"{item.number} {item.shown}")
        if item.recommends:
            filed = record is not None and is_filed(record)
            tally.add("filed, recall", name, filed, f"{item.number} {item.shown}: {record.kind if record else 'none'}")
        if record:
            right = record.number == item.number
            tally.add("number as printed", name, right, f"{record.number!r}, not {item.number!r}: {item.shown}")
            if item.heading:
                path = " › ".join(record.headings)
                tally.add("heading in path", name, is_under(item, record), f"{item.number} {item.shown}: {path}")
    matched = {record.id: item for item, record in zip(items, records, strict=True) if record}
    marked = [(passage, matched[passage.id].recommends) for passage in passages if passage.id in matched]
    asking = [passage for passage, asked in marked if asked]
    mixed = {passage.headings[-1:] for passage, asked in marked if not asked and passage.kind is not Kind.PART}
    open_lists = {passage.headings[-1:] for passage in asking} - mixed
    for passage in passages:
        if is_filed(passage) and passage.kind is not Kind.PART:
            right = any(own.start <= passage.start < own.end for own in asking)
            said = f"{passage.number} {' '.join(passage.text.split())[:100]} ({passage.reason})"
            tally.add("filed, precision", name, right, said)
            if right or passage.id in matched or passage.headings[-1:] not in open_lists:
                tally.add("filed, precision (fair)", name, right)


def is_filed(passage: Passage) -> bool:
    """Whether a record is filed as something asked, promised, proposed or decided, or as a part of it."""
    return passage.kind.value in _ASKING or passage.recommends
