"""Walks the nodes of an HTML tree, iteratively, and reads the text of elements as a browser shows it."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from ingest.lexicon.tables import WordTables
from ingest.readers.numerals import TO_SUPERSCRIPT

NAMES = WordTables("ingest.readers", "html")
WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")
BLOCKS = NAMES.words("blocks")
_HIDDEN_TAGS = NAMES.words("hidden_tags")
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|text-decoration[\w-]*\s*:[^;]*line-through)",
    re.IGNORECASE,
)
UNFOLDS = {"aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle"}
TEXT_TAGS = frozenset(("main", "article"))
NOTE_ID = re.compile(r"(?:fn|footnote|endnote|_?ftn|_?edn|sdfootnote|sdendnote)[-_:]?\d[\w.:-]*|cite_note-.*")
NOTE_MARK = re.compile(r"[\[(]?(\d{1,4}|[*†‡§]{1,3}|[a-z])[\])]?")


def is_hidden(node: LexborNode) -> bool:
    """Whether an element is hidden from readers of the page."""
    if node.tag in _HIDDEN_TAGS:
        return True
    if node.tag in TEXT_TAGS:
        return False  # a page saved while a dialog lay over it
    said = node.attributes
    if not said or "pagebreak" in (said.get("epub:type") or said.get("role") or ""):
        return bool(said)
    hidden = ("hidden" in said and said["hidden"] != "until-found") or said.get("aria-hidden") == "true"
    return (hidden or bool(_HIDDEN_STYLE.search(said.get("style") or ""))) and not _is_folded(node)


def _is_folded(node: LexborNode) -> bool:
    """Whether a panel was only folded away when its page was saved: what stands before it unfolds it."""
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    if before is None:
        return False
    controls = [before, *islice(descendants(before), 3)]
    return any(UNFOLDS & control.attributes.keys() for control in controls)


def descendants(root: LexborNode) -> Iterator[LexborNode]:
    """The elements inside, in order."""
    stack = [*children_reversed(root)]
    while stack:
        node = stack.pop()
        if node.is_element_node:
            yield node
            stack.extend(children_reversed(node))


def descendants_tagged(root: LexborNode, tags: frozenset[str]) -> Iterator[LexborNode]:
    """The elements inside with one of these tags, in order."""
    return (node for node in descendants(root) if node.tag in tags)


def children_reversed(node: LexborNode) -> Iterator[LexborNode]:
    """The child nodes from last to first, as a stack takes them."""
    child = node.last_child
    while child is not None:
        yield child
        child = child.prev


def text_of(
    node: LexborNode,
    leave_out: Callable[[LexborNode], bool] | None = None,
    limit: int | None = None,
    calls: bool = True,
) -> str:
    """An element's text, with a line break wherever a block or line ends; cut behind some ``limit`` characters."""
    found: list[str] = []
    length = 0
    stack: list[LexborNode | str] = [*children_reversed(node)]
    while stack and (limit is None or length < limit):
        inside = stack.pop()
        if isinstance(inside, str) or inside.is_text_node:
            text = inside if isinstance(inside, str) else WHITE_SPACE.sub(" ", inside.text_content or "")
            found.append(text)
            length += len(text)
            continue
        if not inside.is_element_node or is_hidden(inside) or (leave_out is not None and leave_out(inside)):
            continue
        length += 1
        if calls and is_note_reference(inside):
            continue
        if inside.tag == "sup" and (number := superscript_number(inside)):
            found.append(number)
            continue
        if inside.tag in BLOCKS or inside.tag == "br":
            found.append("\n")
            stack.append("\n")
        stack.extend(children_reversed(inside))
    return "".join(found)


def is_note_reference(node: LexborNode) -> bool:
    """Whether it is the mark in the text that calls a note; in a quotation it would be part of the word before it."""
    if node.tag not in ("a", "sup"):
        return False
    said = node.attributes
    if "noteref" in f"{said.get('epub:type') or ''} {said.get('role') or ''}":
        return True
    raised = node.tag == "sup"
    inside = list(islice(descendants(node), 5))
    link = next((descendant for descendant in inside if descendant.tag == "a"), None) if raised else node
    text = " ".join(node.text().split()) if link is not None and len(inside) < 5 else ""
    if link is None or not text or not NOTE_MARK.fullmatch(text):
        return False
    _, found, place = (link.attributes.get("href") or "").rpartition("#")
    return bool(found) and (raised or bool(NOTE_ID.fullmatch(place)))


def superscript_number(sup: LexborNode) -> str:
    """The raised digits that it is; empty where it is more than that."""
    text = sup.text() if sum(1 for _ in islice(descendants(sup), 5)) < 5 else ""
    return text.strip().translate(TO_SUPERSCRIPT) if re.fullmatch(r"\s*[0-9]{1,4}\s*", text) else ""


def parse_number(said: str | None, default: int) -> int:
    """Parse an integer attribute as browsers do, by its beginning: "3px" is 3; ``default`` where none is there."""
    found = re.match(r"\s*([+-]?\d{1,9})(?!\d)", said or "")
    return int(found.group(1)) if found else default
