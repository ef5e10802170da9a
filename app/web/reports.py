"""The Reports panel: lists the reports of the index and, where allowed, uploads and removes them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from app.i18n.labels import Words, labels_for
from app.render.errors import user_message
from app.render.escape import status_html
from app.reports.catalog import list_reports
from app.reports.manage import ReportsReply, apply_upload, cancel_upload, preview_removal, preview_upload, remove_report
from app.reports.uploads import EXPIRY, StagedUpload, discard_upload
from app.reports.views import report_list_html, summary_html, upload_help_html
from app.server.request import Visitor
from app.web.panel import PRIVATE_EVENT, READ_EVENT, InitialView, Panel, SidePanel, Site, Visit
from ingest.errors import RelatoriaError
from retrieval.limits import LINK, WORDS

_WRITE_EVENT = PRIVATE_EVENT | {"concurrency_limit": 1, "concurrency_id": "reports", "trigger_mode": "once"}


class _Components:
    """The panel's Gradio components, laid out in reading order."""

    def __init__(self, *, uploads: bool) -> None:
        self.head, self.adding = gr.HTML(elem_id="r-reports-head"), gr.HTML()
        self.choose = gr.UploadButton("", file_count="multiple", type="filepath", elem_id="r-choose", visible=uploads)
        self.said, self.decided = gr.HTML(elem_id="r-reports-said"), gr.HTML(elem_id="r-offered")
        with gr.Row(visible=False, elem_classes="r-decide") as self.decide:
            self.apply = gr.Button("", variant="primary", elem_id="r-apply")
            self.cancel = gr.Button("", elem_id="r-cancel")
        with gr.Column(visible=False, elem_id="r-sure") as self.sure:
            self.what = gr.HTML()
            with gr.Row(elem_classes="r-decide"):
                self.yes, self.no = gr.Button("", variant="stop", elem_id="r-yes"), gr.Button("", elem_id="r-no")
        self.find = gr.Textbox("", max_lines=1, max_length=WORDS.most, elem_id="r-find")
        self.listed = gr.HTML(elem_id="r-listed")
        with gr.Row(elem_classes="r-pages"):
            self.previous, self.following = (gr.Button("", size="sm", visible=False) for _ in range(2))
        # static/reports.js writes the report that is to go into it
        self.wire = gr.Textbox(visible="hidden", elem_id="r-shelf-wire", show_label=False, max_length=LINK.most)
        self.pending = gr.State(None, time_to_live=EXPIRY, delete_callback=discard_upload)  # a StagedUpload, or None
        self.page = gr.State(1)
        self.going = gr.State("")  # the id of a report that is asked to go


def lay_out(site: Site) -> Panel:
    """Lay out the panel."""
    with (
        gr.Tab("reports", elem_id="r-tab-reports", id="reports") as tab,
        gr.Column(elem_classes="r-panel", elem_id="r-reports"),
    ):
        parts = _Components(uploads=site.settings.uploads)
    views = [parts.head, parts.listed, parts.previous, parts.following, parts.page]
    named = [parts.adding, parts.choose, parts.find, parts.apply, parts.cancel, parts.yes, parts.no]

    def load(visit: Visit) -> Sequence[Any]:
        words = visit.labels.reports
        here = visit.query.get("tab") == "reports"  # else when its tab is opened
        first = _list_updates(site, "", 1, visit.language) if here else [gr.skip()] * len(views)
        return [*first, upload_help_html(site.settings, visit.language), *_label_updates(words)]

    def wire(side: SidePanel) -> None:
        del side
        _wire_list(site, tab, parts, views)
        if site.settings.uploads:
            _wire_adding(site, parts)
            _wire_removing(site, parts)

    return Panel("reports", tab, InitialView([*views, *named], load), wire)


def _label_updates(words: Words) -> list[Any]:
    """Updates for the labels of the panel's controls."""
    return [
        gr.update(label=words.choose),
        gr.update(label=words.find, value=""),
        *(gr.update(value=word) for word in (words.apply, words.cancel, words.remove, words.cancel)),
    ]


def _list_updates(site: Site, words: str, number: int, code: str) -> list[Any]:
    """Updates for one page of the list and its paging buttons."""
    try:
        listed = list_reports(site.assistant, words or "", number)
    except RelatoriaError as error:
        why = status_html(user_message(error, labels_for(code)), failed=True)
        return [why, "", gr.update(visible=False), gr.update(visible=False), 1]
    said = Visit(code, {}).labels.reports
    return [
        summary_html(listed, code),
        report_list_html(listed, code, removes=site.settings.uploads),
        gr.update(value=said.previous, visible=listed.pages > 1, interactive=listed.page > 1),
        gr.update(value=said.next, visible=listed.pages > 1, interactive=listed.page < listed.pages),
        listed.page,
    ]


