"""Finds the structure of a text: its items by their typed marks, its headings by print and number, and their levels.

One pass for every format, over blocks as readers give them. A mark typed in the text makes an item of a line, as one
that the file counts does; a short block that is printed unlike the text is a heading, and so is a numbered line that
stands above text; a printed outline number says where a heading stands, whatever its size.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from ingest.lexicon.field_labels import starts_with_label
from ingest.lexicon.list_markers import Marker, find_marker, parse_markers
from ingest.lexicon.sentences import CLAUSE_END, SENTENCE_END, find_sentences
from ingest.lexicon.structure import DOT_LEADERS, RECOMMENDATION_WORD
from ingest.readers.extract import PrintedBlock
from ingest.report import Block, BlockRole, find_line_starts

_ENDING = 20  # characters in which to look for the end of a sentence
_BOLD_RUN = 5  # blocks; more headings than that do not follow one another
_LARGER = 1.05  # of the usual size
_ONE_LINE = 200  # characters; no text is wrapped in longer lines
_INDENT = 6  # points; lines that begin nearer to each other stand below each other
_MAX_LINES = 4
_NEAR = 300  # blocks in which the next number is looked for
_MAX_LEVEL = 6
_MAX_LENGTH = 200  # characters of a heading that its print tells
_STOPPED_WORDS = 5  # of one that ends in a full stop and is not printed larger
_MAX_NUMBERED = 120  # characters of one that its number tells
_NUMBERED = re.compile(
    r"[^\W\d_]+\s(?:n\.?[°º]\s)?\d{1,3}(?:\.\d{1,3})*(?=\s*(?:[:.\u2013\u2014-](?!\s*\d)|$))", re.IGNORECASE
)


_UNPRINTED = PrintedBlock(BlockRole.TEXT, 0, 0)


def find_structure(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Find the structure of a text that a reader has segmented into blocks."""
    items = list(_find_items(text, blocks))
    _mark_printed_headings(text, items)
    _mark_numbered_headings(text, items)
    _mark_announced_items(text, items)
    _join_continuations(items)
    _nest_headings(text, items)
    _number_below_headings(text, items)
    return tuple(Block(block.role, block.start, block.end, block.marker, block.level) for block in items)


