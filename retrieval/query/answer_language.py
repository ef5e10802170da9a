"""Chooses the answer's language: the question's where detection is sure, else the fallback (page or terminal).

A word or two, an acronym, a name, or a mixture of languages is not sure. In a whole sentence, marker words vote
and a detector is asked; where the two disagree, a second detector decides.
"""

import re
from collections import Counter

from ingest.lexicon.language import detect, second_opinion

_GUESSED = ("es", "en", "fr", "pt", "ar")  # answered in on a likelihood; the others only where it is sure
_FEW = 2  # words that tell nothing for sure
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_TELLING = {  # little words and words that ask, none of them in another of these languages
    "es": "el los las del y por una su cómo cuál cuáles cuándo cuántas cuántos dónde quién quiénes qué dice dicen sobre hay deben debe acerca hacer es recomienda recomendó",
    "en": "the of and to is are was were what which who whom how when where why does do did about should must say on for with there any be by that this it",
    "fr": "le des du et au aux dans pour sur est sont quels quelle quelles qui dit disent quoi comment combien où avec faut il doivent doit les ce cette recommande",
    "pt": "o os sobre do da dos das em no na nos nas ao à são é quais qual quem diz dizem não como quando onde quantas quantos deve devem recomenda uma pelo pela",
    "de": "der die das und ist sind was wer wie wo wann welche welcher den dem des im zum zur über für mit nicht wird werden sagt",
    "it": "il gli della dello dei delle degli che è cosa chi come dove quando quali quale sono nel nella sul sulla dice dicono",
}
_LANGUAGES = {
    word: {code for code, some in _TELLING.items() if word in some.split()}
    for words in _TELLING.values()
    for word in words.split()
}


def answer_language(question: str, fallback: str | None, detected: str | None = None) -> str:
    """Returns the language to answer in, ISO 639-1: a sure detection, else ``fallback``, else the likeliest one.

    ``detected`` is the language that search detected, where that is known.

    >>> answer_language("PFP", "fr"), answer_language("migration", "fr"), answer_language("What of migration here?", "fr")
    ('fr', 'fr', 'en')
    """
    if told := sure_language(question) or fallback:
        return told
    likely = detected or detect(question)
    return likely if likely in _GUESSED else "en"


def sure_language(question: str) -> str | None:
    """Detects a question's language where that is sure; None for one or two words, for names, and for a mixture."""
    script = next((code for code, letters in _SCRIPTS if len(letters.findall(question)) > len(question) / 3), None)
    if script:
        return script
    words = [one for one in _WORD.findall(question) if one.isalpha()]  # "½" is none
    if len(words) <= _FEW or all(word[0].isupper() for word in words):
        return None
    told = _votes(words)
    (first, most), (_, next_most) = [*told.most_common(2), ("", 0), ("", 0)][:2]
    if most and next_most * 3 >= most:
        return None
    plain = question.replace("¿", "").replace("¡", "")
    likely = detect(plain)
    if not most or likely == first:
        return likely if most or likely == second_opinion(plain) else None
    return first if most > 1 or second_opinion(plain) == first else None


def _votes(words: list[str]) -> Counter[str]:
    """Counts, by language, the words that are marker words of that language alone."""
    of = (_LANGUAGES.get(word.lower(), set()) for word in words)
    return Counter(next(iter(one)) for one in of if len(one) == 1)
