"""Patterns, by language, for the words around an addressee: prepositions, calls, passives and conjunctions."""

import re
from dataclasses import dataclass, fields

from ingest.lexicon.tables import WordTables

_TABLES = WordTables("ingest.lexicon", "addressing", printed=True)
_CASE_SENSITIVE = frozenset({"goes_on", "of"})


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language's patterns; ``goes_on`` and ``of`` are case-sensitive, the others are not."""

    to: re.Pattern[str]  # the preposition before those an instruction opens with
    of: re.Pattern[str]  # what binds a further noun to a name
    goes_on: re.Pattern[str]  # words that a name may go on with, behind its noun
    addressed: re.Pattern[str]  # the beginning of an instruction that opens with whom it is for
    call: re.Pattern[str]  # between a call and whom it names
    that: re.Pattern[str]  # before the subject of an asking subjunctive
    be_done: re.Pattern[str]  # behind a modal: something is to be done to its subject
    agent: re.Pattern[str]  # before the one by whom it is to be done
    cut: re.Pattern[str]  # between two names of a list


def _compile_grammar(language: str) -> Grammar:
    joins = f"(?:{_TABLES.pattern('joins', language)})"
    sources = {"cut": rf"(?:(?<!\s)\s++)?,\s*+(?:{joins}\s++)?|(?<!\s)\s++{joins}\s++"}
    return Grammar(
        **{
            name: re.compile(
                sources.get(name) or _TABLES.pattern(name, language), 0 if name in _CASE_SENSITIVE else re.IGNORECASE
            )
            for name in (field.name for field in fields(Grammar))
        }
    )


GRAMMARS = {language: _compile_grammar(language) for language in _TABLES.languages("to")}
