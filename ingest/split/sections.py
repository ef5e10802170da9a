"""Detects headings and the title, and groups the blocks between headings into sections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.lexicon.list_markers import parse_markers
from ingest.lexicon.sentences import SENTENCE_END, find_sentences
from ingest.lexicon.structure import (
    LIST_ANNOUNCEMENT,
    RECOMMENDATION_NOUN,
    SECTION_NUMBER,
    announces_comments,
)
from ingest.report import BlockRole
from ingest.split.tree import Node

MAX_HEADING_LENGTH = 160  # characters; nothing longer is taken for one unless its file says so


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, with the level that the file states or the style that stands for it."""

    style: str  # headings of one style stand on one level
    text: str
    level: int | None = None  # as the file states it


@dataclass(frozen=True, slots=True)
class Section:
    """Properties shared by the blocks from one heading to the next."""

    items: tuple[Node, ...]  # that no other block holds
    announcing: frozenset[str]  # styles of the marks of items that only announce the recommendations below them


def detect_heading(node: Node, text: str, following: Node | None) -> Heading | None:
    """Return the heading that a block is, or None."""
    block = node.block
    if block.role is BlockRole.HEADING:
        return Heading((not block.level and find_style(text)) or f"level {block.level}", text, block.level)
    if block.role is not BlockRole.TEXT or len(text) > MAX_HEADING_LENGTH or not (following or node.children):
        return None
    if text.endswith(":"):
        return Heading("list", text) if node.children else None
    if not looks_like_heading(text):
        return None
    section = SECTION_NUMBER.match(text)
    return Heading(section["unit"].lower() if section else find_style(text) or "plain", text)


def find_style(text: str) -> str:
    """The kind of number that a heading begins with: those of one kind stand on one level."""
    return next((marker.kind for marker in parse_markers(text) if marker.values), "")


def looks_like_heading(text: str) -> bool:
    """Whether a line looks like a heading: short, capitalized, without closing punctuation.

    >>> [looks_like_heading(line) for line in ("Recommendations", "Adopt the law.", "as soon as possible")]
    [True, False, False]
    """
    ends = SENTENCE_END.search(text) or text.endswith((";", ","))
    return len(text) <= MAX_HEADING_LENGTH and not (ends or text[:1].islower() or "\t" in text)


def group_by_heading(
    nodes: Sequence[Node], texts: Sequence[str], headings: Sequence[Heading | None]
) -> Iterator[tuple[Section, list[int]]]:
    """Group nodes by heading: yield each section with the positions of its nodes."""
    starts = [at for at, heading in enumerate(headings) if heading and heading.style != "list"]
    for start, end in pairwise(sorted({0, *starts, len(nodes)})):
        members = list(range(start, end))
        items = tuple(nodes[at] for at in members if nodes[at].block.role is BlockRole.ITEM)
        announcing = {
            node.marker.style
            for at in members
            if (node := nodes[at]).marker and node.children and announces_recommendations(texts[at])
        }
        yield Section(items, frozenset(announcing)), members


def has_siblings(at: int, headings: Sequence[Heading | None]) -> bool:
    """Whether a heading stands beside others of its level: a title of sections does not."""
    levels = [heading.level for other, heading in enumerate(headings) if heading and other != at]
    own = headings[at]
    return own is not None and own.level is not None and own.level in levels


def announces_recommendations(text: str) -> bool:
    """Whether a numbered paragraph only announces the recommendations listed below it."""
    first = text[slice(*find_sentences(text)[0])] if text else ""
    announced = RECOMMENDATION_NOUN.search(first) and LIST_ANNOUNCEMENT.search(text)
    return bool(announced) and not announces_comments(text)
