"""Verifies quotes: each must be a slice of its report's stored text, or its statement is dropped.

Also formats and parses citation marks, "[3]", for the whole project.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ingest.lexicon.sentences import find_sentences
from ingest.report import Report, normalize_for_display
from retrieval.results import Citation, Layer, Statement

MARK_PATTERN = re.compile(r"\[([1-9]\d{0,3})\]", re.ASCII)
_RECORD_QUOTE = re.compile(rf"«([^«»]*)»((?: {MARK_PATTERN.pattern})+)", re.ASCII)  # words of a record, their marks
_FIRST_REACH = 1_000  # characters before a passage in which its lead-in is looked for first


@dataclass(frozen=True, slots=True)
class VerifiedStatements:
    """The statements that passed, and the number of dropped ones by reason."""

    statements: tuple[Statement, ...]
    dropped: Counter[str]


def format_mark(number: int) -> str:
    """Format a citation's number as its mark.

    >>> format_mark(3)
    '[3]'
    """
    return f"[{number}]"


def find_citations(text: str) -> list[int]:
    """Parse the citation marks of a text: their numbers in text order, repeats included.

    >>> find_citations("deben [2] o podrían [1][2], no [0], [01] ni [٣]")
    [2, 1, 2]
    """
    return [int(found) for found in MARK_PATTERN.findall(text)]


def escape_marks(text: str) -> str:
    """Escape whatever looks like a citation mark in text that is not ours (titles, questions, passages).

    >>> escape_marks("Informe [1]")
    'Informe (1)'
    """
    return MARK_PATTERN.sub(r"(\1)", text)


def quote_statement(citation: Citation) -> Statement:
    """A citation as a statement of the quote layer: its quote with white space normalized, then its mark."""
    return Statement(f"{normalize_for_display(citation.quote)} {format_mark(citation.mark)}", (citation,), Layer.QUOTE)


def verify_quotes(statements: Iterable[Statement], source: Callable[[str], Report | None]) -> VerifiedStatements:
    """Keep the statements whose every quote equals the report's text at its offsets; count the others by reason.

    ``source`` gives a report as it is stored, by id. Frame sentences pass unless they carry a mark.
    """
    shown: list[Statement] = []
    dropped: Counter[str] = Counter()
    for statement in statements:
        reasons = [
            reason
            for citation in statement.citations
            if (reason := find_citation_fault(citation, source(citation.passage.report_id)))
        ]
        reason = reasons[0] if reasons else _find_text_fault(statement)
        if reason:
            dropped[reason] += 1
        else:
            shown.append(statement)
    return VerifiedStatements(tuple(shown), dropped)


def find_citation_fault(citation: Citation, report: Report | None) -> str | None:
    """The first reason why a citation does not match its report, None when it does."""
    return next(_find_citation_faults(citation, report), None)


def _find_citation_faults(citation: Citation, report: Report | None) -> Iterator[str]:
    """What is wrong with a citation; each check may rely on those before it having passed."""
    passage = citation.passage
    if report is None or report.id != passage.report_id:
        yield "no such report"
        return
    bounds = (passage.start, citation.start, citation.end, passage.end, *chain.from_iterable(citation.highlights))
    if any(type(bound) is not int for bound in (*bounds, citation.mark)):
        yield "offsets are not whole numbers"
        return
    if citation.mark < 1:
        yield "not a mark"
    if not (0 <= passage.start <= citation.start < citation.end <= passage.end <= len(report.text)):
        yield "outside its passage"
    if report.text[citation.start : citation.end] != citation.quote:
        yield "not a slice of the source"
    if citation.highlights and not _are_sentences(citation):
        yield "what it points at is no sentence of the quote"
    if report.text[passage.start : passage.end] != passage.text:
        yield "its passage is not a slice of the source"
    if not normalize_for_display(citation.quote):
        yield "nothing but white space"
    reach = _FIRST_REACH
    while passage.lead_in:
        if passage.lead_in in normalize_for_display(report.text[max(0, passage.start - reach) : passage.start]):
            break
        if reach >= passage.start:
            yield "its lead-in is not in the source"
            break
        reach *= 4  # a long list may have it pages above


def _find_text_fault(statement: Statement) -> str | None:
    """Why a statement's own text may not be shown: it says what its citations do not."""
    if statement.is_frame:
        return "a mark without a citation" if find_citations(statement.text) else None
    if statement.layer is Layer.RECORD:
        return None if _is_valid_record(statement) else "words that are not in the record"
    quotes = " ".join(
        f"{normalize_for_display(citation.quote)} {format_mark(citation.mark)}" for citation in statement.citations
    )
    return None if statement.text == quotes else "words that are not in the quote"


def _is_valid_record(statement: Statement) -> bool:
    """Whether the «quotes» of a record sentence are exactly its citations' quotes, each followed by its mark."""
    said = [
        (words, number) for words, marks, _ in _RECORD_QUOTE.findall(statement.text) for number in find_citations(marks)
    ]
    cited = [(normalize_for_display(citation.quote), citation.mark) for citation in statement.citations]
    quotes = {statement.text.count(character) for character in "«»"} | {len(_RECORD_QUOTE.findall(statement.text))}
    return sorted(said) == sorted(cited) and len(quotes) == 1 and len(find_citations(statement.text)) == len(said)


def _are_sentences(citation: Citation) -> bool:
    """Whether what a citation points at are sentences of its quote, in their order, each once."""
    there = {(citation.start + start, citation.start + end) for start, end in find_sentences(citation.quote)}
    spans = list(citation.highlights)
    return set(spans) <= there and spans == sorted(set(spans))
