"""Chooses the answer's language: the question's where detection is sure, else the fallback (page or terminal).

A word or two, an acronym, a name, or a mixture of languages is not sure. In a whole sentence, marker words vote
and a detector is asked; where the two disagree, a second detector decides.
"""

import re
from collections import Counter
from typing import NamedTuple

from ingest.lexicon.language import detect_language, detect_with_lingua
from ingest.lexicon.tables import WordTables
from retrieval.text.terms import LETTERS

_GUESSED = ("es", "en", "fr", "pt", "ar")  # answered in on a likelihood; the others only where it is sure
_MAX_UNSURE_WORDS = 2  # words that tell nothing for sure
_SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_MARKERS = WordTables("retrieval.query", "answer_language").word_sets("markers")
_LANGUAGES = {
    word: {code for code, others in _MARKERS.items() if word in others} for words in _MARKERS.values() for word in words
}


class SpokenLanguage(NamedTuple):
    """The language to answer in, and who decided on it."""

    code: str  # ISO 639-1
    decided_by: str  # "option", "conversation", "question", "page", "likeness"


def choose_answer_language(
    question: str,
    fallback: str | None,
    detected: str | None = None,
    *,
    given: str | None = None,
    before: str | None = None,
) -> SpokenLanguage:
    """Returns the language to answer in: as given, as before, surely detected, else ``fallback``, else the likeliest.

    ``detected`` is the language that search detected, where that is known; ``before`` that of a follow-up.

    >>> tuple(choose_answer_language(asked, "fr").code for asked in ("PFP", "migration", "What of migration here?"))
    ('fr', 'fr', 'en')
    """
    asked = (("option", given), ("conversation", before), ("question", detect_confidently(question)))
    likely = detected or detect_language(question)
    guessed = likely if likely in _GUESSED else "en"
    said = next((decider, code) for decider, code in (*asked, ("page", fallback), ("likeness", guessed)) if code)
    return SpokenLanguage(said[1], said[0])


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
