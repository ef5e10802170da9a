"""Gazetteer of states and international bodies in five languages: finds their names and the aliases of each name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from ingest.lexicon.tables import LanguageTables, WordTables
from ingest.memo import cache_short
from retrieval.text.terms import WORD, fold

_PARENTHESIS = re.compile(r"\([^()]*\)")  # "Iran (Islamic Republic of)"


def find_state_code(name: str) -> str | None:
    """Looks up the ISO 3166 code of a state or territory by its name; None where it is not one.

    >>> [find_state_code(name) for name in ("España", "the Netherlands", "Iran (Islamic Republic of)", "Congreso")]
    ['ES', 'NL', 'IR', None]
    """
    words = tokenize_name(_PARENTHESIS.sub(" ", name))
    its_own = words[next((at for at, word in enumerate(words) if word not in _FORMS), 0) :]
    return next(filter(None, map(_state_codes().get, (words, tokenize_name(name), its_own))), None)


@cache_short(1 << 8, 2_000)
def find_states(text: str) -> tuple[tuple[str, int, int], ...]:
    """Finds the states named in a text as (code, start, end); in scripts with case, a name begins with a capital.

    >>> find_states("México, Viet Nam y los Países Bajos")
    (('MX', 0, 6), ('VN', 8, 16), ('NL', 23, 35))
    """
    return _find_states(text)


@cache_short(1 << 8, 2_000)
def find_states_in_any_case(text: str) -> tuple[tuple[str, int, int], ...]:
    """Finds the states that a question names, in any case and behind Arabic prefixes, as (code, start, end).

    >>> find_states_in_any_case("a mexico y لموريشيوس, for us")
    (('MX', 2, 8), ('MU', 11, 20))
    """
    return _find_states(text, any_case=True)


def _find_states(text: str, *, any_case: bool = False) -> tuple[tuple[str, int, int], ...]:
    words = list(WORD.finditer(text))
    folded = [fold(word[0]) for word in words]
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(words):
        length, capital = 0, words[at][0][0].isupper()
        may_be_one = any_case or capital or not words[at][0][0].islower()
        for tried in range(min(_max_state_words(), len(words) - at), 0, -1) if may_be_one else ():
            first, *others = folded[at : at + tried]
            heads = _without_prefix(first) if any_case else (first,)
            code = next((it for head in heads if (it := _state_codes().get((head, *others)))), None)
            common = first in _COMMON or (any_case and len(first) <= _ACRONYM_LETTERS)
            if code and (tried > 1 or capital or not common):
                found.append((code, words[at].start(), words[at + tried - 1].end()))
                length = tried
                break
        at += length or 1
    return tuple(found)


def find_concepts(text: str) -> frozenset[str]:
    """Finds the index terms of the states and bodies that a text names, the same in every language.

    >>> find_concepts("Myanmar") == find_concepts("ميانمار"), find_concepts("the OIM") == find_concepts("IOM")
    (True, True)
    """
    return frozenset(term for *_, term in _find_named(text))


def drop_names(text: str) -> str:
    """Drops the states and bodies that a text names, those of find_concepts.

    >>> drop_names("visas for Viet Nam, says the IOM")
    'visas for  , says the  '
    """
    for start, end, _ in reversed(_find_named(text)):
        text = f"{text[:start]} {text[end:]}"
    return text


def _find_named(text: str) -> list[tuple[int, int, str]]:
    """The states and bodies named, in order, none within another: (start, end, index term longer than any word's)."""
    found = [(start, end, f"state{code.lower()}") for code, start, end in find_states_in_any_case(text)]
    found += [(start, end, f"body{min(map(''.join, names))}") for start, end, names in _find_any_bodies(text)]
    kept: list[tuple[int, int, str]] = []
    for start, end, term in sorted(found, key=lambda it: (it[0], -it[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, term))
    return kept


def _without_prefix(word: str) -> Iterator[str]:
    """The word, and what an Arabic "and", "in" or "to" in front of it leaves."""
    for left in (word, word[1:], word[2:]):
        yield left
        if left[:1] not in _ARABIC_PREFIXES:
            return
        if left.startswith("لل"):
            yield f"ال{left[2:]}"


@cache_short(1 << 8, 2_000)
def find_bodies(text: str) -> tuple[tuple[int, int, tuple[tuple[str, ...], ...]], ...]:
    """Finds international bodies named in a text, in any case, as (start, end, all their names as folded words).

    Only those that have a known acronym: "oim" is a name, "government" a mere word.

    >>> [(start, end) for start, end, _ in find_bodies("según la oim y los gobiernos")]
    [(9, 12)]
    """
    found = _find_any_bodies(text)
    return tuple(it for it in found if any(len(name) == 1 and name[0] in _ACRONYMS for name in it[2]))


def _find_any_bodies(text: str) -> list[tuple[int, int, tuple[tuple[str, ...], ...]]]:
    words = list(WORD.finditer(text))
    folded = [fold(word[0]) for word in words]
    found = []
    for at in range(len(words)):
        for length in range(min(_MAX_BODY_WORDS, len(words) - at), 0, -1):
            if names := _body_names().get(tuple(folded[at : at + length])):
                found.append((words[at].start(), words[at + length - 1].end(), names))
                break
    return found


@cache_short(1 << 12, 100)
def find_aliases(name: str) -> tuple[tuple[str, ...], ...]:
    """Returns the aliases of a state or body in all languages, each as folded words; at least the name given.

    >>> ("congreso",) in find_aliases("the Congress"), find_aliases("Nobody")
    (True, (('nobody',),))
    """
    words = tokenize_name(name)
    code = find_state_code(name)
    same = _state_names().get(code, ()) if code else _body_names().get(words, ())
    return tuple(dict.fromkeys((words, *same)))


@cache_short(1 << 8, 100)
def compose_aliases(name: str) -> tuple[tuple[str, ...], ...]:
    """Returns the aliases of a compound name ("X of Y") by its parts' aliases, without joining words; () for others.

    >>> ("congreso", "republica") in compose_aliases("the Congress of the Republic"), compose_aliases("Congress")
    (True, ())
    """
    made: list[tuple[str, ...]] = []
    for head, tail in _split_at_of(name):
        made += (
            drop_joining_words((*alias, *other))
            for alias in find_aliases(" ".join(head))
            for other in find_aliases(" ".join(tail))
        )
    return tuple(dict.fromkeys(made))


@cache_short(1 << 12, 100)
def find_owning_state(name: str) -> str | None:
    """Returns the code of the state that a compound name says it belongs to, or None.

    >>> find_owning_state("Gobierno de España"), find_owning_state("Congreso de la República")
    ('ES', None)
    """
    return next(filter(None, (find_state_code(" ".join(tail)) for _, tail in _split_at_of(name))), None)


def drop_joining_words(words: Iterable[str]) -> tuple[str, ...]:
    """Drops articles and prepositions from the words of a name: "Congreso de la República" has two left."""
    return tuple(word for word in words if word not in _ARTICLES and word not in _OF)


def _split_at_of(name: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yields the words before and after each "of" of a name."""
    words = tokenize_name(name)[:_MAX_COMPOUND_WORDS]
    for at in range(1, len(words) - 1):
        if words[at] in _OF and words[at - 1] not in _OF:
            yield words[:at], words[at + 1 :]


def tokenize_name(text: str) -> tuple[str, ...]:
    """Splits a name into folded words, without leading articles.

    >>> tokenize_name("l'Espagne"), tokenize_name("Côte d’Ivoire")
    (('espagne',), ('cote', 'd', 'ivoire'))
    """
    words = WORD.findall(fold(text))
    first = next((at for at, word in enumerate(words) if word not in _ARTICLES), len(words) - 1)
    return tuple(words[max(0, first) :])


def occurs_in(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether the words ``few`` occur in ``many`` as a contiguous run; False for no words."""
    return bool(few) and any(tuple(many[at : at + len(few)]) == tuple(few) for at in range(len(many) - len(few) + 1))


_ARABIC_PREFIXES, _ACRONYM_LETTERS = ("و", "ف", "ب", "ل", "ك"), 3
_MAX_BODY_WORDS, _MAX_COMPOUND_WORDS = 9, 40  # words
_TABLES = WordTables("retrieval.text", "names")
_COMMON = _TABLES.words("common")  # words that are names of states too, with a capital
_ACRONYMS = _TABLES.words("acronyms")
_NAMES = LanguageTables("retrieval.text", "names")
_STATES, _BODIES = LanguageTables("retrieval.text", "states"), LanguageTables("retrieval.text", "bodies")
_OF = _NAMES.words("of")  # between the parts of a name
_ARTICLES = _NAMES.words("articles")
_FORMS = _NAMES.words("forms") | _OF  # what a State is, in front of its name


@cache
def _state_codes() -> dict[tuple[str, ...], str]:
    codes: dict[tuple[str, ...], str] = {}
    for line in _lines("states.tsv"):
        code, names = line.split("\t")
        for name in _name_also(names, _STATES, code):
            within = (found[1:-1] for found in _PARENTHESIS.findall(name))  # "Myanmar (Burma)"
            for called in (name, _PARENTHESIS.sub(" ", name), *within):
                codes.setdefault(tokenize_name(called), code)
    return codes


@cache
def _max_state_words() -> int:
    """Words of the longest name of a state."""
    return max(map(len, _state_codes()))


@cache
def _state_names() -> dict[str, tuple[tuple[str, ...], ...]]:
    names: dict[str, list[tuple[str, ...]]] = {}
    for name, code in _state_codes().items():
        names.setdefault(code, []).append(name)
    return {code: tuple(some) for code, some in names.items()}


@cache
def _body_names() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    bodies: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for line in _lines("bodies.tsv"):
        names = tuple(map(tokenize_name, _name_also(line, _BODIES, line.split("|")[0])))
        for name in names:
            bodies[name] = tuple(dict.fromkeys((*bodies.get(name, ()), *names)))
    return bodies


def _name_also(names: str, tables: LanguageTables, entry: str) -> list[str]:
    """The names of a line, and those of further languages."""
    return "|".join([names, *([tables.pattern(entry)] if entry in tables.names() else ())]).split("|")


def _lines(file: str) -> list[str]:
    text = (Path(__file__).parent / "data" / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
