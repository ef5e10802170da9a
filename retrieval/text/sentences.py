"""Sentence splitter for stored text: returns the spans of the sentences, list items among them."""

import re

_END = re.compile(
    r"(?:[.!?…؟۔]+[»”\"')\]]*(?:\s*\[?\d{1,3}\]?(?=\s))?(?=\s+[^\sa-zà-öø-ÿ])|[。！？]+[」』”）]*)\s*"
    r"|\s*(?:\r\n|\r|\n)\s*(?=(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|[•◦▪‣·●–—-])\s)"  # an item of a list begins a line
)
_ABBREVIATION = re.compile(  # before a full stop that ends no sentence: an initial, a number, an abbreviation
    r"(?:^|[\s(«“\"'])(?:[^\W\d_]|\d{1,3}|(?-i:[A-ZÁÉÍÓÚ]{2})|art(?:s|ículo)?|arts?|núm|nro|no|nos|n[.º°]?o|pág|págs?|párr|cap|sr|sra|"
    r"dr|dra|mr|mrs|ms|prof|st|sto|sta|vs|etc|ej|p\.\s?ej|cf|vol|ed|inc|lic|ing|gral|op|fig|para|paras)\.$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")


def find_sentences(text: str) -> list[tuple[int, int]]:
    """Splits a text into sentence spans (start, end), in order, without the white space between; list items count too.

    >>> text = "Los países deben actuar (art. 5). En ambos casos, también.\\n1. Uno;\\n2. Dos."
    >>> [text[start:end] for start, end in find_sentences(text)]
    ['Los países deben actuar (art. 5).', 'En ambos casos, también.', '1. Uno;', '2. Dos.']
    """
    spans: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for found in _END.finditer(text):
        end = found.start() + len(found[0].rstrip())
        said = text[start:end]
        if _ABBREVIATION.search(said) or not _WORD.search(said):
            continue
        spans.append((start, end))
        start = found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip())
    end = len(text.rstrip())
    if start < end:
        spans.append((start, end))
    return spans
