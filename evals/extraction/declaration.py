"""Measures headings, bullets and paragraphs of one declaration in four languages against its Markdown.

The Markdown is parsed here by three rules of its own: a paragraph that is all bold is a heading, a line
that begins with "-" begins a bullet, a blank line ends either.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.extraction.tally import Tally
from evals.public_data import require_public
from ingest.readers.read import read_report
from ingest.report import Kind, Passage, normalize_for_display
from ingest.split.splitter import split

TARGETS = {"a heading is found": "100 %", "a bullet is found under its heading": "100 %"}
DECLARATION_FOLDER = "la_declaration_migration"
DECLARATION_LANGUAGES = ("en", "es", "fr", "pt")
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_MARKS = re.compile(r"[*_\\]|<[^<>]*>")
_FIRST_WORDS = 6  # first words by which a bullet or paragraph is known


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet or paragraph: its heading, its first words, and whether it is a bullet."""

    heading: str
    words: str
    bullet: bool


def compare() -> Tally:
    """Compare headings, bullets and paragraphs of each language with the Markdown's. Raises RelatoriaError."""
    tally = Tally("declaration")
    for language in DECLARATION_LANGUAGES:
        path = require_public(f"{DECLARATION_FOLDER}/declaration.{language}.md")
        expected = list(parse_markdown(path.read_text(encoding="utf-8")))
        found = convert_passages(split(read_report(path, f"declaration-{language}")))
        theirs, ours = ({item.heading: 1 for item in items if item.heading} for items in (expected, found))
        for heading in theirs:
            tally.add("a heading is found", language, heading in ours, heading)
        for heading in ours:
            tally.add("a heading found is one", language, heading in theirs, heading)
        for item in expected:
            measure = "a bullet is found under its heading" if item.bullet else "a paragraph is found under its heading"
            tally.add(measure, language, item in found, f"{item.words} (under “{item.heading[:60]}”)")
    return tally


def parse_markdown(markdown: str) -> Iterator[Item]:
    """Parse the bullets and paragraphs of the Markdown's body, by the rules above.

    >>> [(item.heading, item.words) for item in parse_markdown("**A head**\\n\\nText.\\n\\n-   One\\n    more")]
    [('A head', 'Text.'), ('A head', 'One more')]
    """
    heading = ""
    body = re.sub(r"\A---\n.*?\n---\n", "", markdown, count=1, flags=re.DOTALL)
    for block in re.split(r"\n[^\S\n]*\n", re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)):
        text = block.strip()
        if not any(map(str.isalpha, text)):
            continue
        if _BOLD.fullmatch(text):
            heading = _strip_markup(text)
            continue
        for line in re.split(r"\n(?=-\s)", text):
            bullet = re.match(r"-\s+", line)
            yield Item(heading, first_words(_strip_markup(line[bullet.end() :] if bullet else line)), bool(bullet))


def convert_passages(passages: Sequence[Passage]) -> list[Item]:
    """Convert the product's passages to items, each under its innermost heading; facts are left out."""
    return [
        Item(
            normalize_for_display("".join(passage.headings[-1:])),
            first_words(_strip_markup(passage.text)),
            passage.reason == "an item of a list",
        )
        for passage in passages
        if passage.kind is not Kind.FACT
    ]


def first_words(text: str) -> str:
    """Return the first six words, by which a passage is identified whatever its line breaks."""
    return " ".join(text.split()[:_FIRST_WORDS])


def _strip_markup(text: str) -> str:
    return normalize_for_display(_MARKS.sub("", text))
