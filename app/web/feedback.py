"""The feedback strip under the conversation: thumbs up or down, with reasons and a note, on the last answer."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.feedback.form import FeedbackReply, prepare_feedback_file, reason_choices, submit_feedback
from app.web.panel import READ_EVENT, InitialView, Site, Visit
from retrieval.limits import NOTE
from retrieval.results import Answer

_RESET_JS = """() => {
  const visible = (is) => ({ __type__: "update", visible: is });
  return [visible(true), "", visible(true), visible(false), [], ""];
}"""  # in the browser: of an answer nothing needs to be asked of the server
_HEARD_JS = "() => window.relatoria.feedback.heard()"


def lay_out_strip(site: Site) -> InitialView:
    """Lay out the strip; it becomes visible once there is an answer in ``site.answers``."""
    file = prepare_feedback_file(site.assistant, site.settings)
    given = gr.State(0)  # opinions of this visit
    with gr.Column(elem_id="r-feedback", visible=False) as whole:
        with gr.Row(elem_id="r-thumbs") as thumbs:
            asked = gr.HTML(elem_id="r-feedback-asked")
            up = gr.Button("", size="sm", elem_id="r-up")
            down = gr.Button("", size="sm", elem_id="r-down")
        with gr.Column(visible=False, elem_id="r-wrong") as form:
            chosen = gr.CheckboxGroup([], elem_id="r-reasons")
            note = gr.Textbox("", lines=2, max_lines=6, max_length=NOTE.most, elem_id="r-note")
            privacy = gr.HTML()
            with gr.Row(elem_classes="r-decide"):
                send = gr.Button("", variant="primary", elem_id="r-send")
                back = gr.Button("", elem_id="r-back-out")
        said = gr.HTML(elem_id="r-heard")

    def load(visit: Visit) -> Sequence[Any]:
        words = visit.labels.feedback
        return [
            f'<p class="r-quiet">{words.question}</p>',
            gr.update(value=words.good),
            gr.update(value=words.bad),
            gr.update(label=words.what, choices=reason_choices(words), value=[]),
            gr.update(label=words.note, placeholder=words.note_hint, value=""),
            f'<p class="r-quiet">{words.privacy}</p>',
            gr.update(value=words.send),
            gr.update(value=words.cancel),
        ]

    heard = [said, given, thumbs, form, chosen, note]

    def show(reply: FeedbackReply | None) -> tuple[Any, ...]:
        if reply is None:
            return (gr.skip(),) * len(heard)
        if not reply.kept:
            return (reply.said, reply.given, *[gr.skip()] * 4)
        return reply.said, reply.given, gr.update(visible=False), gr.update(visible=False), [], ""

    def on_up(answers: Sequence[Answer], count: int, code: str) -> tuple[Any, ...]:
        return show(submit_feedback(file, answers, code, good=True, given=count))

    def on_send(answers: Sequence[Answer], chosen: list[str], note: str, count: int, code: str) -> tuple[Any, ...]:
        return show(submit_feedback(file, answers, code, good=False, chosen=chosen or [], note=note or "", given=count))

    site.answers.change(None, None, [whole, said, thumbs, form, chosen, note], js=_RESET_JS, **READ_EVENT)
    up.click(on_up, [site.answers, given, site.language], heard, trigger_mode="once", **READ_EVENT).then(
        None, None, None, js=_HEARD_JS
    )
    send.click(
        on_send, [site.answers, chosen, note, given, site.language], heard, trigger_mode="once", **READ_EVENT
    ).then(None, None, None, js=_HEARD_JS)
    down.click(lambda: gr.update(visible=True), None, form, **READ_EVENT).then(
        None, None, None, js="() => window.relatoria.feedback.opened()"
    )
    back.click(lambda: gr.update(visible=False), None, form, **READ_EVENT).then(
        None, None, None, js="() => window.relatoria.feedback.closed()"
    )
    return InitialView([asked, up, down, chosen, note, privacy, send, back], load)
