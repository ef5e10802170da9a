"""Beside every panel: the sources of the answer, and the report opened at the words that a mark or a row leads to."""

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
    """The column, with what opens a place in it."""
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
    """The report at the place of a link; where it cannot be read now, that it is so."""
    try:
        return read_place(assistant, fragment, language)
    except RelatoriaError as error:
        return gone_html(language, told(error, labels_for(language)))


def first(assistant: Assistant, visit: Visit) -> str:
    """The report that the page opens with: at the record of its address, else the newest one where it is short."""
    try:
        if PARAMETER in visit.query:
            return read_record(assistant, visit.query[PARAMETER], visit.language)
        reports = (assistant.report(one.report.id) for one in covered(assistant)[:1])
        short = [one for one in reports if one and len(one.text) <= SHOWN]
        return "".join(read_place(assistant, Place(one.id, 0, 0).fragment, visit.language) for one in short)
    except RelatoriaError:
        return ""  # the panel says why
