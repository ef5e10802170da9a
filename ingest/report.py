"""Data classes of ingestion: a report with its blocks and metadata, and the passages it is split into."""

import bisect
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_WORD_BROKEN_AT_LINE_END = re.compile(r"(?<=\w)([-\u2010])[ \t]*(?:\r\n|\r|\n)[ \t]*(?=[^\W\d_])")
_PLACE = re.compile(r"[a-z]0*([^#-]+)(?:-\d+)?$")
_RECOMMENDS = re.compile(r"#(?:[\d.]+-)?r[^#]*$")  # in an id: roundtable 1.1's fifth recommendation is "…#1.1-r05"


class Kind(StrEnum):
    """The kind of a passage within its report."""

    RECOMMENDATION = "recommendation"
    COMMITMENT = "commitment"
    PROPOSAL = "proposal"
    DECISION = "decision"
    PART = "part"  # a numbered item inside a recommendation
    PARAGRAPH = "paragraph"
    CONCLUSION = "conclusion"
    OBSERVATION = "observation"
    NOTE = "note"  # a footnote or endnote
    FACT = "fact"  # about the report itself: title, rapporteur, date


ACTS = (Kind.RECOMMENDATION, Kind.COMMITMENT, Kind.PROPOSAL, Kind.DECISION)  # what asks for or undertakes something


class Strength(StrEnum):
    """Deontic strength of a passage: how strongly it asks for what it says."""

    OBLIGATION = "obligation"  # "deben", "must", "shall"
    RECOMMENDATION = "recommendation"  # "recomendamos", "should", or plainly an instruction: "Ratify …"
    POSSIBILITY = "possibility"  # "podrían", "may"
    STATEMENT = "statement"  # says how things are


class BlockRole(StrEnum):
    """The role of a block by its file's own markup, before its words are interpreted."""

    HEADING = "heading"
    ITEM = "item"  # bulleted, numbered or lettered
    TEXT = "text"
    ROW = "row"  # of a table: its cells, with tabs between them
    NOTE = "note"  # footnote or endnote


@dataclass(frozen=True, slots=True)
class Block:
    """A span of a report's text that its file sets apart; blocks are in order and do not overlap."""

    role: BlockRole
    start: int  # characters in the report's text, half-open; an item starts behind its marker
    end: int
    marker: str = ""  # of an item or note, as printed in front of it: "•", "1.", "(a)", "87.23"
    level: int | None = None  # heading: outline level from 1; item: depth from 0; None where nothing says


READ_BY_OCR, NO_TEXT, DAMAGED_TEXT = "read by OCR", "no text", "damaged text"  # kinds of warnings of a page


