"""Download buttons that export answers or records as Word, Markdown, CSV or JSON, written on click."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from app.export.document import Export, export_answers
from app.export.files import FORMATS, file_name
from app.i18n.labels import labels_for
from app.render.errors import LocalizedError, user_message
from app.server.ownership import make_owned_folder
from app.web.panel import PRIVATE_EVENT, InitialView, Site, Visit
from ingest.errors import RelatoriaError
from retrieval.results import Answer

FORMAT_NAMES = {"docx": "Word", "md": "Markdown", "csv": "CSV", "json": "JSON"}
_EXPORT_EVENT = PRIVATE_EVENT | {"concurrency_limit": 2, "concurrency_id": "export"}


def lay_out_downloads(
    name: str, made: Callable[..., Export], inputs: Sequence[Component], language: Component
) -> Callable[[], None]:
    """Lay out a button per format, which exports ``made(language, *inputs)``. Returns the function that wires them.

    The file goes into a private folder of the visitor's, which is cleared in time.
    """
    buttons = {suffix: gr.Button(FORMAT_NAMES[suffix], size="sm", elem_classes="r-format") for suffix in FORMATS}
    file = gr.DownloadButton(visible="hidden", elem_id=f"r-file-{name}")

    def give(suffix: str) -> Callable[..., str]:
        def given(code: str, request: gr.Request, *values: Any) -> str:
            try:
                export = made(code, *values)
                written = FORMATS[suffix](export)
                path = make_owned_folder(Path(file.GRADIO_CACHE), request.username) / file_name(export, suffix)
                path.write_bytes(written)
                return str(path)
            except RelatoriaError as error:
                raise gr.Error(user_message(error, labels_for(code)), print_exception=False) from error
            except OSError as error:
                raise gr.Error(labels_for(code).unexpected) from error

        return given

    def wire() -> None:
        for suffix, button in buttons.items():
            ready = button.click(give(suffix), [language, *inputs], file, **_EXPORT_EVENT)
            ready.success(None, None, None, js=f"() => window.relatoriaBrowse.save('r-file-{name}')")

    return wire


def lay_out_strip(site: Site) -> InitialView:
    """Lay out the export of the last answer or the conversation; static/browse.css shows it once there is an answer."""

    def made(code: str, which: str, answers: Sequence[Answer]) -> Export:
        """Raises LocalizedError where nothing was answered yet."""
        if not answers:
            raise LocalizedError(labels_for(code).export.nothing)
        some = answers if which == "whole" else answers[-1:]
        index = site.assistant.index.check()["fingerprint"]
        return export_answers(some, site.assistant.report, code, index=index)

    with gr.Row(elem_classes="r-export", elem_id="r-export-answer"):
        which = gr.Radio([("", "last"), ("", "whole")], value="last", elem_classes="r-which")
        wire = lay_out_downloads("answer", made, [which, site.answers], site.language)

    def load(visit: Visit) -> Sequence[Any]:
        words = visit.labels.export
        return [gr.update(label=words.title, choices=[(words.last, "last"), (words.whole, "whole")])]

    wire()
    return InitialView([which], load)
