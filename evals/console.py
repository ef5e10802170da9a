"""What commands share: parser, errors, tables, and a Rich console that is 120 characters wide in a file or pipe."""

import argparse
from collections.abc import Callable, Container, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from ingest.errors import RelatoriaError

P = ParamSpec("P")
T = TypeVar("T")
_PIPE_WIDTH = 120  # characters


def command_parser(module: str, description: str) -> argparse.ArgumentParser:
    """The parser of what is run as `python -m module`."""
    return argparse.ArgumentParser(prog=f"python -m {module}", description=description)


def print_errors(command: Callable[P, int]) -> Callable[P, int]:
    """A command whose RelatoriaError is one sentence on standard error, and the exit status 1."""

    @wraps(command)
    def run(*arguments: P.args, **named: P.kwargs) -> int:
        try:
            return command(*arguments, **named)
        except RelatoriaError as error:
            wide_console(stderr=True).print(str(error), markup=False, soft_wrap=True)
            return 1

    return run


def make_table(title: str, *headings: str, right: Container[str] = (), **options: Any) -> Table:
    """A table whose columns are not wrapped; ``right`` are the headings of numbers."""
    columns = (Column(name, no_wrap=True, justify="right" if name in right else "left") for name in headings)
    return Table(*columns, title=title, title_justify="left", **options)


def wide_console(*, stderr: bool = False) -> Console:
    """A console on standard output (or standard error) whose tables are not squeezed."""
    screen = Console(stderr=stderr, highlight=False)
    return screen if screen.is_terminal else Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)


def track_progress(some: Sequence[T], title: str) -> Iterable[T]:
    """Hand on what is given, showing on standard error how far it is."""
    screen = wide_console(stderr=True)
    return track(some, title, console=screen, transient=True, disable=not screen.is_terminal)
