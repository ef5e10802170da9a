"""Regression check of the readers on other people's files, against readings that a person reviewed.

`python -m evals.extraction.readings` with RELATORIA_DATA set reads every file of FOLDERS there and compares it
with evals/data/readings/looked.jsonl: for each file whether it was read or why not, how many blocks of
which role, a hash of all of them, and what the person found. `--show FILE` prints the blocks for
looking, `--accept FILE --note "…"` records them once somebody has looked, `--wrong` as a known miss.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from rich.console import Console

from evals.console import command_parser, wide_console
from evals.public_data import public_folder
from ingest.errors import RelatoriaError, UnreadableReport
from ingest.readers.file_type import detect_format
from ingest.readers.files import slugify
from ingest.readers.read import read_report
from ingest.report import BlockRole, Report

LOOKED = Path(__file__).parent.parent / "data" / "readings" / "looked.jsonl"
FOLDERS = ("ingest_docling", "ingest_unstructured")
_IGNORED_FILES = ("SOURCE.txt", "LICENSE", "LICENSE.md")
COUNT_NAMES = ("headings", "items", "rows", "notes", "texts", "characters", "pages")
_DIGITS = 12  # hexadecimal, of a hash


class Verdict(StrEnum):
    """Whether a file's reading is right, as far as a person reviewed it."""

    READ = "read rightly"
    REFUSED = "refused rightly"
    WRONG = "read wrongly"  # somebody looked, and it is not what the file says
    DIFFERS = "differs from what a person looked at"
    UNSEEN = "not looked at yet"
    GONE = "is not there"


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading a file: counts and a hash of its blocks, or why it was refused."""

    file: str  # under RELATORIA_DATA
    source: str  # hash of its bytes
    format: str = ""
    refused: str = ""  # the reason, without the remedy behind it; empty where it was read
    counts: Mapping[str, int] = field(default_factory=dict)  # see COUNT_NAMES
    blocks: str = ""  # hash of roles, markers, levels and words, see hash_blocks


@dataclass(frozen=True, slots=True)
class Review:
    """A reading that a person compared with the file itself."""

    reading: Reading
    right: bool
    note: str  # what was compared, and what is known to be imperfect


def read_file(data: Path, file: str) -> tuple[Reading, Report | None]:
    """Read a file and summarize the outcome; the report is None where the file was refused."""
    path = data / file
    raw = path.read_bytes()
    form, report, refused = "", None, ""
    try:
        form = detect_format(raw, path.name).name
        report = read_report(path, slugify(path.stem))
    except UnreadableReport as error:
        refused = str(error).partition(":")[0]
    source = hashlib.sha256(raw).hexdigest()[:_DIGITS]
    if report is None:
        return Reading(file, source, form, refused), None
    return Reading(file, source, form, "", _count_blocks(report), hash_blocks(report)), report


def hash_blocks(report: Report) -> str:
    """Hash the blocks' roles, markers, levels and text, white space collapsed: 12 hexadecimal digits."""
    told = "".join(
        json.dumps([block.role, block.marker, block.level, " ".join(report.text[block.start : block.end].split())])
        + "\n"
        for block in report.blocks
    )
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def _count_blocks(report: Report) -> dict[str, int]:
    roles = Counter(block.role for block in report.blocks)
    by_role = (
        roles[role] for role in (BlockRole.HEADING, BlockRole.ITEM, BlockRole.ROW, BlockRole.NOTE, BlockRole.TEXT)
    )
    return dict(zip(COUNT_NAMES, (*by_role, len(report.text), len({page for _, page in report.pages})), strict=True))


def compare_reading(reading: Reading | None, looked: Review | None) -> tuple[Verdict, str]:
    """Compare a reading with its review: return the verdict, and what differs or was found wrong."""
    if looked is None:
        return Verdict.UNSEEN, ""
    if reading is None:
        return Verdict.GONE, "given before, and now missing under RELATORIA_DATA"
    if reading == looked.reading:
        if looked.right:
            return (Verdict.REFUSED if reading.refused else Verdict.READ), ""
        return Verdict.WRONG, looked.note
    return Verdict.DIFFERS, _describe_difference(reading, looked.reading)


def _describe_difference(now: Reading, then: Reading) -> str:
    if now.source != then.source:
        return "it is another file of that name"
    said = [
        f"{name} {getattr(now, name) or 'none'}, was {getattr(then, name) or 'none'}"
        for name in ("format", "refused")
        if getattr(now, name) != getattr(then, name)
    ]
    said += [
        f"{name} {now.counts.get(name, 0):,}, were {then.counts.get(name, 0):,}"
        for name in COUNT_NAMES
        if now.counts.get(name, 0) != then.counts.get(name, 0)
    ]
    return "; ".join(said) or "same counts, other blocks"


