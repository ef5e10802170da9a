"""Assembles the lines of a document's pages into one text with blocks.

Running headers, footers and page numbers are left out; a footnote follows the block that refers to it; words broken
at line ends are joined; a paragraph or item goes on over columns and pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, zip_longest
from statistics import median

from ingest.lexicon.list_markers import Marker, find_marker, parse_markers
from ingest.lexicon.sentences import CLAUSE_END, SENTENCE_END
from ingest.lexicon.structure import DOT_LEADERS
from ingest.readers.extract import Extract, PrintedBlock
from ingest.readers.pdf.footnotes import RULE, find_footnotes, remove_note_marks
from ingest.readers.pdf.front import usual_size
from ingest.readers.pdf.hyphens import dehyphenate
from ingest.readers.pdf.layout import DraftBlock, Page, TextLine
from ingest.readers.pdf.margins import find_margin_lines
from ingest.report import Block, BlockRole

_DEFAULT_LEADING = 1.5  # sizes from line to line, where a text is too short to tell
_ENOUGH_STEPS = 12  # steps that tell
_PARAGRAPH_STEP = 1.35  # of the usual distance from line to line; more is a new paragraph


def assemble_text(pages: Sequence[Page]) -> Extract:
    """Assemble pages into one text in reading order, with blocks and page offsets."""
    usual = usual_size(pages)
    of_the_paper = find_margin_lines(pages)
    body: list[TextLine] = []
    notes: list[DraftBlock] = []
    for page in pages:
        rest = [line for line in page.lines if id(line) not in of_the_paper]
        below = find_footnotes(rest, usual)
        apart = {id(line) for note in below for line in note.lines}
        kept = [line for line in rest if id(line) not in apart and not RULE.fullmatch(line.text.replace(" ", ""))]
        remove_note_marks(kept, {note.marker: note for note in below})
        body += kept
        notes += below
    dehyphenate(body)
    for note in notes:
        dehyphenate(note.lines)
    _join_rows(body)
    blocks = list(_blocks([line for line in body if line.text]))
    return _assemble_extract(list(_place_notes(blocks, notes)))


def _place_notes(blocks: Sequence[DraftBlock], notes: Iterable[DraftBlock]) -> Iterator[DraftBlock]:
    """The blocks with each note behind the one that refers to it, else behind the last of its page."""
    home = {id(line): at for at, block in enumerate(blocks) for line in block.lines}
    last_on = {line.page: at for at, block in enumerate(blocks) for line in block.lines}
    behind: dict[int, list[DraftBlock]] = defaultdict(list)
    for note in notes:
        at = home.get(id(note.anchor), last_on.get(note.lines[0].page, len(blocks) - 1))
        behind[at].append(note)
    yield from behind[-1]
    for at, block in enumerate(blocks):
        yield block
        yield from behind[at]


# Blocks


def _blocks(lines: Sequence[TextLine]) -> Iterator[DraftBlock]:
    leading = _leading(lines)
    edges = _column_edges(lines)
    known: dict[str, Marker] = {}
    block: DraftBlock | None = None
    last: Marker | None = None
    rows = _find_table_rows(lines)
    for line in lines:
        if id(line) in rows:
            if block:
                yield block
            yield DraftBlock(BlockRole.ROW, [line])
            block = None
            continue
        ended = block is None or _is_block_ended(block, line, leading, edges)
        after_break = ended or bool(block and CLAUSE_END.search(block.ending))
        marker = find_marker(line.text, after_break=after_break, last=last, known=known)
        if marker is None and not ended and block:
            block.lines.append(line)
            continue
        if block:
            yield block
        if marker:
            known[marker.style] = last = marker
            block = DraftBlock(BlockRole.ITEM, [line], marker.printed, marker.end)
        else:
            block = DraftBlock(BlockRole.TEXT, [line])
    if block:
        yield block


def _find_table_rows(lines: Sequence[TextLine]) -> set[int]:
    """The ``id()`` of lines that are table rows: with cells, next to others of the kind; cells of others are merged."""
    apart = [line.cells > 1 and not _is_marker_and_text(line) for line in lines]
    rows: set[int] = set()
    for at, line in enumerate(lines):
        neighbours = (other for other in (at - 1, at + 1) if 0 <= other < len(lines) and apart[other])
        beside = any((lines[other].page, lines[other].column) == (line.page, line.column) for other in neighbours)
        if line.row or (apart[at] and beside) or DOT_LEADERS.search(line.text):
            rows.add(id(line))
        else:
            line.merge_cells()
    return rows


def _join_rows(lines: Iterable[TextLine]) -> None:
    """Join rows that the end of a page broke, in place; a head that a page prints again is left out."""
    head: TextLine | None = None
    last, page = head, 0
    for line in lines:
        if not line.row:
            head = last = None
        elif not last or not head or line.page == page:
            head, last, page = head or line, line, line.page
        elif line.text == head.text:
            line.text = ""
        else:
            pairs = list(zip_longest(last.text.split("\t"), line.text.split("\t"), fillvalue=""))
            more = [(a, b) for a, b in pairs if b]
            if any(b[0].islower() for _, b in more) and all(
                a and not SENTENCE_END.search(a) and (b[0].islower() or not pairs[0][1]) for a, b in more
            ):
                last.text, line.text = "\t".join(f"{a} {b}".strip() for a, b in pairs), ""
            else:
                last = line
            page = line.page


def _is_marker_and_text(line: TextLine) -> bool:
    """Whether what looks like two cells is an item's mark and its text."""
    cells = line.text.split("\t")
    return len(cells) == 2 and any(marker.end >= len(cells[0]) for marker in parse_markers(line.text))


