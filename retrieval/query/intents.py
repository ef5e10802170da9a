"""Detects which attribute a question asks for: of a record (by whom, to whom, how strongly) or of the report.

Patterns over folded text (`cursor.fold_question`), in es en fr pt ar. What a pattern names ``subject`` stays in the
question and is searched; the rest of the match is consumed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ingest.lexicon.tables import LanguageTables


class Attribute(StrEnum):
    """The attributes that can be asked for; the values are keys of the answer templates."""

    BY = "by"
    TO = "to"
    STRENGTH = "strength"
    TITLE = "title"
    RAPPORTEUR = "rapporteur"
    DATE = "date"
    PLACE = "place"
    FORUM = "forum"

    @property
    def of_report(self) -> bool:
        """Whether it is an attribute of the report, not of a recommendation."""
        return self not in _OF_RECORDS


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """An attribute, and the spans of the question that ask for it."""

    attribute: Attribute
    spans: tuple[tuple[int, int], ...]  # characters, half-open


_TABLES = LanguageTables("retrieval.text", "attributes", subject=r"(?P<subject>\S(?:.*\w)?+)\W*$")
_OF_RECORDS = (Attribute.BY, Attribute.TO, Attribute.STRENGTH)
_OF_REPORTS = (Attribute.TITLE, Attribute.DATE, Attribute.PLACE, Attribute.FORUM, Attribute.RAPPORTEUR)
_RECORDS = [
    (attribute, re.compile(rf"\W*+(?:{words})")) for attribute in _OF_RECORDS for words in _TABLES.lines(attribute)
]
_REPORTS = [
    (attribute, re.compile(rf"\W*(?:{words})\W*$")) for attribute in _OF_REPORTS for words in _TABLES.lines(attribute)
]


def detect_report_attribute(flat: str) -> Attribute | None:
    """Detects a folded question that asks for an attribute of the report and for nothing else.

    >>> detect_report_attribute("¿donde se celebro la mesa redonda?"), detect_report_attribute("where do migrants go?")
    (<Attribute.PLACE: 'place'>, None)
    """
    return next((attribute for attribute, pattern in _REPORTS if pattern.match(flat)), None)


_AND = re.compile(r"\W*(?:y|and|et|و|e(?= (?:a |por )?quem))\s+")  # in front of what goes on from the turn before


def detect_record_attribute(flat: str) -> AskedAttribute | None:
    """Detects which attribute of the recommendations on a subject a folded question asks for.

    >>> detect_record_attribute("who must prosecute traffickers?")
    AskedAttribute(attribute=<Attribute.TO: 'to'>, spans=((0, 9), (30, 31)))
    """
    turned = re.sub(r"([?!]) ", r" \1", flat)  # "who recommended it? r#1.1-r09": what is named stands behind
    opens = _AND.match(turned)
    for attribute, pattern in _RECORDS:
        if found := pattern.match(turned, opens.end() if opens else 0):
            start, end = found.span("subject")
            return AskedAttribute(attribute, ((found.start(), start), (end, found.end())))
    return None
