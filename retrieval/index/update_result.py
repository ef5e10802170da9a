"""The result of an index update, and the running tally that it is made from."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.report import Passage, ReadingWarning, Report
from ingest.worker import ReadJob, ReadLimits, read_files
from retrieval.index.diff import RecordCounts, RecordDiff
from retrieval.index.update_plan import FileCopy, FileFailure, FileToRead, UpdatePlan
from retrieval.storage.schema import FileState

ProgressCallback = Callable[[str, int, int], None]  # "reading" files or "embedding" passages; done so far, of how many


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The result of an index update; the first three count the index afterwards."""

    reports: int
    passages: int
    recommendations: int
    added: tuple[str, ...]  # report ids
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]  # one a file, copies among them
    copies: tuple[FileCopy, ...]
    failed: tuple[FileFailure, ...]
    counts: RecordCounts  # of the records in them
    records: RecordDiff | None  # which these are, of a dry run
    seconds: float
    warnings: tuple[tuple[Path, ReadingWarning], ...] = ()  # of the files that were read


@dataclass(frozen=True, slots=True)
class ParsedReport:
    """A parsed file: its report and passages."""

    todo: FileToRead
    report: Report
    passages: tuple[Passage, ...]
    digest: str
    is_new: bool  # whether it says anything that the index does not


@dataclass(slots=True)
class UpdateRun:
    """An update in progress: its plan and what was done so far."""

    plan: UpdatePlan
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    copies: list[FileCopy] = field(default_factory=list)
    counts: RecordCounts = field(default_factory=RecordCounts)
    warnings: list[tuple[Path, ReadingWarning]] = field(default_factory=list)

    def parse_files(self, limits: ReadLimits, progress: ProgressCallback) -> Generator[ParsedReport, None, None]:
        """Parse the files of the plan, in order; unreadable ones are listed as failed. Close the generator."""
        waiting = self.plan.to_read
        total, done = len(waiting), 0
        while waiting:
            again: list[FileToRead] = []
            jobs = (ReadJob(read.seen.path, read.seen.report_id) for read in waiting)
            with closing(read_files(jobs, limits)) as results:
                for todo, parsed in zip(waiting, results, strict=True):
                    progress("reading", done := done + 1, total)
                    if parsed.report is None:
                        again += self._record_failure(todo, parsed.error)
                    else:
                        is_new = todo.old is None or todo.old.digest != parsed.digest
                        self._record_success(todo, is_new=is_new)
                        self.warnings += [(todo.seen.path, warning) for warning in parsed.report.metadata.warnings]
                        yield ParsedReport(todo, parsed.report, parsed.passages, parsed.digest, is_new)
            waiting = again
            total += len(again)

    def count_records(self, records: RecordDiff) -> RecordDiff:
        """Add a diff to the counts and return it."""
        self.counts += RecordCounts.of(records)
        return records

    def _record_success(self, todo: FileToRead, *, is_new: bool) -> None:
        ids = self.unchanged if not is_new else self.changed if todo.old else self.added
        ids.append(todo.seen.report_id)
        self.unchanged += [todo.seen.report_id for _ in todo.copies]
        self.copies += [FileCopy(copy.path, todo.seen.path) for copy in todo.copies]

    def _record_failure(self, todo: FileToRead, error: str) -> list[FileToRead]:
        """Record a file as failed; returns its copies with another extension or sidecar, to be tried instead."""
        same = [copy for copy in todo.copies if _parse_alike(copy, todo.seen)]
        others = [copy for copy in todo.copies if not _parse_alike(copy, todo.seen)]
        self.plan.failed.append(FileFailure(todo.seen.path, error, todo.old.id if todo.old else ""))
        self.plan.failed += [FileFailure(copy.path, error) for copy in same]
        if todo.old:
            self.plan.to_rebuild.append(todo.old.id)
        return [FileToRead(replace(other, report_id=todo.seen.report_id), None, others[1:]) for other in others[:1]]


def _parse_alike(copy: FileState, original: FileState) -> bool:
    """Whether two files of one content parse alike: the same extension and the same sidecar."""
    return (copy.path.suffix, copy.sidecar_hash) == (original.path.suffix, original.sidecar_hash)
