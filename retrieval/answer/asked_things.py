"""What kind of thing a question asks for (an amount, money, a date, a name), and whether a passage states one.

A passage on the subject that states no amount does not answer "how many": it is related, and is shown as that.
"""

import re
from enum import StrEnum

from ingest.lexicon.tables import LanguageTables
from retrieval.query.cursor import fold_question
from retrieval.query.patterns import compile_shapes, says
from retrieval.text.terms import WORD

_YEAR_OR_PLACE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:\s?[-–/]\s?\d{2,4})?(?!\d)|^\W*+\d++(?:\.\d++)*+[.)]?\s|\[\d++\]|"
    r"(?<![\d.])\d++\.\d++(?:\.\d++)++|[/-]\d++\b"
)
_NAME = re.compile(
    r"(?<![.!?:]\s)(?<!^)(?<![\w'’-])[^\W\d_a-z][\w'’-]++(?:\s++(?:d[aeio]s?\s++|van\s++|al-)?[^\W\d_a-z][\w'’-]++)++"
)


class Thing(StrEnum):
    """The kinds of things that a passage either states or does not; the values are entries of the word table."""

    MONEY = "money"
    DATE = "date"
    AMOUNT = "amount"
    PERSON = "person"


_SHAPES = compile_shapes("asked_things")
_NUMBERS = LanguageTables("retrieval.text", "numbers")
_COUNTS = (
    _NUMBERS.words("by_value")
    | _NUMBERS.words("by_tens")
    | {word.removesuffix(":1/2") for word in _NUMBERS.words("other") if word.endswith(":1/2")}
)


def find_asked_thing(question: str) -> Thing | None:
    """Finds the kind of thing that a question asks for; None where any passage on the subject may answer.

    >>> find_asked_thing("How much will it cost?"), find_asked_thing("¿Cuántos periodistas murieron?")
    (<Thing.MONEY: 'money'>, <Thing.AMOUNT: 'amount'>)
    >>> find_asked_thing("What was recommended on detention?") is None
    True
    """
    flat = fold_question(question)
    thing = next((thing for thing in Thing if _SHAPES[f"asks_{thing}"].search(flat)), None)
    return None if thing is Thing.AMOUNT and says(flat, "recommends") else thing  # how many of them are counted


def states(thing: Thing, text: str, question: str = "") -> bool:
    """Whether a text states a thing of this kind; of a name, one that the question does not have.

    >>> states(Thing.AMOUNT, "1.2 Three of five were closed."), states(Thing.AMOUNT, "12. They were closed in 2008.")
    (True, False)
    >>> states(Thing.DATE, "Open on Sundays."), states(Thing.MONEY, "R 5 million"), states(Thing.MONEY, "5")
    (True, True, False)
    """
    flat = fold_question(text)
    if thing is Thing.PERSON:
        asked = set(WORD.findall(fold_question(question)))
        return any(set(WORD.findall(fold_question(name[0]))) - asked for name in _NAME.finditer(text))
    if thing is Thing.AMOUNT:
        plain = _YEAR_OR_PLACE.sub(" ", flat)
        return any(map(str.isdigit, plain)) or not _COUNTS.isdisjoint(WORD.findall(plain))
    return bool(_SHAPES[f"states_{thing}"].search(flat))
