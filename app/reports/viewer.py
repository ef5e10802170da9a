"""Renders a report's full text as HTML, with the cited span highlighted in place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.i18n.labels import Labels, labels_for
from app.render.escape import escaped
from app.render.links import Place, passage_at, permalink, place_of, sealed
from app.render.wording import about, heading_path, where
from ingest.report import Kind, Passage, Report, for_reading
from retrieval.answer.templates import frames_for, label
from retrieval.assistant import Assistant

SHOWN = 200_000  # characters of a report at one time
_BLOCK = re.compile(r"\S[^\r\n]*(?:(?:\r\n|\r|\n)[^\S\r\n]*\S[^\r\n]*)*")  # lines without a blank one between them
_LINE = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the rendered report: a heading, a loose paragraph, a passage or a part of one."""

    start: int  # characters in the report's text, half-open
    end: int
    kind: str  # heading, text, or a Kind
    number: str = ""
    depth: int = 0  # of a heading, from 0


def blocks(report: Report, passages: Iterable[Passage]) -> Iterator[Block]:
    """Segment a report into blocks in reading order: its passages, and the headings and other lines between them."""
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
    """Render the report at the span of a link's URL fragment.

    A missing report gives a notice. A quote whose text has moved is looked up by its seal (a hash) among the report's
    passages; where no passage has it, the notice says so and nothing is highlighted.
    """
    at = Place.read(fragment)
    report = assistant.report(at.report_id) if at else None
    if at is None or report is None:
        return gone_html(language)
    passages = list(assistant.index.store.passages(report.id))
    if at.seal and sealed(report.text[at.start : at.end]) != at.seal:
        moved = [place_of(one) for one in passages if at.seal == sealed(one.text)]
        if not moved:
            changed = _changed(passages, at, labels_for(language))
            return reader_html(report, passages, None, language, around=at.start, notice=changed)
        was = at
        at = min(moved, key=lambda one: (one.passage_id != was.passage_id, abs(one.start - was.start)))
    within = at.start < at.end <= len(report.text)
    return reader_html(report, passages, at if within else None, language, around=at.start)


def read_record(assistant: Assistant, passage_id: str, language: str) -> str:
    """Render the report at the passage of a permanent link, or a notice where the passage is gone."""
    passage = passage_at(assistant, passage_id)
    return read_place(assistant, place_of(passage).fragment, language) if passage else gone_html(language)


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
    first = max(0, min(middle - SHOWN // 2, len(report.text) - SHOWN))
    last = first + SHOWN
    some = (one for one in blocks(report, passages) if one.end > first and one.start < last)
    body = "".join(_block_html(report.text, one, at) for one in some)
    body = body.replace('<mark class="r-hit"', '<mark id="r-here" tabindex="-1" class="r-hit"', 1)
    if first > 0:
        body = _part(report, "r-earlier", labels.earlier, first - SHOWN // 2) + body
    if last < len(report.text):
        body += _part(report, "r-later", labels.later, last + SHOWN // 2)
    known = report.metadata
    lang = f' lang="{escaped(known.language)}"' if known.language else ""
    passage = innermost(passages, at) if at else None
    return (
        f'<section class="r-report" aria-label="{escaped(labels.report)}"><header>{_tools(labels, passage)}'
        f'<h2 class="r-title"{lang} dir="auto"><cite>{escaped(known.title or report.id)}</cite></h2>'
        f'<span class="r-about"{lang} dir="auto">{escaped(about(report))}</span>'
        f'{_named(report, passage, language)}{notice}</header><div class="r-paper" '
        f'tabindex="0" role="document" aria-label="{escaped(known.title or report.id)}"{lang} dir="auto">{body}</div>'
        "</section>"
    )


def _part(report: Report, kind: str, called: str, middle: int) -> str:
    """A link to another window of a long report."""
    at = max(0, min(middle, len(report.text)))
    link = escaped(Place(report.id, at, at).fragment)
    return f'<p class="r-part"><a class="{kind}" href="{link}">{escaped(called)}</a></p>'


def gone_html(language: str, why: str = "") -> str:
    """Render the notice that a link's target is gone, or, with ``why``, cannot be read now."""
    labels = labels_for(language)
    said = f'<p class="r-gone" role="status" tabindex="-1">{escaped(why or labels.gone)}</p>'
    called = escaped(labels.report)
    return f'<section class="r-report" aria-label="{called}"><header>{_tools(labels)}</header>{said}</section>'


def innermost(passages: Iterable[Passage], at: Place) -> Passage | None:
    """The shortest passage whose span contains a place; None where none does."""
    holding = [one for one in passages if one.start <= at.start < at.end <= one.end]
    return min(holding, key=lambda one: one.end - one.start, default=None)


def _tools(labels: Labels, passage: Passage | None = None) -> str:
    """The toolbar: back, previous and next mark (stepped by static/page.js), permanent link."""
    steps = "".join(
        f'<button type="button" class="r-step" data-step="{step}" aria-label="{escaped(name)}" title="{escaped(name)}">'
        f'<span aria-hidden="true">{sign}</span></button>'
        for step, name, sign in ((-1, labels.before, "↑"), (1, labels.after, "↓"))
    )
    link = (
        f'<a class="r-permanent" href="{escaped(permalink(passage.id))}">{escaped(labels.permanent)}</a>'
        if passage
        else ""
    )
    return (
        f'<div class="r-tools"><button type="button" class="r-back" data-close="">{escaped(labels.back)}</button>'
        f'<div class="r-walk" role="group" aria-label="{escaped(labels.walk)}" hidden>{steps}<span class="r-of"></span>'
        f"</div>{link}</div>"
    )


def _named(report: Report, passage: Passage | None, language: str) -> str:
    """The highlighted passage's label, location and heading path."""
    if passage is None:
        return ""
    _, frames = frames_for(language)
    path = heading_path(passage)
    under = f'<span class="r-path" lang="{escaped(passage.language)}" dir="auto">{escaped(path)}</span>' if path else ""
    named = f"<b>{escaped(label(passage, frames))}</b> · {escaped(where(passage, report, frames))}"
    return f'{under}<span class="r-named">{named}</span>'


def _changed(passages: Iterable[Passage], at: Place, labels: Labels) -> str:
    """The notice that a quote's text has changed, with a link to the passage as it is now."""
    now = next((one for one in passages if one.id == at.passage_id), None)
    link = f' <a href="{escaped(place_of(now).fragment)}">{escaped(labels.as_now)}</a>' if now else ""
    return f'<p class="r-changed" role="status" tabindex="-1">{escaped(labels.changed)}{link}</p>'


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
