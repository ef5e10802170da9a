"""Which language a text is in, among those we speak; the language expected decides where nothing else does.

Each detector where it is better: lingua on one or two words ("brain drain", "derechos humanos"),
py3langid from three words on (all of XQuAD's questions in es, en and de but one in 1,719).
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("es", "en", "fr", "pt", "ar", "de", "it", "ru", "zh")  # ISO 639-1
_ENOUGH = 3  # words, for py3langid
_TIE = 0.25  # an expected language with this share of the best one's confidence wins


def detect(text: str, expected: str | None = None) -> str:
    """ISO 639-1 code of the text's language; ``expected``, or else "en", when it has no words.

    >>> detect("Who was the rapporteur?")
    'en'
    >>> detect("retorno", expected="es")  # Portuguese has the same word
    'es'
    """
    words = [word for word in text.split() if any(character.isalpha() for character in word)]
    if not words or (len(words) < _ENOUGH and text.isupper()):  # an acronym is of no language
        return expected or "en"
    if "¿" in text or "¡" in text:
        return "es"
    if len(words) >= _ENOUGH:
        return str(_of_sentences().classify(text)[0])
    return _of_words(text, expected)


def _of_words(text: str, expected: str | None) -> str:
    confidences = {
        value.language.iso_code_639_1.name.lower(): value.value
        for value in _lingua().compute_language_confidence_values(text)
    }
    best = max(confidences, key=lambda code: confidences[code])
    if expected is not None and confidences.get(expected, 0) >= _TIE * confidences[best]:
        return expected
    return best


@cache
def _lingua() -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


@cache
def _of_sentences() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier
