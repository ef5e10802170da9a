"""The filters of a question: the options of each field, the chosen values as a Filter, and a filter in words."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace

from app.chat.coverage import covered
from app.i18n.labels import Labels
from ingest.errors import BadFilter, RelatoriaError
from ingest.report import Strength
from retrieval.assistant import Assistant
from retrieval.index.filters import ANY, Filter, checked

OFFERED = 300  # values of a field that are listed; sections and addressees can be typed
_LONGEST = 200  # characters of a value
Choice = tuple[str, str]  # as it is called, and its value


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of each filter field; the fields are in the order of `FIELDS`."""

    reports: Sequence[Choice]
    section: Sequence[Choice]
    addressee: Sequence[Choice]
    strength: Sequence[Choice]
    language: Sequence[Choice]


FIELDS = tuple(one.name for one in fields(Choices))
TYPED = ("section", "addressee")  # by words of them


def choices(assistant: Assistant, labels: Labels, offered: int = OFFERED) -> Choices:
    """Load the facet values of the index, ``offered`` of a field at most. Raises NoIndex where there is none."""
    stated = assistant.index.stated()
    there = [one for one in stated.each("strength") if one]
    return Choices(
        reports=[(one.report.metadata.title or one.report.id, one.report.id) for one in covered(assistant)[:offered]],
        section=_same(stated.each("headings"))[:offered],
        addressee=_same(sorted(stated.each("addressees"), key=str.casefold))[:offered],
        strength=[(labels.strengths[one], str(one)) for one in Strength if one in there],
        language=[(labels.spoken.get(one, one), one) for one in stated.languages if one][:offered],
    )


def narrowed(*chosen: Sequence[str] | None) -> Filter:
    """Build a filter from the chosen values, a sequence for each of `FIELDS`. Raises BadFilter for what is no text.

    >>> narrowed(None, ["1.2"], [], None, None).section
    ('1.2',)
    """
    values: dict[str, tuple[str, ...]] = {}
    for name, some in zip(FIELDS, chosen, strict=True):
        given = [some] if isinstance(some, str) else list(some or ())
        if len(given) > OFFERED or not all(isinstance(one, str) and len(one) <= _LONGEST * 5 for one in given):
            raise BadFilter("A filter is made of a few words. Choose from the list.")
        values[name] = tuple(one.strip() for one in given if one.strip())
    return replace(ANY, **values)  # type: ignore[arg-type]


def problem(assistant: Assistant, wanted: Filter, labels: Labels) -> str:
    """The message for a filter with a value that is not in the index any more; empty where all are."""
    if not wanted:
        return ""
    stated = assistant.index.stated()
    for name in FIELDS:
        for value in getattr(wanted, name):
            try:
                checked(replace(ANY, **{name: (value,)}), stated)  # type: ignore[arg-type]
            except BadFilter:
                shown = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
                return labels.stale.format(field=labels.filters[name], value=shown)
    return ""


def described(assistant: Assistant, wanted: Filter, labels: Labels) -> str:
    """Describe a filter in the page's language; empty for an empty filter."""
    if not wanted:
        return ""
    called = {"reports": _titles(assistant) if wanted.reports else {}, "strength": labels.strengths}
    called["language"] = labels.spoken
    parts = []
    for name in FIELDS:
        if some := getattr(wanted, name):
            said = ", ".join(called.get(name, {}).get(one, one) for one in some)
            parts.append(f"{labels.filters[name]}: {said}")
    return f"{labels.only} {' · '.join(parts)}"


def _titles(assistant: Assistant) -> Mapping[str, str]:
    """The reports' titles, by id; empty where there is no index, which the answer says."""
    with suppress(RelatoriaError):
        return {one.report.id: one.report.metadata.title or one.report.id for one in covered(assistant)}
    return {}


def _same(values: Iterable[str]) -> list[Choice]:
    called = dict.fromkeys(one.rstrip(": ") for one in values if len(one) <= _LONGEST)
    return [(one, one) for one in called if one]
