"""Serializes an export as CSV (RFC 4180): one row an entry, cells escaped against formula injection.

A cell that begins with what starts a formula gets an apostrophe in front, as one does who types it; a
cell that begins with apostrophes and then such a sign gets one more. So removing one apostrophe from
cells of that form restores every cell exactly.
"""

import csv
import io
import re

from app.export.document import CitedEntry, Export, ExportPart

BOM = "\ufeff"  # by which Excel knows UTF-8
_FORMULA = re.compile(r"'*(?:[\t\r\n]|[\s\0]*[=+\-@＝＋－＠])")
COLUMNS = (
    "answer", "question", "status", "mark", "id", "report_id", "report", "about", "date", "section", "number", "name",
    "kind", "page", "line", "start", "end", "language", "addressees", "by", "strength", "lead_in", "quote",
    "machine_translation", "translated_to", "citation", "file_sha256", "index", "relatoria", "exported",
)  # fmt: skip


def write(export: Export) -> bytes:
    """Serialize an export: one row an entry, quotes exact; an answer that cites nothing has one row without an id."""
    into = io.StringIO(newline="")
    writer = csv.writer(into, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for at, part in enumerate(export.parts, start=1):
        for entry in part.entries or (None,):
            writer.writerow(map(escape_cell, _row(export, at, part, entry)))
    return (BOM + into.getvalue()).encode("utf-8", "replace")


def escape_cell(cell: str) -> str:
    """Escape a cell, so that a spreadsheet takes it for text.

    >>> escape_cell("=1+1"), escape_cell("'=1"), escape_cell("'tis")
    ("'=1+1", "''=1", "'tis")
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _row(export: Export, at: int, part: ExportPart, entry: CitedEntry | None) -> list[str]:
    given = ["" if part.question == "" else str(at), part.question, part.status]
    made = [part.made.get("index", export.index), part.made.get("version", export.version), export.date]
    if entry is None:
        return [*given, *[""] * (len(COLUMNS) - len(given) - len(made)), *made]
    return [
        *given, str(entry.mark), entry.id, entry.report_id, entry.report, entry.about, entry.date,
        " › ".join(entry.headings), entry.number, entry.name, entry.kind, str(entry.page or ""), str(entry.line),
        str(entry.start), str(entry.end), entry.language, "; ".join(entry.addressees), "; ".join(entry.by),
        entry.strength, entry.lead_in, entry.quote, entry.translation, entry.translated_to, entry.citation,
        entry.file, *made,
    ]  # fmt: skip
