"""Expands paths and folders to the list of report files to ingest, in a fixed order."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RelatoriaError

READABLE_SUFFIXES = (
    ".txt",
    ".md",
    ".markdown",
    ".pdf",
    ".docx",
    ".odt",
    ".html",
    ".htm",
    ".xhtml",
    ".epub",
    ".doc",
    ".rtf",
)
REFUSED_SUFFIXES = (".xlsx", ".pptx", ".ods", ".odp", ".pages")  # listed, so that their reader says why
_IGNORED_PREFIXES = (".", "~$")  # hidden files, and what Word and LibreOffice put beside a document while it is open
BUNDLED_CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "reports"


@dataclass(frozen=True, slots=True)
class Sources:
    """The files to read, and the folders that were searched (absolute, links resolved)."""

    files: tuple[Path, ...]
    folders: tuple[Path, ...]
    unlisted: tuple[tuple[Path, str], ...] = ()  # folders inside them that could not be listed, and why

    def covers(self, file: Path) -> bool:
        """Whether a file lies in a searched folder: where it was not found, it has been deleted."""
        hidden = any(folder in file.parents for folder, _ in self.unlisted)
        return not hidden and any(folder in file.parents for folder in self.folders)


def find_sources(paths: Iterable[Path]) -> Sources:
    """List report files: those given, whatever their name, and in folders those with a known suffix, at any depth.

    Known are READABLE_SUFFIXES and REFUSED_SUFFIXES. Hidden files and folders are left out, links to folders are not
    followed. Raises RelatoriaError when a path does not exist or when folders hold no report at all.
    """
    files: dict[Path, None] = {}
    folders: list[Path] = []
    unlisted: list[OSError] = []
    for path in paths:
        if not os.path.lexists(path):
            raise RelatoriaError(f"There is no file or folder {str(path)!r}. Give the path of a report or a folder.")
        if not path.is_dir():
            files[path.parent.resolve() / path.name] = None
            continue
        folder = path.resolve()
        folders.append(folder)
        for place, inner, names in os.walk(folder, onerror=unlisted.append):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            files.update((Path(place, name), None) for name in sorted(names) if _is_report_name(name))
    if not files and not unlisted:
        looked = ", ".join(str(folder) for folder in folders)
        raise RelatoriaError(
            f"There is no report in {looked}: looked for files ending in {', '.join(READABLE_SUFFIXES)}. "
            "To take a report out of the index: relatoria remove REPORT_ID"
        )
    why = "cannot be listed ({}): check its permissions; what was read from it before stays"
    refused = tuple((Path(error.filename), why.format(error.strerror)) for error in unlisted)
    return Sources(tuple(files), tuple(folders), refused)


def _is_report_name(name: str) -> bool:
    return name.lower().endswith(READABLE_SUFFIXES + REFUSED_SUFFIXES) and not name.startswith(_IGNORED_PREFIXES)
