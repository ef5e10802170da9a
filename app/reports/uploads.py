"""Stages uploaded files, diffs them against the index record by record, and commits them after confirmation.

A committed file is kept in the folder "uploads" of the index, under its own name made safe; one of the same name is a
new version of its report. Until then it lies in a hidden folder there, which no ingest reads.
Long because staging, preview, commit and roll-back share one folder layout.
"""

import shutil
import threading
import time
import unicodedata
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from app.reports.catalog import UPLOADS
from ingest.errors import RelatoriaError, StorageFailed, UnreadableReport
from ingest.readers.file_type import Format, format_of
from ingest.readers.files import file_hash, read_bytes
from ingest.sources import SUFFIXES, Sources
from ingest.worker import Limits
from retrieval.assistant import Assistant
from retrieval.index.diff import Records
from retrieval.index.update_result import Ingested, Progress

MOST = 20  # files at a time
LIMITS = Limits(seconds=60, memory=2**30)  # of a file that a stranger sent
_ASIDE = ".offered"  # the hidden folder
_PENDING = 20  # offers that may wait to be decided
_FORGOTTEN = 3_600  # seconds after which an offer is
_STEM = 100  # bytes of a name, without its ending
_RESERVED = {"con", "prn", "aux", "nul", *(f"{one}{n}" for one in ("com", "lpt") for n in range(10))}  # by Windows
_ENDINGS = {
    Format.PDF: ".pdf",
    Format.DOCX: ".docx",
    Format.ODT: ".odt",
    Format.EPUB: ".epub",
    Format.HTML: ".html",
    Format.MARKDOWN: ".md",
    Format.TEXT: ".txt",
}
_GLANCE = 0.2  # seconds between looks at how far it is

T = TypeVar("T")


class Fate(StrEnum):
    """What committing a file does to the index."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    COPY = "copy"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What committing one file would change."""

    name: str  # made safe, as it would be kept
    fate: Fate
    said: str = ""  # why it is refused; of what it is a copy
    size: int = 0  # bytes, of one that is too large
    records: Records = field(default_factory=Records)

    @property
    def goes_in(self) -> bool:
        return self.fate in (Fate.ADDED, Fate.CHANGED)


