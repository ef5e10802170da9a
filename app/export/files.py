"""Files to take away: an answer, a conversation or a selection, and the ids of what it cites read back from any."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.export import csv_file, docx, json_file, markdown
from app.export.document import Export
from ingest.errors import RelatoriaError


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file, both ways."""

    write: Callable[[Export], bytes]
    ids: Callable[[bytes], list[str]]  # of the passages that a file cites, in its order


FORMATS: Mapping[str, Format] = {
    "docx": Format(docx.write, docx.ids),
    "md": Format(markdown.write, markdown.ids),
    "csv": Format(csv_file.write, csv_file.ids),
    "json": Format(json_file.write, json_file.ids),
}


def format_for(file: Path) -> Format:
    """The format that a file's name asks for. Raises RelatoriaError, saying which there are."""
    if found := FORMATS.get(file.suffix.lower().removeprefix(".")):
        return found
    there = ", ".join(f".{one}" for one in FORMATS)
    raise RelatoriaError(
        f"{file.name[:80]!r} does not say in which format to export. Give a name that ends in {there}, "
        "for example: --export recommendations.docx"
    )


def save(export: Export, file: Path) -> None:
    """Write a file, in the format that its name asks for. Raises RelatoriaError or OSError."""
    file.write_bytes(format_for(file).write(export))


def ids(file: Path) -> list[str]:
    """The ids of the passages that an exported file cites, in its order. Raises RelatoriaError, or OSError."""
    form = format_for(file)
    try:
        return form.ids(file.read_bytes())
    except (ValueError, KeyError) as error:
        raise RelatoriaError(f"{file.name[:80]!r} is not a file that Relatoría has exported ({error}).") from error


def file_name(export: Export, suffix: str) -> str:
    """A readable name that is safe on any system.

    >>> from app.export.files.values import Kind
    >>> file_name(Export(Kind.ANSWER, "es", (), "", "", "2026-01-31T08:00:00+00:00"), "docx")
    'relatoria-2026-01-31-answer.docx'
    """
    return f"relatoria-{export.date[:10]}-{export.kind}.{suffix}"
