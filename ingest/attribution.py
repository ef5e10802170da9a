"""Who made a recommendation, where the report says so in brackets behind it: "Ratify the Convention (Spain)".

Several recommendations may stand under one number, each with the names behind it; they are cut apart
at those brackets, and nowhere else.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

_BRACKET = re.compile(r"\(((?:[^()]|\([^()]{0,80}\)){0,300})\)")
_SMALL_WORDS = frozenset(  # inside names
    word
    for words in ("of the and", "de la el los las del y e", "et du des le les", "da do dos das a", "und der")
    for word in words.split()
)
_LONGEST = 9  # words of a name: "United Kingdom of Great Britain and Northern Ireland"
_WITH_AND = re.compile(
    r"\b(Trinidad|Bosnia|Antigua|Saint Kitts|St\.? Kitts|Sao Tome|São Tomé|Santo Tomé|Saint Vincent|San Vicente|"
    r"Great Britain|Gran Bretaña|Saint Pierre|San Cristóbal|Bosnie|Bósnia|Grande-Bretagne|Grã-Bretanha|Wallis)"
    r"\s+(?:and|y|et|e|&)\s+",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[,;/]\s*(?:and|y|et|e)\s+|\s*[,;/]\s*|\s+(?:and|y|et|e)\s+")
_HYPHEN_BREAK = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\s;,.]*(?:(?:and|y|et|e)\b)?[\s;,.]*")
_ADVERB = re.compile(r"(?:ly|mente|(?<!pl)ement|[ae]mment)$")  # "implement" is none
_JOINING = frozenset(("and", "to", "y", "et", "e", "à", "a", "de", "timely", "also"))
_GOING_ON = frozenset(  # words that go on with a sentence and begin no recommendation
    word
    for words in (
        "in with within as by through for on at of the a an including particularly especially notably which who when",
        "while where so en con para por como cuando incluido incluidas incluyendo especialmente",
        "notamment y compris dans avec pour par incluindo em com",
    )
    for word in words.split()
)
_GOES_ON = re.compile(r"\s*[,;]?\s*\w")  # no other way to say the same: "(Chile)/ratify (Peru)"
_SLASH = re.compile(r"\s*/\s*")
_WHOLE = 4  # words that can be a recommendation, where others made it with more of them
_ENOUGH = 3  # words in front of a bracket that make a recommendation of its own


@dataclass(frozen=True, slots=True)
class Attributed:
    """A stretch of text with the names in brackets at its end."""

    start: int
    end: int
    by: tuple[str, ...]


def attributed(text: str, openers: Collection[str] = ()) -> list[Attributed]:
    """The recommendations in an item's text, each with who made it; one without names when none is stated.

    A semicolon cuts behind a bracket; a comma or "and" does when one of the ``openers`` follows, the
    words that recommendations of the same list begin with, in lower case.

    >>> [one.by for one in attributed("Ratify it (Cuba, Holy See); consider ratifying it soon (Mexico);")]
    [('Cuba', 'Holy See'), ('Mexico',)]
    >>> attributed("Withdraw its reservations to the Convention (CEDAW).")[0].by
    ()
    """
    brackets = [(found, _names(found[1])) for found in _BRACKET.finditer(text)]
    named = [(found, names) for found, names in brackets if names]
    if not named or not _ends_so(text, named[-1][0].end()):
        return [Attributed(0, len(text), ())]
    done: list[Attributed] = []
    start, since = 0, list[Attributed]()  # where the recommendation begins; its names so far
    for found, names in named:
        behind = _BETWEEN.match(text, found.end())
        assert behind is not None
        rest = text[behind.end() :]
        since.append(Attributed(start, found.end(), names))
        if not rest or _cuts(text[start : found.start()], behind.group(), rest, openers):
            if not rest:
                since[-1] = Attributed(start, len(text.rstrip()), names)
            done += _grown(text, since)
            start, since = behind.end(), []
    tail = text[since[-1].end if since else start :]
    if any(map(str.isalpha, tail)):  # words behind the last names
        if since:
            since[-1] = Attributed(start, len(text.rstrip()), since[-1].by)
        else:
            done.append(Attributed(start, len(text.rstrip()), ()))
    return done + _grown(text, since) if since else done


def _grown(text: str, stretches: Sequence[Attributed]) -> list[Attributed]:
    """A recommendation that some made and others made with more words: one for each, the shorter first.

    "Fight poverty in the towns (Cuba), also in the country (Peru)": Cuba said the first half, Peru all of it.
    """
    last = stretches[-1]
    if any(_SLASH.match(text, one.end) for one in stretches[:-1]):
        return _alternatives(text, stretches)
    shorter: list[Attributed] = []
    others: list[str] = []
    for one, following in pairwise(stretches):
        only = tuple(name for name in one.by if name not in last.by)
        between = text[one.end : following.end]
        words = len(_BRACKET.sub("", text[one.start : one.end]).split())
        if only and words >= _WHOLE and _GOES_ON.match(between):
            shorter.append(Attributed(one.start, one.end, only))
        else:
            others += only
    by = tuple(dict.fromkeys([*others, *last.by]))
    return [*shorter, Attributed(last.start, last.end, by)]


def _alternatives(text: str, stretches: Sequence[Attributed]) -> list[Attributed]:
    """What some would have one way and others another: all of it for those, and the last way for these.

    "Consider ratifying (Peru)/ratify (Chile) the Convention": only the last can be quoted by itself.
    """
    last = stretches[-1]
    at = max(number for number, one in enumerate(stretches[:-1]) if _SLASH.match(text, one.end))
    slash = _SLASH.match(text, stretches[at].end)
    assert slash is not None
    final = tuple(dict.fromkeys(name for one in stretches[at + 1 :] for name in one.by))
    others = tuple(dict.fromkeys(name for one in stretches for name in one.by if name not in final))
    whole = Attributed(last.start, last.end, others or final)
    return [whole, Attributed(slash.end(), last.end, final)] if others else [whole]


def _cuts(before: str, between: str, rest: str, openers: Collection[str]) -> bool:
    """Whether a new recommendation begins behind a bracket."""
    words = len(_BRACKET.sub("", before).split())
    if rest.startswith("(") or len(_BRACKET.sub("", rest).split()) < 2:
        return False
    if rest.split(maxsplit=1)[0].strip(",").lower() in _GOING_ON:
        return False
    if ";" in between or "." in between:
        return words >= 2
    if not between.strip() or words < _ENOUGH:
        return False
    return any(_names(found[1]) for found in _BRACKET.finditer(rest)) and opener(rest) in openers


def opener(text: str) -> str:
    """The first word that is no adverb: what a recommendation asks to do.

    >>> opener("Thoroughly and timely implement standing invitations")
    'implement'
    """
    words = [word.strip(".,;:").lower() for word in text.split()[:6]]
    return next((word for word in words if not _ADVERB.search(word) and word not in _JOINING), "")


def _ends_so(text: str, at: int) -> bool:
    """Whether nothing of weight follows the last bracket."""
    return not re.search(r"\w{2}", text[at:]) or text[at:].lstrip()[:1] in {";", "."} or len(text[at:].split()) < 12


def _names(inside: str) -> tuple[str, ...]:
    """The names in a bracket; none when it holds anything else."""
    words = _HYPHEN_BREAK.sub(" ", inside).strip()
    guarded = _WITH_AND.sub(lambda found: f"{found[1]} \0 ", re.sub(r"\(([^()]*)\)", _guard, words))
    names: list[str] = []
    for name in _AND.split(guarded):
        plain = _unguard(name, words)
        if not plain:
            continue
        if not _is_name(plain):
            return ()
        names.append(plain)
    return tuple(dict.fromkeys(names))


def _guard(found: re.Match[str]) -> str:
    return "(" + found[1].replace(",", "\1") + ")"


def _unguard(name: str, words: str) -> str:
    joint = next((one for one in (" and ", " y ", " et ", " e ") if one in words), " and ")
    return re.sub(r"\s*\0\s*", joint, name.replace("\1", ",")).strip(" .;,")


def _is_name(words: str) -> bool:
    """Whether words are the name of a state or body: capitals, but no numbers and no bare acronym."""
    listed = re.findall(r"[^\W_][\w'’.-]*", words)
    if not listed or len(listed) > _LONGEST or any(character.isdigit() for character in words):
        return False
    if len(listed) == 1 and listed[0].isupper() and len(listed[0]) > 1:
        return False
    if not any(letter.isupper() for letter in listed[-1]) and listed[-1] != "of":
        return False
    inside = re.sub(r"\([^()]*\)", "", words)  # "Venezuela (Bolivarian republic of)"
    listed = re.findall(r"[^\W_][\w'’.-]*", inside)
    return all(word[0].isupper() or word.lower() in _SMALL_WORDS or word.startswith(("d'", "d’")) for word in listed)
