"""Resolves the styles of an OpenDocument text with what they inherit: lists, titles, hidden text."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.readers.archive import Element
from ingest.readers.extract import HIDDEN, STRUCK
from ingest.readers.numerals import parse_int
from ingest.report import ReadingWarning

STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_WEIGHT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}font-weight"
_LIBRE = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"

_FORMS = {"1": "decimal", "A": "upperLetter", "a": "lowerLetter", "I": "upperRoman", "i": "lowerRoman", "": "none"}
_TITLES = ("Title", "Título", "Titre", "Titel", "Titolo")
MAX_MARKER = 200  # characters
_MAX_CHAIN = 50  # styles based on styles


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list style."""

    form: str = "none"  # as numerals.numeral names them; "in turn": a, …, z, aa, ab
    upper: bool = False  # of "in turn"
    pattern: str = ""  # "%1%.%2%." stands for the numbers of the first two levels; a bullet has none
    start: int = 1
    bullet: bool = False


class StyleSheet:
    """The styles of content.xml and styles.xml."""

    def __init__(self, roots: list[Element]) -> None:
        self._nodes: dict[tuple[str, str], Element] = {}  # (family, name)
        self._lists: dict[str, dict[int, ListLevel]] = {}
        self.outline: dict[int, ListLevel] = {}
        self._properties: dict[tuple[str, str, str], str] = {}
        for root in roots:
            for node in root.iter(f"{STYLE}style"):
                self._nodes.setdefault((node.get(f"{STYLE}family", ""), node.get(f"{STYLE}name", "")), node)
            for node in root.iter(f"{TEXT}list-style"):
                self._lists.setdefault(node.get(f"{STYLE}name", ""), _parse_levels(node))
            for node in root.iter(f"{TEXT}outline-style"):
                self.outline = _parse_levels(node)

    def level(self, list_style: str, at: int) -> ListLevel:
        return self._lists.get(list_style, {}).get(at, ListLevel())

    def list_of(self, paragraph_style: str) -> str | None:
        """The list style that a paragraph style names; "" where it says "none"."""
        named = (node.get(f"{STYLE}list-style-name") for node in self._chain("paragraph", paragraph_style))
        return next((style for style in named if style is not None), None)

    def is_title(self, name: str) -> bool:
        return any(
            node.get(f"{STYLE}display-name", node.get(f"{STYLE}name", "")) in _TITLES
            for node in self._chain("paragraph", name)
        )

    def reason_left_out(self, family: str, name: str) -> ReadingWarning | None:
        """Why words in a style are left out; None where they are not."""
        if self._text_property(family, name, f"{TEXT}display") == "none":
            return HIDDEN
        through = (self._text_property(family, name, f"{STYLE}text-line-through-{how}") for how in ("style", "type"))
        return STRUCK if any(line not in ("", "none") for line in through) else None

    def is_raised(self, family: str, name: str) -> bool:
        return self._text_property(family, name, f"{STYLE}text-position").startswith("super")

    def is_bold(self, family: str, name: str) -> bool | None:
        """Whether a style is bold; None where it says nothing."""
        weight = self._text_property(family, name, _WEIGHT)
        return weight == "bold" or weight[:1] in {"6", "7", "8", "9"} if weight else None

    def _text_property(self, family: str, name: str, attribute: str) -> str:
        key = family, name, attribute
        if key not in self._properties:
            stated = (
                properties.get(attribute)
                for node in self._chain(family, name)
                for properties in node.iterchildren(f"{STYLE}text-properties")
            )
            self._properties[key] = next((value for value in stated if value is not None), "")
        return self._properties[key]

    def _chain(self, family: str, name: str) -> Iterator[Element]:
        met: set[str] = set()
        while name not in met and len(met) < _MAX_CHAIN and (family, name) in self._nodes:
            met.add(name)
            node = self._nodes[family, name]
            yield node
            name = node.get(f"{STYLE}parent-style-name", "")


def _parse_levels(style: Element) -> dict[int, ListLevel]:
    found: dict[int, ListLevel] = {}
    for node in style.iterchildren("*"):
        at = parse_int(node.get(f"{TEXT}level"), 0)
        if node.tag in (f"{TEXT}list-level-style-bullet", f"{TEXT}list-level-style-image"):
            char = node.get(f"{TEXT}bullet-char", "•" if node.tag.endswith("image") else "")
            found[at] = ListLevel(bullet=bool(char.strip()))
        elif node.tag in (f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style"):
            found[at] = _parse_numbered_level(node, at)
    return found


def _parse_numbered_level(node: Element, at: int) -> ListLevel:
    said = node.get(f"{STYLE}num-format", "")
    pattern = node.get(f"{_LIBRE}num-list-format", node.get(f"{STYLE}num-list-format"))
    if pattern is None:
        shown = min(max(parse_int(node.get(f"{TEXT}display-levels"), 1), 1), at)
        places = ".".join(f"%{number}%" for number in range(at - shown + 1, at + 1)) if said else ""
        pattern = node.get(f"{STYLE}num-prefix", "") + places + node.get(f"{STYLE}num-suffix", "")
    in_turn = said in ("a", "A") and node.get(f"{STYLE}num-letter-sync") != "true"
    return ListLevel(
        form="in turn" if in_turn else _FORMS.get(said, "decimal"),
        upper=said == "A",
        pattern=pattern[:MAX_MARKER],
        start=parse_int(node.get(f"{TEXT}start-value"), 1),
    )
