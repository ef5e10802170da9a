"""Renders a conversation as HTML. Long because questions, answers, marks and source cards share their helpers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote as url_quote

from app.i18n.labels import LABELS, Labels, format_count, labels_for
from app.render.escape import escape_html
from app.render.links import Place
from app.render.wording import (
    count_refused,
    count_untranslated,
    heading_path,
    highlighted_pieces,
    page_and_line,
    split_layers,
    truncate,
)
from ingest.report import Report, normalize_for_display
from retrieval.answer.compose import ReportLookup
from retrieval.answer.templates import AnswerTemplates, label_passage, templates_for
from retrieval.results import Answer, Citation, Layer, Provenance, Statement, Status, Translation, Writing
from retrieval.verification.quotes import MARK_PATTERN, format_mark, quote_statement

MAX_ECHO = 400  # characters of a question that its own bubble shows
_WRITING = '<p class="r-writing">{}</p>'
_WRITING_PATTERN = re.compile(r'<p class="r-writing">[^<]*</p>')


# The conversation. A message is one line, so that the Markdown around it sees one block of HTML;
# what may not be in one (data-*, aria-*) the chat's own sanitizer strips.


def question_html(question: str, narrowed: str = "") -> str:
    """Render a question on one line, and its filters (``narrowed``, in words)."""
    words = " ".join(question.split())
    shown = words if len(words) <= MAX_ECHO else words[:MAX_ECHO] + "…"
    only = f'<p class="r-narrowed" dir="auto">{escape_html(narrowed)}</p>' if narrowed else ""
    return f'<h2 class="r-question" dir="auto">{escape_html(shown)}</h2>{only}'


def pending_html(labels: Labels) -> str:
    """Render the placeholder of an answer that is being searched."""
    return f'<div class="r-answer r-pending" dir="{labels.direction}"><p>{escape_html(labels.searching)}</p></div>'


def failure_html(message: str, labels: Labels, status: Status = Status.FAILED) -> str:
    """Render the error message of a question that could not be answered."""
    return _answer_div(status, labels, f'<p class="r-opening">{escape_html(message)}</p>')


def answer_html(answer: Answer, shown: int | None = None, *, unaided: bool = False) -> str:
    """Render an answer: evidence, written text and provenance, or its first ``shown`` statements while it streams.

    ``unaided``: there is no chat model to translate quotes in another language; a note says so.
    """
    labels = _labels(answer)
    parts = _evidence_parts(answer, shown, unaided=unaided)
    if shown is None or shown >= len(answer.statements):
        parts += _written_parts(answer, labels)
        if answer.provenance:
            parts += provenance_html(answer.provenance, labels, answer.writing, count_untranslated(answer))
    return _answer_div(answer.status, labels, parts)


def evidence_html(answer: Answer, shown: int | None = None) -> str:
    """Render an answer's evidence: quotes and our own sentences, without what a chat model wrote."""
    return _answer_div(answer.status, _labels(answer), _evidence_parts(answer, shown))


def written_html(answer: Answer, *, ended: bool) -> str:
    """Render what a chat model wrote: with a placeholder while it writes, with the provenance once it has ended.

    A message of its own, so that the quotes above it are not redrawn while somebody reads them.
    """
    labels = _labels(answer)
    parts = _written_parts(answer, labels)
    if not ended:
        parts += _WRITING.format(escape_html(labels.writing))
    elif answer.provenance:
        parts += provenance_html(answer.provenance, labels, answer.writing, count_untranslated(answer))
    return _one_line(f'<div class="r-answer r-added" dir="{labels.direction}">{parts}</div>')


def drop_pending(history: Sequence[Mapping[str, Any]], labels: Labels) -> list[Mapping[str, Any]]:
    """Remove pending messages and their unanswered questions; mark writing that was interrupted as stopped."""
    kept: list[Mapping[str, Any]] = []
    for message in history:
        text = _message_html(message) if message.get("role") == "assistant" else ""
        if "r-pending" in text:
            if kept and kept[-1].get("role") == "user":
                kept.pop()
        elif found := _WRITING_PATTERN.search(text):
            stopped = f'<p class="r-note">{escape_html(labels.stopped)}</p>'
            kept.append({"role": "assistant", "content": text.replace(found[0], stopped)})
        else:
            kept.append(message)
    return kept


def _message_html(message: Mapping[str, Any]) -> str:
    """The HTML of a message; Gradio returns it as a list of parts."""
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, Mapping))