def _find_items(text: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Cut texts and items where a line in them begins with a mark."""
    known: dict[str, Marker] = {}
    last: Marker | None = None
    for block in blocks:
        if block.role not in {BlockRole.TEXT, BlockRole.ITEM}:
            yield block
            continue
        for reading in parse_markers(f"{block.marker} x"):
            known[reading.style] = last = reading
        stretch = text[block.start : block.end]
        starts = [*find_line_starts(stretch), len(stretch)]
        own = block
        for at, (start, stop) in enumerate(pairwise(starts)):
            line = stretch[start:stop]
            before = stretch[max(0, start - _ENDING) : start].rstrip()
            after_break = (
                not at
                or bool(CLAUSE_END.search(before))
                or "\t" in line[:_ENDING].strip()
                or starts_with_label(stretch[starts[at - 1] : start])
            )
            listed = last if own.role is BlockRole.ITEM else None
            marker = find_marker(line, after_break=after_break, last=listed, known=known)
            if marker is None and (not at or SENTENCE_END.search(before)):
                marker = _worded_marker(line, stretch)
            if not at and marker and block.marker and not _is_typed_number(marker, block):
                continue
            whole = at and block.role is BlockRole.TEXT and _is_paragraph(stretch[starts[at - 1] : start], line)
            if at and (marker or whole):
                yield replace(own, end=block.start + len(stretch[:start].rstrip()))
                own = replace(block, role=BlockRole.TEXT, start=block.start + start, marker="", level=None)
            if marker:
                known[marker.style] = last = marker
                own = replace(own, role=BlockRole.ITEM, start=block.start + start + marker.end, marker=marker.printed)
        yield own


def _is_paragraph(line: str, following: str) -> bool:
    """Whether a line is a paragraph by itself: too long for a wrapped one, and it ends a sentence."""
    return len(line) > _ONE_LINE and following[:1].isupper() and bool(SENTENCE_END.search(line[-_ENDING:]))


def _is_typed_number(marker: Marker, block: Block) -> bool:
    """Whether a mark typed in an item is its number: behind a bullet, or where the file counts the same."""
    return bool(marker.values) and (not any(map(str.isalnum, block.marker)) or block.marker == marker.printed)


def _worded_marker(line: str, stretch: str) -> Marker | None:
    """The mark "Recommendation 3:" of a paragraph that is a sentence."""
    found = next((marker for marker in parse_markers(line) if " " in marker.style), None)
    return found if found and SENTENCE_END.search(stretch[-_ENDING:]) else None


# Headings


def _mark_printed_headings(text: str, blocks: list[Block]) -> None:
    """Mark headings by their print, in place; levels follow from size, then weight, where the file states none."""
    body = [at for at, block in enumerate(blocks) if block.role is not BlockRole.NOTE]
    prints = [block if isinstance(block, PrintedBlock) else _UNPRINTED for block in map(blocks.__getitem__, body)]
    sizes: Counter[float] = Counter()
    for at, block in zip(body, prints, strict=True):
        sizes[round(block.size * 4) / 4] += blocks[at].end - blocks[at].start
    usual = (sizes.most_common(1)[0][0] if sizes else 0) or 1.0
    bolds = [block.bold and block.role is not BlockRole.ROW for block in prints]
    stated = any(block.role is BlockRole.HEADING for block in blocks)
    styles: dict[int, tuple[float, bool, bool]] = {}
    for number, (at, block) in enumerate(zip(body[:-1], prints, strict=False)):
        words = text[blocks[at].start : blocks[at].end]
        larger = block.size > _LARGER * usual
        bold = bolds[number] and not all(bolds[number : number + _BOLD_RUN])  # where the text is bold, it says nothing
        capitals = block.size > 0 and not any(map(str.islower, words)) and any(map(str.isupper, words))
        if (larger or bold or capitals) and _may_be_heading(blocks[at], words, larger=larger, bold=bold):
            styles[at] = (round(block.size / usual, 1), bold, capitals)
    numbered = {(_kind(blocks[at]), style) for at, style in styles.items() if not _ends_in_stop(text, blocks[at])}
    for at in [at for at in styles if blocks[at].marker and _ends_in_stop(text, blocks[at])]:
        if (_kind(blocks[at]), styles[at]) not in numbered:  # a sentence, not one of a series of headings
            del styles[at]
    ranks = {style: rank for rank, style in enumerate(sorted(set(styles.values()), reverse=True), start=1)}
    for at, style in styles.items():
        blocks[at] = _as_heading(text, blocks[at], None if stated else min(ranks[style], _MAX_LEVEL))


def _may_be_heading(block: Block, words: str, *, larger: bool, bold: bool) -> bool:
    """Whether a block's words can be a heading's."""
    if block.role not in {BlockRole.TEXT, BlockRole.ITEM} or len(words) > _MAX_LENGTH or DOT_LEADERS.search(words):
        return False
    least = 3 if words.upper() != words.lower() else 2  # a word of syllables or ideographs
    if words.count("\n") >= _MAX_LINES or (words[:1].islower() and not larger) or sum(map(str.isalpha, words)) < least:
        return False
    if block.role is BlockRole.ITEM and (not _is_outline_marker(block.marker) or words.endswith(":")):
        return False
    told = not (block.marker and bold) and len(words.split()) > _STOPPED_WORDS
    stopped = words.endswith(".") and told and (not larger or len(find_sentences(words)) > 1)
    return not stopped and not words.endswith((";", ","))


def _kind(block: Block) -> str:
    return next((marker.kind for marker in parse_markers(f"{block.marker} x")), "")


def _ends_in_stop(text: str, block: Block) -> bool:
    return text.endswith(".", block.start, block.end)


def _is_outline_marker(marker: str) -> bool:
    """Whether a mark may number a heading: "II.", "A)", "1.2", "3."; no bullet, nothing in brackets."""
    return marker[:1].isalnum() and not (marker[:1].islower() and marker.endswith(")"))


def _as_heading(text: str, block: Block, level: int | None) -> Block:
    """The block as a heading, its mark among its words."""
    start = text.find(block.marker, text.rfind("\n", 0, block.start) + 1, block.start) if block.marker else -1
    return replace(block, role=BlockRole.HEADING, start=start if start >= 0 else block.start, marker="", level=level)


def _mark_numbered_headings(text: str, blocks: list[Block]) -> None:
    """Mark as headings, in place, the numbered lines that stand above text, where most of their series do."""
    series: list[list[tuple[int, bool]]] = []
    counted: dict[str, tuple[Marker, list[tuple[int, bool]]]] = {}  # by kind of number: the last, and its series
    body = [at for at, block in enumerate(blocks) if block.role is not BlockRole.NOTE]
    above = ""
    for at, after in pairwise([*body, len(blocks)]):
        block = blocks[at]
        if block.role is BlockRole.HEADING:
            above = text[block.start : block.end]
        if block.role is not BlockRole.ITEM or not _is_outline_marker(block.marker):
            continue
        meant = list(parse_markers(f"{block.marker} x"))
        goes_on = [marker for marker in meant if marker.kind in counted and marker.counts_on(counted[marker.kind][0])]
        marker = next(iter([*goes_on, *meant]), None)
        if marker is None:
            continue
        if not goes_on:
            series.append([])
            counted[marker.kind] = marker, series[-1]
        members = counted[marker.kind][1]
        counted[marker.kind] = marker, members
        listed = RECOMMENDATION_WORD.search(above) and marker.kind == "1"
        members.append((at, not listed and after < len(blocks) and _stands_above(text, block, blocks[after])))
    for members in series:
        if 3 * sum(heads for _, heads in members) >= 2 * len(members):
            for at, heads in members:
                if heads:
                    blocks[at] = _as_heading(text, blocks[at], None)


def _stands_above(text: str, block: Block, following: Block) -> bool:
    """Whether a numbered line can be a heading: it is one, ends in no stop, and text follows, no item beside it."""
    words = text[block.start : block.end]
    if len(words) > _MAX_NUMBERED or "\n" in words or CLAUSE_END.search(words) or not words[:1].isupper():
        return False
    if following.role is BlockRole.ITEM:
        return _kind(block) in {"I", "A"} and _kind(following) == "1"
    return not words.endswith(",")


def _mark_announced_items(text: str, blocks: list[Block]) -> None:
    """Mark texts without marks as items, in place, where a sentence announces them, also below numbered headings."""
    for at, block in enumerate(blocks):
        if block.role is not BlockRole.TEXT or not text.endswith(":", block.start, block.end):
            continue
        number: Marker | None = None
        ends = ""  # with which its texts end; the first full stop behind semicolons ends a list
        run: list[int] = []
        for below, following in enumerate(islice(blocks, at + 1, at + _NEAR), start=at + 1):
            if following.role is BlockRole.HEADING:
                own = _number_of(text, following)
                if own is None or not (below == at + 1 or (number and own.counts_on(number))):
                    break
                number, ends = own, ""
            elif following.role is BlockRole.TEXT and not (ends.endswith(".") and 2 * ends.count(";") >= len(ends) > 1):
                ends += text[following.end - 1]
                run.append(below)
            if number is None and not ends.endswith(";"):
                break
        if number is not None or (len(run) > 2 and ends.endswith(";.")):
            for below in run:
                blocks[below] = replace(blocks[below], role=BlockRole.ITEM, level=0)


def _join_continuations(blocks: list[Block]) -> None:
    """Join, in place, the paragraphs that are indented as the item before them is, where most texts are not."""
    texts = [block for block in blocks if block.role is BlockRole.TEXT and isinstance(block, PrintedBlock)]
    margin = min((block.left for block in texts), default=0.0)
    item: int | None = None
    for at, block in enumerate(blocks):
        before = blocks[item] if item is not None else None
        if block.role is BlockRole.ITEM:
            item = at
        elif block.role is BlockRole.TEXT and isinstance(before, PrintedBlock) and isinstance(block, PrintedBlock):
            if before.left > margin + _INDENT and abs(block.left - before.left) < _INDENT and item is not None:
                blocks[item] = replace(before, end=block.end)
                blocks[at] = replace(block, end=block.start)
            else:
                item = None
        else:
            item = None
    blocks[:] = [block for block in blocks if block.end > block.start]


def _nest_headings(text: str, blocks: list[Block]) -> None:
    """Set the levels of numbered headings, and of those between numbers, by the numbers, in place."""
    path: list[tuple[int, Marker | None]] = []  # level and number of the headings that are open
    for at, block in enumerate(blocks):
        if block.role is not BlockRole.HEADING or block.level is None:
            continue
        level, marker = block.level, _number_of(text, block)
        same = [its for its, own in path if marker and own and marker.counts_on(own)]
        numbered = any(own for _, own in path)
        inside = marker.values[:-1] if marker else _number_below(text, blocks, at) if numbered else ()
        holder = next((its for its, own in path if inside and own and own.values == inside), None)
        if same and level not in same:
            level = same[-1]
        elif holder is not None and level <= holder:
            level = holder + 1
        path = [*((its, own) for its, own in path if its < level), (level, marker)]
        blocks[at] = replace(block, level=level)


def _number_of(text: str, block: Block) -> Marker | None:
    """The number that a heading begins with, or an item stands behind."""
    words = f"{block.marker} x" if block.marker else text[block.start : block.end]
    return next((marker for marker in parse_markers(words) if marker.values and " " not in marker.style), None)


def _number_below(text: str, blocks: Sequence[Block], at: int) -> tuple[int, ...]:
    """The number that the next dotted one behind a heading without number belongs to: 8 where 8.13 comes next."""
    for block in islice(blocks, at + 1, at + _NEAR):
        marker = _number_of(text, block) if block.role in {BlockRole.ITEM, BlockRole.HEADING} else None
        if marker and len(marker.values) > 1:
            return marker.values[:-1]
        if block.role is BlockRole.HEADING and marker:
            break
    return ()


def _number_below_headings(text: str, blocks: list[Block]) -> None:
    """Give the number of a heading "Recommendation 3: …" to the text below it, which is one item, in place."""
    at = 0
    while at + 1 < len(blocks):
        block, below = blocks[at], blocks[at + 1]
        found = _NUMBERED.match(text[block.start : block.end]) if block.role is BlockRole.HEADING else None
        at += 1
        if found and RECOMMENDATION_WORD.search(found[0]) and below.role is BlockRole.TEXT:
            while at + 1 < len(blocks) and blocks[at + 1].role is BlockRole.TEXT:
                below = replace(below, end=blocks.pop(at + 1).end)
            blocks[at] = replace(below, role=BlockRole.ITEM, marker=found[0].strip())
