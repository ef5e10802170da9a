"""Plans an incremental update: which files are new, changed, moved, removed or unchanged.

A file whose size, times and inode are the remembered ones (and its sidecar's) has not changed; else
its content is hashed, and only a content that is new to the index is read. As in git's index, a file
modified so recently that a further change might not show in its times is never trusted.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from ingest.errors import UnreadableReport
from ingest.readers.files import hash_file, slugify
from ingest.sources import Sources
from retrieval.storage.reader import KnownReport, Store
from retrieval.storage.schema import FileState

_RACY = 2_000_000_000  # nanoseconds; the coarsest file times in use (FAT) are of two seconds


@dataclass(frozen=True, slots=True)
class FileFailure:
    """A file that could not be ingested, with the error."""

    file: Path
    error: str
    kept: str = ""  # id of the report that stays as an earlier ingest read it from this file


@dataclass(frozen=True, slots=True)
class FileCopy:
    """A file with the same content as another, which is indexed for both."""

    file: Path
    original: Path


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file to be read: its content is not in the index under this name."""

    seen: FileState
    old: KnownReport | None = None  # the report as it is in the index
    copies: list[FileState] = field(default_factory=list)  # files of the same content: they say nothing new


@dataclass(slots=True)
class UpdatePlan:
    """What an update has to do, and which files need nothing."""

    to_read: list[FileToRead] = field(default_factory=list)
    moved: list[tuple[str, Path]] = field(default_factory=list)  # report ids, with where they are now
    removed: list[str] = field(default_factory=list)  # report ids
    to_rebuild: list[str] = field(default_factory=list)  # reports to be made anew from what the index holds
    unchanged: list[str] = field(default_factory=list)  # report ids, one a file
    copies: list[FileCopy] = field(default_factory=list)  # of files that are in the index already
    to_remember: list[FileState] = field(default_factory=list)  # to be remembered
    to_forget: list[Path] = field(default_factory=list)  # files of the last time that are no longer
    failed: list[FileFailure] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.to_read or self.moved or self.removed or self.to_rebuild or self.to_remember or self.to_forget)


class IdAllocator:
    """Allocates unique report ids: "informe", or where several files are called so "2019-informe-pdf", then "…-2"."""

    def __init__(self, taken: Iterable[str], files: Iterable[Path] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}
        self._files = Counter(slugify(file.stem) for file in files)

    def allocate_for(self, file: Path) -> str:
        """Reserve the id of a new file, the same whatever the order of those that are called like it."""
        wanted = slugify(file.stem)
        alone = self._files[wanted] < 2 and wanted not in self._taken
        return self.allocate(wanted if alone else slugify(f"{file.parent.name} {file.name}"))

    def allocate(self, wanted: str) -> str:
        """Reserve the id, or the id with the first number that makes it unique."""
        number = self._next.get(wanted, 1)
        while (report_id := wanted if number == 1 else f"{wanted}-{number}") in self._taken:
            number += 1
        self._next[wanted] = number
        self._taken.add(report_id)
        return report_id


def plan_update(
    store: Store,
    sources: Sources,
    *,
    trust: bool,
    anew: bool,
    empty: bool,
    instead: Mapping[Path, Path] = MappingProxyType({}),
) -> UpdatePlan:
    """Plan the update of the index from the files.

    ``trust``: an unchanged stat means unchanged content; otherwise all files are read. ``anew``: everything is
    rebuilt. ``empty``: there is no index yet. ``instead``: files of the index, mapped to their replacements.
    """
    known = (
        []
        if empty
        else [replace(report, source=instead.get(report.source, report.source)) for report in store.known_reports()]
    )
    planner = _Planner(known, [] if empty else store.file_states(), sources.files, trust=trust and not anew)
    result = planner.plan
    result.failed += [FileFailure(folder, error) for folder, error in sources.unlisted]
    for file in sources.files:
        try:
            planner.classify(file)
        except UnreadableReport as error:
            old = planner.known.get(file)
            result.failed.append(FileFailure(file, str(error), old.id if old else ""))
    planner.find_removed(sources)
    if anew:
        done = {*result.removed, *(read.old.id for read in result.to_read if read.old)}
        result.to_rebuild = [report.id for report in planner.known.values() if report.id not in done]
    return result


