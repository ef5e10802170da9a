"""Short names of reports for screens, each its own, and the forum, body and year that reports are narrowed by."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from ingest.annotate.noun_phrases import parse_names
from ingest.lexicon.actors import ACTOR_NOUNS
from ingest.readers.front import KINDS, fold_words
from ingest.report import Metadata
from retrieval.storage.reader import ReportSummary
from retrieval.text.gazetteer import find_state_code, find_states

_EVENT = re.compile(r"\b[A-Z]{1,4}\d{1,3}\b|(?<=\()[A-Z]{2,8}\d*(?=\))")  # "G20", "(COP)"
_OF = re.compile(r"\b(?:of|del?|do|da|des?|du)\s+(?:l['’])?", re.IGNORECASE)
_FIRST = re.compile(r"(?=[^\W\d_a-z])(\w+)[^:]*\Z")
_BEFORE_OF = re.compile(r"(?=[^\W\d_a-z])[^:]{0,80}?\b(\w{1,40})(?: (?:of|on|for|to) [^:]{0,200})?\Z")
_LINES = 6  # first ones of a text
LONG_TITLE = 60  # characters; names of lines and reports are shorter


def name_reports(reports: Sequence[ReportSummary]) -> dict[str, str]:
    """What each report is called on screens, by id; by its file's name where its title could not be told."""
    names = {
        it.id: it.source.name
        if any(warning.kind == "title" for warning in it.metadata.warnings)
        else short_name(it.metadata) or it.id
        for it in reports
    }
    alike = Counter(names.values())
    return {id_: f"{name} ({id_})" if alike[name] > 1 else name for id_, name in names.items()}


def list_stated(reports: Sequence[ReportSummary], fronts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The forum, with the event, the issuing body and the year of each report, by id; empty where it says none."""
    forums = {it.id: f"{it.metadata.forum} {_event(it.metadata.title)}".strip() for it in reports}
    bodies = {it.id: find_body(it.metadata, fronts.get(it.id, "")) for it in reports}
    return {"forum": forums, "body": bodies, "year": {it.id: _year(it.metadata) for it in reports}}


def find_body(known: Metadata, front: str) -> str:
    """The body that issued a report: behind "report of" and the like in its title, else alone on a first line.

    >>> find_body(Metadata("Report of the Working Group on Detention – Malta", language="en"), "")
    'Working Group on Detention'
    >>> find_body(Metadata("Plan", language="es"), "Ministerio de Salud\\n\\nPlan")
    'Ministerio de Salud'
    """
    if known.language not in ACTOR_NOUNS:
        return ""
    nouns, people = ACTOR_NOUNS[known.language]
    title = known.title
    if title.isupper():
        title = " ".join(word.capitalize() if len(word) > 3 else word.lower() for word in title.split())
    names = (
        parse_names(title, of.end(), known.language)[0]
        for of in _OF.finditer(title)
        if not KINDS.isdisjoint(fold_words(title[: of.start()]))
    )
    parts = [part for part in title.split(" – ") if KINDS.isdisjoint(fold_words(part))]
    first = (" ".join(line.split()) for line in front.split("\n\n")[:_LINES])
    lines = [line for line in first if len(line) <= LONG_TITLE and line not in known.title]
    for name in (*chain.from_iterable(names), *parts, *lines):
        noun = (_BEFORE_OF if known.language == "en" else _FIRST).match(name)
        if noun and nouns.fullmatch(noun[1]) and not people.fullmatch(noun[1]) and not find_state_code(name):
            return name
    return ""


def short_name(known: Metadata) -> str:
    """The State or event that a report is on, with its year; else its title.

    >>> short_name(Metadata("Report of the Working Group on the Universal Periodic Review – Malta", date="2009-06-04"))
    'Malta 2009'
    >>> short_name(Metadata("CARBIS BAY G7 SUMMIT COMMUNIQUÉ", year=2021)), short_name(Metadata("On water", year=2021))
    ('G7 Carbis Bay 2021', 'On water')
    """
    title, event = known.title, _event(known.title)
    states = {code: title[start:end] for code, start, end in find_states(title) if len(title) - end < 3}
    if event and (year := _year(known)):
        front = title.partition(event)[0].strip(" (:–-")
        place = known.place.partition(",")[0] or (front.title() if len(front.split()) < 4 else "")
        return " ".join(filter(None, (event, place, year)))
    return f"{next(iter(states.values()))} {_year(known)}".strip() if states and len(title) > LONG_TITLE else title


def _event(title: str) -> str:
    found = _EVENT.search(title)
    return found[0] if found else ""


def _year(known: Metadata) -> str:
    return known.date[:4] or str(known.year or "")
