"""Output on standard error while a command runs: messages, spinners, progress bars, errors."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path


def write_line(message: str) -> None:
    """Write a line."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


def report_waiting(folder: Path) -> None:
    """Write that the command waits for another ingest."""
    write_line(f"Another ingest is writing to {folder}: waiting for it to end.")


def write_error(message: str) -> None:
    """Write an error, in red."""
    from app.cli.terminal import console, error_view

    console(error=True).print(error_view(message))


def spinner(message: str) -> AbstractContextManager[object]:
    """A spinner with a message while the context is open; nothing where no terminal is attached."""
    from app.cli.terminal import console

    screen = console(error=True)
    return screen.status(message) if screen.is_terminal else nullcontext()


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Progress bars with rate and remaining time; yields a callback (stage, done, total). No-op without a terminal."""
    from app.cli.terminal import console

    screen = console(error=True)
    if not screen.is_terminal:
        yield lambda stage, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    names = {"reading": ("Reading files", "files/s"), "embedding": ("Embedding passages", "passages/s")}
    stages: dict[str, tuple[TaskID, float]] = {}
    with Progress(*columns, console=screen, transient=True) as bar:

        def show(stage: str, done: int, total: int) -> None:
            name, unit = names[stage]
            if stage not in stages:
                stages[stage] = bar.add_task(name, total=total, rate=""), time.monotonic()
            task, began = stages[stage]
            seconds = time.monotonic() - began
            rate = f"{done / seconds:,.1f} {unit}" if done and seconds > 1 else ""
            bar.update(task, completed=done, total=total, rate=rate)

        yield show
