"""Patterns that classify headings, lead-ins and facts in es, en, fr, pt and partly ar."""

import re

from ingest.lexicon.tables import WordTables

_TABLES = WordTables("ingest.lexicon", "structure")
SECTION_NUMBER = _TABLES.compile(r"(?P<unit>{section})\s++(?P<number>\d+(?:\.\d+)*)", re.IGNORECASE)
RECOMMENDATION_WORD = re.compile(r"\brecom(?:m?end|mand)a|توصيات", re.IGNORECASE)  # in a heading
RECOMMENDATION_NOUN = re.compile(r"\brecom(?:m?endat|mandat|endac|endaç)[^\W\d]*|توصيات", re.IGNORECASE)
LIST_ANNOUNCEMENT = _TABLES.compile(r"\b{following}\b|التالية", re.IGNORECASE)
COMMENT_NOUN = _TABLES.compile(r"\s++{comments}\b", re.IGNORECASE)  # behind one of those
QUOTE_LEAD_IN = re.compile(r"[^:]{0,40}\b(?:recommend|recomend|recommand)[^:]{0,80}:\s*+", re.IGNORECASE)  # in a note
_WE_RECOMMEND = _TABLES.compile(r"\b{we_recommend}\b|نوصي|يوصي|توصي", re.IGNORECASE)
CONCLUSION_OPENING = re.compile(
    r"(?:en|para|to|in|em|pour) (?:conclusi[óo]n|concluir|conclude|conclus[ãa]o|conclure)\b", re.IGNORECASE
)
RAPPORTEUR_WORD = re.compile(r"\b(?:relatora?|rapporteure?)\b", re.IGNORECASE)
DOT_LEADERS = re.compile(r"[.…](?:(?<=\.)(?:\.{3}| (?:\. ){3})|(?<=…)…)")  # of a table of contents


def find_recommending(text: str) -> re.Match[str] | None:
    """Search a text for an explicit phrase of recommending, such as "we recommend" or "se recomienda"."""
    return _WE_RECOMMEND.search(text) if "recom" in text.lower() or not text.isascii() else None


def announces_comments(text: str) -> bool:
    """Whether a text announces comments on recommendations, not these: "the following comments on the …"."""
    return any(COMMENT_NOUN.match(text, found.end()) for found in LIST_ANNOUNCEMENT.finditer(text))
