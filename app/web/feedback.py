"""The feedback strip under the conversation: thumbs up or down, with reasons and a note, on the last answer."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.feedback.form import Heard, asked_html, feedback_file, hear, privacy_html, reasons
from app.feedback.log import LONGEST
from app.web.panel import READS, Shown, Site, Visit
from retrieval.results import Answer

_ANEW = """() => {
  const visible = (is) => ({ __type__: "update", visible: is });
  return [visible(true), "", visible(true), visible(false), [], ""];
}"""  # in the browser: of an answer nothing needs to be asked of the server
_HEARD = "() => window.relatoria.feedback.heard()"


def strip(site: Site) -> Shown:
    """Lay out the strip; it becomes visible once there is an answer in ``site.answers``."""
    file = feedback_file(site.assistant, site.settings)
    given = gr.State(0)  # opinions of this visit
    with gr.Column(elem_id="r-feedback", visible=False) as whole:
        with gr.Row(elem_id="r-thumbs") as thumbs:
            asked = gr.HTML(elem_id="r-feedback-asked")
            up = gr.Button("", size="sm", elem_id="r-up")
            down = gr.Button("", size="sm", elem_id="r-down")
        with gr.Column(visible=False, elem_id="r-wrong") as form:
            chosen = gr.CheckboxGroup([], elem_id="r-reasons")
            note = gr.Textbox("", lines=2, max_lines=6, max_length=LONGEST, elem_id="r-note")
            privacy = gr.HTML()
            with gr.Row(elem_classes="r-decide"):
                send = gr.Button("", variant="primary", elem_id="r-send")
                back = gr.Button("", elem_id="r-back-out")
        said = gr.HTML(elem_id="r-heard")

    def load(visit: Visit) -> Sequence[Any]:
        words = visit.labels.feedback
        return [
            asked_html(words),
            gr.update(value=words.good),
            gr.update(value=words.bad),
            gr.update(label=words.what, choices=reasons(words), value=[]),
            gr.update(label=words.note, placeholder=words.note_hint, value=""),
            privacy_html(words),
            gr.update(value=words.send),
            gr.update(value=words.cancel),
        ]

    heard = [said, given, thumbs, form, chosen, note]

    def told(one: Heard | None) -> tuple[Any, ...]:
        if one is None:
            return (gr.skip(),) * len(heard)
        if not one.kept:
            return (one.said, one.given, *[gr.skip()] * 4)
        return one.said, one.given, gr.update(visible=False), gr.update(visible=False), [], ""

    def on_up(answers: Sequence[Answer], count: int, code: str) -> tuple[Any, ...]:
        return told(hear(file, answers, code, good=True, given=count))

    def on_send(answers: Sequence[Answer], chosen: list[str], note: str, count: int, code: str) -> tuple[Any, ...]:
        return told(hear(file, answers, code, good=False, chosen=chosen or [], note=note or "", given=count))

    site.answers.change(None, None, [whole, said, thumbs, form, chosen, note], js=_ANEW, **READS)
    up.click(on_up, [site.answers, given, site.language], heard, trigger_mode="once", **READS).then(
        None, None, None, js=_HEARD
    )
    send.click(on_send, [site.answers, chosen, note, given, site.language], heard, trigger_mode="once", **READS).then(
        None, None, None, js=_HEARD
    )
    down.click(lambda: gr.update(visible=True), None, form, **READS).then(
        None, None, None, js="() => window.relatoria.feedback.opened()"
    )
    back.click(lambda: gr.update(visible=False), None, form, **READS).then(
        None, None, None, js="() => window.relatoria.feedback.closed()"
    )
    return Shown([asked, up, down, chosen, note, privacy, send, back], load)
