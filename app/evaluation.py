"""Renders the last evaluation scorecard as HTML: metrics, plots and worst cases, read from its JSON file.

Headings are in the page's language; the parts of the scorecard itself are in English.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.i18n.labels import Labels, labels_for, number
from app.render.escape import escaped, filled
from app.settings import Settings
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant

KEPT = "scorecard.json"  # in the index folder, by `relatoria eval`
LARGEST = 64 * 2**20  # bytes
SHOWN = 25  # cases
_SCOPE = ".gradio-container.gradio-container .r-scorecard"
_COMMANDS = {
    "command": "relatoria eval",
    "folder": "relatoria eval FOLDER",
    "file": "relatoria serve --scorecard FILE",
}


def scorecard_html(assistant: Assistant, settings: Settings, language: str) -> str:
    """Render the scorecard, or a sentence on why there is none. Cached by the file's time and size."""
    words = labels_for(language).evaluation
    file = settings.scorecard or assistant.index.folder / KEPT
    title = f"<h1>{escaped(words.title)}</h1>"
    try:
        status = file.stat()
        if status.st_size > LARGEST:
            raise RelatoriaError(f"it has {status.st_size / 2**20:.0f} MB, and is no scorecard")
        fingerprint = assistant.index.store.stamp().get("fingerprint", "")
        return title + _drawn(file, (status.st_mtime_ns, status.st_size), fingerprint, language)
    except FileNotFoundError:
        how = filled(words.none_how, {key: f'<code dir="ltr">{one}</code>' for key, one in _COMMANDS.items()})
        return f'{title}<p class="r-none">{escaped(words.none)}</p><p class="r-quiet">{how}</p>'
    except (RelatoriaError, OSError) as error:
        reason = str(error).replace(str(file), file.name)
        said = filled(words.bad, {"reason": f'<span lang="en" dir="ltr">{escaped(reason)}</span>'})
        return f'{title}<p class="r-said r-failed">{said}</p>'


@lru_cache(maxsize=8)
def _drawn(file: Path, state: tuple[int, int], fingerprint: str, language: str) -> str:
    """Render a scorecard file. Raises RelatoriaError where it is invalid."""
    from evals.scorecard.compare import read_card
    from evals.scorecard.html_report import details, style_under, targets

    del state
    card = read_card(file)
    labels = labels_for(language)
    figures = f'<div class="r-scorecard" lang="en" dir="ltr">{targets(card)}</div>'
    rest = f'<div class="r-scorecard" lang="en" dir="ltr">{details(card)}</div>'
    style = style_under(_SCOPE, f".dark {_SCOPE}")
    return f"<style>{style}</style>{_lead(card, fingerprint, labels)}{figures}{_worst(card, labels)}{rest}"


def _lead(card: Mapping[str, Any], fingerprint: str, labels: Labels) -> str:
    """The summary: cases right, targets reached, date, and whether it measured this index."""
    words, cases = labels.evaluation, card["cases"]
    aimed = [one for one in card["figures"] if one["group"] == "all" and one["target"] is not None]
    said = words.lead.format(count=number(len(cases)), right=number(sum(one["right"] for one in cases)))
    reached = words.targets.format(reached=sum(bool(one["reached"]) for one in aimed), targets=len(aimed))
    same = fingerprint and card["made"].get("index") == fingerprint
    date = words.date.format(date=str(card["times"]["date"])[:10] or "–")
    measured = f"{date} {words.of_this_index if same else words.of_another_index}"
    return f'<p class="r-totals">{escaped(said)} {escaped(reached)}</p><p class="r-quiet">{escaped(measured)}</p>'


def _worst(card: Mapping[str, Any], labels: Labels) -> str:
    """The failed cases, each with links that put its questions into the question box."""
    from evals.scorecard.html_report import worst

    words, cases = labels.evaluation, worst(card)
    title = f'<h2 id="r-worst">{escaped(words.worst)} <span class="r-count">{len(cases)}</span></h2>'
    if not cases:
        return f'{title}<p class="r-quiet">{escaped(words.no_worst)}</p>'
    items = "".join(_case(one, labels) for one in cases[:SHOWN])
    rest = len(cases) - SHOWN
    more = f'<p class="r-quiet">{escaped(words.more.format(count=number(rest)))}</p>' if rest > 0 else ""
    return f'{title}<p class="r-quiet">{escaped(words.worst_lead)}</p><ol class="r-worst">{items}</ol>{more}'


def _case(one: Mapping[str, Any], labels: Labels) -> str:
    words = labels.evaluation
    lang = f' lang="{escaped(one["lang"])}"' if one["lang"] else ""
    before = "".join(f'<li{lang} dir="auto">{_ask(turn, turn)}</li>' for turn in one["before"])
    said = f"<dt>{escaped(words.said_before)}</dt><dd><ol>{before}</ol></dd>" if before else ""
    why = f" · {one['why']}" if one["why"] else ""
    return (
        f'<li><details><summary><span class="r-asked"{lang} dir="auto">{escaped(one["question"])}</span> '
        f'<span class="r-fault" lang="en" dir="ltr">{escaped(one["fault"])}</span> <span class="r-kind" lang="en" '
        f'dir="ltr">{escaped(one["spoken"])} · {escaped(one["archetype"])}</span></summary><dl>{said}'
        f'<dt>{escaped(words.expected)}</dt><dd lang="en" dir="auto">{escaped(one["expected"] + why)}</dd>'
        f'<dt>{escaped(words.came)}</dt><dd lang="en" dir="auto">{escaped(one["got"])}</dd></dl></details>'
        f"{_ask(one['question'], words.ask, about=one['question'])}</li>"
    )


def _ask(question: str, said: str, about: str = "") -> str:
    """A link that puts a question into the box; static/page.js opens Ask."""
    label = f' aria-label="{escaped(f"{said}: {about}")}"' if about else ""
    return f'<a class="r-ask" href="#ask={escaped(quote(question, safe=""))}"{label}>{escaped(said)}</a>'
