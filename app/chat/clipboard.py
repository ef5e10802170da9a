"""Formats an answer as plain text for the clipboard: its text, then each citation with its quote and link."""

from app.i18n.labels import labels_for
from app.render.links import permalink
from app.render.wording import citation_line
from ingest.report import normalize_for_display
from retrieval.answer.compose import ReportLookup
from retrieval.answer.templates import AnswerTemplates, templates_for
from retrieval.results import Answer, Citation
from retrieval.verification.quotes import format_mark


def clipboard_text(answer: Answer, source: ReportLookup, language: str) -> str:
    """Format an answer, its citations by mark, and the index fingerprint, separated by blank lines.

    A link is relative, on a line of its own that begins with "?": the page's address belongs in front of it.
    """
    _, frames = templates_for(answer.language)
    labels = labels_for(language)
    parts = [answer.searched, join_lines(answer.text)]
    parts += [_citation_text(citation, source, frames) for citation in answer.sources]
    if answer.provenance:
        made = answer.provenance
        parts.append(f"{labels.fields['index']}: {made.index}\n{labels.fields['date']}: {made.date}")
    return "\n\n".join(parts)


def join_lines(text: str) -> str:
    """Put each paragraph on one line."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip())


def _citation_text(citation: Citation, source: ReportLookup, frames: AnswerTemplates) -> str:
    passage = citation.passage
    said = citation_line(passage, source(passage.report_id), frames)
    return f"{format_mark(citation.mark)} «{normalize_for_display(citation.quote)}»\n{said}\n{permalink(passage.id)}"
