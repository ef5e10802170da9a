"""Formats values as text for all screens: places, headings, citation lines, highlighted quotes, word diffs."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from ingest.report import Passage, Report, normalize_for_display
from retrieval.answer.templates import AnswerTemplates, label_passage
from retrieval.index.diff import RecordChange
from retrieval.results import Answer, Citation, Layer, Statement
from retrieval.verification.quotes import MARK_PATTERN, quote_statement

CONTEXT_WORDS = 3  # words before and after those that changed
MAX_COMPARED = 8_000  # words of both texts; longer ones have changed as a whole
MAX_BRIEF = 160  # characters of what is only near
TRANSLATION_PREFIX = "translation: "  # in front of a reason: of what was refused of translations


@dataclass(frozen=True, slots=True)
class AnswerLayers:
    """The statements of an answer by layer: the evidence, and what a chat model wrote."""

    evidence: tuple[Statement, ...]
    label: Statement | None = None  # our sentence in front of what is written, or that says why nothing is
    written: tuple[Statement, ...] = ()


def split_layers(answer: Answer) -> AnswerLayers:
    """Split an answer's statements into evidence and what a chat model wrote."""
    said = answer.statements
    written = tuple(statement for statement in said if statement.layer is Layer.WRITTEN and not statement.is_frame)
    if not written and answer.writing is None:
        return AnswerLayers(said)
    at = len(said) - len(written) - 1  # the writer appends its sentence and then the model's
    label = said[at] if at >= 0 and said[at].is_frame else None
    return AnswerLayers(said[: at if label else at + 1], label, written)


def is_quote(statement: Statement) -> bool:
    """Whether a statement is a quote and nothing else."""
    alone = len(statement.citations) == 1 and statement.layer is Layer.QUOTE
    return alone and statement.text == quote_statement(statement.citations[0]).text


def cut_at_marks(statement: Statement) -> list[str | Citation]:
    """A statement's text on one line, with its citations in place of their marks."""
    cited = {str(citation.mark): citation for citation in reversed(statement.citations)}
    pieces = MARK_PATTERN.split(" ".join(statement.text.split()))
    return [cited.get(piece, f"[{piece}]") if at % 2 else piece for at, piece in enumerate(pieces)]


def count_refused(answer: Answer) -> dict[str, int]:
    """Count the quotes that verification dropped, by reason, without a chat model's sentences and translations."""
    written = answer.writing.dropped if answer.writing else {}
    quotes = {reason: count - written.get(reason, 0) for reason, count in answer.dropped.items()}
    return {name: count for name, count in quotes.items() if count > 0 and not name.startswith(TRANSLATION_PREFIX)}


def count_untranslated(answer: Answer) -> int:
    """Count the translations that verification dropped."""
    return sum(count for reason, count in answer.dropped.items() if reason.startswith(TRANSLATION_PREFIX))


def highlighted_pieces(citation: Citation) -> list[tuple[str, bool]]:
    """Split a quote into (text, highlighted) pieces at its answering spans; joined, they are the whole quote."""
    ends = [citation.start, *(end for span in citation.highlights for end in span), citation.end]
    pieces: list[tuple[str, bool]] = []
    for at, (start, end) in enumerate(pairwise(ends)):
        raw = citation.quote[start - citation.start : end - citation.start]
        words = normalize_for_display(raw)
        before = " " if pieces and raw[:1].isspace() else ""
        after = " " if words and end < citation.end and raw[-1:].isspace() else ""
        if words or before:
            pieces.append((before + words + after, at % 2 == 1))
    return pieces


def diff_words(change: RecordChange) -> list[tuple[str, str]]:
    """Diff a record's words: pieces of ("gone" | "come" | "same", words), long unchanged stretches abridged."""
    old, new = (normalize_for_display(passage.text).split() for passage in (change.before, change.after))
    if len(old) + len(new) > MAX_COMPARED:
        old, new = [" ".join(old)], [" ".join(new)]
    pieces: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            same = old[a:b]
            few = same if len(same) <= 2 * CONTEXT_WORDS else [*same[:CONTEXT_WORDS], "…", *same[-CONTEXT_WORDS:]]
            pieces.append(("same", " ".join(few)))
            continue
        pieces += [(fate, " ".join(words)) for fate, words in (("gone", old[a:b]), ("come", new[c:d])) if words]
    return pieces


def truncate(words: str) -> str:
    """Truncate a long text between words.

    >>> truncate("palabra " * 40).endswith("palabra …"), truncate("corto")
    (True, 'corto')
    """
    return words if len(words) <= MAX_BRIEF else words[:MAX_BRIEF].rsplit(" ", 1)[0] + " …"


def report_origin(report: Report) -> str:
    """Join a report's forum, place and year, those that are known."""
    known = report.metadata
    return " · ".join(str(part) for part in (known.forum, known.place, known.year) if part)


def heading_path(passage: Passage) -> str:
    """Join the headings that a passage stands under, outermost first."""
    return " › ".join(heading.rstrip(": ") for heading in passage.headings)


def page_and_line(passage: Passage, report: Report | None, frames: AnswerTemplates) -> str:
    """Format a passage's page and line; only the line where the report's text has no pages."""
    page = [f"{frames.page} {report.page_label(passage.page)}"] if report and report.pages else []
    sure = report.ocr_confidence(passage.page) if report else None
    page += [] if sure is None else [f"{frames.recognized} ({sure:.0%})"]
    return ", ".join([*page, f"{frames.line} {passage.line}"])


def citation_line(passage: Passage, report: Report | None, frames: AnswerTemplates) -> str:
    """Format a citation on one line: report, origin, date, section, number, page and line."""
    known = report.metadata if report else None
    title = known.title if known and known.title else passage.report_id
    beside = report_origin(report) if report else ""
    date = f" ({known.date})" if known and known.date else ""
    place = ", ".join(
        filter(None, [heading_path(passage), label_passage(passage, frames), page_and_line(passage, report, frames)])
    )
    return normalize_for_display(f"{title}{f' — {beside}' if beside else ''}{date}. {place}.")
