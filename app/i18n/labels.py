"""The page's texts, loaded from one TOML file per language, and the choice of a visitor's language.

Long because every TOML key is a declared field, one class a panel: a missing or unknown key fails at import.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

DEFAULT = "es"  # of the first reports
LANGUAGES = ("es", "en", "fr", "pt", "ar")
_WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class TabWords:
    """Texts of the tabs."""

    ask: str
    browse: str
    reports: str
    evaluation: str


@dataclass(frozen=True, slots=True)
class BrowseWords:
    """Texts of the table of recommendations."""

    title: str
    count: str  # of those that fit
    words: str
    words_hint: str  # under the box
    report: str
    section: str
    number: str
    text: str
    addressee: str
    by: str
    strength: str
    language: str
    more_values: str  # under a list that names the most frequent
    reset: str
    previous: str
    following: str
    range: str  # of a page
    nothing: str
    without: str  # what to loosen where nothing fits
    select: str  # in front of a recommendation's name
    select_page: str
    select_all: str  # that fit, on all pages
    clear: str
    selected: str
    link: str


@dataclass(frozen=True, slots=True)
class ExportWords:
    """Texts of exports, on the page and in the files."""

    title: str
    of_selection: str
    of_all: str
    last: str
    whole: str
    nothing: str
    answer: str  # what a file holds
    conversation: str
    selection: str
    verbatim: str  # in front of the quotes of a file
    made: str  # at the end of a file
    too_many: str  # for one file


@dataclass(frozen=True, slots=True)
class ReportsWords:
    """Texts of the reports panel and its uploads."""

    title: str
    totals: str
    fingerprint: str
    find: str
    found: str
    none_found: str
    empty: str
    file: str
    counts: str
    read_on: str
    copies: str
    problems: str
    kept: str
    previous: str
    next: str
    page: str
    add: str
    choose: str
    formats: str
    closed: str
    reading: str
    embedding: str
    waiting: str
    preview: str
    added: str
    changed: str
    unchanged: str
    copy: str
    refused: str
    unreadable: str  # in front of the reason
    reason: str  # in front of what is said in English
    record_added: str
    record_changed: str
    record_removed: str
    more: str
    nothing: str
    apply: str
    cancel: str
    applied: str
    cancelled: str
    again: str
    busy: str
    too_large: str
    too_many: str
    too_busy: str
    too_slow: str
    unkept: str  # what the disk refused
    remove: str
    remove_sure: str
    remove_what: str
    file_stays: str
    file_goes: str
    removed: str
    unexpected: str


@dataclass(frozen=True, slots=True)
class EvaluationWords:
    """Texts of the evaluation panel."""

    title: str
    lead: str
    targets: str
    date: str
    of_this_index: str
    of_another_index: str
    none: str
    none_how: str
    bad: str
    worst: str
    worst_lead: str
    no_worst: str
    ask: str
    expected: str
    came: str
    said_before: str
    more: str


@dataclass(frozen=True, slots=True)
class FeedbackWords:
    """Texts of the feedback form."""

    title: str
    question: str
    good: str
    bad: str
    what: str
    wrong_passage: str
    missing: str
    translation: str
    should_refuse: str
    other: str
    note: str
    note_hint: str
    send: str
    cancel: str
    thanks: str
    thanks_good: str
    choose: str
    too_often: str
    note_too_long: str
    kept_not: str
    privacy: str


@dataclass(frozen=True, slots=True)
class AccessWords:
    """Texts of log-in, rate limits and refused requests."""

    title: str
    name: str
    password: str
    enter: str
    leave: str
    wrong: str
    tries: str  # too many passwords; {seconds}
    ended: str  # of a session, while the page is open
    often: str  # too many questions; {seconds}
    too_large: str  # {size} in megabytes
    stopping: str
    failed: str
    elsewhere: str  # another site sent it
    unknown_host: str  # the page is asked for by a name that is not its own
    nothing_here: str
    not_json: str  # {levels}, {values}, {digits}
    back: str
    close: str  # of a notice


@dataclass(frozen=True, slots=True)
class Labels:
    """All texts of one language; braces are filled with counts and names. The field names are the TOML keys."""

    name: str  # of the language, in itself
    direction: str  # of its writing: ltr or rtl
    panels: str  # the links to them
    welcome: str
    promise: str
    covers: str
    one_recommendation: str
    recommendations: str
    more_reports: str
    read: str
    try_asking: str
    ask: str
    placeholder: str
    languages: str
    searching: str
    writing: str  # while a chat model is at it
    stopped: str  # where the visitor asked anew before it had ended
    untranslated: str  # why there is no translation
    spoken: Mapping[str, str]  # names of languages, by ISO 639-1
    conversation: str
    sources: str
    report: str
    back: str
    in_place: str
    edit: str  # of the question as it was searched
    many_reports: str
    role: str  # the choice of who asks
    roles: Mapping[str, str]
    narrow: str  # the question to some of the records
    filters: Mapping[str, str]  # what it is narrowed by
    strengths: Mapping[str, str]
    typed: str  # that words of a value will do
    only: str  # in front of what it was narrowed to
    stale: str  # a choice that is not there any more
    too_long: str
    too_slow: str  # a search, which was stopped
    beyond: str  # {limit}: of anything but a question
    copy: str  # of an answer
    go_on: str  # in front of questions that go on from an answer
    follow_ups: Mapping[str, str]
    permanent: str
    walk: str  # from mark to mark
    before: str
    after: str
    earlier: str  # part of a long report
    later: str
    changed: str  # a record since it was quoted
    as_now: str
    script: Mapping[str, str]  # what static/page.js says
    gone: str
    statuses: Mapping[str, str]  # what a status other than answered is called
    unexpected: str
    unavailable: str  # of the reports, for a reason that is no visitor's
    provenance: str
    fields: Mapping[str, str]  # of the provenance
    no_chat_model: str
    dropped: str
    starters: Mapping[str, Mapping[str, list[str]]]  # questions by the report they suit, then by who asks
    tabs: TabWords
    browse: BrowseWords
    export: ExportWords
    reports: ReportsWords
    evaluation: EvaluationWords
    feedback: FeedbackWords
    access: AccessWords


_PANELS: Mapping[str, Any] = {name: kind for name, kind in get_type_hints(Labels).items() if is_dataclass(kind)}


@cache
def _load(language: str) -> Labels:
    """Load a language's file. Raises TypeError for a missing or unknown key."""
    words: dict[str, Any] = tomllib.loads((_WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    panels = {name: made(**words.pop(name, {})) for name, made in _PANELS.items()}
    return Labels(**words, **panels)


LABELS: Mapping[str, Labels] = {language: _load(language) for language in LANGUAGES}


def labels_for(language: str) -> Labels:
    """The texts of a language; those of DEFAULT where there are none."""
    return LABELS.get(language, LABELS[DEFAULT])


def format_count(count: int) -> str:
    """Format a count with a narrow no-break space between thousands, as in all our languages.

    >>> format_count(63_000) == "63\\u202f000", format_count(999)
    (True, '999')
    """
    return f"{count:,}".replace(",", "\u202f")


def choose_language(asked: str | None, accepted: str | None) -> str:
    """Negotiate the page's language: the one asked for, else the browser's most preferred that there is.

    ``accepted`` is the header Accept-Language (RFC 9110, 12.5.4). A visitor whose languages are all
    others gets English; one who states none, the default.

    >>> choose_language(None, "de, pt-BR;q=0.7, en;q=0.8")
    'en'
    >>> choose_language("fr", "en"), choose_language("xx", None), choose_language(None, "de")
    ('fr', 'es', 'en')
    >>> choose_language("AR", "en")
    'ar'
    """
    if (named := (asked or "").lower()) in LABELS:
        return named
    wanted: list[tuple[float, str]] = []
    for item in (accepted or "").split(","):
        tag, _, parameter = item.partition(";")
        weight = parameter.strip().removeprefix("q=")
        if tag.strip(" *"):
            wanted.append((-float(weight) if weight.replace(".", "", 1).isdecimal() else -1.0, tag.strip()[:2].lower()))
    if not wanted:
        return DEFAULT
    return next((tag for _, tag in sorted(wanted, key=lambda pair: pair[0]) if tag in LABELS), "en")
