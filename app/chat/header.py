"""Renders the parts around the conversation: page header, welcome, coverage line, follow-ups, copy button, notice."""

from collections.abc import Sequence

from app.chat.coverage import CoveredReport
from app.i18n.labels import LABELS, Labels, labels_for
from app.render.markup import fill

MAX_LISTED = 6  # reports on the first page


def top_html(language: str, tabs: Sequence[str], selected: str, *, leave: bool = False) -> str:
    """Render the page header: the product's name, links to the panels and languages, and a log-out link.

    The links are Gradio's tabs for the eye, the keyboard and the address: static/page.js selects what they name.
    """
    return fill("chat", "top", labels_for(language), language, tabs, selected, LABELS, leave)


def coverage_html(covered: Sequence[CoveredReport], language: str) -> str:
    """Render the coverage line: the report, or how many, and the number of recommendations."""
    return fill("chat", "coverage", covered, labels_for(language))


def follow_ups_html(questions: Sequence[str], labels: Labels) -> str:
    """Render follow-up questions, each a button that asks it."""
    return fill("chat", "follow_ups", questions, labels)


def copy_html(text: str, labels: Labels) -> str:
    """Render the button that copies ``text`` to the clipboard; static/page.js handles it."""
    return fill("chat", "copy", text, labels)


def notice_html(message: str) -> str:
    """Render a notice beside the question box; empty for an empty message."""
    return fill("chat", "notice", message)


def welcome_html(covered: Sequence[CoveredReport], language: str) -> str:
    """Render the first page: what the product is, and the reports it covers."""
    return fill("chat", "welcome", covered, labels_for(language), language, MAX_LISTED)
