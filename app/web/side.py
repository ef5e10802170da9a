"""The side panel: the answer's sources, and the report opened at a citation or a table row."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.chat.coverage import covered
from app.i18n.labels import labels_for
from app.render.errors import told
from app.render.links import PARAMETER, Place
from app.reports.viewer import SHOWN, gone_html, read_place, read_record
from app.web.panel import READS, Shown, Side, Site, Visit
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant


def lay_out(site: Site) -> Side:
    """Lay out the column and wire the event that opens a place in it."""
    assistant = site.assistant
    with gr.Column(elem_id="r-side"):
        wire = gr.Textbox(
            visible="hidden", elem_id="r-wire", show_label=False
        )  # static/page.js writes the place into it
        sources = gr.HTML(elem_id="r-sources")
        reader = gr.HTML(elem_id="r-reader")

    def load(visit: Visit) -> Sequence[Any]:
        return [first(assistant, visit)]

    def shown(fragment: str, code: str) -> str:
        return read(assistant, fragment, code)

    opened = wire.change(
        shown,
        [wire, site.language],
        reader,
        **READS,
    )
    opened.then(None, None, None, js="() => window.relatoria.opened()")
    sources.change(None, None, None, js="() => window.relatoria.cited()")
    return Side(Shown([reader], load), sources, reader)


def read(assistant: Assistant, fragment: str, language: str) -> str:
    """Render the report at a link's URL fragment; a notice where the index cannot be read now."""
    try:
        return read_place(assistant, fragment, language)
    except RelatoriaError as error:
        return gone_html(language, told(error, labels_for(language)))


def first(assistant: Assistant, visit: Visit) -> str:
    """Render the report shown first: the passage in the URL, else the newest report where it fits in one window."""
    try:
        if PARAMETER in visit.query:
            return read_record(assistant, visit.query[PARAMETER], visit.language)
        reports = (assistant.report(one.report.id) for one in covered(assistant)[:1])
        short = [one for one in reports if one and len(one.text) <= SHOWN]
        return "".join(read_place(assistant, Place(one.id, 0, 0).fragment, visit.language) for one in short)
    except RelatoriaError:
        return ""  # the panel says why
