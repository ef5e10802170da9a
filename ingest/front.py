"""The heading in front of a report that names it."""

from dataclasses import replace

from ingest.lexicon.structure import CONTENTS, RECOMMENDATIONS, REPORT
from ingest.report import Block, Report, Role

FRONT = 15  # blocks in which a title stands


def title_in(report: Report) -> Block | None:
    """The heading in front that names the report: one that says "report", else the highest."""
    headings = [(at, one) for at, one in enumerate(report.blocks[:FRONT]) if one.role is Role.HEADING]
    texts = {at: report.text[one.start : one.end] for at, one in headings}
    front = [(at, one) for at, one in headings if _may_name(texts[at])]

    def order(pair: tuple[int, Block]) -> tuple[bool, int, bool, int]:
        at, one = pair
        words = len(texts[at].split())
        return not (REPORT.search(texts[at]) and words > 2), one.level or 1, words < 3, at

    if not front:
        return None
    at, title = min(front, key=order)
    below = report.blocks[at + 1] if at + 1 < len(report.blocks) else None
    named = below is not None and (at + 1, below) in front and below.level == title.level
    return replace(title, end=below.end) if named and below else title  # "… Periodic Review" and "Mauritius"


def _may_name(heading: str) -> bool:
    """Whether a heading can be a report's title: not of contents, of a chapter, or of recommendations alone."""
    if CONTENTS.match(heading) or heading[0].isdigit():
        return False
    return bool(REPORT.search(heading)) or not RECOMMENDATIONS.search(heading)
