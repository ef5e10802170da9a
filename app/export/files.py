"""Writes an export in the format of the file's suffix, and reads the cited passage ids back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.export import csv_file, docx, json_file, markdown
from app.export.document import Export
from ingest.errors import RelatoriaError
from ingest.sanitize import shorten


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its writer, and the reader of its ids."""

    write: Callable[[Export], bytes]
    ids: Callable[[bytes], list[str]]  # of the passages that a file cites, in its order


FORMATS: Mapping[str, Format] = {
    "docx": Format(docx.write, docx.ids),
    "md": Format(markdown.write, markdown.ids),
    "csv": Format(csv_file.write, csv_file.ids),
    "json": Format(json_file.write, json_file.ids),
}


def format_for(file: Path) -> Format:
    """The format of a file's suffix. Raises RelatoriaError, which lists the formats there are."""
    if found := FORMATS.get(file.suffix.lower().removeprefix(".")):
        return found
    there = ", ".join(f".{suffix}" for suffix in FORMATS)
    raise RelatoriaError(
        f"{shorten(file.name)} does not say in which format to export. Give a name that ends in {there}, "
        "for example: --export recommendations.docx"
    )


def save(export: Export, file: Path) -> None:
    """Write an export to a file, in the format of its suffix. Raises RelatoriaError or OSError."""
    file.write_bytes(format_for(file).write(export))


def ids(file: Path) -> list[str]:
    """Read the ids of the passages that an exported file cites, in its order. Raises RelatoriaError or OSError."""
    form = format_for(file)
    try:
        return form.ids(file.read_bytes())
    except (ValueError, KeyError) as error:
        raise RelatoriaError(f"{shorten(file.name)} is not a file that Relatoría has exported ({error}).") from error


def file_name(export: Export, suffix: str) -> str:
    """The default file name: date and kind, in ASCII.

    >>> from app.export.document import ExportKind
    >>> file_name(Export(ExportKind.ANSWER, "es", (), "", "", "2026-01-31T08:00:00+00:00"), "docx")
    'relatoria-2026-01-31-answer.docx'
    """
    return f"relatoria-{export.date[:10]}-{export.kind}.{suffix}"
