"""Passages that come as texts alone, made citable: one report of them, each a passage, with marks from 1."""

from collections.abc import Sequence

from ingest.lexicon.language import detect_language
from ingest.report import Kind, Metadata, Passage, Report
from retrieval.results import Citation


def cite_texts(texts: Sequence[tuple[str, str]]) -> tuple[Report, list[Citation]]:
    """A report of texts, each with its language (empty: to be detected), and a citation of each.

    >>> report, citations = cite_texts([("Los Estados deben actuar.", "es"), ("They must act.", "")])
    >>> [(citation.mark, citation.quote, citation.passage.language) for citation in citations]
    [(1, 'Los Estados deben actuar.', 'es'), (2, 'They must act.', 'en')]
    """
    report = Report("given", "\n\n".join(text for text, _ in texts), Metadata(), file_hash="")
    citations, start = [], 0
    for mark, (text, language) in enumerate(texts, start=1):
        end, spoken = start + len(text), language or detect_language(text)
        line = report.line_at(start)
        passage = Passage(f"given#p{mark}", "given", Kind.PARAGRAPH, "", (), "", text, start, end, 1, line, spoken)
        citations.append(Citation.whole(mark, passage))
        start = end + 2
    return report, citations
