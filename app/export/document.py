"""The format-independent model of an export: pieces of text, and the cited passages that their marks refer to."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version

from app.render.wording import about, citation_line, parted, refused
from ingest.report import Passage, Report, for_reading
from retrieval.answer.templates import Frames, frames_for, label
from retrieval.results import Answer, Citation, Layer, Statement, Translation

Source = Callable[[str], Report | None]
_SURROGATE = re.compile("[\ud800-\udfff]")  # of no text in UTF-8


class Kind(StrEnum):
    """The kind of export."""

    ANSWER = "answer"
    CONVERSATION = "conversation"
    SELECTION = "selection"


class Role(StrEnum):
    """Who wrote a piece of text."""

    FRAME = "frame"  # ours: an opening, what is near, whose the next words are
    QUOTE = "quote"  # the report's, verbatim
    RECORD = "record"  # ours around words of the report
    WRITTEN = "written"  # a chat model's, proved


@dataclass(frozen=True, slots=True)
class Entry:
    """A cited passage with all that locates it: ``quote`` is ``report.text[start:end]``."""

    mark: int
    id: str  # of the passage, the same on every run
    report_id: str
    report: str  # its title
    about: str  # forum, place, year
    date: str  # of the report, ISO 8601
    file: str  # SHA-256 of the report's file
    headings: tuple[str, ...]
    number: str
    name: str  # "Recommendation 7"
    kind: str
    page: int | None  # from 1; None where the report has no pages
    line: int
    start: int  # characters in the report's text, half-open
    end: int
    language: str
    addressees: tuple[str, ...]
    by: tuple[str, ...]
    strength: str
    lead_in: str
    quote: str
    citation: str  # all of it on one line, for people
    translation: str = ""  # by a machine
    translated_to: str = ""  # ISO 639-1

    @property
    def words(self) -> str:
        """The quote with white space collapsed, nothing else."""
        return for_reading(self.quote)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; a "[n]" in it is a citation mark where ``marks`` has n."""

    role: Role
    text: str
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One answer, or one selection of passages, with its entries."""

    question: str  # empty: a selection
    searched: str
    language: str  # of our own sentences
    status: str
    pieces: tuple[Piece, ...]
    entries: tuple[Entry, ...]  # by mark
    made: Mapping[str, str] = field(default_factory=dict)  # with what: models, index, version, date


@dataclass(frozen=True, slots=True)
class Export:
    """The content of one exported file; JSON writes it by its field names."""

    kind: Kind
    language: str  # of the person who takes it away
    parts: tuple[Part, ...]
    index: str  # fingerprint, SHA-256
    version: str  # of the product
    date: str  # ISO 8601, UTC

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all parts, in order."""
        return tuple(one for part in self.parts for one in part.entries)


def of_answers(answers: Sequence[Answer], source: Source, language: str, *, index: str) -> Export:
    """Build the export of an answer, or of a conversation, oldest first; ``index`` is the current fingerprint."""
    kind = Kind.ANSWER if len(answers) == 1 else Kind.CONVERSATION
    return _export(kind, language, [_answered(one, source) for one in answers], index)


def of_passages(passages: Iterable[Passage], source: Source, language: str, *, index: str) -> Export:
    """Build the export of a selection of passages, in the order given; marks count from 1."""
    spoken, frames = frames_for(language)
    citations = [Citation.whole(mark, one) for mark, one in enumerate(passages, start=1)]
    sources = _sources((one.passage.report_id for one in citations), source)
    entries = tuple(_entry(one, sources[one.passage.report_id], frames) for one in citations)
    pieces = tuple(Piece(Role.QUOTE, f"{one.words} [{one.mark}]", (one.mark,)) for one in entries)
    return _export(Kind.SELECTION, language, [Part("", "", spoken, "", pieces, entries)], index)


def is_rtl(text: str) -> bool:
    """Whether a text runs from right to left, by its first strong character (Unicode Bidirectional Algorithm, P2).

    >>> is_rtl("(2010) العمل"), is_rtl("Los gobiernos"), is_rtl("…")
    (True, False, False)
    """
    strong = (unicodedata.bidirectional(one) for one in text)
    return next((one != "L" for one in strong if one in ("L", "R", "AL")), False)


