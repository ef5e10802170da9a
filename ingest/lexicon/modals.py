"""Modals, calls and imperatives, by strength of the request: the rows of a language, compiled to one pattern.

A row is where the addressee stands (LEFT of the words: their subject; RIGHT of them: those called upon; or NOBODY),
the strength, and the words. Imperatives, which ask the READER, have entries of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ingest.lexicon.tables import WordTables
from ingest.report import Strength

LEFT, RIGHT, NOBODY, READER = "left", "right", "nobody", "reader"
_TABLES = WordTables("ingest.lexicon", "modals", printed=True)
_ADVERB = rf"(?:(?:{_TABLES.pattern('adverb')})\s++){{0,2}}"
_BEFORE_STEM = 70  # characters in front of its stem in which a match may begin: "has the ultimate responsibility to"
ENGLISH_VERBS = WordTables("ingest.lexicon", "english_verbs").words("verbs")  # with which an imperative may open
_WORD_START = re.compile(r"\b\w")


class ModalRow(NamedTuple):
    """Words of one strength whose addressee stands on the same side; one group of the compiled pattern."""

    who: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class ModalLexicon:
    """One language's rows as one pattern, group n for row n - 1; every match contains one of the stems."""

    pattern: re.Pattern[str]
    rows: tuple[ModalRow, ...]
    stems: re.Pattern[str]

    def find_all(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches of ``pattern.finditer`` in order, trying only the word starts in front of a stem."""
        lower = text.lower()
        done = 0  # no match begins before it, or has been tried there
        for stem in self.stems.finditer(lower if len(lower) == len(text) else text):
            at = stem.start()
            if at < done:
                continue
            starts = [match.start() for match in _WORD_START.finditer(text, max(done, at - _BEFORE_STEM), at + 1)]
            done = at + 1
            for start in [*starts, at]:
                match = self.pattern.match(text, start)
                if match and match.end() > at:
                    done = match.end()
                    yield match
                    break
            else:
                done = at + 1  # what began before and led to no mark leads to none further on


def _compile_rows(language: str) -> ModalLexicon:
    """Compile the rows to one alternation; the group that matched is the row, counted from 1."""
    table = _TABLES.entry("rows", language)
    rows = tuple(ModalRow(who, Strength(strength)) for who, strength, _ in table)
    words = "|".join(f"({_TABLES.expand(words, language)})" for *_, words in table).replace("~", _ADVERB)
    words = re.sub(r"\(\?<[!=][^()]*\)", lambda back: back[0].replace(r"\s++", r"\s"), words)  # of a fixed width
    glued = _TABLES.entry("glued", language).split()
    before = "".join(rf"|(?<=[^\W\d_])(?={word})" for word in glued)
    behind = "".join(f"|(?<={word})" for word in glued)
    pattern = re.compile(rf"(?:\b{before})(?:{words})(?:(?!\w){behind})", re.IGNORECASE)
    return ModalLexicon(pattern, rows, re.compile(_TABLES.pattern("stems", language)))


def _compile_imperative(language: str) -> re.Pattern[str]:
    """Compile the imperative that begins a sentence, group "words", maybe behind an opening and its comma."""
    order, opening = _TABLES.pattern("imperatives", language), _TABLES.pattern("openings", language)
    return re.compile(rf"[\W\d_]*(?:{opening}\b[^;:?!]{{0,250}}?,\s*+)?(?P<words>{order})", re.IGNORECASE)


IMPERATIVE_PATTERNS = {language: _compile_imperative(language) for language in _TABLES.languages("imperatives")}
MODAL_LEXICONS = {language: _compile_rows(language) for language in _TABLES.languages("rows")}
