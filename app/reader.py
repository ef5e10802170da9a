"""A report's full text for reading, with one stretch of it highlighted in place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.labels import Labels, labels_for
from app.page import Place, escaped
from app.render import about, where
from ingest.report import Kind, Passage, Report, for_reading
from retrieval.assistant import Assistant
from retrieval.frames import frames_for, label

_BLOCK = re.compile(r"\S[^\r\n]*(?:(?:\r\n|\r|\n)[^\S\r\n]*\S[^\r\n]*)*")  # lines without a blank one between them
_LINE = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the report that stands on its own lines."""

    start: int  # characters in the report's text, half-open
    end: int
    kind: str  # heading, text, or a Kind
    number: str = ""
    depth: int = 0  # of a heading, from 0


def blocks(report: Report, passages: Iterable[Passage]) -> Iterator[Block]:
    """The report in reading order: its passages, and the headings and other lines between them."""
    ordered = sorted(passages, key=lambda one: (one.start, -one.end))
    depths = {heading: depth for one in ordered for depth, heading in enumerate(one.headings)}
    whole = [one for one in ordered if one.kind is not Kind.PART]
    parts = [one for one in ordered if one.kind is Kind.PART]
    reached = 0
    for passage in whole:
        if passage.start < reached:
            continue
        yield from _between(report.text, reached, passage.start, depths)
        yield from _passage(report.text, passage, [one for one in parts if one.parent_id == passage.id])
        reached = passage.end
    yield from _between(report.text, reached, len(report.text), depths)


def read_place(assistant: Assistant, fragment: str, language: str) -> str:
    """The report that a link leads to, highlighted where it says; what is gone is said to be gone."""
    at = Place.read(fragment)
    report = assistant.report(at.report_id) if at else None
    if at is None or report is None:
        return gone_html(language)
    within = at.start < at.end <= len(report.text)
    passages = list(assistant.index.store.passages(report.id))
    return reader_html(report, passages, at if within else None, language)


def reader_html(report: Report, passages: Sequence[Passage], at: Place | None, language: str) -> str:
    """The report as a page of its own panel; what is ``at`` is marked, the first of it as ``r-here``."""
    labels = labels_for(language)
    body = "".join(_block_html(report.text, one, at) for one in blocks(report, passages))
    body = body.replace('<mark class="r-hit"', '<mark id="r-here" tabindex="-1" class="r-hit"', 1)
    known = report.metadata
    lang = f' lang="{escaped(known.language)}"' if known.language else ""
    return (
        f'<section class="r-report" aria-label="{escaped(labels.report)}"><header>{_back(labels)}'
        f'<cite{lang} dir="auto">{escaped(known.title or report.id)}</cite><span class="r-about"{lang}>'
        f'{escaped(about(report))}</span>{_named(report, passages, at, language)}</header><div class="r-paper" '
        f'tabindex="0" role="document" aria-label="{escaped(known.title or report.id)}"{lang} dir="auto">{body}</div>'
        "</section>"
    )


def gone_html(language: str) -> str:
    """The panel when a link leads nowhere any more."""
    labels = labels_for(language)
    said = f'<p class="r-gone" role="status">{escaped(labels.gone)}</p>'
    return f'<section class="r-report"><header>{_back(labels)}</header>{said}</section>'


def innermost(passages: Iterable[Passage], at: Place) -> Passage | None:
    """The smallest passage that holds a place."""
    holding = [one for one in passages if one.start <= at.start < at.end <= one.end]
    return min(holding, key=lambda one: one.end - one.start, default=None)


def _back(labels: Labels) -> str:
    return f'<button type="button" class="r-back" data-close="">{escaped(labels.back)}</button>'


def _named(report: Report, passages: Sequence[Passage], at: Place | None, language: str) -> str:
    """What the highlighted passage is called and where it stands."""
    passage = innermost(passages, at) if at else None
    if passage is None:
        return ""
    _, frames = frames_for(language)
    named = f"<b>{escaped(label(passage, frames))}</b> · {escaped(where(passage, report, frames))}"
    return f'<span class="r-named" role="status">{named}</span>'


def _between(text: str, start: int, end: int, depths: dict[str, int]) -> Iterator[Block]:
    """Headings and loose lines; bullets and other signs alone are left to the page's own layout."""
    for found in _BLOCK.finditer(text, start, end):
        spans = [found.span()]
        if for_reading(found[0]) not in depths and any(
            for_reading(line[0]) in depths for line in _LINE.finditer(found[0])
        ):
            spans = [line.span() for line in _LINE.finditer(text, *found.span())]
        for first, last in spans:
            words = for_reading(text[first:last])
            if words in depths:
                yield Block(first, last, "heading", depth=depths[words])
            elif any(one.isalnum() for one in words):
                yield Block(first, last, "text")


def _passage(text: str, passage: Passage, parts: Sequence[Passage]) -> Iterator[Block]:
    """A passage as one block, or as its opening and a block for each of its parts."""
    reached, number = passage.start, passage.number
    for part in parts:
        line = max(text.rfind("\n", reached, part.start), text.rfind("\r", reached, part.start)) + 1
        begin = max(line, reached)  # the part's own sign ("2.") stands before it on its line
        if text[reached:begin].strip():
            yield Block(reached, begin, passage.kind, number)
            number = ""
        yield Block(begin, part.end, Kind.PART)
        reached = part.end
    if text[reached : passage.end].strip():
        yield Block(reached, passage.end, passage.kind, number)


def _block_html(text: str, block: Block, at: Place | None) -> str:
    words = _words(text, block, at)
    if block.kind == "heading":
        level = min(block.depth + 3, 6)
        return f"<h{level}>{words}</h{level}>"
    number = f'<span class="r-number" aria-hidden="true">{escaped(block.number)}</span>' if block.number else ""
    return f'<p class="r-is-{escaped(block.kind)}">{number}{words}</p>'


def _words(text: str, block: Block, at: Place | None) -> str:
    """The block's words for reading, cut where the highlight begins and ends."""
    first = min(max(at.start, block.start), block.end) if at else block.end
    last = min(max(at.end, block.start), block.end) if at else block.end
    pieces = (text[block.start : first], text[first:last], text[last : block.end])
    shown = [_spaced(piece) for piece in pieces]
    if shown[1].strip():
        shown[1] = f'<mark class="r-hit">{shown[1]}</mark>'
    return "".join(shown).strip()


def _spaced(piece: str) -> str:
    """For reading, but with the space that parts it from its neighbour."""
    words = escaped(for_reading(piece))
    if not words:
        return " " if piece else ""
    return (" " if piece[0].isspace() else "") + words + (" " if piece[-1].isspace() else "")