def list_files(data: Path) -> list[str]:
    """List the files to read, relative to ``data``, without sources and licences."""
    found = (path for folder in FOLDERS for path in (data / folder).rglob("*"))
    files = (path for path in found if path.is_file() and path.name not in _IGNORED_FILES)
    return sorted(path.relative_to(data).as_posix() for path in files)


def read_reviews(path: Path) -> dict[str, Review]:
    """Read the reviews, by file. Raises RelatoriaError naming the line that cannot be read."""
    looked: dict[str, Review] = {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            stated = json.loads(line)
            review = Review(right=stated.pop("right"), note=stated.pop("note"), reading=Reading(**stated))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RelatoriaError(f"{path}, line {number} cannot be read ({error!r}). Use --accept.") from error
        looked[review.reading.file] = review
    return looked


def write_reviews(path: Path, looked: Mapping[str, Review]) -> None:
    """Write the reviews as JSON Lines, in the order of the files' names."""
    lines = []
    for _, review in sorted(looked.items()):
        stated = {key: value for key, value in asdict(review.reading).items() if value}
        lines.append(json.dumps(stated | {"right": review.right, "note": review.note}, ensure_ascii=False) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the command: compare all files, or show or accept some; return the exit status."""
    parser = command_parser(
        "evals.extraction.readings", "Compare readings of other people's files with what a person saw."
    )
    parser.add_argument("--show", metavar="FILE", help="print all blocks of a file, for looking")
    parser.add_argument("--accept", metavar="FILE", nargs="+", help="record these as somebody just looked at them")
    parser.add_argument("--note", help="with --accept: what was compared, what is imperfect; else the old note stays")
    parser.add_argument("--wrong", action="store_true", help="with --accept: it is read wrongly, the note says how")
    options = parser.parse_args(arguments)
    aside = wide_console(stderr=True)
    data = public_folder()
    files = list_files(data) if data else []
    if not data or not files:
        aside.print(f"Set RELATORIA_DATA to the folder that holds {' and '.join(FOLDERS)}.", soft_wrap=True)
        return 2
    unknown = sorted({*(options.accept or ()), *filter(None, [options.show])} - set(files))
    if unknown:
        aside.print(f"{unknown[0]} is none of the files. They are:\n" + "\n".join(files), markup=False, soft_wrap=True)
        return 2
    try:
        looked = read_reviews(LOOKED)
    except RelatoriaError as error:
        aside.print(str(error), markup=False, soft_wrap=True)
        return 1
    if options.show:
        return _show(wide_console(), *read_file(data, options.show))
    if options.accept:
        return _accept(data, looked, options, aside)
    return _compare(wide_console(), data, files, looked)


def _accept(data: Path, looked: dict[str, Review], options: argparse.Namespace, aside: Console) -> int:
    for file in options.accept:
        note = options.note or (looked[file].note if file in looked else "")
        if not note:
            aside.print(f"{file}: say with --note what you compared.", markup=False, soft_wrap=True)
            return 2
        looked[file] = Review(read_file(data, file)[0], not options.wrong, note)
    write_reviews(LOOKED, looked)
    return 0


def _compare(screen: Console, data: Path, files: Sequence[str], looked: Mapping[str, Review]) -> int:
    verdicts: Counter[Verdict] = Counter()
    for file in sorted({*files, *looked}):
        verdict, remark = compare_reading(read_file(data, file)[0] if file in files else None, looked.get(file))
        verdicts[verdict] += 1
        if verdict not in (Verdict.READ, Verdict.REFUSED):
            screen.print(f"{file} {verdict}: {remark}", markup=False, soft_wrap=True)
    for verdict, count in verdicts.most_common():
        screen.print(f"{verdict:40} {count:3} / {verdicts.total():3}", markup=False)
    return 1 if verdicts[Verdict.DIFFERS] or verdicts[Verdict.GONE] else 0


def _show(screen: Console, reading: Reading, report: Report | None) -> int:
    screen.print(f"{reading}", markup=False, soft_wrap=True)
    if report is None:
        return 0
    screen.print(str(report.metadata), markup=False, soft_wrap=True)
    for block in report.blocks:
        level = "" if block.level is None else f" {block.level}"
        place = f"p. {report.page_at(block.start)}" if report.pages else f"l. {report.line_at(block.start)}"
        head = f"{place} {block.role}{level}{f' [{block.marker}]' if block.marker else ''}"
        screen.print(f"{head:24} {report.text[block.start : block.end]}", markup=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
