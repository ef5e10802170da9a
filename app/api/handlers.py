"""Request handlers of the API: validate plain JSON values, call the assistant, return JSON objects.

The objects are those of the command line's ``--json``. Arguments may be of any type: one that does not fit raises
BadRequest, which says what was found, what is wanted and what to send.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

from app.render.links import permalink, place_of
from app.render.serialize import Json, answer_json, failed_json, recognition_json, search_json
from app.render.wording import citation_line
from ingest.errors import BadRequest, SearchTimedOut
from ingest.report import Passage, Report
from ingest.sanitize import shorten
from ingest.serialization import passage_to_dict
from retrieval.answer.templates import ANSWER_LANGUAGES, templates_for
from retrieval.assistant import Assistant
from retrieval.index.filters import FILTERS, Filter, select_rows, validate_filter
from retrieval.limits import COMPARED, OFFSET, RECORD_ID, RECORDS
from retrieval.results import Status

SEARCH_LIMIT, LIST_LIMIT = 10, 50  # records in one reply, of a search and of a list, unless asked
_EXAMPLE = {"section": "1.2", "strength": ["obligation", "recommendation"], "labels": {"theme": "water"}}


def ask(assistant: Assistant, question: object, language: object = None, filters: object = None) -> Json:
    """Answer a question, as ``relatoria ask --json`` does; ``language`` is the answer's, the question's by default.

    Raises BadRequest, BadQuestion, BadFilter or NoIndex, as all of these do.
    """
    wanted = parse_filter(filters)
    spoken = _parse_choice(language, "language", ANSWER_LANGUAGES)
    asked = _parse_text(question, "question")
    try:
        return answer_json(assistant.ask(asked, language=spoken, where=wanted), assistant.report)
    except SearchTimedOut as error:
        return failed_json(asked, str(error), Status.TIMED_OUT)


def search(assistant: Assistant, question: object, limit: object = SEARCH_LIMIT, filters: object = None) -> Json:
    """Rank the passages for a question, with their scores, as ``relatoria search --json`` does."""
    wanted = parse_filter(filters)
    most = _parse_number(limit, "limit", at_least=1, at_most=RECORDS.most, otherwise=SEARCH_LIMIT)
    return search_json(assistant.search(_parse_text(question, "question"), limit=most, where=wanted))


def passage(assistant: Assistant, passage_id: object) -> Json:
    """Look up one record by id, as ``relatoria passages --json`` prints it, with place, report and citation line."""
    wanted = _parse_text(passage_id, "id")
    RECORD_ID.check(len(wanted))

    def find(_: dict[str, str]) -> tuple[Passage, Report]:
        store = assistant.index.store
        encodable = not any(unicodedata.category(sign) == "Cs" for sign in wanted)  # else it stands in no index
        row = store.rows_with_ids([wanted] if encodable else []).get(wanted)
        record = None if row is None else store.passages_at([row]).get(row)
        report = store.report(record.report_id) if record else None
        if record is None or report is None:
            raise BadRequest(f"There is no passage {shorten(wanted)} in the index. {_ID_HINT}")
        return record, report

    record, report = assistant.index.run_on_snapshot(find)
    return passage_to_dict(record) | {
        "place": {
            "page": record.page if report.pages else None,  # None where the report's text has no pages
            "page_label": report.page_label(record.page) if report.pages else None,  # as printed
            **recognition_json(record, report),
            "line": record.line,
            "start": record.start,
            "end": record.end,
            "link": permalink(record.id),
            "fragment": place_of(record).fragment,
        },
        "report": _report_json(report),
        "citation": citation_line(record, report, templates_for(record.language)[1]),
    }


def records(assistant: Assistant, filters: object = None, offset: object = 0, limit: object = LIST_LIMIT) -> Json:
    """List the records that fit the filters in reading order: ``limit`` of them from ``offset``, and the ``total``.

    ``next`` is the offset to go on from, None at the end.
    """
    wanted = parse_filter(filters)
    first = _parse_number(offset, "offset", at_least=0, at_most=OFFSET.most, otherwise=0)
    most = _parse_number(limit, "limit", at_least=1, at_most=RECORDS.most, otherwise=LIST_LIMIT)

    def list_fitting(_: dict[str, str]) -> Json:
        store, facets = assistant.index.store, assistant.index.facets()
        fitting = select_rows(store, validate_filter(wanted, facets), facets)
        if fitting is None:
            total, ordered = store.count(), store.all_rows(first + most)
        else:
            total, ordered = len(fitting), store.in_reading_order(fitting)
        some = [passage_to_dict(record) for record in store.passages_in_order(ordered[first : first + most])]
        after = first + len(some)
        return {
            "filter": wanted.describe(),
            "total": total,
            "offset": first,
            "next": after if some and after < total else None,
            "records": some,
        }

    return assistant.index.run_on_snapshot(list_fitting)


def parse_filter(values: object) -> Filter:
    """Parse a JSON object of filters: each field a text or a list of alternatives, ``labels`` an object of them.

    >>> parse_filter({"section": "1.2", "labels": {"theme": ["water", "peace"]}})
    Filter(reports=(), section=('1.2',), kinds=(), addressee=(), by=(), strength=(), language=(), forum=(), body=(), \
year=(), labels=(('theme', 'water'), ('theme', 'peace')), recommends=False)
    """
    if values is None:
        return Filter()
    if not isinstance(values, Mapping):
        raise BadRequest(f"The filters are {_json_type(values)}, not an object of fields and values. {_FILTERS_HINT}")
    fields: dict[str, Any] = {}
    for name, wanted in values.items():
        if name not in FILTERS:
            near = get_close_matches(str(name)[: COMPARED.most], FILTERS, n=1, cutoff=0.6)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise BadRequest(f"There is no filter {shorten(name)}. {hint}{_FILTERS_HINT}")
        if wanted is not None:
            fields[name] = _parse_labels(wanted) if name == "labels" else _parse_texts(wanted, name)
    made = Filter(**fields)
    made.check_limits()
    return made


def _report_json(report: Report) -> Json:
    warnings = [warning._asdict() for warning in report.metadata.warnings]
    return {"id": report.id, **asdict(report.metadata), "warnings": warnings, "file_hash": report.file_hash}


def _parse_labels(values: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(values, Mapping):
        raise BadRequest(
            f'The labels are {_json_type(values)}, not an object. Send names and values: {{"theme": "water"}}.'
        )
    return tuple(
        (str(name), text) for name, wanted in values.items() for text in _parse_texts(wanted, f"label {shorten(name)}")
    )


def _parse_texts(values: object, called: str) -> tuple[str, ...]:
    """One text, or several."""
    several: Sequence[object] = values if isinstance(values, list | tuple) else [values]
    for value in several:
        if not isinstance(value, str):
            raise BadRequest(f"The {called} is {_json_type(value)}, not text. Send a text or a list of texts.")
    return tuple(map(str, several))


def _parse_text(value: object, called: str) -> str:
    if not isinstance(value, str):
        raise BadRequest(f"The {called} is {_json_type(value)}, not text. Send it as a string.")
    return value


def _parse_choice(value: object, called: str, among: Sequence[str]) -> str | None:
    if value is None or value == "":
        return None
    if value not in among:
        raise BadRequest(
            f"There is no {called} {shorten(value)} to answer in. Send one of {', '.join(among)}, or leave it out "
            "for the question's own."
        )
    return str(value)


def _parse_number(value: object, called: str, *, at_least: int, at_most: int, otherwise: int) -> int:
    if value is None:
        return otherwise
    wanted = f"a whole number, {at_least} to {at_most}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(f"The {called} is {_json_type(value)}. Send {wanted}.")
    if not at_least <= value <= at_most:
        raise BadRequest(f"The {called} is {shorten(value)}. Send {wanted}. {RECORDS.remedy}")
    return value


def _json_type(value: object) -> str:
    """The JSON name of a value's type, or the value itself where it is short.

    >>> [_json_type(value) for value in (None, True, 1.5, ["a"], {})]
    ['null', 'true', '1.5', 'a list', 'an object']
    """
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int() | float():
            return shorten(value)
        case str():
            return "text"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
    return type(value).__name__


_ID_HINT = "Send an id as search and list give it, such as gfmd-2010-mesa-redonda-1#1.1-r09."
_FILTERS_HINT = f"Fields are {', '.join(FILTERS)}; for example: {_EXAMPLE}".replace("'", '"')
