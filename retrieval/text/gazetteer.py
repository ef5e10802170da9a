"""Gazetteer of states and international bodies in five languages: finds their names and the aliases of each name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from retrieval.text.terms import fold

_WORD = re.compile(r"\w+")
_ASIDE = re.compile(r"\([^()]*\)")  # "Iran (Islamic Republic of)"


def state(name: str) -> str | None:
    """Looks up the ISO 3166 code of a state or territory by its name; None where it is not one.

    >>> [state(one) for one in ("España", "the Netherlands", "Iran (Islamic Republic of)", "Congreso")]
    ['ES', 'NL', 'IR', None]
    """
    return _codes().get(words_of(_ASIDE.sub(" ", name))) or _codes().get(words_of(name))


@lru_cache(maxsize=1 << 10)
def states_in(text: str) -> tuple[tuple[str, int, int], ...]:
    """Finds the states named in a text as (code, start, end); in scripts with case, a name begins with a capital.

    >>> states_in("México, Viet Nam y los Países Bajos")
    (('MX', 0, 6), ('VN', 8, 16), ('NL', 23, 35))
    """
    words = list(_WORD.finditer(text))
    folded = [fold(one[0]) for one in words]
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(words):
        printed = words[at][0]
        length = 0
        if printed[0].isupper() or not printed[0].islower():
            lengths = range(min(_longest(), len(words) - at), 0, -1)
            length = next((one for one in lengths if tuple(folded[at : at + one]) in _codes()), 0)
        if length:
            span = words[at].start(), words[at + length - 1].end()
            found.append((_codes()[tuple(folded[at : at + length])], *span))
        at += length or 1
    return tuple(found)


@lru_cache(maxsize=1 << 10)
def bodies_in(text: str) -> tuple[tuple[int, int, tuple[tuple[str, ...], ...]], ...]:
    """Finds international bodies named in a text, in any case, as (start, end, all their names as folded words).

    Only those that have a known acronym: "oim" is a name, "government" a mere word.

    >>> [text[0:2] for text in bodies_in("según la oim y los gobiernos")]
    [(9, 12)]
    """
    words = list(_WORD.finditer(text))
    folded = [fold(one[0]) for one in words]
    found = []
    for at in range(len(words)):
        for length in range(min(_LONGEST_BODY, len(words) - at), 0, -1):
            names = _bodies().get(tuple(folded[at : at + length]))
            if names and any(len(one) == 1 and one[0] in _ACRONYMS for one in names):
                found.append((words[at].start(), words[at + length - 1].end(), names))
                break
    return tuple(found)


@lru_cache(maxsize=1 << 12)
def names_of(name: str) -> tuple[tuple[str, ...], ...]:
    """Returns the aliases of a state or body in all languages, each as folded words; at least the name given.

    >>> ("congreso",) in names_of("the Congress"), names_of("Nobody")
    (True, (('nobody',),))
    """
    words = words_of(name)
    code = state(name)
    same = _names().get(code, ()) if code else _bodies().get(words, ())
    return tuple(dict.fromkeys((words, *same)))


@lru_cache(maxsize=1 << 12)
def composed_of(name: str) -> tuple[tuple[str, ...], ...]:
    """Returns the aliases of a compound name ("X of Y") by its parts' aliases, without joining words; () for others.

    >>> ("congreso", "republica") in composed_of("the Congress of the Republic"), composed_of("Congress")
    (True, ())
    """
    made: list[tuple[str, ...]] = []
    for head, tail in _halves(name):
        made += (telling((*one, *other)) for one in names_of(" ".join(head)) for other in names_of(" ".join(tail)))
    return tuple(dict.fromkeys(made))


@lru_cache(maxsize=1 << 12)
def owner(name: str) -> str | None:
    """Returns the code of the state that a compound name says it belongs to, or None.

    >>> owner("Gobierno de España"), owner("Government of South Sudan"), owner("Congreso de la República")
    ('ES', 'SS', None)
    """
    return next(filter(None, (state(" ".join(tail)) for _, tail in _halves(name))), None)


def telling(words: Iterable[str]) -> tuple[str, ...]:
    """Drops articles and prepositions from the words of a name: "Congreso de la República" has two left."""
    return tuple(word for word in words if word not in _ARTICLES and word not in _OF)


def _halves(name: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yields the words before and after each "of" of a name."""
    words = words_of(name)
    for at in range(1, len(words) - 1):
        if words[at] in _OF and words[at - 1] not in _OF:
            yield words[:at], words[at + 1 :]


def words_of(text: str) -> tuple[str, ...]:
    """Splits a name into folded words, without leading articles.

    >>> words_of("l'Espagne"), words_of("Côte d’Ivoire")
    (('espagne',), ('cote', 'd', 'ivoire'))
    """
    words = _WORD.findall(fold(text))
    while len(words) > 1 and words[0] in _ARTICLES:
        words.pop(0)
    return tuple(words)


def within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether the words ``few`` occur in ``many`` as a contiguous run; False for no words."""
    return bool(few) and any(tuple(many[at : at + len(few)]) == tuple(few) for at in range(len(many) - len(few) + 1))


_LONGEST_BODY = 9  # words
_ACRONYMS = frozenset("onu eu ue gfmd fmmd iom oim ilo oit unhcr acnur hcr oms ngo ngos ong ongs imf fmi".split())
_OF = frozenset("of de del du des d da do das dos di".split())
_ARTICLES = frozenset("the el la los las le les l il lo o a os as al del de du des da do dos das au aux ao à".split())


@cache
def _codes() -> dict[tuple[str, ...], str]:
    codes: dict[tuple[str, ...], str] = {}
    for line in _lines("states.tsv"):
        code, names = line.split("\t")
        for name in names.split("|"):
            codes.setdefault(words_of(name), code)
    return codes


@cache
def _longest() -> int:
    """Words of the longest name of a state."""
    return max(map(len, _codes()))


@cache
def _names() -> dict[str, tuple[tuple[str, ...], ...]]:
    names: dict[str, list[tuple[str, ...]]] = {}
    for name, code in _codes().items():
        names.setdefault(code, []).append(name)
    return {code: tuple(some) for code, some in names.items()}


@cache
def _bodies() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    bodies: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for line in _lines("bodies.tsv"):
        names = tuple(words_of(name) for name in line.split("|"))
        for name in names:
            bodies[name] = tuple(dict.fromkeys((*bodies.get(name, ()), *names)))
    return bodies


def _lines(file: str) -> list[str]:
    text = files("retrieval.text").joinpath("data", file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
