"""Renders the last evaluation scorecard as HTML: metrics, plots and worst cases, read from its JSON file.

Headings are in the page's language; the parts of the scorecard itself are in English.
"""

from functools import lru_cache
from pathlib import Path

from app.i18n.labels import labels_for
from app.render.markup import fill
from app.settings import Settings
from evals.options import SCORECARD_FILE
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant

MAX_BYTES = 64 * 2**20  # of the file
MAX_CASES = 25  # that are shown
_SCOPE = ".gradio-container.gradio-container .r-scorecard"


def scorecard_html(assistant: Assistant, settings: Settings, language: str) -> str:
    """Render the scorecard, or a sentence on why there is none. Cached by the file's time and size."""
    words = labels_for(language).evaluation
    file = settings.scorecard or assistant.index.folder / SCORECARD_FILE
    try:
        status = file.stat()
        if status.st_size > MAX_BYTES:
            raise RelatoriaError(f"it has {status.st_size / 2**20:.0f} MB, and is no scorecard")
        fingerprint = assistant.index.store.stamp().get("fingerprint", "")
        return _render_card(file, (status.st_mtime_ns, status.st_size), fingerprint, language)
    except FileNotFoundError:
        return fill("evaluation", "no_card", words)
    except (RelatoriaError, OSError) as error:
        return fill("evaluation", "unreadable", str(error).replace(str(file), file.name), words)


@lru_cache(maxsize=8)
def _render_card(file: Path, state: tuple[int, int], fingerprint: str, language: str) -> str:
    """Render a scorecard file. Raises RelatoriaError where it is invalid."""
    from evals.scorecard.compare import read_scorecard
    from evals.scorecard.html_report import render_details, render_targets, scope_style, worst_cases

    del state
    card = read_scorecard(file)
    style = scope_style(_SCOPE, f".dark {_SCOPE}")
    same = bool(fingerprint) and card["made"].get("index") == fingerprint
    parts = (render_targets(card), render_details(card), worst_cases(card))
    return fill("evaluation", "scorecard", card, style, *parts, MAX_CASES, same, labels_for(language))
