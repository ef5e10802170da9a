"""Serializes an export as Markdown (CommonMark with GitHub's footnotes): block quotes, a footnote for each entry.

Untrusted text is escaped, so that it shows as it is and can be neither markup nor a footnote of ours.
"""

import re
from collections.abc import Iterator

from app.export.document import Entry, Export
from app.export.outline import Heading, Line, Note, Quoted, Titled, outlined
from ingest.report import for_reading
from ingest.sanitize import visible
from retrieval.verification.quotes import MARK

_SIGNS = re.compile(r"[\\`*_\[\]<>&|~$^#{}]")
_BEGINS = re.compile(r"([-+=:]|\d{1,9}(?=[.)]))")  # at the beginning of a line: a list, a rule, a definition
_NUMBERED = re.compile(r"(\d{1,9})([.)])")
_FOOTNOTE = re.compile(r"\[\^\d+\]: .* (`+) ?((?:(?!\1).)+?) ?\1", re.DOTALL)

_STYLED = {"name": "**{}**", "lead": "*{}*", "translation": "*{}*"}


def write(export: Export) -> bytes:
    """Serialize an export: headings, quotes with footnote references, provenance, footnotes."""
    lines: list[str] = []
    notes: list[str] = []
    for item in outlined(export):
        match item:
            case Titled(text):
                lines.append(f"# {escaped(text)}")
            case Heading(text, level):
                lines.append(f"{'#' * (level + 1)} {escaped(text)}")
            case Quoted(text, note=number):
                lines.append(f"> {escaped(text)} [^{number}]")
            case Line(text, role, numbers):
                words = _marked(text, numbers)
                lines.append(_STYLED.get(role, "{}").format(words))
            case Note(number, entry):
                notes.append(f"[^{number}]: {_note(entry)}")
    return ("\n\n".join([*lines, *notes]) + "\n").encode("utf-8", "replace")


def ids(data: bytes) -> list[str]:
    """Read the passage ids from the ends of the footnotes."""
    return [found[2] for line in _lines(data) if (found := _FOOTNOTE.fullmatch(line))]


def escaped(text: str) -> str:
    """Escape untrusted text for one line of Markdown.

    >>> escaped("1. *a* [^1]: | `x`")
    '1\\\\. \\\\*a\\\\* \\\\[\\\\^1\\\\]: \\\\| \\\\`x\\\\`'
    """
    signs = _SIGNS.sub(lambda found: "\\" + found[0], visible(for_reading(text)))
    if found := _NUMBERED.match(signs):
        return f"{found[1]}\\{signs[found.end(1) :]}"
    return f"\\{signs}" if _BEGINS.match(signs) else signs


def _marked(text: str, notes: dict[int, int]) -> str:
    """Escape text and turn the marks of entries into footnote references."""
    pieces: list[str] = []
    reached = 0
    for found in MARK.finditer(text):
        if number := notes.get(int(found[1])):
            pieces += [_within(text[reached : found.start()], first=not pieces), f"[^{number}]"]
            reached = found.end()
    return "".join([*pieces, _within(text[reached:], first=not pieces)])


def _within(text: str, *, first: bool) -> str:
    """Escape a stretch of a line, keeping the space around it; ``first`` is at the line's beginning."""
    words = escaped(text) if first else _SIGNS.sub(lambda found: "\\" + found[0], visible(for_reading(text)))
    before = " " if text[:1].isspace() and not first else ""
    after = " " if words and text[-1:].isspace() else ""
    return before + words + after


def _note(entry: Entry) -> str:
    fence = "`" * (max(map(len, re.findall("`+", entry.id)), default=0) + 1)
    padded = f" {entry.id} " if "`" in entry.id else entry.id
    return f"{escaped(entry.citation)} {fence}{padded}{fence}"


def _lines(data: bytes) -> Iterator[str]:
    return iter(data.decode("utf-8").split("\n"))
