"""Computes the numbers that Word prints in front of list items and headings, from numbering.xml.

ECMA-376 part 1, 17.9. Where it is silent, as Word does: the instances of one abstract list go on
counting together; an instance that overrides a start restarts that level once; a level that comes
before the levels above it counts them as begun ("1.1", and then "2").
"""

import re
from dataclasses import dataclass

from ingest.readers.archive import Element
from ingest.readers.numerals import format_numeral, parse_int
from ingest.readers.office.docx_package import VAL, W, read_switch, read_val

BULLET = "•"

_PLACEHOLDER = re.compile(r"%([1-9])")
_MAX_LEVELS = 9
MAX_MARKER = 200  # characters


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list definition (w:lvl)."""

    start: int
    form: str  # numFmt: "decimal", "bullet", …
    width: int  # decimals are filled up with zeros to this many
    text: str  # "%1.%2" stands for the numbers of the first two levels
    restart: int | None  # restarts behind this level (from 1) or one above; 0: never; None: behind any above
    legal: bool  # all numbers in it as decimals
    style: str  # the paragraph style that stands for this level
    visible: bool
    language: str


@dataclass(frozen=True, slots=True)
class ListInstance:
    """A list as paragraphs refer to it (w:num): an abstract list with its own starts."""

    abstract: str
    levels: dict[int, ListLevel]
    starts: dict[int, int]  # level -> where this instance restarts it


class Numbering:
    """The lists of numbering.xml by numId."""

    def __init__(self, root: Element | None, list_styles: dict[str, str]) -> None:
        """``list_styles``: a list style's id to the numId it names."""
        self._instances: dict[str, ListInstance] = {}
        if root is None:
            return
        abstracts: dict[str, dict[int, ListLevel]] = {}
        links: dict[str, str] = {}
        for node in root.iterchildren(f"{W}abstractNum"):
            name = node.get(f"{W}abstractNumId", "")
            levels = {
                parse_int(child.get(f"{W}ilvl"), 0): _parse_level(child) for child in node.iterchildren(f"{W}lvl")
            }
            abstracts[name] = {at: level for at, level in levels.items() if 0 <= at < _MAX_LEVELS}
            link = node.find(f"{W}numStyleLink")
            if link is not None:
                links[name] = link.get(VAL, "")
        nums = {node.get(f"{W}numId", ""): node for node in root.iterchildren(f"{W}num")}
        for num_id, node in nums.items():
            abstract = read_val(node, "abstractNumId")
            linked = nums.get(list_styles.get(links.get(abstract, ""), ""))
            if linked is not None:
                abstract = read_val(linked, "abstractNumId")
            levels = dict(abstracts.get(abstract, {}))
            starts: dict[int, int] = {}
            for override in node.iterchildren(f"{W}lvlOverride"):
                at = parse_int(override.get(f"{W}ilvl"), 0)
                own = override.find(f"{W}lvl")
                if own is not None and 0 <= at < _MAX_LEVELS:
                    levels[at] = _parse_level(own)
                start = override.find(f"{W}startOverride")
                if start is not None:
                    starts[at] = parse_int(start.get(VAL), 1)
            self._instances[num_id] = ListInstance(abstract, levels, starts)

    def get(self, num_id: str) -> ListInstance | None:
        return self._instances.get(num_id)


class ListCounters:
    """Counter state of the lists of one story; body, text boxes and notes are stories that count apart."""

    def __init__(self) -> None:
        self._values: dict[str, dict[int, int]] = {}  # abstract list -> level -> last number
        self._restarted: set[tuple[str, int]] = set()

    def next_marker(self, num_id: str, instance: ListInstance, at: int) -> str:
        """Count one paragraph at a level (from 0) and return the marker printed in front of it, empty for none."""
        levels, values = instance.levels, self._values.setdefault(instance.abstract, {})
        level = levels.get(at)
        if level is None:
            return ""
        if at in instance.starts and (num_id, at) not in self._restarted:
            self._restarted.add((num_id, at))
            values.pop(at, None)
        for above in range(at):
            if above in levels and above not in values:
                values[above] = instance.starts.get(above, levels[above].start)
        values[at] = values[at] + 1 if at in values else instance.starts.get(at, level.start)
        for below in [value for value in values if value > at]:
            restart = levels[below].restart if below in levels else None
            if restart is None or at < restart:
                del values[below]
        return _format_marker(level, levels, values) if level.visible else ""


def _format_marker(level: ListLevel, levels: dict[int, ListLevel], values: dict[int, int]) -> str:
    if level.form == "bullet":
        return BULLET if level.text.strip() else ""

    def put(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        if at not in values or at not in levels:
            return ""
        form = "decimal" if level.legal else levels[at].form
        return format_numeral(values[at], form, level.language).rjust(levels[at].width, "0")

    return " ".join(_PLACEHOLDER.sub(put, level.text).split())[:MAX_MARKER]


def _parse_level(node: Element) -> ListLevel:
    form, width = read_val(node, "numFmt", "decimal"), 0
    custom = next((character for character in node.iter(f"{W}numFmt") if character.get(VAL) == "custom"), None)
    if custom is not None:  # in mc:AlternateContent: "001, 002, 003, ..."
        form, width = "decimal", min(len(custom.get(f"{W}format", "").partition(",")[0]), 9)
    restart = node.find(f"{W}lvlRestart")
    language = node.find(f"{W}rPr/{W}lang")
    picture = node.find(f"{W}lvlPicBulletId") is not None
    return ListLevel(
        start=parse_int(read_val(node, "start", "1"), 1),
        form="bullet" if picture else form,
        width=width,
        text=BULLET if picture else read_val(node, "lvlText")[:MAX_MARKER],
        restart=None if restart is None else parse_int(restart.get(VAL), 0),
        legal=read_switch(node.find(f"{W}isLgl")) is True,
        style=read_val(node, "pStyle"),
        visible=read_switch(node.find(f"{W}rPr/{W}vanish")) is not True,
        language=("" if language is None else language.get(VAL, ""))[:2].lower() or "en",
    )