def _export(kind: Kind, language: str, parts: Sequence[Part], index: str) -> Export:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Export(kind, language, tuple(parts), index, version("relatoria"), now)


def _answered(answer: Answer, source: Source) -> Part:
    spoken, frames = frames_for(answer.language)
    layers = parted(answer)
    borderline = tuple(one for statement in answer.borderline for one in statement.citations)
    cited = {one.mark: one for one in (*borderline, *answer.citations)}  # what is written cites the border too
    near = () if cited else answer.nearest
    sources = _sources((one.passage.report_id for one in (*cited.values(), *near)), source)
    made = {one.mark: one for one in answer.translations}
    entries = tuple(
        _translated(_entry(one, sources[one.passage.report_id], frames), made.get(one.mark))
        for one in sorted((*cited.values(), *near), key=lambda one: one.mark)
    )
    pieces = [_piece(one) for one in (*layers.evidence, *answer.borderline)]
    if near:
        pieces.append(Piece(Role.FRAME, frames.nearest))
        pieces += [Piece(Role.QUOTE, f"{for_reading(one.quote)} [{one.mark}]", (one.mark,)) for one in near]
    if layers.label:
        pieces += [_piece(layers.label), *map(_piece, layers.written)]
    return Part(
        question=_whole(answer.question),
        searched=_whole(answer.searched) if answer.searched != answer.question else "",
        language=spoken,
        status=str(answer.status),
        pieces=tuple(pieces),
        entries=entries,
        made=_made(answer),
    )


def _sources(report_ids: Iterable[str], source: Source) -> dict[str, Report | None]:
    """The reports by id, without their texts: there may be thousands."""
    reports = ((one, source(one)) for one in dict.fromkeys(report_ids))
    return {one: replace(report, text="", blocks=()) if report else None for one, report in reports}


def _piece(statement: Statement) -> Piece:
    role = Role.FRAME if statement.frame else Role(str(Layer(statement.layer)))
    marks = tuple(dict.fromkeys(one.mark for one in statement.citations))
    return Piece(role, _whole(" ".join(statement.text.split())), marks)


def _entry(citation: Citation, report: Report | None, frames: Frames) -> Entry:
    passage = citation.passage
    known = report.metadata if report else None
    return Entry(
        mark=citation.mark,
        id=passage.id,
        report_id=passage.report_id,
        report=(known.title if known else "") or passage.report_id,
        about=about(report) if report else "",
        date=known.date if known else "",
        file=report.file_hash if report else "",
        headings=tuple(one.rstrip(": ") for one in passage.headings),
        number=passage.number,
        name=label(passage, frames),
        kind=str(passage.kind),
        page=passage.page if report and report.pages else None,
        line=passage.line,
        start=citation.start,
        end=citation.end,
        language=passage.language,
        addressees=passage.addressees,
        by=passage.by,
        strength=str(passage.strength or ""),
        lead_in=passage.lead_in,
        quote=citation.quote,
        citation=citation_line(passage, report, frames),
    )


def _translated(entry: Entry, made: Translation | None) -> Entry:
    return replace(entry, translation=_whole(made.text), translated_to=made.language) if made else entry


def _made(answer: Answer) -> dict[str, str]:
    """The provenance of an answer as strings; empty where it is not known."""
    known = answer.provenance
    if known is None:
        return {}
    gone = sum(refused(answer).values())
    values = {
        "index": known.index,
        "embedding": known.embedding_model,
        "reranker": known.reranker or "",
        "chat": (answer.writing.model if answer.writing else "") or known.chat_model or "",
        "refused": str(gone) if gone else "",
        "version": known.version,
        "date": known.date,
    }
    return {name: value for name, value in values.items() if value}


def _whole(text: str) -> str:
    """Replace lone surrogates, so that the text can be encoded in UTF-8."""
    return _SURROGATE.sub("\ufffd", text)
