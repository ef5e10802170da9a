"""Settings of the web server; the defaults are safe on a machine of one's own."""

from dataclasses import dataclass
from pathlib import Path

UPLOAD_LIMIT = 32 * 2**20  # bytes of a file
UPLOAD_QUOTA = 2**31  # bytes of all


@dataclass(frozen=True, slots=True)
class Settings:
    """Values only: app/cli/environment.py reads them from options and the environment."""

    # Who may come in
    users: Path | None = None  # a file of names and hashed passwords (server/users.py); None: no log-in
    auth_header: str | None = None  # in which a trusted proxy says who it is
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks
    allowed_hosts: tuple[str, ...] = ()  # names by which the page may be called, beside its own
    session: int = 12 * 3600  # seconds that a log-in lasts

    # Rate limits, such as "30/minute"; None: the defaults of server/rate_limit.py; "": unlimited
    question_rate: str | None = None
    upload_rate: str | None = None
    call_rate: str | None = None
    read_rate: str | None = None

    # Event log (server/log.py)
    log: str | None = None  # a file; "-" is standard error; None is that too, unless it is a terminal
    log_questions: bool = False

    grace: float = 10.0  # seconds that answers under way are given when the page is stopped

    # What visitors may change, and where what they say goes
    uploads: bool = False  # whether visitors may add and remove reports
    ocr: bool = False  # whether pages of theirs that are pictures are recognized
    upload_limit: int = UPLOAD_LIMIT  # bytes of a file
    upload_quota: int = UPLOAD_QUOTA  # bytes of all files that visitors added
    scorecard: Path | None = None  # the one that the page shows; None: the index folder's
    feedback: Path | None = None  # where opinions go; None: into the index folder
