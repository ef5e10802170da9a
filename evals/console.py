"""Rich console for tables: as wide as the terminal, 120 characters in a file or pipe."""

from rich.console import Console

_PIPE_WIDTH = 120  # characters


def wide_console(*, stderr: bool = False) -> Console:
    """A console on standard output (or standard error) whose tables are not squeezed."""
    screen = Console(stderr=stderr, highlight=False)
    return screen if screen.is_terminal else Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)
