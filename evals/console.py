"""Rich console for tables and progress: as wide as the terminal, 120 characters in a file or pipe."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")
_PIPE_WIDTH = 120  # characters


def wide_console(*, stderr: bool = False) -> Console:
    """A console on standard output (or standard error) whose tables are not squeezed."""
    screen = Console(stderr=stderr, highlight=False)
    return screen if screen.is_terminal else Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)


def track_progress(some: Sequence[T], title: str) -> Iterable[T]:
    """Hand on what is given, showing on standard error how far it is."""
    screen = wide_console(stderr=True)
    return track(some, title, console=screen, transient=True, disable=not screen.is_terminal)
