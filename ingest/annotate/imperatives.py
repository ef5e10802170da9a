"""Finds the verb that opens an instruction: an imperative, infinitive or gerund, or the verb of a "That …"."""

import re
from itertools import pairwise

from ingest.lexicon.modals import ENGLISH_VERBS
from ingest.lexicon.tables import WordTables

_TABLES = WordTables("ingest.annotate", "imperatives")
_PARTICLE = re.compile(r"(?:\s++(?:up|out|off|down|on|forward|in\s++place|into\s++force)\b)?")
_NUMBER = r"[\s(]*+(?:\w{1,4}[.)]\s++)?[\"“«*●•–-]*+\s*+"
_JOINING = r"(?:{joining}(?:\s*+,)?\s++)*"
_VERB = r"(?:{adverb}(?:\s*+,)?\s++)*(?P<not>{not}\s++)?(?P<verb>[^\W\d_]+(?:-[^\W\d_]+)?)"
_PHRASE = r"(?:{phrase}\b[^,.;:]{2,160},\s++)"  # what stands before the instruction and ends in a comma
_IN_FRONT = _TABLES.compile(_NUMBER + r"{english_phrase}\s", re.IGNORECASE)
_OPENING = _TABLES.compile(rf"{_NUMBER}{_JOINING}(?P<to>(?:to|a|à|de|d['’])\s++)?{_VERB}", re.IGNORECASE)
_AFTER_PHRASE = _TABLES.compile(rf"{_NUMBER}{_JOINING}{_PHRASE}(?P<to>to\s++)?{_VERB}", re.IGNORECASE)
_INFINITIVE = _TABLES.compile("{infinitive}", re.IGNORECASE)
_NO_INFINITIVE = _TABLES.words("no_infinitive")
_GERUND = re.compile(_TABLES.pattern("gerund"), re.IGNORECASE)
_NO_VERB_BEFORE = _TABLES.compile(r"\s++{no_verb_before}\b")
_FROM_WHOM = re.compile(r"\s++from\s++(?:the\s++)?[A-Z]")  # "Request from OHCHR …"
_VERB_OR_NOUN = _TABLES.words("verb_or_noun")
_FURTHER = re.compile(rf"{_NUMBER}(further)(?=\s++(?:its|the)\s)", re.IGNORECASE)
_COMMA = re.compile(r",\s++(?=([^\W\d_]+))")
_WITH_OBJECT = _TABLES.compile(r"\s++{sure_object}\b")
_NO_IMPERATIVE = _TABLES.words("no_imperative")
_BE = re.compile(r"\bbe\s++(?:\w+ly\s++)?[^\W\d_]+(?:ed|en|wn|ght|ut|eld|ade)\b")
_ASKED_BY = _TABLES.compile(r"\b{asked_by}\s++\Z")
_THAT = re.compile(rf"{_NUMBER}(?:(?:and|y|et|e|a)\s++)?(?:that|que|qu['’])\s*+(?=\w)", re.IGNORECASE)
_SUBJUNCTIVE = _TABLES.compile("{subjunctive}")
_ARTICLES = _TABLES.words("articles")
_NO_SUBJUNCTIVE = _TABLES.words("no_subjunctive")
_PLAIN = re.compile(r"[^\W\d_]+")


def find_leading_verb(text: str, language: str = "") -> str:
    """Find the verb of the instruction that a text opens with, where something is asked for; "" where it has none.

    A gerund is one there, too, a "That …", and a verb that no list of verbs holds. Without a language the verbs of
    all are looked for.

    >>> find_leading_verb("Thoroughly and timely implement the Convention")
    'implement'
    >>> find_leading_verb("The following recommendations were made:")
    ''
    """
    head = text[:400]
    if that := _THAT.match(head):
        return _find_subjunctive(head, that.end())
    if language in {"", "en"} and (further := _FURTHER.match(head)):
        return further[1]
    if verb := _check_opening(_OPENING.match(head), head, language, asked=True):
        return verb
    if verb := _check_opening(_AFTER_PHRASE.match(head), head, language, asked=False):
        return verb
    if language in {"", "en"} and _IN_FRONT.match(head):
        for comma in _COMMA.finditer(head):  # a phrase that has commas of its own
            if comma[1] in ENGLISH_VERBS:
                return comma[1]
    be = _BE.search(head)
    before = head[: be.start()] if be else ""
    return be.group() if be and not _ASKED_BY.search(before) and "," not in before else ""


def _check_opening(found: re.Match[str] | None, text: str, language: str, *, asked: bool) -> str:
    if not found:
        return ""
    printed, end = found["verb"], found.end("verb")
    start = found.start("not") if found["not"] else found.start("verb")
    word = printed.lower()
    english = language in {"", "en"}
    if found["to"] and found["to"].strip().lower() not in {"to", "a", "à"}:
        return ""
    if english and word in ENGLISH_VERBS:
        noun = word in _VERB_OR_NOUN and not found["to"] and _NO_VERB_BEFORE.match(text, end)
        if noun and not (asked and _FROM_WHOM.match(text, end)):
            return ""
        more = _PARTICLE.match(text, end)
        to = found.start("to") if found["to"] and found["to"].strip().lower() == "to" else start
        return text[to : more.end() if more else end]
    if language != "en" and is_infinitive(printed, first=True):
        return text[start:end]
    if not asked or found["to"]:
        return ""
    if _GERUND.fullmatch(word):
        return printed
    if not english:
        return ""
    if word[:-1] in ENGLISH_VERBS or _WITH_OBJECT.match(text, end):  # "Considers conducting …" is a slip of the pen
        return printed if word not in _NO_IMPERATIVE else ""
    return ""


def is_infinitive(word: str, *, first: bool = False) -> bool:
    """Whether a word is a Spanish, French or Portuguese infinitive; capitals are accepted only of the ``first``."""
    if not first and not word.islower():
        return False
    plain = word.lower()
    return plain not in _NO_INFINITIVE and _INFINITIVE.fullmatch(plain) is not None


def _find_subjunctive(text: str, at: int) -> str:
    """Find the verb of "That the Government adopt …": the first word that can be one behind the subject's own."""
    words = list(_PLAIN.finditer(text, at, min(len(text), at + 160)))
    for before, word in pairwise(words):
        plain = word.group()
        if not plain.islower() or before.group().lower() in _ARTICLES:
            continue
        if plain in ENGLISH_VERBS or (plain not in _NO_SUBJUNCTIVE and _SUBJUNCTIVE.fullmatch(plain)):
            return plain
    return ""
