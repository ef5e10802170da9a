"""Builds passages: gives each its headings, number, id and labels, and annotates it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.annotate.acronyms import find_acronyms, spell_out
from ingest.annotate.addressees import find_addressees, find_recipients
from ingest.annotate.attribution import Attribution
from ingest.annotate.clauses import analyze
from ingest.annotate.strength import NO_STRENGTH, classify_strength
from ingest.lexicon.field_labels import FieldLabel
from ingest.lexicon.language import detect_passage_language, detect_report_language
from ingest.lexicon.responses import RESPONSE, find_response
from ingest.lexicon.sentences import Boundary, find_sentences
from ingest.lexicon.structure import RECOMMENDATION_WORD, SECTION_NUMBER, announces_comments
from ingest.readers.numerals import to_ordinal
from ingest.report import Block, BlockRole, Kind, Passage, Report, place_of, recommends
from ingest.split.sections import Heading
from ingest.split.tree import extract_number, pad_number

_LANGUAGE_SAMPLE = 20_000  # characters to tell a report's language from
_ID_LETTERS = {Kind.RECOMMENDATION: "r", Kind.PARAGRAPH: "p", Kind.CONCLUSION: "c", Kind.NOTE: "n"}
_UNNUMBERED_STYLES = {"plain", "list", "row"}
_INHERITED_NAMES = {"theme", "subtheme"}  # labels that, printed ahead, hold for all that follow


@dataclass(frozen=True, slots=True)
class ListContext:
    """What the lead-in and headings above a list, nearest first, say of all its items."""

    above: tuple[str, ...] = ()
    response: str = ""
    recipients: tuple[str, ...] = ()


class PassageBuilder:
    """The passages built so far, with the headings, labels and counters that the next ones depend on."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.language = report.metadata.language or detect_report_language(report.text[:_LANGUAGE_SAMPLE])
        self.passages: list[Passage] = []
        self.headings: list[Heading] = []
        self._acronyms = find_acronyms(report.text)
        self._inherited: tuple[FieldLabel, ...] = ()  # that hold until others of their names are printed
        self._list = ListContext()  # of the item before
        self._counts: Counter[tuple[str, Kind]] = Counter()
        self._ids: Counter[str] = Counter()

    def enter_heading(self, heading: Heading) -> None:
        """Enter a heading: it replaces the one of its level or style and all below, or else goes below all."""
        if heading.level is not None:
            self.headings = [own for own in self.headings if own.level is not None and own.level < heading.level]
        else:
            styles = [heading.style for heading in self.headings]
            numbered = [at for at, style in enumerate(styles, start=1) if style not in _UNNUMBERED_STYLES]
            above = numbered[-1] if numbered and heading.style in _UNNUMBERED_STYLES else 0  # a number stands above
            if heading.style in styles[above:]:
                del self.headings[styles.index(heading.style, above) :]
        self.headings.append(heading)
        self._inherited = ()

    def announcing_heading(self) -> str:
        """Return the text of the current heading that announces recommendations, or ""."""
        return next(
            (
                heading.text
                for heading in self.headings
                if RECOMMENDATION_WORD.search(heading.text) and not announces_comments(heading.text)
            ),
            "",
        )

    def add_recommendations(
        self,
        block: Block,
        pieces: Sequence[Attribution],
        *,
        reason: str,
        lead_in: str = "",
        number: str = "",
        ahead: Sequence[FieldLabel] = (),
        labels: Sequence[FieldLabel] = (),
    ) -> Passage:
        """Add a block's recommendations, with the labels ``ahead`` of it and its other ``labels``; return the first.

        Several under one number count on, "87.1 (2nd)" behind 87.1.
        """
        merged = _merge_labels(self._inherited, ahead)
        self._inherited = tuple(label for label in merged if label[0] in _INHERITED_NAMES)
        stated = (*merged, *labels)
        number = (
            number or extract_number(block.marker) or next((value for name, value in stated if name == "number"), "")
        )
        first: Passage | None = None
        for count, piece in enumerate(pieces):
            stretch = replace(block, start=block.start + piece.start, end=block.start + piece.end)
            own = f"{first.number} ({to_ordinal(count + 1)})" if first and first.number else number
            place = f"{place_of(first.id)}.{count}" if first else ""
            passage = self.add_numbered(
                Kind.RECOMMENDATION, stretch, lead_in=lead_in, reason=reason, number=own, place=place, by=piece.by,
                labels=stated,
            )  # fmt: skip
            first = first or passage
        assert first
        return first

    def add_numbered(
        self,
        kind: Kind,
        block: Block,
        *,
        reason: str,
        lead_in: str = "",
        number: str = "",
        place: str = "",
        by: tuple[str, ...] = (),
        labels: tuple[FieldLabel, ...] = (),
    ) -> Passage:
        """Add a passage, a long text in pieces, and return the first; its id has its number, place or count."""
        section = next(
            (m["number"] for heading in reversed(self.headings) if (m := SECTION_NUMBER.match(heading.text))), ""
        )
        self._counts[section, kind] += 1
        own = number or extract_number(block.marker)
        count = place or own or str(self._counts[section, kind])
        local = f"{section}-{_ID_LETTERS[kind]}{pad_number(count)}".removeprefix("-")
        whole = kind is Kind.RECOMMENDATION or block.role is BlockRole.ITEM
        passages = [
            self.add(local, kind, piece, number=own, lead_in=lead_in, by=by, labels=labels, reason=reason)
            for piece in ([block] if whole else split_to_window(self.report.text, block))
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
        labels: tuple[FieldLabel, ...] = (),
    ) -> Passage:
        """Add a passage with this id within its report, annotated with language, strength and addressees."""
        report = self.report
        text = report.text[block.start : block.end]
        language = self.language if kind is Kind.FACT else detect_passage_language(text, self.language)
        asks = kind not in {Kind.FACT, Kind.NOTE}
        asked = kind in {Kind.RECOMMENDATION, Kind.PART}
        above = tuple(heading.text for heading in self.headings) if headings is None else headings
        inside = kind is Kind.PART and recommends(kind, f"#{local}")
        of_list = ListContext()
        if kind is Kind.RECOMMENDATION or (block.role in {BlockRole.ITEM, BlockRole.ROW} and not inside):
            of_list = self._read_above((lead_in, *reversed(above)))
            if of_list.response and not any(name == RESPONSE for name, _ in labels):
                labels = (*labels, (RESPONSE, of_list.response))
        printed = tuple(dict.fromkeys(value for name, value in labels if name == "addressee"))
        analysis = analyze(text, language)
        own = find_addressees(analysis) if asks else ()
        if asks and not own and (spelled := spell_out(text, self._acronyms)) != text:
            own = find_addressees(analyze(spelled, language))
        names = printed or own or of_list.recipients
        force = classify_strength(analysis, asked=asked, lead_in=lead_in) if asks else NO_STRENGTH
        passage = Passage(
            id=self._id(local),
            report_id=report.id,
            kind=kind,
            number=number,
            headings=above,
            lead_in=lead_in,
            text=text,
            start=block.start,
            end=block.end,
            page=report.page_at(block.start),
            line=report.line_at(block.start),
            language=language,
            by=by,
            addressees=tuple(dict.fromkeys(self._acronyms.get(name, name) for name in names)),
            labels=labels,
            strength=force.strength,
            strength_words=force.words,
            reason=reason,
        )
        self.passages.append(passage)
        return passage

    def _read_above(self, above: tuple[str, ...]) -> ListContext:
        """Read what stands above an item, unless it is what stands above the item before."""
        if above != self._list.above:
            self._list = ListContext(above, find_response(*above), find_recipients(self.language, *above))
        return self._list

    def _id(self, local: str) -> str:
        self._ids[local] += 1
        again = f"-{self._ids[local]}" if self._ids[local] > 1 else ""
        return f"{self.report.id}#{local}{again}"


def _merge_labels(before: Sequence[FieldLabel], labels: Sequence[FieldLabel]) -> tuple[FieldLabel, ...]:
    """Merge labels: new ones replace those of the same name."""
    names = {name for name, _ in labels}
    return (*(label for label in before if label[0] not in names), *labels)


_WINDOW = 1_200  # characters that a model's window surely holds; of Chinese or Korean a third


def split_to_window(text: str, block: Block) -> Iterator[Block]:
    """Split a long block between sentences into pieces that fit the embedding model's window."""
    own = text[block.start : block.end]
    window = _WINDOW // 3 if sum(character > "\u2e80" for character in own[:200]) > 40 else _WINDOW
    start = end = 0
    for sentence_start, sentence_end in find_sentences(own, Boundary.STOP):
        if end and sentence_end - start >= window:
            yield replace(block, start=block.start + start, end=block.start + end)
            start = sentence_start
        end = sentence_end
    yield replace(block, start=block.start + start, end=block.start + end)
