"""The side panel: the answer's sources, and the report opened at a citation or a table row."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.chat.coverage import list_covered
from app.i18n.labels import labels_for
from app.render.errors import user_message
from app.render.links import PASSAGE_PARAMETER, Place
from app.reports.viewer import WINDOW, missing_html, place_html, record_html
from app.web.panel import READ_EVENT, InitialView, SidePanel, Site, Visit
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from retrieval.limits import LINK


def lay_out(site: Site) -> SidePanel:
    """Lay out the column and wire the event that opens a place in it."""
    assistant = site.assistant
    with gr.Column(elem_id="r-side"):
        wire = gr.Textbox(
            visible="hidden", elem_id="r-wire", show_label=False, max_length=LINK.most
        )  # static/page.js writes into it
        sources = gr.HTML(elem_id="r-sources")
        reader = gr.HTML(elem_id="r-reader")

    def load(visit: Visit) -> Sequence[Any]:
        return [first_report_html(assistant, visit)]

    def shown(fragment: str, code: str) -> str:
        return report_html(assistant, fragment, code)

    opened = wire.change(shown, [wire, site.language], reader, **READ_EVENT)
    opened.then(None, None, None, js="() => window.relatoria.opened()")
    sources.change(None, None, None, js="() => window.relatoria.cited()")
    return SidePanel(InitialView([reader], load), sources, reader)


def report_html(assistant: Assistant, fragment: str, language: str) -> str:
    """Render the report at a link's URL fragment; a notice where the index cannot be read now."""
    try:
        return place_html(assistant, fragment, language)
    except RelatoriaError as error:
        return missing_html(language, user_message(error, labels_for(language)))


def first_report_html(assistant: Assistant, visit: Visit) -> str:
    """Render the report shown first: the passage in the URL, else the newest report where it fits in one window."""
    try:
        if PASSAGE_PARAMETER in visit.query:
            return record_html(assistant, visit.query[PASSAGE_PARAMETER], visit.language)
        reports = (assistant.report(report.report.id) for report in list_covered(assistant)[:1])
        short = [report for report in reports if report and len(report.text) <= WINDOW]
        return "".join(place_html(assistant, Place(report.id, 0, 0).fragment, visit.language) for report in short)
    except RelatoriaError:
        return ""  # the panel says why
