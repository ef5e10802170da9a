"""Browse: all recommendations in a table, with filters, words to look for, a selection, and the selection as a file."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from app.browsing import Browsing, Screen
from app.labels import Labels, labels_for
from app.page import escaped
from app.panels import Panel, Shown, Side, Site, Visit
from app.panels.export import downloads
from app.records import FIELDS, View
from ingest.errors import RelatoriaError

NONE: frozenset[str] = frozenset()


def lay_out(site: Site) -> Panel:
    """The panel; what is in it is looked up when its tab is opened."""
    browsing = Browsing(site.assistant)
    page, led = gr.State(0), gr.State("")  # the page from 0; the recommendation that the address leads to
    selection = gr.State(NONE)  # ids
    with (
        gr.Tab("browse", elem_id="r-tab-browse", id="browse") as tab,
        gr.Column(elem_classes="r-panel", elem_id="r-browse"),
    ):
        title = gr.HTML(elem_id="r-browse-title")
        with gr.Row(elem_id="r-filters"):
            words = gr.Textbox(elem_id="r-words", lines=1, max_lines=1, max_length=400)
            filters = {name: _filter(name) for name in FIELDS}
        asked = [words, *filters.values()]
        boxes = gr.Textbox(visible="hidden", elem_id="r-boxes", show_label=False)  # dress/browse.js writes into it
        with gr.Column(elem_id="r-bar"):
            with gr.Row(elem_id="r-tools"):
                count = gr.HTML(elem_id="r-count")
                reset, every, clear = (gr.Button("", size="sm", elem_classes="r-tool") for _ in range(3))
            with gr.Row(elem_classes="r-export"):
                what = gr.HTML(elem_classes="r-what")
                wire_downloads = downloads(
                    "records",
                    lambda code, selected, ticked, *values: browsing.exported(_view(values), selected, ticked, code),
                    [selection, boxes, *asked],
                    site.language,
                )
        table = gr.HTML(elem_id="r-records")
        with gr.Row(elem_id="r-paging"):
            previous = gr.Button("", size="sm", elem_classes="r-tool")
            where = gr.HTML(elem_id="r-range")
            following = gr.Button("", size="sm", elem_classes="r-tool")
    tools = [reset, every, clear, previous, following]
    screen = [table, count, where, what, *filters.values(), *tools, page, selection, boxes]

    def load(visit: Visit) -> Sequence[Any]:
        """The words of the page; what is in it only where the visitor has come for it."""
        labels, view = visit.labels, View.read(visit.query)
        here = visit.query.get("passage", "") if visit.query.get("tab") == "browse" else ""
        named = [
            f"<h1>{escaped(labels.browse.title)}</h1>",
            gr.update(label=labels.browse.words, info=labels.browse.words_hint, value=view.words),
        ]
        if visit.query.get("tab") != "browse":
            return [*named, here, *_unopened(labels, view)]
        shown = _guarded(lambda: browsing.screen(browsing.led(here, view), NONE, visit.language, here=here), visit.language)
        return [*named, here, *_updates(shown, visit.language, chosen=view)]

    def show(turn: int | None, but: str = "") -> Callable[..., Sequence[Any]]:
        def shown(code: str, at: int, here: str, selected: frozenset[str], ticked: str, *values: Any) -> Sequence[Any]:
            view = _view(values, 0 if turn is None else max(0, at + turn))
            made = _guarded(lambda: browsing.screen(view, selected, code, boxes=ticked, here=here), code)
            return _updates(made, code, but=but)

        return shown

    def anew(code: str, selected: frozenset[str], ticked: str) -> Sequence[Any]:
        made = _guarded(lambda: browsing.screen(View(), selected, code, boxes=ticked), code)
        return ["", *_updates(made, code, chosen=View())]

    def take(everything: bool) -> Callable[..., Sequence[Any]]:
        def taken(code: str, at: int, here: str, selected: frozenset[str], ticked: str, *values: Any) -> Sequence[Any]:
            view = _view(values, at)

            def made() -> Screen:
                ids = selected | browsing.every(view) if everything else NONE
                return browsing.screen(view, ids, code, here=here)

            return _updates(_guarded(made, code), code)

        return taken

    def tick(code: str, selected: frozenset[str], ticked: str, *values: Any) -> Sequence[Any]:
        if not ticked:
            return [gr.skip()] * 4
        view = _view(values)
        shown, now, fitting = browsing.counted(view, selected, ticked, code)
        words_ = labels_for(code)
        return [shown, _what(words_, len(now), fitting), now, gr.update(visible=bool(now))]

    def wire(side: Side) -> None:
        del side
        quietly: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": 4,
            "concurrency_id": "browse",
        }
        looked = [site.language, page, led, selection, boxes, *asked]
        ready = "() => window.relatoriaBrowse.shown()"
        events = [
            tab.select(show(0), looked, screen, **quietly),
            words.input(show(None), looked, screen, trigger_mode="always_last", **quietly),
            *(
                one.input(show(None, name), looked, screen, trigger_mode="always_last", **quietly)
                for name, one in filters.items()
            ),
            previous.click(show(-1), looked, screen, **quietly),
            following.click(show(1), looked, screen, **quietly),
            reset.click(anew, [site.language, selection, boxes], [words, *screen], **quietly),
            every.click(take(True), looked, screen, **quietly),
            clear.click(take(False), looked, screen, **quietly),
        ]
        for one in events:
            one.then(None, None, None, js=ready)
        boxes.change(
            tick,
            [site.language, selection, boxes, *asked],
            [count, what, selection, clear],
            trigger_mode="always_last",
            **quietly,
        )
        wire_downloads()

    return Panel("browse", tab, Shown([title, words, led, *screen], load), wire)


def _filter(name: str) -> gr.Dropdown:
    return gr.Dropdown(
        [], multiselect=True, allow_custom_value=True, elem_classes="r-filter", elem_id=f"r-by-{name}", min_width=200
    )


def _view(values: Sequence[Any], page: int = 0) -> View:
    """What the words and the filters, in the order of the fields, ask for."""
    words, *chosen = values
    named = zip(FIELDS, chosen, strict=True)
    return View(str(words or ""), {name: tuple(map(str, some)) for name, some in named if some}, page)


def _guarded(made: Callable[[], Screen], code: str) -> Screen:
    """A screen, or one that says why there is none."""
    try:
        return made()
    except RelatoriaError as error:
        said = f'<p class="r-none">{escaped(str(error))}</p>'
        return Screen(View(), said, "", "", dict.fromkeys(FIELDS, []), dict.fromkeys(FIELDS, 0), 0, 1, NONE)


def _updates(screen: Screen, code: str, *, chosen: View | None = None, but: str = "") -> Sequence[Any]:
    """An update for each component; ``chosen`` sets the filters, and ``but`` is the one that is being typed in."""
    labels = labels_for(code)
    words, selected = labels.browse, len(screen.selected)
    filters = []
    for name in FIELDS:
        left = screen.left_out[name]
        update: dict[str, Any] = {
            "label": getattr(words, name),
            "choices": screen.choices[name],
            "info": words.more_values.format(count=f"{left:,}") if left else None,
            "visible": bool(screen.choices[name]),
        }
        if chosen is not None:
            update["value"] = list(chosen.chosen.get(name, ()))
        filters.append(gr.skip() if name == but else gr.update(**update))
    return [
        screen.table,
        screen.count,
        screen.range,
        _what(labels, selected, screen.shown),
        *filters,
        gr.update(value=words.reset, visible=bool(screen.view.asked)),
        gr.update(value=words.select_all.format(count=f"{screen.shown:,}"), visible=bool(screen.shown)),
        gr.update(value=words.clear, visible=bool(selected)),
        gr.update(value=words.previous, interactive=screen.view.page > 0, visible=screen.pages > 1),
        gr.update(value=words.following, interactive=screen.view.page + 1 < screen.pages, visible=screen.pages > 1),
        screen.view.page,
        screen.selected,
        "",
    ]


def _unopened(labels: Labels, view: View) -> Sequence[Any]:
    """An update for each component of a panel that nobody has come for yet."""
    named = [gr.update(label=getattr(labels.browse, name), value=list(view.chosen.get(name, ()))) for name in FIELDS]
    return ["", "", "", "", *named, *[gr.update(visible=False)] * 5, view.page, NONE, ""]


def _what(labels: Labels, selected: int, shown: int) -> str:
    """What the buttons for files would give."""
    words = labels.export
    said = words.of_selection.format(count=f"{selected:,}") if selected else words.of_all.format(count=f"{shown:,}")
    return f'<p>{escaped(said)}</p>'
