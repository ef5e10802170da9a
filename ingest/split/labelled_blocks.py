"""Separates labels from what they label: blocks of labels beside a recommendation, and labels inside one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from ingest.lexicon.field_labels import Label, name_of, parted, values_of
from ingest.report import Block, Role
from ingest.split.sections import may_head
from ingest.split.tree import Node

_WEAK = {"theme"}  # a line of it alone heads a section
_LISTED = {"addressee", "theme", "subtheme", "approach"}  # names whose values may be a list of their own


@dataclass(frozen=True, slots=True)
class Beside:
    """The labels printed before and behind a block, and the blocks that hold them."""

    ahead: list[Label] = field(default_factory=list)
    behind: list[Label] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)  # that say so


class _Apart:
    """Takes the blocks in reading order, keeps those that are no labels and assigns the labels to them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kept: list[Block] = []
        self.beside: dict[int, Beside] = {}  # by the start of the block that they are of
        self.before: Block | None = None  # what may be a recommendation, with nothing but labels since
        self.waiting: list[tuple[Block, tuple[Label, ...]]] = []  # for the block that comes
        self.names_ahead: set[str] = set()  # that this report prints before what they are of

    def keep(self, block: Block) -> None:
        """Keep a block that is no label; one that may be a recommendation gets the labels that wait."""
        if block.role is Role.NOTE:
            self.kept.append(block)
            return
        words = self.text[block.start : block.end]
        body = block.role is Role.ITEM or (block.role is Role.TEXT and not may_head(words) and not words.endswith(":"))
        if body:
            for label, its in self.waiting:
                self._add(block, label, ahead=its)
        else:
            self.kept += [label for label, _ in self.waiting]
        self.waiting = []
        self.kept.append(block)
        self.before = block if body else None

    def take(self, block: Block, labels: tuple[Label, ...], following: Block | None) -> None:
        """Assign a block of labels: to what is before, unless their names were first printed where nothing was."""
        before = self.before
        if before and before.role is Role.TEXT and following and following.role is Role.ITEM:
            before = None  # it introduces a list
        if not labels and before:  # the name of those that follow
            self._add(before, block)
        behind = tuple(one for one in labels if before and one[0] not in self.names_ahead)
        ahead = tuple(one for one in labels if not before or one[0] in self.names_ahead)
        if before and behind:
            self._add(before, block, behind=behind)
        if ahead:
            self.names_ahead |= {name for name, _ in ahead}
            self.waiting.append((block, ahead))

    def _add(
        self, block: Block, label: Block, *, ahead: tuple[Label, ...] = (), behind: tuple[Label, ...] = ()
    ) -> None:
        beside = self.beside.setdefault(block.start, Beside())
        beside.ahead.extend(ahead)
        beside.behind.extend(behind)
        beside.blocks.append(label)


def set_apart(text: str, blocks: Sequence[Block]) -> tuple[list[Block], dict[int, Beside]]:
    """Separate blocks of labels: return the other blocks, and the labels by the start of the block they are of."""
    labels = [_labels_of(text, block) for block in blocks]
    others = [False, *map(bool, labels), False]
    following: list[Block | None] = []  # the next that is no label
    for block, its in zip(reversed(blocks), reversed(labels), strict=True):
        following.append(block if not its else following[-1] if following else None)
    following.reverse()
    apart = _Apart(text)
    at = 0
    while at < len(blocks):
        block, its = blocks[at], labels[at]
        alone = not ({name for name, _ in its} - _WEAK or others[at] or others[at + 2])
        if listed := _listed(text, blocks, at, apart.before):
            for item, values in listed:
                apart.take(item, values, None)
            at += len(listed)
        elif not its or (alone and block.role is Role.TEXT):
            apart.keep(block)
            at += 1
        else:
            apart.take(block, its, following[at])
            at += 1
    return [*apart.kept, *(label for label, _ in apart.waiting)], apart.beside


def _labels_of(text: str, block: Block) -> tuple[Label, ...]:
    """Parse a block of nothing but labels; none where it is anything else."""
    if block.role not in {Role.TEXT, Role.ITEM}:
        return ()
    around = parted(text[block.start : block.end])
    return around.labels if around.start == around.end else ()


def unlabelled(text: str, node: Node) -> tuple[Node, tuple[Label, ...]]:
    """Strip the labels from a block and its last part; return the block and the labels."""
    block = node.block
    around = parted(text[block.start : block.end])
    if around.start == around.end:
        return node, ()
    labels = around.labels
    children = node.children
    if children:  # what stands behind the last part was said of the whole
        last, behind = unlabelled(text, children[-1])
        labels, children = (*labels, *behind), [*children[:-1], last]
    if not labels:
        return node, ()
    stretch = replace(block, start=block.start + around.start, end=block.start + around.end)
    return replace(node, block=stretch, children=children), labels


def _listed(text: str, blocks: Sequence[Block], at: int, before: Block | None) -> list[tuple[Block, tuple[Label, ...]]]:
    """Find a block that names a label and the items that list its values: "Addressees:" and below it "Congress"."""
    block = blocks[at]
    words = text[block.start : block.end]
    name = name_of(words.removesuffix(":")) if words.endswith(":") and block.role in {Role.TEXT, Role.ITEM} else ""
    if name not in _LISTED or not before:
        return []
    found: list[tuple[Block, tuple[Label, ...]]] = [(block, ())]
    for item in islice(blocks, at + 1, None):
        if item.role is not Role.ITEM or not _below(item, block, before):
            break
        found.append((item, tuple((name, one) for one in values_of(name, text[item.start : item.end]))))
    return found if len(found) > 1 else []


def _below(item: Block, block: Block, before: Block) -> bool:
    """Whether an item stands below a block, by its depth or else as a bullet of another kind than those around."""
    if item.level is not None and block.level is not None:
        return item.level > block.level
    return not any(map(str.isalnum, item.marker)) and item.marker not in {block.marker, before.marker}