class ReadingWarning(NamedTuple):
    """What of a file was not read, or not surely."""

    kind: str  # a word that programs can go by: "no text", "title"
    message: str  # for a person, with the remedy
    page: int | None = None  # from 1
    confidence: float | None = None  # of what was read by OCR, mean of its letters, from 0 to 1

    def describe(self) -> str:
        """The message with its page in front."""
        return f"page {self.page} {self.message}" if self.page else self.message


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata of a report; a field that nobody stated is empty."""

    title: str = ""
    forum: str = ""
    year: int | None = None
    place: str = ""
    rapporteur: str = ""
    date: str = ""  # ISO 8601
    language: str = ""  # ISO 639-1
    symbol: str = ""  # of the document, as printed: "A/HRC/11/17"
    session: str = ""  # as printed: "Eleventh session"
    page_labels: tuple[str, ...] = ()  # of each page, as printed ("ii", "1"), where they are not their count
    warnings: tuple[ReadingWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One report, exactly as extracted from its file.

    ``text`` is never altered: offsets into it are characters (code points), half-open, and every passage is a slice
    of it. ``pages`` says from which offset on the text stands on which page, in order of offsets (a note may stand
    behind text of the page after its own); it is empty where the file has no pages.
    """

    id: str
    text: str
    metadata: Metadata
    file_hash: str  # SHA-256 of the file's bytes, hexadecimal
    blocks: tuple[Block, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()  # (offset, page from 1)
    line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "line_starts", find_line_starts(self.text))

    def line_at(self, offset: int) -> int:
        """The line of a character offset, from 1."""
        return bisect.bisect_right(self.line_starts, offset)

    def page_at(self, offset: int) -> int:
        """The page of a character offset, from 1."""
        before = bisect.bisect_right(self.pages, (offset, sys.maxsize))
        return self.pages[before - 1][1] if before else 1

    def page_label(self, page: int) -> str:
        """What is printed as a page's number; its count where nothing says."""
        labels = self.metadata.page_labels
        return labels[page - 1] if page <= len(labels) else str(page)

    def label_pages(self, pages: Iterable[int]) -> str:
        """Pages in order as printed: "2, 5–9"."""
        runs = [[page for _, page in run] for _, run in groupby(enumerate(pages), key=lambda pair: pair[1] - pair[0])]
        return ", ".join("–".join(map(self.page_label, run[:1] + run[1:][-1:])) for run in runs)

    def ocr_confidence(self, page: int) -> float | None:
        """How surely a page was read by OCR, from 0 to 1; None where it was not."""
        read = (it for it in self.metadata.warnings if it.kind == READ_BY_OCR and it.page == page)
        return next((it.confidence or 0.0 for it in read), None)


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable unit of a report: ``text`` is ``report.text[start:end]``, nothing else.

    ``id`` is readable and stable across runs: ``gfmd-2010-mesa-redonda-1#1.2-r07`` is the seventh recommendation of
    roundtable 1.2, ``…#1.1-r05.2`` the second part of the fifth of 1.1. What the report does not state is empty.
    """

    id: str
    report_id: str
    kind: Kind
    number: str  # as printed, with that of the whole it is of: "7", "5.2", "87.23 (2nd)"; empty where there is none
    headings: tuple[str, ...]  # outermost first, normalized for reading
    lead_in: str  # the sentence of the parent that introduces a part; empty otherwise
    text: str
    start: int  # characters in the report's text, half-open
    end: int
    page: int  # from 1
    line: int  # from 1
    language: str  # ISO 639-1
    by: tuple[str, ...] = ()  # who made it, as printed: ("Albania",)
    addressees: tuple[str, ...] = ()  # to whom, as printed: ("Gobierno Nacional", "Congreso de la República")
    labels: tuple[tuple[str, str], ...] = ()  # printed with it, name and value: (("term", "Corto"),); see `labels`
    strength: Strength | None = None
    strength_words: tuple[str, ...] = ()  # slices of ``text`` that show the strength, negation included
    reason: str = ""  # why it is held to be of its kind

    @property
    def parent_id(self) -> str | None:
        """The id of the passage that a part belongs to; None for other kinds."""
        return self.id.rpartition(".")[0] if self.kind is Kind.PART else None

    @property
    def recommends(self) -> bool:
        """Whether it asks for or undertakes something, or is a part of what does, by its kind and id."""
        return recommends(self.kind, self.id)


def place_of(passage_id: str) -> str:
    """The place of a passage in its section's list by its id, which is its printed number where it has one.

    >>> place_of("a#1.1-r05.2"), place_of("a#p03"), place_of("a#r05-2")
    ('5.2', '3', '5')
    """
    found = _PLACE.search(passage_id.rpartition("#")[2])
    return found[1] if found else ""


def recommends(kind: Kind, passage_id: str) -> bool:
    """Whether a passage with this kind and id asks for or undertakes something, or is a part of what does.

    >>> recommends(Kind.PART, "a#1.1-r05.2"), recommends(Kind.PART, "a#p03.1")
    (True, False)
    """
    return kind in ACTS or (kind is Kind.PART and bool(_RECOMMENDS.search(passage_id)))


def find_line_starts(text: str) -> tuple[int, ...]:
    """Character offsets at which the lines begin; a line ends with CR LF, CR or LF."""
    return (0, *(match.end() for match in _LINE_BREAK.finditer(text)))


def normalize_for_display(text: str) -> str:
    """Normalize text for display, the only change between source and screen: collapse white space.

    A hyphen at a line's end stays, with no space behind it. Nothing else changes: typing errors stay, this is a
    quotation.

    >>> normalize_for_display("los gobiernosdeben  cooperar franco-\\n  españoles \\n")
    'los gobiernosdeben cooperar franco-españoles'
    """
    return " ".join(_WORD_BROKEN_AT_LINE_END.sub(r"\1", text).split())
