"""Builds passages: gives each its headings, number, id and labels, and annotates it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.annotate.addressees import addressees
from ingest.annotate.attribution import Attributed
from ingest.annotate.strength import NO_FORCE, force_of
from ingest.lexicon.field_labels import Label
from ingest.lexicon.language import passage_language, report_language
from ingest.lexicon.structure import RECOMMENDATIONS, SECTION, of_others, sentence_ends
from ingest.report import Block, Kind, Passage, Report
from ingest.split.sections import Heading
from ingest.split.tree import padded, printed

_ENOUGH = 20_000  # characters to tell a report's language from
_LETTER = {Kind.RECOMMENDATION: "r", Kind.PARAGRAPH: "p", Kind.CONCLUSION: "c", Kind.NOTE: "n"}
_HOLDS = {
    "theme",
    "subtheme",
}  # labels that, printed ahead, hold for all that follow; others are of one record


class Draft:
    """The passages built so far, with the headings, labels and counters that the next ones depend on."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.language = report.metadata.language or report_language(report.text[:_ENOUGH])
        self.passages: list[Passage] = []
        self.headings: list[Heading] = []
        self._held: tuple[Label, ...] = ()  # that hold until others of their names are printed
        self._series: dict[str, tuple[Passage, int]] = {}  # by id, of several under one number: the first, the count
        self._counts: Counter[tuple[str, Kind]] = Counter()
        self._ids: Counter[str] = Counter()

    def descend(self, heading: Heading) -> None:
        """Enter a heading: it replaces the one of its level or style and all below, or else goes below all."""
        if heading.level is not None:
            self.headings = [one for one in self.headings if one.level is not None and one.level < heading.level]
        else:
            styles = [one.style for one in self.headings]
            if heading.style in styles:
                del self.headings[styles.index(heading.style) :]
        self.headings.append(heading)
        self._held = ()

    def announcing(self) -> str:
        """Return the text of the current heading that announces recommendations, or ""."""
        return next(
            (one.text for one in self.headings if RECOMMENDATIONS.search(one.text) and not of_others(one.text)), ""
        )

    def recommend(
        self,
        block: Block,
        pieces: Sequence[Attributed],
        *,
        reason: str,
        lead_in: str = "",
        number: str = "",
        ahead: Sequence[Label] = (),
        labels: Sequence[Label] = (),
        behind: Passage | None = None,
    ) -> Passage:
        """Add a block's recommendations, with the labels ``ahead`` of it and its other ``labels``; return the first.

        Several under one number count on: 87.1, 87.1.1, 87.1.2, also where a block goes on with what
        one before it began, ``behind`` its last.
        """
        stated = (*_renewed(self._held, ahead), *labels)
        self._held = tuple(one for one in _renewed(self._held, ahead) if one[0] in _HOLDS)
        number = number or printed(block.marker) or next((value for name, value in stated if name == "number"), "")
        first, count = self._series[behind.id] if behind else (None, -1)
        made: list[Passage] = []
        for piece in pieces:
            stretch = replace(block, start=block.start + piece.start, end=block.start + piece.end)
            count += 1
            own = f"{first.number}.{count}" if first else number
            passage = self.numbered(
                Kind.RECOMMENDATION, stretch, lead_in=lead_in, reason=reason, number=own, by=piece.by, labels=stated
            )
            first = first or passage
            self._series[passage.id] = first, count
            made.append(passage)
        return made[0]

    def recommended_before(self, offset: int) -> Passage | None:
        """Return the last recommendation before an offset, if nothing but notes stands between; else None."""
        before = (one for one in self.passages if one.start < offset and one.kind is not Kind.NOTE)
        nearest = max(before, key=lambda one: (one.end, one.start), default=None)
        return nearest if nearest and nearest.kind is Kind.RECOMMENDATION else None

    def numbered(
        self,
        kind: Kind,
        block: Block,
        *,
        reason: str,
        lead_in: str = "",
        number: str = "",
        by: tuple[str, ...] = (),
        labels: tuple[Label, ...] = (),
    ) -> Passage:
        """Add a passage under its printed number or its count in the section, long ones in pieces; return the first."""
        section = next((m["number"] for one in reversed(self.headings) if (m := SECTION.match(one.text))), "")
        self._counts[section, kind] += 1
        own = number or printed(block.marker)
        count = str(self._counts[section, kind])
        local = f"{section}-{_LETTER[kind]}{padded(own or count)}".removeprefix("-")
        said = own or (count if kind is Kind.RECOMMENDATION else "")
        pieces = [block] if kind is Kind.RECOMMENDATION else list(readable(self.report.text, block))
        passages = [
            self.add(local, kind, piece, number=said, lead_in=lead_in, by=by, labels=labels, reason=reason)
            for piece in pieces
        ]
        return passages[0]

    def add(
        self,
        local: str,
        kind: Kind,
        block: Block,
        *,
        reason: str,
        number: str = "",
        lead_in: str = "",
        headings: tuple[str, ...] | None = None,
        by: tuple[str, ...] = (),
        labels: tuple[Label, ...] = (),
    ) -> Passage:
        """Add a passage with this id within its report, annotated with language, strength and addressees."""
        report = self.report
        text = report.text[block.start : block.end]
        language = self.language if kind is Kind.FACT else passage_language(text, self.language)
        asks = kind not in {Kind.FACT, Kind.NOTE}
        asked = kind in {Kind.RECOMMENDATION, Kind.PART}
        force = force_of(text, language, asked=asked, lead_in=lead_in) if asks else NO_FORCE
        passage = Passage(
            id=self._id(local),
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
            addressees=_stated(labels) or (addressees(text, language) if asks else ()),
            labels=labels,
            strength=force.strength,
            strength_words=force.words,
            reason=reason,
        )
        self.passages.append(passage)
        return passage

    def _id(self, local: str) -> str:
        self._ids[local] += 1
        again = f"-{self._ids[local]}" if self._ids[local] > 1 else ""
        return f"{self.report.id}#{local}{again}"


def _stated(labels: Sequence[Label]) -> tuple[str, ...]:
    """Return the addressees among the labels."""
    return tuple(dict.fromkeys(value for name, value in labels if name == "addressee"))


def _renewed(before: Sequence[Label], labels: Sequence[Label]) -> tuple[Label, ...]:
    """Merge labels: new ones replace those of the same name."""
    names = {name for name, _ in labels}
    return (*(one for one in before if one[0] not in names), *labels)


_WINDOW = 1_200  # characters that a model's window surely holds; of Chinese or Korean a third


def readable(text: str, block: Block) -> Iterator[Block]:
    """Split a long block between sentences into pieces that fit the embedding model's window."""
    window = _WINDOW // 3 if sum(one > "\u2e80" for one in text[block.start : block.start + 200]) > 40 else _WINDOW
    start = block.start
    ends = sentence_ends(text, block.start, block.end)
    for end, following in pairwise([*ends, block.end, None]):
        assert end is not None
        if following is None or following - start > window:
            stretch = text[start:end]
            yield replace(block, start=start, end=start + len(stretch.rstrip()))
            start = end
