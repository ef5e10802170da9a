"""Measures the recommendations extracted from UN reports against those extracted by hand from the same PDFs.

`python -m evals.extraction upr` with RELATORIA_DATA set reads every PDF of ``upr_un_reports`` and looks for each
row of ``recommendations.csv`` among our records: a row is found when the letters of its text, without
the leading number and the bracketed states, are those of exactly one record, or 95 % similar.
"""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from evals.extraction.labels import MIN_SIMILARITY, letters_only
from evals.extraction.tally import Tally
from evals.public_data import require_public
from ingest.readers.read import read_report
from ingest.report import Kind, Passage
from ingest.split.splitter import split
from retrieval.text.terms import fold

ONE_RECORD, NOT_OURS = "a row is exactly one record", "a row is not missed by our fault"
NUMBER, STATE, IN_GOLD = "number as printed", "state among the record's", "a recommendation is in the gold"
TARGETS = {ONE_RECORD: "≥ 98.3 %", NOT_OURS: "≥ 99.5 %", NUMBER: "≥ 99.5 %", STATE: "≥ 99.3 %", IN_GOLD: "≥ 97 %"}
_NUMBER = re.compile(r"\s*[\d.]+")
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_ALIASES: dict[str, str] = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "aliases.toml").read_text(encoding="utf-8")
)["upr_states"]


@dataclass(frozen=True, slots=True)
class GoldRow:
    """A gold row: one state's recommendation, as extracted by hand."""

    report: str
    number: str  # "87.23.1"
    letters: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class RowMatch:
    """A gold row with its record, or with the cause why it has none."""

    row: GoldRow
    record: Passage | None
    cause: str = ""  # why there is no record
    ours: bool = False


def read_rows(file: Path) -> list[GoldRow]:
    """Read the gold rows from the CSV file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [_parse_row(row) for row in csv.DictReader(lines)]


def _parse_row(row: dict[str, str]) -> GoldRow:
    text = row["text"]
    number = _NUMBER.match(text)
    parts = re.findall(r"\d+", number.group()) if number else []
    words = text[number.end() :] if number else text
    return GoldRow(row["doc"], ".".join(parts), wording(words), row["recommending_state"], text)


def wording(text: str) -> str:
    """Reduce a recommendation to its letters, lower case, without the names in brackets.

    >>> wording("Ratify the CED (Spain) (France);")
    'ratifytheced'
    """
    return letters_only(_BRACKETS.sub("", text))


def match_rows(rows: Sequence[GoldRow], records: Sequence[Passage], printed: str) -> list[RowMatch]:
    """Match each row with its record; ``printed`` is the report's text as a PDF library gives it, without layout."""
    by_letters: dict[str, list[Passage]] = defaultdict(list)
    for record in records:
        by_letters[wording(record.text)].append(record)
    known = list(by_letters)
    stream = wording(printed)
    found: list[RowMatch] = []
    for row in rows:
        same = by_letters.get(row.letters)
        if same is None:
            near = process.extract(row.letters, known, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=3)
            same = [record for name, _, _ in near[:1] for record in by_letters[name]]
        fitting = [record for record in same if record.number == row.number] or same
        fitting = [record for record in fitting if names_state(row.state, record.by)] or fitting
        if len({record.number for record in fitting}) == len(fitting) and fitting:
            found.append(RowMatch(row, fitting[0]))
        elif fitting:
            found.append(RowMatch(row, None, "stands as several records of one number", ours=True))
        elif row.letters and row.letters in stream:
            whole = _is_whole(row, printed)
            cause = "stands in the report as it is" if whole else "is cut out of the middle of a sentence"
            found.append(RowMatch(row, None, cause, ours=whole))
        else:
            found.append(RowMatch(row, None, "does not stand in the report in these words"))
    return found


def _is_whole(row: GoldRow, printed: str) -> bool:
    """Whether a row's words stand in the report from the beginning of a recommendation to the end of one."""
    plain = _BRACKETS.sub("", printed)
    positions = [at for at, character in enumerate(plain) if character.isalpha()]
    stream = "".join(plain[at].lower() for at in positions)
    at = stream.find(row.letters)
    if len(stream) != len(positions) or at < 0:
        return True
    before = plain[: positions[at]].rstrip()[-1:]
    behind = plain[positions[at + len(row.letters) - 1] + 1 :].lstrip(" \r\n,")[:1]
    return before in {".", ";", ":", ")", ""} and behind in {".", ";", "", *"0123456789"}


def truncate_number(number: str) -> str:
    """Truncate a number to paragraph and item, as the report prints it; further counts are the extractors'.

    >>> truncate_number("87.2.1")
    '87.2'
    """
    return ".".join(number.partition(" ")[0].split(".")[:2])


def names_state(state: str, by: Iterable[str]) -> bool:
    """Whether a record's authors include the row's state, in its long or short form."""
    short = fold(state).replace("’", "'")
    names = [" ".join(fold(name).replace("’", "'").split()) for name in by]
    return any(form in name or name in form for name in names for form in {short, _ALIASES.get(short, short)})


def _extract_text(file: Path) -> str:
    """Extract the PDF's text in content order, page furniture included."""
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def compare() -> Tally:
    """Read every PDF and match its gold rows. Raises RelatoriaError."""
    folder, tally = require_public("upr_un_reports"), Tally("upr")
    by_report: dict[str, list[GoldRow]] = defaultdict(list)
    for row in read_rows(folder / "recommendations.csv"):
        by_report[row.report].append(row)
    for name, rows in sorted(by_report.items()):
        file = folder / "pdf" / f"{name}.pdf"
        records = [passage for passage in split(read_report(file, name)) if passage.kind is Kind.RECOMMENDATION]
        matches = match_rows(rows, records, _extract_text(file))
        for match in matches:
            row, record = match.row, match.record
            cause = f"{row.number} ({row.state}): {match.cause}: {row.text[:160]}"
            tally.add(ONE_RECORD, name, record is not None, cause)
            tally.add(NOT_OURS, name, not match.ours)
            if record:
                right = truncate_number(row.number) == truncate_number(record.number)
                tally.add(NUMBER, name, right, f"{row.number}, ours {record.number}: {row.text[:100]}")
                named = names_state(row.state, record.by)
                tally.add(STATE, name, named, f"{row.number}: {row.state} is not in {record.by}: {row.text[-100:]}")
        known, texts = {match.record.id for match in matches if match.record}, {row.letters for row in rows}
        for record in records:
            right = record.id in known or wording(record.text) in texts
            tally.add(IN_GOLD, name, right, f"{record.number}: {' '.join(record.text.split())[:150]}")
    return tally
