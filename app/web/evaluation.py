"""The Evaluation panel: the last scorecard, loaded when its tab is opened."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.evaluation import scorecard_html
from app.web.panel import READ_EVENT, InitialView, Panel, SidePanel, Site, Visit


def lay_out(site: Site) -> Panel:
    """Lay out the panel."""
    with (
        gr.Tab("evaluation", elem_id="r-tab-evaluation", id="evaluation") as tab,
        gr.Column(elem_classes="r-panel", elem_id="r-evaluation"),
    ):
        shown = gr.HTML()

    def show(code: str) -> str:
        return scorecard_html(site.assistant, site.settings, code)

    def load(visit: Visit) -> Sequence[Any]:
        return [show(visit.language) if visit.query.get("tab") == "evaluation" else gr.skip()]

    def wire(side: SidePanel) -> None:
        del side
        tab.select(show, site.language, shown, **READ_EVENT)

    return Panel("evaluation", tab, InitialView([shown], load), wire)
