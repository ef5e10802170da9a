"""What commands share: their parser, and a Rich console as wide as the terminal, 120 characters in a file or pipe."""

import argparse
from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")
_PIPE_WIDTH = 120  # characters


def command_parser(module: str, description: str) -> argparse.ArgumentParser:
    """The parser of what is run as `python -m module`."""
    return argparse.ArgumentParser(prog=f"python -m {module}", description=description)


def wide_console(*, stderr: bool = False) -> Console:
    """A console on standard output (or standard error) whose tables are not squeezed."""
    screen = Console(stderr=stderr, highlight=False)
    return screen if screen.is_terminal else Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)


def track_progress(some: Sequence[T], title: str) -> Iterable[T]:
    """Hand on what is given, showing on standard error how far it is."""
    screen = wide_console(stderr=True)
    return track(some, title, console=screen, transient=True, disable=not screen.is_terminal)
