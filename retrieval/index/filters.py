"""Metadata filters: select passages by report, section, kind, addressee, strength, language or label.

Matching is exact, never by similarity. The values of one field are alternatives (OR), the fields are conditions
(AND). Case and accents are ignored, as is the language in which a state or a common body is named.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from functools import lru_cache

from ingest.errors import BadFilter
from ingest.report import Kind, Strength
from retrieval.index.facets import Stated
from retrieval.storage.reader import Store
from retrieval.text.gazetteer import composed_of, names_of, owner, state, telling, within, words_of
from retrieval.text.lexicon import UNITS
from retrieval.text.terms import fold

LISTED = 15  # values named to who asked for one that is not there
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_NUMBERED = re.compile(r"\W*(?:(?P<unit>[^\W\d]+(?:[ -][^\W\d]+){0,2})\W+)?(?P<number>\d+(?:\.\d+)*)\b")
_UNIT = {word: name for name, words in UNITS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on a passage's attributes; an empty field matches everything."""

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
        """This filter, its empty fields filled from the other."""
        return replace(self, **{one.name: getattr(self, one.name) or getattr(other, one.name) for one in fields(self)})

    def described(self) -> dict[str, list[str]]:
        """The non-empty conditions by field, for display and for JSON."""
        wanted = {one.name: list(getattr(self, one.name)) for one in fields(self) if one.name != "recommends"}
        wanted["labels"] = [f"{name}: {value}" for name, value in self.labels]
        return {name: values for name, values in wanted.items() if values}


ANY = Filter()


def rows(store: Store, wanted: Filter, stated: Stated | None = None) -> frozenset[int] | None:
    """Select the rows of the passages that match a filter; None where it is empty."""
    if not wanted:
        return None
    stated = stated or Stated(store)
    found: list[AbstractSet[int]] = []
    for column, some in _plain(wanted).items():
        if some:
            found.append(stated.rows(column, map(str, some)))
    if wanted.section:
        found.append(stated.rows("headings", (one for each in wanted.section for one in sections(each, stated))))
    for column, persons in (("addressees", wanted.addressee), ("by", wanted.by)):
        if persons:
            there = (one for each in persons for one in named(each, stated, column))
            found.append(stated.with_parts(stated.rows(column, there), column))
    found += (_labelled(stated, name, wanted.labels) for name in dict.fromkeys(name for name, _ in wanted.labels))
    if wanted.recommends:
        found.append(stated.recommending)
    return frozenset.intersection(*map(frozenset, sorted(found, key=len)))


def sections(wanted: str, stated: Stated) -> list[str]:
    """Find the headings that match a wanted section, by number or by words."""
    number = _by_number(wanted)
    if number:
        there: Iterable[str] = stated.numbered(number["number"])
    else:
        there = stated.with_words("headings", [words_of(wanted)])
    return [one for one in there if section_fits(wanted, (one,))]


def named(wanted: str, stated: Stated, column: str) -> list[str]:
    """Find the printed names in a column that match the wanted one."""
    there = stated.with_words(column, (*names_of(wanted), *composed_of(wanted)))
    return [one for one in there if name_fits(wanted, one)]


def labels(name: str, wanted: str, stated: Stated) -> list[tuple[str, str]]:
    """Find the labels of a name whose value matches the wanted one."""
    there = stated.with_words("labels", (*names_of(wanted), *composed_of(wanted)))
    return [one for one in there if fold(one[0]) == fold(name) and name_fits(wanted, one[1])]


def checked(wanted: Filter, stated: Stated) -> Filter:
    """Validate a filter and spell its closed values as the index does. Raises BadFilter for what no passage has."""
    closed = {
        "reports": ("report", stated.reports),
        "kinds": ("kind", tuple(Kind)),
        "strength": ("strength", tuple(Strength)),
        "language": ("language", stated.languages),
    }
    as_written: dict[str, tuple[str, ...]] = {}
    for field, (called, there) in closed.items():
        if not getattr(wanted, field):
            continue
        by_fold = {fold(one): str(one) for one in there}
        for one in getattr(wanted, field):
            if fold(one) not in by_fold:
                raise BadFilter(_unknown(called, one, [str(each) for each in there]))
        as_written[field] = tuple(by_fold[fold(one)] for one in getattr(wanted, field))
    for one in wanted.section:
        if not sections(one, stated):
            raise BadFilter(_unknown("section", one, [heading.rstrip(": ") for heading in stated.each("headings")]))
    for called, given, column in (("addressee", wanted.addressee, "addressees"), ("by", wanted.by, "by")):
        for one in given:
            if not named(one, stated, column):
                raise BadFilter(_unknown(called, one, list(stated.each(column))))
    for name, value in wanted.labels:
        of_name = [each for known, some in stated.labels.items() if fold(known) == fold(name) for each in some]
        if not of_name:
            raise BadFilter(_unknown("label", name, list(stated.labels)))
        if not labels(name, value, stated):
            raise BadFilter(_unknown(name, value, of_name))
    return replace(wanted, **as_written)  # type: ignore[arg-type]


@lru_cache(maxsize=1 << 14)
def name_fits(wanted: str, printed: str) -> bool:
    """Whether a printed name matches the wanted one: the same state, or it contains the wanted words, in any language.

    A body of a state may be named in two parts, each in any language; a body of another state does not match.

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

    By number, where the section is a number with at most a unit word ("1.1", "mesa 1.2"; "1" includes 1.1
    and 1.2); else by words, which one heading must contain in the same order.

    >>> path = ("Mesa Redonda 1.2 Estrategias", "Sobre las causas originarias de la migración irregular:")
    >>> [section_fits(one, path) for one in ("1.2", "roundtable 1.2", "1", "1.1", "session 1.2", "causas migracion")]
    [True, True, True, False, False, True]
    """
    number = _by_number(wanted)
    if number:
        unit = _UNIT.get(number["unit"] or "")
        return any(_has_number(heading, unit, number["number"]) for heading in path)
    words = words_of(wanted)
    return bool(words) and any(_in_order(words, words_of(heading)) for heading in path)


def _by_number(wanted: str) -> re.Match[str] | None:
    """Parse a wanted section into its number and unit word; None where it is no number."""
    found = _NUMBERED.fullmatch(fold(wanted).strip(" .:"))
    return found if found and (not found["unit"] or found["unit"] in _UNIT) else None


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


def _labelled(stated: Stated, name: str, wanted: Sequence[tuple[str, str]]) -> set[int]:
    """The rows with a label of one of the values; a part without labels of this name inherits its recommendation's."""
    values = (value for each, value in wanted if fold(each) == fold(name))
    there = (one for value in values for one in labels(name, value, stated))
    return stated.with_parts(stated.rows("labels", there), "labels", fold(name))


def _unknown(called: str, wanted: str, there: Sequence[str]) -> str:
    """The error message for an unknown value, with the known ones, the most similar first."""
    near = sorted(there, key=lambda one: -SequenceMatcher(None, fold(wanted), fold(one)).ratio())
    more = f", and {len(near) - LISTED:,} more" if len(near) > LISTED else ""
    said = {"by": "No passage was made by", "addressee": "No passage is addressed to"}.get(
        called, f"There is no {called}"
    )
    return f"{said} {wanted!r} in the index. There are: {', '.join(near[:LISTED]) or 'none'}{more}"
