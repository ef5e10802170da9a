"""Metadata filters: select passages by report, section, kind, addressee, strength, language or label.

Matching is exact, never by similarity. The values of one field are alternatives (OR), the fields are conditions
(AND). Case and accents are ignored, as is the language in which a state or a common body is named.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import chain

from ingest.errors import BadFilter
from ingest.memo import cache_short
from ingest.report import Kind, Strength
from ingest.sanitize import shorten
from retrieval.index.facets import Facets
from retrieval.limits import COMPARED, FILTER_VALUE, FILTER_VALUES
from retrieval.storage.reader import Store
from retrieval.text.gazetteer import (
    compose_aliases,
    drop_joining_words,
    find_aliases,
    find_owning_state,
    find_state_code,
    occurs_in,
    tokenize_name,
)
from retrieval.text.lexicon import SECTION_UNITS
from retrieval.text.terms import WORD, fold

MAX_LISTED_VALUES = 15  # values named to who asked for one that is not there
_NAME_WORDS = 10  # words of it that are looked for in the others
_NUMBERED = re.compile(r"\W*(?:(?P<unit>[^\W\d]+(?:[ -][^\W\d]+){0,2})\W+)?(?P<number>\d+(?:\.\d+)*)\b")


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
    forum: tuple[str, ...] = ()  # as reports state it, or the event of their titles
    body: tuple[str, ...] = ()  # that issued the report
    year: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()  # name and value: ("theme", "Construcción de paz")
    recommends: bool = False  # only recommendations and their parts

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def with_defaults(self, other: "Filter") -> "Filter":
        """This filter, its empty fields filled from the other."""
        return Filter(**{name: getattr(self, name) or getattr(other, name) for name in (*FILTERS, "recommends")})

    def describe(self) -> dict[str, list[str]]:
        """The non-empty conditions by field, for display and for JSON."""
        wanted = {name: list(getattr(self, name)) for name in FILTERS}
        wanted["labels"] = [f"{name}: {value}" for name, value in self.labels]
        return {name: values for name, values in wanted.items() if values}

    def check_limits(self) -> None:
        """Raises BeyondLimit for too many values, or one that is too long."""
        values = [part for name in FILTERS for part in getattr(self, name)]
        FILTER_VALUES.check(len(values))
        FILTER_VALUE.check_texts(part for value in values for part in ((value,) if isinstance(value, str) else value))


NO_FILTER = Filter()
FILTERS = tuple(field.name for field in fields(Filter) if field.name != "recommends")


def select_rows(store: Store, wanted: Filter, facets: Facets | None = None) -> frozenset[int] | None:
    """Select the rows of the passages that match a filter; None where it is empty."""
    if not wanted:
        return None
    facets = facets or Facets(store)
    exact = {
        "report_id": wanted.reports,
        "kind": wanted.kinds,
        "strength": wanted.strength,
        "language": wanted.language,
    }
    found: list[AbstractSet[int]] = [
        facets.rows_with_values(column, map(str, values)) for column, values in exact.items() if values
    ]
    if wanted.section:
        headings = (heading for section in wanted.section for heading in match_sections(section, facets))
        found.append(facets.rows_with_values("headings", headings))
    for column, names in (("addressees", wanted.addressee), ("by", wanted.by)):
        if names:
            printed = (value for name in names for value in match_names(name, facets, column))
            found.append(facets.with_parts(facets.rows_with_values(column, printed), column))
    found += (_rows_labelled(facets, name, wanted.labels) for name in {name: None for name, _ in wanted.labels})
    if wanted.recommends:
        found.append(facets.recommendation_and_part_rows)
    return frozenset.intersection(*map(frozenset, sorted(found, key=len)))


def match_sections(wanted: str, facets: Facets) -> list[str]:
    """Find the headings that match a wanted section, by number or by words."""
    number = _parse_section_number(wanted)
    words = tokenize_name(wanted)
    near = facets.headings_numbered(number["number"]) if number else facets.values_with_words("headings", [words])
    return [heading for heading in near if section_matches(wanted, (heading,))]


def match_names(wanted: str, facets: Facets, column: str) -> list[str]:
    """Find the printed names in a column that match the wanted one."""
    near = facets.values_with_words(column, (*find_aliases(wanted), *compose_aliases(wanted)))
    return [printed for printed in near if name_matches(wanted, printed)]


def match_labels(name: str, wanted: str, facets: Facets) -> list[tuple[str, str]]:
    """Find the labels of a name whose value matches the wanted one."""
    near = facets.values_with_words("labels", (*find_aliases(wanted), *compose_aliases(wanted)))
    return [label for label in near if fold(label[0]) == fold(name) and name_matches(wanted, label[1])]


def validate_filter(wanted: Filter, facets: Facets) -> Filter:
    """Validate a filter and spell its closed values as the index does.

    Raises BeyondLimit, and BadFilter for what no passage has.
    """
    wanted.check_limits()
    closed = {
        "reports": ("report", facets.reports),
        "kinds": ("kind", tuple(Kind)),
        "strength": ("strength", tuple(Strength)),
        "language": ("language", facets.languages),
    }
    as_written: dict[str, tuple[str, ...]] = {}
    for field, (called, there) in closed.items():
        if not getattr(wanted, field):
            continue
        by_fold = {fold(value): str(value) for value in there}
        for value in getattr(wanted, field):
            if fold(value) not in by_fold:
                raise unknown_value(called, value, by_fold.values())
        as_written[field] = tuple(by_fold[fold(value)] for value in getattr(wanted, field))
    as_written |= _select_reports(wanted, as_written.get("reports", facets.reports), facets)
    for section in wanted.section:
        if not match_sections(section, facets):
            raise unknown_value("section", section, (heading.rstrip(": ") for heading in facets.values_of("headings")))
    for called, names, column in (("addressee", wanted.addressee, "addressees"), ("by", wanted.by, "by")):
        for name in names:
            if not match_names(name, facets, column):
                raise unknown_value(called, name, facets.values_of(column))
    for name, value in wanted.labels:
        of_name = [values for other, values in facets.label_values.items() if fold(other) == fold(name)]
        if not of_name:
            raise unknown_value("label", name, facets.label_values)
        if not match_labels(name, value, facets):
            raise unknown_value(name, value, chain.from_iterable(of_name))
    return replace(wanted, **as_written)  # type: ignore[arg-type]


def _select_reports(wanted: Filter, reports: tuple[str, ...], facets: Facets) -> dict[str, tuple[str, ...]]:
    """Write the wanted forums, bodies and years as the ids of their reports. Raises BadFilter where there are none."""
    asked = {called: names for called in ("forum", "body", "year") if (names := getattr(wanted, called))}
    for called, names in asked.items():
        stated = facets.stated[called]
        there = sorted({stated[id_] for id_ in reports} - {""})
        for name in names:
            if not any(name_matches(name, value) for value in there):
                raise unknown_value(called, name, there)
        reports = tuple(id_ for id_ in reports if any(name_matches(name, stated[id_]) for name in names))
    return dict.fromkeys(asked, ()) | {"reports": reports} if asked else {}


@cache_short(1 << 14, 100)
def name_matches(wanted: str, printed: str) -> bool:
    """Whether a printed name matches the wanted one: the same state, or it contains the wanted words, in any language.

    A body of a state may be named in two parts, each in any language; a body of another state does not match.

    >>> name_matches("Congreso", "Congreso de la República"), name_matches("Guinea", "Guinea-Bissau")
    (True, False)
    >>> name_matches("Espagne", "Spain"), name_matches("España", "Gobierno de España")
    (True, True)
    >>> name_matches("Congress of the Republic", "Congreso de la República de Colombia")
    True
    >>> name_matches("Government of Spain", "Gobierno de España"), name_matches("Guinea", "Gobierno de Guinea-Bissau")
    (True, False)
    """
    there = tokenize_name(printed)
    if other := find_state_code(printed):
        return find_state_code(wanted) == other
    if (
        (its := find_state_code(wanted) or find_owning_state(wanted))
        and (theirs := find_owning_state(printed))
        and its != theirs
    ):
        return False
    if any(occurs_in(name, there) for name in find_aliases(wanted)):
        return True
    composed = compose_aliases(wanted)
    return bool(composed) and any(occurs_in(name, drop_joining_words(there)) for name in composed)


@cache_short(1 << 14, 100)
def section_matches(wanted: str, path: tuple[str, ...]) -> bool:
    """Whether a heading path is in the wanted section.

    By number, where the section is a number with at most a unit word ("1.1", "mesa 1.2"; "1" includes 1.1
    and 1.2); else by words, which one heading must contain in the same order.

    >>> path = ("Mesa Redonda 1.2 Estrategias", "Sobre las causas originarias de la migración irregular:")
    >>> wanted = ("1.2", "roundtable 1.2", "1", "1.1", "session 1.2", "causas migracion")
    >>> [section_matches(section, path) for section in wanted]
    [True, True, True, False, False, True]
    """
    if number := _parse_section_number(wanted):
        unit = SECTION_UNITS.get(number["unit"] or "")
        return any(_heading_has_number(heading, unit, number["number"]) for heading in path)
    words = tokenize_name(wanted)
    return bool(words) and any(_in_order(words, tokenize_name(heading)) for heading in path)


def _parse_section_number(wanted: str) -> re.Match[str] | None:
    """Parse a wanted section into its number and unit word; None where it is no number."""
    found = _NUMBERED.fullmatch(fold(wanted).strip(" .:"))
    return found if found and (not found["unit"] or found["unit"] in SECTION_UNITS) else None


def _heading_has_number(heading: str, unit: str | None, number: str) -> bool:
    found = _NUMBERED.match(fold(heading))
    if not found:
        return False
    carries = found["unit"] or ""
    if carries and carries not in SECTION_UNITS:
        return False
    same = found["number"] == number or found["number"].startswith(f"{number}.")
    return same and (unit is None or not carries or SECTION_UNITS[carries] == unit)


def _in_order(few: Sequence[str], many: Iterable[str]) -> bool:
    rest = iter(many)
    return all(word in rest for word in few)


def _rows_labelled(facets: Facets, name: str, wanted: Sequence[tuple[str, str]]) -> set[int]:
    """The rows with a label of one of the values; a part without labels of this name inherits its recommendation's."""
    values = (value for other, value in wanted if fold(other) == fold(name))
    labels = (label for value in values for label in match_labels(name, value, facets))
    return facets.with_parts(facets.rows_with_values("labels", labels), "labels", fold(name))


def unknown_value(called: str, wanted: str, known: Iterable[str]) -> BadFilter:
    """The error for an unknown value, which names known ones, the most similar first.

    Compared letter by letter are those with most of its words, COMPARED at most, and of each its beginning.
    """
    values, sought = list(known), fold(wanted)[: COMPARED.most]
    words = WORD.findall(sought)[:_NAME_WORDS]
    likely = nlargest(COMPARED.most, values, key=lambda value: sum(map(fold(value).__contains__, words)))
    near = sorted(likely, key=lambda value: -SequenceMatcher(None, sought, fold(value)[: COMPARED.most]).ratio())
    more = f", and {len(values) - MAX_LISTED_VALUES:,} more" if len(values) > MAX_LISTED_VALUES else ""
    said = {"by": "No passage was made by", "addressee": "No passage is addressed to"}.get(
        called, f"There is no {called}"
    )
    listed = ", ".join(value[: COMPARED.most] for value in near[:MAX_LISTED_VALUES]) or "none"
    return BadFilter(f"{said} {shorten(wanted)} in the index. There are: {listed}{more}")
