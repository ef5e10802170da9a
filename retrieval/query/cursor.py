"""Cursor over a question's text: the parser consumes what it understands; what remains is the subject."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import filterfalse

from retrieval.query.patterns import ASKING_WORD, PATTERNS
from retrieval.text.lexicon import QUERY_STOP_WORDS, STOP_WORDS, common_words, content_words
from retrieval.text.numbers import to_ascii_digit
from retrieval.text.terms import WORD, extract_terms, fold_by_letter

_NAME_LENGTH = 9  # words
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")  # behind a name: "Iran (Islamic Republic of)"


class QuestionCursor:
    """The question as typed and as folded, at the same offsets; consumed stretches are blank in both."""

    def __init__(self, question: str) -> None:
        self.text = normalize_text(question)
        self.flat = fold_question(self.text)
        self.flat_original = self.flat  # nothing taken out
        self.has_consumed = False

    def find_all(self, name: str) -> list[re.Match[str]]:
        """Finds a pattern in what is left of the question."""
        return list(PATTERNS[name].finditer(self.flat))

    def consume(self, start: int, end: int) -> None:
        self.has_consumed = True
        blank = " " * (end - start)
        self.text = self.text[:start] + blank + self.text[end:]
        self.flat = self.flat[:start] + blank + self.flat[end:]

    def name_candidates(self, start: int) -> Iterator[tuple[int, str]]:
        """Yields the candidate names that begin here, the longest first, as (end, text); up to nine words."""
        words: list[re.Match[str]] = []
        for word in WORD.finditer(self.flat, start):
            between = self.flat[words[-1].end() if words else start : word.start()]
            if len(words) == _NAME_LENGTH or re.search(r"[.;:?!¿¡؟،,]|\s{3}", between):
                break
            words.append(word)
        first = next((at for at, word in enumerate(words) if word[0] not in STOP_WORDS), len(words))
        for count in range(len(words), first, -1):
            if words[count - 1][0] not in STOP_WORDS:
                end = words[count - 1].end()
                bracket = _PARENTHESIS.match(self.text, end)
                yield (bracket.end() if bracket else end), self.text[words[0].start() : end]

    def remaining_subject(self) -> str:
        """Returns what remains, without stop words at its ends; where nothing was consumed, all but the preamble."""
        if not self.has_consumed:
            return strip_preamble(self.text)
        rest = strip_preamble(" ".join(self.text.split()))
        words = list(WORD.finditer(fold_question(rest)))
        telling = [at for at, word in enumerate(words) if word[0] not in QUERY_STOP_WORDS]
        if not telling:
            return ""
        return rest[words[telling[0]].start() : words[telling[-1]].end()]


def normalize_text(text: str) -> str:
    """Normalizes to NFC and European digits, one character a letter; combining marks and Arabic tatweel are dropped."""
    kept = filterfalse(unicodedata.combining, unicodedata.normalize("NFC", text.replace("\u0640", "")))
    return "".join("." if it == "\u066b" else to_ascii_digit(it) for it in kept)


def fold_question(text: str) -> str:
    """Normalizes a text and folds case, accents and apostrophes, at the offsets of the normalized text.

    >>> fold_question("¿Qué recomendó España?")
    '¿que recomendo espana?'
    """
    return fold_by_letter(normalize_text(text)).replace("’", "'")


def only_asks(words: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether there are no words but such as ask, say that somebody asked, are common, or have these terms.

    >>> only_asks("did Brazil make"), only_asks("did it make")
    (False, True)
    """
    known = names | common_words()
    telling = (word for word in content_words(words) if known.isdisjoint([word, *extract_terms(word)]))
    return all(ASKING_WORD.fullmatch(word) for word in telling)


def strip_preamble(question: str) -> str:
    """Returns what stands behind "on" or "about" where the words in front only ask; else the whole question.

    >>> strip_preamble("What does the report say on detention of irregular migrants?")
    'detention of irregular migrants?'
    >>> strip_preamble("Which vulnerable groups need priority?")
    'Which vulnerable groups need priority?'
    """
    topic = PATTERNS["topic"].search(fold_question(question))
    return question[topic.end() :] if topic and topic.start() and only_asks(question[: topic.start()]) else question
