"""Tokenizes text into index terms: case- and accent-folded words, cut to a prefix of five letters.

"migración", "migration", "migratorios" and "Migranten" begin alike. So a word need not be stemmed as its
language has it, and a question meets a passage in another language where the two share words: cognates,
names, numbers.
"""

import re
import unicodedata
from functools import cache
from itertools import filterfalse
from typing import Any

from ingest.memo import cache_short

_PREFIX_LENGTH = 5  # letters of a beginning; on XQuAD 4 and 6 did no better (docs/search.md)
_MIN_CONTENT_LENGTH = 4  # letters; most words without a subject of their own are shorter, in the languages we know
WORD = re.compile(r"\w+")  # a run of letters and digits, in any script
LETTERS = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


def extract_terms(text: str) -> list[str]:
    """Returns the index terms of a text, in order, repeats included.

    >>> extract_terms("Las migraciones de RETORNO (2010)")
    ['las', 'migra', 'de', 'retor', '2010']
    >>> extract_terms("Migration") == extract_terms("migración")
    True
    """
    return [_to_term(word) for word in _find_words(text)]


def content_terms(text: str) -> dict[str, bool]:
    """Returns the index terms of a text, and of each whether it is a content word.

    Long words, numbers and acronyms are. A short word in small letters may be one, where it is rare.

    >>> content_terms("does the PFP do in 2010?")
    {'does': True, 'the': False, 'pfp': True, 'do': False, 'in': False, '2010': True}
    """
    found: dict[str, bool] = {}
    for word in _find_words(text):
        tells = len(word) >= _MIN_CONTENT_LENGTH or word.isdigit() or (len(word) > 1 and word.isupper())
        found[_to_term(word)] = tells or found.get(_to_term(word), False)
    return found


def fold(text: str) -> str:
    """Folds case and accents; the length may change.

    >>> fold("Migración")
    'migracion'
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(filterfalse(unicodedata.combining, decomposed))


def fold_by_letter(text: str) -> str:
    """Folds case and accents letter by letter, so that offsets into the text stay valid."""
    return "".join((fold(character) or character)[0] for character in text)


def _find_words(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFKC", text))


@cache_short(1 << 15, 32)
def _to_term(word: str) -> str:
    folded = fold(word)
    if folded.isdigit():
        return folded
    if _ARABIC.search(folded):  # its article and conjunctions are written in front
        folded = fold(_stemmer().stemWord(folded)) or folded
    return folded[:_PREFIX_LENGTH]


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("arabic")
