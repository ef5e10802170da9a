"""Short names of reports for screens, each its own, and the forum and year that reports are narrowed by."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.report import Metadata
from retrieval.storage.reader import ReportSummary
from retrieval.text.gazetteer import find_states

_EVENT = re.compile(r"\b[A-Z]{1,4}\d{1,3}\b|(?<=\()[A-Z]{2,8}\d*(?=\))")  # "G20", "(COP)"
_LONG = 60  # characters of a title


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


def list_stated(reports: Sequence[ReportSummary]) -> dict[str, dict[str, str]]:
    """The forum, with the event, and the year of each report, by id; empty where it says none."""
    forums = {it.id: f"{it.metadata.forum} {_event(it.metadata.title)}".strip() for it in reports}
    return {"forum": forums, "year": {it.id: _year(it.metadata) for it in reports}}


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
    return f"{next(iter(states.values()))} {_year(known)}".strip() if states and len(title) > _LONG else title


def _event(title: str) -> str:
    found = _EVENT.search(title)
    return found[0] if found else ""


def _year(known: Metadata) -> str:
    return known.date[:4] or str(known.year or "")
