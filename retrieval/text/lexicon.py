"""Word lists in five languages: function words, stop words of texts and of questions, names of numbered sections."""

from functools import cache

from ingest.lexicon.tables import LanguageTables
from retrieval.text.terms import WORD, fold

_LONGEST_COMMON = 5  # letters
_TABLES = LanguageTables("retrieval.text", "words")
_SECTIONS = LanguageTables("retrieval.text", "sections")
QUESTION_LANGUAGES = _TABLES.languages("query_words")  # that are asked in, ISO 639-1
FUNCTION_WORDS = _TABLES.words("function_words")  # bear no meaning, and no operator bears on them
STOP_WORDS = _TABLES.words("stop_words")  # say nothing by themselves
QUERY_STOP_WORDS = STOP_WORDS | _TABLES.words("query_words")  # ask, and say nothing of the subject
SECTION_UNITS = {  # what carries a number, by its words, as folded text has them
    fold(word): name for name in _SECTIONS.names() for word in _SECTIONS.pattern(name).split("|")
}


def content_words(text: str) -> frozenset[str]:
    """Returns the folded words of a text without numbers and QUERY_STOP_WORDS.

    >>> sorted(content_words("Sobre los efectos de la migración irregular:"))
    ['efectos', 'irregular', 'migracion']
    """
    words = (word for word in WORD.findall(fold(text)) if word.removeprefix("و") not in QUERY_STOP_WORDS)
    return frozenset(word for word in words if word not in QUERY_STOP_WORDS and not word.isdigit())


@cache
def common_words() -> frozenset[str]:
    """The short stop words of five languages, folded; the longer ones are topics too often: "trabajo", "groups"."""
    from stop_words import get_stop_words

    folded = (fold(word) for code in QUESTION_LANGUAGES for word in get_stop_words(code))
    return frozenset(word for word in folded if len(word) <= _LONGEST_COMMON)


def is_function_word(word: str) -> bool:
    """Whether a word, in any case, is one of FUNCTION_WORDS."""
    return fold(word) in FUNCTION_WORDS
