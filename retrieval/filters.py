"""Filters: which passages may answer, by what they say of themselves. Exact, never similar.

The values of one field are alternatives, the fields are conditions that all hold. Case and accents
do not count, nor in which language a state or a common body is named.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from functools import lru_cache

from ingest.errors import BadFilter
from ingest.report import Kind, Strength
from retrieval.names import composed_of, names_of, owner, state, telling, within, words_of
from retrieval.phrases import UNITS
from retrieval.stated import Stated
from retrieval.store import Store
from retrieval.words import fold

LISTED = 15  # values named to who asked for one that is not there
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_NUMBERED = re.compile(r"\W*(?:(?P<unit>[^\W\d]+(?:[ -][^\W\d]+){0,2})\W+)?(?P<number>\d+(?:\.\d+)*)\b")
_UNIT = {word: name for name, words in UNITS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted of a passage's own statements; an empty field wants nothing."""

    reports: tuple[str, ...] = ()  # ids
    section: tuple[str, ...] = ()  # "1.1", "mesa 1.2", or words of a heading
    kinds: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()  # name and value: ("theme", "Construcción de paz")
    recommends: bool = False  # only recommendations and their parts

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def narrowed(self, other: "Filter") -> "Filter":
        """This filter; a field it leaves open is as the other has it."""
        return replace(self, **{one.name: getattr(self, one.name) or getattr(other, one.name) for one in fields(self)})

    def described(self) -> dict[str, list[str]]:
        """What is wanted, by field, for people and for JSON."""
        wanted = {one.name: list(getattr(self, one.name)) for one in fields(self) if one.name != "recommends"}
        wanted["labels"] = [f"{name}: {value}" for name, value in self.labels]
        return {name: values for name, values in wanted.items() if values}


ANY = Filter()


def rows(store: Store, wanted: Filter, stated: Stated | None = None) -> frozenset[int] | None:
    """The rows of the passages that fit a filter; None where it wants nothing."""
    if not wanted:
        return None
    stated = stated or Stated(store)
    found: list[set[int]] = []
    for column, some in _plain(wanted).items():
        if some:
            found.append(store.rows_with(column, some))
    if wanted.section:
        paths = [one for one in stated.lists("headings") if any(section_fits(each, one) for each in wanted.section)]
        found.append(store.rows_with("headings", paths))
    for column, persons in (("addressees", wanted.addressee), ("by", wanted.by)):
        if persons:
            named = [
                some for some in stated.lists(column) if any(name_fits(one, each) for one in persons for each in some)
            ]
            found.append(_with_parts(store, column, store.rows_with(column, named), lambda some: not some))
    names = dict.fromkeys(name for name, _ in wanted.labels)
    found += (_labelled(store, stated, name, wanted.labels) for name in names)
    if wanted.recommends:
        found.append(store.recommending())
    return frozenset(set.intersection(*found))


def checked(wanted: Filter, stated: Stated) -> Filter:
    """The same filter, its closed values as the index writes them. Raises BadFilter for what no passage has."""
    closed = {
        "reports": ("report", stated.reports),
        "kinds": ("kind", tuple(Kind)),
        "strength": ("strength", tuple(Strength)),
        "language": ("language", stated.languages),
    }
    as_written: dict[str, tuple[str, ...]] = {}
    for field, (called, there) in closed.items():
        by_fold = {fold(one): str(one) for one in there}
        for one in getattr(wanted, field):
            if fold(one) not in by_fold:
                raise BadFilter(_unknown(called, one, [str(each) for each in there]))
        as_written[field] = tuple(by_fold[fold(one)] for one in getattr(wanted, field))
    for one in wanted.section:
        if not any(section_fits(one, path) for path in stated.lists("headings")):
            raise BadFilter(_unknown("section", one, [heading.rstrip(": ") for heading in stated.each("headings")]))
    for called, given, there in (
        ("addressee", wanted.addressee, stated.each("addressees")),
        ("by", wanted.by, stated.each("by")),
    ):
        for one in given:
            if not any(name_fits(one, each) for each in there):
                raise BadFilter(_unknown(called, one, there))
    for name, value in wanted.labels:
        of_name = [each for known, each in stated.each("labels") if fold(known) == fold(name)]
        if not of_name:
            raise BadFilter(_unknown("label", name, list(dict.fromkeys(known for known, _ in stated.each("labels")))))
        if not any(name_fits(value, each) for each in of_name):
            raise BadFilter(_unknown(name, value, of_name))
    return replace(wanted, **as_written)  # type: ignore[arg-type]


