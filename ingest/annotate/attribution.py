"""Parses who made a recommendation from the names in brackets behind it: "Ratify the Convention (Spain)".

Several recommendations may stand under one number, each with the names behind it; only those brackets split them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.lexicon.tables import WordTables

_BRACKET = re.compile(r"\(((?:[^()]|\([^()]{0,80}\)){0,300})\)")
_TABLES = WordTables("ingest.annotate", "attribution")
_SMALL_WORDS = _TABLES.words("small_words")  # inside names
_MAX_NAME_WORDS = 9  # words of a name: "United Kingdom of Great Britain and Northern Ireland"
_WITH_AND = re.compile(rf"\b({_TABLES.pattern('with_and')})\s++(?:and|y|et|e|&)\s++", re.IGNORECASE)
_AND = re.compile(r"(?:(?<!\s)\s++)?[,;/]\s*+(?:(?:and|y|et|e)\s++)?|(?<!\s)\s++(?:and|y|et|e)\s++")
_HYPHEN_BREAK = re.compile(r"\s++")
_BETWEEN = re.compile(r"[\s;,.]*(?:(?:and|y|et|e)\b)?[\s;,.]*")
_ADVERB = re.compile(r"(?:ly|mente|(?<!pl)ement|[ae]mment)$")  # "implement" is none
_JOINING = _TABLES.words("joining")
_IN_PARTICULAR = _TABLES.compile(r"{in_particular}\s++", re.IGNORECASE)
_POINTS_BACK = _TABLES.compile(r"\b{points_back}\b", re.IGNORECASE)  # to what was recommended before it
_POINTS_BACK_WORDS = 9  # words in which it does
_GOING_ON = _TABLES.words("going_on")  # words that go on with a sentence and begin no recommendation
_GOES_ON = re.compile(r"\s*+[,;]?\s*+\w")  # no other way to say the same: "(Chile)/ratify (Peru)"
_ENDED = _TABLES.compile(r"\s*+(?:[,;.]|(?:{ended})\b)")  # behind a bracket: a sentence can end before it
_SLASH = re.compile(r"\s*+/\s*+")
_REACH = 1_000  # characters before and behind a bracket that tell whether a recommendation ends there
_MIN_COMPLETE_WORDS = 12  # words that lack nothing, where another way to say their end follows behind a slash
_MIN_SHORTER_WORDS = 4  # words that can be a recommendation, where others made it with more of them
_MIN_OWN_WORDS = 3  # words in front of a bracket that make a recommendation of its own


@dataclass(frozen=True, slots=True)
class Attribution:
    """A span of a text, one recommendation, with the names in brackets at its end."""

    start: int
    end: int
    by: tuple[str, ...]


def split_by_attribution(text: str, openers: Collection[str] = ()) -> list[Attribution]:
    """Split an item's text into its recommendations, each with who made it; one without names when none is stated.

    A semicolon cuts behind a bracket; a comma or "and" does when one of the ``openers`` follows, the
    words that recommendations of the same list begin with, in lower case.

    >>> [made.by for made in split_by_attribution("Ratify it (Cuba, Holy See); consider ratifying it soon (Mexico);")]
    [('Cuba', 'Holy See'), ('Mexico',)]
    >>> split_by_attribution("Withdraw its reservations to the Convention (CEDAW).")[0].by
    ()
    """
    brackets = [(found, _parse_names(found[1])) for found in _BRACKET.finditer(text)]
    named = [(found, names) for found, names in brackets if names]
    if not named:
        return [Attribution(0, len(text), ())]
    rest = text[named[-1][0].end() :]
    if re.search(r"\w{2}", rest) and rest.lstrip()[:1] not in {";", "."} and len(rest.split()) >= 12:
        return _alternatives(text, _shared_ending(text, named)) or [Attribution(0, len(text), ())]
    done: list[Attribution] = []
    start, since = 0, list[Attribution]()  # where the recommendation begins; its names so far
    for found, names in named:
        behind = _BETWEEN.match(text, found.end())
        assert behind is not None
        before = text[start : min(found.start(), start + _REACH)]
        rest = text[behind.end() : behind.end() + _REACH]
        since.append(Attribution(start, found.end(), names))
        if not rest or _starts_recommendation(before, behind.group(), rest, openers):
            if not rest:
                since[-1] = Attribution(start, len(text.rstrip()), names)
            done += _merge_extended(text, since)
            start, since = behind.end(), []
    tail = text[since[-1].end if since else start :]
    if any(map(str.isalpha, tail)):  # words behind the last names
        if since:
            since[-1] = Attribution(start, len(text.rstrip()), since[-1].by)
        else:
            done.append(Attribution(start, len(text.rstrip()), ()))
    return done + _merge_extended(text, since) if since else done


def _merge_extended(text: str, stretches: Sequence[Attribution]) -> list[Attribution]:
    """A recommendation that some made and others made with more words: one for each, the shorter first.

    "Fight poverty in the towns (Cuba), also in the country (Peru)": Cuba said the first half, Peru all of it.
    """
    last = stretches[-1]
    if any(_SLASH.match(text, stretch.end) for stretch in stretches[:-1]):
        return _alternatives(text, stretches)
    shorter: list[Attribution] = []
    waiting: list[str] = []  # who said no more than a beginning
    words, counted = 0, last.start  # all begin where the last one does
    for previous, following in pairwise(stretches):
        only = [name for name in previous.by if name not in last.by]
        words, counted = words + _count_words(text[counted : previous.end]), previous.end
        whole = words >= _MIN_SHORTER_WORDS and _ENDED.match(text, previous.end)
        if only and whole and _GOES_ON.match(text[previous.end : following.end]):
            shorter.append(Attribution(previous.start, previous.end, tuple(dict.fromkeys([*waiting, *only]))))
            waiting = []
        else:
            waiting += only
    by = tuple(dict.fromkeys([*waiting, *last.by]))
    return [*shorter, Attribution(last.start, last.end, by)]


def _shared_ending(text: str, named: Sequence[tuple[re.Match[str], tuple[str, ...]]]) -> list[Attribution]:
    """Ways to begin what only ends behind the last names: "Ratify (Cuba)/sign (Peru) the Convention"; none else."""
    cuts = [found.end() for found, _ in named[:-1]]
    if not cuts or not all(_SLASH.match(text, end) for end in cuts):
        return []
    ways = [Attribution(0, found.end(), names) for found, names in named]
    return [*ways[:-1], Attribution(0, len(text.rstrip()), ways[-1].by)]


def _alternatives(text: str, stretches: Sequence[Attribution]) -> list[Attribution]:
    """What some would have one way and others another: all of it for those, and the last way for these.

    "Consider ratifying (Peru)/ratify (Chile) the Convention": only the last can be quoted by itself, and
    a first one that is long enough to lack nothing.
    """
    if not stretches:
        return []
    last = stretches[-1]
    at = max(number for number, stretch in enumerate(stretches[:-1]) if _SLASH.match(text, stretch.end))
    slash = _SLASH.match(text, stretches[at].end)
    assert slash is not None
    final = tuple(dict.fromkeys(name for stretch in stretches[at + 1 :] for name in stretch.by))
    others = tuple(dict.fromkeys(name for stretch in stretches[: at + 1] for name in stretch.by))
    complete = at == 0 and _count_words(text[last.start : stretches[0].end]) >= _MIN_COMPLETE_WORDS
    whole = Attribution(last.start, stretches[0].end if complete else last.end, others)
    return [whole, Attribution(slash.end(), last.end, final)]


def _starts_recommendation(before: str, between: str, rest: str, openers: Collection[str]) -> bool:
    """Whether a new recommendation begins behind a bracket."""
    if rest.startswith("(") or _count_words(rest) < 2:
        return False
    ended = ";" in between or "." in between
    particular = _IN_PARTICULAR.match(rest)
    asking = rest[particular.end() :] if particular else rest
    if asking.split(maxsplit=1)[0].strip(",").lower() in _GOING_ON and not (ended and rest[0].isupper()):
        return False
    if ended:
        return _count_words(before) >= 2
    if not between.strip() or _count_words(before) < _MIN_OWN_WORDS or _points_back(between, rest):
        return False
    return find_opening_word(asking) in openers


def _points_back(between: str, rest: str) -> bool:
    """Whether what "and" joins cannot be understood alone: "and combat impunity in this regard"."""
    first = _BRACKET.split(rest, maxsplit=1)[0].split()[:_POINTS_BACK_WORDS]
    return between.strip(" ;,.\n").isalpha() and bool(_POINTS_BACK.search(" ".join(first)))


def _count_words(text: str) -> int:
    """How many words a text has without its brackets."""
    return len(_BRACKET.sub("", text).split())


def find_opening_word(text: str) -> str:
    """Return the first word that is no adverb or conjunction, lower case: the verb of a recommendation.

    >>> find_opening_word("Thoroughly and timely implement standing invitations")
    'implement'
    """
    words = [word.strip(".,;:").lower() for word in text.split()[:6]]
    return next((word for word in words if not _ADVERB.search(word) and word not in _JOINING), "")


def _parse_names(inside: str) -> tuple[str, ...]:
    """Parse the names in a bracket; none when it holds anything else."""
    words = _HYPHEN_BREAK.sub(" ", inside).strip()
    guarded = _WITH_AND.sub(lambda found: f"{found[1]} \0 ", words)
    joint = next((text for text in (" and ", " y ", " et ", " e ") if text in words), " and ")
    plain = (re.sub(" ?\0 ?", joint, name).strip(" .;,") for name in _AND.split(guarded))
    names = tuple(dict.fromkeys(filter(None, plain)))
    return names if all(map(_is_name, names)) else ()


def _is_name(words: str) -> bool:
    """Whether words are the name of a state or body: capitals, but no numbers and no bare acronym."""
    listed = re.findall(r"[^\W_][\w'’.-]*", words)
    if not listed or len(listed) > _MAX_NAME_WORDS or any(character.isdigit() for character in words):
        return False
    if len(listed) == 1 and listed[0].isupper() and len(listed[0]) > 1:
        return False
    if not any(letter.isupper() for letter in listed[-1]) and listed[-1] != "of":
        return False
    inside = re.sub(r"\([^()]*\)", "", words)  # "Venezuela (Bolivarian republic of)"
    listed = re.findall(r"[^\W_][\w'’.-]*", inside)
    return all(word[0].isupper() or word.lower() in _SMALL_WORDS or word.startswith(("d'", "d’")) for word in listed)
