"""The ingest log of an index, one JSON line per ingest: when each report was read, and which files failed.

It is for display only: where it cannot be written or read, the index works all the same.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.private_files import open_private
from ingest.sources import Sources
from retrieval.index.update_plan import FileFailure
from retrieval.index.update_result import UpdateResult

HISTORY_FILE = "history.jsonl"


@dataclass(frozen=True, slots=True)
class History:
    """The ingest log, summed up."""

    last_read: Mapping[str, str]  # report id to when it was last read anew, ISO 8601, UTC
    failed: tuple[FileFailure, ...]  # files that could not be read when they were last looked at


def append_history(folder: Path, sources: Sources, result: UpdateResult) -> None:
    """Append what an ingest did to the log in the index folder; an unwritable log is ignored."""
    line = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "folders": [str(folder) for folder in sources.folders],
        "files": [str(file) for file in sources.files if set(sources.folders).isdisjoint(file.parents)],
        "read": [*result.added, *result.changed],
        "failed": [[str(failure.file), failure.error, failure.kept] for failure in result.failed],
    }
    with suppress(OSError), open(folder / HISTORY_FILE, "a", encoding="ascii", opener=open_private) as file:
        file.write(json.dumps(line) + "\n")


def read_history(folder: Path) -> History:
    """Read the ingest log of an index; empty where there is none."""
    read: dict[str, str] = {}
    failed: dict[Path, FileFailure] = {}
    for line in _lines(folder / HISTORY_FILE):
        folders, files = set(map(Path, line["folders"])), set(map(Path, line["files"]))
        failed = {file: old for file, old in failed.items() if file not in files and folders.isdisjoint(file.parents)}
        failed |= {Path(file): FileFailure(Path(file), error, kept) for file, error, kept in line["failed"]}
        read |= dict.fromkeys(line["read"], line["date"])
    return History(read, tuple(failed.values()))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """Parse the lines; one that was torn by a full disk or a stop is skipped."""
    with suppress(OSError, UnicodeDecodeError), file.open(encoding="utf-8") as lines:
        for line in lines:
            with suppress(ValueError):
                yield json.loads(line)
