"""Diffs the records of a report: which were added, changed and removed, matched by id."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.report import Passage, for_reading


@dataclass(frozen=True, slots=True)
class Change:
    """A record whose text, number, kind or labels changed."""

    was: Passage
    now: Passage


@dataclass(frozen=True, slots=True)
class Records:
    """Records added, changed and removed, in the order of the files."""

    added: tuple[str, ...] = ()  # ids
    changed: tuple[Change, ...] = ()
    removed: tuple[str, ...] = ()  # ids
    new: tuple[Passage, ...] = ()  # those that are added, whole


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of records added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.added + other.added, self.changed + other.changed, self.removed + other.removed)

    @classmethod
    def of(cls, records: Records) -> "Counts":
        return cls(len(records.added), len(records.changed), len(records.removed))


def compare(before: Iterable[Passage], after: Iterable[Passage]) -> Records:
    """Diff the records of one report before and after an update."""
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    return Records(
        added=tuple(one for one in new if one not in old),
        changed=tuple(Change(old[one], new[one]) for one in new if one in old and _differ(old[one], new[one])),
        removed=tuple(one for one in old if one not in new),
        new=tuple(one for key, one in new.items() if key not in old),
    )


def together(parts: Iterable[Records]) -> Records:
    """Merge the diffs of several reports."""
    listed = list(parts)
    return Records(
        added=tuple(one for part in listed for one in part.added),
        changed=tuple(one for part in listed for one in part.changed),
        removed=tuple(one for part in listed for one in part.removed),
        new=tuple(one for part in listed for one in part.new),
    )


def _differ(one: Passage, other: Passage) -> bool:
    """Whether a reader would see a difference; other line breaks are none."""
    return _seen(one) != _seen(other)


def _seen(one: Passage) -> tuple[object, ...]:
    return for_reading(one.text), one.number, one.kind, one.labels
