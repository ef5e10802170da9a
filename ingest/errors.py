"""Exception hierarchy; each message says what was found, what was wanted and what to type next.

RelatoriaError          every error of ours; its message is written for the person at the keyboard
├── UnreadableReport    a report file that cannot be read; the others go in
├── NoIndex             nothing has been ingested where we looked
├── IndexMismatch       the index was made by another format or embedding model
├── StorageFailed       the disk refused (full, read-only, locked)
├── SearchTimedOut      the search took longer than its deadline
├── ExtraMissing        what is asked for needs a library that is not installed
└── BadQuestion         a question that cannot be searched as it stands
    ├── BadFilter       a filter that asks for a value no passage has
    ├── BeyondLimit     longer, or more, than is taken
    └── BadRequest      an API value of the wrong type, too large, or naming what does not exist
"""

import traceback
from pathlib import Path

_FRAMES = 12  # of an exception, the innermost
_ROOT = Path(__file__).parent.parent


def summarize_traceback(error: BaseException) -> tuple[str, ...]:
    """Summarize a traceback for logs: "path:line function" of its 12 innermost frames, free of user text.

    The path is that in the project; of any other file, its folder and its name.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return tuple(f"{_short_path(Path(frame.filename))}:{frame.lineno} {frame.name}" for frame in frames)


def _short_path(file: Path) -> str:
    return file.relative_to(_ROOT).as_posix() if file.is_relative_to(_ROOT) else "/".join(file.parts[-2:])


class RelatoriaError(Exception):
    """Base of all our errors; ``str(error)`` can be shown to a person as it is."""


class UnreadableReport(RelatoriaError):
    """A report file that cannot be read; the message gives the reason and the remedy."""


class NoIndex(RelatoriaError):
    """There is no index, or it is empty."""


class IndexMismatch(RelatoriaError):
    """The index was made by another version or another embedding model."""


class StorageFailed(RelatoriaError):
    """The index could not be written; what was there before is untouched."""


class SearchTimedOut(RelatoriaError):
    """The search took longer than its deadline and was stopped: what the reports say is not known."""


class ExtraMissing(RelatoriaError):
    """What is asked for needs a library or program that is not installed; the message says what to type."""


class BadQuestion(RelatoriaError):
    """The question cannot be searched; the message says why."""


class BadFilter(BadQuestion):
    """A filter asks for a value that no passage has; the message lists those that exist."""


class BeyondLimit(BadQuestion):
    """What was sent is longer, or more, than is taken; ``most`` is the limit."""

    def __init__(self, message: str, most: int = 0) -> None:
        super().__init__(message)
        self.most = most


class BadRequest(BadQuestion):
    """An API request has an invalid value; the message says what was found and what to send."""
