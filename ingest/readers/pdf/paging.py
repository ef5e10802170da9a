"""Assembles the lines of a document's pages into one text with blocks.

Running headers, footers and page numbers are left out; a footnote follows the block that refers to it; words broken
at line ends are joined; a paragraph or item goes on over columns and pages.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.lexicon.list_markers import Marker, plausible, readings
from ingest.lexicon.structure import LEADERS
from ingest.readers.extract import Extract
from ingest.readers.pdf.footnotes import RULE, drop_marks, notes_in
from ingest.readers.pdf.headings import find_headings
from ingest.readers.pdf.hyphens import mend_words
from ingest.readers.pdf.layout import Draft, Line, Page
from ingest.readers.pdf.margins import margins
from ingest.report import Block, Role

_FULL_STOPS = (".", "!", "?", "…", "؟", "。")
_STOPS = (*_FULL_STOPS, ":", ";")
_CLOSING = "\"'»”’)]"  # may stand behind a stop
_STEP = 1.5  # sizes from line to line, where a text is too short to tell
_MANY = 12  # steps that tell
_BREAK = 1.35  # of the usual distance from line to line; more is a new paragraph


def compose(pages: Sequence[Page]) -> Extract:
    """Assemble pages into one text in reading order, with blocks and page offsets."""
    usual = _usual_size(pages)
    of_the_paper = margins(pages)
    body: list[Line] = []
    notes: list[Draft] = []
    for page in pages:
        rest = [line for line in page.lines if id(line) not in of_the_paper]
        below = notes_in(rest, usual)
        apart = {id(line) for note in below for line in note.lines}
        kept = [line for line in rest if id(line) not in apart and not RULE.fullmatch(line.text.replace(" ", ""))]
        drop_marks(kept, {note.marker: note for note in below})
        body += kept
        notes += below
    mend_words(body)
    for note in notes:
        mend_words(note.lines)
    blocks = list(_blocks([line for line in body if line.text]))
    find_headings(blocks, usual)
    return _written(list(_with_notes(blocks, notes)))


def _usual_size(pages: Iterable[Page]) -> float:
    """The size that most of the text is printed in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 4) / 4] += len(line.text)
    return sizes.most_common(1)[0][0] or 1.0


def _with_notes(blocks: Sequence[Draft], notes: Iterable[Draft]) -> Iterator[Draft]:
    """The blocks with each note behind the one that refers to it, else behind the last of its page."""
    home = {id(line): at for at, block in enumerate(blocks) for line in block.lines}
    last_on = {line.page: at for at, block in enumerate(blocks) for line in block.lines}
    behind: dict[int, list[Draft]] = defaultdict(list)
    for note in notes:
        at = home.get(id(note.anchor), last_on.get(note.lines[0].page, len(blocks) - 1))
        behind[at].append(note)
    yield from behind[-1]
    for at, block in enumerate(blocks):
        yield block
        yield from behind[at]


# Blocks


def _blocks(lines: Sequence[Line]) -> Iterator[Draft]:
    leading = _leading(lines)
    edges = _right_edges(lines)
    known: dict[str, Marker] = {}
    block: Draft | None = None
    last: Marker | None = None
    rows = _rows(lines)
    for line in lines:
        if id(line) in rows:
            if block:
                yield block
            yield Draft(Role.ROW, [line])
            block = None
            continue
        ended = block is None or _ended(block, line, leading, edges)
        after_break = ended or bool(block and _ends_in(block.ending, _STOPS))
        text = line.text
        marker = next((one for one in readings(text) if _acceptable(one, known, last, after_break)), None)
        if marker is None and not ended and block:
            block.lines.append(line)
            continue
        if block:
            yield block
        if marker:
            known[marker.style] = last = marker
            block = Draft(Role.ITEM, [line], marker.printed, marker.end)
        else:
            block = Draft(Role.TEXT, [line])
    if block:
        yield block


def _ends_in(text: str, stops: tuple[str, ...]) -> bool:
    return text.rstrip(_CLOSING).endswith(stops)


def _acceptable(marker: Marker, known: dict[str, Marker], last: Marker | None, after_break: bool) -> bool:
    return plausible(marker, after_break=after_break, last=last, known=known)


