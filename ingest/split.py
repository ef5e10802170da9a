"""From a report's blocks to its passages: every block is given a role by what it looks like and where it stands.

Headings are put in force; items and paragraphs become passages under them. What makes a passage a
recommendation is written into it as its reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.addressees import addressees
from ingest.attribution import Attributed, attributed, opener
from ingest.language import passage_language, report_language
from ingest.nesting import Node, nested
from ingest.report import Block, Kind, Passage, Report, Role, Strength, for_reading
from ingest.sections import HEADING_LENGTH, Heading, Section, announces, heading_of, sections
from ingest.strength import NO_FORCE, force_of
from ingest.wording import (
    CONCLUSION,
    CONTENTS,
    DATE,
    LEADERS,
    QUOTES,
    RAPPORTEUR,
    RECOMMENDATIONS,
    REPORT,
    SECTION,
    SENTENCE_END,
    of_others,
    sentence_ends,
    sentences,
    we_recommend,
)

_FRONT = 15  # blocks in which a title stands
_ENOUGH = 20_000  # characters to tell a report's language from
_WINDOW = 1_200  # characters that a model's window surely holds; of Chinese or Korean a third
_LETTER = {Kind.RECOMMENDATION: "r", Kind.PARAGRAPH: "p", Kind.CONCLUSION: "c", Kind.NOTE: "n"}
_ASKS = {Strength.OBLIGATION, Strength.RECOMMENDATION}


def split(report: Report) -> list[Passage]:
    """The report's passages in reading order; a recommendation comes before its parts.

    The same report gives the same passages, ids included, on every run.
    """
    nodes = nested(report.text, report.blocks)
    texts = [for_reading(report.text[node.block.start : node.block.end]) for node in nodes]
    behind = [*nodes, None][1:]
    headings = [heading_of(node, text, after) for node, text, after in zip(nodes, texts, behind, strict=True)]
    draft = _Draft(report)
    for section, members in sections(nodes, texts, headings):
        for at in members:
            node, text, heading = nodes[at], texts[at], headings[at]
            block = node.block
            if not node.children and (fact := draft.fact_in(block, text, at)):
                draft.add_fact(fact, block)
                if heading and fact == "title" and RECOMMENDATIONS.search(text):
                    draft.descend(heading)
            elif heading:
                draft.descend(heading)
                for child in node.children:
                    draft.add_item(child, section)
            elif block.role is Role.ITEM:
                draft.add_item(node, section)
                continue  # with its notes
            elif block.role is Role.ROW:
                draft.add_row(block, nodes[at - 1].block if at else None)
            else:
                draft.add_paragraph(node, text, section)
            draft.add_notes(node)
    return draft.passages


def titled(report: Report, passages: Iterable[Passage]) -> Report:
    """The report with the title that its text states, where nothing else states one."""
    title = next((for_reading(one.text) for one in passages if one.id == f"{report.id}#title"), "")
    if report.metadata.title or not title:
        return report
    return replace(report, metadata=replace(report.metadata, title=title))


class _Draft:
    """The passages so far, with the headings in force and the counters that number them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.language = report.metadata.language or report_language(report.text[:_ENOUGH])
        self.passages: list[Passage] = []
        self.headings: list[Heading] = []
        self.counts: Counter[tuple[str, Kind]] = Counter()
        self.ids: Counter[str] = Counter()
        self.facts: set[str] = set()
        self.table_head = ""
        self.openers: tuple[Sequence[Node], frozenset[str]] = ((), frozenset())  # of the list before
        self.structured = any(block.role is Role.HEADING for block in report.blocks)
        self.title = _title(report)

    def fact_in(self, block: Block, text: str, at: int) -> str | None:
        """Which fact about the report itself a block states, if it does."""
        if self.title and block.start == self.title.start:
            return "title"
        if block.role is not Role.TEXT:
            return None
        if DATE.fullmatch(text):
            return "date"
        begun = self.headings or any(passage.kind is not Kind.FACT for passage in self.passages)
        if at >= _FRONT if self.structured else begun:
            return None  # title and rapporteur stand in front
        if not self.structured and not self.passages and len(text) <= HEADING_LENGTH:
            return "title"
        named = RAPPORTEUR.search(text) and len(text) <= HEADING_LENGTH and not SENTENCE_END.search(text[:-1])
        return "rapporteur" if named and "rapporteur" not in self.facts else None

    def descend(self, heading: Heading) -> None:
        """Put a heading in force: in place of the one of its level or style, or else below all others."""
        if heading.level is not None:
            self.headings = [one for one in self.headings if one.level is not None and one.level < heading.level]
        else:
            styles = [one.style for one in self.headings]
            if heading.style in styles:
                del self.headings[styles.index(heading.style) :]
        self.headings.append(heading)

    def add_fact(self, fact: str, block: Block) -> None:
        if fact == "title" and self.title:
            block = self.title
        self.facts.add(fact)
        self._add(self._id(fact), Kind.FACT, block, headings=(), reason=f"states the report's {fact}")

    def add_paragraph(self, node: Node, text: str, section: Section) -> None:
        """A paragraph, and behind it the list that it introduces."""
        if self.headings and self.headings[-1].style == "list":
            self.headings.pop()  # it introduced a list, and the list is over
        if CONCLUSION.match(text):
            kind, reason = Kind.CONCLUSION, "says that it concludes"
        elif why := self._asks(node, text, section):
            kind, reason = Kind.RECOMMENDATION, why
        else:
            kind, reason = Kind.PARAGRAPH, "a paragraph"
        self._numbered(kind, node.block, reason=reason)
        lead_in = sentences(text)[-1] if node.children else ""
        announced = text if RECOMMENDATIONS.search(lead_in) and not of_others(lead_in) else ""
        for child in node.children:
            self.add_item(child, section, lead_in=lead_in, announced=announced)

    def add_notes(self, node: Node, number: str = "") -> None:
        """The notes behind a block; one that quotes recommendations gives them, under the block's number."""
        for note in node.notes:
            text = self.report.text[note.start : note.end]
            quoted = QUOTES.match(text)
            pieces = attributed(text[quoted.end() :]) if quoted else []
            if number and quoted and pieces[0].by:
                block = replace(note, start=note.start + quoted.end())
                reason = f"quoted in a note: “{brief(for_reading(quoted[0]))}”"
                self._add_joined(replace(block, marker=""), pieces, for_reading(quoted[0]), reason, number)
            else:
                self._numbered(Kind.NOTE, note, reason="a note")

    def add_row(self, block: Block, before: Block | None) -> None:
        """A table's row; the row that heads the table stands as its lead-in."""
        text = for_reading(self.report.text[block.start : block.end])
        if LEADERS.search(text):
            return  # of a table of contents
        inside = before is not None and before.role is Role.ROW
        if not inside:
            self.table_head = text
        self._numbered(Kind.PARAGRAPH, block, lead_in=self.table_head if inside else "", reason="a row of a table")

    def add_item(
        self, node: Node, section: Section, *, lead_in: str = "", announced: str = "", number: str = ""
    ) -> None:
        """An item with what it holds: a recommendation where a heading or a paragraph above announces it."""
        block = replace(node.block, end=node.end)
        own = for_reading(self.report.text[node.block.start : node.block.end])
        if node.children and announces(own):
            whole = self._numbered(Kind.PARAGRAPH, node.block, lead_in=lead_in, reason="announces recommendations")
            self.add_notes(node)
            for count, child in enumerate(node.children, start=1):
                within = _inner_number(whole.number, child, count)
                self.add_item(child, section, lead_in=own, announced=own, number=within)
            return
        kind, reason = self._item_kind(node, own, section, announced)
        text = self.report.text[block.start : block.end]
        pieces = attributed(text, self._openers(node, section)) if kind is Kind.RECOMMENDATION else []
        if len(pieces) > 1 and not node.children:
            whole = self._add_joined(block, pieces, lead_in, reason, number)
        else:
            by = pieces[0].by if pieces else ()
            whole = self._numbered(kind, block, lead_in=lead_in, reason=reason, number=number, by=by)
        self.add_notes(node, whole.number)
        self._add_parts(whole, node, own)

    def _item_kind(self, node: Node, text: str, section: Section, announced: str) -> tuple[Kind, str]:
        if announced:
            return Kind.RECOMMENDATION, f"announced by “{brief(announced)}”"
        beside = node.marker is not None and node.marker.style in section.announcing
        if (above := self._announcing()) and not beside:
            return Kind.RECOMMENDATION, f"an item under the heading “{brief(above)}”"
        if not above and (found := we_recommend(text)):
            return Kind.RECOMMENDATION, f"says “{found[0]}”"
        return Kind.PARAGRAPH, "an item of a list"

    def _add_joined(
        self, block: Block, pieces: Sequence[Attributed], lead_in: str, reason: str, number: str
    ) -> Passage:
        """Several recommendations under one number: the first has it, the others count on: 87.1, 87.1.1, 87.1.2."""
        done: list[Passage] = []
        for count, piece in enumerate(pieces):
            stretch = replace(block, start=block.start + piece.start, end=block.start + piece.end)
            own = f"{done[0].number}.{count}" if done else number
            done.append(
                self._numbered(Kind.RECOMMENDATION, stretch, lead_in=lead_in, reason=reason, number=own, by=piece.by)
            )
        return done[0]

    def _openers(self, node: Node, section: Section) -> frozenset[str]:
        """The words that the recommendations of an item's list begin with."""
        siblings = node.siblings or section.items
        if siblings is not self.openers[0]:
            text = self.report.text
            self.openers = siblings, frozenset(opener(text[one.block.start : one.block.end]) for one in siblings)
        return self.openers[1]

    def _add_parts(self, whole: Passage, node: Node, lead_in: str) -> None:
        for count, child in enumerate(node.children, start=1):
            number = _inner_number(whole.number, child, count)
            last = number.rpartition(".")[2]
            block = replace(child.block, end=child.end)
            part = self._add(
                self._id(f"{whole.id.partition('#')[2]}.{last}"), Kind.PART, block, number=number, lead_in=lead_in,
                reason=f"an item inside {whole.id.partition('#')[2]}",
            )  # fmt: skip
            self.add_notes(child)
            self._add_parts(part, child, for_reading(self.report.text[child.block.start : child.block.end]))

    def _asks(self, node: Node, text: str, section: Section) -> str:
        """Why a paragraph is a recommendation, if it is one."""
        if node.children:
            return ""
        if found := we_recommend(text):
            return f"says “{found[0]}”"
        above = self._announcing()
        if above and not section.listed and force_of(text, passage_language(text, self.language)).strength in _ASKS:
            return f"asks for something under the heading “{brief(above)}”"
        return ""

    def _announcing(self) -> str:
        """The heading in force that announces recommendations."""
        return next(
            (one.text for one in self.headings if RECOMMENDATIONS.search(one.text) and not of_others(one.text)), ""
        )

    def _numbered(
        self, kind: Kind, block: Block, *, reason: str, lead_in: str = "", number: str = "", by: tuple[str, ...] = ()
    ) -> Passage:
        """A passage with the number printed in front of it or, failing that, its count in the section."""
        section = next((m["number"] for one in reversed(self.headings) if (m := SECTION.match(one.text))), "")
        self.counts[section, kind] += 1
        printed = number or _printed(block.marker)
        count = str(self.counts[section, kind])
        local = f"{_LETTER[kind]}{_padded(printed or count)}"
        said = printed or (count if kind is Kind.RECOMMENDATION else "")
        pieces = [block] if kind is Kind.RECOMMENDATION else list(_readable(self.report.text, block))
        passages = [
            self._add(
                self._id(f"{section}-{local}".removeprefix("-")),
                kind,
                piece,
                number=said,
                lead_in=lead_in,
                by=by,
                reason=reason,
            )
            for piece in pieces
        ]
        return passages[0]

    def _id(self, local: str) -> str:
        self.ids[local] += 1
        again = f"-{self.ids[local]}" if self.ids[local] > 1 else ""
        return f"{self.report.id}#{local}{again}"

    def _add(
        self,
        passage_id: str,
        kind: Kind,
        block: Block,
        *,
        number: str = "",
        lead_in: str = "",
        headings: tuple[str, ...] | None = None,
        by: tuple[str, ...] = (),
        reason: str,
    ) -> Passage:
        report = self.report
        text = report.text[block.start : block.end]
        language = self.language if kind is Kind.FACT else passage_language(text, self.language)
        asks = kind not in {Kind.FACT, Kind.NOTE}
        asked = kind in {Kind.RECOMMENDATION, Kind.PART}
        force = force_of(text, language, asked=asked, lead_in=lead_in) if asks else NO_FORCE
        passage = Passage(
            id=passage_id,
            report_id=report.id,
            kind=kind,
            number=number,
            headings=tuple(one.text for one in self.headings) if headings is None else headings,
            lead_in=lead_in,
            text=text,
            start=block.start,
            end=block.end,
            page=report.page_at(block.start),
            line=report.line_at(block.start),
            language=language,
            by=by,
            addressees=addressees(text, language) if asks else (),
            strength=force.strength,
            strength_words=force.words,
            reason=reason,
        )
        self.passages.append(passage)
        return passage


