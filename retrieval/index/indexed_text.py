"""The text that is indexed for a passage: run-together words split, acronyms spelled out, facts in each language.

Indexed text may differ from the quoted text and is never shown.
"""

import re
from collections import Counter

from ingest.annotate.acronyms import find_acronyms
from ingest.lexicon.tables import WordTables
from ingest.report import Kind, Passage, normalize_for_display
from retrieval.text.terms import LETTERS

_MIN_OCCURRENCES = 3  # times that both halves of two words run together must occur by themselves
_MIN_LETTERS = 8  # letters; shorter words are taken as they are

_FACT_LABELS = WordTables("retrieval.index", "fact_labels")  # what people call a fact, in the languages they ask in


class Vocabulary:
    """Word counts of a report, to detect where two words were run together, and the acronyms that it defines."""

    def __init__(self, text: str) -> None:
        self._counts = Counter(LETTERS.findall(text.lower()))
        self._acronyms = find_acronyms(text)
        self._defined = re.compile(rf"\b(?:{'|'.join(map(re.escape, self._acronyms)) or '(?!)'})\b")

    def spell_acronyms(self, text: str) -> set[str]:
        """Both forms of each acronym that the report defines, and the text has one form of."""
        return {self._acronyms[found] for found in self._defined.findall(" ".join(text.split()))}

    def split_joined_words(self, text: str) -> str:
        """Split words that were run together ("gobiernosdeben" -> "gobiernos deben")."""
        return LETTERS.sub(lambda found: self._split_word(found.group()), text)

    def _split_word(self, word: str) -> str:
        lower = word.lower()
        if len(word) < _MIN_LETTERS or self._counts[lower] > 1:
            return word
        cuts = [(min(self._counts[lower[:at]], self._counts[lower[at:]]), at) for at in range(2, len(word) - 1)]
        seen, at = max(cuts)
        return f"{word[:at]} {word[at:]}" if seen >= _MIN_OCCURRENCES else word


def build_index_texts(passage: Passage, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Build the texts to embed and to index by word: one, or for a fact one per language."""
    text = vocabulary.split_joined_words(normalize_for_display(passage.text))
    name = passage.id.rpartition("#")[2] if passage.kind is Kind.FACT else ""
    if name not in _FACT_LABELS.names():
        return (text,)
    return tuple(f"{_FACT_LABELS.entry(name, code)}: {text}" for code in _FACT_LABELS.languages(name))
