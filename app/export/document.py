"""The format-independent model of an export: pieces of text, and the cited passages that their marks refer to."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version

from app.render.wording import citation_line, count_refused, report_origin, split_layers
from ingest.report import Passage, Report, normalize_for_display
from retrieval.answer.compose import ReportLookup
from retrieval.answer.templates import AnswerTemplates, label_passage, templates_for
from retrieval.results import Answer, Citation, Statement, Translation

_SURROGATE = re.compile("[\ud800-\udfff]")  # of no text in UTF-8


class ExportKind(StrEnum):
    """The kind of export."""

    ANSWER = "answer"
    CONVERSATION = "conversation"
    SELECTION = "selection"


class PieceRole(StrEnum):
    """Who wrote a piece of text."""

    FRAME = "frame"  # ours: an opening, what is near, whose the next words are
    QUOTE = "quote"  # the report's, verbatim
    RECORD = "record"  # ours around words of the report
    WRITTEN = "written"  # a chat model's, proved


@dataclass(frozen=True, slots=True)
class CitedEntry:
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
    ocr_confidence: float | None  # from 0 to 1; None where the page was not read by OCR
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
        return normalize_for_display(self.quote)


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of text; a "[n]" in it is a citation mark where ``marks`` has n."""

    role: PieceRole
    text: str
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportPart:
    """One answer, or one selection of passages, with its entries."""

    question: str  # empty: a selection
    searched: str
    language: str  # of our own sentences
    status: str
    pieces: tuple[TextPiece, ...]
    entries: tuple[CitedEntry, ...]  # by mark
    made: Mapping[str, str] = field(default_factory=dict)  # with what: models, index, version, date


@dataclass(frozen=True, slots=True)
class Export:
    """The content of one exported file; JSON writes it by its field names."""

    kind: ExportKind
    language: str  # of the person who takes it away
    parts: tuple[ExportPart, ...]
    index: str  # fingerprint, SHA-256
    version: str  # of the product
    date: str  # ISO 8601, UTC

    @property
    def entries(self) -> tuple[CitedEntry, ...]:
        """The entries of all parts, in order."""
        return tuple(entry for part in self.parts for entry in part.entries)


def export_answers(answers: Sequence[Answer], source: ReportLookup, language: str, *, index: str) -> Export:
    """Build the export of an answer, or of a conversation, oldest first; ``index`` is the current fingerprint."""
    kind = ExportKind.ANSWER if len(answers) == 1 else ExportKind.CONVERSATION
    return _export(kind, language, [_answer_part(answer, source) for answer in answers], index)


def export_passages(passages: Iterable[Passage], source: ReportLookup, language: str, *, index: str) -> Export:
    """Build the export of a selection of passages, in the order given; marks count from 1."""
    spoken, frames = templates_for(language)
    citations = [Citation.whole(mark, passage) for mark, passage in enumerate(passages, start=1)]
    entries = _entries(citations, source, frames, {})
    pieces = tuple(map(_quote_piece, entries))
    return _export(ExportKind.SELECTION, language, [ExportPart("", "", spoken, "", pieces, entries)], index)


def is_rtl(text: str) -> bool:
    """Whether a text runs from right to left, by its first strong character (Unicode Bidirectional Algorithm, P2).

    >>> is_rtl("(2010) العمل"), is_rtl("Los gobiernos"), is_rtl("…")
    (True, False, False)
    """
    classes = map(unicodedata.bidirectional, text)
    return next((strong != "L" for strong in classes if strong in ("L", "R", "AL")), False)


def _export(kind: ExportKind, language: str, parts: Sequence[ExportPart], index: str) -> Export:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Export(kind, language, tuple(parts), index, version("relatoria"), now)


def _answer_part(answer: Answer, source: ReportLookup) -> ExportPart:
    spoken, frames = templates_for(answer.language)
    layers = split_layers(answer)
    made = {translation.mark: translation for translation in answer.translations}
    entries = _entries(answer.sources, source, frames, made)
    pieces = [_piece(statement) for statement in (*layers.evidence, *answer.borderline)]
    if answer.nearest:
        pieces += [TextPiece(PieceRole.FRAME, frames.nearest), *map(_quote_piece, entries)]
    if layers.label:
        pieces += [_piece(layers.label), *map(_piece, layers.written)]
    return ExportPart(
        question=_replace_surrogates(answer.question),
        searched=_replace_surrogates(answer.searched) if answer.searched != answer.question else "",
        language=spoken,
        status=str(answer.status),
        pieces=tuple(pieces),
        entries=entries,
        made=_provenance_values(answer),
    )


def _quote_piece(entry: CitedEntry) -> TextPiece:
    return TextPiece(PieceRole.QUOTE, f"{entry.words} [{entry.mark}]", (entry.mark,))


def _piece(statement: Statement) -> TextPiece:
    role = PieceRole.FRAME if statement.is_frame else PieceRole(statement.layer)
    marks = tuple(dict.fromkeys(citation.mark for citation in statement.citations))
    return TextPiece(role, _replace_surrogates(" ".join(statement.text.split())), marks)


def _entries(
    citations: Sequence[Citation], source: ReportLookup, frames: AnswerTemplates, made: Mapping[int, Translation]
) -> tuple[CitedEntry, ...]:
    """The cited passages of citations; ``made`` are the translations, by mark."""
    reports: dict[str, Report | None] = {}
    for report_id in dict.fromkeys(citation.passage.report_id for citation in citations):
        report = source(report_id)
        reports[report_id] = report and replace(report, text="", blocks=())  # there may be thousands
    return tuple(
        _entry(citation, reports[citation.passage.report_id], frames, made.get(citation.mark)) for citation in citations
    )


def _entry(
    citation: Citation, report: Report | None, frames: AnswerTemplates, translation: Translation | None
) -> CitedEntry:
    passage = citation.passage
    known = report.metadata if report else None
    return CitedEntry(
        mark=citation.mark,
        id=passage.id,
        report_id=passage.report_id,
        report=(known.title if known else "") or passage.report_id,
        about=report_origin(report) if report else "",
        date=known.date if known else "",
        file=report.file_hash if report else "",
        headings=tuple(heading.rstrip(": ") for heading in passage.headings),
        number=passage.number,
        name=label_passage(passage, frames),
        kind=str(passage.kind),
        page=passage.page if report and report.pages else None,
        line=passage.line,
        ocr_confidence=report.ocr_confidence(passage.page) if report else None,
        start=citation.start,
        end=citation.end,
        language=passage.language,
        addressees=passage.addressees,
        by=passage.by,
        strength=str(passage.strength or ""),
        lead_in=passage.lead_in,
        quote=citation.quote,
        citation=citation_line(passage, report, frames),
        translation=_replace_surrogates(translation.text) if translation else "",
        translated_to=translation.language if translation else "",
    )


def _provenance_values(answer: Answer) -> dict[str, str]:
    """The provenance of an answer as strings; empty where it is not known."""
    known = answer.provenance
    if known is None:
        return {}
    gone = sum(count_refused(answer).values())
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


def _replace_surrogates(text: str) -> str:
    """Replace lone surrogates, so that the text can be encoded in UTF-8."""
    return _SURROGATE.sub("\ufffd", text)
