"""The page: what the visitor does, wired to what the assistant answers.

The handlers are plain functions of an assistant and values; Gradio only carries their results.
"""

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from app.labels import DEFAULT, Labels, choose_language, labels_for
from app.paced import paced
from app.page import (
    Covered,
    Place,
    answer_html,
    escaped,
    evidence_html,
    failure_html,
    pending_html,
    question_html,
    settled,
    sources_html,
    top_html,
    welcome_html,
    written_html,
)
from app.reader import gone_html, reader_html
from app.render import answer_json, failed_json
from ingest.errors import RelatoriaError
from ingest.report import Kind, Report, for_reading
from retrieval.answer import Answer, Status
from retrieval.assistant import Assistant
from retrieval.conversation import ALONE, Conversation

HERE = Path(__file__).parent
STARTERS = 4  # questions on the first page
STEPS = 12  # at most, in which an answer comes
AT_ONCE = 16  # answers under way, most of them waiting for a chat model; searches take turns (assistant.py)
WAITING = 100  # questions in the queue; the next visitor is told to come back
OPENED = 200_000  # characters of a report that the first page shows unasked
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation as it is now; ``sources`` is None while it stays as it was."""

    messages: list[Message]
    sources: str | None = None
    conversation: Conversation | None = None  # with the turn, once its answer is whole


# What the visitor does


def converse(
    assistant: Assistant,
    question: str,
    history: Sequence[Message],
    language: str,
    conversation: Conversation = ALONE,
    *,
    stop: threading.Event | None = None,
) -> Generator[Turn, None, None]:
    """The question with a sign of life, then the answer statement by statement, then its sources.

    What a chat model adds is shown below the evidence, as it comes. Once ``stop`` is set, or this is closed, the
    model is left alone. An error of ours is a plain sentence in the conversation. Any other is one too, and goes
    on to the server's log. What was shown before it stays.
    """
    labels = labels_for(language)
    asked = [*settled(history, labels), _message("user", question_html(question))]
    yield Turn([*asked, _message("assistant", pending_html(labels))])
    shown = asked
    answer: Answer | None = None
    sources: str | None = None
    helped = bool(assistant.model)
    answers = _growing(assistant, question, language, conversation, stop)
    try:
        for answer in answers:
            writing = helped and answer.status is Status.ANSWERED
            if sources is None:
                step = -(-len(answer.statements) // STEPS)
                for count in range(1, len(answer.statements), step):
                    yield Turn([*asked, _message("assistant", evidence_html(answer, count))])
            before, sources = sources, sources_html(answer, assistant.report)
            shown = [*asked, *_messages(answer, ended=not writing, helped=helped)]
            yield Turn(shown, None if sources == before else sources, conversation.and_then(answer))
            shown = [*asked, *_messages(answer, ended=True, helped=helped)]
        if answer and helped and answer.status is Status.ANSWERED:
            yield Turn(shown)
    except RelatoriaError as error:
        yield _failed(shown, str(error), labels, anew=answer is None)
    except Exception:
        yield _failed(shown, labels.unexpected, labels, anew=answer is None)
        raise
    finally:
        answers.close()


def _growing(
    assistant: Assistant, question: str, language: str, conversation: Conversation, stop: threading.Event | None
) -> Generator[Answer, None, None]:
    """The answer as it grows, which ends with this where this is closed."""
    yield from assistant.stream(
        question, fallback=language, conversation=conversation, translations=bool(assistant.model), stop=stop
    )


def _messages(answer: Answer, *, ended: bool, helped: bool) -> list[Message]:
    """An answer: its evidence, and in a message of its own what a chat model adds."""
    if not helped or answer.status is not Status.ANSWERED:
        return [_message("assistant", answer_html(answer, unaided=not helped))]
    return [
        _message("assistant", evidence_html(answer)),
        _message("assistant", written_html(answer, ended=ended)),
    ]


def _failed(shown: Sequence[Message], message: str, labels: Labels, *, anew: bool) -> Turn:
    """An error below what is shown; the sources stay where there is evidence."""
    return Turn([*shown, _message("assistant", failure_html(message, labels))], "" if anew else None)


def read_place(assistant: Assistant, fragment: str, language: str) -> str:
    """The report that a link leads to, highlighted where it says; what is gone is said to be gone."""
    at = Place.read(fragment)
    report = assistant.report(at.report_id) if at else None
    if at is None or report is None:
        return gone_html(language)
    within = at.start < at.end <= len(report.text)
    passages = list(assistant.index.store.passages(report.id))
    return reader_html(report, passages, at if within else None, language)


def ask_json(assistant: Assistant, question: object) -> dict[str, Any]:
    """The answer for programs: the object that ``relatoria ask --json`` prints."""
    if not isinstance(question, str):
        return failed_json("", f"The question is not text but {type(question).__name__}.")
    try:
        return answer_json(assistant.ask(question))
    except RelatoriaError as error:
        return failed_json(question, str(error))


def covered(assistant: Assistant) -> list[Covered]:
    """The reports that can be asked, each with its number of recommendations."""
    store = assistant.index.store
    reports = sorted(store.reports().values(), key=lambda report: (-(report.metadata.year or 0), report.id))
    return [Covered(report, store.count(Kind.RECOMMENDATION, report.id)) for report in reports]


def starters(assistant: Assistant, reports: Sequence[Report], labels: Labels) -> list[str]:
    """Questions to begin with: written for the reports we know, else the sections of those at hand."""
    written = [one for report in reports for one in labels.starters.get(report.id, ())]
    if not written and reports:
        passages = assistant.index.store.passages(reports[0].id, Kind.RECOMMENDATION)
        sections = dict.fromkeys(one.headings[-1].rstrip(": ") for one in passages if one.headings)
        written = [for_reading(section)[:120] for section in sections]
    return written[:STARTERS]


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


# The page


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events read and write."""

    language: gr.State
    conversation: gr.State  # of this visitor: words and ids of a few turns, see retrieval/conversation.py
    wire: gr.Textbox  # unseen: page.js writes the place that a mark leads to, and it becomes an event
    top: gr.HTML
    first: gr.Column  # shown until the first question
    welcome: gr.HTML
    buttons: list[gr.Button]
    chat: gr.Chatbot
    box: gr.Textbox
    sources: gr.HTML
    reader: gr.HTML