class _Planner:
    """Compares the files with the index one by one, each in constant time."""

    def __init__(self, known: list[KnownReport], seen: list[FileState], files: Iterable[Path], *, trust: bool) -> None:
        self.plan = UpdatePlan()
        self.known = {report.source: report for report in known}
        self._trust = trust
        self._seen = {state.path: state for state in seen}
        self._ids = IdAllocator((report.id for report in known), files)
        self._homes = {report.file_hash: report.source for report in known if report.file_hash}  # of every content, one
        self._new: dict[Path, FileToRead] = {}
        self._moved: dict[Path, KnownReport] = {}  # by where they are now
        self._left: set[Path] = set()  # where moved reports were
        self._contents: dict[Path, str] = {}  # hashes of files as they are now, empty where unreadable
        self._now = time.time_ns()

    def classify(self, file: Path) -> None:
        """Classify one file as new, changed, moved, copy or unchanged. Raises UnreadableReport."""
        before, old = self._seen.get(file), self.known.get(file)
        now = self._inspect(file, before)
        if old is not None:
            if self._trust and before and (now.file_hash, now.sidecar_hash) == (before.file_hash, before.sidecar_hash):
                self._mark_unchanged(now, old.id, before)
            else:
                self._plan_read(now, old)
            return
        home = self._homes.get(now.file_hash)
        if home in self._new:
            self._new[home].copies.append(now)
        elif home is not None and (at_home := self.known.get(home) or self._moved.get(home)) and self._is_gone(home):
            self._plan_move(now, at_home)
        elif home is not None and at_home and self._content_hash(home) == now.file_hash:
            self._mark_unchanged(now, at_home.id, before)
            self.plan.copies.append(FileCopy(file, home))
        else:
            self._homes[now.file_hash] = file
            self._plan_read(now, None)

    def find_removed(self, sources: Sources) -> None:
        """Plan the removal of reports and remembered files whose files are gone."""
        found = {*sources.files, *self._left}
        gone = (source for source in self.known if source not in found and sources.covers(source))
        self.plan.removed = [self.known[source].id for source in gone]
        here = found - self._left
        self.plan.to_forget += [path for path in self._seen if path not in here and sources.covers(path)]

    def _inspect(self, file: Path, before: FileState | None) -> FileState:
        """The present state of a file; its remembered hash is reused where its stat is unchanged."""
        try:
            str(file).encode()
        except UnicodeEncodeError as error:  # said here, so that a file of the same content is read in its own right
            raise UnreadableReport("has a name that is not UTF-8: rename it") from error
        stat, youngest = _stat_signature(file)
        if self._trust and before and stat and before.stat == stat:
            self._contents[file] = before.file_hash
            return before
        self._contents[file] = ""
        content = self._contents[file] = hash_file(file)
        return FileState(file, "", content, _sidecar_hash(file), stat if youngest < self._now - _RACY else "")

    def _mark_unchanged(self, now: FileState, report_id: str, before: FileState | None) -> None:
        self.plan.unchanged.append(report_id)
        now = replace(now, report_id=report_id)
        if now != before:
            self.plan.to_remember.append(now)

    def _plan_read(self, now: FileState, old: KnownReport | None) -> None:
        report_id = old.id if old else self._ids.allocate_for(now.path)
        job = FileToRead(replace(now, report_id=report_id), old)
        self.plan.to_read.append(job)
        if old is None:
            self._new[now.path] = job

    def _plan_move(self, now: FileState, old: KnownReport) -> None:
        """Plan a move: the report of a file that is gone is now this file's, and keeps its records."""
        before = self._seen.get(old.source)
        self._left.add(old.source)
        self._moved[now.path] = old
        self._homes[now.file_hash] = now.path
        self.plan.to_forget.append(old.source)
        if self._trust and before and before.sidecar_hash == now.sidecar_hash:
            self.plan.moved.append((old.id, now.path))
            self._mark_unchanged(now, old.id, None)
        else:
            self._plan_read(now, old)

    def _is_gone(self, home: Path) -> bool:
        return home not in self._contents and home not in self._left and not home.exists()

    def _content_hash(self, file: Path) -> str:
        """The present content hash of a file; empty where it cannot be read."""
        if file not in self._contents:
            try:
                self._inspect(file, self._seen.get(file))
            except UnreadableReport:
                self._contents[file] = ""
        return self._contents[file]


def _stat_signature(file: Path) -> tuple[str, int]:
    """The stat signature of a file and its sidecar, and the latest of their times in nanoseconds."""
    words: list[str] = []
    youngest = 0
    name = str(file)
    for path in (name, f"{os.path.splitext(name)[0]}.toml"):  # noqa: PTH122  # five times as fast, of ten thousand files
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError:
            words.append("-")
            continue
        words.append(f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}")
        youngest = max(youngest, status.st_mtime_ns, status.st_ctime_ns)
    return " / ".join(words), youngest


def _sidecar_hash(file: Path) -> str:
    """The hash of a file's sidecar: empty where there is none, "?" where reading the report will report the error."""
    sidecar = file.with_suffix(".toml")
    try:
        return hash_file(sidecar) if sidecar.exists() else ""
    except (UnreadableReport, OSError):
        return "?"
