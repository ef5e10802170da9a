"""The result of a reader (`Extract`), and the builders that assemble it block by block."""

import re
from dataclasses import dataclass, field

from ingest.lexicon.list_markers import parse_markers
from ingest.report import Block, BlockRole, Metadata, ReadingWarning

_SPACES = re.compile(r"[^\S\n]+")
_LANGUAGE = re.compile(r"([a-zA-Z]{2})(?![a-zA-Z])")
_DATE = re.compile(r"(\d{4})(?:[-/](0[1-9]|1[0-2])(?:[-/](0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_INDENT = "  "  # a level of a list
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))  # where a word may break or not: no part of it
STRUCK = ReadingWarning("struck out", "has words that are struck out or deleted: they are left out")
HIDDEN = ReadingWarning("hidden", "has hidden words: they are left out; show them and save it again to have them read")


@dataclass(frozen=True, slots=True)
class FrontLine:
    """Lines close together in one style, among the first of a report, as its title is looked for there."""

    text: str
    size: float = 1.0  # of that of most of the text
    bold: bool = False
    level: int | None = None  # of a heading
    running: bool = False  # printed on further pages too
    close: bool = True  # to the line before it


@dataclass(frozen=True, slots=True)
class PrintedBlock(Block):
    """A block as its reader gives it, with its print: what most of its letters have."""

    size: float = 0.0  # points; 0 where the file does not say
    bold: bool = False
    left: float = 0.0  # points from which its lines begin, of an item those behind the first; 0 where it does not say


@dataclass(frozen=True, slots=True)
class Extract:
    """Extracted text with its blocks, its pages and the metadata that the file states; see `Report`."""

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[tuple[int, int], ...] = ()  # (offset, page from 1)
    metadata: Metadata = field(default_factory=Metadata)
    front: tuple[FrontLine, ...] = ()  # of a file with pages; else its blocks tell
    warnings: tuple[ReadingWarning, ...] = ()


class ExtractBuilder:
    """Assembles an Extract block by block, with an empty line between blocks."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._notes: list[tuple[str, str]] = []
        self.warnings: dict[ReadingWarning, None] = {}

    def heading(self, text: str, level: int | None) -> None:
        """``level`` from 1."""
        self._add(BlockRole.HEADING, text, level=level)

    def text(self, text: str, *, bold: bool = False) -> None:
        self._add(BlockRole.TEXT, text, bold=bold)

    def item(self, text: str, marker: str, level: int, *, bold: bool = False) -> None:
        """``marker`` as a reader of the file sees it ("•", "1.", "(a)"), computed where need be; ``level`` from 0."""
        self._add(BlockRole.ITEM, text, marker=marker, level=level, bold=bold)

    def row(self, cells: list[str]) -> None:
        """A table's row; line breaks inside its cells become spaces, but between numbered paragraphs."""
        self._add(BlockRole.ROW, "\t".join(map(_join_cell, cells)).rstrip("\t"))

    def note(self, text: str, marker: str) -> None:
        """A footnote or endnote; it is placed behind the block that is added next, the one that refers to it."""
        self._notes.append((text, marker))

    def join_lines(self) -> str:
        """Return all that was added as one string, a line for each block: the content of a table cell or of a note."""
        return "\n".join(line.strip() for line in "".join(self._pieces).split("\n") if line.strip())

    def extract(self, metadata: Metadata | None = None) -> Extract:
        """Return all that was added; call once."""
        self._add_notes()
        found = "".join(self._pieces), tuple(self._blocks)
        return Extract(*found, metadata=metadata or Metadata(), warnings=tuple(self.warnings))

    def _add(
        self, role: BlockRole, text: str, *, marker: str = "", level: int | None = None, bold: bool = False
    ) -> None:
        words = (
            text if role is BlockRole.ROW else "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))
        )
        words = words.translate(INVISIBLE).strip("\n")
        if not words.strip():
            return
        if self._pieces:
            self._put("\n\n")
        if marker:
            self._put(_INDENT * (level or 0) + marker + " ")
        start = self._length
        self._put(words)
        self._blocks.append(PrintedBlock(role, start, self._length, marker, level, bold=bold))
        if role is not BlockRole.NOTE:
            self._add_notes()

    def _add_notes(self) -> None:
        notes, self._notes = self._notes, []
        for text, marker in notes:
            self._add(BlockRole.NOTE, text, marker=marker)

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def _join_cell(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    numbered = sum(any(marker.values for marker in parse_markers(line)) for line in lines)
    return ("\n" if numbered > 1 else " ").join(lines)


def parse_date(said: str) -> str:
    """Parse the date, month or year that a text starts with, to ISO 8601; empty where there is none.

    >>> parse_date("2011/06/02T10:00Z"), parse_date("2011"), parse_date("2 June")
    ('2011-06-02', '2011', '')
    """
    found = _DATE.match(said.strip())
    return "-".join(part for part in found.groups() if part) if found else ""


def parse_language_tag(tag: str | None) -> str:
    """Parse the ISO 639-1 code of a language tag; empty when it has none.

    >>> parse_language_tag("es-AR"), parse_language_tag("spanish"), parse_language_tag(None)
    ('es', '', '')
    """
    found = _LANGUAGE.match((tag or "").strip())
    return found[1].lower() if found else ""
