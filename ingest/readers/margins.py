"""What stands on a page and belongs to the paper: running headers and footers, and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile

from ingest.readers.layout import Line, Page

_ZONE = 0.13  # share of the page's height, above and below, where headers and footers stand
_EDGE = 3  # lines from either end that may be one


def margins(pages: Sequence[Page]) -> set[int]:
    """The ids of the lines that are running headers, footers or page numbers."""
    distinct = {tuple(line.text for line in page.lines): page for page in pages}  # a page scanned twice says nothing
    seen: dict[tuple[str, str], list[tuple[Page, Line]]] = defaultdict(list)
    for page in pages:
        for zone, line in _edges(page):
            seen[zone, re.sub(r"\d+", "#", " ".join(line.text.split()).casefold())].append((page, line))
    ids: set[int] = set()
    several = len(distinct)
    for (_, text), found in seen.items():
        on = {page.number for page, _ in found if page in distinct.values()}
        enough = len(on) >= 3 or (len(on) == 2 and several <= 4)
        if text.strip(" -–.|[]()") == "#":
            offsets = Counter(int(re.sub(r"\D", "", line.text)) - page.number for page, line in found)
            enough = offsets.most_common(1)[0][1] >= 2 or all(_alone(page, line) for page, line in found)
        if enough:
            ids.update(id(line) for _, line in found)
    return ids & {id(line) for page in pages for line in _outermost(page, ids)}


def _edges(page: Page) -> Iterator[tuple[str, Line]]:
    """The lines where a header or footer may stand, with the zone."""
    ordered = sorted(page.lines, key=lambda line: line.top)
    zone = _ZONE * (page.bottom - page.top)
    yield from (("top", line) for line in ordered[:_EDGE] if line.bottom < page.top + zone)
    yield from (("bottom", line) for line in ordered[-_EDGE:] if line.top > page.bottom - zone)


def _outermost(page: Page, ids: set[int]) -> Iterator[Line]:
    """Of the lines that may be in the margins those that nothing else parts from the page's edge."""
    ordered = sorted(page.lines, key=lambda line: line.top)
    yield from takewhile(lambda line: id(line) in ids, ordered)
    yield from takewhile(lambda line: id(line) in ids, reversed(ordered))


def _alone(page: Page, line: Line) -> bool:
    """Whether a line stands well apart from all others."""
    others = [one for one in page.lines if one is not line]
    gaps = [max(one.top - line.bottom, line.top - one.bottom) for one in others]
    return bool(gaps) and min(gaps) > 0.8 * line.height
