"""Classifies how strongly a passage asks, with the words that show it.

Only main clauses count; of several strengths the strongest. Where things are asked for, as in a list
of recommendations, what begins like an instruction is one.
"""

import re
from dataclasses import dataclass

from ingest.annotate.addressees import parse_addressed
from ingest.annotate.clauses import Analysis
from ingest.annotate.imperatives import find_leading_verb, is_infinitive
from ingest.lexicon.modals import MODAL_LEXICONS
from ingest.lexicon.tables import WordTables
from ingest.report import Strength


@dataclass(frozen=True, slots=True)
class StrengthEvidence:
    """A strength with the words of the text that show it, negation included; None where it is not known."""

    strength: Strength | None
    words: tuple[str, ...] = ()


NO_STRENGTH = StrengthEvidence(None)
_ORDER = list(Strength)
_TABLES = WordTables("ingest.annotate", "strength", printed=True)
_COMMITS_OR_DESCRIBES = _TABLES.compile(r"\b{commits}\b", re.IGNORECASE)
_FIRST_WORD = _TABLES.compile(r"[\W\d_]*(?P<words>(?:{not}\s++)?(?P<word>[^\W\d_]+))\b", re.IGNORECASE)
_INFINITIVE_AS_SUBJECT = _TABLES.compile(  # an infinitive is the subject, or a title
    r"[^,.;:]{0,200}?(?<!que)(?<!qui)\s{predicate}\s|[^.;:]{0,100}:\s*+\S", re.IGNORECASE
)
_ASKS = re.compile(_TABLES.pattern("asks"), re.IGNORECASE)


def classify_strength(analysis: Analysis, *, asked: bool = False, lead_in: str = "") -> StrengthEvidence:
    """Classify a passage's strength, with the words that show it; None where the language has no lexicon.

    ``asked``: it stands where things are asked for, as an item among recommendations. ``lead_in``: the
    sentence that introduces its list; what it commits to, or tells, is no instruction.

    >>> from ingest.annotate.clauses import analyze
    >>> classify_strength(analyze("Los gobiernos no deben criminalizar a los migrantes.", "es"))
    StrengthEvidence(strength=<Strength.OBLIGATION: 'obligation'>, words=('no deben',))
    >>> classify_strength(analyze("Ratify the Convention", "en"), asked=True).words
    ('Ratify',)
    """
    text, language = analysis.text, analysis.language
    if language not in MODAL_LEXICONS:
        return NO_STRENGTH
    marks = [(mark.strength, text[mark.start : mark.end]) for mark in analysis.modals]
    if instruction := _find_instruction_verb(text, language, asked, lead_in):
        marks.insert(0, (Strength.RECOMMENDATION, instruction))
    if not marks:
        return StrengthEvidence(Strength.STATEMENT)
    strongest = min((strength for strength, _ in marks), key=_ORDER.index)
    return StrengthEvidence(
        strongest, tuple(dict.fromkeys(words for strength, words in marks if strength is strongest))
    )


def _find_instruction_verb(text: str, language: str, asked: bool, lead_in: str) -> str:
    """Return the verb of the instruction that a text opens with, or ""."""
    if to_whom := parse_addressed(text, language):
        return to_whom.verb
    if language == "ar" or (_COMMITS_OR_DESCRIBES.search(lead_in) and not _ASKS.search(lead_in)):
        return ""
    if asked or _ASKS.search(lead_in):
        return find_leading_verb(text, language)
    first = _FIRST_WORD.match(text) if language != "en" else None
    if not first or not first["words"][0].isupper() or not is_infinitive(first["word"], first=True):
        return ""
    return "" if _INFINITIVE_AS_SUBJECT.match(text, first.end()) else first["words"]
