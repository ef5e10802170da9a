"""The values that ingestion hands on: a report as extracted, and the passages it is made of."""

import bisect
import re
from dataclasses import dataclass, field
from enum import StrEnum

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_WORD_BROKEN_AT_LINE_END = re.compile(r"(?<=\w)[-\u2010\u00ad][ \t]*(?:\r\n|\r|\n)[ \t]*(?=[a-zà-öø-ÿ])")
_WHITE_SPACE = re.compile(r"\s+")


class Kind(StrEnum):
    """What a passage is within its report."""

    RECOMMENDATION = "recommendation"
    PART = "part"  # a numbered item inside a recommendation
    PARAGRAPH = "paragraph"
    CONCLUSION = "conclusion"
    FACT = "fact"  # about the report itself: title, rapporteur, date


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a report beside its text; a field that nobody stated is empty."""

    title: str = ""
    forum: str = ""
    year: int | None = None
    place: str = ""
    rapporteur: str = ""
    date: str = ""  # ISO 8601
    language: str = ""  # ISO 639-1


@dataclass(frozen=True, slots=True)
class Report:
    """One report, exactly as extracted from its file.

    ``text`` is never altered: offsets into it are characters (code points), half-open, and every
    passage is a slice of it. ``page_starts`` are the offsets where pages begin; a text without
    pages is one page.
    """

    id: str
    text: str
    metadata: Metadata
    file_hash: str  # SHA-256 of the file's bytes, hexadecimal
    page_starts: tuple[int, ...] = (0,)
    line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = (0, *(m.end() for m in _LINE_BREAK.finditer(self.text)))
        object.__setattr__(self, "line_starts", starts)

    def line_at(self, offset: int) -> int:
        """The line of a character, from 1."""
        return bisect.bisect_right(self.line_starts, offset)

    def page_at(self, offset: int) -> int:
        """The page of a character, from 1."""
        return bisect.bisect_right(self.page_starts, offset)


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable unit of a report: ``text`` is ``report.text[start:end]``, nothing else.

    ``id`` is readable and the same on every run: ``gfmd-2010-mesa-redonda-1#1.2-r07`` is the seventh
    recommendation of roundtable 1.2, ``…#1.1-r05.2`` the second part of the fifth of 1.1.
    """

    id: str
    report_id: str
    kind: Kind
    number: str  # as a reader would say it within its section: "7", "5.2"; empty where there is none
    headings: tuple[str, ...]  # outermost first, normalized for reading
    lead_in: str  # the sentence of the parent that introduces a part; empty otherwise
    text: str
    start: int  # characters in the report's text, half-open
    end: int
    page: int  # from 1
    line: int  # from 1
    language: str  # ISO 639-1

    @property
    def parent_id(self) -> str | None:
        """The recommendation a part belongs to."""
        return self.id.rpartition(".")[0] if self.kind is Kind.PART else None


def for_reading(text: str) -> str:
    """The one normalization between source and screen: white space collapsed, broken words joined.

    A word broken by a hyphen at a line's end is joined when it goes on in lower case; whether the
    hyphen belonged to the word ("franco-española") cannot be seen, and it goes. Nothing else is
    touched: typing errors stay, this is a quotation.

    >>> for_reading("los gobiernosdeben  cola-\\n  borar \\n")
    'los gobiernosdeben colaborar'
    """
    return _WHITE_SPACE.sub(" ", _WORD_BROKEN_AT_LINE_END.sub("", text)).strip()
