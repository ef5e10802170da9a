"""Finds the main content of a page: hidden elements and boilerplate around the text are left out.

Names of elements tell some of it, link density the rest: the text ends where more links follow than words.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from ingest.readers.web.html_tables import is_layout_table
from ingest.readers.web.nodes import BLOCKS, NAMES, TEXT_TAGS, UNFOLDS, children_reversed, is_hidden

_BOILERPLATE_ROLES = NAMES.words("boilerplate_roles")
_PAGE_PARTS = frozenset(("header", "footer", "aside"))  # of the page, unless they stand inside a text
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MENU = NAMES.compile(r"(?<![a-z]){menu_place}?{menu}(?![a-z])")
_FOOTER = re.compile(r"(?:^|\s)(?:site-?|page-?|main-?|global-?)?(?:footer|colophon)(?:\s|$)")
_NOT_PRINTED = NAMES.compile(r"(?<![a-z]){not_printed}(?![a-z])")
_COOKIES = re.compile(r"(?<![a-z])(?:cookies?|cookie-?(?:banner|bar|consent|notice|law)|gdpr|onetrust|cookiebot|cmp)")
_HEADING = re.compile("h[1-6]")
_SENTENCE_LENGTH = 60  # characters of a sentence, more than a menu's entry
_LINK_LENGTH = 60  # characters of a link that leads elsewhere
_LINK_COST = 40  # characters of text that must follow for each such link that is kept within the text


@dataclass(slots=True)
class _Part:
    node: LexborNode
    tag: str
    parent: int  # place in the list of parts; -1 for the first
    in_link: bool
    in_text: bool  # in an element that says it is a text
    in_heading: bool
    in_table: bool  # of data
    letters: int = 0  # characters other than white space inside it
    linked: int = 0  # of these, inside links
    links: int = 0
    jumps: int = 0  # of these, to a place in the page
    button: bool = False
    blocks: bool = False  # whether there are any inside, with text
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
        left_out = self._find_boilerplate()
        self._gone = {inside for place in left_out for inside in range(place, self._parts[place].end)}
        main = self._find_main(left_out)
        left_out += self._find_navigation(main)
        self.root = self._parts[main].node
        self.left_out = frozenset(self._parts[place].node.mem_id for place in left_out)
        titles = [place for place, part in enumerate(self._parts) if part.tag == "h1" and part.own]  # no links home
        within = any(main <= place < self._parts[main].end and place not in self._gone for place in titles)
        self.title = None if within or not titles else self._parts[titles[0]].node

    def _find_boilerplate(self) -> list[int]:
        """Places of the outermost boilerplate elements; none where next to nothing would remain."""
        found, place = list[int](), 1
        while place < len(self._parts):
            part = self._parts[place]
            boilerplate = not self._holds_most(part) and self._is_boilerplate(part)
            found += [place] if boilerplate else []
            place = part.end if boilerplate else place + 1
        letters = self._parts[0].letters
        return found if sum(self._parts[place].letters for place in found) < letters - letters / 20 else []

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
        if _NOT_PRINTED.search(names) or (linked and part.links > 1 and _MENU.search(names)):
            return True
        small = part.own < self._parts[0].own / 5
        return small and (
            part.tag == "form"
            or bool(_COOKIES.search(names) and (part.button or role))
            or (not within and bool(_FOOTER.search(names)))
        )

    def _holds_most(self, part: _Part) -> bool:
        return part.own > 500 and part.own > self._parts[0].own / 2

    def _find_main(self, left_out: list[int]) -> int:
        """The place of what says it is the main text and holds most of what is left; else of the whole page."""
        parts = self._parts
        own = parts[0].own - sum(parts[place].own for place in left_out)
        for share, wanted in ((0.5, "main"), (0.7, "article")):
            found = [
                place
                for place, part in enumerate(parts)
                if part.tag == wanted or (wanted == "main" and part.node.attributes.get("role") == "main")
                if place not in self._gone
            ]
            best = max(found, key=lambda place: parts[place].own, default=0)
            if best and parts[best].letters and parts[best].own >= share * own:
                return best
        return 0

    def _find_navigation(self, start: int) -> list[int]:
        """Places of blocks of links in the main text that are none of it, and of all that stands behind its end."""
        parts = self._parts
        blocks, links = list[int](), list[int]()
        begun = False  # whether a heading or a sentence was met
        kept = balance = best = 0  # blocks, and characters of text beyond what the links among them cost
        for place in range(start, parts[start].end):
            part = parts[place]
            if place in self._gone:
                balance = max(balance - _LINK_COST * (part.tag == "a"), 0)
            elif part.letters and part.tag in BLOCKS and not part.blocks:
                blocks.append(place)
                if _is_link(part):
                    balance = max(balance - _LINK_COST * part.links, 0)
                    links += [place] if part.jumps == part.links or not begun else []
                begun |= part.own > _SENTENCE_LENGTH or bool(_HEADING.fullmatch(part.tag))
                balance += part.own
                kept, best = (len(blocks), balance) if balance > best else (kept, best)
        while 0 < kept < len(blocks) and _HEADING.fullmatch(parts[blocks[kept - 1]].tag):
            kept -= 1
        found = {*links, *blocks[kept:]}
        return sorted(found) if best > sum(parts[place].letters for place in found) else []


def _is_link(part: _Part) -> bool:
    """Whether a block is nothing but short links, and no cell."""
    return (
        part.links > 0
        and not part.in_table
        and part.linked >= 0.8 * part.letters
        and part.linked <= _LINK_LENGTH * part.links
    )


def _collect_parts(body: LexborNode) -> list[_Part]:
    """All visible elements in document order, with statistics of their text and links."""
    parts = [_Part(body, body.tag or "", -1, in_link=False, in_text=False, in_heading=False, in_table=False)]
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
            link = tag == "a" and "href" in said and not UNFOLDS & said.keys()
            jump = link and (said["href"] or "").startswith("#") and "role" not in said
            in_text = above.in_text or above.tag in TEXT_TAGS or above.node.attributes.get("role") == "main"
            in_heading = above.in_heading or above.tag == "summary" or bool(_HEADING.fullmatch(above.tag))
            in_link = above.in_link or link
            in_table = above.in_table or (tag == "table" and not is_layout_table(node))
            place = len(parts)
            parts.append(_Part(node, tag, parent, in_link, in_text, in_heading, in_table, links=link, jumps=jump))
            parts[-1].button = tag in ("button", "input") or said.get("role") == "button"
            stack.extend((child, place) for child in children_reversed(node))
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        part.end = max(part.end, place + 1)
        if part.parent >= 0:
            above = parts[part.parent]
            above.letters += part.letters
            above.linked += part.linked
            above.links += part.links
            above.jumps += part.jumps
            above.blocks |= part.blocks or (part.letters > 0 and part.tag in BLOCKS)
            above.button |= part.button
            above.end = max(above.end, part.end)
    return parts
