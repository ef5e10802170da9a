"""Detects a text's language among ``LANGUAGES``; the expected language decides where nothing else does.

Each detector where it is better: lingua on one or two words ("brain drain", "derechos humanos"),
py3langid from three words on (all of XQuAD's questions in es, en and de but one in 1,719).
"""

import re
from collections import Counter
from collections.abc import Iterable
from copy import copy
from functools import cache
from itertools import chain, repeat
from typing import TYPE_CHECKING

from ingest.lexicon.tables import WordTables

if TYPE_CHECKING:
    from lingua import LanguageDetector
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("es", "en", "fr", "pt", "ar", "de", "it", "ru", "zh")  # ISO 639-1
_TABLES = WordTables("ingest.lexicon", "language")
_WORD = re.compile(r"[^\W\d_]+")
_LANGUAGES_OF_WORD: dict[str, list[str]] = {}
for _code in _TABLES.languages("stop_words"):
    for _word in _TABLES.words("stop_words", _code):
        _LANGUAGES_OF_WORD.setdefault(_word, []).append(_code)
_DIALECTS = {dialect: code for code, some in _TABLES.word_sets("dialects").items() for dialect in some}
_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u2e80-\uffdc]{2}")
_MIN_VOTES = 3  # little words
_MIN_REPORT_VOTES = 30  # little words
_MIN_REPORT_WORDS = 8  # words; fewer do not tell one language of all
_MIN_PASSAGE_WORDS = 6  # words from which on a passage may be in a language of its own
_MIN_LANGID_WORDS = 3  # words, for py3langid
_TIE_SHARE = 0.25  # an expected language with this share of the best one's confidence wins


def detect_language(text: str, expected: str | None = None) -> str:
    """Detect a text's language, ISO 639-1; return ``expected``, or else "en", when it has no words.

    >>> detect_language("Who was the rapporteur?")
    'en'
    >>> detect_language("retorno", expected="es")  # Portuguese has the same word
    'es'
    """
    words = [word for word in text.split() if any(character.isalpha() for character in word)]
    if not words or (len(words) < _MIN_LANGID_WORDS and text.isupper()):  # an acronym is of no language
        return expected or "en"
    if "¿" in text or "¡" in text:
        return "es"
    if len(words) >= _MIN_LANGID_WORDS:
        return str(_langid("en").classify(text)[0])
    return detect_with_lingua(text, expected)


def rank_languages(text: str) -> dict[str, float]:
    """Rank all languages that there are, the likeliest first, with the logarithm of its likelihood; dialects as theirs.

    >>> list(rank_languages("Що рекомендує комітет щодо боргів громад?"))[:2]
    ['uk', 'bg']
    """
    ranked: dict[str, float] = {}
    for code, value in _langid("").rank(text):
        ranked.setdefault(_DIALECTS.get(code, code), float(value))
    return ranked


def detect_report_language(text: str, expected: str = "") -> str:
    """Detect the language that a report is written in, of all that there are; ``expected`` where it has few words.

    >>> detect_report_language("Les États et les organisations ont dit que le droit de la mer est un droit. " * 3)
    'fr'
    """
    found = _WORD.findall(text.lower())
    (best, most), (_, next_most) = [*_count_votes(found).most_common(2), ("", 0), ("", 0)][:2]
    if most >= _MIN_REPORT_VOTES and most > 3 * next_most:  # without a model to load
        return best
    words = len(found)
    few = words < _MIN_REPORT_WORDS and not _NOT_LATIN.search(text)
    return (few and expected) or (str(_langid("en" if few else "").classify(text)[0]) if words else "en")


def detect_passage_language(text: str, report_language: str) -> str:
    """Detect a passage's language: the report's, unless stop words or script clearly show another.

    >>> detect_passage_language("Los Estados y las organizaciones deben cooperar en la frontera", "en")
    'es'
    >>> detect_passage_language("Informe del relator general, Manuel Imson, Filipinas", "es")
    'es'
    """
    words = _WORD.findall(text.lower())
    if len(words) < _MIN_PASSAGE_WORDS:
        return report_language
    votes = _count_votes(words)
    if votes[report_language] < _MIN_VOTES and _NOT_LATIN.search(text):
        return str(_langid(report_language).classify(text)[0])
    if not votes:
        return report_language
    (best, most), (_, next_most) = [*votes.most_common(2), ("", 0)][:2]
    return best if most >= _MIN_VOTES and most > 2 * next_most else report_language


def _count_votes(words: Iterable[str]) -> Counter[str]:
    """Count each language's stop words among the words."""
    return Counter(chain.from_iterable(map(_LANGUAGES_OF_WORD.get, words, repeat([]))))


def detect_with_lingua(text: str, expected: str | None = None) -> str:
    """Detect the language with lingua alone, the better detector for single words."""
    confidences = {
        value.language.iso_code_639_1.name.lower(): value.value
        for value in _lingua().compute_language_confidence_values(text)
    }
    best = max(confidences, key=lambda code: confidences[code])
    if expected is not None and confidences.get(expected, 0) >= _TIE_SHARE * confidences[best]:
        return expected
    return best


@cache
def _lingua() -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


@cache
def _langid(further: str) -> "LanguageIdentifier":
    """The identifier of ``LANGUAGES`` and a further one; of all that it knows where that is empty."""
    if further:
        identifier = copy(_langid(""))  # shares the large tables
        identifier.set_languages(sorted({*LANGUAGES, *({further} & {*identifier.nb_classes})}))
        return identifier
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
