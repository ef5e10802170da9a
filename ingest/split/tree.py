"""Builds trees of list items from flat blocks, by depth where the file states it, else by the list markers.

An item holds the items of a list that it introduces; a paragraph that ends in a colon holds the list
behind it. A list may go on after a paragraph or a heading, its numbers tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.lexicon.list_markers import Marker, parse_markers
from ingest.lexicon.structure import LIST_ANNOUNCEMENT
from ingest.report import Block, BlockRole


@dataclass(slots=True, eq=False)
class Node:
    """A block with the items and notes that it holds."""

    block: Block
    marker: Marker | None = None  # the reading of the block's mark that fits its list
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    notes: list[Block] = field(default_factory=list)  # that stand behind it

    @property
    def end(self) -> int:
        """The offset where the block and its children end."""
        return self.children[-1].end if self.children else self.block.end

    @property
    def siblings(self) -> Sequence["Node"]:
        return self.parent.children if self.parent else ()


def build_trees(text: str, blocks: Iterable[Block]) -> list[Node]:
    """Build the trees of a report's blocks: return their roots in reading order, headings and paragraphs too."""
    roots: list[Node] = []
    open_items: list[Node] = []  # the item before and those that hold it, outermost first
    introduces = False  # whether the block just before may hold a list
    node: Node | None = None
    for block in blocks:
        if block.role is BlockRole.NOTE and node:
            node.notes.append(block)
            continue
        node = Node(block)
        if block.role is not BlockRole.ITEM:
            roots.append(node)
            open_items = [item for item in open_items if item.marker and item.marker.values]
            introduces = block.role is BlockRole.TEXT and text.endswith(":", block.start, block.end)
            if introduces:
                open_items = [node]
            continue
        parent = _find_parent(text, node, open_items, direct=introduces)
        node.parent = parent
        (parent.children if parent else roots).append(node)
        open_items = [*_path(parent), node]
        introduces = True
    return roots


def _path(node: Node | None) -> list[Node]:
    path: list[Node] = []
    while node:
        path.insert(0, node)
        node = node.parent
    return path


def _find_parent(text: str, node: Node, open_items: list[Node], *, direct: bool) -> Node | None:
    """Find the parent of an item; ``direct`` when nothing stands between it and the last of the open ones."""
    block = node.block
    meant = list(parse_markers(f"{block.marker} x"))
    node.marker = next((marker for marker in meant if marker.is_first), meant[0] if meant else None)
    for other in reversed(open_items):  # a counted item goes on with typed ones, and behind them
        beside = (other.block.level is None) != (block.level is None) or block.level == other.block.level is not None
        if beside and (goes_on := _next_of(meant, other)):
            node.marker = goes_on
            return other.parent
    if block.level is not None:
        above = [item for item in open_items if item.block.level is None or item.block.level < block.level]
        return above[-1] if direct and above else None
    for other in reversed(open_items):
        for marker in meant:
            if other.marker and (marker.follows(other.marker) or _is_within(marker, other.marker)):
                node.marker = marker
                return other.parent if marker.follows(other.marker) else other
    for other in reversed(open_items):
        if goes_on := _next_of(meant, other):
            node.marker = goes_on
            return other.parent
    if open_items and direct and node.marker and node.marker.is_first:
        return open_items[-1] if _holds_list(text, open_items[-1], node.marker) else None
    return _find_open_list(node.marker, open_items)


def _next_of(meant: Iterable[Marker], other: Node) -> Marker | None:
    """The reading of a mark that counts on from another item's, whatever stands around the two."""
    return next((marker for marker in meant if other.marker and marker.counts_on(other.marker)), None)


def _holds_list(text: str, item: Node, marker: Marker) -> bool:
    """Whether a new list right behind an item is that item's."""
    start, end = item.block.start, item.block.end
    introduced = item.marker is None or text.endswith(":", start, end) or LIST_ANNOUNCEMENT.search(text, start, end)
    return bool(introduced) or (item.marker is not None and _ranks_below(marker, item.marker))


def _is_within(marker: Marker, holder: Marker) -> bool:
    """Whether a dotted number is one of another's: 87.23 of 87, 87.23.1 of 87.23."""
    return len(marker.values) > 1 and marker.values[:-1] == holder.values and holder.kind in {"1.1", "1", "a"}


def _find_open_list(marker: Marker | None, open_items: list[Node]) -> Node | None:
    """Find the parent of the open list that an item out of order continues: 87.25 after 87.23."""
    for other in reversed(open_items):
        if marker and other.marker and other.marker.style == marker.style and marker.values:
            near = 0 < marker.values[-1] - other.marker.values[-1] <= 3
            if near and marker.values[:-1] == other.marker.values[:-1]:
                return other.parent
    return None


def _ranks_below(marker: Marker, above: Marker) -> bool:
    """Whether a new list stands within an item that does not announce it: letters or bullets below numbers."""
    rank = {"1": 1, "A": 1, "I": 1, "a": 2, "i": 3}
    below, over = (rank.get(mark.style.strip("().-"), 4 if not mark.values else 0) for mark in (marker, above))
    if over == 4:  # below a bullet: other bullets, and numbers only where announced
        return below == 4 and marker.style != above.style
    return below > over > 0


def extract_number(marker: str) -> str:
    """Extract the number of a list marker: "7." and "(7)" are 7, "(b)" is b; "" of a bullet."""
    plain = marker.strip("().:-\u2013\u2014\\ ").rpartition(" ")[2]
    return plain if plain[:1].isalnum() and plain != "o" else ""


def nest_number(outer: str, node: Node) -> str:
    """Number an item inside a numbered one, 5.2 or 5.b; a number that includes outer ones does so once: 1.d.2."""
    own = extract_number(node.block.marker)
    head, _, last = own.rpartition(".")
    if not outer or not own or own.startswith(f"{outer}."):
        return own
    return f"{outer}.{last}" if head else f"{outer}.{own}"


def pad_number(number: str) -> str:
    """Pad a number to two digits with a zero, as ids have it."""
    return number.zfill(2) if number.isdecimal() else number
