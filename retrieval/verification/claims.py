"""Splits a written sentence into claims: its text without marks, cut where its citation marks stand.

"They must protect groups [1] and share information [2]." claims the first half of passage 1 and the second
of passage 2. A piece in front of a mark that says nothing by itself ("According to [1], …") belongs to the next.
"""

import re
from dataclasses import dataclass

from ingest.lexicon.tables import WordTables
from retrieval.text.lexicon import QUERY_STOP_WORDS, is_function_word
from retrieval.text.terms import fold
from retrieval.verification.quotes import MARK_PATTERN, find_citations

_MARK_GROUP = re.compile(rf"(?:(?<!\s)\s+)?(?:{MARK_PATTERN.pattern}\s*)+", re.ASCII)
_WORD = re.compile(r"[^\W_]+")
_TABLES = WordTables("retrieval.verification", "claims")
_ATTRIBUTION_WORDS = _TABLES.words("attribution")  # of a report: who says it is what the mark says
_GENERIC_WORDS = QUERY_STOP_WORDS - _TABLES.words("counting")  # which a passage need not have


@dataclass(frozen=True, slots=True)
class Claim:
    """A span of the sentence without its marks, and the marks that it cites."""

    start: int  # characters in Sentence.text, half-open
    end: int
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """A sentence without its marks, and its claims."""

    text: str
    claims: tuple[Claim, ...]


def parse_claims(sentence: str) -> ParsedSentence:
    """Parse a sentence's marks and claims; no claims where it carries no mark.

    >>> parse_claims("Deben proteger a los grupos [1] y compartir información [2][3].").claims
    (Claim(start=0, end=27, marks=(1,)), Claim(start=27, end=52, marks=(2, 3)))
    >>> [claim.marks for claim in parse_claims("According to [1], they may help.").claims]
    [(1,)]
    """
    text, at = "", 0
    claims: list[Claim] = []
    waiting: tuple[int, ...] = ()  # marks of pieces that say nothing by themselves
    start = 0
    for group in _MARK_GROUP.finditer(sentence):
        text += sentence[at : group.start()]
        at = group.end()
        marks = tuple(dict.fromkeys((*waiting, *find_citations(group[0]))))
        if has_content(text[start:]):
            claims.append(Claim(start, len(text), marks))
            start, waiting = len(text), ()
        else:
            waiting = marks
        if at < len(sentence) and sentence[at].isalnum():
            text += " "
    text += sentence[at:]
    if waiting and (has_content(text[start:]) or not claims):
        claims.append(Claim(start, len(text), waiting))
    elif claims:  # words behind the last mark are claimed with what it claims
        claims[-1] = Claim(claims[-1].start, len(text), tuple(dict.fromkeys((*claims[-1].marks, *waiting))))
    return ParsedSentence(text, tuple(claims))


def has_content(text: str) -> bool:
    """Whether a text has any content word."""
    return any(is_content_word(word) for word in _WORD.findall(text))


def is_content_word(word: str) -> bool:
    """Whether a word is content, which the passage must have too: no function, attribution or generic word.

    >>> [is_content_word(word) for word in ("According", "the", "roundtable", "migrants")]
    [False, False, False, True]
    """
    return not is_function_word(word) and fold(word) not in _ATTRIBUTION_WORDS and fold(word) not in _GENERIC_WORDS
