"""Renders the table of recommendations as HTML: rows grouped by report and section, with links and checkboxes."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from app.browse.records import FIELDS, RecordPage, RecordRow, Term, parse_terms
from app.i18n.labels import Labels, format_count, labels_for
from app.render.escape import escape_html
from app.render.links import permalink, place_of
from app.render.wording import heading_path
from ingest.report import Metadata, Strength, normalize_for_display
from retrieval.answer.templates import AnswerTemplates, label_passage, templates_for
from retrieval.text.terms import fold

MAX_TEXT = 1_200  # characters of a recommendation; all of it is in its report
MAX_OPTIONS = 200  # values that a filter lists; others can be typed
_MAX_VALUE = 110  # characters of a value in a list
_WORD = re.compile(r"\w+")
Options = list[tuple[str, str]]  # what is read, and the value


def record_url(passage_id: str, language: str) -> str:
    """The URL of a recommendation in the table; stable for as long as its report is in the index.

    >>> record_url("a b#1.1-r05", "fr")
    '?passage=a%20b%231.1-r05&tab=browse&lang=fr'
    """
    return f"{permalink(passage_id)}&tab=browse&lang={language}"


def table_html(
    listed: RecordPage,
    known: Mapping[str, Metadata],
    language: str,
    selected: Collection[str] = (),
    here: str = "",
) -> str:
    """Render one page of the table; ``here`` is the id of the row to mark as current.

    ``known`` is the reports' metadata, by id. Where nothing matches, the filters to drop are listed instead.
    """
    labels = labels_for(language)
    words = labels.browse
    query = escape_html(urlencode(listed.view.params))
    state = f'dir="{labels.direction}" data-query="{query}" data-shown="{listed.shown}"'
    if not listed.rows:
        return f'<section class="r-list" {state}>{_empty_html(listed, labels)}</section>'
    shown = _RowContext(language, parse_terms(listed.view.words), selected, here, known, _columns(listed))
    called = _field_labels(labels)
    heads = [words.number, words.text, *(called[column] for column in shown.columns)]
    every = f'<input type="checkbox" data-every="" aria-label="{escape_html(words.select_page)}">'
    every += f'<span class="r-term" aria-hidden="true">{escape_html(words.select_page)}</span>'
    head = f'<th role="columnheader" scope="col" class="r-pick">{every}</th>'
    head += "".join(f'<th role="columnheader" scope="col">{escape_html(head)}</th>' for head in heads)
    body, report = "", ""
    for (report_id, _), rows in groupby(listed.rows, key=lambda row: (row.passage.report_id, row.passage.headings)):
        body += f'<tbody role="rowgroup">{_group_html(list(rows), shown, is_first=report_id != report)}</tbody>'
        report = report_id
    caption = f"{words.title}, {_range_text(listed, labels)}"
    return (
        f'<section class="r-list" {state}><table class="r-table" role="table"><caption>{escape_html(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>{body}</table></section>'
    )


def count_html(listed: RecordPage, selected: int, language: str) -> str:
    """Render the number of matches and of selected rows."""
    labels = labels_for(language)
    words = labels.browse
    counted = words.count.format(shown=f"<b>{format_count(listed.shown)}</b>", total=format_count(listed.total))
    chosen = f' <span class="r-selected">{escape_html(words.selected.format(count=format_count(selected)))}</span>'
    return f'<p class="r-shown" dir="{labels.direction}">{counted}{chosen if selected else ""}</p>'


def range_html(listed: RecordPage, language: str) -> str:
    """Render which rows of the matches are on the page: "51–100 of 320"."""
    labels = labels_for(language)
    said = escape_html(_range_text(listed, labels)) if listed.shown else ""
    return f'<p class="r-range" dir="{labels.direction}">{said}</p>'


def filter_options(listed: RecordPage, name: str, known: Mapping[str, Metadata], language: str) -> Options:
    """The options of a field's filter as (text with count, value); chosen ones first, except in reading order.

    Values without matches are left out, unless they are chosen.
    """
    chosen = listed.view.chosen.get(name, ())
    counted = listed.counts.get(name, [])
    shown = [(value, count) for value, count in counted if value in chosen]
    others = [(value, count) for value, count in counted if count and value not in chosen]
    shown += others[: max(0, MAX_OPTIONS - len(shown))]
    if name in ("report", "section"):
        values = {value for value, _ in shown}
        shown = [(value, count) for value, count in counted if value in values]
    return [(f"{format_value(name, value, known, language)} · {format_count(count)}", value) for value, count in shown]


def count_unlisted(listed: RecordPage, name: str) -> int:
    """Count the values of a field beyond the options that are listed."""
    return max(0, sum(1 for _, count in listed.counts.get(name, []) if count) - MAX_OPTIONS)


def format_value(name: str, value: str, known: Mapping[str, Metadata], language: str) -> str:
    """Format a facet value for display: titles, translated names, truncated text."""
    _, frames = templates_for(language)
    if name == "report":
        value = (known[value].title if value in known else "") or value
    elif name == "strength":
        value = frames.strengths.get(Strength(value), value) if value in set(Strength) else value
    elif name == "language":
        value = labels_for(language).spoken.get(value, value)
    words = normalize_for_display(value).rstrip(": ")
    return words if len(words) <= _MAX_VALUE else words[:_MAX_VALUE].rsplit(" ", 1)[0] + " …"


def highlight_terms(text: str, sought: Sequence[Term]) -> str:
    """Escape text and wrap the matches of search terms in <mark>.

    >>> highlight_terms("La migración", [Term(("migra",))])
    'La <mark class="r-found">migración</mark>'
    """
    found = list(_WORD.finditer(text)) if sought else []
    folded = [fold(match[0]) for match in found]
    pieces: list[str] = []
    reached = at = 0
    while at < len(found):
        length = max((len(term.words) for term in sought if _matches_at(term, folded, at)), default=0)
        if length:
            start, end = found[at].start(), found[at + length - 1].end()
            pieces += [escape_html(text[reached:start]), f'<mark class="r-found">{escape_html(text[start:end])}</mark>']
            reached = end
        at += length or 1
    return "".join([*pieces, escape_html(text[reached:])])


def _matches_at(term: Term, folded: Sequence[str], at: int) -> bool:
    """Whether a term matches the words that begin at an index."""
    words = folded[at : at + len(term.words)]
    if len(words) < len(term.words) or list(term.words[:-1]) != words[:-1]:
        return False
    last = term.words[-1]
    if term.substring[0] != " ":
        return last in words[-1]
    return words[-1] == last if term.whole else words[-1].startswith(last)


@dataclass(frozen=True, slots=True)
class _RowContext:
    """The context that all rows of a table are rendered with."""

    language: str
    sought: Sequence[Term]
    selected: Collection[str]
    here: str
    known: Mapping[str, Metadata]
    columns: Sequence[str]

    @property
    def labels(self) -> Labels:
        return labels_for(self.language)

    @property
    def frames(self) -> AnswerTemplates:
        return templates_for(self.language)[1]


def _columns(listed: RecordPage) -> list[str]:
    """The fields with a column: those that any recommendation has a value of."""
    stated = {name for name, counts in listed.counts.items() if counts}
    return [field for field in FIELDS if field in stated and field not in ("report", "section")]


def _field_labels(labels: Labels) -> dict[str, str]:
    """The labels of the fields, by name."""
    words = labels.browse
    return {name: getattr(words, name) for name in ("words", *FIELDS)}


def _group_html(rows: Sequence[RecordRow], shown: _RowContext, *, is_first: bool) -> str:
    """Render a section's rows under its heading, the first section of a report under the report's title too."""
    report_id = rows[0].passage.report_id
    about = shown.known.get(report_id, Metadata())
    lang = f' lang="{escape_html(about.language)}"' if about.language else ""
    path = escape_html(heading_path(rows[0].passage))
    title = f'<cite{lang} dir="auto">{escape_html(about.title or report_id)}</cite>' if is_first or not path else ""
    section = f'<span class="r-path"{lang} dir="auto">{path}</span>' if path else ""
    head = (
        f'<tr role="row" class="r-group{" r-anew" if is_first else ""}"><th role="rowheader" scope="rowgroup" '
        f'colspan="{len(shown.columns) + 3}">{title}{section}</th></tr>'
    )
    return head + "".join(_row_html(row, shown) for row in rows)


def _row_html(row: RecordRow, shown: _RowContext) -> str:
    passage, words = row.passage, shown.labels.browse
    name = label_passage(passage, shown.frames)
    at = escape_html(place_of(passage).fragment)
    text = normalize_for_display(passage.text)
    cut = text if len(text) <= MAX_TEXT else text[:MAX_TEXT].rsplit(" ", 1)[0] + " …"
    checked = " checked" if passage.id in shown.selected else ""
    box = (
        f'<input type="checkbox" data-pick="" value="{escape_html(passage.id)}"{checked} '
        f'aria-label="{escape_html(f"{words.select}: {name}")}">'
    )
    links = (
        f'<span class="r-links"><a href="{at}" aria-label="{escape_html(f"{shown.labels.in_place}: {name}")}">'
        f'{escape_html(shown.labels.in_place)}</a> <a href="{escape_html(record_url(passage.id, shown.language))}" '
        f'aria-label="{escape_html(f"{words.link}: {name}")}">{escape_html(words.link)}</a></span>'
    )
    cells = "".join(_cell_html(column, row, shown) for column in shown.columns)
    here = ' class="r-led" aria-current="true"' if passage.id == shown.here else ""
    return (
        f'<tr role="row"{here}><td role="cell" class="r-pick">{box}</td>'
        f'<th role="rowheader" scope="row" class="r-no"><span class="r-sr">{escape_html(name)}</span>'
        f'<span aria-hidden="true">{escape_html(passage.number or "·")}</span></th>'
        f'<td role="cell" class="r-text"><p lang="{escape_html(passage.language)}" dir="auto">'
        f"{highlight_terms(cut, shown.sought)}</p>{links}</td>{cells}</tr>"
    )


def _cell_html(name: str, row: RecordRow, shown: _RowContext) -> str:
    """Render a recommendation's values of a field."""
    values = [format_value(name, value, {}, shown.language) for value in row.values[name]]
    of_report = name in ("addressee", "by") and row.passage.language
    lang = f' lang="{escape_html(row.passage.language)}"' if of_report else ""
    said = f'<span{lang} dir="auto">{escape_html(", ".join(values))}</span>'
    term = f'<span class="r-term" aria-hidden="true">{escape_html(_field_labels(shown.labels)[name])}</span>'
    return f'<td role="cell" class="r-is-{name}">{term + said if values else ""}</td>'


def _empty_html(listed: RecordPage, labels: Labels) -> str:
    """Render the empty table: which filters to drop, and how many would match then."""
    words = labels.browse
    called = _field_labels(labels)
    helping = sorted(((name, count) for name, count in listed.loosened.items() if count), key=lambda pair: -pair[1])
    items = "".join(
        f"<li>{escape_html(words.without.format(filter=called[name], count=format_count(count)))}</li>"
        for name, count in helping
    )
    return f'<div class="r-none"><p>{escape_html(words.nothing)}</p>{f"<ul>{items}</ul>" if items else ""}</div>'


def _range_text(listed: RecordPage, labels: Labels) -> str:
    return labels.browse.range.format(
        first=format_count(listed.first), last=format_count(listed.last), total=format_count(listed.shown)
    )
