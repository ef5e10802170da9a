"""Snapshot of records, `python -m evals.extraction.snapshot FOLDER --write FILE`, to compare before and after a change.

The readers and the splitter alone read every report under the folder, without a model. The file has a line for each
record, with a digest of all its fields, or for a refusal, with its sentence. `--compare FILE` names each file and
record that differs from such a file, and exits with 1 where one does.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from evals.console import command_parser, wide_console
from ingest.errors import RelatoriaError, UnreadableReport
from ingest.readers.files import slugify
from ingest.readers.read import read_report
from ingest.sources import find_sources
from ingest.split.splitter import split

Record = dict[str, object]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the snapshot of a folder, or compare the folder with one; returns the exit status."""
    parser = command_parser("evals.extraction.snapshot", "Compare records before and after a change.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="reports")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--write", type=Path, metavar="FILE", help="write the snapshot there")
    way.add_argument("--compare", type=Path, metavar="FILE", help="a snapshot to compare with")
    options = parser.parse_args(arguments)
    try:
        records = list(read_records(options.folder))
        if options.write:
            lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
            options.write.write_text("".join(lines), encoding="utf-8")
            return 0
        differences = list(find_differences(read_snapshot(options.compare), records))
    except (RelatoriaError, OSError) as error:
        wide_console(stderr=True).print(str(error), markup=False, soft_wrap=True)
        return 2
    screen = wide_console()
    for difference in differences:
        screen.print(difference, markup=False, soft_wrap=True)
    screen.print(f"{len(records)} records and refusals, {len(differences)} differ")
    return 1 if differences else 0


def read_records(folder: Path) -> Iterator[Record]:
    """Read and split every report under a folder: its records in order, or its refusal."""
    for path in find_sources([folder]).files:
        file = path.relative_to(folder.resolve()).as_posix()
        try:
            passages = split(read_report(path, slugify(path.stem)))
        except UnreadableReport as error:
            yield {"file": file, "refused": str(error)}
            continue
        for passage in passages:
            fields = json.dumps(asdict(passage), ensure_ascii=False, sort_keys=True)
            yield {
                "file": file,
                "id": passage.id,
                "kind": passage.kind,
                "number": passage.number,
                "start": passage.start,
                "end": passage.end,
                "digest": hashlib.sha256(fields.encode(errors="surrogatepass")).hexdigest()[:16],
            }


def read_snapshot(path: Path) -> list[Record]:
    """Read what --write wrote. Raises RelatoriaError where a line is no record."""
    try:
        records = [dict(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        return [record for record in records if record["file"]]
    except (ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(f"{path} is no snapshot ({error!r}). Make one with --write.") from error


def find_differences(before: Sequence[Record], after: Sequence[Record]) -> Iterator[str]:
    """A line for each file or record that is gone, new, or not as it was."""
    old, new = ({(record["file"], record.get("id", "")): record for record in some} for some in (before, after))
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        name = " ".join(filter(None, map(str, key)))
        if was is None or now is None:
            yield f"{name}: {'new' if was is None else 'gone'}{_refusal(was or now or {})}"
        else:
            changed = [field for field in was.keys() | now.keys() if was.get(field) != now.get(field)]
            yield f"{name}: {', '.join(f'{field} {was.get(field)} → {now.get(field)}' for field in sorted(changed))}"


def _refusal(record: Record) -> str:
    return f" refusal: {record['refused']}" if "refused" in record else ""


if __name__ == "__main__":
    sys.exit(main())
