"""Splits a report into passages: classifies every block by its look and its place.

Headings open sections; facts, items, table rows and paragraphs become passages under them. Why a passage is a
recommendation is recorded in it as its reason. Long because every kind of block is classified with the state that the
blocks before it left.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.annotate.attribution import Attribution, find_opening_word, split_by_attribution
from ingest.lexicon.field_labels import FieldLabel
from ingest.lexicon.sentences import SENTENCE_END, Boundary, find_sentences
from ingest.lexicon.structure import (
    CONCLUSION_OPENING,
    DOT_LEADERS,
    QUOTE_LEAD_IN,
    RAPPORTEUR_WORD,
    RECOMMENDATION_WORD,
    announces_comments,
    find_recommending,
)
from ingest.readers.front import FRONT_BLOCKS, find_title_block, is_date
from ingest.report import Block, BlockRole, Kind, Passage, Report, Strength, normalize_for_display
from ingest.split.builder import PassageBuilder
from ingest.split.labelled_blocks import AdjacentLabels, separate_labels, strip_labels
from ingest.split.sections import (
    MAX_HEADING_LENGTH,
    Heading,
    Section,
    announces_recommendations,
    detect_heading,
    group_by_heading,
    has_siblings,
)
from ingest.split.tables import RecommendationRow, is_section_row, parse_header, parse_row, split_cell
from ingest.split.tree import Node, build_trees, nest_number

_REQUEST_STRENGTHS = {Strength.OBLIGATION, Strength.RECOMMENDATION}
_DEEPEST = 16  # parts within parts; what is nested deeper stands in the text of the last


def split(report: Report) -> list[Passage]:
    """Split a report into passages, in reading order; a recommendation comes before its parts.

    Deterministic: the same report gives the same passages, ids included, on every run.
    """
    blocks, beside = separate_labels(report.text, report.blocks)
    nodes = build_trees(report.text, blocks)
    texts = [normalize_for_display(report.text[node.block.start : node.block.end]) for node in nodes]
    behind = [*nodes, None][1:]
    headings = [detect_heading(node, text, after) for node, text, after in zip(nodes, texts, behind, strict=True)]
    walk = _BlockClassifier(report, beside)
    for section, members in group_by_heading(nodes, texts, headings):
        for at in members:
            node, text, heading = nodes[at], texts[at], headings[at]
            block = node.block
            if not node.children and (fact := walk.detect_fact(block, text, at)):
                walk.add_fact(fact, block)
                if heading and fact == "title" and (RECOMMENDATION_WORD.search(text) or has_siblings(at, headings)):
                    walk.builder.enter_heading(heading)
            elif heading:
                walk.builder.enter_heading(heading)
                walk.end_announcement()
                for child in node.children:
                    walk.add_item(child, section)
            elif block.role is BlockRole.ITEM:
                walk.add_item(node, section, lead_in=walk.announcement[0])
                continue  # with its notes
            elif block.role is BlockRole.ROW:
                walk.add_row(block, nodes[at - 1].block if at else None)
            else:
                walk.add_paragraph(node, text, section)
            walk.add_notes(node)
    return walk.builder.passages


class _BlockClassifier:
    """Classifies the blocks one by one and adds their passages to the builder."""

    def __init__(self, report: Report, beside: Mapping[int, AdjacentLabels]) -> None:
        self.report = report
        self.beside = beside  # labels, by the start of the block that they are of
        self.builder = PassageBuilder(report)
        self.facts: set[str] = set()
        self.table_head = ""
        self.columns: tuple[str, ...] = ()  # heads of a table of recommendations
        self.row_above: RecommendationRow | None = None
        self.openers: tuple[Sequence[Node], frozenset[str]] = ((), frozenset())  # of the list before
        self.announcement = ("", 0)  # what announces a list below sub-headings, and the headings above it
        self.structured = any(block.role is BlockRole.HEADING and block.level for block in report.blocks)
        self.title = find_title_block(report)

    def detect_fact(self, block: Block, text: str, at: int) -> str | None:
        """Return the fact about the report that a block states, "title", "date" or "rapporteur"; else None."""
        if self.title and block.start == self.title.start:
            return "title"
        if block.role is not BlockRole.TEXT:
            return None
        if is_date(text, self.builder.language):
            return "date"
        begun = self.builder.headings or any(passage.kind is not Kind.FACT for passage in self.builder.passages)
        if at >= FRONT_BLOCKS if self.structured else begun:
            return None  # title and rapporteur stand in front
        if not self.structured and not self.title and not self.builder.passages and len(text) <= MAX_HEADING_LENGTH:
            return "title"
        named = RAPPORTEUR_WORD.search(text) and len(text) <= MAX_HEADING_LENGTH and not SENTENCE_END.search(text[:-1])
        return "rapporteur" if named and "rapporteur" not in self.facts else None

    def add_fact(self, fact: str, block: Block) -> None:
        if fact == "title" and self.title:
            block = self.title
        self.facts.add(fact)
        self.builder.add(fact, Kind.FACT, block, headings=(), reason=f"states the report's {fact}")

    def add_paragraph(self, node: Node, text: str, section: Section) -> None:
        """Add a paragraph, and behind it the list that it introduces."""
        if self.builder.headings and self.builder.headings[-1].style in {"list", "row"}:
            self.builder.headings.pop()  # it introduced a list or rows, and these are over
        if CONCLUSION_OPENING.match(text):
            kind, reason = Kind.CONCLUSION, "says that it concludes"
        elif why := self._recommendation_reason(node, text):
            self._add_recommendations(node, reason=why)
            return
        else:
            kind, reason = Kind.PARAGRAPH, "a paragraph"
        self.builder.add_numbered(kind, node.block, reason=reason)
        self.announcement = (text if text.endswith(":") else "", len(self.builder.headings))
        self._add_labels(node)
        lead_in = text[slice(*find_sentences(text, Boundary.STOP)[-1])] if node.children else ""
        announced = text if RECOMMENDATION_WORD.search(lead_in) and not announces_comments(lead_in) else ""
        for child in node.children:
            self.add_item(child, section, lead_in=lead_in, announced=announced)

    def end_announcement(self) -> None:
        """Forget what announced a list, where a heading that was entered does not stand below it."""
        if len(self.builder.headings) <= self.announcement[1]:
            self.announcement = ("", 0)

    def add_notes(self, node: Node, number: str = "", labels: Sequence[FieldLabel] = ()) -> None:
        """Add the notes behind a block; one that quotes several recommendations adds these, numbered and labelled so.

        A single one is what the block itself says, as it was worded before.
        """
        for note in node.notes:
            text = self.report.text[note.start : note.end]
            quoted = QUOTE_LEAD_IN.match(text)
            pieces = split_by_attribution(text[quoted.end() :]) if quoted else []
            if number and quoted and len(pieces) > 1 and pieces[0].by:
                block = replace(note, start=note.start + quoted.end())
                reason = f"quoted in a note: “{shorten(normalize_for_display(quoted[0]))}”"
                said = normalize_for_display(quoted[0])
                self.builder.add_recommendations(
                    replace(block, marker=""), pieces, lead_in=said, reason=reason, number=number, labels=labels
                )
            else:
                self.builder.add_numbered(Kind.NOTE, note, reason="a note")

    def add_row(self, block: Block, before: Block | None) -> None:
        """Add a table row; its lead-in is the header row. Rows of a table of contents are dropped."""
        text = normalize_for_display(self.report.text[block.start : block.end])
        if DOT_LEADERS.search(text):
            return  # of a table of contents
        inside = before is not None and before.role is BlockRole.ROW
        if not inside:
            self.table_head, self.columns = text, ()
        if heads := parse_header(self.report.text[block.start : block.end]):
            self.columns, self.row_above = heads, None
            return
        if inside and is_section_row(self.report.text[block.start : block.end], self.columns):
            self.builder.enter_heading(Heading("row", text))
            self.row_above = None
            return
        if self.columns and self._add_labelled_row(block):
            return
        row = self.report.text[block.start : block.end]
        cells = [(0, len(row), "")]
        if "\n" in row:
            cells = [part for cell in re.finditer(r"[^\t]+", row) for part in split_cell(row, *cell.span())]
        lead_in, reason = self.table_head if inside else "", "a row of a table"
        for start, end, marker in cells:
            filled = end - len(row[start:end].lstrip("\t"))
            part = replace(block, start=block.start + filled, end=block.start + end, marker=marker)
            self.builder.add_numbered(Kind.PARAGRAPH, part, lead_in=lead_in, reason=reason)
            lead_in, reason = lead_in if marker else normalize_for_display(row[start:end]), "a paragraph in a cell"

    def _add_labelled_row(self, block: Block) -> bool:
        """Add a row of a table of recommendations, whose columns label them; False where the row has none."""
        text = self.report.text[block.start : block.end]
        row = parse_row(text, self.columns, self.row_above)
        if row is None:
            return False
        self.row_above = row
        own = row.recommendation
        reason = f"in a table, under “{shorten(own.head)}”"
        for start, end, marker in split_cell(text, own.start, own.end):
            stretch = replace(block, start=block.start + start, end=block.start + end, marker=marker)
            pieces = split_by_attribution(text[start:end])
            self.builder.add_recommendations(stretch, pieces, reason=reason, labels=row.labels)
        for cell in row.others:
            stretch = replace(block, start=block.start + cell.start, end=block.start + cell.end)
            self.builder.add_numbered(Kind.PARAGRAPH, stretch, lead_in=cell.head, reason="a cell of a table")
        return True

    def add_item(
        self, node: Node, section: Section, *, lead_in: str = "", announced: str = "", number: str = ""
    ) -> None:
        """Add an item and its children: a recommendation where a heading or paragraph above announces it."""
        own = normalize_for_display(self.report.text[node.block.start : node.block.end])
        if node.children and announces_recommendations(own):
            whole = self.builder.add_numbered(
                Kind.PARAGRAPH, node.block, lead_in=lead_in, reason="announces recommendations"
            )
            self._add_labels(node)
            self.add_notes(node)
            for child in node.children:
                self.add_item(child, section, lead_in=own, announced=own, number=nest_number(whole.number, child))
            return
        kind, reason = self._classify_item(node, own, section, announced)
        if kind is Kind.RECOMMENDATION:
            openers = self._opening_words(node, section)
            self._add_recommendations(node, openers, lead_in=lead_in, reason=reason, number=number)
            return
        block = replace(node.block, end=node.end)
        whole = self.builder.add_numbered(kind, block, lead_in=lead_in, reason=reason, number=number)
        self._add_labels(node)
        self.add_notes(node)
        self._add_parts(whole, node, own)

    def _add_recommendations(
        self, node: Node, openers: frozenset[str] | None = None, *, reason: str, lead_in: str = "", number: str = ""
    ) -> None:
        """Add a block's recommendations without the labels in it; with ``openers`` (items) split by authors."""
        beside = self.beside.get(node.block.start, AdjacentLabels())
        node, labels = strip_labels(self.report.text, node)
        block = replace(node.block, end=node.end)
        text = self.report.text[block.start : block.end]
        pieces = [Attribution(0, len(text), ())] if openers is None else split_by_attribution(text, openers)
        if node.children:
            pieces = [Attribution(0, len(text), pieces[0].by)]
        labels = (*labels, *beside.behind, *self._labels_of_parts(node))
        whole = self.builder.add_recommendations(
            block, pieces, reason=reason, lead_in=lead_in, number=number, ahead=beside.ahead, labels=labels
        )
        if openers is not None:
            self.add_notes(node, whole.number, whole.labels)
        self._add_parts(whole, node, normalize_for_display(self.report.text[node.block.start : node.block.end]))

    def _classify_item(self, node: Node, text: str, section: Section, announced: str) -> tuple[Kind, str]:
        if announced:
            return Kind.RECOMMENDATION, f"announced by “{shorten(announced)}”"
        beside = node.marker is not None and node.marker.style in section.announcing
        if (above := self.builder.announcing_heading()) and not beside:
            return Kind.RECOMMENDATION, f"an item under the heading “{shorten(above)}”"
        if not above and (found := find_recommending(text)):
            return Kind.RECOMMENDATION, f"says “{found[0]}”"
        return Kind.PARAGRAPH, "an item of a list"

    def _opening_words(self, node: Node, section: Section) -> frozenset[str]:
        """Return the words that the recommendations of an item's list begin with. Cached for the list."""
        siblings = node.siblings or section.items
        if siblings is not self.openers[0]:
            text = self.report.text
            self.openers = (
                siblings,
                frozenset(find_opening_word(text[sibling.block.start : sibling.block.end]) for sibling in siblings),
            )
        return self.openers[1]

    def _add_parts(self, whole: Passage, node: Node, lead_in: str) -> None:
        too_deep = whole.id.count(".") >= _DEEPEST
        for count, child in enumerate(() if too_deep else node.children, start=1):
            number = nest_number(whole.number, child)
            last = number.rpartition(".")[2] or str(count)
            block = replace(child.block, end=child.end)
            part = self.builder.add(
                f"{whole.id.partition('#')[2]}.{last}", Kind.PART, block, number=number, lead_in=lead_in,
                reason=f"an item inside {whole.id.partition('#')[2]}",
            )  # fmt: skip
            if not whole.recommends:
                self._add_labels(child)
            self.add_notes(child)
            self._add_parts(part, child, normalize_for_display(self.report.text[child.block.start : child.block.end]))

    def _labels_of_parts(self, node: Node) -> Iterator[FieldLabel]:
        """Yield the labels beside a block's parts: they are of the whole."""
        for child in node.children:
            beside = self.beside.get(child.block.start, AdjacentLabels())
            yield from (*beside.ahead, *beside.behind, *self._labels_of_parts(child))

    def _add_labels(self, node: Node) -> None:
        """Add blocks of labels as paragraphs, where what they label is no recommendation."""
        for block in self.beside.get(node.block.start, AdjacentLabels()).blocks:
            self.builder.add_numbered(Kind.PARAGRAPH, block, reason="a label")

    def _recommendation_reason(self, node: Node, text: str) -> str:
        """Return the reason why a paragraph is a recommendation, or ""."""
        if node.children:
            return ""
        if found := find_recommending(text):
            return f"says “{found[0]}”"
        above = self.builder.announcing_heading()
        if not above:
            return ""
        beside = self.beside.get(node.block.start, AdjacentLabels())
        labelled = beside.ahead or beside.behind or strip_labels(self.report.text, node)[1]
        return f"labelled under the heading “{shorten(above)}”" if labelled else ""


def shorten(text: str) -> str:
    """Shorten a text to at most 60 characters, cut between words."""
    return text if len(text) <= 60 else text[:60].rsplit(" ", 1)[0] + " …"
