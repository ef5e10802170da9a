"""Parses noun phrases that name actors: where a name begins and ends, and lists of names."""

import re
from collections.abc import Iterator

from ingest.annotate.imperatives import is_infinitive
from ingest.lexicon.actors import (
    ACRONYM,
    ACTOR_NOUNS,
    AMBIGUOUS_NOUNS,
    NON_ACTOR_ACRONYMS,
    QUALIFIED_ACTORS,
    STATE_NAMES,
)
from ingest.lexicon.addressing import GRAMMARS
from ingest.lexicon.modals import ENGLISH_VERBS
from ingest.lexicon.tables import WordTables

_TABLES = WordTables("ingest.annotate", "noun_phrases", printed=True)
SPACE = re.compile(r"\s++")
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
NAME_PREFIX = _TABLES.compile(  # articles and what else stands before a name and is not of it
    r"(?:(?!el\s++salvador\b)(?:{joining}(?:\s*+,)?|{preposition}|{quantity}(?:\s++{of_quantity})?|{determiner})\s++|(?:l|d|qu)['’])*",
    re.IGNORECASE,
)
ASIDE_OPENING = _TABLES.compile(r"\s*+\(?{aside}", re.IGNORECASE)
_STOPS = "[\\s,;:.–—-]"
_TAIL = _TABLES.compile(  # what follows a name and is not of it
    rf"(?<!{_STOPS})(?:{_STOPS}*+(?:(?<=\s){{tail}}|\([^()]{{0,80}}\)(?:\s*+\d+)?)|(?<=[^\W\d_])\d{{1,4}}){{0,30}}{_STOPS}*+\Z",
    re.IGNORECASE,
)
_BEHIND_BODY = "|".join(rf"(?<={body}\s)" for body in _TABLES.entry("english_bodies").split())
_OF_ENGLISH = re.compile(
    rf"\s++(?:of|(?<=[Pp]arties\s)to|(?:{_BEHIND_BODY})(?:for|on)(?=\s++(?:the\s++)?[A-Z]))\s++(?:the\s++)?"
)
_OPENS_ASIDE_ENGLISH = _TABLES.compile(r"(?<!\s)\s++{english_aside}\b")
_ENDS_NAME = _TABLES.words("ends_name")
_INNER_ARTICLES = _TABLES.words("inner_articles")
_NO_NAME = _TABLES.words("no_name")


def parse_addressee_list(stretch: str, language: str) -> list[str]:
    """Parse a list of addressees, leaving out who helps them; empty if the first is no actor."""
    names: list[list[int]] = []  # start and end in the stretch
    aside = False
    for start, end, _ in split_list(stretch, language):
        piece = stretch[start:end]
        if ASIDE_OPENING.match(piece):
            aside = True
            continue
        front = NAME_PREFIX.match(piece)
        assert front is not None
        to_whom = bool(GRAMMARS[language].to.search(front.group()))
        if aside and not to_whom:
            continue
        aside = False
        at = start + front.end()
        if at >= end:
            continue
        if is_actor(stretch[at:end], language) or (names and to_whom):
            names += [[at, end]]
        elif not names:
            return []
        elif not re.match(r"(?:en|in|em)\s", piece.strip(), re.IGNORECASE):
            names[-1][1] = end
    return [strip_tail(stretch[start:end]) for start, end in names]


def parse_names(text: str, at: int, language: str, *, anyone: bool = False) -> tuple[list[str], int]:
    """Parse the row of actor names at an offset; return them, and the offset where the last one ends.

    ``anyone``: whatever has a capital is taken for a name.
    """
    names: list[str] = []
    end = at
    while at - end < 40:
        front = NAME_PREFIX.match(text, at)
        assert front is not None
        start = front.end()
        stop = (
            _english_name_end(text, start, anyone=anyone)
            if language == "en"
            else _romance_name_end(text, start, language)
        )
        if stop <= start:
            break
        names.append(strip_tail(text[start:stop]))
        end = stop
        cut = GRAMMARS[language].cut.match(text, stop)
        if not cut:
            break
        at = cut.end()
    return names, end