def _labels(answer: Answer) -> Labels:
    return labels_for(answer.language if answer.language in LABELS else "en")


def _evidence_parts(answer: Answer, shown: int | None = None, *, unaided: bool = False) -> str:
    _, frames = templates_for(answer.language)
    labels = _labels(answer)
    evidence = split_layers(answer).evidence
    quotes = [statement for statement in (*evidence, *answer.borderline) if _is_quote(statement)]
    grouped = len(quotes) > 1
    made = {translation.mark: translation for translation in answer.translations}
    parts = _searched_html(answer, frames, labels)
    parts += _statements_html(evidence[:shown], frames, labels, made, grouped=grouped)
    if shown is None or shown >= len(answer.statements):
        parts += _statements_html(answer.borderline, frames, labels, made, grouped=grouped)
        if answer.nearest:
            chips = "".join(_chip(citation, frames, labels) for citation in answer.nearest)
            parts += f'<p class="r-near">{escape_html(frames.nearest)}</p><ol class="r-chips">{chips}</ol>'
        if unaided:
            parts += _untranslated_html(answer, quotes, labels)
        if gone := sum(count_refused(answer).values()):
            parts += f'<p class="r-near">{escape_html(labels.dropped.format(count=gone))}</p>'
    return parts


def _written_parts(answer: Answer, labels: Labels) -> str:
    """Render a chat model's sentences as one paragraph under our sentence that attributes them."""
    _, frames = templates_for(answer.language)
    parts = split_layers(answer)
    if not parts.label:
        return ""
    said = f'<p class="r-by" dir="auto">{escape_html(parts.label.text)}</p>'
    if not parts.written:
        return f'<div class="r-written r-unwritten">{said}</div>'
    prose = " ".join(_link_marks(statement, frames, labels) for statement in parts.written)
    return f'<div class="r-written">{said}<p class="r-prose" dir="auto">{prose}</p></div>'


def _untranslated_html(answer: Answer, quotes: Sequence[Statement], labels: Labels) -> str:
    """Render the note on quotes in another language than the answer's that are not translated."""
    languages = dict.fromkeys(quote.citations[0].passage.language for quote in quotes)
    foreign = [language for language in languages if language and language != answer.language]
    if not foreign:
        return ""
    names = ", ".join(labels.spoken.get(language, language) for language in foreign)
    return f'<p class="r-note">{escape_html(labels.untranslated.format(language=names))}</p>'


def provenance_html(
    provenance: Provenance, labels: Labels, writing: Writing | None = None, translations_refused: int = 0
) -> str:
    """Render the provenance as a <details>: index, reports, models, token counts, version, date."""
    model = provenance.chat_model or provenance.embedding_model
    brief = " · ".join((f"{labels.fields['index']} {provenance.index[:4]}…", model.split(" ")[0], provenance.version))
    rows = [
        (labels.fields["index"], provenance.index),
        *((f"{labels.fields['report']} {report_id}", digest) for report_id, digest in provenance.reports.items()),
        (labels.fields["embedding"], provenance.embedding_model),
        *([(labels.fields["reranker"], provenance.reranker)] if provenance.reranker else []),
        (labels.fields["chat"], provenance.chat_model or labels.no_chat_model),
        *(_writing_rows(writing, labels) if writing else []),
        *([(labels.fields["untranslated"], str(translations_refused))] if translations_refused else []),
        (labels.fields["version"], provenance.version),
        (labels.fields["date"], provenance.date),
    ]
    table = "".join(f"<dt>{escape_html(name)}</dt><dd>{escape_html(value)}</dd>" for name, value in rows)
    summary = f'<summary title="{escape_html(labels.provenance)}">{escape_html(brief)}</summary>'
    return f'<details class="r-provenance">{summary}<dl>{table}</dl></details>'


def _writing_rows(writing: Writing, labels: Labels) -> list[tuple[str, str]]:
    dropped = sum(writing.dropped.values())
    reasons = ", ".join(f"{count} × {reason}" for reason, count in writing.dropped.items())
    counted = writing.tokens_in is not None or writing.tokens_out is not None
    tokens = " / ".join("?" if n is None else format_count(n) for n in (writing.tokens_in, writing.tokens_out))
    rows = [
        ("given", str(writing.given)),
        ("left_out", str(writing.left_out) if writing.left_out else ""),
        ("kept", str(writing.kept)),
        ("refused", f"{dropped} ({reasons})" if dropped else "0"),
        ("attempts", str(writing.attempts)),
        ("seconds", f"{writing.seconds:.1f}"),
        ("tokens", tokens if counted else ""),
        ("cost", "" if writing.cost is None else f"{writing.cost:.6f}".rstrip("0").rstrip(".")),
        ("problem", writing.problem),
    ]
    return [(labels.fields[name], value) for name, value in rows if value]


