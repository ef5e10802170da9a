"""Actor nouns: patterns for the bodies and people that can be asked to act, by language, and the names of states."""

import re

from ingest.lexicon.tables import WordTables

_TABLES = WordTables("ingest.lexicon", "actors", printed=True)
_LANGUAGES = _TABLES.languages("nouns")


def _compile(name: str, language: str) -> re.Pattern[str]:
    return re.compile(_TABLES.pattern(name, language), re.IGNORECASE)


ACTOR_NOUNS = {  # all of them, and those that name people, who may be beneficiaries instead
    language: (_compile("nouns", language), _compile("people", language)) for language in _LANGUAGES
}
QUALIFIED_ACTORS = {  # nouns that name an actor only with one of these words behind them
    language: _TABLES.compile("{qualified}", re.IGNORECASE, language) for language in _LANGUAGES
}
AMBIGUOUS_NOUNS = _TABLES.word_sets("ambiguous")
ACRONYM = re.compile(f"(?-i:{_TABLES.pattern('acronym')})")
NON_ACTOR_ACRONYMS = _TABLES.words("acronyms_of_things")
STATE_NAMES = frozenset(name.replace("_", " ") for name in _TABLES.words("states"))
