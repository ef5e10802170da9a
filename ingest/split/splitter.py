"""Splits a report into passages: classifies every block by its look and its place.

Headings open sections; facts, items, table rows and paragraphs become passages under them. Why a passage is a
recommendation is recorded in it as its reason.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.annotate.attribution import Attributed, attributed, opener
from ingest.annotate.strength import force_of
from ingest.lexicon.field_labels import Label
from ingest.lexicon.language import passage_language
from ingest.lexicon.structure import (
    CONCLUSION,
    DATE,
    LEADERS,
    QUOTES,
    RAPPORTEUR,
    RECOMMENDATIONS,
    SENTENCE_END,
    of_others,
    sentences,
    we_recommend,
)
from ingest.report import Block, Kind, Passage, Report, Role, Strength, for_reading
from ingest.split.builder import Draft
from ingest.split.labelled_blocks import Beside, set_apart, unlabelled
from ingest.split.sections import FRONT, HEADING_LENGTH, Section, announces, heading_of, sections, title_in
from ingest.split.tables import Row, heads_of, row_of
from ingest.split.tree import Node, inner_number, nested

_ASKS = {Strength.OBLIGATION, Strength.RECOMMENDATION}


def split(report: Report) -> list[Passage]:
    """Split a report into passages, in reading order; a recommendation comes before its parts.

    Deterministic: the same report gives the same passages, ids included, on every run.
    """
    blocks, beside = set_apart(report.text, report.blocks)
    nodes = nested(report.text, blocks)
    texts = [for_reading(report.text[node.block.start : node.block.end]) for node in nodes]
    behind = [*nodes, None][1:]
    headings = [heading_of(node, text, after) for node, text, after in zip(nodes, texts, behind, strict=True)]
    walk = _Walk(report, beside)
    for section, members in sections(nodes, texts, headings):
        for at in members:
            node, text, heading = nodes[at], texts[at], headings[at]
            block = node.block
            if not node.children and (fact := walk.fact_in(block, text, at)):
                walk.add_fact(fact, block)
                if heading and fact == "title" and RECOMMENDATIONS.search(text):
                    walk.draft.descend(heading)
            elif heading:
                walk.draft.descend(heading)
                for child in node.children:
                    walk.add_item(child, section)
            elif block.role is Role.ITEM:
                walk.add_item(node, section)
                continue  # with its notes
            elif block.role is Role.ROW:
                walk.add_row(block, nodes[at - 1].block if at else None)
            elif not walk.goes_on(node):
                walk.add_paragraph(node, text, section)
            walk.add_notes(node)
    return walk.draft.passages


def titled(report: Report, passages: Iterable[Passage]) -> Report:
    """Return the report with the title among its passages, where its metadata has none."""
    title = next((for_reading(one.text) for one in passages if one.id == f"{report.id}#title"), "")
    if report.metadata.title or not title:
        return report
    return replace(report, metadata=replace(report.metadata, title=title))


class _Walk:
    """Classifies the blocks one by one and adds their passages to the builder."""

    def __init__(self, report: Report, beside: Mapping[int, Beside]) -> None:
        self.report = report
        self.beside = beside  # labels, by the start of the block that they are of
        self.draft = Draft(report)
        self.facts: set[str] = set()
        self.table_head = ""
        self.columns: tuple[str, ...] = ()  # heads of a table of recommendations
        self.row_above: Row | None = None
        self.openers: tuple[Sequence[Node], frozenset[str]] = ((), frozenset())  # of the list before
        self.structured = any(block.role is Role.HEADING for block in report.blocks)
        self.title = title_in(report)

    def fact_in(self, block: Block, text: str, at: int) -> str | None:
        """Return the fact about the report that a block states, "title", "date" or "rapporteur"; else None."""
        if self.title and block.start == self.title.start:
            return "title"
        if block.role is not Role.TEXT:
            return None
        if DATE.fullmatch(text):
            return "date"
        begun = self.draft.headings or any(passage.kind is not Kind.FACT for passage in self.draft.passages)
        if at >= FRONT if self.structured else begun:
            return None  # title and rapporteur stand in front
        if not self.structured and not self.draft.passages and len(text) <= HEADING_LENGTH:
            return "title"
        named = RAPPORTEUR.search(text) and len(text) <= HEADING_LENGTH and not SENTENCE_END.search(text[:-1])
        return "rapporteur" if named and "rapporteur" not in self.facts else None

    def add_fact(self, fact: str, block: Block) -> None:
        if fact == "title" and self.title:
            block = self.title
        self.facts.add(fact)
        self.draft.add(fact, Kind.FACT, block, headings=(), reason=f"states the report's {fact}")

    def add_paragraph(self, node: Node, text: str, section: Section) -> None:
        """Add a paragraph, and behind it the list that it introduces."""
        if self.draft.headings and self.draft.headings[-1].style == "list":
            self.draft.headings.pop()  # it introduced a list, and the list is over
        if CONCLUSION.match(text):
            kind, reason = Kind.CONCLUSION, "says that it concludes"
        elif why := self._asks(node, text, section):
            self._recommend(node, reason=why)
            return
        else:
            kind, reason = Kind.PARAGRAPH, "a paragraph"
        self.draft.numbered(kind, node.block, reason=reason)
        self._add_labels(node)
        lead_in = sentences(text)[-1] if node.children else ""
        announced = text if RECOMMENDATIONS.search(lead_in) and not of_others(lead_in) else ""
        for child in node.children:
            self.add_item(child, section, lead_in=lead_in, announced=announced)

    def add_notes(self, node: Node, number: str = "") -> None:
        """Add the notes behind a block; one that quotes several recommendations adds these, under the block's number.

        A single one is what the block itself says, as it was worded before.
        """
        for note in node.notes:
            text = self.report.text[note.start : note.end]
            quoted = QUOTES.match(text)
            pieces = attributed(text[quoted.end() :]) if quoted else []
            if number and quoted and len(pieces) > 1 and pieces[0].by:
                block = replace(note, start=note.start + quoted.end())
                reason = f"quoted in a note: “{brief(for_reading(quoted[0]))}”"
                said = for_reading(quoted[0])
                self.draft.recommend(replace(block, marker=""), pieces, lead_in=said, reason=reason, number=number)
            else:
                self.draft.numbered(Kind.NOTE, note, reason="a note")

    def add_row(self, block: Block, before: Block | None) -> None:
        """Add a table row; its lead-in is the header row. Rows of a table of contents are dropped."""
        text = for_reading(self.report.text[block.start : block.end])
        if LEADERS.search(text):
            return  # of a table of contents
        inside = before is not None and before.role is Role.ROW
        if not inside:
            self.table_head, self.columns = text, ()
        if heads := heads_of(self.report.text[block.start : block.end]):
            self.columns, self.row_above = heads, None
        elif self.columns and self._add_labelled_row(block):
            return
        self.draft.numbered(Kind.PARAGRAPH, block, lead_in=self.table_head if inside else "", reason="a row of a table")

    def _add_labelled_row(self, block: Block) -> bool:
        """Add a row of a table of recommendations, whose columns label them; False where the row has none."""
        text = self.report.text[block.start : block.end]
        row = row_of(text, self.columns, self.row_above)
        if row is None:
            return False
        self.row_above = row
        own = row.recommendation
        reason = f"in a table, under “{brief(own.head)}”"
        pieces = attributed(text[own.start : own.end])
        stretch = replace(block, start=block.start + own.start, end=block.start + own.end)
        self.draft.recommend(stretch, pieces, reason=reason, labels=row.labels)
        for cell in row.others:
            stretch = replace(block, start=block.start + cell.start, end=block.start + cell.end)
            self.draft.numbered(Kind.PARAGRAPH, stretch, lead_in=cell.head, reason="a cell of a table")
        return True

    def goes_on(self, node: Node) -> bool:
        """Add a paragraph that gives more recommendations under the number of the one before; False for others."""
        block = node.block
        pieces = attributed(self.report.text[block.start : block.end]) if not node.children else []
        before = self.draft.recommended_before(block.start) if pieces and all(one.by for one in pieces) else None
        if not before or not before.by:
            return False
        self.draft.recommend(block, pieces, lead_in=before.lead_in, reason=before.reason, behind=before)
        return True

    def add_item(
        self, node: Node, section: Section, *, lead_in: str = "", announced: str = "", number: str = ""
    ) -> None:
        """Add an item and its children: a recommendation where a heading or paragraph above announces it."""
        own = for_reading(self.report.text[node.block.start : node.block.end])
        if node.children and announces(own):
            whole = self.draft.numbered(Kind.PARAGRAPH, node.block, lead_in=lead_in, reason="announces recommendations")
            self._add_labels(node)
            self.add_notes(node)
            for count, child in enumerate(node.children, start=1):
                within = inner_number(whole.number, child, count)
                self.add_item(child, section, lead_in=own, announced=own, number=within)
            return
        kind, reason = self._item_kind(node, own, section, announced)
        if kind is Kind.RECOMMENDATION:
            openers = self._openers(node, section)
            self._recommend(node, openers, lead_in=lead_in, reason=reason, number=number)
            return
        block = replace(node.block, end=node.end)
        whole = self.draft.numbered(kind, block, lead_in=lead_in, reason=reason, number=number)
        self._add_labels(node)
        self.add_notes(node)
        self._add_parts(whole, node, own)

    def _recommend(
        self, node: Node, openers: frozenset[str] | None = None, *, reason: str, lead_in: str = "", number: str = ""
    ) -> None:
        """Add a block's recommendations without the labels in it; with ``openers`` (items) split by authors."""
        beside = self.beside.get(node.block.start, Beside())
        node, labels = unlabelled(self.report.text, node)
        block = replace(node.block, end=node.end)
        text = self.report.text[block.start : block.end]
        pieces = [Attributed(0, len(text), ())] if openers is None else attributed(text, openers)
        if node.children:
            pieces = [Attributed(0, len(text), pieces[0].by)]
        labels = (*labels, *beside.behind, *self._inside(node))
        whole = self.draft.recommend(
            block, pieces, reason=reason, lead_in=lead_in, number=number, ahead=beside.ahead, labels=labels
        )
        if openers is not None:
            self.add_notes(node, whole.number)
        self._add_parts(whole, node, for_reading(self.report.text[node.block.start : node.block.end]))

    def _item_kind(self, node: Node, text: str, section: Section, announced: str) -> tuple[Kind, str]:
        if announced:
            return Kind.RECOMMENDATION, f"announced by “{brief(announced)}”"
        beside = node.marker is not None and node.marker.style in section.announcing
        if (above := self.draft.announcing()) and not beside:
            return Kind.RECOMMENDATION, f"an item under the heading “{brief(above)}”"
        if not above and (found := we_recommend(text)):
            return Kind.RECOMMENDATION, f"says “{found[0]}”"
        return Kind.PARAGRAPH, "an item of a list"

    def _openers(self, node: Node, section: Section) -> frozenset[str]:
        """Return the words that the recommendations of an item's list begin with. Cached for the list."""
        siblings = node.siblings or section.items
        if siblings is not self.openers[0]:
            text = self.report.text
            self.openers = siblings, frozenset(opener(text[one.block.start : one.block.end]) for one in siblings)
        return self.openers[1]

    def _add_parts(self, whole: Passage, node: Node, lead_in: str) -> None:
        for count, child in enumerate(node.children, start=1):
            number = inner_number(whole.number, child, count)
            last = number.rpartition(".")[2]
            block = replace(child.block, end=child.end)
            part = self.draft.add(
                f"{whole.id.partition('#')[2]}.{last}", Kind.PART, block, number=number, lead_in=lead_in,
                reason=f"an item inside {whole.id.partition('#')[2]}",
            )  # fmt: skip
            if not whole.recommends:
                self._add_labels(child)
            self.add_notes(child)
            self._add_parts(part, child, for_reading(self.report.text[child.block.start : child.block.end]))

    def _inside(self, node: Node) -> Iterator[Label]:
        """Yield the labels beside a block's parts: they are of the whole."""
        for child in node.children:
            beside = self.beside.get(child.block.start, Beside())
            yield from (*beside.ahead, *beside.behind, *self._inside(child))

    def _add_labels(self, node: Node) -> None:
        """Add blocks of labels as paragraphs, where what they label is no recommendation."""
        for block in self.beside.get(node.block.start, Beside()).blocks:
            self.draft.numbered(Kind.PARAGRAPH, block, reason="a label")

    def _asks(self, node: Node, text: str, section: Section) -> str:
        """Return the reason why a paragraph is a recommendation, or ""."""
        if node.children:
            return ""
        if found := we_recommend(text):
            return f"says “{found[0]}”"
        above = self.draft.announcing()
        if not above:
            return ""
        beside = self.beside.get(node.block.start, Beside())
        if beside.ahead or unlabelled(self.report.text, node)[1]:
            return f"labelled under the heading “{brief(above)}”"
        language, labelled = passage_language(text, self.draft.language), bool(beside.behind)
        asks = force_of(text, language, asked=labelled).strength in _ASKS
        if asks and (labelled or not section.listed):
            return f"asks for something under the heading “{brief(above)}”"
        return ""


def brief(text: str) -> str:
    """Shorten a text to at most 60 characters, cut between words."""
    return text if len(text) <= 60 else text[:60].rsplit(" ", 1)[0] + " …"
