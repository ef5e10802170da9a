"""Renders the table of recommendations as HTML, by templates/browse.html, and the options of its filters."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from markupsafe import Markup

from app.browse.records import FIELDS, RecordPage, RecordRow, Term, parse_terms
from app.i18n.labels import Labels, format_count, labels_for
from app.render.escape import escape_html
from app.render.links import permalink
from app.render.markup import fill
from ingest.report import Metadata, Passage, Strength, normalize_for_display
from retrieval.answer.templates import AnswerTemplates, templates_for
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
    shown = _TableView(listed, known, language, selected, here)
    return fill("browse", "table", listed, labels_for(language), shown)


def count_html(listed: RecordPage, selected: int, language: str) -> str:
    """Render the number of matches and of selected rows."""
    return fill("browse", "count", listed, selected, labels_for(language))


def range_html(listed: RecordPage, language: str) -> str:
    """Render which rows of the matches are on the page: "51–100 of 320"."""
    labels = labels_for(language)
    return fill("browse", "range_line", _range_text(listed, labels) if listed.shown else "", labels)


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
    elif name == "response":
        value = labels_for(language).responses.get(value, value)
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


@dataclass(frozen=True)
class _TableView:
    """What the template shows of one page of the table."""

    listed: RecordPage
    known: Mapping[str, Metadata]
    language: str
    selected: Collection[str]
    here: str

    @property
    def frames(self) -> AnswerTemplates:
        return templates_for(self.language)[1]

    @property
    def query(self) -> str:
        return urlencode(self.listed.view.params)

    @property
    def range(self) -> str:
        return _range_text(self.listed, labels_for(self.language))

    @cached_property
    def columns(self) -> list[str]:
        """The fields with a column: those that any recommendation has a value of."""
        stated = {name for name, counts in self.listed.counts.items() if counts}
        return [name for name, column in FIELDS.items() if name in stated and column not in ("report_id", "headings")]

    @property
    def groups(self) -> Iterator[tuple[list[RecordRow], bool]]:
        """The rows of each section, and whether it is the first of its report."""
        report = ""
        for (report_id, _), rows in groupby(
            self.listed.rows, key=lambda row: (row.passage.report_id, row.passage.headings)
        ):
            yield list(rows), report_id != report
            report = report_id

    @cached_property
    def sought(self) -> Sequence[Term]:
        return parse_terms(self.listed.view.words)

    def text_html(self, passage: Passage) -> Markup:
        text = normalize_for_display(passage.text)
        cut = text if len(text) <= MAX_TEXT else text[:MAX_TEXT].rsplit(" ", 1)[0] + " …"
        return Markup(highlight_terms(cut, self.sought))  # noqa: S704 (escaped)

    def url(self, passage: Passage) -> str:
        return record_url(passage.id, self.language)

    def values(self, name: str, row: RecordRow) -> str:
        return ", ".join(format_value(name, value, {}, self.language) for value in row.values[name])


def _range_text(listed: RecordPage, labels: Labels) -> str:
    return labels.browse.range.format(
        first=format_count(listed.first), last=format_count(listed.last), total=format_count(listed.shown)
    )
