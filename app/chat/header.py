"""Renders the parts around the conversation: page header, welcome, coverage line, follow-ups, copy button, notice."""

from collections.abc import Sequence

from app.chat.coverage import CoveredReport
from app.i18n.labels import LABELS, Labels, format_count, labels_for
from app.render.escape import escape_html
from app.render.links import Place
from app.render.wording import report_origin

MAX_LISTED = 6  # reports on the first page


def top_html(language: str, tabs: Sequence[str], selected: str, *, leave: bool = False) -> str:
    """Render the page header: the product's name, links to the panels and languages, and a log-out link.

    The links are Gradio's tabs for the eye, the keyboard and the address: static/page.js selects what they name.
    """
    labels = labels_for(language)
    current = ' aria-current="{}"'
    panels = "".join(
        f'<a class="r-tab" href="?tab={name}"{current.format("page") if name == selected else ""}>'
        f"{escape_html(getattr(labels.tabs, name))}</a>"
        for name in tabs
    )
    links = "".join(
        f'<a class="r-lang" href="?lang={code}" lang="{code}" hreflang="{code}" title="{escape_html(label.name)}"'
        f"{current.format('true') if code == language else ''}>{code}</a>"
        for code, label in LABELS.items()
    )
    out = f'<a class="r-leave" href="/logout">{escape_html(labels.access.leave)}</a>' if leave else ""
    script = {**labels.script, "searching": labels.searching}
    said = "".join(f' data-{name}="{escape_html(words)}"' for name, words in script.items())
    return (
        f'<header class="r-top" data-lang="{language}" data-direction="{labels.direction}" data-tab="{selected}"{said}>'
        f'<a class="r-word" href="?lang={language}">Relatoría</a>'
        f'<nav class="r-tabs" aria-label="{escape_html(labels.panels)}">{panels}</nav>'
        f'<nav class="r-langs" aria-label="{escape_html(labels.languages)}">{links}</nav>{out}</header>'
    )


def coverage_html(covered: Sequence[CoveredReport], language: str) -> str:
    """Render the coverage line: the report, or how many, and the number of recommendations."""
    labels = labels_for(language)
    count = _count_recommendations(sum(report.recommendations for report in covered), labels)
    if len(covered) != 1:
        many = labels.many_reports.format(count=format_count(len(covered)))
        return f'<p class="r-covered">{escape_html(labels.covers)}: {escape_html(many)} · {escape_html(count)}</p>'
    report = covered[0].report
    known = report.metadata
    lang = f' lang="{escape_html(known.language)}"' if known.language else ""
    title = f'<cite{lang} dir="auto">{escape_html(known.title or report.id)}</cite>'
    return f'<p class="r-covered">{escape_html(labels.covers)}: {title} · {escape_html(count)}</p>'


def follow_ups_html(questions: Sequence[str], labels: Labels) -> str:
    """Render follow-up questions, each a button that asks it."""
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="r-follow" data-ask="{asked}" dir="auto">{asked}</button></li>'
        for asked in map(escape_html, questions)
    )
    called = escape_html(labels.go_on)
    return f'<section class="r-follows" aria-label="{called}"><p>{called}</p><ul>{buttons}</ul></section>'


def copy_html(text: str, labels: Labels) -> str:
    """Render the button that copies ``text`` to the clipboard; static/page.js handles it."""
    return f'<button type="button" class="r-copy" data-copy="{escape_html(text)}">{escape_html(labels.copy)}</button>'


def notice_html(message: str) -> str:
    """Render a notice beside the question box; empty for an empty message."""
    return f'<p class="r-notice" role="alert">{escape_html(message)}</p>' if message else ""


def welcome_html(covered: Sequence[CoveredReport], language: str) -> str:
    """Render the first page: what the product is, and the reports it covers."""
    labels = labels_for(language)
    items = "".join(_report_item(report, labels) for report in covered[:MAX_LISTED])
    rest = len(covered) - MAX_LISTED
    more = f"<li>{escape_html(labels.more_reports.format(count=format_count(rest)))}</li>" if rest > 0 else ""
    return (
        f'<section class="r-welcome" lang="{language}"><h1>{escape_html(labels.welcome)}</h1>'
        f'<p class="r-promise">{escape_html(labels.promise)}</p>'
        f'<h2>{escape_html(labels.covers)}</h2><ul class="r-covers">{items}{more}</ul>'
        f"<h2>{escape_html(labels.try_asking)}</h2></section>"
    )


def _report_item(covered: CoveredReport, labels: Labels) -> str:
    report, known = covered.report, covered.report.metadata
    count = _count_recommendations(covered.recommendations, labels)
    lang = f' lang="{escape_html(known.language)}"' if known.language else ""
    return (
        f'<li><cite{lang} dir="auto">{escape_html(known.title or report.id)}</cite>'
        f'<span class="r-about"{lang}>{escape_html(report_origin(report))}</span>'
        f'<span class="r-counts"><b>{escape_html(count)}</b> '
        f'<a href="{escape_html(Place(report.id, 0, 0).fragment)}">{escape_html(labels.read)}</a></span></li>'
    )


def _count_recommendations(count: int, labels: Labels) -> str:
    return labels.one_recommendation if count == 1 else labels.recommendations.format(count=format_count(count))
