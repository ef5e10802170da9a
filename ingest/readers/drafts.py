"""A block of a paged document while its lines are still being put together."""

from dataclasses import dataclass

from ingest.readers.layout import Line
from ingest.report import Role


@dataclass(slots=True)
class Draft:
    """Lines that belong together."""

    role: Role
    lines: list[Line]
    marker: str = ""
    cut: int = 0  # characters of the first line that are the marker
    level: int | None = None
    anchor: Line | None = None  # of a note: the line that refers to it

    @property
    def ending(self) -> str:
        return self.lines[-1].text