def build(assistant: Assistant) -> gr.Blocks:
    """The page over one assistant, not yet launched."""
    page = gr.Blocks(title="Relatoría", analytics_enabled=False, fill_width=True)
    with page:
        parts = _lay_out()
        _wire_loading(page, assistant, parts)
        _wire_asking(assistant, parts)
        _wire_reading(assistant, parts)
        api(_api(assistant), api_name="ask", concurrency_limit=AT_ONCE)
    page.queue(max_size=WAITING)
    return page


def _lay_out() -> Parts:
    language = gr.State(DEFAULT)
    conversation = gr.State(ALONE)
    wire = gr.Textbox(visible="hidden", elem_id="r-wire", show_label=False)
    top = gr.HTML(elem_id="r-top")
    with gr.Row(elem_id="r-body", equal_height=False):
        with gr.Column(elem_id="r-talk"):
            with gr.Column(elem_id="r-first") as first:
                welcome = gr.HTML(elem_id="r-welcome")
                buttons = [gr.Button("", elem_classes="r-starter", visible=False) for _ in range(STARTERS)]
            chat = _chat()
            box = gr.Textbox(elem_id="r-box", show_label=False, container=False, lines=1, max_lines=5, submit_btn=True)
        with gr.Column(elem_id="r-side"):
            sources = gr.HTML(elem_id="r-sources")
            reader = gr.HTML(elem_id="r-reader")
    return Parts(language, conversation, wire, top, first, welcome, buttons, chat, box, sources, reader)


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="r-chat",
        show_label=False,
        container=False,
        height=None,
        autoscroll=False,  # an answer is read from its beginning; page.js brings the question to the top
        latex_delimiters=[],
        sanitize_html=True,
        allow_tags=False,
        buttons=[],
        feedback_options=None,
        layout="panel",
    )


