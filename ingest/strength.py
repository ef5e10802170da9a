"""How strongly a passage asks for what it says, and the words that show it.

Only what stands in a main clause counts; of several forces the strongest. Where things are asked for,
as in a list of recommendations, what begins like an instruction is one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.addressees import addressed
from ingest.clauses import marks_in
from ingest.instructions import leading_verb
from ingest.marks import LEXICONS
from ingest.report import Strength


@dataclass(frozen=True, slots=True)
class Force:
    """A strength with the words of the text that show it, negation included."""

    strength: Strength | None
    words: tuple[str, ...] = ()


NO_FORCE = Force(None)
_ORDER = list(Strength)
_COMMITS_OR_TELLS = re.compile(  # what a list's introduction says where its items ask nothing
    r"\b(?:we\s+(?:\w+\s+)?(?:intend|plan|commit|pledge|will|aim|undertake|propose|resolve)|(?:is|are|am)\s+committed|"
    r"(?:has|have|had)\s+(?:committed|pledged|undertaken)|commitments?|pledges?|characteristics|features|achievements|"
    r"measures\s+(?:taken|adopted)|intends?\s+to|"
    r"pretendemos|(?:nos|se)\s+compromet\w+|nos\s+proponemos|tenemos\s+(?:la\s+intención|previsto)|compromisos?|prevemos|"
    r"características?|logros|avances|medidas\s+(?:adoptadas|tomadas)|hemos|"
    r"nous\s+(?:avons\s+(?:pour\s+intention|l['’]intention)|nous\s+engageons|prévoyons|entendons)|engagements?|"
    r"s['’]engagent?|caractéristiques|mesures\s+(?:prises|adoptées)|"
    r"comprometemo-nos|nos\s+comprometemos|tencionamos|planejamos|prevemos|temos\s+a\s+intenção|medidas\s+(?:tomadas|adotadas))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"recom(?:m?end|mand)|\bshould\b|\bdeb(?:en?|er)|\bdev(?:em?|er|r)|\bdoi|suger|sugg|propuest|propos(?:al|ta)",
    re.IGNORECASE,
)


def force_of(text: str, language: str, *, asked: bool = False, lead_in: str = "") -> Force:
    """The strength of a passage, with its words; None where its language is not known here.

    ``asked``: it stands where things are asked for, as an item among recommendations. ``lead_in``: the
    sentence that introduces its list; what it commits to, or tells, is no instruction.

    >>> force_of("Los gobiernos no deben criminalizar a los migrantes.", "es")
    Force(strength=<Strength.OBLIGATION: 'obligation'>, words=('no deben',))
    >>> force_of("Ratify the Convention", "en", asked=True).words
    ('Ratify',)
    """
    if language not in LEXICONS:
        return NO_FORCE
    marks = [(mark.strength, text[mark.start : mark.end]) for mark in marks_in(text, language)]
    if instruction := _instruction(text, language, asked and not _only_tells(lead_in)):
        marks.insert(0, (Strength.RECOMMENDATION, instruction))
    if not marks:
        return Force(Strength.STATEMENT)
    strongest = min((strength for strength, _ in marks), key=_ORDER.index)
    return Force(strongest, tuple(dict.fromkeys(words for strength, words in marks if strength is strongest)))


def instructs(text: str) -> bool:
    """Whether a text begins with what is to be done, whatever its language.

    >>> [instructs(text) for text in ("Ratify it", "Al Congreso, adoptar la ley", "Las siguientes medidas")]
    [True, True, False]
    """
    return bool(leading_verb(text, asked=False) or any(addressed(text, language) for language in ("es", "fr", "pt")))


def _instruction(text: str, language: str, asked: bool) -> str:
    """The verb of the instruction that a text begins with."""
    if to_whom := addressed(text, language):
        return to_whom.verb
    return leading_verb(text, language) if asked and language != "ar" else ""


@lru_cache(maxsize=4)  # the items of a list have it in common
def _only_tells(lead_in: str) -> bool:
    """Whether an introduction says that its list commits to things or tells of them."""
    return bool(_COMMITS_OR_TELLS.search(lead_in)) and not _ASKS.search(lead_in)
