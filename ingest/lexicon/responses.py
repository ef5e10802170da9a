"""Classifies what a report says became of a list of recommendations: supported, noted, rejected or pending.

It is said in the sentence that introduces the list, in a heading above it, or in a cell beside each.
"""

import re

from ingest.lexicon.sentences import find_sentences
from ingest.lexicon.tables import WordTables

RESPONSE = "response"  # the label's name
_TABLES = WordTables("ingest.lexicon", "responses", printed=True)
_ANSWERS = ("unclear", "rejected", "noted", "pending", "supported")
_ANSWER = _TABLES.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{{{name}}})" for name in _ANSWERS) + r")(?!\w)", re.IGNORECASE
)
_ANSWERED = _TABLES.compile(r"(?<!\w){answered}(?!\w)", re.IGNORECASE)
_OPENING = _TABLES.compile(
    r"(?:[\W\d_]|\b(?:[ivxlc]{1,6}|[a-z])[.)]|{opening}\s|{following}\s)*+(?P<said>{answered}\b)?", re.IGNORECASE
)
_FOLLOWS = _TABLES.compile(
    r"(?<!\w)(?:{following}(?!\w)[^,.;:]{0,30}{answered}|{answered}(?!\w)[^,.;:]{0,60}{following})(?!\w)", re.IGNORECASE
)

# in front of whom a list is for; group "noun" where it may be for those that it is about
RECEIVED = _TABLES.compile(r"(?<!\w)(?:{received}|(?P<noun>{answered})(?=\s++{destined}))\s++", re.IGNORECASE)


def find_response(*above: str) -> str:
    """Find the answer to the recommendations of a list in what stands above it, nearest first; "" where none is said.

    >>> find_response("The following recommendations did not enjoy the support of the State:", "Recommendations")
    'rejected'
    >>> find_response("", "Implementation of accepted recommendations")
    ''
    """
    for text in above:
        for start, end in find_sentences(text):
            if (answer := _classify_sentence(text[start:end])) is not None:
                return answer
    return ""


def classify_answer(printed: str) -> str:
    """Classify a cell or label that says nothing but an answer, "Noted"; "" for other texts."""
    found = _ANSWER.match(printed.strip(" .;,\n"))
    return (found.lastgroup or "").replace("unclear", "") if found else ""


def _classify_sentence(sentence: str) -> str | None:
    """The answer of a sentence that speaks of the list below it, None for other sentences."""
    opening = _OPENING.match(sentence)
    answer = _ANSWER.search(sentence)
    if not answer or not opening or not _ANSWERED.search(sentence):
        return None
    own = opening["said"] or answer.start() == opening.end() or _FOLLOWS.search(sentence)
    return (answer.lastgroup or "").replace("unclear", "") if own else None
