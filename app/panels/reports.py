"""Reports: what is in the index, and, where it is allowed, how reports get in and out of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from app.library import Shelf, shelf
from app.library_desk import Reply, accepted, asked_to_remove, cancelled, failure, offered, removed
from app.library_html import adding_html, head_html, shelf_html
from app.panels import Panel, Shown, Side, Site, Visit
from app.uploads import Offer, withdraw
from ingest.errors import RelatoriaError

_UNDECIDED = 3_600  # seconds after which files that were offered are forgotten
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_READS = _QUIET | {"concurrency_limit": None}
_WRITES = _QUIET | {"concurrency_limit": 1, "concurrency_id": "reports"}  # the index has one writer
_AT_HAND = "() => window.relatoria.reports.shown()"


def lay_out(site: Site) -> Panel:
    """The panel."""
    assistant, settings = site.assistant, site.settings
    page = gr.State(1)
    pending = gr.State(None, time_to_live=_UNDECIDED, delete_callback=withdraw)  # an Offer
    going = gr.State("")  # the id of a report that is asked to go
    with (
        gr.Tab("reports", elem_id="r-tab-reports", id="reports") as tab,
        gr.Column(elem_classes="r-panel", elem_id="r-reports"),
    ):
        head = gr.HTML(elem_id="r-reports-head")
        adding = gr.HTML()
        choose = gr.UploadButton(
            "", file_count="multiple", type="filepath", elem_id="r-choose", visible=settings.uploads
        )
        said = gr.HTML(elem_id="r-reports-said")
        decided = gr.HTML(elem_id="r-offered")
        with gr.Row(visible=False, elem_classes="r-decide") as decide:
            apply = gr.Button("", variant="primary", elem_id="r-apply")
            cancel = gr.Button("", elem_id="r-cancel")
        with gr.Column(visible=False, elem_id="r-sure") as sure:
            what = gr.HTML()
            with gr.Row(elem_classes="r-decide"):
                yes = gr.Button("", variant="stop", elem_id="r-yes")
                no = gr.Button("", elem_id="r-no")
        find = gr.Textbox("", max_lines=1, elem_id="r-find")
        listed = gr.HTML(elem_id="r-listed")
        with gr.Row(elem_classes="r-pages"):
            previous, following = gr.Button("", size="sm"), gr.Button("", size="sm")
        wire = gr.Textbox(visible="hidden", elem_id="r-shelf-wire", show_label=False)

    def shown(words: str, number: int, code: str) -> list[Any]:
        try:
            one = shelf(assistant, words or "", number)
        except RelatoriaError as error:
            return [failure(error, code, assistant), "", gr.update(visible=False), gr.update(visible=False), 1]
        return [
            head_html(one, code),
            shelf_html(one, code, removes=settings.uploads),
            *_turns(one),
            one.page,
        ]

    views = [head, listed, previous, following, page]

    def load(visit: Visit) -> Sequence[Any]:
        words = visit.labels.reports
        here = visit.query.get("tab") == "reports"
        first = shown("", 1, visit.language) if here else [gr.skip()] * len(views)
        return [
            *first,
            adding_html(settings, visit.language),
            gr.update(label=words.choose),
            gr.update(label=words.find, value=""),
            gr.update(value=words.apply),
            gr.update(value=words.cancel),
            gr.update(value=words.remove),
            gr.update(value=words.cancel),
            gr.update(value=words.previous) if not here else _named(first[2], words.previous),
            gr.update(value=words.next) if not here else _named(first[3], words.next),
        ]

    replies = [said, decided, decide, pending, site.changed]

    def replied(reply: Reply) -> tuple[Any, ...]:
        changed = assistant.index.store.stamp().get("state", "") if reply.changed else gr.skip()
        return reply.said, reply.shown, gr.update(visible=reply.offer is not None), reply.offer, changed

    def under_way(replies: Iterator[Reply]) -> Iterator[tuple[Any, ...]]:
        for reply in replies:
            yield replied(reply) if reply.ended else (reply.said, *[gr.skip()] * 4)

    def on_files(files: list[str] | None, before: Offer | None, code: str) -> Iterator[tuple[Any, ...]]:
        yield from under_way(offered(assistant, settings, [Path(one) for one in files or []], before, code))

    def on_apply(offer: Offer | None, code: str) -> Iterator[tuple[Any, ...]]:
        yield from under_way(accepted(assistant, settings, offer, code))

    def on_cancel(offer: Offer | None, code: str) -> tuple[Any, ...]:
        return replied(cancelled(offer, code))

    def on_remove(wired: str, code: str) -> tuple[Any, ...]:
        report_id, asked = asked_to_remove(assistant, settings, wired, code)
        return report_id, asked, gr.update(visible=bool(asked))

    def on_yes(report_id: str, code: str) -> tuple[Any, ...]:
        reply = removed(assistant, settings, report_id, code)
        return (*replied(reply), gr.update(visible=False), "")

    def wire_(side: Side) -> None:
        del side
        again: tuple[Any, list[Any]] = shown, [find, page, site.language]
        tab.select(*again, views, **_READS).then(None, None, None, js=_AT_HAND)
        site.changed.change(*again, views, **_READS).then(None, None, None, js=_AT_HAND)
        first = gr.State(1)
        find.input(shown, [find, first, site.language], views, trigger_mode="always_last", **_READS)
        for button, step in ((previous, -1), (following, 1)):
            turned = button.click(
                lambda words, number, code, step=step: shown(words, number + step, code),
                [find, page, site.language],
                views,
                **_READS,
            )
            turned.then(None, None, None, js="() => window.relatoria.reports.turned()")
        chosen = choose.upload(on_files, [choose, pending, site.language], replies, **_WRITES)
        chosen.then(lambda: None, None, choose, **_READS)
        chosen.then(None, None, None, js="() => window.relatoria.reports.offered()")
        applied = apply.click(on_apply, [pending, site.language], replies, trigger_mode="once", **_WRITES)
        applied.then(None, None, None, js="() => window.relatoria.reports.done()")
        left = cancel.click(on_cancel, [pending, site.language], replies, **_WRITES)
        left.then(None, None, None, js="() => window.relatoria.reports.done()")
        asked = wire.change(on_remove, [wire, site.language], [going, what, sure], **_READS)
        asked.then(None, None, None, js="() => window.relatoria.reports.sure()")
        gone = yes.click(on_yes, [going, site.language], [*replies, sure, going], trigger_mode="once", **_WRITES)
        gone.then(None, None, None, js="() => window.relatoria.reports.done()")
        kept = no.click(lambda: ("", gr.update(visible=False)), None, [going, sure], **_READS)
        kept.then(None, None, None, js="() => window.relatoria.reports.stays()")

    outputs = [*views, adding, choose, find, apply, cancel, yes, no, previous, following]
    return Panel("reports", tab, Shown(outputs, load), wire_)


def _turns(one: Shelf) -> tuple[Any, Any]:
    many = one.pages > 1
    return (
        gr.update(visible=many, interactive=one.page > 1),
        gr.update(visible=many, interactive=one.page < one.pages),
    )


def _named(update: Any, name: str) -> Any:
    return update | {"value": name}
