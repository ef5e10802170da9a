"""Detects running headers, footers and page numbers.

Mostly by their repetition on other pages; on a page by itself, by how near they are to the paper's edge.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile

from ingest.readers.pdf.layout import Page, TextLine

_ZONE = 0.13  # share of the page's height, above and below, where headers and footers stand
_EDGE_LINES = 3  # lines from either end that may be one
_OUTERMOST = 0.075  # share of the page's height; where the text of hardly a page begins or ends
_APART = 2.0  # heights between that and the text
_SHORT = 100  # characters
_NUMBERED = re.compile(r"^\d{1,4}\t|\t\d{1,4}$")  # a page number at one end


def find_margin_lines(pages: Sequence[Page]) -> set[int]:
    """Find running headers, footers and page numbers; returns the ``id()`` of their lines."""
    distinct = {tuple(line.text for line in page.lines): page for page in pages}  # a page scanned twice says nothing
    seen: dict[tuple[str, str], list[tuple[Page, TextLine]]] = defaultdict(list)
    for page in pages:
        for zone, line in _edge_lines(page):
            seen[zone, re.sub(r"\d+", "#", " ".join(line.text.split()).casefold())].append((page, line))
    ids: set[int] = set()
    several = len(distinct)
    for (_, text), found in seen.items():
        on = {page.number for page, _ in found if page in distinct.values()}
        enough = len(on) >= 3 or (len(on) == 2 and several <= 4)
        if text.strip(" -–.|[]()") == "#":
            offsets = Counter(int(re.sub(r"\D", "", line.text)) - page.number for page, line in found)
            enough = offsets.most_common(1)[0][1] >= 2 or all(_is_isolated(page, line) for page, line in found)
        if enough:
            ids.update(id(line) for _, line in found)
    for page in distinct.values():
        ids.update(id(line) for line in _find_isolated_margins(page, ids))
    return ids & {id(line) for page in pages for line in _outermost(page, ids)}


def _edge_lines(page: Page) -> Iterator[tuple[str, TextLine]]:
    """The lines where a header or footer may stand, with the zone."""
    ordered = sorted(page.lines, key=lambda line: line.top)
    zone = _ZONE * (page.bottom - page.top)
    yield from (("top", line) for line in ordered[:_EDGE_LINES] if line.bottom < page.top + zone)
    yield from (("bottom", line) for line in ordered[-_EDGE_LINES:] if line.top > page.bottom - zone)


def _find_isolated_margins(page: Page, ids: set[int]) -> Iterator[TextLine]:
    """What stands at the very edge of a page, well apart from its text and in no larger print, and says no sentence."""
    upright = (line for line in page.lines if id(line) not in ids and not line.turned)
    ordered = sorted(upright, key=lambda line: line.top)
    height = page.bottom - page.top
    head = list(takewhile(lambda line: line.bottom < page.top + _zone_share(line) * height, ordered))
    foot = list(takewhile(lambda line: line.top > page.bottom - _zone_share(line) * height, reversed(ordered)))
    if len(head) + len(foot) >= len(ordered):
        return
    first, last = ordered[len(head)], ordered[-len(foot) - 1]
    # The uppermost words may be the title: they are not where another title follows.
    above_a_title = bool(head) and (first.bold or _NUMBERED.search(head[-1].text))
    if above_a_title and first.top - head[-1].bottom > _APART * head[-1].height:
        yield from head if all(_may_be_margin(line, first) for line in head) else ()
    if foot and foot[-1].top - last.bottom > _APART * foot[-1].height:
        yield from foot if all(_may_be_margin(line, last) for line in foot) else ()


def _zone_share(line: TextLine) -> float:
    """How far from the edge a line may stand, as a share of the page's height: farther with a page number."""
    return _ZONE if _NUMBERED.search(line.text) else _OUTERMOST


def _may_be_margin(line: TextLine, beside: TextLine) -> bool:
    """Whether a line at the edge can be the paper's: no title and no end of a text; ``beside`` is the next line."""
    title = line.bold and any(map(str.isalpha, line.text))
    sentence = line.text.endswith((".", "!", "?", ":", ";"))
    return line.size <= 1.05 * beside.size and len(line.text) <= _SHORT and not title and not sentence


def _outermost(page: Page, ids: set[int]) -> Iterator[TextLine]:
    """Of the lines that may be in the margins those that nothing else parts from the page's edge."""
    ordered = sorted((line for line in page.lines if not line.turned or id(line) in ids), key=lambda line: line.top)
    yield from takewhile(lambda line: id(line) in ids, ordered)
    yield from takewhile(lambda line: id(line) in ids, reversed(ordered))


def _is_isolated(page: Page, line: TextLine) -> bool:
    """Whether a line stands well apart from all others."""
    others = [other for other in page.lines if other is not line]
    gaps = [max(other.top - line.bottom, line.top - other.bottom) for other in others]
    return bool(gaps) and min(gaps) > 0.8 * line.height
