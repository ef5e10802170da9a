"""The Ask panel: starter questions, the conversation, the question box and its filters."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import gradio as gr
from gradio.components import Component

from app.chat.chat import ChatUpdate, Message, append_answer, converse, length_problem
from app.chat.clipboard import clipboard_text
from app.chat.coverage import MAX_STARTERS, ROLES, list_covered, role_labels, starter_questions
from app.chat.filters import FIELDS, MAX_CHOICES, TYPED_FIELDS, Choice, build_filter, load_choices
from app.chat.follow_ups import suggest_follow_ups
from app.chat.header import copy_html, coverage_html, follow_ups_html, notice_html, welcome_html
from app.chat.views import drop_pending
from app.i18n.labels import Labels, labels_for
from app.render.errors import user_message
from app.render.escape import escape_html
from app.web import export, feedback
from app.web.panel import PRIVATE_EVENT, READ_EVENT, InitialView, Panel, SidePanel, Site, Visit
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from retrieval.generation.streaming import stream_answer
from retrieval.index.filters import NO_FILTER
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer

Updates = Mapping[Component, Any]


class AskComponents:
    """The panel's Gradio components, laid out in reading order."""

    def __init__(self, site: Site) -> None:
        self.heading = gr.HTML(elem_id="r-heading", visible=False)  # of the page, once the first one has gone
        with gr.Column(elem_id="r-first") as self.first:  # shown until the first question
            self.welcome = gr.HTML(elem_id="r-welcome")
            self.role = gr.Radio([], elem_id="r-role", visible=False)
            self.starters = [gr.Button("", elem_classes="r-starter", visible=False) for _ in range(MAX_STARTERS)]
        self.chat = gr.Chatbot(
            elem_id="r-chat",
            show_label=False,
            container=False,
            height=None,
            autoscroll=False,  # an answer is read from its beginning; static/page.js brings the question to the top
            latex_delimiters=[],
            sanitize_html=True,
            allow_tags=False,
            buttons=[],
            feedback_options=None,
            layout="panel",
        )
        with gr.Row(elem_id="r-actions", visible=False) as self.actions:  # on the last answer
            self.copy = gr.HTML(elem_id="r-copying")
            self.strips = [export.lay_out_strip(site), feedback.lay_out_strip(site)]
        self.follow_ups = gr.HTML(elem_id="r-going-on")
        with gr.Column(elem_id="r-dock"):
            self.notice = gr.HTML(elem_id="r-notices")
            with gr.Accordion("", open=False, elem_id="r-narrow") as self.narrow:
                self.chosen = [gr.Dropdown([], multiselect=True, elem_id=f"r-by-{name}") for name in FIELDS]
            self.box = gr.Textbox(
                elem_id="r-box", show_label=False, container=False, lines=1, max_lines=5, submit_btn=True
            )
            self.covers = gr.HTML(elem_id="r-line")


def lay_out(site: Site) -> Panel:
    """Lay out the panel."""
    with gr.Tab("ask", elem_id="r-tab-ask", id="ask") as tab, gr.Column(elem_id="r-talk"):
        parts = AskComponents(site)
    conversation = gr.State(EMPTY_CONVERSATION)  # of this visitor

    def load(visit: Visit) -> Sequence[Any]:
        more = [update for strip in parts.strips for update in strip.load(visit)]
        return [*opening_updates(site.assistant, visit), *more]

    def suggest(role: str | None, code: str) -> list[Any]:
        return _starter_updates(site.assistant, role, code)

    def wire(side: SidePanel) -> None:
        talk = AskHandlers(site, parts, conversation, side.sources)
        starts = [(starter.click, starter) for starter in parts.starters]
        for trigger, words in [(parts.box.submit, parts.box), *starts]:
            answered = trigger(
                talk.stream_turns,
                [words, parts.chat, site.language, conversation, site.answers, *parts.chosen],
                talk.outputs,
                concurrency_limit=site.max_answers,
                concurrency_id="ask",
                trigger_mode="multiple",
                **PRIVATE_EVENT,
            )
            answered.then(None, None, None, js="() => window.relatoria.ended()")
        parts.box.stop(talk.stop, None, None, **READ_EVENT)
        parts.role.input(suggest, [parts.role, site.language], [*parts.starters], **READ_EVENT)
        parts.chat.change(None, None, None, js="() => window.relatoria.talked()")

    outputs: list[Component] = [parts.heading, parts.welcome, parts.role, *parts.starters]
    outputs += [parts.narrow, *parts.chosen, parts.box, parts.chat, parts.covers]
    outputs += [output for strip in parts.strips for output in strip.outputs]
    return Panel("ask", tab, InitialView(outputs, load), wire)


def opening_updates(assistant: Assistant, visit: Visit, offered: int = MAX_CHOICES) -> list[Any]:
    """Updates for the first page in the visitor's language; ``offered`` is how many values a filter lists at most."""
    labels = visit.labels
    fitting: list[dict[str, Any]] = [{} for _ in FIELDS]
    try:
        reports = list_covered(assistant)
        greeting, covers = welcome_html(reports, visit.language), coverage_html(reports, visit.language)
        asking = role_labels([report.report.id for report in reports], labels)
        there = load_choices(assistant, labels, offered)
        fitting = [_field_choices(name, there[name], labels, offered) for name in FIELDS]
    except RelatoriaError as error:
        greeting = f"<h1>{escape_html(labels.welcome)}</h1><p>{escape_html(user_message(error, labels))}</p>"
        covers, asking = "", {}
    who = [(name, code) for code, name in asking.items()]
    return [
        f'<h1 class="r-unseen">{escape_html(labels.conversation)}</h1>',
        greeting,
        gr.update(choices=who, value=ROLES[0] if who else None, label=labels.role, visible=bool(who)),
        *_starter_updates(assistant, ROLES[0], visit.language),
        gr.update(label=labels.narrow),
        *(gr.update(label=labels.filters[name], **some) for name, some in zip(FIELDS, fitting, strict=True)),
        gr.update(placeholder=labels.placeholder, label=labels.ask, rtl=labels.direction == "rtl"),
        gr.update(rtl=labels.direction == "rtl"),
        covers,
    ]


