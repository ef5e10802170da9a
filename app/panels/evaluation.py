"""evaluation"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.page import escaped
from app.panels import Panel, Shown, Side, Site, Visit


def lay_out(site: Site) -> Panel:
    """The panel."""
    del site
    with gr.Tab("evaluation", elem_id="r-tab-evaluation", id="evaluation") as tab, gr.Column(elem_classes="r-panel"):
        title = gr.HTML()

    def load(visit: Visit) -> Sequence[Any]:
        return [f"<h1>{escaped(visit.labels.evaluation.title)}</h1>"]

    def wire(side: Side) -> None:
        del side

    return Panel("evaluation", tab, Shown([title], load), wire)
