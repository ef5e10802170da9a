"""Resolves the styles of a Word file with what they inherit: headings, lists, hidden text."""

import re
from dataclasses import dataclass

from ingest.readers.archive import Element
from ingest.readers.numerals import parse_int
from ingest.readers.office.docx_package import VAL, W, read_switch, read_val, val_at

_HEADING = re.compile(  # Word writes the English name, whatever its language; other programs may not
    r"(?:heading|título|titulo|titre|überschrift|titolo|encabezado|cabeçalho|kop|rubrik|nagłówek|заголовок)\s*([1-9])"
)
_TITLES = {"title": 1, "título": 1, "titre": 1, "titel": 1, "titolo": 1, "toc heading": 1}
_LIST_STYLE = re.compile(r"list (?:bullet|number) ([2-5])")
SWITCHES = {
    "vanish": "hidden",
    "b": "bold",
    "strike": "struck",
    "dstrike": "doubly_struck",
}  # of runs, with their fields of a style
_MAX_CHAIN = 50  # styles based on styles


@dataclass(frozen=True, slots=True)
class Style:
    """A style with what it inherits."""

    ids: tuple[str, ...] = ()  # itself, then what it is based on
    heading: int | None = None  # level from 1
    num_id: str = ""
    level: int | None = None  # of the list, from 0
    depth: int = 0  # of "List Bullet 3", which is level 0 of a list of its own: 2
    hidden: bool = False
    bold: bool = False
    struck: bool = False
    doubly_struck: bool = False


class StyleSheet:
    """The styles of a file, by their ids."""

    def __init__(self, root: Element | None) -> None:
        self._nodes: dict[str, Element] = {}
        self._resolved: dict[str, Style] = {}
        self.default = ""
        self.list_styles: dict[str, str] = {}
        for node in () if root is None else root.iterchildren(f"{W}style"):
            name, kind = node.get(f"{W}styleId", ""), node.get(f"{W}type", "paragraph")
            self._nodes.setdefault(name, node)
            if kind == "numbering":
                self.list_styles[name] = val_at(node, f"{W}pPr/{W}numPr/{W}numId")
            if kind == "paragraph" and node.get(f"{W}default") in ("1", "true", "on"):
                self.default = name

    def get(self, name: str) -> Style:
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name)
        return self._resolved[name]

    def _resolve(self, name: str) -> Style:
        chain: dict[str, Element] = {}
        while name in self._nodes and name not in chain and len(chain) < _MAX_CHAIN:
            chain[name] = self._nodes[name]
            name = read_val(chain[name], "basedOn")
        headings = (_heading_of_style(node) for node in chain.values())
        num_ids = (val_at(node, f"{W}pPr/{W}numPr/{W}numId") for node in chain.values())
        levels = (val_at(node, f"{W}pPr/{W}numPr/{W}ilvl") for node in chain.values())
        depths = (_LIST_STYLE.fullmatch(read_val(node, "name").lower()) for node in chain.values())
        switches = {
            called: [read_switch(node.find(f"{W}rPr/{W}{tag}")) for node in chain.values()]
            for tag, called in SWITCHES.items()
        }
        level = next((level for level in levels if level), None)
        return Style(
            ids=tuple(chain),
            heading=next((heading for heading in headings if heading is not None), 0) or None,
            num_id=next((num_id for num_id in num_ids if num_id), ""),
            level=None if level is None else parse_int(level, 0),
            depth=next((int(depth[1]) - 1 for depth in depths if depth), 0),
            **{
                called: next((switch for switch in some if switch is not None), False)
                for called, some in switches.items()
            },
        )


def _heading_of_style(node: Element) -> int | None:
    """The level of the headings that a style makes, 0 where it says "none", None where it says nothing."""
    name = read_val(node, "name").strip().lower()
    if named := _HEADING.fullmatch(name):
        return int(named[1])
    if name in _TITLES:
        return _TITLES[name]
    outline = node.find(f"{W}pPr/{W}outlineLvl")
    return None if outline is None else outline_to_heading(outline)


def outline_to_heading(outline: Element) -> int:
    """Level 9 of the outline is body text."""
    at = parse_int(outline.get(VAL), 9)
    return at + 1 if 0 <= at < 9 else 0
