"""The suites over files: damaged ones give records or our error, readings are compared with what a person saw."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from evals.extraction import readings
from evals.extraction.readings import (
    Review,
    Verdict,
    compare_reading,
    hash_blocks,
    read_file,
    read_reviews,
    write_reviews,
)
from evals.robustness.fuzz import FAILURES, OutcomeKind, check_file, find_faults, judge, make_case, run_cases
from evals.robustness.seeds import Seed, make_seeds
from ingest.errors import RelatoriaError
from ingest.readers.file_type import FileFormat, detect_format
from ingest.readers.read import read_report
from ingest.readers.text.decoding import decode_text
from ingest.report import BlockRole
from ingest.split.splitter import split
from ingest.worker import ParsedFile, ReadFailure, ReadJob, ReadLimits

SEEDS = make_seeds()
CASES = 300


# Damaged files


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_sound_file_is_read_whole(seed: Seed, tmp_path: Path) -> None:
    path = tmp_path / f"file{seed.suffix}"
    path.write_bytes(seed.raw)
    report = read_report(path, "r")
    assert check_file(path) == (OutcomeKind.RECORDS, "")
    assert "Los gobiernos deberían ratificar la Convención" in " ".join(report.text.split())
    assert "crear un registro" in report.text
    if seed.suffix in (".md", ".html", ".docx", ".odt", ".epub"):
        assert {BlockRole.HEADING, BlockRole.ITEM, BlockRole.ROW, BlockRole.NOTE} <= {
            block.role for block in report.blocks
        }


def test_every_format_is_damaged() -> None:
    converted = {FileFormat.DOC, FileFormat.RTF}  # by LibreOffice, in seconds each: not by the thousand
    assert {detect_format(seed.raw, f"file{seed.suffix}") for seed in SEEDS} == set(FileFormat) - converted


def test_a_case_follows_from_its_number() -> None:
    assert [make_case(SEEDS, 7, number) for number in range(20)] == [
        make_case(SEEDS, 7, number) for number in range(20)
    ]
    assert make_case(SEEDS, 7, 3) != make_case(SEEDS, 8, 3)
    raws = [make_case(SEEDS, 7, number) for number in range(CASES)]
    assert sum(raw != seed.raw for seed, _, raw in raws) > 0.9 * CASES


def test_damage_goes_inside_what_is_packed() -> None:
    hows = [make_case(SEEDS, 7, number)[1] for number in range(CASES)]
    assert any("word/document.xml" in how for how in hows)
    assert any("content.xml" in how for how in hows)
    assert any("in a stream" in how for how in hows)


def test_damaged_files_give_records_or_our_error(tmp_path: Path) -> None:
    failures, kinds = [], set()
    for number in range(CASES):
        seed, how, raw = make_case(SEEDS, 7, number)
        path = tmp_path / f"file{seed.suffix}"
        path.write_bytes(raw)
        kind, said = check_file(path)
        kinds.add(kind)
        if kind in FAILURES:
            failures.append(f"{number} {seed.name}, {how}: {kind}: {said}")
    assert failures == []
    assert {OutcomeKind.RECORDS, OutcomeKind.REFUSED} <= kinds


def test_a_long_line_beside_an_old_encoding_costs_little() -> None:
    old = next(seed.raw for seed in SEEDS if "mac_roman" in seed.name)
    began = time.monotonic()
    assert "María Niño" in decode_text(old + b"a " * 50_000)
    assert time.monotonic() - began < 5  # seconds; looking for its letters from every place took a minute


def test_cases_are_read_by_the_products_workers_within_limits() -> None:
    numbers = range(12)
    outcomes = list(run_cases(SEEDS, 7, numbers))
    assert [outcome.number for outcome in outcomes] == list(numbers)
    assert {outcome.kind for outcome in outcomes} <= {OutcomeKind.RECORDS, OutcomeKind.REFUSED, OutcomeKind.LAST_RESORT}
    late = run_cases(SEEDS, 7, range(3), ReadLimits(seconds=0.001, seconds_per_mb=0))
    assert [outcome.kind for outcome in late] == [OutcomeKind.SLOW] * 3


@pytest.mark.parametrize(
    ("failure", "error", "kind"),
    [
        (ReadFailure.REFUSED, "is empty: …", OutcomeKind.REFUSED),
        (ReadFailure.REFUSED, "cannot be read as PDF (…)", OutcomeKind.LAST_RESORT),
        (ReadFailure.FAULT, "cannot be read (KeyError)", OutcomeKind.FAULT),
        (ReadFailure.SLOW, "took longer than 10 s", OutcomeKind.SLOW),
        (ReadFailure.MEMORY, "needed more than 2 GB", OutcomeKind.KILLED),
        (ReadFailure.CRASHED, "crashed the reader (SIGSEGV)", OutcomeKind.KILLED),
    ],
)
def test_every_failure_has_its_kind(failure: ReadFailure, error: str, kind: OutcomeKind) -> None:
    parsed = ParsedFile(
        ReadJob(Path("a.txt"), "r"), None, error=error, failure=failure, fault="KeyError: x (lists.py:3)"
    )
    assert judge(parsed)[0] is kind


def test_what_does_not_hold_of_records_is_said(report_file: Path) -> None:
    report = read_report(report_file, "r")
    passages = split(report)
    assert list(find_faults(report, passages)) == []
    first, *rest = passages
    for wrong in (
        replace(first, text=first.text + "x"),
        replace(first, start=-1),
        replace(first, id=rest[0].id),
        replace(first, page=2),
        replace(first, line=0),
        replace(first, line=len(report.line_starts) + 1),
    ):
        assert list(find_faults(report, [wrong, *rest])), wrong
    parents = {passage.parent_id for passage in passages if passage.parent_id}
    assert list(find_faults(report, [passage for passage in passages if passage.id not in parents]))
    assert list(find_faults(replace(report, blocks=report.blocks[::-1]), passages))
    assert list(find_faults(replace(report, pages=((5, 1), (0, 2))), passages))


def test_a_fault_of_a_reader_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Los gobiernos deben actuar.\n", encoding="utf-8")
    monkeypatch.setattr("ingest.split.splitter.split", lambda report: int("one"))
    kind, said = check_file(path)
    assert kind is OutcomeKind.FAULT
    assert said.startswith("ValueError: invalid literal")
    assert "(worker.py:" in said


# Readings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for seed in SEEDS:
        path = tmp_path / readings.FOLDERS[0] / f"{seed.name}{seed.suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(seed.raw)
    (tmp_path / readings.FOLDERS[0] / "empty.txt").write_bytes(b"")
    (tmp_path / readings.FOLDERS[0] / "SOURCE.txt").write_text("whence", encoding="utf-8")
    return tmp_path


def _looked(data: Path, file: str, *, right: bool = True) -> Review:
    return Review(read_file(data, f"{readings.FOLDERS[0]}/{file}")[0], right, "all of it")


def test_a_reading_like_the_one_looked_at_is_right(data: Path) -> None:
    for file, verdict in (("Word.docx", Verdict.READ), ("empty.txt", Verdict.REFUSED)):
        looked = _looked(data, file)
        assert compare_reading(looked.reading, looked) == (verdict, "")


def test_a_known_miss_stays_a_miss(data: Path) -> None:
    looked = _looked(data, "Word.docx", right=False)
    assert compare_reading(looked.reading, looked) == (Verdict.WRONG, "all of it")


def test_every_difference_is_seen_and_named(data: Path) -> None:
    looked = _looked(data, "Word.docx")
    reading = looked.reading
    for other, said in (
        (replace(reading, counts={**reading.counts, "items": 99}), "items 99, were 4"),
        (replace(reading, blocks="0" * 12), "same counts, other blocks"),
        (replace(reading, refused="is empty", counts={}, blocks=""), "refused is empty, was none"),
        (replace(reading, format="ODT"), "format ODT, was DOCX"),
        (replace(reading, source="0" * 12), "it is another file of that name"),
    ):
        verdict, difference = compare_reading(other, looked)
        assert verdict is Verdict.DIFFERS
        assert said in difference
    assert compare_reading(reading, None) == (Verdict.UNSEEN, "")
    assert compare_reading(None, looked)[0] is Verdict.GONE


def test_the_hash_is_of_roles_markers_levels_and_words(report_file: Path) -> None:
    report = read_report(report_file, "r")
    first = report.blocks[0]
    others = [
        replace(report, blocks=report.blocks[1:]),
        replace(report, blocks=(replace(first, role=BlockRole.NOTE), *report.blocks[1:])),
        replace(report, blocks=(replace(first, marker="9."), *report.blocks[1:])),
        replace(report, blocks=(replace(first, level=9), *report.blocks[1:])),
        replace(report, blocks=(replace(first, end=first.end - 1), *report.blocks[1:])),
    ]
    assert len({hash_blocks(other) for other in (report, *others)}) == 1 + len(others)
    assert hash_blocks(replace(report, text=report.text.replace("\n", " "))) == hash_blocks(report)


def test_what_was_looked_at_is_kept_without_its_text(data: Path, tmp_path: Path) -> None:
    files = readings.list_files(data)
    assert len(files) == len(SEEDS) + 1
    looked = {file: _looked(data, file.partition("/")[2]) for file in files}
    path = tmp_path / "looked.jsonl"
    write_reviews(path, looked)
    assert read_reviews(path) == looked
    assert "gobiernos" not in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8") + '{"file": "x"}\n', encoding="utf-8")
    with pytest.raises(RelatoriaError, match=f"line {len(files) + 1} cannot be read"):
        read_reviews(path)


def test_the_suite_fails_when_a_file_reads_otherwise(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RELATORIA_DATA", str(data))
    monkeypatch.setattr(readings, "LOOKED", tmp_path / "looked.jsonl")
    word = f"{readings.FOLDERS[0]}/Word.docx"
    assert readings.main([]) == 0  # nothing looked at yet
    assert readings.main(["--accept", word]) == 2  # without a note
    assert readings.main(["--accept", word, "--note", "all of it"]) == 0
    assert readings.main([]) == 0
    assert "read rightly" in capsys.readouterr().out
    (data / word).write_bytes(SEEDS[0].raw)
    assert readings.main([]) == 1
    (data / word).unlink()
    assert readings.main([]) == 1
    assert readings.main(["--show", "nowhere.pdf"]) == 2
    monkeypatch.delenv("RELATORIA_DATA")
    assert readings.main([]) == 2


def test_what_was_looked_at_is_sound() -> None:
    looked = read_reviews(readings.LOOKED)
    assert len(looked) == 39
    for review in looked.values():
        assert review.note
        assert bool(review.reading.refused) != bool(review.reading.blocks)
