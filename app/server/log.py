"""Structured event log: JSON lines about requests, questions and errors, without personal data or texts.

No address, user, question or text of a report: route, duration, status. An exception is its type and the lines of
code it came through; its message may hold anything and is left out.
"""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from ingest.errors import RelatoriaError, summarize_traceback
from ingest.private_files import open_private
from retrieval.results import Answer
from retrieval.worker import SearchCrashed

MAX_QUESTION = 2_000  # characters of a question, where they are wanted


class EventLog:
    """Writes events as JSON lines to one stream. Thread-safe; a line that cannot be written is dropped."""

    def __init__(self, stream: TextIO | None, *, errors: TextIO | None = None, questions: bool = False) -> None:
        self._stream, self._errors, self._questions = stream, errors or stream, questions
        self._lock = threading.Lock()

    def write(self, event: str, **fields: Any) -> None:
        """Write one event. Field values cannot end the line: JSON escapes them."""
        self._write(self._stream, event, fields)

    def log_question(self, answer: Answer, seconds: float) -> None:
        """Write a question's status, citation count and duration; its text only where ``questions`` is set."""
        asked = {"question": answer.question[:MAX_QUESTION]} if self._questions else {}
        self.write(
            "question", status=answer.status.value, citations=len(answer.citations), ms=round(1000 * seconds), **asked
        )

    def log_error(self, error: BaseException, **fields: Any) -> None:
        """Write an exception's type and code locations, without its message."""
        kind, where = type(error).__qualname__, summarize_traceback(error)
        if isinstance(error, SearchCrashed):
            kind, where = error.kind, (*where, *error.where)
        self._write(self._errors, "error", fields | {"type": kind, "where": where})

    def _write(self, stream: TextIO | None, event: str, fields: dict[str, Any]) -> None:
        if stream is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **fields}, ensure_ascii=True, default=str)
        with self._lock:
            try:
                stream.write(line + "\n")
                stream.flush()
            except (OSError, ValueError):
                return


@contextmanager
def open_log(log: str | None, *, questions: bool = False) -> Iterator[EventLog]:
    """Open the event log: a file, standard error ("-"), or (None) standard error unless that is a terminal.

    Errors are always written. Raises RelatoriaError when the file cannot be written.
    """
    if log is None or log == "-":
        silent = log is None and sys.stderr.isatty()
        yield EventLog(None if silent else sys.stderr, errors=sys.stderr, questions=questions)
        return
    try:
        with open(Path(log).expanduser(), "a", encoding="utf-8", opener=open_private) as stream:
            yield EventLog(stream, questions=questions)
    except OSError as error:
        raise RelatoriaError(
            f"The log {log} cannot be written: {error.strerror or error}. Choose another with --log."
        ) from error


class EventLogHandler(logging.Handler):
    """Logging handler that writes library warnings as events: logger and code location, never the message."""

    def __init__(self, journal: EventLog) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        source = {"logger": record.name, "level": record.levelname}
        if record.exc_info and record.exc_info[1]:
            self._journal.log_error(record.exc_info[1], **source)
        else:
            self._journal.write("log", **source, at=f"{record.module}:{record.lineno}")
