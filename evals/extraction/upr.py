"""Measures the recommendations extracted from UN reports against those extracted by hand from the same PDFs.

`relatoria eval --suite upr` with RELATORIA_DATA set reads every PDF of ``upr_un_reports`` and looks for each
row of ``recommendations.csv`` among our records: a row is found when the letters of its text, without
the leading number and the bracketed states, are those of exactly one record, or 95 % similar.
"""

import csv
import re
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from evals.console import wide_console
from evals.extraction.labels import MIN_SIMILARITY, letters_only
from evals.public_data import require_public
from ingest.errors import UnreadableReport
from ingest.readers.read import read_report
from ingest.report import Kind, Passage
from ingest.split.splitter import split
from retrieval.text.terms import fold

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
    return ".".join(number.split(".")[:2])


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


@dataclass(frozen=True, slots=True)
class GoldComparison:
    """The records of all reports compared with the gold rows."""

    found: tuple[RowMatch, ...]
    record_count: int  # recommendations that we see
    extra_records: tuple[str, ...]  # those of them that no row has

    def figures(self) -> tuple[tuple[str, int, int, str], ...]:
        """Return (title, count, total, target) of each measure."""
        hits = [(match.row, match.record) for match in self.found if match.record]
        total = len(self.found)
        return (
            ("rows found as exactly one record", len(hits), total, "≥ 98 %"),
            ("rows missed by our fault", sum(match.ours for match in self.found), total, "≤ 0.5 %"),
            ("number right, as printed", sum(same_number(*hit) for hit in hits), len(hits), "≥ 99.5 %"),
            ("number right, further counts included", sum(a.number == b.number for a, b in hits), len(hits), ""),
            ("state among the record's", sum(names_state(a.state, b.by) for a, b in hits), len(hits), "≥ 99 %"),
            (
                "recommendations that are in the gold",
                self.record_count - len(self.extra_records),
                self.record_count,
                "≥ 97 %",
            ),
        )

    def misses(self) -> Iterator[str]:
        """Yield a line for every difference from the gold rows, with its cause."""
        for match in self.found:
            row, record = match.row, match.record
            if not record:
                yield f"missed  {row.report} {row.number} ({row.state}): {match.cause}: {row.text[:160]}"
            elif not same_number(row, record):
                yield f"number  {row.report} {row.number}: ours is {record.number}: {row.text[:100]}"
            elif not names_state(row.state, record.by):
                yield f"state   {row.report} {row.number}: {row.state} is not in {record.by}: {row.text[-100:]}"
        yield from (f"over    {line}" for line in self.extra_records)


def same_number(row: GoldRow, record: Passage) -> bool:
    """Whether a record has its row's number as the report prints it."""
    return truncate_number(row.number) == truncate_number(record.number)


def compare(folder: Path) -> GoldComparison:
    """Read every PDF in the folder and match its gold rows."""
    by_report: dict[str, list[GoldRow]] = defaultdict(list)
    for row in read_rows(folder / "recommendations.csv"):
        by_report[row.report].append(row)
    found: list[RowMatch] = []
    over: list[str] = []
    called = 0
    for name in sorted(by_report):
        rows, file = by_report[name], folder / "pdf" / f"{name}.pdf"
        try:
            records = [passage for passage in split(read_report(file, name)) if passage.kind is Kind.RECOMMENDATION]
        except UnreadableReport as error:
            found += [RowMatch(row, None, f"the report {error}", ours=True) for row in rows]
            continue
        here = match_rows(rows, records, _extract_text(file))
        known, texts = {row.record.id for row in here if row.record}, {row.letters for row in rows}
        found += here
        called += len(records)
        over += [
            f"{name} {record.number}: {' '.join(record.text.split())[:150]}"
            for record in records
            if record.id not in known and wording(record.text) not in texts
        ]
    return GoldComparison(tuple(found), called, tuple(over))


def main() -> int:
    """Run the suite: print the misses with their causes, then the figures; return the exit status."""
    began = time.monotonic()
    compared = compare(require_public("upr_un_reports"))
    screen = wide_console()
    for line in compared.misses():
        screen.print(line, markup=False, soft_wrap=True)
    for title, count, total, target in compared.figures():
        screen.print(f"{title:40} {count:5} / {total:5}  {count / max(total, 1):7.2%}  {target}", markup=False)
    screen.print(f"{len({match.row.report for match in compared.found})} reports in {time.monotonic() - began:.1f} s")
    return 0
