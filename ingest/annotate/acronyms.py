"""Finds the acronyms that a report defines: "Comisión Nacional de Búsqueda (CNB)"."""

import re
import unicodedata
from collections.abc import Mapping

from ingest.report import normalize_for_display

_SHORT_FORM = re.compile(r"\b[A-Z][\w-]{1,9}\b")
_SHORT = re.compile(rf"\s\(({_SHORT_FORM.pattern})\)")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_STOP = re.compile(r"[.;:()]")
_BEFORE = 150  # characters in which the name stands


def find_acronyms(text: str) -> dict[str, str]:
    """Both forms of each acronym whose letters begin the words of the name in front of it, with the whole as defined.

    >>> find_acronyms("de la Comisión Nacional de Búsqueda (CNB) y otras (ONG)")["CNB"]
    'Comisión Nacional de Búsqueda (CNB)'
    """
    found: dict[str, str] = {}
    for short in _SHORT.finditer(text):
        letters = [letter for letter in short[1] if letter.isupper()]
        words = list(_WORD.finditer(text, max(0, short.start() - _BEFORE), short.start()))
        own = [word for word in words if word[0][0].isupper()][-len(letters) :]
        initials = [unicodedata.normalize("NFD", word[0])[0] for word in own]
        if letters[1:] and initials == letters and own[-1] is words[-1]:
            name = normalize_for_display(text[own[0].start() : short.start()])
            if not _STOP.search(name):
                whole = f"{name} ({short[1]})"
                found |= {short[1]: found.get(short[1], whole), name: found.get(name, whole)}
    return found


def spell_out(text: str, acronyms: Mapping[str, str]) -> str:
    """A text with the names of its acronyms in their place.

    >>> spell_out("The CNB acts", {"CNB": "Comisión Nacional de Búsqueda (CNB)"})
    'The Comisión Nacional de Búsqueda acts'
    """
    return _SHORT_FORM.sub(lambda short: acronyms.get(short[0], "").rpartition(" (")[0] or short[0], text)
