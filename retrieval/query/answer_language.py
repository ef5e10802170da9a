"""Decides on the answer's language: the question's where it is sure, else the conversation's, else the page's.

A question is sure where one language that is answered in is far likelier than all others that there are, close ones
too (Galician, Ukrainian, Persian): these get the page's language or English. A word or two, an acronym, a name, or a
mixture of languages is not sure.
"""

import re
from collections import Counter
from typing import NamedTuple

from ingest.lexicon.language import LANGUAGES, rank_languages
from ingest.lexicon.tables import LanguageTables
from retrieval.query.cursor import fold_question
from retrieval.query.patterns import find_greeting
from retrieval.text.terms import LETTERS

_MAX_UNSURE_WORDS = 2  # words that tell nothing for sure, in letters that several languages share
_SURE = 4.0  # natural logarithm: a language is 55 times as likely as the next
_CLOSE = 8.0  # and so much likelier than it is one that is not answered in, as few who ask speak it
_ENOUGH_WORDS = 5  # to tell it from one that is not answered in
_SURE_OF_MIXTURE = 30.0  # and so much so, whatever single words of another it has
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_TABLES = LanguageTables("retrieval.text", "language")
_GUESSED = _TABLES.languages("guessed")  # answered in on a likelihood; the others only where it is sure
_MARKERS = _TABLES.word_sets("markers")
_LANGUAGES = {
    word: {code for code, others in _MARKERS.items() if word in others} for words in _MARKERS.values() for word in words
}


class SpokenLanguage(NamedTuple):
    """The language to answer in, and who decided on it."""

    code: str  # ISO 639-1
    decided_by: str  # "option", "conversation", "question", "page", "likeness"


def choose_answer_language(
    question: str, fallback: str | None, *, given: str | None = None, before: str | None = None
) -> SpokenLanguage:
    """Returns the language to answer in: as given, or the question's, or as ``before`` it, or ``fallback``.

    >>> tuple(choose_answer_language(asked, "fr").code for asked in ("PFP", "migration", "What of migration here?"))
    ('fr', 'fr', 'en')
    >>> choose_answer_language("and for women?", None, before="es"), choose_answer_language("[2]", "en", before="pt")
    (SpokenLanguage(code='en', decided_by='question'), SpokenLanguage(code='pt', decided_by='conversation'))
    """
    sure = detect_confidently(question)
    spoken = sure if sure in LANGUAGES else None
    before = before if spoken == sure else None  # a language close to those is not answered in as before
    guessed = find_greeting(fold_question(question)) or (None if sure else _likeliest(question)) or "en"
    deciders = {"option": given, "question": spoken, "conversation": before, "page": fallback, "likeness": guessed}
    return next(SpokenLanguage(code, decider) for decider, code in deciders.items() if code)


def detect_confidently(question: str) -> str | None:
    """Detects a question's language, answered in or not, where that is sure; None for few words and for a mixture."""
    words = [word for word in LETTERS.findall(question) if word.isalpha()]  # "½" is none
    if _LATIN.search(question) and (len(words) <= _MAX_UNSURE_WORDS or all(word[0].isupper() for word in words)):
        return "es" if question.startswith(("¿", "¡")) else None
    words = _leave_out_names(words)
    (first, most), (_, next_most) = [*_count_votes(words).most_common(2), ("", 0), ("", 0)][:2]
    ranked = rank_languages(" ".join(words))
    (best, likely), (_, less) = [(code, value) for code, value in ranked.items() if code in LANGUAGES][:2]
    other, close = next((code, value) for code, value in ranked.items() if code not in LANGUAGES)
    told = most if first == best else 0
    if close - likely > _CLOSE * max(1, _ENOUGH_WORDS / (len(words) or 1)):  # a few words may be of either
        return other
    if next_most * 2 >= most > 0 < next_most and likely - less < _SURE_OF_MIXTURE:
        return None
    return best if likely - max(close, less) > _SURE or told > 1 or (told and likely - less > _SURE / 2) else None


def _leave_out_names(words: list[str]) -> list[str]:
    """The words that begin with a small letter, and the first; all words where these are few."""
    rest = [word for at, word in enumerate(words) if at == 0 or not word[0].isupper()]
    return rest if len(rest) > _MAX_UNSURE_WORDS else words


def _likeliest(question: str) -> str | None:
    """The language that a few words are likeliest in; None where another is nearly as likely."""
    ranked = rank_languages(question.lower())
    (best, likely), (_, less) = [(code, value) for code, value in ranked.items() if code in LANGUAGES][:2]
    return best if best in _GUESSED and likely - less > _SURE / 2 else None


def _count_votes(words: list[str]) -> Counter[str]:
    """Counts, by language, the words that are marker words of that language alone."""
    languages = (_LANGUAGES.get(word.lower(), set()) for word in words)
    return Counter(next(iter(codes)) for codes in languages if len(codes) == 1)
