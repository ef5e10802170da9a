"""Renders a report's full text as HTML, by templates/reader.html, with the cited span highlighted in place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.i18n.labels import labels_for
from app.render.links import Place, compute_seal, find_passage, place_of
from app.render.markup import fill
from ingest.report import Kind, Passage, Report, normalize_for_display
from retrieval.answer.templates import templates_for
from retrieval.assistant import Assistant

WINDOW = 200_000  # characters of a report at one time
_BLOCK = re.compile(r"\S[^\r\n]*(?:(?:\r\n|\r|\n)[^\S\r\n]*\S[^\r\n]*)*")  # lines without a blank one between them
_LINE = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class ReaderBlock:
    """A block of the rendered report: a heading, a loose paragraph, a passage or a part of one."""

    start: int  # characters in the report's text, half-open
    end: int
    kind: str  # heading, text, or a Kind
    number: str = ""
    depth: int = 0  # of a heading, from 0


def layout_blocks(report: Report, passages: Iterable[Passage]) -> Iterator[ReaderBlock]:
    """Segment a report into blocks in reading order: its passages, and the headings and other lines between them."""
    ordered = sorted(passages, key=lambda passage: (passage.start, -passage.end))
    depths = {heading: depth for passage in ordered for depth, heading in enumerate(passage.headings)}
    whole = [passage for passage in ordered if passage.kind is not Kind.PART]
    parts = [passage for passage in ordered if passage.kind is Kind.PART]
    reached = 0
    for passage in whole:
        if passage.start < reached:
            continue
        yield from _blocks_between(report.text, reached, passage.start, depths)
        yield from _passage_blocks(report.text, passage, [part for part in parts if part.parent_id == passage.id])
        reached = passage.end
    yield from _blocks_between(report.text, reached, len(report.text), depths)


def place_html(assistant: Assistant, fragment: str, language: str) -> str:
    """Render the report at the span of a link's URL fragment.

    A missing report gives a notice. A quote whose text has moved is looked up by its seal (a hash) among the report's
    passages; where no passage has it, the notice says so and nothing is highlighted.
    """
    at = Place.parse(fragment)
    report = assistant.report(at.report_id) if at else None
    if at is None or report is None:
        return missing_html(language)
    passages = list(assistant.index.store.passages(report.id))
    if at.seal and compute_seal(report.text[at.start : at.end]) != at.seal:
        moved = [place_of(passage) for passage in passages if at.seal == compute_seal(passage.text)]
        if not moved:
            now = next((passage for passage in passages if passage.id == at.passage_id), None)
            changed = fill("reader", "changed", now, labels_for(language))
            return reader_html(report, passages, None, language, around=at.start, notice=changed)
        was = at
        at = min(moved, key=lambda place: (place.passage_id != was.passage_id, abs(place.start - was.start)))
    within = at.start < at.end <= len(report.text)
    return reader_html(report, passages, at if within else None, language, around=at.start)


def record_html(assistant: Assistant, passage_id: str, language: str) -> str:
    """Render the report at the passage of a permanent link, or a notice where the passage is gone."""
    passage = find_passage(assistant, passage_id)
    return place_html(assistant, place_of(passage).fragment, language) if passage else missing_html(language)


def reader_html(
    report: Report,
    passages: Sequence[Passage],
    at: Place | None,
    language: str,
    *,
    around: int | None = None,
    notice: str = "",
) -> str:
    """Render the report with the span ``at`` in ``<mark>`` elements, the first with id ``r-here``.

    Of a long report the WINDOW ``around`` a character offset is shown, with links to the text before and after it.
    """
    labels = labels_for(language)
    middle = at.start if at else around or 0
    first = max(0, min(middle - WINDOW // 2, len(report.text) - WINDOW))
    last = first + WINDOW
    some = (block for block in layout_blocks(report, passages) if block.end > first and block.start < last)
    shown = {
        "report": report,
        "passage": innermost_passage(passages, at) if at else None,
        "frames": templates_for(language)[1],
        "notice": notice,
        "blocks": ((block, _pieces(report.text, block, at)) for block in some),
        "earlier": _window_at(report, first - WINDOW // 2) if first > 0 else None,
        "later": _window_at(report, last + WINDOW // 2) if last < len(report.text) else None,
    }
    return fill("reader", "report", shown, labels)


def _window_at(report: Report, middle: int) -> Place:
    """Another window of a long report."""
    at = max(0, min(middle, len(report.text)))
    return Place(report.id, at, at)


def missing_html(language: str, why: str = "") -> str:
    """Render the notice that a link's target is gone, or, with ``why``, cannot be read now."""
    labels = labels_for(language)
    return fill("reader", "missing", why or labels.gone, labels)


def innermost_passage(passages: Iterable[Passage], at: Place) -> Passage | None:
    """The shortest passage whose span contains a place; None where none does."""
    holding = [passage for passage in passages if passage.start <= at.start < at.end <= passage.end]
    return min(holding, key=lambda passage: passage.end - passage.start, default=None)


def _blocks_between(text: str, start: int, end: int, depths: dict[str, int]) -> Iterator[ReaderBlock]:
    """Headings and loose lines; bullets and other signs alone are left to the page's own layout."""
    for found in _BLOCK.finditer(text, start, end):
        spans = [found.span()]
        if normalize_for_display(found[0]) not in depths and any(
            normalize_for_display(line[0]) in depths for line in _LINE.finditer(found[0])
        ):
            spans = [line.span() for line in _LINE.finditer(text, *found.span())]
        for first, last in spans:
            words = normalize_for_display(text[first:last])
            if words in depths:
                yield ReaderBlock(first, last, "heading", depth=depths[words])
            elif any(sign.isalnum() for sign in words):
                yield ReaderBlock(first, last, "text")


def _passage_blocks(text: str, passage: Passage, parts: Sequence[Passage]) -> Iterator[ReaderBlock]:
    """A passage as one block, or as its opening and a block for each of its parts."""
    reached, number = passage.start, passage.number
    for part in parts:
        line = max(text.rfind("\n", reached, part.start), text.rfind("\r", reached, part.start)) + 1
        begin = max(line, reached)  # the part's own sign ("2.") stands before it on its line
        if text[reached:begin].strip():
            yield ReaderBlock(reached, begin, passage.kind, number)
            number = ""
        yield ReaderBlock(begin, part.end, Kind.PART)
        reached = part.end
    if text[reached : passage.end].strip():
        yield ReaderBlock(reached, passage.end, passage.kind, number)


def _pieces(text: str, block: ReaderBlock, at: Place | None) -> list[tuple[str, bool]]:
    """The block's words for reading, cut where the highlight begins and ends, and whether it is highlighted."""
    first = min(max(at.start, block.start), block.end) if at else block.end
    last = min(max(at.end, block.start), block.end) if at else block.end
    cut = [_keep_edge_spaces(text[a:b]) for a, b in ((block.start, first), (first, last), (last, block.end))]
    hit = bool(cut[1].strip())
    before, after = (cut[0], cut[2]) if hit else ("".join(cut), "")
    return [(before.lstrip(), False), (cut[1], True), (after.rstrip(), False)] if hit else [(before.strip(), False)]


def _keep_edge_spaces(piece: str) -> str:
    """For reading, but with the space that parts it from its neighbour."""
    words = normalize_for_display(piece)
    if not words:
        return " " if piece else ""
    return (" " if piece[0].isspace() else "") + words + (" " if piece[-1].isspace() else "")