def _rows(lines: Sequence[Line]) -> set[int]:
    """The ``id()`` of lines that are table rows: with cells, next to others of the kind; cells of others are merged."""
    apart = [line.cells > 1 and not _marker_and_text(line) for line in lines]
    rows: set[int] = set()
    for before, line, after, (one, two, three) in zip(
        [None, *lines],
        lines,
        [*lines[1:], None],
        zip([False, *apart], apart, [*apart[1:], False], strict=False),
        strict=False,
    ):
        beside = (one and _together(before, line)) or (three and _together(line, after))
        if (two and beside) or LEADERS.search(line.text):
            rows.add(id(line))
        else:
            line.one_cell()
    return rows


def _together(line: Line | None, after: Line | None) -> bool:
    return line is not None and after is not None and (line.page, line.column) == (after.page, after.column)


def _marker_and_text(line: Line) -> bool:
    """Whether what looks like two cells is an item's mark and its text."""
    cells = line.text.split("\t")
    return len(cells) == 2 and any(one.end >= len(cells[0]) for one in readings(line.text))


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from line to line, in sizes; of few lines no more than a paragraph's lines can have."""
    steps = [
        (after.top - before.top) / before.height
        for before, after in pairwise(lines)
        if (before.page, before.column) == (after.page, after.column)
        and 0 < after.top - before.top < 3 * before.height
        and abs(after.height - before.height) < 0.1 * before.height
    ]
    usual = median(steps) if steps else _STEP
    return usual if len(steps) >= _MANY else min(usual, _STEP)


def _right_edges(lines: Iterable[Line]) -> dict[tuple[int, int], tuple[float, float]]:
    """Left and right edge of each page's columns."""
    edges: dict[tuple[int, int], tuple[float, float]] = {}
    for line in lines:
        left, right = edges.get((line.page, line.column), (line.left, line.right))
        edges[line.page, line.column] = min(left, line.left), max(right, line.right)
    return edges


def _ended(block: Draft, line: Line, leading: float, edges: dict[tuple[int, int], tuple[float, float]]) -> bool:
    """Whether a block is over before a line that has no mark."""
    before = block.lines[-1]
    left, right = edges[line.page, line.column]
    width = right - left
    goes_on = line.text[:1].islower()
    stopped = _ends_in(before.text, _FULL_STOPS) or (before.text.endswith((":", ";")) and not goes_on)
    if _printed_otherwise(block, line, stopped=stopped, short=before.right <= right - 0.15 * width):
        return True
    if (line.page, line.column) != (before.page, before.column):
        title = block.role is Role.TEXT and before.bold
        return stopped or ((title or before.right < right - 0.35 * width) and not goes_on)
    step = (line.top - before.top) / (leading * before.size)
    if block.role is Role.ITEM and before.text.endswith((";", ",")):
        return step > 3  # the list goes on, and so does its item
    if step > _BREAK or step < 0:
        return stopped or not (goes_on and step < 2)
    return stopped and _begins(block, line, short=before.right < right - 0.2 * width)


def _printed_otherwise(block: Draft, line: Line, *, stopped: bool, short: bool) -> bool:
    """Whether a line is printed in another size or weight than the block before it, and not by chance."""
    before = block.lines[-1]
    if abs(line.size - before.size) > 0.1 * before.size and (stopped or not line.text[:1].islower()):
        return True
    title = short and before.bold and all(one.bold for one in block.lines)
    return line.bold != before.bold and (stopped or title)


def _begins(block: Draft, line: Line, *, short: bool) -> bool:
    """Whether a line behind a full stop begins a paragraph: indented, or behind a short line."""
    starts, before = min(one.left for one in block.lines), block.lines[-1]
    indent = 0.8 * line.size
    if line.left > starts + indent and len(block.lines) > 1 and before.left < line.left - indent:
        return True
    return short and _ends_in(before.text, _FULL_STOPS) and line.text[:1].isupper()


# Writing it down


def _written(blocks: Sequence[Draft]) -> Extract:
    pieces: list[str] = []
    done: list[Block] = []
    pages: list[tuple[int, int]] = []
    at = 0
    for block in blocks:
        lines = [line for line in block.lines if line.text]
        if not lines:
            continue
        if pieces:
            pieces.append("\n\n")
            at += 2
        start = at + min(block.cut, len(lines[0].text))
        for number, line in enumerate(lines):
            if number:
                pieces.append("\n")
                at += 1
            if not pages or pages[-1][1] != line.page:
                pages.append((at, line.page))
            pieces.append(line.text)
            at += len(line.text)
        if start < at:
            done.append(Block(block.role, start, at, block.marker, block.level))
    return Extract("".join(pieces), tuple(done), tuple(pages))