def _leading(lines: Sequence[TextLine]) -> float:
    """The usual distance from line to line, in sizes; of few lines no more than a paragraph's lines can have."""
    steps = [
        (after.top - before.top) / before.height
        for before, after in pairwise(lines)
        if (before.page, before.column) == (after.page, after.column)
        and 0 < after.top - before.top < 3 * before.height
        and abs(after.height - before.height) < 0.1 * before.height
    ]
    usual = median(steps) if steps else _DEFAULT_LEADING
    return usual if len(steps) >= _ENOUGH_STEPS else min(usual, _DEFAULT_LEADING)


def _column_edges(lines: Iterable[TextLine]) -> dict[tuple[int, int], tuple[float, float]]:
    """Left and right edge of each page's columns."""
    edges: dict[tuple[int, int], tuple[float, float]] = {}
    for line in lines:
        left, right = edges.get((line.page, line.column), (line.left, line.right))
        edges[line.page, line.column] = min(left, line.left), max(right, line.right)
    return edges


def _is_block_ended(
    block: DraftBlock, line: TextLine, leading: float, edges: dict[tuple[int, int], tuple[float, float]]
) -> bool:
    """Whether a block is over before a line that has no mark."""
    before = block.lines[-1]
    left, right = edges[line.page, line.column]
    width = right - left
    goes_on = line.text[:1].islower()
    stopped = bool(SENTENCE_END.search(before.text)) or (before.text.endswith((":", ";")) and not goes_on)
    if _differs_in_print(block, line, stopped=stopped, short=before.right <= right - 0.15 * width):
        return True
    if (line.page, line.column) != (before.page, before.column):
        title = block.role is BlockRole.TEXT and before.bold
        return stopped or ((title or before.right < right - 0.35 * width) and not goes_on)
    step = (line.top - before.top) / (leading * before.size)
    if block.role is BlockRole.ITEM and before.text.endswith((";", ",")):
        return step > 3  # the list goes on, and so does its item
    if step > _PARAGRAPH_STEP or step < 0:
        return stopped or not (goes_on and step < 2)
    return stopped and _begins_paragraph(block, line, short=before.right < right - 0.2 * width)


def _differs_in_print(block: DraftBlock, line: TextLine, *, stopped: bool, short: bool) -> bool:
    """Whether a line is printed in another size or weight than the block before it, and not by chance."""
    before = block.lines[-1]
    if abs(line.size - before.size) > 0.1 * before.size and (stopped or not line.text[:1].islower()):
        return True
    title = short and before.bold and all(line.bold for line in block.lines)
    return line.bold != before.bold and (stopped or title)


def _begins_paragraph(block: DraftBlock, line: TextLine, *, short: bool) -> bool:
    """Whether a line behind a full stop begins a paragraph: indented, or behind a short line."""
    starts, before = min(line.left for line in block.lines), block.lines[-1]
    indent = 0.8 * line.size
    if line.left > starts + indent and len(block.lines) > 1 and before.left < line.left - indent:
        return True
    return short and bool(SENTENCE_END.search(before.text)) and line.text[:1].isupper()


# Writing it down


def _assemble_extract(blocks: Sequence[DraftBlock]) -> Extract:
    pieces: list[str] = []
    done: list[Block] = []
    pages: list[tuple[int, int]] = []
    at = 0
    for block in blocks:
        lines = [line for line in block.lines if line.text]
        if not lines:
            continue
        start = at + 2 * bool(pieces)
        for number, line in enumerate(lines):
            gap = "\n" if number else "\n\n" if pieces else ""
            if not pages or pages[-1][1] != line.page:
                pages.append((at + len(gap), line.page))
            pieces += gap, line.text
            at += len(gap) + len(line.text)
        start += min(block.cut, len(lines[0].text))
        if start < at:
            bold, size = all(line.bold for line in lines), max(line.size for line in lines)
            left = min(line.left for line in lines[1:] or lines)
            if block.role is BlockRole.ITEM and left - lines[0].left < 0.5 * lines[0].size:
                left = 0.0  # its mark hangs out before nothing
            done.append(PrintedBlock(block.role, start, at, block.marker, size=size, bold=bold, left=left))
    return Extract("".join(pieces), tuple(done), tuple(pages))
