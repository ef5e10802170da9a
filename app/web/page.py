"""Builds the Gradio page: the layout of its panels, the load event, theme, styles and scripts."""

from pathlib import Path
from typing import Any

import gradio as gr

from app.api.endpoints import register_endpoints
from app.chat.chat import AnswerHistory
from app.chat.header import top_html
from app.i18n.labels import DEFAULT, choose_language
from app.settings import Settings
from app.web import ask, browse, evaluation, reports, side
from app.web.blocks import StrictBlocks
from app.web.panel import READ_EVENT, Site, Visit
from retrieval.assistant import Assistant

STATIC = Path(__file__).parent / "static"
MAX_QUEUE = 100  # questions in the queue; the next visitor is told to come back
QUEUE_STATUS_SECONDS = 30.0  # seconds between telling those who wait how many are before them, which nobody is shown
DELETE_CACHE = (600, 3_600)  # seconds: how often exported and uploaded files are looked through, and how old they get
PANELS = (ask.lay_out, browse.lay_out, reports.lay_out, evaluation.lay_out)  # in the order of their tabs


def build_page(assistant: Assistant, settings: Settings | None = None) -> StrictBlocks:
    """Build the page of one assistant, not yet launched."""
    page = StrictBlocks(title="Relatoría", analytics_enabled=False, fill_width=True, delete_cache=DELETE_CACHE)
    with page:
        site = Site(assistant, settings or Settings(), gr.State(DEFAULT), gr.State(""), gr.State(AnswerHistory()))
        top = gr.HTML(elem_id="r-top")
        with gr.Row(elem_id="r-body", equal_height=False):
            with gr.Column(elem_id="r-main"), gr.Tabs(elem_id="r-tabs") as tabs:
                panels = [lay_out(site) for lay_out in PANELS]
            beside = side.lay_out(site)
        for panel in panels:
            panel.wire(beside)
        shown = [*(panel.initial for panel in panels), beside.initial]

        def load(request: gr.Request) -> list[Any]:
            query = dict(request.query_params)
            code = choose_language(query.get("lang"), request.headers.get("accept-language"))
            first = next((panel.name for panel in panels if panel.name == query.get("tab")), panels[0].name)
            out = site.settings.users is not None and request.username is not None
            head = top_html(code, [panel.name for panel in panels], first, leave=out)
            visit = Visit(code, query)
            return [code, head, gr.update(selected=first), *(update for part in shown for update in part.load(visit))]

        outputs = [site.language, top, tabs, *(output for initial in shown for output in initial.outputs)]
        loaded = page.load(load, None, outputs, **READ_EVENT)
        others = [panel for panel in panels if panel.name != "reports"]
        site.changed.change(
            lambda code: [update for other in others for update in other.initial.load(Visit(code, {}))],
            site.language,
            [output for other in others for output in other.initial.outputs],
            **READ_EVENT,
        )
        loaded.then(None, None, None, js="() => window.relatoria.loaded()")
        register_endpoints(assistant)
    page.queue(max_size=MAX_QUEUE, status_update_rate=QUEUE_STATUS_SECONDS)
    return page


def appearance() -> dict[str, Any]:
    """Keyword arguments for Gradio's ``launch``: theme, styles and scripts, all local."""
    theme = gr.themes.Base(
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "Arial", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "Liberation Mono", "monospace"],
    )
    style = _read_static("css")  # in the head: launch(css=) rewrites selectors
    script = _read_static("js")
    return {
        "theme": theme,
        "head": f'{_ICON}<meta name="referrer" content="no-referrer"><style>{style}</style><script>{script}</script>',
        "footer_links": [],
        "run_history": False,
    }


def _read_static(suffix: str) -> str:
    """Concatenate the static files of a suffix, page.* first."""
    files = sorted(STATIC.glob(f"*.{suffix}"), key=lambda file: (file.stem != "page", file.stem))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


_ICON = (
    "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%230b6653'/%3E%3Ctext x='16' y='23' font-size='21' "
    "font-family='Georgia,serif' fill='white' text-anchor='middle'%3ER%3C/text%3E%3C/svg%3E\">"
)
