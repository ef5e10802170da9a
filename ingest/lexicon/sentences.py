"""The sentence splitter: the spans of a text's sentences, by one rule and one list of abbreviations.

Reports, answers, models' windows and evaluations split with it, so that a sentence is the same everywhere.
"""

import re
from enum import Enum

from ingest.lexicon.tables import WordTables
from ingest.memo import cache_short

_TABLES = WordTables("ingest.lexicon", "sentences")
ABBREVIATION = re.compile(  # a full stop behind one ends no sentence; nor behind a number, an initial, "UU" or "U.S"
    rf"{_TABLES.pattern('abbreviations')}|\d{{1,3}}|[^\W\d_]|(?-i:([A-ZÀ-Þ])\1)|(?:[^\W\d_]\.)+[^\W\d_]{{1,2}}",
    re.IGNORECASE,
)
_BEFORE_LAST_WORD = re.compile(r"[\s(«“\"']")
_LONGEST_WORD = 12  # characters; nothing longer is an abbreviation
_OPENING = re.compile(r"\s*[\"'«“‘¿¡]*")
_WORD = re.compile(r"\w")


class Boundary(Enum):
    """What ends a sentence."""

    SENTENCE = "a stop, but not behind an abbreviation or before a small letter; or a line that begins a list's item"
    STOP = "any stop before white space: long text is cut wherever it can be, to fit a model's window"
    CLAUSE = "any stop, semicolon, colon or bullet, and where a PDF has lost the space: an instruction may begin there"


_CLOSING = r"[\"'»”’)\]]*+"
SENTENCE_END = re.compile(rf"[.!?…؟。]{_CLOSING}\s*$")  # of a text that is whole sentences
CLAUSE_END = re.compile(rf"[.!?…؟。:;]{_CLOSING}\s*$")  # or ends in a colon or semicolon
_PATTERNS = {
    Boundary.SENTENCE: re.compile(
        rf"(?P<stop>(?<![.!?…؟۔])[.!?…؟۔]++{_CLOSING}(?:(?<!\d[.])\d{{1,3}}|(?:\s*\[\d{{1,4}}\])+\.?)?(?!\S))"
        r"|[。！？]+[」』”）]*(?:\s*\[\d{1,4}\])*"
        r"|(?<!\s)[^\S\r\n]*+[\r\n]\s*+(?=(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|[•◦▪‣·●–—-])\s)"
    ),
    Boundary.STOP: re.compile(rf"(?<=[.!?…؟。]){_CLOSING}\s+|(?<=[。！？])"),
    Boundary.CLAUSE: re.compile(
        r"(?=[.!…؟。;:?●•\sLECTIV])(?!\s[\w(])(?:"  # what all begin with: other places are passed over at once
        rf"(?<![.!…؟。])[.!…؟。]++{_CLOSING}\s+|[;:?]\s*|(?<=[\w)])[.!](?=[A-ZÀ-Ý](?:[a-zà-ÿ]|[\s'’]))|"
        r"(?<=[a-zà-ÿ]{3})(?=(?:Le|La|Les|L['’]|El|Los|Las|The|Chaque|Cette|Ces|Ils|Elles|Vous)\b)|"
        r"(?<=\s)!(?=[A-ZÀ-Ý])|(?:[.!]|(?<!\s))\s*[●•]\s*|(?<=[:;,.])\s+[*–-]\s)"
    ),
}


@cache_short(64, 20_000)
def find_sentences(text: str, boundary: Boundary = Boundary.SENTENCE) -> tuple[tuple[int, int], ...]:
    """Split a text into sentences: their spans (start, end) in order, without the white space between them.

    >>> text = "Los países deben actuar (art. 5). En ambos casos, también.\\n1. Uno;\\n2. Dos."
    >>> [text[start:end] for start, end in find_sentences(text)]
    ['Los países deben actuar (art. 5).', 'En ambos casos, también.', '1. Uno;', '2. Dos.']
    """
    spans: list[tuple[int, int]] = []
    start = word = 0  # where the sentence begins, and the first letter or digit in it
    for found in _PATTERNS[boundary].finditer(text):
        if boundary is Boundary.SENTENCE:
            if word <= start:
                first = _WORD.search(text, start)
                word = first.end() if first else len(text) + 1
            if word > found.end() or not _ends_sentence(text, start, found):
                continue
        spans.append((start, found.end()))
        start = found.end()
    stretches = ((start, end, text[start:end]) for start, end in (*spans, (start, len(text))))
    return tuple((end - len(own.lstrip()), start + len(own.rstrip())) for start, end, own in stretches if own.strip())


def _ends_sentence(text: str, start: int, found: re.Match[str]) -> bool:
    end = found.start() + len(found[0].rstrip())
    last = _BEFORE_LAST_WORD.split(text[max(start, end - _LONGEST_WORD) : end])[-1]
    opening = _OPENING.match(text, found.end())
    following = text[opening.end() : opening.end() + 1] if opening else ""
    if found["stop"] and following.islower():
        return False
    if last.endswith("."):
        if ABBREVIATION.fullmatch(last[:-1]):
            return False
        if last[:-1].lower() in {"no", "nos"} and following.isdigit():
            return False
    return True