@dataclass(frozen=True, slots=True)
class Offer:
    """Files in the staging folder, and what committing them would change in one state of the index."""

    folder: Path
    state: str
    verdicts: tuple[Verdict, ...]

    @property
    def changes(self) -> bool:
        return any(one.goes_in for one in self.verdicts)


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of an upload: "reading" a file by name, "embedding", or "waiting" for another ingest."""

    stage: str
    name: str = ""
    done: int = 0
    total: int = 0


class Busy(RelatoriaError):
    """Another process holds the write lock of the index."""


class TooMany(RelatoriaError):
    """Too many staged uploads are pending."""


def offer(assistant: Assistant, files: Sequence[Path], limit: int) -> Generator[Step, None, Offer]:
    """Copy files to a staging folder and diff them against the index, which is not changed. Raises RelatoriaError.

    A file of more than ``limit`` bytes is refused.
    """
    aside = assistant.index.folder / UPLOADS / _ASIDE
    forget(aside)
    if aside.is_dir() and sum(1 for _ in aside.iterdir()) >= _PENDING:
        raise TooMany("Too many uploads wait to be decided. Try again later.")
    folder = aside / uuid.uuid4().hex
    try:
        folder.mkdir(parents=True)
        kept = _taken_aside(files[:MOST], folder, limit)
        verdicts = yield from _compared(assistant, folder, kept)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise _disk(error) from error
        raise
    return Offer(folder, _state(assistant), verdicts)


def accept(assistant: Assistant, offered: Offer) -> Generator[Step, None, Offer | Ingested]:
    """Move staged files into place and ingest them, all or none. Raises RelatoriaError, having changed nothing.

    Returns a new StagedUpload to confirm, instead, where the index has changed since and the diff differs now.
    """
    if not offered.folder.is_dir():
        raise RelatoriaError("These files are no longer there. Choose them once more.")
    check_free(assistant.index.folder)
    if _state(assistant) != offered.state:
        sizes = [(one.name, one) for one in offered.verdicts]
        verdicts = yield from _compared(assistant, offered.folder, sizes)
        offered, before = Offer(offered.folder, _state(assistant), verdicts), offered
        if offered.verdicts != before.verdicts:
            return offered
    return (yield from _followed(lambda progress: _applied(assistant, offered, progress)))


def withdraw(offered: Offer | None) -> None:
    """Delete a staged upload and its files."""
    if offered is not None:
        shutil.rmtree(offered.folder, ignore_errors=True)


def forget(aside: Path) -> None:
    """Delete staged uploads that nobody confirmed within an hour."""
    with suppress(OSError):
        for one in aside.iterdir():
            if one.stat().st_mtime < time.time() - _FORGOTTEN:
                shutil.rmtree(one, ignore_errors=True)


def safe_name(name: str, ending: str = "") -> str:
    r"""Sanitize a file name: no path, control characters or reserved name; ``ending`` where its own suffix is unknown.

    >>> safe_name("../../etc/passwd", ".txt"), safe_name("C:\\temp\\Acta 1.PDF"), safe_name("CON.txt")
    ('passwd.txt', 'Acta 1.PDF', '_CON.txt')
    >>> safe_name("\u202egnp.\x00exe", ".txt"), safe_name("", ".txt"), safe_name(".hidden.md")
    ('gnp.exe.txt', 'report.txt', 'hidden.md')
    """
    last = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode()).replace("\\", "/").rpartition("/")[2]
    plain = "".join(
        "-" if one in '<>:"|?*' else " " if one.isspace() else one
        for one in last
        if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    words = " ".join(plain.split()).lstrip(".~$ ").rstrip(". ")
    suffix = next((words[-len(one) :] for one in SUFFIXES if words.lower().endswith(one)), "")
    stem, suffix = (words.removesuffix(suffix), suffix) if suffix else (words, ending)
    stem = stem.encode()[:_STEM].decode("utf-8", "ignore").rstrip(". ") or "report"
    return f"{'_' if stem.partition('.')[0].lower() in _RESERVED else ''}{stem}{suffix}"


def _taken_aside(files: Iterable[Path], folder: Path, limit: int) -> list[tuple[str, Verdict | None]]:
    """Copy files to the staging folder: their safe unique names, each with its verdict where it is too large."""
    kept: dict[str, Verdict | None] = {}
    for file in files:
        fits = (size := file.stat().st_size) <= limit
        name = _free(safe_name(file.name, _ending(file) if fits else ".txt"), kept)
        kept[name] = None if fits else Verdict(name, Fate.REFUSED, size=size)
        if fits:
            shutil.copyfile(file, folder / name)
        with suppress(OSError):
            file.unlink()
    return list(kept.items())


def _ending(file: Path) -> str:
    """The suffix for a file by its format: a later ingest looks for names, before it looks into files."""
    if file.suffix.lower() in SUFFIXES:
        return file.suffix
    try:
        return _ENDINGS[format_of(read_bytes(file), file.name)]
    except UnreadableReport:  # the ingest says why
        return ".txt"


def _free(name: str, taken: Mapping[str, object]) -> str:
    """The name, numbered where it is taken; compared case-insensitively, as some file systems do."""
    lower = {one.lower() for one in taken}
    stem, suffix = Path(name).stem, Path(name).suffix
    number, free = 1, name
    while free.lower() in lower:
        number += 1
        free = f"{stem}-{number}{suffix}"
    return free


def _compared(
    assistant: Assistant, folder: Path, kept: Sequence[tuple[str, Verdict | None]]
) -> Generator[Step, None, tuple[Verdict, ...]]:
    """Diff each file against the index; a file with the content of another one is a copy of it."""
    verdicts: list[Verdict] = []
    contents: dict[str, str] = {}
    for done, (name, refused) in enumerate(kept, start=1):
        yield Step("reading", name, done, len(kept))
        if refused is not None and not (folder / name).exists():
            verdicts.append(refused)
            continue
        content = file_hash(folder / name)
        if of := contents.get(content):
            verdicts.append(Verdict(name, Fate.COPY, of))
            continue
        verdict = _verdict(assistant, folder, name)
        if verdict.fate is not Fate.REFUSED:
            contents[content] = name
        verdicts.append(verdict)
    return tuple(verdicts)


def _verdict(assistant: Assistant, folder: Path, name: str) -> Verdict:
    index = assistant.index
    file, place = (folder / name).resolve(), (index.folder / UPLOADS).resolve() / name
    result = index.update(Sources((file,), ()), assistant.embedder, dry_run=True, limits=LIMITS, instead={place: file})
    if result.failed:
        return Verdict(name, Fate.REFUSED, result.failed[0].error)
    if result.copies:
        return Verdict(name, Fate.COPY, result.copies[0].of.name)
    fate = Fate.ADDED if result.added else Fate.CHANGED if result.changed else Fate.UNCHANGED
    return Verdict(name, fate, records=result.records or Records())


def _applied(assistant: Assistant, offered: Offer, progress: Progress) -> Ingested:
    """Move the files into place and ingest them; roll back where that fails."""
    places = _Places(offered.folder, assistant.index.folder / UPLOADS)
    try:
        files = tuple(places.put(one.name) for one in offered.verdicts if one.goes_in)
        sources = Sources(files, ())
        result = assistant.index.update(sources, assistant.embedder, progress=progress, limits=LIMITS)
        for one in result.failed:
            places.undo(one.file.name)
    except BaseException as error:
        places.undo_all()
        if isinstance(error, OSError):
            raise _disk(error) from error
        raise
    withdraw(offered)
    return result


def _disk(error: OSError) -> StorageFailed:
    return StorageFailed(
        f"The files could not be kept ({error.strerror or error}). Nothing was changed. "
        "Whoever runs this page has to make room on its disk, or let it write there."
    )


class _Places:
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
        for one in self._put:
            with suppress(OSError):
                self.undo(one)


def _followed(work: Callable[[Progress], T]) -> Generator[Step, None, T]:
    """Run ``work`` in a thread that finishes even if the caller leaves; yields its progress, returns its result."""
    now = Step("waiting")
    came: list[T] = []
    failed: list[BaseException] = []

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal now
        now = Step(stage, done=done, total=total)

    def run() -> None:
        try:
            came.append(work(progress))
        except BaseException as error:  # noqa: BLE001 (it is raised again where it is waited for)
            failed.append(error)

    thread = threading.Thread(target=run, name="upload")
    thread.start()
    while thread.is_alive():
        thread.join(_GLANCE)
        yield now
    if failed:
        raise failed[0]
    return came[0]


def check_free(folder: Path) -> None:
    """Raises IndexBusy where another process holds the write lock of the index."""
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
        lock.release()
    except Timeout as error:
        raise Busy("The reports are being changed by somebody else. Try again in a moment.") from error
    except OSError:
        return  # the ingest says what is wrong with the disk


def _state(assistant: Assistant) -> str:
    return assistant.index.store.stamp().get("state", "")
