"""The Browse panel: a table of all recommendations with filters, text search, selection and export."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from app.browse.browse import RecordBrowser, Screen
from app.browse.records import FIELDS, BrowseQuery
from app.i18n.labels import Labels, format_count, labels_for
from app.render.errors import user_message
from app.render.escape import escape_html
from app.web.export import lay_out_downloads
from app.web.panel import PRIVATE_EVENT, InitialView, Panel, SidePanel, Site, Visit
from ingest.errors import RelatoriaError
from retrieval.limits import TEXT, WORDS

MAX_TABLES = 4  # tables made at one time
Updates = list[Any]


def lay_out(site: Site) -> Panel:
    """Lay out the panel; its table is loaded when its tab is opened."""
    handlers = BrowseHandlers(RecordBrowser(site.assistant))
    page, led = gr.State(0), gr.State("")  # the page from 0; the recommendation that the address leads to
    selection = gr.State(frozenset[str]())  # ids
    with (
        gr.Tab("browse", elem_id="r-tab-browse", id="browse") as tab,
        gr.Column(elem_classes="r-panel", elem_id="r-browse"),
    ):
        title = gr.HTML(elem_id="r-browse-title")
        with gr.Row(elem_id="r-filters"):
            words = gr.Textbox(elem_id="r-words", lines=1, max_lines=1, max_length=WORDS.most)
            filters = [_filter_dropdown(name) for name in FIELDS]
        asked = [words, *filters]
        boxes = gr.Textbox(
            visible="hidden", elem_id="r-boxes", show_label=False, max_length=TEXT.most
        )  # static/browse.js writes into it
        with gr.Column(elem_id="r-bar"):
            with gr.Row(elem_id="r-tools"):
                count = gr.HTML(elem_id="r-count")
                reset, every, clear = (_tool_button() for _ in range(3))
            with gr.Row(elem_classes="r-export") as export:
                what = gr.HTML(elem_classes="r-what")
                wire_downloads = lay_out_downloads(
                    "records", handlers.export, [selection, boxes, *asked], language=site.language
                )
        table = gr.HTML(elem_id="r-records")
        with gr.Row(elem_id="r-paging"):
            previous, where, following = _tool_button(), gr.HTML(elem_id="r-range"), _tool_button()
    tools = [reset, every, clear, previous, following]
    screen: list[Any] = [table, count, where, what, export, *filters, *tools, page, selection, boxes]

    def wire(side: SidePanel) -> None:
        del side
        quietly = PRIVATE_EVENT | {"concurrency_limit": MAX_TABLES, "concurrency_id": "browse"}
        looked: list[Component] = [site.language, page, led, selection, boxes, *asked]
        latest = quietly | {"trigger_mode": "always_last"}  # of what is typed quickly
        narrowed = ((filter_, handlers.show(None, but=name)) for name, filter_ in zip(FIELDS, filters, strict=True))
        events = [
            tab.select(handlers.show(0), looked, screen, **quietly),
            words.change(handlers.show(None), looked, screen, **latest),
            *(filter_.input(narrow, looked, screen, **latest) for filter_, narrow in narrowed),
            previous.click(handlers.show(-1), looked, screen, **quietly),
            following.click(handlers.show(1), looked, screen, **quietly),
            reset.click(handlers.reset, [site.language, selection, boxes], [words, *screen], **quietly),
            every.click(handlers.select_all, looked, screen, **quietly),
            clear.click(handlers.clear_selection, looked, screen, **quietly),
        ]
        for event in events:
            event.then(None, None, None, js="() => window.relatoriaBrowse.shown()")
        ticked = [site.language, selection, boxes, *asked]
        boxes.change(handlers.update_selection, ticked, [count, what, export, selection, clear], **latest)
        wire_downloads()

    return Panel("browse", tab, InitialView([title, words, led, *screen], handlers.load), wire)


class BrowseHandlers:
    """Event handlers of the panel; each returns one update per output."""

    def __init__(self, browsing: RecordBrowser) -> None:
        self._browsing = browsing

    def load(self, visit: Visit) -> Updates:
        """Updates when the page is opened: labels, and the table only where the URL opens this tab."""
        labels, view = visit.labels, BrowseQuery.from_params(visit.query)
        named = [
            f'<h1 dir="{labels.direction}">{escape_html(labels.browse.title)}</h1>',
            gr.update(label=labels.browse.words, info=labels.browse.words_hint, value=view.words),
        ]
        if visit.query.get("tab") != "browse":
            return [*named, "", *_unopened_updates(labels, view)]
        here = visit.query.get("passage", "")

        def opened() -> Screen:
            return self._browsing.render(self._browsing.at_page_of(here, view), frozenset(), visit.language, here=here)

        return [*named, here, *screen_updates(opened, visit.language, chosen=view)]

    def show(self, turn: int | None, but: str = "") -> Callable[..., Updates]:
        """A handler that shows page 1, or ``turn`` pages on; ``but`` names the filter being edited, left alone."""

        def shown(code: str, page: int, led: str, selected: frozenset[str], boxes: str, *values: Any) -> Updates:
            view = _parse_view(values, 0 if turn is None else max(0, page + turn))
            empty = any("" in (some or ()) for some in values[1:])  # Gradio takes Enter on nothing for a value
            options: dict[str, Any] = {"chosen": view} if empty else {"but": but}
            return screen_updates(
                lambda: self._browsing.render(view, selected, code, boxes=boxes, here=led), code, **options
            )

        return shown

    def reset(self, code: str, selected: frozenset[str], boxes: str) -> Updates:
        """Reset words and filters."""
        view = BrowseQuery()
        return [
            "",
            *screen_updates(lambda: self._browsing.render(view, selected, code, boxes=boxes), code, chosen=view),
        ]

    def select_all(self, code: str, page: int, led: str, selected: frozenset[str], boxes: str, *values: Any) -> Updates:
        """Add all matching records to the selection."""
        view = _parse_view(values, page)

        def made() -> Screen:
            everything = self._browsing.matching_ids(view)
            return self._browsing.render(view, self._browsing.apply_boxes(selected, boxes) | everything, code, here=led)

        return screen_updates(made, code)

    def clear_selection(
        self, code: str, page: int, led: str, _selected: frozenset[str], _boxes: str, *values: Any
    ) -> Updates:
        """Clear the selection."""
        return screen_updates(
            lambda: self._browsing.render(_parse_view(values, page), frozenset(), code, here=led), code
        )

    def update_selection(self, code: str, selected: frozenset[str], boxes: str, *values: Any) -> Updates:
        """Apply ticked checkboxes: updates the count and the export buttons, not the table."""
        if not boxes:  # the table was drawn anew
            return [gr.skip()] * 5
        labels = labels_for(code)
        try:
            count, now, shown = self._browsing.count(_parse_view(values), selected, boxes, code)
        except RelatoriaError:
            return [gr.skip()] * 5
        can = gr.update(visible=bool(now or shown))
        return [count, _export_scope_html(labels, len(now), shown), can, now, gr.update(visible=bool(now))]

    def export(self, code: str, selected: frozenset[str], boxes: str, *values: Any) -> Any:
        """Export the selection, or all matching records where nothing is selected. Raises RelatoriaError."""
        return self._browsing.export(_parse_view(values), selected, boxes, code)


def _filter_dropdown(name: str) -> gr.Dropdown:
    return gr.Dropdown(
        [], multiselect=True, allow_custom_value=True, elem_classes="r-filter", elem_id=f"r-by-{name}", min_width=200
    )


def _tool_button() -> gr.Button:
    return gr.Button("", size="sm", elem_classes="r-tool")


def _parse_view(values: Sequence[Any], page: int = 0) -> BrowseQuery:
    """Parse the words and the filter values, in the order of FIELDS, into a query."""
    words, *chosen = values
    told = {name: tuple(filter(None, map(str, some or ()))) for name, some in zip(FIELDS, chosen, strict=True)}
    return BrowseQuery(str(words or ""), {name: some for name, some in told.items() if some}, page)


def screen_updates(
    made: Callable[[], Screen], code: str, *, chosen: BrowseQuery | None = None, but: str = ""
) -> Updates:
    """One update per component for the screen that ``made`` returns, or for its error's message.

    ``chosen`` sets the filter values, ``but`` is a filter not to update.
    """
    labels = labels_for(code)
    try:
        screen = made()
    except RelatoriaError as error:
        screen = Screen(table=f'<p class="r-none">{escape_html(user_message(error, labels))}</p>')
    words, selected = labels.browse, len(screen.selected)
    filters: Updates = []
    for name in FIELDS:
        left = screen.left_out.get(name, 0)
        update: dict[str, Any] = {
            "label": getattr(words, name),
            "choices": screen.choices.get(name, []),
            "info": words.more_values.format(count=format_count(left)) if left else None,
            "visible": name in screen.stated,
        }
        value: dict[str, Any] = {} if chosen is None else {"value": list(chosen.chosen.get(name, ()))}
        filters.append(gr.skip() if name == but else gr.update(**update, **value))
    page, paged = screen.view.page, screen.pages > 1
    return [
        screen.table,
        screen.count,
        screen.range,
        _export_scope_html(labels, selected, screen.shown),
        gr.update(visible=bool(selected or screen.shown)),
        *filters,
        gr.update(value=words.reset, visible=bool(screen.view.active_fields)),
        gr.update(value=words.select_all.format(count=format_count(screen.shown)), visible=bool(screen.shown)),
        gr.update(value=words.clear, visible=bool(selected)),
        gr.update(value=words.previous, interactive=page > 0, visible=paged),
        gr.update(value=words.following, interactive=page + 1 < screen.pages, visible=paged),
        page,
        screen.selected,
        "",
    ]


def _unopened_updates(labels: Labels, view: BrowseQuery) -> Updates:
    """One update per component while the tab has not been opened."""
    named = [gr.update(label=getattr(labels.browse, name), value=list(view.chosen.get(name, ()))) for name in FIELDS]
    hidden = gr.update(visible=False)
    return ["", "", "", "", hidden, *named, *[hidden] * 5, view.page, frozenset(), ""]


def _export_scope_html(labels: Labels, selected: int, shown: int) -> str:
    """What the export buttons would export: the selection or all matches, as HTML."""
    words = labels.export
    said = (
        words.of_selection.format(count=format_count(selected))
        if selected
        else words.of_all.format(count=format_count(shown))
    )
    return f'<p dir="auto">{escape_html(said)}</p>'
