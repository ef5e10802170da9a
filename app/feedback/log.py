"""The feedback log: an append-only JSON Lines file of visitors' ratings, anonymous, with what reproduces the answer.

Negative ratings become drafts of evaluation cases, which a person has to judge before they count.
"""

import errno
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from ingest.errors import RelatoriaError, StorageFailed
from ingest.lexicon.language import LANGUAGES
from ingest.sanitize import sanitize_text
from retrieval.limits import NOTE
from retrieval.results import Answer

FEEDBACK_FILE = "feedback.jsonl"  # in the index folder
_REASON_TEXTS = {
    "wrong_passage": "wrong passage",
    "missing": "one is missing",
    "translation": "bad translation",
    "should_refuse": "should have refused",
    "other": "other",
}
REASONS = tuple(_REASON_TEXTS)  # what may be wrong with an answer
_MAX_CITED = 100  # ids kept of an answer
_MAX_LINE = 200_000  # bytes that a line of ours never has
_LOCK_SECONDS = 10  # seconds that one who writes waits for another
_THREAD_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class FeedbackEntry:
    """One rating of one answer, anonymous; a line of the file has these fields as its keys."""

    time: str  # ISO 8601, UTC
    good: bool
    reasons: tuple[str, ...]  # of REASONS
    note: str
    question: str  # as typed
    searched: str  # as searched, with what the conversation added
    status: str
    cited: tuple[str, ...]  # passage ids, in the order of their marks
    language: str  # of the answer's own sentences
    index: str  # fingerprint
    version: str


@dataclass(frozen=True, slots=True)
class FeedbackLog:
    """A parsed log: its entries in order, and a message for each line that was skipped."""

    entries: tuple[FeedbackEntry, ...]
    skipped: tuple[str, ...]


def build_entry(answer: Answer, *, good: bool, reasons: Iterable[str] = (), note: str = "") -> FeedbackEntry:
    """Build the entry of a rating. Raises BeyondLimit for a note that is too long."""
    said = note.strip()
    NOTE.check(len(said))
    provenance = answer.provenance
    return FeedbackEntry(
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        good=good,
        reasons=tuple(reason for reason in REASONS if reason in set(reasons)),
        note=said.encode("utf-8", "replace").decode("utf-8"),
        question=answer.question,
        searched=answer.searched,
        status=answer.status.value,
        cited=tuple(dict.fromkeys(citation.passage.id for citation in answer.citations))[:_MAX_CITED],
        language=answer.language,
        index=provenance.index if provenance else "",
        version=version("relatoria"),
    )


def append(file: Path, entry: FeedbackEntry) -> None:
    """Append an entry atomically: one write under a thread lock and a file lock.

    Raises StorageFailed where the disk refuses, or the folder is gone (a removed index is not created again).
    """
    line = (json.dumps(asdict(entry), ensure_ascii=False) + "\n").encode("utf-8", "replace")
    try:
        if not file.parent.is_dir():  # the lock would make it
            raise FileNotFoundError(errno.ENOENT, "its folder is not there")
        with _THREAD_LOCK, FileLock(file.with_name(f"{file.name}.lock"), timeout=_LOCK_SECONDS, mode=0o600):
            descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _write(descriptor, line)
            finally:
                os.close(descriptor)
    except (OSError, Timeout) as error:
        raise StorageFailed(f"The opinion could not be kept in {file} ({_reason(error)}).") from error


def read(file: Path) -> FeedbackLog:
    """Parse a log; torn or malformed lines are reported in ``skipped``. Raises RelatoriaError."""
    entries: list[FeedbackEntry] = []
    skipped: list[str] = []
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(_read_lines(lines), start=1):
                if not line.strip():
                    continue
                try:
                    entries.append(_parse_entry(json.loads(line.decode("utf-8"))))
                except (ValueError, RecursionError, TypeError, KeyError) as error:
                    torn = not line.endswith(b"\n")
                    reason = "is torn: it was being written when the machine stopped" if torn else "is no opinion"
                    skipped.append(f"Line {number} of {file} {reason} ({_reason(error)}). It is left out.")
    except FileNotFoundError as error:
        raise RelatoriaError(f"There is no feedback in {file} yet. Visitors give it under an answer.") from error
    except OSError as error:
        raise RelatoriaError(
            f"{file} cannot be read ({_reason(error)}). Name a file: relatoria feedback FILE"
        ) from error
    return FeedbackLog(tuple(entries), tuple(skipped))


