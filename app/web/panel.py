"""The page's panels, one file each: it lays itself out, says what it shows when the page is opened, wires its events.

What a panel shows is made elsewhere, by plain functions of an assistant and values; here Gradio only carries it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from app.i18n.labels import Labels, labels_for
from app.settings import Settings
from retrieval.assistant import SEARCHES, Assistant

QUIETLY: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}  # an event of the page alone
READS = QUIETLY | {"concurrency_limit": None}  # one that makes nobody wait
AT_ONCE = 16  # answers under way, most of them waiting for a chat model; searches take turns (assistant.py)


@dataclass(frozen=True, slots=True)
class Site:
    """What all panels share."""

    assistant: Assistant
    settings: Settings
    language: gr.State  # of the page, for this visitor: a code of `labels.LANGUAGES`
    changed: gr.State  # what the index was when this visitor last changed it: its panels show anew what it holds
    answers: gr.State  # this visitor's: `talk.Answers`

    @property
    def at_once(self) -> int:
        """Answers under way: as many as wait for a chat model, or as keep all searches busy, and some more."""
        return AT_ONCE if self.assistant.model else (SEARCHES + 4) * (os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a visitor who opens the page."""

    language: str
    query: Mapping[str, str]  # of the address: tab, passage, lang, …

    @property
    def labels(self) -> Labels:
        """The words of the page."""
        return labels_for(self.language)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown when the page is opened: components, and an update for each."""

    outputs: Sequence[Component]
    load: Callable[[Visit], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside every panel: the sources of an answer, and the report opened at its words."""

    shown: Shown
    sources: gr.HTML
    reader: gr.HTML


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: its tab, what it shows when the page is opened, and its events."""

    name: str  # as in the address: ?tab=name
    tab: gr.Tab
    shown: Shown
    wire: Callable[[Side], None]