@lru_cache(maxsize=1 << 14)
def name_fits(wanted: str, printed: str) -> bool:
    """Whether a printed name is the wanted one: the same state, or the wanted words stand in it, in any language.

    What belongs to something may be named in two parts, each in any language; to another state it does not belong.

    >>> name_fits("Congreso", "Congreso de la República"), name_fits("Guinea", "Guinea-Bissau")
    (True, False)
    >>> name_fits("Espagne", "Spain"), name_fits("España", "Gobierno de España"), name_fits("Congress", "Congreso")
    (True, True, True)
    >>> name_fits("Congress of the Republic", "Congreso de la República de Colombia")
    True
    >>> name_fits("Government of Spain", "Gobierno de España"), name_fits("Guinea", "Gobierno de Guinea-Bissau")
    (True, False)
    """
    there = words_of(printed)
    if other := state(printed):
        return state(wanted) == other
    if (its := state(wanted) or owner(wanted)) and (theirs := owner(printed)) and its != theirs:
        return False
    if any(within(name, there) for name in names_of(wanted)):
        return True
    composed = composed_of(wanted)
    return bool(composed) and any(within(name, telling(there)) for name in composed)


@lru_cache(maxsize=1 << 16)
def section_fits(wanted: str, path: tuple[str, ...]) -> bool:
    """Whether a heading path is in the wanted section.

    By number, where that is all there is beside the word for what carries it ("1.1", "mesa 1.2"; "1" has 1.1
    and 1.2 in it); else by words, which one heading must have, in their order.

    >>> path = ("Mesa Redonda 1.2 Estrategias", "Sobre las causas originarias de la migración irregular:")
    >>> [section_fits(one, path) for one in ("1.2", "roundtable 1.2", "1", "1.1", "session 1.2", "causas migracion")]
    [True, True, True, False, False, True]
    """
    number = _NUMBERED.fullmatch(fold(wanted).strip(" .:"))
    if number and (not number["unit"] or number["unit"] in _UNIT):
        unit = _UNIT.get(number["unit"] or "")
        return any(_has_number(heading, unit, number["number"]) for heading in path)
    words = words_of(wanted)
    return bool(words) and any(_in_order(words, words_of(heading)) for heading in path)


def _has_number(heading: str, unit: str | None, number: str) -> bool:
    found = _NUMBERED.match(fold(heading))
    if not found:
        return False
    carries = found["unit"] or ""
    if carries and carries not in _UNIT:
        return False
    same = found["number"] == number or found["number"].startswith(f"{number}.")
    return same and (unit is None or not carries or _UNIT[carries] == unit)


def _in_order(few: Sequence[str], many: Iterable[str]) -> bool:
    rest = iter(many)
    return all(word in rest for word in few)


def _plain(wanted: Filter) -> dict[str, tuple[str, ...]]:
    return {
        "report_id": wanted.reports,
        "kind": wanted.kinds,
        "strength": wanted.strength,
        "language": wanted.language,
    }


def _labelled(store: Store, stated: Stated, name: str, labels: Sequence[tuple[str, str]]) -> set[int]:
    """Rows with a label of one of the values; a part without labels of this name has its recommendation's."""

    def of_name(some: Iterable[Sequence[str]]) -> list[str]:
        return [value for each, value in some if fold(each) == fold(name)]

    wanted = of_name(labels)
    named = [
        some for some in stated.lists("labels") if any(name_fits(one, each) for one in wanted for each in of_name(some))
    ]
    return _with_parts(store, "labels", store.rows_with("labels", named), lambda some: not of_name(some))


def _with_parts(store: Store, column: str, found: set[int], states_none: Callable[[Sequence[str]], bool]) -> set[int]:
    """The rows and those of their parts that state nothing of their own."""
    ids = set(store.ids_at(found))
    for row, part_id, value in store.parts(column):  # a part of a part comes behind it
        if states_none(value) and part_id.rpartition(".")[0] in ids:
            found.add(row)
            ids.add(part_id)
    return found


def _unknown(called: str, wanted: str, there: Sequence[str]) -> str:
    """That a value is not there, and which are, the nearest first."""
    near = sorted(there, key=lambda one: -SequenceMatcher(None, fold(wanted), fold(one)).ratio())
    more = f", and {len(near) - LISTED:,} more" if len(near) > LISTED else ""
    said = {"by": "No passage was made by", "addressee": "No passage is addressed to"}.get(
        called, f"There is no {called}"
    )
    return f"{said} {wanted!r} in the index. There are: {', '.join(near[:LISTED]) or 'none'}{more}"
