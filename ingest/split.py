"""From a report's text to its passages, by structure: headings, bullets, numbered parts, paragraphs.

The text is cut into blocks (a line that starts something, with the lines that continue it); each
block is given a role by what it looks like and where it stands; every role but the heading's
becomes a passage.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.language import detect
from ingest.report import Kind, Passage, Report, for_reading

_BULLET = re.compile(r"\s*[•◦▪‣·●○■□►➢✓*]\s+(?=\S)")
_DASH = re.compile(r"\s*[-\u2013]\s+(?=\S)")  # a bullet only where a list is possible
_ITEM = re.compile(r"\s*\(?(?P<number>\d{1,3})[.)]\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…؟。][\"'»”’)\]]*\s*$")
_SECTION = re.compile(
    r"(?P<unit>mesa[ -]redonda|roundtable|table ronde|sesi[óo]n|session|sess[ãa]o|cap[íi]tulo|chapter|chapitre)"
    r"\s+(?P<number>\d+(?:\.\d+)*)",
    re.IGNORECASE,
)
_RECOMMENDATIONS = re.compile(r"\brecom(?:m?end|mand)a", re.IGNORECASE)  # es en fr pt
_CONCLUSION = re.compile(
    r"(?:en|para|to|in|em|pour) (?:conclusi[óo]n|concluir|conclude|conclus[ãa]o|conclure)\b", re.IGNORECASE
)
_RAPPORTEUR = re.compile(r"\b(?:relatora?|rapporteure?)\b", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}(?:er|º)? (?:de )?[^\W\d]{3,12} (?:de )?\d{4}", re.IGNORECASE)
_HEADING_LENGTH = 160  # characters
_ENDING = 20  # characters in which to look for the end of a sentence
_ENOUGH = 20_000  # characters to tell a report's language from
_LETTER = {Kind.RECOMMENDATION: "r", Kind.PARAGRAPH: "p", Kind.CONCLUSION: "c"}


@dataclass(slots=True)
class _Block:
    """One line that starts something and the lines that continue it; ``start`` is behind the marker."""

    start: int
    end: int
    marker: str = ""  # empty, "•" for any bullet, or the item's printed number
    lead_end: int = 0  # where the lead-in of its parts ends
    parts: list["_Block"] = field(default_factory=list)

    def extend(self, end: int) -> None:
        self.end = end
        if self.parts:
            self.parts[-1].end = end


@dataclass(frozen=True, slots=True)
class _Heading:
    style: str  # headings of one style stand on one level
    text: str


def split(report: Report) -> list[Passage]:
    """The report's passages in reading order; a recommendation comes before its parts.

    The same report gives the same passages, ids included, on every run.
    """
    draft = _Draft(report)
    blocks = _blocks(report)
    for block, following in pairwise([*blocks, None]):
        assert block is not None
        text = for_reading(report.text[block.start : block.end])
        if fact := draft.fact_in(block, text):
            draft.add_fact(fact, block)
        elif style := _heading_style(block, text, following):
            draft.descend(_Heading(style, text))
        elif block.marker:
            draft.add_item(block)
        else:
            draft.add_paragraph(block, Kind.CONCLUSION if _CONCLUSION.match(text) else Kind.PARAGRAPH)
    return draft.passages


def _blocks(report: Report) -> list[_Block]:
    """The text's blocks; numbers under a list item that ends in a colon are that item's parts."""
    text, blocks, after_gap = report.text, list[_Block](), True
    for start, stop in pairwise((*report.line_starts, len(text))):
        line = text[start:stop]
        if not line.strip():
            after_gap = True
            continue
        end = start + len(line.rstrip())
        last = blocks[-1] if blocks else None
        marker = _BULLET.match(line) or _ITEM.match(line)
        if marker is None and (after_gap or (last and last.marker)):
            marker = _DASH.match(line)
        number = marker.groupdict().get("number") if marker else None
        if marker and number and last and _takes_part(text, last, int(number)):
            last.lead_end = last.lead_end or last.end
            last.parts.append(_Block(start + marker.end(), end, number))
            last.end = end
        elif marker:
            blocks.append(_Block(start + marker.end(), end, number or "•"))
        elif last and _continues(text, last, line, after_gap):
            last.extend(end)
        else:
            blocks.append(_Block(start + len(line) - len(line.lstrip()), end))
        after_gap = False
    return blocks


def _takes_part(text: str, item: _Block, number: int) -> bool:
    """Whether a numbered line is the next part of the list item before it."""
    if item.parts:
        return number == int(item.parts[-1].marker) + 1
    return bool(item.marker) and number == 1 and text.endswith(":", item.start, item.end)


def _continues(text: str, block: _Block, line: str, after_gap: bool) -> bool:
    """Whether an unmarked line goes on with the block before it, blank lines between or not."""
    if not after_gap:
        return True
    ending = text[max(block.start, block.end - _ENDING) : block.end]
    return line.lstrip()[0].islower() and not _SENTENCE_END.search(ending)


def _heading_style(block: _Block, text: str, following: _Block | None) -> str | None:
    """The style of a heading ("mesa redonda", "list", "plain"); None when the block is none."""
    if block.marker or len(text) > _HEADING_LENGTH or following is None:
        return None
    if text.endswith(":"):
        return "list" if following.marker else None
    if _SENTENCE_END.search(text) or text.endswith((";", ",")) or text[0].islower():
        return None
    section = _SECTION.match(text)
    return section["unit"].lower() if section else "plain"


class _Draft:
    """The passages so far, with the headings in force and the counters that number them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.language = report.metadata.language or detect(report.text[:_ENOUGH])
        self.passages: list[Passage] = []
        self.headings: list[_Heading] = []
        self.counts: Counter[tuple[str, Kind]] = Counter()
        self.ids: Counter[str] = Counter()

    def fact_in(self, block: _Block, text: str) -> str | None:
        """Which fact about the report itself a block states, if it does."""
        if block.marker:
            return None
        if _DATE.fullmatch(text):
            return "date"
        if self.headings or any(passage.kind is not Kind.FACT for passage in self.passages):
            return None  # title and rapporteur stand in front
        if not self.passages and len(text) <= _HEADING_LENGTH:
            return "title"
        return "rapporteur" if _RAPPORTEUR.search(text) and len(text) <= _HEADING_LENGTH else None

    def descend(self, heading: _Heading) -> None:
        """Put a heading in force: in place of the one of its style, or else below all others."""
        styles = [one.style for one in self.headings]
        if heading.style in styles:
            del self.headings[styles.index(heading.style) :]
        self.headings.append(heading)

    def add_fact(self, fact: str, block: _Block) -> None:
        self._add(self._id(fact), Kind.FACT, "", block, headings=())

    def add_paragraph(self, block: _Block, kind: Kind) -> None:
        if self.headings and self.headings[-1].style == "list":
            self.headings.pop()  # it introduced a list, and the list is over
        self._numbered(kind, block)

    def add_item(self, block: _Block) -> None:
        """A bullet or numbered item: a recommendation where a heading above it says so."""
        under_recommendations = any(_RECOMMENDATIONS.search(heading.text) for heading in self.headings)
        whole = self._numbered(Kind.RECOMMENDATION if under_recommendations else Kind.PARAGRAPH, block)
        lead_in = for_reading(self.report.text[block.start : block.lead_end])
        for part in block.parts:
            number = f"{whole.number}.{part.marker}"
            self._add(f"{whole.id}.{part.marker}", Kind.PART, number, part, lead_in=lead_in)

    def _numbered(self, kind: Kind, block: _Block) -> Passage:
        section = next((m["number"] for one in reversed(self.headings) if (m := _SECTION.match(one.text))), "")
        self.counts[section, kind] += 1
        printed = block.marker.isdecimal()
        number = block.marker if printed else str(self.counts[section, kind])
        passage_id = self._id(f"{section}-{_LETTER[kind]}{int(number):02d}".removeprefix("-"))
        return self._add(passage_id, kind, number if kind is Kind.RECOMMENDATION or printed else "", block)

    def _id(self, local: str) -> str:
        self.ids[local] += 1
        again = f"-{self.ids[local]}" if self.ids[local] > 1 else ""
        return f"{self.report.id}#{local}{again}"

    def _add(
        self,
        passage_id: str,
        kind: Kind,
        number: str,
        block: _Block,
        *,
        lead_in: str = "",
        headings: tuple[str, ...] | None = None,
    ) -> Passage:
        report = self.report
        passage = Passage(
            id=passage_id,
            report_id=report.id,
            kind=kind,
            number=number,
            headings=tuple(one.text for one in self.headings) if headings is None else headings,
            lead_in=lead_in,
            text=report.text[block.start : block.end],
            start=block.start,
            end=block.end,
            page=report.page_at(block.start),
            line=report.line_at(block.start),
            language=self.language,
        )
        self.passages.append(passage)
        return passage
