"""Word lists in five languages: function words, stop words of texts and of questions, names of numbered sections."""

import tomllib
from importlib.resources import files

from retrieval.text.terms import WORD, fold

_WORDS = tomllib.loads(files("retrieval.text").joinpath("data", "stop_words.toml").read_text(encoding="utf-8"))
FUNCTION_WORDS = frozenset(_WORDS["function_words"].split())  # bear no meaning, and no operator bears on them
STOP_WORDS = frozenset(_WORDS["stop_words"].split())  # say nothing by themselves
QUERY_STOP_WORDS = STOP_WORDS | frozenset(_WORDS["query_words"].split())  # ask, and say nothing of the subject
_SECTION_UNITS = {  # what carries a number
    "roundtable": "mesa redonda|mesas redondas|mesa|roundtable|round table|table ronde|المائدة المستديرة|مائدة مستديرة",
    "session": "sesion|session|seance|sessao|جلسة|الجلسة",
    "chapter": "capitulo|chapter|chapitre|فصل|الفصل",
    "section": "seccion|section|secao|apartado|قسم|القسم",
    "part": "parte|part|partie|جزء|الجزء",
    "annex": "anexo|annex|annexe|مرفق",
}
# by their words, as folded text has them
SECTION_UNITS = {fold(word): name for name, words in _SECTION_UNITS.items() for word in words.split("|")}


def content_words(text: str) -> frozenset[str]:
    """Returns the folded words of a text without numbers and QUERY_STOP_WORDS.

    >>> sorted(content_words("Sobre los efectos de la migración irregular:"))
    ['efectos', 'irregular', 'migracion']
    """
    return frozenset(word for word in WORD.findall(fold(text)) if word not in QUERY_STOP_WORDS and not word.isdigit())


def is_function_word(word: str) -> bool:
    """Whether a word, in any case, is one of FUNCTION_WORDS."""
    return fold(word) in FUNCTION_WORDS
