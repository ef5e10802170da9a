"""The text that is indexed for a passage: run-together words split, and facts labelled in each language.

Indexed text may differ from the quoted text and is never shown.
"""

from collections import Counter

from ingest.report import Kind, Passage, normalize_for_display
from retrieval.text.terms import LETTERS

_MIN_OCCURRENCES = 3  # times that both halves of two words run together must occur by themselves
_MIN_LETTERS = 8  # letters; shorter words are taken as they are

_FACT_LABELS = {  # what people call a fact, in the languages they ask in
    "title": (
        "título del informe, de qué trata el informe",
        "title of the report, what the report is about",
        "titre du rapport, de quoi traite le rapport",
        "título do relatório, de que trata o relatório",
        "عنوان التقرير، موضوع التقرير",
    ),
    "rapporteur": ("relator, autor", "rapporteur, author", "rapporteur, auteur", "relator, autor", "مقرر"),
    "date": (
        "fecha del informe, cuándo se escribió",
        "date of the report, when it was written",
        "date du rapport, quand il a été écrit",
        "data do relatório, quando foi escrito",
        "تاريخ التقرير، متى كتب",
    ),
}


class Vocabulary:
    """Word counts of a report, to detect where two words were run together."""

    def __init__(self, text: str) -> None:
        self._counts = Counter(LETTERS.findall(text.lower()))

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
    labels = _FACT_LABELS.get(passage.id.rpartition("#")[2], ()) if passage.kind is Kind.FACT else ()
    return tuple(f"{label}: {text}" for label in labels) or (text,)
