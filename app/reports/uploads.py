"""Stages uploaded files, diffs them against the index record by record, and commits them after confirmation.

A committed file is kept in the folder "uploads" of the index, under its own name made safe; one of the same name is a
new version of its report. Until then it lies in a hidden folder there, which no ingest reads.
Long because staging, preview, commit and roll-back share one folder layout.
"""

import secrets
import shutil
import time
import unicodedata
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from app.reports.catalog import UPLOADS
from app.reports.turns import TurnOver
from app.server.ownership import owner_key
from ingest.errors import RelatoriaError, StorageFailed, UnreadableReport
from ingest.private_files import make_private_folder, open_private
from ingest.readers.file_type import FileFormat, detect_format
from ingest.readers.files import hash_file, read_bytes
from ingest.report import ReadingWarning
from ingest.sources import READABLE_SUFFIXES, Sources
from ingest.worker import ReadLimits
from retrieval.assistant import Assistant
from retrieval.index.diff import RecordDiff
from retrieval.index.update_result import ProgressCallback, UpdateResult
from retrieval.limits import FILE_NAME, FILES

EXPIRY = 3_600  # seconds after which an upload that nobody has decided on is forgotten
UPLOAD_LIMITS = ReadLimits(seconds=60, memory=2**30)  # of a file that a stranger sent
_STAGING = ".offered"  # the hidden folder
_MAX_PENDING = 60  # uploads that may wait to be decided on
_MAX_PENDING_OWN = 3  # of one visitor; a further one takes the place of the oldest
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}  # by Windows
_SUFFIXES = {FileFormat.MARKDOWN: ".md", FileFormat.TEXT: ".txt"}  # those of other formats are their names
_POLL_SECONDS = 0.2  # seconds between looks at how far it is

T = TypeVar("T")


class FileStatus(StrEnum):
    """What committing a file does to the index."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    COPY = "copy"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What committing one file would change."""

    name: str  # made safe, as it would be kept
    status: FileStatus
    detail: str = ""  # why it is refused; of what it is a copy
    size: int = 0  # bytes, of one that is too large
    records: RecordDiff = field(default_factory=RecordDiff)
    warnings: tuple[ReadingWarning, ...] = ()

    @property
    def changes_index(self) -> bool:
        return self.status in (FileStatus.ADDED, FileStatus.CHANGED)


