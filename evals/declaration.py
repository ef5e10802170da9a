"""Headings and bullets of one declaration in four languages: `python -m evals.declaration` reads its Markdown.

What is expected is taken from the Markdown itself: a paragraph in bold is a heading, a hyphen in front begins
a bullet. RELATORIA_DATA names the folder that holds ``la_declaration_migration/declaration.es.md`` and its
siblings in en, fr and pt.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from evals.screen import wide_console
from ingest.reading import read
from ingest.report import Passage
from ingest.split import split

LANGUAGES = ("es", "en", "fr", "pt")
_FRONT_MATTER = re.compile(r"---\n.*?\n---\n", re.DOTALL)
_HEADING = re.compile(r"\*\*(?P<words>[^*]+)\*\*\s*")
_BULLET = re.compile(r"-\s+(?P<words>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bullet:
    """An item as the Markdown has it, with the heading it stands under; letters only."""

    letters: str
    heading: str


def expected(markdown: str) -> tuple[list[str], list[Bullet]]:
    """The headings and the bullets, in order.

    >>> expected("**On water**\\n\\nWe drink.\\n\\n-   Mend the\\n    wells")
    (['onwater'], [Bullet(letters='mendthewells', heading='onwater')])
    """
    headings: list[str] = []
    bullets: list[Bullet] = []
    for block in re.split(r"\n\s*\n", _FRONT_MATTER.sub("", markdown, count=1)):
        if heading := _HEADING.fullmatch(block.strip()):
            headings.append(letters(heading["words"]))
        elif bullet := _BULLET.fullmatch(block.strip()):
            bullets.append(Bullet(letters(bullet["words"]), headings[-1] if headings else ""))
    return headings, bullets


def letters(text: str) -> str:
    """The letters of a text, lower case."""
    return "".join(character for character in text.lower() if character.isalpha())


def misses(passages: list[Passage], headings: list[str], bullets: list[Bullet]) -> Iterator[tuple[str, str]]:
    """What is not as expected: ("heading" or "bullet", which)."""
    paths = [[letters(heading) for heading in one.headings] for one in passages]
    for heading in headings:
        if not any(heading in path for path in paths):
            yield "heading", heading
    for bullet in bullets:
        same = [path for one, path in zip(passages, paths, strict=True) if letters(one.text) == bullet.letters]
        if len(same) != 1 or bullet.heading not in same[0]:
            yield "bullet", bullet.letters


def main() -> int:
    """Print the figures by language and the misses; returns the exit status."""
    if "RELATORIA_DATA" not in os.environ:
        sys.stderr.write("Set RELATORIA_DATA to the folder that holds la_declaration_migration.\n")
        return 2
    folder = Path(os.environ["RELATORIA_DATA"]) / "la_declaration_migration"
    screen = wide_console()
    table = Table("language", "headings", "bullets", "paragraphs", "passage languages", title="Declaration")
    for language in LANGUAGES:
        file = folder / f"declaration.{language}.md"
        passages = split(read(file, f"declaration-{language}"))
        headings, bullets = expected(file.read_text(encoding="utf-8"))
        missed = list(misses(passages, headings, bullets))
        for kind, which in missed:
            screen.print(f"missed  {language} {kind}: {which[:80]}", markup=False)
        wrong = [sum(kind == one for kind, _ in missed) for one in ("heading", "bullet")]
        table.add_row(
            language,
            f"{len(headings) - wrong[0]}/{len(headings)}",
            f"{len(bullets) - wrong[1]}/{len(bullets)}",
            str(len(passages) - len(bullets)),
            ", ".join(sorted({one.language for one in passages})),
        )
    screen.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
