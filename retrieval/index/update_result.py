"""The result of an index update, and the running tally that it is made from."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field, replace

from ingest.report import Passage, Report
from ingest.worker import Job, Limits, read_all
from retrieval.index.diff import Counts, Records
from retrieval.index.update_plan import Copy, Failure, Plan, ToRead
from retrieval.storage.schema import Seen

Progress = Callable[[str, int, int], None]  # "reading" files or "embedding" passages; done so far, of how many


@dataclass(frozen=True, slots=True)
class Ingested:
    """The result of an index update; the first three count the index afterwards."""

    reports: int
    passages: int
    recommendations: int
    added: tuple[str, ...]  # report ids
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]  # one a file, copies among them
    copies: tuple[Copy, ...]
    failed: tuple[Failure, ...]
    counts: Counts  # of the records in them
    records: Records | None  # which these are, of a dry run
    seconds: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A parsed file: its report and passages."""

    todo: ToRead
    report: Report
    passages: tuple[Passage, ...]
    digest: str
    is_new: bool  # whether it says anything that the index does not


@dataclass(slots=True)
class Outcome:
    """An update in progress: its plan and what was done so far."""

    plan: Plan
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def parsed(self, limits: Limits, progress: Progress) -> Generator[Taken, None, None]:
        """Parse the files of the plan, in order; unreadable ones are listed as failed. Close the generator."""
        waiting = self.plan.read
        total, done = len(waiting), 0
        while waiting:
            again: list[ToRead] = []
            jobs = (Job(one.seen.path, one.seen.report_id) for one in waiting)
            with closing(read_all(jobs, limits)) as results:
                for todo, parsed in zip(waiting, results, strict=True):
                    progress("reading", done := done + 1, total)
                    if parsed.report is None:
                        again += self._failed(todo, parsed.error)
                    else:
                        is_new = todo.old is None or todo.old.digest != parsed.digest
                        self._note(todo, is_new=is_new)
                        yield Taken(todo, parsed.report, parsed.passages, parsed.digest, is_new)
            waiting = again
            total += len(again)

    def count(self, records: Records) -> Records:
        """Add a diff to the counts and return it."""
        self.counts += Counts.of(records)
        return records

    def _note(self, todo: ToRead, *, is_new: bool) -> None:
        ids = self.unchanged if not is_new else self.changed if todo.old else self.added
        ids.append(todo.seen.report_id)
        self.unchanged += [todo.seen.report_id for _ in todo.copies]
        self.copies += [Copy(one.path, todo.seen.path) for one in todo.copies]

    def _failed(self, todo: ToRead, error: str) -> list[ToRead]:
        """Record a file as failed; returns its copies with another extension or sidecar, to be tried instead."""
        same = [one for one in todo.copies if _read_alike(one, todo.seen)]
        others = [one for one in todo.copies if not _read_alike(one, todo.seen)]
        self.plan.failed.append(Failure(todo.seen.path, error, todo.old.id if todo.old else ""))
        self.plan.failed += [Failure(one.path, error) for one in same]
        if todo.old:
            self.plan.kept.append(todo.old.id)
        first = [replace(one, report_id=todo.seen.report_id) for one in others[:1]]
        return [ToRead(one, None, others[1:]) for one in first]


def _read_alike(one: Seen, other: Seen) -> bool:
    """Whether two files of one content parse alike: the same extension and the same sidecar."""
    return (one.path.suffix, one.sidecar_hash) == (other.path.suffix, other.sidecar_hash)