def _field_choices(name: str, there: Sequence[Choice], labels: Labels, most: int) -> dict[str, Any]:
    """The choices of a filter; one that has more than can be listed takes typed values too."""
    typed = name in TYPED_FIELDS and len(there) >= most
    return {"choices": list(there), "allow_custom_value": typed, "info": labels.typed if typed else None}


def _starter_updates(assistant: Assistant, role: str | None, language: str) -> list[Any]:
    """Updates for the starter buttons, a question each, by the visitor's role."""
    try:
        reports = [report.report.id for report in list_covered(assistant)]
        questions = starter_questions(assistant, reports, labels_for(language), role or ROLES[0])
    except RelatoriaError:
        questions = []
    shown = [gr.update(value=question, visible=True) for question in questions]
    return shown + [gr.update(visible=False)] * (MAX_STARTERS - len(shown))


@dataclass(frozen=True, slots=True)
class AskHandlers:
    """Event handlers of the conversation, shared by all visitors."""

    site: Site
    parts: AskComponents
    conversation: gr.State
    sources: gr.HTML
    under_way: dict[str, threading.Event] = field(default_factory=dict)  # by visitor: what stops their answer

    @property
    def outputs(self) -> list[Any]:
        """The components that an answer updates."""
        of, site = self.parts, self.site
        shown = [of.box, of.chat, of.first, of.heading, of.notice, of.actions, of.copy, of.follow_ups, self.sources]
        return [*shown, self.conversation, site.answers]

    def stream_turns(  # noqa: PLR0917 (the order of the inputs)
        self,
        question: str,
        history: list[Message],
        code: str,
        conversation: Conversation,
        answers: Sequence[Answer],
        request: gr.Request,
        *chosen: Sequence[str] | None,
    ) -> Iterator[Updates]:
        """Stream an answer as updates; a question that is refused stays in the box, with the reason beside it."""
        assistant, of = self.site.assistant, self.parts
        try:
            said, where = length_problem(question, labels_for(code)), build_filter(*chosen)
        except RelatoriaError as error:
            said, where = user_message(error, labels_for(code)), NO_FILTER
        if said or not question.strip():
            yield {of.notice: notice_html(said)}
            return
        visitor, stopped = request.session_hash or "", threading.Event()
        if before := self.under_way.get(visitor):
            before.set()  # who asks anew has read enough
        self.under_way[visitor] = stopped
        coming = stream_answer(
            lambda: converse(assistant, question, history, code, conversation, where=where, stop=stopped), stopped
        )
        last: ChatUpdate | None = None
        begun: dict[Any, Any] = {
            of.box: gr.update(value="", submit_btn=False, stop_btn=True),
            of.notice: "",
            of.follow_ups: "",
            of.actions: gr.update(visible=False),  # they act on what was answered before
            of.first: gr.update(visible=False),
            of.heading: gr.update(visible=True),
        }
        try:
            for turn in coming:
                last = turn or last
                if turn and turn.whole:
                    break
                yield {**self._turn_updates(turn), **begun}
                begun = {}
            if self.under_way.get(visitor) is stopped:  # nobody has asked anew
                whole = self._turn_updates(last) if last and last.whole else {}
                yield {**whole, **self._final_updates(last, question, answers, code)}
        except Exception:  # it goes to the log; what it has said stays, and the box is free again
            yield self._final_updates(last, question, answers, code)
            raise
        finally:
            coming.close()
            if self.under_way.get(visitor) is stopped:
                del self.under_way[visitor]

    def stop(self, request: gr.Request) -> None:
        """Stop the visitor's answer under way."""
        if writing := self.under_way.get(request.session_hash or ""):
            writing.set()

    def _turn_updates(self, turn: ChatUpdate | None) -> Updates:
        of = self.parts
        if turn is None:  # a moment in which a visitor who has left is noticed
            return {of.notice: gr.skip()}
        shown: dict[Any, Any] = {of.chat: turn.messages}
        if turn.sources is not None:
            shown[self.sources] = turn.sources
        if turn.conversation:
            shown[self.conversation] = turn.conversation
        return shown

    def _final_updates(self, turn: ChatUpdate | None, question: str, answers: Sequence[Answer], code: str) -> Updates:
        labels, of = labels_for(code), self.parts
        messages = drop_pending(turn.messages, labels) if turn else []
        free: dict[str, Any] = {"submit_btn": True, "stop_btn": False}
        if turn is None or len(messages) < len(turn.messages):  # stopped before anything was there: it is not lost
            back: dict[Any, Any] = {of.box: gr.update(value=question, **free), of.chat: messages}
            return back | {of.actions: gr.update(visible=bool(answers))}
        ended: dict[Any, Any] = {of.box: gr.update(**free), of.chat: messages}
        if (answer := turn.answer) is None:
            return ended
        return ended | {
            self.site.answers: append_answer(answers, answer),
            of.actions: gr.update(visible=True),
            of.copy: copy_html(clipboard_text(answer, cache(self.site.assistant.report), code), labels),
            of.follow_ups: follow_ups_html(suggest_follow_ups(answer, code), labels),
        }
