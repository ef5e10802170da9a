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

    added_passages: tuple[Passage, ...] = ()
    changed: tuple[RecordChange, ...] = ()
    removed: tuple[str, ...] = ()  # ids

    @property
    def added(self) -> tuple[str, ...]:
        """The ids of the records added."""
        return tuple(passage.id for passage in self.added_passages)


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
    both = [RecordChange(old[id_], passage) for id_, passage in new.items() if id_ in old]
    return RecordDiff(
        added_passages=tuple(passage for id_, passage in new.items() if id_ not in old),
        changed=tuple(change for change in both if _visible_content(change.before) != _visible_content(change.after)),
        removed=tuple(id_ for id_ in old if id_ not in new),
    )


def merge_diffs(parts: Iterable[RecordDiff]) -> RecordDiff:
    """Merge the diffs of several reports."""
    diffs = list(parts)
    return RecordDiff(
        added_passages=tuple(passage for diff in diffs for passage in diff.added_passages),
        changed=tuple(change for diff in diffs for change in diff.changed),
        removed=tuple(id_ for diff in diffs for id_ in diff.removed),
    )


def _visible_content(passage: Passage) -> tuple[object, ...]:
    """What a reader would see change; other line breaks are no difference."""
    return normalize_for_display(passage.text), passage.number, passage.kind, passage.labels
