"""What an answer's words rest on, checked again from outside: the product's own proof is not asked.

Each statement is held against the stored text of its reports: quotes character by character, a mark against
the citation it names, the words of a record against the slice they are said to be.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from evals.measures import Share, is_exact
from ingest.report import Report, for_reading
from retrieval.answer import Answer, Citation, Layer, Statement

Source = Callable[[str], Report | None]  # a report as stored, by id
Proves = Callable[[Statement], bool]  # whether a written statement says no more than its passages

_MARK = re.compile(r"\[(\d+)\]")
_SAID = re.compile(r"«([^«»]*)»((?: \[\d+\])+)")


@dataclass(frozen=True, slots=True)
class Grounds:
    """Counts of one answer: statements that rest on their sources, quotes that are exact."""

    statements: Share
    quotes: Share


def grounds(answer: Answer, source: Source, proves: Proves) -> Grounds:
    """Count over everything that the answer shows, the nearest passages of a refusal included."""
    said = (*answer.statements, *answer.borderline)
    quotes = [*(one for some in said for one in some.citations), *answer.nearest]
    return Grounds(
        Share(sum(_grounded(one, source, proves) for one in said), len(said)),
        Share(sum(_exact(one, source) for one in quotes), len(quotes)),
    )


def keeps_strength(answer: Answer) -> bool:
    """Whether each passage's words of obligation or possibility are still there where it is quoted."""
    return all(
        for_reading(words) in for_reading(one.quote)
        for statement in answer.statements
        if statement.layer is Layer.QUOTE
        for one in statement.citations
        for words in one.passage.strength_words
    )


def _exact(citation: Citation, source: Source) -> bool:
    report = source(citation.passage.report_id)
    passage = citation.passage
    return (
        report is not None
        and is_exact(citation.quote, report.text, citation.start, citation.end)
        and is_exact(passage.text, report.text, passage.start, passage.end)
        and passage.start <= citation.start < citation.end <= passage.end
    )


def _grounded(statement: Statement, source: Source, proves: Proves) -> bool:
    """Whether what a statement says stands where its marks say; a sentence of ours may say nothing of a report."""
    marks = [int(one) for one in _MARK.findall(statement.text)]
    if statement.frame:
        return not marks
    if not marks or not all(_exact(one, source) for one in statement.citations):
        return False
    by_mark = [(one.mark, for_reading(one.quote)) for one in statement.citations]
    if statement.layer is Layer.QUOTE:
        return statement.text == " ".join(f"{words} [{number}]" for number, words in by_mark)
    if statement.layer is Layer.RECORD:
        said = {(int(number), words) for words, some in _SAID.findall(statement.text) for number in _MARK.findall(some)}
        return said == set(by_mark) and len(marks) == len(by_mark)
    return set(marks) == {number for number, _ in by_mark} and proves(statement)
