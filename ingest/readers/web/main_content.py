"""Finds the main content of a page: hidden elements and boilerplate around the text are left out."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from ingest.readers.web.nodes import NAMES, TEXT_TAGS, children_reversed, is_hidden

_BOILERPLATE_ROLES = NAMES.words("boilerplate_roles")
_PAGE_PARTS = frozenset(("header", "footer", "aside"))  # of the page, unless they stand inside a text
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MENU = NAMES.compile(r"(?<![a-z]){menu_place}?{menu}(?![a-z])")
_FOOTER = re.compile(r"(?:^|\s)(?:site-?|page-?|main-?|global-?)?(?:footer|colophon)(?:\s|$)")
_NOT_PRINTED = NAMES.compile(r"(?<![a-z]){not_printed}(?![a-z])")
_COOKIES = re.compile(r"(?<![a-z])(?:cookies?|cookie-?(?:banner|bar|consent|notice|law)|gdpr|onetrust|cookiebot|cmp)")
_HEADING = re.compile("h[1-6]")
_SENTENCE_LENGTH = 60  # characters of a sentence, more than a menu's entry
_MENU_ENTRY_LENGTH = 30  # characters of a menu's entry


@dataclass(slots=True)
class _Part:
    node: LexborNode
    tag: str
    parent: int  # place in the list of parts; -1 for the first
    in_link: bool
    in_text: bool  # in an element that says it is a text
    in_heading: bool
    letters: int = 0  # characters other than white space inside it
    linked: int = 0  # of these, inside links
    links: int = 0
    button: bool = False
    end: int = 0  # place behind its last descendant

    @property
    def own(self) -> int:
        return self.letters - self.linked


class MainContent:
    """The main content of a page.

    ``root`` is the element that holds it, ``left_out`` the boilerplate elements inside (by `mem_id`), ``title`` the
    page's first heading where it stands outside of ``root``. Nothing that holds most of the page is ever left out,
    and where next to nothing would remain, all does.
    """

    def __init__(self, body: LexborNode) -> None:
        self._parts = _collect_parts(body)
        whole = self._parts[0]
        left_out = self._find_boilerplate()
        kept = whole.letters - sum(self._parts[place].letters for place in left_out)
        if kept <= whole.letters / 20:
            left_out = []
        self.root = self._find_main(left_out)
        self.left_out = frozenset(self._parts[place].node.mem_id for place in left_out)
        self.title = self._find_title()

    def _find_boilerplate(self) -> list[int]:
        """Positions of the outermost boilerplate elements."""
        parts, found, place = self._parts, list[int](), 1
        first, last = self._text_bounds()
        texts = any(part.in_text for part in parts)
        while place < len(parts):
            part = parts[place]
            at_edge = not texts and (part.end <= first or place > last)
            if not self._holds_most(part) and (self._is_boilerplate(part) or (at_edge and _is_menu(part))):
                found.append(place)
                place = part.end
            else:
                place += 1
        return found

    def _is_boilerplate(self, part: _Part) -> bool:
        said = part.node.attributes
        role = said.get("role") or ""
        if role == "main" or part.tag in ("main", "article", "body") or _HEADING.fullmatch(part.tag):
            return False
        within = part.in_text
        linked = part.linked >= part.letters / 2
        if (
            part.tag in ("nav", "dialog")
            or (part.tag == "button" and not part.in_heading)
            or (role in _BOILERPLATE_ROLES and (not within or linked or role == "dialog"))
        ):
            return True
        if part.tag in _PAGE_PARTS and (not within or (linked and part.tag != "header")):
            return "note" not in (said.get("epub:type") or role)
        names = _CAMEL_CASE.sub("-", f"{said.get('class') or ''} {said.get('id') or ''}").lower()
        if not names.strip():
            return False
        if _NOT_PRINTED.search(names) or (linked and part.links > 1 and _MENU.search(names)):
            return True
        small = part.own < self._parts[0].own / 5
        return small and (
            bool(_COOKIES.search(names) and (part.button or role)) or (not within and bool(_FOOTER.search(names)))
        )

    def _holds_most(self, part: _Part) -> bool:
        return part.own > 500 and part.own > self._parts[0].own / 2

    def _text_bounds(self) -> tuple[int, int]:
        """Places of the first and last element that is plainly text: a heading, or a sentence of its own."""
        inner = [0] * len(self._parts)
        for part in self._parts[1:]:
            inner[part.parent] += part.own
        places = [
            place
            for place, part in enumerate(self._parts)
            if part.own and (_HEADING.fullmatch(part.tag) or part.own - inner[place] > _SENTENCE_LENGTH)
        ]
        return (places[0], places[-1]) if places else (0, len(self._parts))

    def _find_main(self, left_out: list[int]) -> LexborNode:
        """The element that says it is the main text and holds most of what is left; else the whole page."""
        parts = self._parts
        own = parts[0].own - sum(parts[place].own for place in left_out)
        gone = [(place, parts[place].end) for place in left_out]
        for share, wanted in ((0.5, "main"), (0.7, "article")):
            found = [
                part
                for place, part in enumerate(parts)
                if (part.tag == wanted or (wanted == "main" and part.node.attributes.get("role") == "main"))
                and not any(start <= place < end for start, end in gone)
            ]
            best = max(found, key=lambda part: part.own, default=None)
            if best is not None and best.letters and best.own >= share * own:
                return best.node
        return parts[0].node

    def _find_title(self) -> LexborNode | None:
        """The first h1 that is more than a link home, where the text itself has none."""
        root = self.root.mem_id
        first: LexborNode | None = None
        inside = left_out = 0  # places up to which we are inside of them
        for place, part in enumerate(self._parts):
            identity = part.node.mem_id
            if identity == root:
                inside = part.end
            if identity in self.left_out:
                left_out = max(left_out, part.end)
            if part.tag == "h1" and part.own:
                if place < inside and place >= left_out:
                    return None
                first = first or part.node
        return first


def _is_menu(part: _Part) -> bool:
    return (
        part.links >= 3
        and part.linked >= 0.8 * part.letters
        and part.linked <= _MENU_ENTRY_LENGTH * part.links
        and part.tag != "body"
    )


def _collect_parts(body: LexborNode) -> list[_Part]:
    """All visible elements in document order, with statistics of their text and links."""
    parts = [_Part(body, body.tag or "", -1, in_link=False, in_text=False, in_heading=False)]
    stack: list[tuple[LexborNode, int]] = [(child, 0) for child in children_reversed(body)]
    while stack:
        node, parent = stack.pop()
        above = parts[parent]
        if node.is_text_node:
            letters = len("".join((node.text_content or "").split()))
            above.letters += letters
            above.linked += letters if above.in_link else 0
        elif node.is_element_node and not is_hidden(node):
            tag = node.tag or ""
            said = node.attributes
            link = tag == "a" and "href" in said
            button = tag in ("button", "input") or said.get("role") == "button"
            in_text = above.in_text or above.tag in TEXT_TAGS or above.node.attributes.get("role") == "main"
            in_heading = above.in_heading or above.tag == "summary" or bool(_HEADING.fullmatch(above.tag))
            in_link = above.in_link or link
            parts.append(_Part(node, tag, parent, in_link, in_text, in_heading, links=int(link), button=button))
            place = len(parts) - 1
            stack.extend((child, place) for child in children_reversed(node))
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        part.end = max(part.end, place + 1)
        if part.parent >= 0:
            above = parts[part.parent]
            above.letters += part.letters
            above.linked += part.linked
            above.links += part.links
            above.button |= part.button
            above.end = max(above.end, part.end)
    return parts
