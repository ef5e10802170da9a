"""An answer as text to be pasted elsewhere: its words, and for each mark a quotation that can be checked."""

from collections.abc import Callable

from app.i18n.labels import labels_for
from app.render.links import permalink
from app.render.wording import citation_line
from ingest.report import Report, for_reading
from retrieval.answer.templates import Frames, frames_for
from retrieval.results import Answer, Citation
from retrieval.verification.quotes import mark

Source = Callable[[str], Report | None]


def cited_text(answer: Answer, source: Source, language: str) -> str:
    """The answer, then its citations, then the index it was made from.

    A link stands on a line of its own and begins with "?": who copies it knows the address in front of it.
    """
    _, frames = frames_for(answer.language)
    labels = labels_for(language)
    border = (one for statement in answer.borderline for one in statement.citations)
    cited = {one.mark: one for one in (*answer.nearest, *border, *answer.citations)}
    parts = [answer.searched, for_paragraphs(answer.text)]
    parts += [_cited(cited[number], source, frames) for number in sorted(cited)]
    if answer.provenance:
        made = answer.provenance
        parts.append(f"{labels.fields['index']}: {made.index}\n{labels.fields['date']}: {made.date}")
    return "\n\n".join(parts)


def for_paragraphs(text: str) -> str:
    """Paragraphs each on one line."""
    return "\n\n".join(" ".join(one.split()) for one in text.split("\n\n") if one.strip())


def _cited(citation: Citation, source: Source, frames: Frames) -> str:
    passage = citation.passage
    said = citation_line(passage, source(passage.report_id), frames)
    return f"{mark(citation.mark)} «{for_reading(citation.quote)}»\n{said}\n{permalink(passage.id)}"