@dataclass(frozen=True, slots=True)
class StagedUpload:
    """Files in the staging folder, and what committing them would change in one state of the index."""

    folder: Path
    state: str
    verdicts: tuple[FileVerdict, ...]

    @property
    def has_changes(self) -> bool:
        return any(verdict.changes_index for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """Progress of an upload: "reading" a file by name, "embedding", or "waiting" for another ingest."""

    stage: str
    name: str = ""
    done: int = 0
    total: int = 0


class IndexBusy(RelatoriaError):
    """Another process holds the write lock of the index."""


class TooManyUploads(RelatoriaError):
    """Too many staged uploads are pending."""


def stage_upload(
    assistant: Assistant,
    files: Sequence[Path],
    limit: int,
    *,
    limits: ReadLimits = UPLOAD_LIMITS,
    visitor: str = "",
) -> Generator[UploadProgress, None, StagedUpload]:
    """Copy files to a staging folder and diff them against the index, which is not changed. Raises RelatoriaError.

    A file of more than ``limit`` bytes is refused. By ``limits.until`` it has to be done.
    """
    aside = assistant.index.folder / UPLOADS / _STAGING
    discard_expired(aside.parent)
    own = owner_key(visitor)
    for old in sorted(aside.glob(f"{own}*"), key=lambda path: path.stat().st_mtime)[: 1 - _MAX_PENDING_OWN]:
        shutil.rmtree(old, ignore_errors=True)
    if aside.is_dir() and sum(1 for _ in aside.iterdir()) >= _MAX_PENDING:
        raise TooManyUploads("Too many uploads wait to be decided. Try again later.")
    folder = aside / f"{own}{secrets.token_hex(16)}"
    try:
        make_private_folder(folder)
        kept = _copy_to_staging(files[: FILES.most], folder, limit)
        verdicts = yield from _compare_files(assistant, folder, kept, limits)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise _storage_error(error) from error
        raise
    return StagedUpload(folder, _state(assistant), verdicts)


def commit_upload(
    assistant: Assistant, offered: StagedUpload, limits: ReadLimits = UPLOAD_LIMITS
) -> Generator[UploadProgress, None, StagedUpload | UpdateResult]:
    """Move staged files into place and ingest them, all or none. Raises RelatoriaError, having changed nothing.

    By ``limits.until`` it has to be done; vectors that are made by then are used again by the next try.

    Returns a new StagedUpload to confirm, instead, where the index has changed since and the diff differs now.
    """
    if not offered.folder.is_dir():
        raise RelatoriaError("These files are no longer there. Choose them once more.")
    check_unlocked(assistant.index.folder)
    if _state(assistant) != offered.state:
        sizes = [(verdict.name, verdict) for verdict in offered.verdicts]
        verdicts = yield from _compare_files(assistant, offered.folder, sizes, limits)
        offered, before = StagedUpload(offered.folder, _state(assistant), verdicts), offered
        if offered.verdicts != before.verdicts:
            return offered
    return (yield from _run_with_progress(lambda progress: _apply_files(assistant, offered, progress, limits)))


def discard_upload(offered: StagedUpload | None) -> None:
    """Delete a staged upload and its files."""
    if offered is not None:
        shutil.rmtree(offered.folder, ignore_errors=True)


def discard_expired(kept: Path) -> None:
    """Delete staged uploads beside the kept ones that nobody confirmed within an hour."""
    with suppress(OSError):
        for path in (kept / _STAGING).iterdir():
            if path.stat().st_mtime < time.time() - EXPIRY:
                shutil.rmtree(path, ignore_errors=True)


def safe_file_name(name: str, ending: str = "") -> str:
    r"""Sanitize a file name: no path, control characters or reserved name; ``ending`` where its own suffix is unknown.

    >>> safe_file_name("../../etc/passwd", ".txt"), safe_file_name("C:\\temp\\Acta 1.PDF"), safe_file_name("CON.txt")
    ('passwd.txt', 'Acta 1.PDF', '_CON.txt')
    >>> safe_file_name("\u202egnp.\x00exe", ".txt"), safe_file_name("", ".txt"), safe_file_name(".hidden.md")
    ('gnp.exe.txt', 'report.txt', 'hidden.md')
    """
    last = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode()).replace("\\", "/").rpartition("/")[2]
    plain = "".join(
        "-" if sign in '<>:"|?*' else " " if sign.isspace() else sign
        for sign in last
        if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    words = " ".join(plain.split()).lstrip(".~$ ").rstrip(". ")
    suffix = next((words[-len(suffix) :] for suffix in READABLE_SUFFIXES if words.lower().endswith(suffix)), "")
    stem, suffix = (words.removesuffix(suffix), suffix) if suffix else (words, ending)
    stem = stem.encode()[: FILE_NAME.most].decode("utf-8", "ignore").rstrip(". ") or "report"
    return f"{'_' if stem.partition('.')[0].lower() in _RESERVED else ''}{stem}{suffix}"


def _copy_to_staging(files: Iterable[Path], folder: Path, limit: int) -> list[tuple[str, FileVerdict | None]]:
    """Copy files to the staging folder: their safe unique names, each with its verdict where it is too large."""
    kept: dict[str, FileVerdict | None] = {}
    for file in files:
        fits = (size := file.stat().st_size) <= limit
        name = _unique_name(safe_file_name(file.name, _suffix_of(file) if fits else ".txt"), kept)
        kept[name] = None if fits else FileVerdict(name, FileStatus.REFUSED, size=size)
        if fits:
            with file.open("rb") as read, open(folder / name, "wb", opener=open_private) as into:
                shutil.copyfileobj(read, into)
        with suppress(OSError):
            file.unlink()
    return list(kept.items())


def _suffix_of(file: Path) -> str:
    """The suffix for a file by its format: a later ingest looks for names, before it looks into files."""
    if file.suffix.lower() in READABLE_SUFFIXES:
        return file.suffix
    try:
        form = detect_format(read_bytes(file), file.name)
        return _SUFFIXES.get(form, f".{form.name.lower()}")
    except UnreadableReport:  # the ingest says why
        return ".txt"


def _unique_name(name: str, taken: Mapping[str, object]) -> str:
    """The name, numbered where it is taken; compared case-insensitively, as some file systems do."""
    lower = {other.lower() for other in taken}
    stem, suffix = Path(name).stem, Path(name).suffix
    number, free = 1, name
    while free.lower() in lower:
        number += 1
        free = f"{stem}-{number}{suffix}"
    return free


def _compare_files(
    assistant: Assistant, folder: Path, kept: Sequence[tuple[str, FileVerdict | None]], limits: ReadLimits
) -> Generator[UploadProgress, None, tuple[FileVerdict, ...]]:
    """Diff each file against the index; a file with the content of another one is a copy of it."""
    verdicts: list[FileVerdict] = []
    contents: dict[str, str] = {}
    for done, (name, refused) in enumerate(kept, start=1):
        yield UploadProgress("reading", name, done, len(kept))
        _check_time(limits.until)
        if refused is not None and not (folder / name).exists():
            verdicts.append(refused)
            continue
        content = hash_file(folder / name)
        if of := contents.get(content):
            verdicts.append(FileVerdict(name, FileStatus.COPY, of))
            continue
        verdict = _compare_file(assistant, folder, name, limits)
        _check_time(limits.until)
        if verdict.status is not FileStatus.REFUSED:
            contents[content] = name
        verdicts.append(verdict)
    return tuple(verdicts)


def _check_time(until: float) -> None:
    if time.monotonic() > until:
        raise TurnOver("This took too long and was stopped. Nothing was changed.")


def _compare_file(assistant: Assistant, folder: Path, name: str, limits: ReadLimits) -> FileVerdict:
    index = assistant.index
    file, place = (folder / name).resolve(), (index.folder / UPLOADS).resolve() / name
    result = index.update(Sources((file,), ()), assistant.embedder, dry_run=True, limits=limits, instead={place: file})
    if result.failed:
        return FileVerdict(name, FileStatus.REFUSED, result.failed[0].error)
    if result.copies:
        return FileVerdict(name, FileStatus.COPY, result.copies[0].original.name)
    fate = FileStatus.ADDED if result.added else FileStatus.CHANGED if result.changed else FileStatus.UNCHANGED
    warnings = tuple(warning for _, warning in result.warnings)
    return FileVerdict(name, fate, records=result.records or RecordDiff(), warnings=warnings)


def _apply_files(
    assistant: Assistant, offered: StagedUpload, progress: ProgressCallback, limits: ReadLimits
) -> UpdateResult:
    """Move the files into place and ingest them; roll back where that fails."""

    def go_on(stage: str, done: int, total: int) -> None:
        _check_time(limits.until)
        progress(stage, done, total)

    places = _FileMoves(offered.folder, assistant.index.folder / UPLOADS)
    try:
        files = tuple(places.put(verdict.name) for verdict in offered.verdicts if verdict.changes_index)
        sources = Sources(files, ())
        result = assistant.index.update(sources, assistant.embedder, progress=go_on, limits=limits)
        for failure in result.failed:
            places.undo(failure.file.name)
    except BaseException as error:
        places.undo_all()
        if isinstance(error, OSError):
            raise _storage_error(error) from error
        raise
    discard_upload(offered)
    return result


def _storage_error(error: OSError) -> StorageFailed:
    return StorageFailed(
        f"The files could not be kept ({error.strerror or error}). Nothing was changed. "
        "Whoever runs this page has to make room on its disk, or let it write there."
    )


class _FileMoves:
    """Reversible moves of files from the staging folder to the uploads folder."""

    def __init__(self, aside: Path, home: Path) -> None:
        self._aside, self._home = aside, home.resolve()
        self._before = aside / "before"
        self._put: list[str] = []

    def put(self, name: str) -> Path:
        """Move one file into place, backing up what it replaces; returns its path."""
        self._before.mkdir(exist_ok=True)
        place = self._home / name
        if place.exists():
            place.replace(self._before / name)
        self._put.append(name)
        (self._aside / name).replace(place)
        return place

    def undo(self, name: str) -> None:
        """Move one file back, and restore what it replaced."""
        place, before = self._home / name, self._before / name
        if place.exists():
            place.replace(self._aside / name)
        if before.exists():
            before.replace(place)

    def undo_all(self) -> None:
        for name in self._put:
            with suppress(OSError):
                self.undo(name)


def _run_with_progress(work: Callable[[ProgressCallback], T]) -> Generator[UploadProgress, None, T]:
    """Run ``work`` in a thread that finishes even if the caller leaves; yields its progress, returns its result."""
    now = UploadProgress("waiting")

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal now
        now = UploadProgress(stage, done=done, total=total)

    executor = ThreadPoolExecutor(1, "upload")
    coming = executor.submit(work, progress)
    executor.shutdown(wait=False)  # the thread ends with the work
    while not coming.done():
        wait([coming], _POLL_SECONDS)
        yield now
    return coming.result()


def check_unlocked(folder: Path) -> None:
    """Raises IndexBusy where another process holds the write lock of the index."""
    lock = FileLock(folder / "writer.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
        lock.release()
    except Timeout as error:
        raise IndexBusy("The reports are being changed by somebody else. Try again in a moment.") from error
    except OSError:
        return  # the ingest says what is wrong with the disk


def _state(assistant: Assistant) -> str:
    return assistant.index.store.stamp().get("state", "")
