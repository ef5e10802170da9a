"""Reports made of a plain text or of blocks, and the passages they become, for the tests of the splitter."""

from ingest.readers.extract import Extract
from ingest.readers.structure import find_structure
from ingest.readers.text.plain import find_paragraphs
from ingest.report import Block, Kind, Metadata, Passage, Report, normalize_for_display
from ingest.split.splitter import split


def find_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text, as they are read."""
    return find_structure(text, find_paragraphs(text))


def report(extract: Extract, language: str = "en") -> Report:
    return Report("r", extract.text, Metadata(language=language), "", extract.blocks, extract.pages)


def passages(text: str, language: str = "en") -> list[Passage]:
    """The passages of a plain text but its first line, the title."""
    whole = f"The Valley\n\n{text}"
    title, *found = split(report(Extract(whole, find_blocks(whole)), language))
    assert title.kind is Kind.FACT
    return found


def look(found: list[Passage]) -> list[tuple[Kind, str, str]]:
    return [(passage.kind, passage.number, normalize_for_display(passage.text)) for passage in found]


R, PART, P, NOTE = Kind.RECOMMENDATION, Kind.PART, Kind.PARAGRAPH, Kind.NOTE