def _may_name(heading: str) -> bool:
    """Whether a heading can be a report's title: not of contents, of a chapter, or of recommendations alone."""
    if CONTENTS.match(heading) or heading[0].isdigit():
        return False
    return bool(REPORT.search(heading)) or not RECOMMENDATIONS.search(heading)


def _title(report: Report) -> Block | None:
    """The heading in front that names the report: one that says "report", else the highest."""
    headings = [(at, one) for at, one in enumerate(report.blocks[:_FRONT]) if one.role is Role.HEADING]
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


def brief(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= 60 else text[:60].rsplit(" ", 1)[0] + " …"


def _printed(marker: str) -> str:
    """A mark as the number it says: "7." and "(7)" are 7, "(b)" is b; a bullet says none."""
    plain = marker.strip("().- ")
    return plain if plain[:1].isalnum() and plain != "o" else ""


def _inner_number(outer: str, node: Node, count: int) -> str:
    """The number of an item inside a numbered one: 5.2, 5.b; one that has it all already stays."""
    own = _printed(node.block.marker) or str(count)
    return own if not outer or own.startswith(f"{outer}.") else f"{outer}.{own}"


def _padded(number: str) -> str:
    return number.zfill(2) if number.isdecimal() else number


def _readable(text: str, block: Block) -> Iterator[Block]:
    """A long stretch as pieces that a model's window holds, cut between sentences."""
    front = text[block.start : block.start + 200]
    window = _WINDOW // 3 if not front.isascii() and sum(one > "\u2e80" for one in front) > 40 else _WINDOW
    if block.end - block.start <= window:
        yield replace(block, end=block.start + len(text[block.start : block.end].rstrip()))
        return
    start = block.start
    ends = sentence_ends(text, block.start, block.end)
    for end, following in pairwise([*ends, block.end, None]):
        assert end is not None
        if following is None or following - start > window:
            stretch = text[start:end]
            yield replace(block, start=start, end=start + len(stretch.rstrip()))
            start = end
