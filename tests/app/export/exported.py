"""Reads exported files again, as whoever takes them away may: the ids that each cites, and the rows of a table."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

from lxml import etree

_MAX_CELL = 1 << 28  # characters of a cell; Python's own limit is 128 KB
_FORMULA = re.compile(r"'+(?:[\t\r\n]|[\s\0]*[=+\-@＝＋－＠])")
_FOOTNOTE = re.compile(r"\[\^\d+\]: ")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_ids(file: Path) -> list[str]:
    """The ids of the passages that an exported file cites, in its order."""
    data = file.read_bytes()
    match file.suffix:
        case ".csv":
            return [row["id"] for row in read_rows(data) if row["id"]]
        case ".json":
            return [entry["id"] for part in json.loads(data)["parts"] for entry in part["entries"]]
        case ".md":
            return footnote_ids(data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        runs = etree.fromstring(package.read("word/footnotes.xml")).iter(f"{_W}r")
    styles = ((run, run.find(f"{_W}rPr/{_W}rStyle")) for run in runs)
    named = [run for run, style in styles if style is not None and style.get(f"{_W}val") == "RelatoriaId"]
    return ["".join(run.itertext(f"{_W}t")) for run in named]


def read_rows(data: bytes) -> list[dict[str, str]]:
    """The rows of a table, as dicts by column, cells as they were."""
    csv.field_size_limit(_MAX_CELL)
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [dict(zip(header, map(unescape_cell, row), strict=True)) for row in rows]


def unescape_cell(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from computing it."""
    return cell[1:] if _FORMULA.match(cell) else cell


def footnote_ids(data: bytes) -> list[str]:
    """The ids in the code spans, between backticks, that the footnotes of Markdown end with."""
    notes = (line for line in data.decode("utf-8").split("\n") if _FOOTNOTE.match(line) and line.endswith("`"))
    return [_read_code_at_end(note) for note in notes]


def _read_code_at_end(line: str) -> str:
    before = line.rstrip("`")
    return before.rpartition(f" {line[len(before) :]}")[2].removeprefix(" ").removesuffix(" ")