def _wire_list(site: Site, tab: gr.Tab, parts: _Components, views: list[Any]) -> None:
    def show(turn: int) -> Callable[[str, int, str], list[Any]]:
        return lambda words, number, code: _list_updates(site, words, number + turn, code)

    def found(words: str, code: str) -> list[Any]:
        return _list_updates(site, words, 1, code)

    asked = [parts.find, parts.page, site.language]
    for event in (tab.select, site.changed.change):
        event(show(0), asked, views, **READ_EVENT).then(None, None, None, js="() => window.relatoria.reports.shown()")
    parts.find.input(found, [parts.find, site.language], views, trigger_mode="always_last", **READ_EVENT)
    for button, turn in ((parts.previous, -1), (parts.following, 1)):
        after = button.click(show(turn), asked, views, **READ_EVENT)
        after.then(None, None, None, js="() => window.relatoria.reports.turned()")


def _wire_adding(site: Site, parts: _Components) -> None:
    assistant, settings = site.assistant, site.settings
    outputs = _reply_outputs(site, parts)

    def on_files(
        files: list[str] | None, before: StagedUpload | None, code: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        paths = [Path(file) for file in files or []]
        yield from _stream_replies(
            site, preview_upload(assistant, settings, paths, before, code, visitor=_visitor(request))
        )

    def on_apply(offer: StagedUpload | None, code: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from _stream_replies(site, apply_upload(assistant, settings, offer, code, visitor=_visitor(request)))

    def on_cancel(offer: StagedUpload | None, code: str) -> tuple[Any, ...]:
        return _reply_values(site, cancel_upload(offer, code))

    pending = [parts.pending, site.language]
    chosen = parts.choose.upload(on_files, [parts.choose, *pending], outputs, **_WRITE_EVENT)
    chosen.then(lambda: None, None, parts.choose, **READ_EVENT)
    chosen.then(None, None, None, js="() => window.relatoria.reports.offered()")
    for button, handler in ((parts.apply, on_apply), (parts.cancel, on_cancel)):
        done = button.click(handler, pending, outputs, **_WRITE_EVENT)
        done.then(None, None, None, js="() => window.relatoria.reports.done()")


def _wire_removing(site: Site, parts: _Components) -> None:
    assistant, settings = site.assistant, site.settings

    def on_remove(wired: str, code: str) -> tuple[Any, ...]:
        report_id, asked = preview_removal(assistant, settings, wired, code)
        return report_id, asked, gr.update(visible=bool(asked))

    def on_yes(report_id: str, code: str) -> tuple[Any, ...]:
        return *_reply_values(site, remove_report(assistant, settings, report_id, code)), gr.update(visible=False), ""

    asking = [parts.going, parts.what, parts.sure]
    asked = parts.wire.change(on_remove, [parts.wire, site.language], asking, **READ_EVENT)
    asked.then(None, None, None, js="() => window.relatoria.reports.sure()")
    outputs = [*_reply_outputs(site, parts), parts.sure, parts.going]
    gone = parts.yes.click(on_yes, [parts.going, site.language], outputs, **_WRITE_EVENT)
    gone.then(None, None, None, js="() => window.relatoria.reports.done()")
    kept = parts.no.click(lambda: ("", gr.update(visible=False)), None, [parts.going, parts.sure], **READ_EVENT)
    kept.then(None, None, None, js="() => window.relatoria.reports.stays()")


def _visitor(request: gr.Request) -> str:
    """Whose turn at the index it is; "" for somebody at this machine."""
    return Visitor(request.request.scope).quota_key if request.request else ""


def _reply_outputs(site: Site, parts: _Components) -> list[Any]:
    return [parts.said, parts.decided, parts.decide, parts.pending, site.changed]


def _reply_values(site: Site, reply: ReportsReply) -> tuple[Any, ...]:
    """The values of a reply for the outputs of ``_reply_outputs``."""
    changed = site.assistant.index.store.stamp().get("state", "") if reply.changed else gr.skip()
    return reply.said, reply.shown, gr.update(visible=reply.staged is not None), reply.staged, changed


def _stream_replies(site: Site, replies: Iterator[ReportsReply]) -> Iterator[tuple[Any, ...]]:
    for reply in replies:
        yield _reply_values(site, reply) if reply.ended else (reply.said, *[gr.skip()] * 4)
