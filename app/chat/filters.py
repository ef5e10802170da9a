"""The filters of a question: the options of each field, the chosen values as a Filter, and a filter in words."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from app.chat.coverage import list_covered
from app.i18n.labels import Labels
from ingest.errors import BadFilter, RelatoriaError
from ingest.report import Strength
from retrieval.assistant import Assistant
from retrieval.index.filters import NO_FILTER, Filter, validate_filter
from retrieval.limits import REPEATED

MAX_CHOICES = 300  # values of a field that are listed; sections and addressees can be typed
_MAX_VALUE = 200  # characters of a value that is listed
Choice = tuple[str, str]  # as it is called, and its value


FIELDS = ("reports", "section", "addressee", "strength", "language", "forum", "body", "year")
TYPED_FIELDS = ("section", "addressee")  # by words of them


def load_choices(assistant: Assistant, labels: Labels, offered: int = MAX_CHOICES) -> Mapping[str, Sequence[Choice]]:
    """The facet values of the index by field, ``offered`` of each at most. Raises NoIndex where there is none."""
    stated = assistant.index.facets()
    there = set(stated.values_of("strength"))
    languages = [language for language in stated.languages if language][:offered]
    ids = [covered.report.id for covered in list_covered(assistant)[:offered]]
    return {
        "reports": [(stated.short_names[report_id], report_id) for report_id in ids],
        "section": _as_choices(stated.values_of("headings"))[:offered],
        "addressee": _as_choices(sorted(stated.values_of("addressees"), key=str.casefold))[:offered],
        "strength": [(labels.strengths[strength], str(strength)) for strength in Strength if strength in there],
        "language": [(labels.spoken.get(language, language), language) for language in languages],
        **{name: _as_choices(sorted(filter(None, its.values())))[:offered] for name, its in stated.stated.items()},
    }


def build_filter(*chosen: Sequence[str] | None) -> Filter:
    """Build a filter from the chosen values, a sequence for each of `FIELDS`.

    Raises BeyondLimit, and BadFilter for what is no text.

    >>> build_filter(None, ["1.2"], *[None] * 6).section
    ('1.2',)
    """
    values: dict[str, tuple[str, ...]] = {}
    for name, some in zip(FIELDS, chosen, strict=True):
        given = [some] if isinstance(some, str) else list(some or ())
        if not all(isinstance(value, str) for value in given):
            raise BadFilter("A filter is made of words. Choose from the list.")
        values[name] = tuple(filter(None, map(str.strip, given)))
    made = replace(NO_FILTER, **values)  # type: ignore[arg-type]
    made.check_limits()
    return made


def stale_problem(assistant: Assistant, wanted: Filter, labels: Labels) -> str:
    """The message for a filter with a value that is not in the index any more; empty where all are."""
    if not wanted:
        return ""
    stated = assistant.index.facets()
    for name in FIELDS:
        for value in getattr(wanted, name):
            try:
                validate_filter(replace(NO_FILTER, **{name: (value,)}), stated)  # type: ignore[arg-type]
            except BadFilter:
                shown = value if len(value) <= REPEATED.most else value[: REPEATED.most] + "…"
                return labels.stale.format(field=labels.filters[name], value=shown)
    return ""


def describe_filter(assistant: Assistant, wanted: Filter, labels: Labels) -> str:
    """Describe a filter in the page's language; empty for an empty filter."""
    if not wanted:
        return ""
    called = {"strength": labels.strengths, "language": labels.spoken}
    with suppress(RelatoriaError):  # that there is no index, the answer says
        called["reports"] = assistant.index.facets().short_names
    parts = []
    for name in FIELDS:
        if some := getattr(wanted, name):
            said = ", ".join(called.get(name, {}).get(value, value) for value in some)
            parts.append(f"{labels.filters[name]}: {said}")
    return f"{labels.only} {' · '.join(parts)}"


def _as_choices(values: Iterable[str]) -> list[Choice]:
    called = dict.fromkeys(value.rstrip(": ") for value in values if len(value) <= _MAX_VALUE)
    return [(value, value) for value in called if value]
