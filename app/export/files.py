"""Writes an export in the format of the file's suffix."""

from collections.abc import Callable, Mapping
from pathlib import Path

from app.export import csv_file, docx, json_file, markdown
from app.export.document import Export
from ingest.errors import RelatoriaError
from ingest.sanitize import shorten

FORMATS: Mapping[str, Callable[[Export], bytes]] = {
    "docx": docx.write,
    "md": markdown.write,
    "csv": csv_file.write,
    "json": json_file.write,
}


def format_for(file: Path) -> Callable[[Export], bytes]:
    """The writer of the format of a file's suffix. Raises RelatoriaError, which lists the formats there are."""
    if found := FORMATS.get(file.suffix.lower().removeprefix(".")):
        return found
    there = ", ".join(f".{suffix}" for suffix in FORMATS)
    raise RelatoriaError(
        f"{shorten(file.name)} does not say in which format to export. Give a name that ends in {there}, "
        "for example: --export recommendations.docx"
    )


def save(export: Export, file: Path) -> None:
    """Write an export to a file, in the format of its suffix. Raises RelatoriaError or OSError."""
    file.write_bytes(format_for(file)(export))


def file_name(export: Export, suffix: str) -> str:
    """The default file name: date and kind, in ASCII.

    >>> from app.export.document import ExportKind
    >>> file_name(Export(ExportKind.ANSWER, "es", (), "", "", "2026-01-31T08:00:00+00:00"), "docx")
    'relatoria-2026-01-31-answer.docx'
    """
    return f"relatoria-{export.date[:10]}-{export.kind}.{suffix}"
