"""Separates labels from what they label: blocks of labels beside a recommendation, and labels inside one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from ingest.lexicon.field_labels import FieldLabel, classify_head, parse_labels, split_values
from ingest.report import Block, BlockRole
from ingest.split.sections import looks_like_heading
from ingest.split.tree import Node

_HEADING_NAMES = {"theme"}  # a line of it alone heads a section
_LISTED_NAMES = {"addressee", "theme", "subtheme", "approach"}  # names whose values may be a list of their own


@dataclass(frozen=True, slots=True)
class AdjacentLabels:
    """The labels printed before and behind a block, and the blocks that hold them."""

    ahead: list[FieldLabel] = field(default_factory=list)
    behind: list[FieldLabel] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)  # that say so


class _LabelSeparator:
    """Takes the blocks in reading order, keeps those that are no labels and assigns the labels to them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kept: list[Block] = []
        self.beside: dict[int, AdjacentLabels] = {}  # by the start of the block that they are of
        self.before: Block | None = None  # what may be a recommendation, with nothing but labels since
        self.waiting: list[tuple[Block, tuple[FieldLabel, ...]]] = []  # for the block that comes
        self.names_ahead: set[str] = set()  # that this report prints before what they are of

    def keep_block(self, block: Block) -> None:
        """Keep a block that is no label; one that may be a recommendation gets the labels that wait."""
        if block.role is BlockRole.NOTE:
            self.kept.append(block)
            return
        words = self.text[block.start : block.end]
        body = block.role is BlockRole.ITEM or (
            block.role is BlockRole.TEXT and not looks_like_heading(words) and not words.endswith(":")
        )
        if body:
            for label, its in self.waiting:
                self._add(block, label, ahead=its)
        else:
            self.kept += [label for label, _ in self.waiting]
        self.waiting = []
        self.kept.append(block)
        self.before = block if body else None

    def assign_labels(self, block: Block, labels: tuple[FieldLabel, ...], following: Block | None) -> None:
        """Assign a block of labels: to what is before, unless their names were first printed where nothing was."""
        before = self.before
        if before and before.role is BlockRole.TEXT and following and following.role is BlockRole.ITEM:
            before = None  # it introduces a list
        if not labels and before:  # the name of those that follow
            self._add(before, block)
        behind = tuple(label for label in labels if before and label[0] not in self.names_ahead)
        ahead = tuple(label for label in labels if not before or label[0] in self.names_ahead)
        if before and behind:
            self._add(before, block, behind=behind)
        if ahead:
            self.names_ahead |= {name for name, _ in ahead}
            self.waiting.append((block, ahead))

    def _add(
        self, block: Block, label: Block, *, ahead: tuple[FieldLabel, ...] = (), behind: tuple[FieldLabel, ...] = ()
    ) -> None:
        beside = self.beside.setdefault(block.start, AdjacentLabels())
        beside.ahead.extend(ahead)
        beside.behind.extend(behind)
        beside.blocks.append(label)


def separate_labels(text: str, blocks: Sequence[Block]) -> tuple[list[Block], dict[int, AdjacentLabels]]:
    """Separate blocks of labels: return the other blocks, and the labels by the start of the block they are of."""
    labels = [_parse_label_block(text, block) for block in blocks]
    others = [False, *map(bool, labels), False]
    following: list[Block | None] = []  # the next that is no label
    for block, its in zip(reversed(blocks), reversed(labels), strict=True):
        following.append(block if not its else following[-1] if following else None)
    following.reverse()
    apart = _LabelSeparator(text)
    at = 0
    while at < len(blocks):
        block, its = blocks[at], labels[at]
        alone = not ({name for name, _ in its} - _HEADING_NAMES or others[at] or others[at + 2])
        if listed := _find_value_list(text, blocks, at, apart.before):
            for item, values in listed:
                apart.assign_labels(item, values, None)
            at += len(listed)
        elif not its or (alone and block.role is BlockRole.TEXT):
            apart.keep_block(block)
            at += 1
        else:
            apart.assign_labels(block, its, following[at])
            at += 1
    return [*apart.kept, *(label for label, _ in apart.waiting)], apart.beside


def _parse_label_block(text: str, block: Block) -> tuple[FieldLabel, ...]:
    """Parse a block of nothing but labels; none where it is anything else."""
    if block.role not in {BlockRole.TEXT, BlockRole.ITEM}:
        return ()
    around = parse_labels(text[block.start : block.end])
    return around.labels if around.start == around.end else ()


def strip_labels(text: str, node: Node) -> tuple[Node, tuple[FieldLabel, ...]]:
    """Strip the labels from a block and its last part; return the block and the labels."""
    block = node.block
    around = parse_labels(text[block.start : block.end])
    if around.start == around.end:
        return node, ()
    labels = around.labels
    children = node.children
    if children:  # what stands behind the last part was said of the whole
        last, behind = strip_labels(text, children[-1])
        labels, children = (*labels, *behind), [*children[:-1], last]
    if not labels:
        return node, ()
    stretch = replace(block, start=block.start + around.start, end=block.start + around.end)
    return replace(node, block=stretch, children=children), labels


def _find_value_list(
    text: str, blocks: Sequence[Block], at: int, before: Block | None
) -> list[tuple[Block, tuple[FieldLabel, ...]]]:
    """Find a block that names a label and the items that list its values: "Addressees:" and below it "Congress"."""
    block = blocks[at]
    words = text[block.start : block.end]
    name = (
        classify_head(words.removesuffix(":"))
        if words.endswith(":") and block.role in {BlockRole.TEXT, BlockRole.ITEM}
        else ""
    )
    if name not in _LISTED_NAMES or not before:
        return []
    found: list[tuple[Block, tuple[FieldLabel, ...]]] = [(block, ())]
    for item in islice(blocks, at + 1, None):
        if item.role is not BlockRole.ITEM or not _is_below(item, block, before):
            break
        found.append((item, tuple((name, value) for value in split_values(name, text[item.start : item.end]))))
    return found if len(found) > 1 else []


def _is_below(item: Block, block: Block, before: Block) -> bool:
    """Whether an item stands below a block, by its depth or else as a bullet of another kind than those around."""
    if item.level is not None and block.level is not None:
        return item.level > block.level
    return not any(map(str.isalnum, item.marker)) and item.marker not in {block.marker, before.marker}
