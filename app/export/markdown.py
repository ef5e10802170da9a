"""Serializes an export as Markdown (CommonMark with GitHub's footnotes): block quotes, a footnote for each entry.

Untrusted text is escaped, so that it shows as it is and can be neither markup nor a footnote of ours.
"""

import re

from app.export.document import CitedEntry, Export
from app.export.outline import BlockQuote, Footnote, Heading, Line, Title, build_outline
from ingest.report import normalize_for_display
from ingest.sanitize import sanitize_text
from retrieval.verification.quotes import MARK_PATTERN

_MARKUP = re.compile(r"[\\`*_\[\]<>&|~$^#{}]")
_BLOCK_START = re.compile(r"([-+=:]|\d{1,9}(?=[.)]))")  # at the beginning of a line: a list, a rule, a definition
_LIST_NUMBER = re.compile(r"(\d{1,9})([.)])")

_STYLES = {"name": "**{}**", "lead": "*{}*", "translation": "*{}*"}


def write(export: Export) -> bytes:
    """Serialize an export: headings, quotes with footnote references, provenance, footnotes."""
    lines: list[str] = []
    notes: list[str] = []
    for item in build_outline(export):
        match item:
            case Title(text):
                lines.append(f"# {escape_markdown(text)}")
            case Heading(text, level):
                lines.append(f"{'#' * (level + 1)} {escape_markdown(text)}")
            case BlockQuote(text, note=number):
                lines.append(f"> {escape_markdown(text)} [^{number}]")
            case Line(text, role, numbers):
                words = _link_footnotes(text, numbers)
                lines.append(_STYLES.get(role, "{}").format(words))
            case Footnote(number, entry):
                notes.append(f"[^{number}]: {_note(entry)}")
    return ("\n\n".join([*lines, *notes]) + "\n").encode("utf-8", "replace")


def escape_markdown(text: str) -> str:
    """Escape untrusted text for one line of Markdown.

    >>> escape_markdown("1. *a* [^1]: | `x`")
    '1\\\\. \\\\*a\\\\* \\\\[\\\\^1\\\\]: \\\\| \\\\`x\\\\`'
    """
    signs = _escape_markup(text)
    if found := _LIST_NUMBER.match(signs):
        return f"{found[1]}\\{signs[found.end(1) :]}"
    return f"\\{signs}" if _BLOCK_START.match(signs) else signs


def _escape_markup(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", sanitize_text(normalize_for_display(text)))


def _link_footnotes(text: str, notes: dict[int, int]) -> str:
    """Escape text and turn the marks of entries into footnote references."""
    pieces: list[str] = []
    reached = 0
    for found in MARK_PATTERN.finditer(text):
        if number := notes.get(int(found[1])):
            pieces += [_escape_stretch(text[reached : found.start()], first=not pieces), f"[^{number}]"]
            reached = found.end()
    return "".join([*pieces, _escape_stretch(text[reached:], first=not pieces)])


def _escape_stretch(text: str, *, first: bool) -> str:
    """Escape a stretch of a line, keeping the space around it; ``first`` is at the line's beginning."""
    words = escape_markdown(text) if first else _escape_markup(text)
    before = " " if text[:1].isspace() and not first else ""
    after = " " if words and text[-1:].isspace() else ""
    return before + words + after


def _note(entry: CitedEntry) -> str:
    fence = "`" * (max(map(len, re.findall("`+", entry.id)), default=0) + 1)
    padded = f" {entry.id} " if "`" in entry.id else entry.id
    return f"{escape_markdown(entry.citation)} {fence}{padded}{fence}"
