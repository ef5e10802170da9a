"""What whoever runs the page has allowed and chosen; by default, what is safe on a machine of one's own."""

from dataclasses import dataclass
from pathlib import Path

UPLOAD_LIMIT = 32 * 2**20  # bytes of a file


@dataclass(frozen=True, slots=True)
class Settings:
    """Values only: `config.py` reads them from options and the environment."""

    uploads: bool = False  # whether visitors may add and remove reports
    upload_limit: int = UPLOAD_LIMIT  # bytes of a file
    scorecard: Path | None = None  # the one that the page shows; None: the index folder's
    feedback: Path | None = None  # where opinions go; None: into the index folder
