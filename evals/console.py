"""Where tables go: a terminal as wide as it is, a file or pipe wide enough for them."""

from rich.console import Console

_WIDE = 120  # characters


def wide_console(*, stderr: bool = False) -> Console:
    """Standard output (or standard error) for tables that should not be squeezed."""
    screen = Console(stderr=stderr, highlight=False)
    return screen if screen.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDE)
