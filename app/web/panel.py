"""What panels share: each lays out its components, loads them when the page is opened, and wires its events.

Content is rendered elsewhere, by plain functions of an assistant and values; panels are Gradio wiring only.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from app.i18n.labels import Labels, labels_for
from app.settings import Settings
from retrieval.assistant import SEARCHES_PER_CORE, Assistant

PRIVATE_EVENT: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}  # an event of the page alone
READ_EVENT = PRIVATE_EVENT | {"concurrency_limit": None}  # one that makes nobody wait
MAX_ANSWERS = 16  # answers under way, most of them waiting for a chat model; searches take turns (assistant.py)


@dataclass(frozen=True, slots=True)
class Site:
    """Context of all panels: assistant, settings and per-visitor state."""

    assistant: Assistant
    settings: Settings
    language: gr.State  # of the page, for this visitor: a code of `labels.LANGUAGES`
    changed: gr.State  # what the index was when this visitor last changed it: its panels show anew what it holds
    answers: gr.State  # this visitor's: `app.chat.chat.Answers`

    @property
    def max_answers(self) -> int:
        """Limit of concurrent answers: MAX_ANSWERS with a chat model, else enough to keep all search workers busy."""
        return MAX_ANSWERS if self.assistant.model else (SEARCHES_PER_CORE + 4) * (os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor opening the page: language and URL query."""

    language: str
    query: Mapping[str, str]  # of the address: tab, passage, lang, …

    @property
    def labels(self) -> Labels:
        """The labels in the visitor's language."""
        return labels_for(self.language)


@dataclass(frozen=True, slots=True)
class InitialView:
    """What a panel shows when the page is opened: its components, and a function that returns an update for each."""

    outputs: Sequence[Component]
    load: Callable[[Visit], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SidePanel:
    """The side panel: an answer's sources, and the report opened at a citation."""

    initial: InitialView
    sources: gr.HTML
    reader: gr.HTML


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: its tab, its initial view, and a function that wires its events."""

    name: str  # as in the address: ?tab=name
    tab: gr.Tab
    initial: InitialView
    wire: Callable[[SidePanel], None]
