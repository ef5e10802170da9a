"""Measures headings, bullets and paragraphs of one declaration in four languages against its Markdown.

The Markdown is parsed here by three rules of its own: a paragraph that is all bold is a heading, a line
that begins with "-" begins a bullet, a blank line ends either.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.console import command_parser, wide_console
from evals.public_data import require_public
from ingest.errors import RelatoriaError
from ingest.readers.read import read_report
from ingest.report import Kind, Passage, normalize_for_display
from ingest.split.splitter import split

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


def main(arguments: list[str] | None = None) -> int:
    """Run the command: print per language the figures, then the misses; return the exit status."""
    command_parser("evals.extraction.declaration", (__doc__ or "").split("\n")[0]).parse_args(arguments)
    screen = wide_console()
    shapes = set()
    for language in DECLARATION_LANGUAGES:
        try:
            path = require_public(f"{DECLARATION_FOLDER}/declaration.{language}.md")
            expected = list(parse_markdown(path.read_text(encoding="utf-8")))
            found = convert_passages(split(read_report(path, f"declaration-{language}")))
        except (RelatoriaError, OSError) as error:
            wide_console(stderr=True).print(str(error), markup=False, soft_wrap=True)
            return 1
        shapes.add(count_bullets(found))
        for line in _report_lines(language, expected, found):
            screen.print(line, markup=False, soft_wrap=True)
    same = "the same" if len(shapes) == 1 else f"{len(shapes)} different ones"
    screen.print(f"Structure across the four languages (bullets under each heading): {same}")
    return 0


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


def count_bullets(items: Sequence[Item]) -> tuple[int, ...]:
    """Count the bullets under each heading, in order."""
    headings = dict.fromkeys(item.heading for item in items)
    return tuple(sum(item.bullet for item in items if item.heading == heading) for heading in headings)


def first_words(text: str) -> str:
    """Return the first six words, by which a passage is identified whatever its line breaks."""
    return " ".join(text.split()[:_FIRST_WORDS])


def _strip_markup(text: str) -> str:
    return normalize_for_display(_MARKS.sub("", text))


def _report_lines(language: str, expected: Sequence[Item], found: Sequence[Item]) -> Iterator[str]:
    """Yield one line of figures, then one per miss."""
    theirs = list(dict.fromkeys(item.heading for item in expected if item.heading))
    ours = list(dict.fromkeys(item.heading for item in found if item.heading))
    bullets = [item for item in expected if item.bullet]
    paragraphs = [item for item in expected if not item.bullet]
    right = [bullet for bullet in bullets if bullet in found]
    known = {(item.heading, item.words) for item in found if not item.bullet}
    placed = [paragraph for paragraph in paragraphs if (paragraph.heading, paragraph.words) in known]
    listed = sum(item.bullet for item in found)
    yield (
        f"{language}: headings {sum(heading in ours for heading in theirs)}/{len(theirs)} ({len(ours)} found), "
        f"bullets under their heading {len(right)}/{len(bullets)} ({listed} found), paragraphs under theirs "
        f"{len(placed)}/{len(paragraphs)}"
    )
    for heading in theirs:
        if heading not in ours:
            yield f"  no heading: {heading}"
    for heading in ours:
        if heading not in theirs:
            yield f"  a heading that is none: {heading[:100]}"
    for bullet in [*bullets, *paragraphs]:
        if bullet not in [*right, *placed]:
            yield f"  not found there: {bullet.words} (under “{bullet.heading[:60]}”)"


if __name__ == "__main__":
    sys.exit(main())
