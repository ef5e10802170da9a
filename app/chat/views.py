"""Renders a conversation as HTML, by templates/chat.html: questions, answers as they come, and source cards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.i18n.labels import LABELS, Labels, format_count, labels_for
from app.render.explain import explain_reading
from app.render.markup import fill
from app.render.wording import AnswerLayers, count_refused, count_untranslated, is_quote, split_layers
from retrieval.answer.compose import ReportLookup
from retrieval.answer.templates import AnswerTemplates, templates_for
from retrieval.results import Answer, Fate, Provenance, Statement, Status, Translation, Writing

MAX_ECHO = 400  # characters of a question that its own bubble shows
_WRITING_PATTERN = re.compile(r'<p class="r-writing">[^<]*</p>')


def question_html(question: str, narrowed: str = "") -> str:
    """Render a question on one line, and its filters (``narrowed``, in words)."""
    return fill("chat", "question", _cut(" ".join(question.split())), narrowed)


def pending_html(labels: Labels) -> str:
    """Render the placeholder of an answer that is being searched."""
    return fill("chat", "pending", labels)


def failure_html(message: str, labels: Labels, status: Status = Status.FAILED) -> str:
    """Render the error message of a question that could not be answered."""
    return _one_line(fill("chat", "failure", message, labels, status))


def answer_html(answer: Answer, shown: int | None = None, *, unaided: bool = False) -> str:
    """Render an answer: evidence, written text and provenance, or its first ``shown`` statements while it streams.

    ``unaided``: there is no chat model to translate quotes in another language; a note says so.
    """
    return _one_line(fill("chat", "answer", _AnswerView(answer, shown, unaided), _labels(answer)))


def evidence_html(answer: Answer, shown: int | None = None) -> str:
    """Render an answer's evidence: quotes and our own sentences, without what a chat model wrote."""
    return _one_line(fill("chat", "answer", _AnswerView(answer, shown, evidence_alone=True), _labels(answer)))


def written_html(answer: Answer, *, ended: bool) -> str:
    """Render what a chat model wrote: with a placeholder while it writes, with the provenance once it has ended.

    A message of its own, so that the quotes above it are not redrawn while somebody reads them.
    """
    return _one_line(fill("chat", "written", _AnswerView(answer), _labels(answer), ended))


def sources_html(answer: Answer, source: ReportLookup) -> str:
    """Render a card for each citation, else for each of the nearest passages; empty where there is neither."""
    return fill("chat", "cards", _AnswerView(answer), source, _labels(answer)) if answer.sources else ""


def drop_pending(history: Sequence[Mapping[str, Any]], labels: Labels) -> list[Mapping[str, Any]]:
    """Remove pending messages and their unanswered questions; mark writing that was interrupted as stopped."""
    kept: list[Mapping[str, Any]] = []
    for message in history:
        text = _message_html(message) if message.get("role") == "assistant" else ""
        if "r-pending" in text:
            if kept and kept[-1].get("role") == "user":
                kept.pop()
        elif found := _WRITING_PATTERN.search(text):
            kept.append({"role": "assistant", "content": text.replace(found[0], fill("chat", "stopped", labels))})
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


@dataclass(frozen=True)
class _AnswerView:
    """What the template shows of an answer, or of its first ``shown`` statements."""

    answer: Answer
    shown: int | None = None
    unaided: bool = False
    evidence_alone: bool = False

    @property
    def spoken(self) -> str:
        return templates_for(self.answer.language)[0]

    @property
    def frames(self) -> AnswerTemplates:
        return templates_for(self.answer.language)[1]

    @cached_property
    def layers(self) -> AnswerLayers:
        return split_layers(self.answer)

    @property
    def evidence(self) -> Sequence[Statement]:
        return self.layers.evidence[: self.shown]

    @property
    def whole(self) -> bool:
        return self.shown is None or self.shown >= len(self.answer.statements)

    @cached_property
    def quotes(self) -> Sequence[Statement]:
        return [said for said in (*self.layers.evidence, *self.answer.borderline) if is_quote(said)]

    @property
    def grouped(self) -> bool:
        return len(self.quotes) > 1

    @cached_property
    def translations(self) -> Mapping[int, Translation]:
        return {translation.mark: translation for translation in self.answer.translations}

    @property
    def searched(self) -> str:
        return _cut(self.answer.searched)

    @property
    def readings(self) -> str:
        """What the question's words were read as, in words, each with what became of it unless it was used."""
        read = self.answer.explanation.hypotheses if self.answer.explanation else ()
        told = [(it, *explain_reading(it, _labels(self.answer).reading)[1:]) for it in read if it.words and it.values]
        return " · ".join(said if it.fate is Fate.USED else f"{said} ({fate})" for it, said, fate in told)

    @property
    def dropped(self) -> int:
        return sum(count_refused(self.answer).values())

    @property
    def untranslated(self) -> str:
        """The other languages than the answer's that quotes are in and nobody translates."""
        if not self.unaided:
            return ""
        languages = dict.fromkeys(quote.citations[0].passage.language for quote in self.quotes)
        spoken = _labels(self.answer).spoken
        return ", ".join(
            spoken.get(language, language) for language in languages if language not in ("", self.answer.language)
        )

    @property
    def provenance(self) -> Mapping[str, Any] | None:
        """What the answer was made with, in brief and in rows of names and values."""
        return _provenance_values(self.answer, self.answer.provenance) if self.answer.provenance else None


def _provenance_values(answer: Answer, provenance: Provenance) -> Mapping[str, Any]:
    labels, refused = _labels(answer), count_untranslated(answer)
    model = provenance.chat_model or provenance.embedding_model
    brief = " · ".join((f"{labels.fields['index']} {provenance.index[:4]}…", model.split(" ")[0], provenance.version))
    rows = [
        (labels.fields["index"], provenance.index),
        *((f"{labels.fields['report']} {report_id}", digest) for report_id, digest in provenance.reports.items()),
        (labels.fields["embedding"], provenance.embedding_model),
        *([(labels.fields["reranker"], provenance.reranker)] if provenance.reranker else []),
        (labels.fields["chat"], provenance.chat_model or labels.no_chat_model),
        *(_writing_rows(answer.writing, labels) if answer.writing else []),
        *([(labels.fields["untranslated"], str(refused))] if refused else []),
        (labels.fields["version"], provenance.version),
        (labels.fields["date"], provenance.date),
    ]
    return {"brief": brief, "rows": rows}


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


def _cut(words: str) -> str:
    return words if len(words) <= MAX_ECHO else words[:MAX_ECHO] + "…"


def _one_line(message: str) -> str:
    """Put a message's HTML on one line, whatever line breaks its ids and headings have."""
    return message.replace("\n", " ")
