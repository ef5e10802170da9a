"""Files and folders for their owner alone: modes 0600 and 0700; what is there already stays as it is."""

import os
from pathlib import Path


def open_private(path: str | Path, flags: int) -> int:
    """An ``opener`` for `open`: a file that it creates has mode 0600."""
    return os.open(path, flags, 0o600)


def make_private_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each with mode 0700. Raises OSError."""
    for part in (*reversed(folder.parents), folder):
        part.mkdir(mode=0o700, exist_ok=True)