def _searched_html(answer: Answer, frames: AnswerTemplates, labels: Labels) -> str:
    """Render the resolved question where the conversation changed it, with a link that edits it.

    The link carries the question, as a mark's carries its place; static/page.js puts it into the question box.
    """
    if answer.searched == answer.question:
        return ""
    said = answer.searched if len(answer.searched) <= MAX_ECHO else answer.searched[:MAX_ECHO] + "…"
    link, edit = f"#ask={url_quote(answer.searched, safe='')}", escape_html(labels.edit)
    return (
        f'<p class="r-searched" dir="auto">{escape_html(frames.searched)} <q>{escape_html(said)}</q> '
        f'<a class="r-edit" href="{escape_html(link)}" title="{edit}">{edit}</a></p>'
    )


def _answer_div(status: Status, labels: Labels, inside: str) -> str:
    called = labels.statuses.get(status)
    badge = f'<p class="r-status">{escape_html(called)}</p>' if called else ""
    kind = status.value.replace("_", "-")
    return _one_line(f'<div class="r-answer r-{kind}" dir="{labels.direction}">{badge}{inside}</div>')


def _one_line(message: str) -> str:
    """Put a message's HTML on one line, whatever line breaks its ids and headings have."""
    return message.replace("\n", " ")


def _is_quote(statement: Statement) -> bool:
    """Whether a statement is a quote and nothing else."""
    alone = len(statement.citations) == 1 and statement.layer is Layer.QUOTE
    return alone and statement.text == quote_statement(statement.citations[0]).text


def _statements_html(
    statements: Iterable[Statement],
    frames: AnswerTemplates,
    labels: Labels,
    translations: Mapping[int, Translation],
    *,
    grouped: bool,
) -> str:
    """Render our sentences as paragraphs and quotes as lists, one list a section where ``grouped``."""
    parts: list[str] = []
    section: tuple[str, tuple[str, ...]] | None = None
    for statement in statements:
        if _is_quote(statement):
            passage = statement.citations[0].passage
            translation = translations.get(statement.citations[0].mark)
            item = _quote_item(statement.citations[0], frames, labels, translation, named=not grouped)
            if grouped and (passage.report_id, passage.headings) != section:
                section = (passage.report_id, passage.headings)
                path = escape_html(heading_path(passage) or passage.report_id)
                lang = escape_html(passage.language)
                parts.append(
                    f'<p class="r-section" lang="{lang}" dir="auto">{path}</p><ol class="r-quotes">{item}</ol>'
                )
            elif parts and parts[-1].endswith("</ol>"):
                parts[-1] = parts[-1].removesuffix("</ol>") + item + "</ol>"
            else:
                parts.append(f'<ol class="r-quotes">{item}</ol>')
            continue
        words = _link_marks(statement, frames, labels)
        role = "r-opening" if statement.is_frame else "r-record" if statement.layer is Layer.RECORD else "r-prose"
        parts.append(f'<p class="{role}" dir="auto">{words}</p>')
    return "".join(parts)


def _link_marks(statement: Statement, frames: AnswerTemplates, labels: Labels) -> str:
    """Escape a statement and turn its citation marks into links."""
    links = {str(citation.mark): _mark_link(citation, frames, labels) for citation in reversed(statement.citations)}
    words = escape_html(" ".join(statement.text.split()))
    return MARK_PATTERN.sub(lambda found: links.get(found[1], found[0]), words)


def _translation_html(translation: Translation | None, frames: AnswerTemplates) -> str:
    """Render a machine translation, labelled as such; empty for None."""
    if translation is None:
        return ""
    return (
        f'<p class="r-translation" lang="{escape_html(translation.language)}" dir="auto">'
        f'<span class="r-machine">{escape_html(frames.translation)}</span> {escape_html(translation.text)}</p>'
    )


def _quote_html(citation: Citation) -> str:
    """Render a quote with the spans that answer in <mark>."""
    return "".join(
        f'<mark class="r-tells">{escape_html(words)}</mark>' if tells else escape_html(words)
        for words, tells in highlighted_pieces(citation)
    )


def _quote_item(
    citation: Citation,
    frames: AnswerTemplates,
    labels: Labels,
    translation: Translation | None = None,
    *,
    named: bool = True,
) -> str:
    words = _quote_html(citation)
    passage = citation.passage
    lead_in = f'<span class="r-lead" lang="{escape_html(passage.language)}">{escape_html(passage.lead_in)}</span> '
    section = passage.headings[0].rstrip(": ") if passage.headings else ""  # the rest is in the card beside it
    under = (
        f'<span class="r-under" lang="{escape_html(passage.language)}"> · {escape_html(section)}</span>'
        if section and named
        else ""
    )
    return (
        f'<li>{_mark_link(citation, frames, labels)}<span class="r-name" title="{escape_html(section)}">'
        f"{escape_html(label_passage(passage, frames))}{under}</span>"
        f'<blockquote lang="{escape_html(passage.language)}" dir="auto">{lead_in if passage.lead_in else ""}'
        f"{words}</blockquote>{_translation_html(translation, frames)}</li>"
    )


def _chip(citation: Citation, frames: AnswerTemplates, labels: Labels) -> str:
    """Render a near passage as a chip: its beginning, linked to its place in the report."""
    passage = citation.passage
    at = escape_html(Place.of_citation(citation).fragment)
    return (
        f'<li><a class="r-chip" href="{at}" title="{escape_html(labels.in_place)}"><span class="r-mark">'
        f"{format_mark(citation.mark)}</span> <strong>{escape_html(label_passage(passage, frames))}</strong> "
        f'<span class="r-brief" lang="{escape_html(passage.language)}" dir="auto">'
        f"{escape_html(truncate(normalize_for_display(citation.quote)))}</span></a></li>"
    )


def _mark_link(citation: Citation, frames: AnswerTemplates, labels: Labels) -> str:
    at = Place.of_citation(citation).fragment
    title = f"{label_passage(citation.passage, frames)} · {labels.in_place}"
    return f'<a class="r-mark" href="{escape_html(at)}" title="{escape_html(title)}">{format_mark(citation.mark)}</a>'


# Beside the conversation


def sources_html(answer: Answer, source: ReportLookup) -> str:
    """Render a card for each citation, else for each of the nearest passages; empty where there is neither."""
    spoken, frames = templates_for(answer.language)
    labels = _labels(answer)
    if not answer.sources:
        return ""
    made = {translation.mark: translation for translation in answer.translations}
    title = labels.sources if answer.citations else frames.nearest.rstrip(" :")
    cards = "".join(
        _card(citation, source(citation.passage.report_id), frames, labels, made.get(citation.mark))
        for citation in answer.sources
    )
    heading = f'<h2>{escape_html(title)} <span class="r-count">{len(answer.sources)}</span></h2>'
    opening = f'<section class="r-sources" lang="{spoken}" dir="{labels.direction}">'
    return f'{opening}{heading}<ol class="r-cards">{cards}</ol></section>'


def _card(
    citation: Citation, report: Report | None, frames: AnswerTemplates, labels: Labels, translation: Translation | None
) -> str:
    passage = citation.passage
    at = escape_html(Place.of_citation(citation).fragment)
    path = escape_html(heading_path(passage))
    lead_in = f'<p class="r-lead" lang="{escape_html(passage.language)}" dir="auto">{escape_html(passage.lead_in)}</p>'
    title = report.metadata.title if report else ""
    mark, name = format_mark(citation.mark), label_passage(passage, frames)
    return (
        f'<li class="r-card" data-mark="{citation.mark}"><header><a class="r-mark" href="{at}" '
        f'aria-label="{escape_html(f"{mark} {name}, {labels.in_place}")}">{mark}</a>'
        f"<strong>{escape_html(name)}</strong>"
        f'<span class="r-where">{escape_html(page_and_line(passage, report, frames))}</span></header>'
        f'<p class="r-path" lang="{escape_html(passage.language)}" dir="auto" title="{escape_html(title)}">{path}</p>'
        f'{lead_in if passage.lead_in else ""}<blockquote lang="{escape_html(passage.language)}" dir="auto">'
        f"{_quote_html(citation)}</blockquote>{_translation_html(translation, frames)}"
        f'<a class="r-open" href="{at}">{escape_html(labels.in_place)}</a></li>'
    )
