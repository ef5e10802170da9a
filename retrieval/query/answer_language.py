"""Chooses the answer's language: the question's where detection is sure, else the fallback (page or terminal).

A word or two, an acronym, a name, or a mixture of languages is not sure. In a whole sentence, marker words vote
and a detector is asked; where the two disagree, a second detector decides.
"""

import re
from collections import Counter

from ingest.lexicon.language import detect_language, detect_with_lingua
from retrieval.text.terms import LETTERS

_GUESSED = ("es", "en", "fr", "pt", "ar")  # answered in on a likelihood; the others only where it is sure
_MAX_UNSURE_WORDS = 2  # words that tell nothing for sure
_SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_MARKER_WORDS = {  # little words and words that ask, none of them in another of these languages
    "es": "el los las del y por una su cómo cuál cuáles cuándo cuántas cuántos dónde quién quiénes qué dice dicen sobre hay deben debe acerca hacer es recomienda recomendó",
    "en": "the of and to is are was were what which who whom how when where why does do did about should must say on for with there any be by that this it",
    "fr": "le des du et au aux dans pour sur est sont quels quelle quelles qui dit disent quoi comment combien où avec faut il doivent doit les ce cette recommande",
    "pt": "o os sobre do da dos das em no na nos nas ao à são é quais qual quem diz dizem não como quando onde quantas quantos deve devem recomenda uma pelo pela",
    "de": "der die das und ist sind was wer wie wo wann welche welcher den dem des im zum zur über für mit nicht wird werden sagt",
    "it": "il gli della dello dei delle degli che è cosa chi come dove quando quali quale sono nel nella sul sulla dice dicono",
}
_LANGUAGES = {
    word: {code for code, others in _MARKER_WORDS.items() if word in others.split()}
    for words in _MARKER_WORDS.values()
    for word in words.split()
}


def choose_answer_language(question: str, fallback: str | None, detected: str | None = None) -> str:
    """Returns the language to answer in, ISO 639-1: a sure detection, else ``fallback``, else the likeliest one.

    ``detected`` is the language that search detected, where that is known.

    >>> choose_answer_language("PFP", "fr"), choose_answer_language("migration", "fr"), choose_answer_language("What of migration here?", "fr")
    ('fr', 'fr', 'en')
    """
    if sure := detect_confidently(question) or fallback:
        return sure
    likely = detected or detect_language(question)
    return likely if likely in _GUESSED else "en"


def detect_confidently(question: str) -> str | None:
    """Detects a question's language where that is sure; None for one or two words, for names, and for a mixture."""
    script = next((code for code, letters in _SCRIPTS if len(letters.findall(question)) > len(question) / 3), None)
    if script:
        return script
    words = [word for word in LETTERS.findall(question) if word.isalpha()]  # "½" is none
    if len(words) <= _MAX_UNSURE_WORDS or all(word[0].isupper() for word in words):
        return None
    (first, most), (_, next_most) = [*_count_votes(words).most_common(2), ("", 0), ("", 0)][:2]
    if most and next_most * 3 >= most:
        return None
    plain = question.replace("¿", "").replace("¡", "")
    likely = detect_language(plain)
    if not most or likely == first:
        return likely if most or likely == detect_with_lingua(plain) else None
    return first if most > 1 or detect_with_lingua(plain) == first else None


def _count_votes(words: list[str]) -> Counter[str]:
    """Counts, by language, the words that are marker words of that language alone."""
    languages = (_LANGUAGES.get(word.lower(), set()) for word in words)
    return Counter(next(iter(codes)) for codes in languages if len(codes) == 1)
