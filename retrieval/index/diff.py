"""Diffs the records of a report: which were added, changed and removed, matched by id."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.report import Passage, normalize_for_display


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record whose text, number, kind or labels changed."""

    before: Passage
    after: Passage


@dataclass(frozen=True, slots=True)
class RecordDiff:
    """Records added, changed and removed, in the order of the files."""

    added: tuple[str, ...] = ()  # ids
    changed: tuple[RecordChange, ...] = ()
    removed: tuple[str, ...] = ()  # ids
    added_passages: tuple[Passage, ...] = ()  # those that are added, whole


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """The number of records added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __add__(self, other: "RecordCounts") -> "RecordCounts":
        return RecordCounts(self.added + other.added, self.changed + other.changed, self.removed + other.removed)

    @classmethod
    def of(cls, records: RecordDiff) -> "RecordCounts":
        return cls(len(records.added), len(records.changed), len(records.removed))


def diff_records(before: Iterable[Passage], after: Iterable[Passage]) -> RecordDiff:
    """Diff the records of one report before and after an update."""
    old, new = {passage.id: passage for passage in before}, {passage.id: passage for passage in after}
    return RecordDiff(
        added=tuple(one for one in new if one not in old),
        changed=tuple(RecordChange(old[one], new[one]) for one in new if one in old and _differ(old[one], new[one])),
        removed=tuple(one for one in old if one not in new),
        added_passages=tuple(value for key, value in new.items() if key not in old),
    )


def merge_diffs(parts: Iterable[RecordDiff]) -> RecordDiff:
    """Merge the diffs of several reports."""
    listed = list(parts)
    return RecordDiff(
        added=tuple(one for part in listed for one in part.added),
        changed=tuple(one for part in listed for one in part.changed),
        removed=tuple(one for part in listed for one in part.removed),
        added_passages=tuple(passage for part in listed for passage in part.added_passages),
    )


def _differ(one: Passage, other: Passage) -> bool:
    """Whether a reader would see a difference; other line breaks are none."""
    return _visible_content(one) != _visible_content(other)


def _visible_content(one: Passage) -> tuple[object, ...]:
    return normalize_for_display(one.text), one.number, one.kind, one.labels
