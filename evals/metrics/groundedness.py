"""Groundedness of an answer's statements and quotes, checked independently of the product's own verifier.

Each statement is compared with the stored text of its reports: quotes character by character, a mark with
the citation and the one passage it names in the whole answer, the words of a record with the slice they quote; and
our own sentences may not contain the words of a passage.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.metrics.measures import Share, is_exact
from ingest.report import Kind, Report, normalize_for_display
from retrieval.results import Answer, Citation, Layer, Statement

ReportSource = Callable[[str], Report | None]  # a report as stored, by id
StatementCheck = Callable[[Statement, str], bool]  # whether a written one, in a language, says no more than it cites

_MARK = re.compile(r"\[(\d+)\]")
_RECORD_QUOTE = re.compile(r"«([^«»]*)»((?: \[\d+\])+)")


@dataclass(frozen=True, slots=True)
class Groundedness:
    """Shares of one answer's statements that are grounded, and of its quotes that are exact."""

    statements: Share
    quotes: Share


def measure_groundedness(answer: Answer, source: ReportSource, proves: StatementCheck) -> Groundedness:
    """Measure everything that the answer shows, the nearest passages of a refusal included."""
    said = (*answer.statements, *answer.borderline)
    quotes = [*(citation for some in said for citation in some.citations), *answer.nearest]
    theirs = [normalize_for_display(hit.passage.text) for hit in answer.hits if hit.passage.kind is not Kind.FACT]
    marked = _pair_marks(said)

    def grounded(statement: Statement) -> bool:
        return _is_grounded(statement, source, lambda written: proves(written, answer.language), theirs)

    return Groundedness(
        Share(sum(grounded(statement) and _has_consistent_marks(statement, marked) for statement in said), len(said)),
        Share(sum(_is_exact_citation(quote, source) for quote in quotes), len(quotes)),
    )


def keeps_strength(answer: Answer) -> bool:
    """Whether each quote still contains its passage's words of obligation or possibility."""
    return all(
        normalize_for_display(words) in normalize_for_display(citation.quote)
        for statement in answer.statements
        if statement.layer is Layer.QUOTE
        for citation in statement.citations
        for words in citation.passage.strength_words
    )


def _is_exact_citation(citation: Citation, source: ReportSource) -> bool:
    report = source(citation.passage.report_id)
    passage = citation.passage
    return (
        report is not None
        and is_exact(citation.quote, report.text, citation.start, citation.end)
        and is_exact(passage.text, report.text, passage.start, passage.end)
        and passage.start <= citation.start < citation.end <= passage.end
    )


def _pair_marks(said: Sequence[Statement]) -> set[tuple[int, str]]:
    """The (mark, passage id) pairs that are one-to-one; quotes set them, then the first use elsewhere."""
    marks: dict[int, str] = {}
    ids: dict[str, int] = {}
    for statement in sorted(said, key=lambda statement: statement.layer is Layer.RECORD):
        for citation in statement.citations:
            marks.setdefault(citation.mark, citation.passage.id)
            ids.setdefault(citation.passage.id, citation.mark)
    return {(mark, id_) for mark, id_ in marks.items() if ids[id_] == mark}


def _has_consistent_marks(statement: Statement, marked: set[tuple[int, str]]) -> bool:
    """Whether a statement's marks name the same passages as in the rest of the answer."""
    return all((citation.mark, citation.passage.id) in marked for citation in statement.citations)


def _is_grounded(
    statement: Statement, source: ReportSource, proves: Callable[[Statement], bool], theirs: Sequence[str]
) -> bool:
    """Whether a statement's text is what its citations quote; a frame sentence may contain no passage.

    ``theirs`` are the texts of the passages found, white space normalized.
    """
    marks = [int(found) for found in _MARK.findall(statement.text)]
    if statement.is_frame:
        return not marks and not any(text in statement.text for text in theirs)
    if not marks or not all(_is_exact_citation(citation, source) for citation in statement.citations):
        return False
    by_mark = [(citation.mark, normalize_for_display(citation.quote)) for citation in statement.citations]
    if statement.layer is Layer.QUOTE:
        return statement.text == " ".join(f"{words} [{number}]" for number, words in by_mark)
    if statement.layer is Layer.RECORD:
        said = {
            (int(number), words)
            for words, some in _RECORD_QUOTE.findall(statement.text)
            for number in _MARK.findall(some)
        }
        return said == set(by_mark) and len(marks) == len(by_mark)
    return set(marks) == {number for number, _ in by_mark} and proves(statement)
