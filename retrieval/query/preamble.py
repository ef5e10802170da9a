"""Strips the asking phrase from a question: "What does the report say on detention?" becomes "detention?".

Such a phrase can precede any subject; left in, it matches what every passage says of
itself ("report", "recommend") and hides how well the subject fits. Spanish, English, French,
Portuguese and Arabic; a question in another language, or of another shape, is searched as it is.
"""

import re

from ingest.lexicon.tables import WordTables

_PREAMBLE = WordTables("retrieval.query", "preamble").compile(r"\W*{preamble}\s+(?=\w)", re.IGNORECASE)


def strip_preamble(question: str) -> str:
    """Returns the question without its opening asking phrase; the whole question where there is none.

    >>> strip_preamble("What does the report say on detention of irregular migrants?")
    'detention of irregular migrants?'
    >>> strip_preamble("¿Qué se recomendó sobre la migración de retorno?")
    'la migración de retorno?'
    >>> strip_preamble("Which vulnerable groups need priority?")
    'Which vulnerable groups need priority?'
    """
    opened = _PREAMBLE.match(question)
    return question[opened.end() :] if opened else question