def draft_cases(entries: Iterable[FeedbackEntry]) -> list[dict[str, Any]]:
    """Draft an evaluation case for each question rated badly; its "draft" says what to judge, and keeps it uncounted.

    >>> time = "2026-01-02T03:04:05+00:00"
    >>> entry = FeedbackEntry(time, False, ("should_refuse",), "", "q", "q", "answered", ("r#1",), "en", "", "0")
    >>> [(draft["name"], draft["status"], draft["draft"]) for draft in draft_cases([entry])]
    [('feedback-1', 'nothing_found', 'should have refused')]
    """
    asked: dict[str, list[FeedbackEntry]] = {}
    for entry in entries:
        if not entry.good:
            asked.setdefault(" ".join(entry.searched.casefold().split()), []).append(entry)
    return [_draft(number, some) for number, some in enumerate(asked.values(), start=1)]


def write_drafts(file: Path, entries: Iterable[FeedbackEntry]) -> int:
    """Write the drafts to a new file and return their number. Raises RelatoriaError where the file exists."""
    made = draft_cases(entries)
    if not made:
        return 0
    try:
        with file.open("x", encoding="utf-8") as into:
            into.writelines(json.dumps(case, ensure_ascii=False) + "\n" for case in made)
    except FileExistsError as error:
        raise RelatoriaError(f"{file} is there already, and may hold your judgements. Name another file.") from error
    except OSError as error:
        raise RelatoriaError(f"{file} cannot be written ({_reason(error)}). Name another file.") from error
    return len(made)


def describe_rating(entry: FeedbackEntry) -> str:
    """Describe a rating in a few words."""
    if entry.good:
        return "helpful"
    return ", ".join(_REASON_TEXTS[reason] for reason in entry.reasons) or "not helpful"


def _draft(number: int, some: list[FeedbackEntry]) -> dict[str, Any]:
    last = some[-1]
    reasons = {reason for entry in some for reason in entry.reasons}
    notes = [f"{describe_rating(entry)}: {entry.note}" if entry.note else describe_rating(entry) for entry in some]
    draft: dict[str, Any] = {
        "draft": sanitize_text("; ".join(dict.fromkeys(notes))),
        "name": f"feedback-{number}",
        "language": last.language if last.language in LANGUAGES else "und",
        "question": last.searched,
    }
    cited = list(last.cited)
    wanted: dict[str, dict[str, Any]] = {  # by reason, the first that was given
        "should_refuse": {"status": "nothing_found"},
        "wrong_passage": {"any": [], "not": cited},
        "missing": {"all": cited},
    }
    draft |= next((keys for reason, keys in wanted.items() if reason in reasons), {"any": cited})
    return draft | {"why": f"A visitor's opinion of {last.time[:10]}; the answer was {last.status}."}


def _write(descriptor: int, line: bytes) -> None:
    """Write a line at the end of the file in one call; a partial write is truncated away."""
    size = os.fstat(descriptor).st_size
    torn = size and os.pread(descriptor, 1, size - 1) != b"\n" if hasattr(os, "pread") else False
    whole = b"\n" + line if torn else line
    try:
        if os.write(descriptor, whole) != len(whole):
            raise OSError("the disk is full")
    except OSError:
        with suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def _read_lines(file: BinaryIO) -> Iterator[bytes]:
    """Read lines; one that is longer than ``_MAX_LINE`` is cut to its beginning."""
    while line := file.readline(_MAX_LINE):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(_MAX_LINE)
        yield line[:100] + b"\n" if rest is not line and rest else line


def _parse_entry(value: object) -> FeedbackEntry:
    if not isinstance(value, Mapping):
        raise TypeError("no object")
    given = {field.name: value[field.name] for field in fields(FeedbackEntry)}
    for name, said in given.items():
        wanted = {"good": bool, "reasons": list, "cited": list}.get(name, str)
        if not isinstance(said, wanted) or (isinstance(said, list) and not all(isinstance(item, str) for item in said)):
            raise TypeError(f"{name} is {said!r:.40}")
    if not set(given["reasons"]) <= set(REASONS):
        raise TypeError(f"unknown reason in {given['reasons']!r:.80}")
    return FeedbackEntry(**given | {name: tuple(given[name]) for name in ("reasons", "cited")})


def _reason(error: Exception) -> str:
    if isinstance(error, Timeout):
        return "another is writing"
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]}"
    return getattr(error, "strerror", None) or str(error)[:100]