def _wire_loading(page: gr.Blocks, assistant: Assistant, parts: Parts) -> None:
    def load(request: gr.Request) -> list[Any]:
        code = choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))
        labels = labels_for(code)
        box = gr.update(placeholder=labels.placeholder, label=labels.ask)
        try:
            reports = covered(assistant)
            questions = starters(assistant, [one.report for one in reports], labels)
            welcome = welcome_html(reports, code)
            short = [one.report.id for one in reports[:1] if len(one.report.text) <= OPENED]
            opened = "".join(read_place(assistant, Place(one, 0, 0).fragment, code) for one in short)
        except RelatoriaError as error:
            questions, welcome, opened = [], f"<p>{escaped(str(error))}</p>", ""
        shown = [gr.update(value=one, visible=True) for one in questions]
        hidden = [gr.update(visible=False)] * (STARTERS - len(shown))
        return [code, top_html(code), welcome, opened, box, *shown, *hidden]

    outputs = [parts.language, parts.top, parts.welcome, parts.reader, parts.box, *parts.buttons]
    loaded = page.load(load, None, outputs, show_progress="hidden", api_visibility="private", concurrency_limit=None)
    loaded.then(None, None, None, js="() => window.relatoria.loaded()")


def _wire_asking(assistant: Assistant, parts: Parts) -> None:
    under_way: dict[str, threading.Event] = {}  # a visitor's answer that is being written

    def turns(
        question: str, history: list[Message], code: str, conversation: Conversation, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield (gr.skip(),) * 5
            return
        visitor, stop = request.session_hash or "", threading.Event()
        if before := under_way.get(visitor):
            before.set()  # who asks anew has read enough
        under_way[visitor] = stop
        said = paced(lambda: converse(assistant, question, history, code, conversation, stop=stop), stop)
        try:
            yield from shown_turns(said)
        finally:
            said.close()
            if under_way.get(visitor) is stop:
                del under_way[visitor]

    def shown_turns(said: Iterator[Turn | None]) -> Iterator[tuple[Any, ...]]:
        for turn in said:
            if turn is None:  # a moment in which a visitor who has left is noticed
                yield (gr.skip(),) * 5
                continue
            shown = gr.skip() if turn.sources is None else turn.sources
            yield "", turn.messages, gr.update(visible=False), shown, turn.conversation or gr.skip()

    for trigger, words in [(parts.box.submit, parts.box), *((one.click, one) for one in parts.buttons)]:
        trigger(
            turns,
            [words, parts.chat, parts.language, parts.conversation],
            [parts.box, parts.chat, parts.first, parts.sources, parts.conversation],
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=AT_ONCE,
            concurrency_id="ask",
            trigger_mode="multiple",
        )
    parts.chat.change(None, None, None, js="() => window.relatoria.talked()")
    parts.sources.change(None, None, None, js="() => window.relatoria.cited()")


def _wire_reading(assistant: Assistant, parts: Parts) -> None:
    def read(fragment: str, code: str) -> str:
        return read_place(assistant, fragment, code)

    opened = parts.wire.change(
        read,
        [parts.wire, parts.language],
        parts.reader,
        show_progress="hidden",
        api_visibility="private",
        concurrency_limit=None,
    )
    opened.then(None, None, None, js="() => window.relatoria.opened()")


def _api(assistant: Assistant) -> Callable[[str], dict[str, Any]]:
    def ask(question: str) -> dict[str, Any]:
        """Answer a question with cited recommendations, as one JSON object."""
        return ask_json(assistant, question)

    return ask


def appearance() -> dict[str, Any]:
    """What ``launch`` needs to dress the page: our theme, style and script, nothing from elsewhere."""
    theme = gr.themes.Base(
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "Arial", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "Liberation Mono", "monospace"],
    )
    style = (HERE / "page.css").read_text(encoding="utf-8")  # in the head: launch(css=) rewrites selectors
    script = (HERE / "page.js").read_text(encoding="utf-8")
    return {
        "theme": theme,
        "head": f'{_ICON}<meta name="referrer" content="no-referrer"><style>{style}</style><script>{script}</script>',
        "footer_links": [],
        "run_history": False,
    }


_ICON = (
    "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%230b6653'/%3E%3Ctext x='16' y='23' font-size='21' "
    "font-family='Georgia,serif' fill='white' text-anchor='middle'%3ER%3C/text%3E%3C/svg%3E\">"
)