def _romance_name_end(text: str, start: int, language: str) -> int:
    """Return where a name ends that begins with its noun: "autoridades locales de los países de origen"."""
    noun = WORD.match(text, start)
    if not noun:
        return start
    if not is_actor(text[start : start + 80], language):
        return start
    either = re.compile(r"/[ao]s?\b").match(text, noun.end())  # "facilitador/a"
    end = either.end() if either else noun.end()
    limit = min(len(text), start + 200)
    while end < limit:
        of = GRAMMARS[language].of.match(text, end, limit)
        space = SPACE.match(text, end)
        word = WORD.match(text, of.end() if of else space.end() if space else end, limit)
        if not word or (not of and not text[end : end + 1].isspace()):
            return end
        plain = word.group()
        if is_infinitive(plain) or plain.lower() in _NO_NAME:
            return end
        if not of and not plain[:1].isupper() and not GRAMMARS[language].goes_on.fullmatch(plain):
            return end
        end = word.end()
    return end


def _english_name_end(text: str, start: int, *, anyone: bool) -> int:
    """Return where a name ends whose noun comes last: "the relevant State institutions of Uruguay"."""
    end = start
    at = start
    for word in WORD.finditer(text, start, min(len(text), start + 120)):
        if text[at : word.start()].strip():
            break
        plain = word.group()
        low = plain.lower()
        at = word.end()
        if (
            low in _ENDS_NAME
            or (low.endswith("ing") and plain.islower())
            or (end > start and plain.islower() and low in ENGLISH_VERBS)
        ):
            break
        if (
            ACTOR_NOUNS["en"][0].fullmatch(low)
            or plain in STATE_NAMES
            or text[start:at] in STATE_NAMES
            or _is_acronym(plain)
            or (plain[:1].isupper() and (anyone or end > start))
        ):
            end = at
    if end == start:
        return start
    while of := _OF_ENGLISH.match(text, end):
        words = re.compile(r"(?:[A-Z][\w’'-]*(?:\s++(?:and\s++)?(?=[A-Z]))?)+|[a-z]+").match(text, of.end())
        if not words:
            break
        end = words.end()
    return end


def is_actor(printed: str, language: str) -> bool:
    """Whether a name, without its article, is of an actor, someone who can be asked to act."""
    printed = SPACE.sub(" ", printed.strip())
    if language == "en":
        cut = _OPENS_ASIDE_ENGLISH.search(printed)
        words = WORD.findall(_TAIL.sub("", printed[: cut.start()] if cut else printed))
        if not words:
            return False
        whole = " ".join(words)
        if not _INNER_ARTICLES.isdisjoint(words[1:]):
            return False
        return bool(ACTOR_NOUNS["en"][0].fullmatch(words[-1]) or _is_acronym(words[-1]) or whole in STATE_NAMES)
    words = WORD.findall(printed[:80])
    first = words[0] if words else ""
    if first in STATE_NAMES or " ".join(words[:2]) in STATE_NAMES or _is_acronym(first):
        return True
    if not ACTOR_NOUNS[language][0].fullmatch(first):
        return False
    qualified = QUALIFIED_ACTORS[language].match(printed, printed.find(first))
    return first.lower() not in AMBIGUOUS_NOUNS[language] or bool(qualified)


def _is_acronym(word: str) -> bool:
    return bool(ACRONYM.fullmatch(word)) and word not in NON_ACTOR_ACRONYMS


def split_list(stretch: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """Split a stretch at commas and "and": (start, end, whether an "and" without comma stands before)."""
    at, joined = 0, False
    for cut in GRAMMARS[language].cut.finditer(stretch):
        yield _skip_space(stretch, at), cut.start(), joined
        at, joined = cut.end(), "," not in cut.group()
    yield _skip_space(stretch, at), len(stretch), joined


def _skip_space(stretch: str, at: int) -> int:
    """The first place from ``at`` on that is no white space."""
    found = SPACE.match(stretch, at)
    return found.end() if found else at


def strip_tail(printed: str) -> str:
    """A name without what follows it and is not of it, its white space single."""
    return SPACE.sub(" ", _TAIL.sub("", printed)).strip()
