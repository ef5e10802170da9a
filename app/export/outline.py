"""Lays an export out as a linear document: headings, lines, quotes and footnotes, shared by Word and Markdown.

Citation marks begin anew with each answer; footnotes are numbered through the whole document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from app.export.document import CitedEntry, Export, ExportKind, ExportPart, PieceRole, TextPiece
from app.i18n.labels import LABELS, Labels, labels_for
from ingest.report import ACTS, Kind, Strength
from retrieval.answer.templates import templates_for
from retrieval.verification.quotes import find_citations


@dataclass(frozen=True, slots=True)
class Title:
    """The document's title."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: a question, a report or a section."""

    text: str
    level: int = 1  # from 1


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph that is no verbatim quote."""

    text: str
    role: str = "text"  # or quiet, lead, written, translation
    notes: dict[int, int] = field(default_factory=dict)  # the footnote of each mark


@dataclass(frozen=True, slots=True)
class BlockQuote:
    """A verbatim quote of a report, with its footnote's number."""

    text: str
    language: str
    note: int


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote: its number, from 1, and what it cites."""

    number: int
    entry: CitedEntry


Item = Title | Heading | Line | BlockQuote | Footnote


def build_outline(export: Export) -> Iterator[Item]:
    """The items of the document in order, then its footnotes."""
    labels = labels_for(export.language)
    words = labels.export
    titles = {
        ExportKind.ANSWER: words.answer,
        ExportKind.CONVERSATION: words.conversation,
        ExportKind.SELECTION: words.selection,
    }
    yield Title(f"Relatoría: {titles[export.kind]}")
    yield Line(words.verbatim, "quiet")
    notes: list[Footnote] = []
    for part in export.parts:
        numbers = _number_footnotes(part, len(notes))
        by_mark = {entry.mark: entry for entry in part.entries}
        notes += [Footnote(number, by_mark[mark]) for mark, number in numbers.items()]
        if part.question:
            yield Heading(part.question)
            yield from _answer(part, by_mark, numbers, labels)
        else:
            yield from _selection(part, by_mark, numbers, labels)
    yield Line(words.made.format(date=export.date, version=export.version, index=export.index), "quiet")
    yield from notes


def _number_footnotes(part: ExportPart, before: int) -> dict[int, int]:
    """Number a part's footnotes, by mark, in the order of first use; unused marks come last."""
    met = [mark for piece in part.pieces for mark in _marks_of(piece)]
    known = {entry.mark for entry in part.entries}
    marks = [mark for mark in dict.fromkeys([*met, *sorted(known)]) if mark in known]
    return {mark: before + at for at, mark in enumerate(marks, start=1)}


def _answer(
    part: ExportPart, by_mark: Mapping[int, CitedEntry], numbers: dict[int, int], labels: Labels
) -> Iterator[Item]:
    spoken = labels_for(part.language) if part.language in LABELS else labels
    _, frames = templates_for(part.language)
    if part.searched:
        yield Line(f"{frames.searched} {part.searched}", "quiet")
    for piece in part.pieces:
        if piece.role is PieceRole.QUOTE:
            for mark in piece.marks:
                yield from _quote(part, by_mark[mark], numbers, spoken)
        else:
            role = "written" if piece.role is PieceRole.WRITTEN else "text"
            yield Line(piece.text, role, {mark: numbers[mark] for mark in piece.marks if mark in numbers})
    if part.made:
        named = (f"{spoken.fields.get(name, name)}: {value}" for name, value in part.made.items())
        yield Line(" · ".join(named), "quiet")


def _selection(
    part: ExportPart, by_mark: Mapping[int, CitedEntry], numbers: dict[int, int], labels: Labels
) -> Iterator[Item]:
    """The passages grouped by report and section."""
    met = [by_mark[mark] for piece in part.pieces for mark in piece.marks]
    for (_, report), in_report in groupby(met, key=lambda entry: (entry.report_id, entry.report)):
        yield Heading(report)
        for headings, in_section in groupby(in_report, key=lambda entry: entry.headings):
            if headings:
                yield Heading(" › ".join(headings), 2)
            for entry in in_section:
                yield from _quote(part, entry, numbers, labels)


def _quote(part: ExportPart, entry: CitedEntry, numbers: Mapping[int, int], labels: Labels) -> Iterator[Item]:
    """A quote under its name, with lead-in, translation, addressees, authors and strength."""
    _, frames = templates_for(part.language)
    yield Line(entry.name, "name")
    if entry.lead_in:
        yield Line(entry.lead_in, "lead")
    yield BlockQuote(entry.words, entry.language, numbers[entry.mark])
    if entry.translation:
        yield Line(f"{frames.translation} ({entry.translated_to}): {entry.translation}", "translation")
    columns = labels.browse
    stated = [
        f"{name}: {', '.join(values)}"
        for name, values in ((columns.addressee, entry.addressees), (columns.by, entry.by))
        if values
    ]
    if entry.strength and entry.kind in (*ACTS, Kind.PART):
        stated.append(f"{columns.strength}: {frames.strengths[Strength(entry.strength)]}")
    if stated:
        yield Line(" · ".join(stated), "stated")


def _marks_of(piece: TextPiece) -> list[int]:
    """The marks of a piece in order; a "[n]" inside a verbatim quote is the report's own text."""
    if piece.role is PieceRole.QUOTE:
        return list(piece.marks)
    return [mark for mark in find_citations(piece.text) if mark in piece.marks]
