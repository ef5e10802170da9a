"""Renders the last evaluation scorecard as HTML: metrics, plots and worst cases, read from its JSON file.

Headings are in the page's language; the parts of the scorecard itself are in English.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.i18n.labels import Labels, format_count, labels_for
from app.render.escape import escape_html, fill_template
from app.settings import Settings
from evals.options import SCORECARD_FILE
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant

MAX_BYTES = 64 * 2**20  # of the file
MAX_CASES = 25  # that are shown
_SCOPE = ".gradio-container.gradio-container .r-scorecard"
_COMMANDS = {"command": "relatoria eval", "folder": "relatoria eval FOLDER", "file": "relatoria serve --scorecard FILE"}


def scorecard_html(assistant: Assistant, settings: Settings, language: str) -> str:
    """Render the scorecard, or a sentence on why there is none. Cached by the file's time and size."""
    words = labels_for(language).evaluation
    file = settings.scorecard or assistant.index.folder / SCORECARD_FILE
    title = f"<h1>{escape_html(words.title)}</h1>"
    try:
        status = file.stat()
        if status.st_size > MAX_BYTES:
            raise RelatoriaError(f"it has {status.st_size / 2**20:.0f} MB, and is no scorecard")
        fingerprint = assistant.index.store.stamp().get("fingerprint", "")
        return title + _render_card(file, (status.st_mtime_ns, status.st_size), fingerprint, language)
    except FileNotFoundError:
        commands = {key: f'<code dir="ltr">{command}</code>' for key, command in _COMMANDS.items()}
        how = fill_template(words.none_how, commands)
        return f'{title}<p class="r-none">{escape_html(words.none)}</p><p class="r-quiet">{how}</p>'
    except (RelatoriaError, OSError) as error:
        reason = str(error).replace(str(file), file.name)
        said = fill_template(words.bad, {"reason": f'<span lang="en" dir="ltr">{escape_html(reason)}</span>'})
        return f'{title}<p class="r-said r-failed">{said}</p>'


@lru_cache(maxsize=8)
def _render_card(file: Path, state: tuple[int, int], fingerprint: str, language: str) -> str:
    """Render a scorecard file. Raises RelatoriaError where it is invalid."""
    from evals.scorecard.compare import read_scorecard
    from evals.scorecard.html_report import render_details, render_targets, scope_style

    del state
    card = read_scorecard(file)
    labels = labels_for(language)
    figures = f'<div class="r-scorecard" lang="en" dir="ltr">{render_targets(card)}</div>'
    rest = f'<div class="r-scorecard" lang="en" dir="ltr">{render_details(card)}</div>'
    style = scope_style(_SCOPE, f".dark {_SCOPE}")
    return f"<style>{style}</style>{_summary_html(card, fingerprint, labels)}{figures}{_worst_html(card, labels)}{rest}"


def _summary_html(card: Mapping[str, Any], fingerprint: str, labels: Labels) -> str:
    """The summary: cases right, targets reached, date, and whether it measured this index."""
    words, cases = labels.evaluation, card["cases"]
    aimed = [figure for figure in card["figures"] if figure["group"] == "all" and figure["target"] is not None]
    said = words.lead.format(count=format_count(len(cases)), right=format_count(sum(case["right"] for case in cases)))
    reached = words.targets.format(reached=sum(bool(figure["reached"]) for figure in aimed), targets=len(aimed))
    same = fingerprint and card["made"].get("index") == fingerprint
    date = words.date.format(date=str(card["times"]["date"])[:10] or "–")
    measured = escape_html(f"{date} {words.of_this_index if same else words.of_another_index}")
    return f'<p class="r-totals">{escape_html(said)} {escape_html(reached)}</p><p class="r-quiet">{measured}</p>'


def _worst_html(card: Mapping[str, Any], labels: Labels) -> str:
    """The failed cases, each with links that put its questions into the question box."""
    from evals.scorecard.html_report import worst_cases

    words, cases = labels.evaluation, worst_cases(card)
    title = f'<h2 id="r-worst">{escape_html(words.worst)} <span class="r-count">{len(cases)}</span></h2>'
    if not cases:
        return f'{title}<p class="r-quiet">{escape_html(words.no_worst)}</p>'
    items = "".join(_case_html(case, labels) for case in cases[:MAX_CASES])
    rest = len(cases) - MAX_CASES
    more = f'<p class="r-quiet">{escape_html(words.more.format(count=format_count(rest)))}</p>' if rest > 0 else ""
    return f'{title}<p class="r-quiet">{escape_html(words.worst_lead)}</p><ol class="r-worst">{items}</ol>{more}'


def _case_html(case: Mapping[str, Any], labels: Labels) -> str:
    words = labels.evaluation
    lang = f' lang="{escape_html(case["lang"])}"' if case["lang"] else ""
    before = "".join(f'<li{lang} dir="auto">{_ask_link(turn, turn)}</li>' for turn in case["before"])
    said = f"<dt>{escape_html(words.said_before)}</dt><dd><ol>{before}</ol></dd>" if before else ""
    why = f" · {case['why']}" if case["why"] else ""
    return (
        f'<li><details><summary><span class="r-asked"{lang} dir="auto">{escape_html(case["question"])}</span> '
        f'<span class="r-fault" lang="en" dir="ltr">{escape_html(case["fault"])}</span> <span class="r-kind" lang="en" '
        f'dir="ltr">{escape_html(case["spoken"])} · {escape_html(case["archetype"])}</span></summary><dl>{said}'
        f'<dt>{escape_html(words.expected)}</dt><dd lang="en" dir="auto">{escape_html(case["expected"] + why)}</dd>'
        f'<dt>{escape_html(words.came)}</dt><dd lang="en" dir="auto">{escape_html(case["got"])}</dd></dl></details>'
        f"{_ask_link(case['question'], words.ask, about=case['question'])}</li>"
    )


def _ask_link(question: str, said: str, about: str = "") -> str:
    """A link that puts a question into the box; static/page.js opens Ask."""
    label = f' aria-label="{escape_html(f"{said}: {about}")}"' if about else ""
    return f'<a class="r-ask" href="#ask={escape_html(quote(question, safe=""))}"{label}>{escape_html(said)}</a>'
