"""Ask: the first page with its starters, then the conversation and the question box."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from app.covered import STARTERS, covered, starters
from app.paced import paced
from app.page import escaped, welcome_html
from app.panels import Panel, Shown, Side, Site, Visit
from app.talk import Message, Turn, converse
from ingest.errors import RelatoriaError
from retrieval.conversation import ALONE, Conversation


def lay_out(site: Site) -> Panel:
    """The panel, with what it shows a visitor first."""
    assistant = site.assistant
    conversation = gr.State(ALONE)  # of this visitor: words and ids of a few turns, see retrieval/conversation.py
    with gr.Tab("ask", elem_id="r-tab-ask", id="ask") as tab, gr.Column(elem_id="r-talk"):
        with gr.Column(elem_id="r-first") as first:  # shown until the first question
            welcome = gr.HTML(elem_id="r-welcome")
            buttons = [gr.Button("", elem_classes="r-starter", visible=False) for _ in range(STARTERS)]
        chat = _chat()
        box = gr.Textbox(elem_id="r-box", show_label=False, container=False, lines=1, max_lines=5, submit_btn=True)

    def load(visit: Visit) -> Sequence[Any]:
        labels = visit.labels
        try:
            reports = covered(assistant)
            questions = starters(assistant, [one.report for one in reports], labels)
            shown = welcome_html(reports, visit.language)
        except RelatoriaError as error:
            questions, shown = [], f"<p>{escaped(str(error))}</p>"
        offered = [gr.update(value=one, visible=True) for one in questions]
        hidden = [gr.update(visible=False)] * (STARTERS - len(offered))
        return [shown, gr.update(placeholder=labels.placeholder, label=labels.ask), *offered, *hidden]

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

    def wire(side: Side) -> None:
        for trigger, words in [(box.submit, box), *((one.click, one) for one in buttons)]:
            trigger(
                turns,
                [words, chat, site.language, conversation],
                [box, chat, first, side.sources, conversation],
                show_progress="hidden",
                api_visibility="private",
                concurrency_limit=site.at_once,
                concurrency_id="ask",
                trigger_mode="multiple",
            )
        chat.change(None, None, None, js="() => window.relatoria.talked()")

    return Panel("ask", tab, Shown([welcome, box, *buttons], load), wire)


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="r-chat",
        show_label=False,
        container=False,
        height=None,
        autoscroll=False,  # an answer is read from its beginning; dress/page.js brings the question to the top
        latex_delimiters=[],
        sanitize_html=True,
        allow_tags=False,
        buttons=[],
        feedback_options=None,
        layout="panel",
    )
