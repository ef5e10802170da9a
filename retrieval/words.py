"""Words as the full-text side knows them: lower case, accents folded, stems of their language."""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import filterfalse
from typing import Any

_WORD = re.compile(r"\w+")
_STEMMERS = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "pt": "portuguese",
    "ru": "russian",
}


def stems(text: str, language: str) -> list[str]:
    """The text's words, stemmed (Snowball) and folded; other languages are only folded.

    >>> stems("Las migraciones de RETORNO", "es")
    ['las', 'migracion', 'de', 'retorn']
    >>> stems("migracion", "es")
    ['migracion']
    """
    return [_stem(word, language) for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower())]


def fold(text: str) -> str:
    """Lower case without accents: "Migración" and "migracion" are the same.

    >>> fold("Migración")
    'migracion'
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(filterfalse(unicodedata.combining, decomposed))


@lru_cache(maxsize=1 << 17)
def _stem(word: str, language: str) -> str:
    """Folded before stemming and after, so that a missing accent changes nothing."""
    stemmer = _stemmer(language)
    return fold(stemmer.stemWord(fold(word))) if stemmer else fold(word)


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(_STEMMERS[language]) if language in _STEMMERS else None
