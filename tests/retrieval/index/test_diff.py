"""What an update changes in a report's records, its log, its cache, and the texts that are indexed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.report import Kind, Passage
from ingest.sources import Sources
from retrieval.index.cache import LatestCache
from retrieval.index.diff import RecordCounts, RecordDiff, diff_records, merge_diffs
from retrieval.index.history import HISTORY_FILE, History, append_history, read_history
from retrieval.index.indexed_text import Vocabulary, build_index_texts
from retrieval.index.update_plan import FileFailure
from retrieval.index.update_result import UpdateResult


def passage(local_id: str, text: str = "Deben actuar.", **more: object) -> Passage:
    made = Passage(f"a#{local_id}", "a", Kind.RECOMMENDATION, "1", (), "", text, 0, len(text), 1, 1, "es")
    return replace(made, **more)  # type: ignore[arg-type]


ONE, TWO, THREE = (passage(f"r{number}") for number in (1, 2, 3))


def test_records_are_matched_by_id() -> None:
    found = diff_records([ONE, TWO], [passage("r2", "Otra."), THREE])
    assert (found.added, found.added_passages, found.removed) == (("a#r3",), (THREE,), ("a#r1",))
    assert [(change.before, change.after) for change in found.changed] == [(TWO, passage("r2", "Otra."))]
    assert diff_records([], []) == RecordDiff()


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        (passage("r1", "Deben\n  actuar."), False),
        (passage("r1", start=7, end=20, page=2, line=3, language="fr", addressees=("x",)), False),
        (passage("r1", "Deben actuar"), True),
        (passage("r1", number="2"), True),
        (passage("r1", kind=Kind.PART), True),
        (passage("r1", labels=(("theme", "paz"),)), True),
    ],
)
def test_a_record_changes_where_a_reader_would_see_it(after: Passage, changed: bool) -> None:
    assert bool(diff_records([ONE], [after]).changed) is changed


def test_diffs_are_merged_and_counted() -> None:
    first, second = diff_records([ONE], [passage("r1", "Otra."), TWO]), diff_records([ONE, TWO], [THREE])
    both = merge_diffs(iter([first, second]))
    assert both == RecordDiff((TWO, THREE), first.changed, ("a#r1", "a#r2"))
    assert RecordCounts.of(both) == RecordCounts(2, 1, 2) == RecordCounts.of(first) + RecordCounts.of(second)
    assert RecordCounts(1, 2, 3) + RecordCounts(10, 20, 30) == RecordCounts(11, 22, 33)


def test_one_value_is_kept_for_the_latest_state() -> None:
    latest, made = LatestCache[list[str]](), [["a"], ["b"], ["c"]]
    first = latest.get_or_make("1", lambda: made[0])
    assert latest.get_or_make("1", lambda: made[1]) is first
    assert latest.get_or_make("2", lambda: made[1]) is made[1]
    assert latest.get_or_make("1", lambda: made[2]) is made[2]


def result(
    *, added: tuple[str, ...] = (), changed: tuple[str, ...] = (), failed: tuple[FileFailure, ...] = ()
) -> UpdateResult:
    return UpdateResult(0, 0, 0, added, changed, (), ("z",), (), failed, RecordCounts(), None, 0.0)


def test_the_log_says_when_each_report_was_read_and_what_failed(tmp_path: Path) -> None:
    folder, file, other = tmp_path / "reports", tmp_path / "reports" / "deep" / "a.txt", tmp_path / "b.txt"
    fail_a, fail_b = FileFailure(file, "is empty", "a"), FileFailure(other, "is no report")
    in_folder, alone = Sources((file,), (folder,)), Sources((other,), ())
    assert read_history(tmp_path) == History({}, ())
    append_history(tmp_path, in_folder, result(added=("x",), failed=(fail_a,)))
    append_history(tmp_path, alone, result(changed=("y",), failed=(fail_b,)))
    first = read_history(tmp_path)
    assert first.failed == (fail_a, fail_b)
    assert list(first.last_read) == ["x", "y"]
    assert all(date.endswith("+00:00") and len(date) == 25 for date in first.last_read.values())
    lines = [json.loads(line) for line in (tmp_path / HISTORY_FILE).read_text(encoding="ascii").splitlines()]
    assert [(line["folders"], line["files"]) for line in lines] == [([str(folder)], []), ([], [str(other)])]
    assert (tmp_path / HISTORY_FILE).stat().st_mode & 0o777 == 0o600
    append_history(tmp_path, in_folder, result())  # looked at again, and read
    assert read_history(tmp_path).failed == (fail_b,)
    append_history(tmp_path, alone, result(added=("x",)))
    assert read_history(tmp_path).failed == ()


def test_a_torn_line_or_an_unwritable_log_spoils_nothing(tmp_path: Path) -> None:
    append_history(tmp_path, Sources((), ()), result(added=("x",)))
    with (tmp_path / HISTORY_FILE).open("a", encoding="ascii") as log:
        log.write('{"date": "20\n')
    append_history(tmp_path, Sources((), ()), result(added=("y",)))
    assert list(read_history(tmp_path).last_read) == ["x", "y"]
    (tmp_path / "folder" / HISTORY_FILE).mkdir(parents=True)
    append_history(tmp_path / "folder", Sources((), ()), result())
    assert read_history(tmp_path / "folder") == History({}, ())


def test_words_run_together_are_parted_where_both_are_known() -> None:
    known = Vocabulary("gobiernos deben " * 3 + "casas " * 2 + "mar ya " * 3 + "Deberíamos deberíamos gobiernosdeben")
    assert known.split_joined_words("Los Gobiernosdeben, y") == "Los Gobiernos deben, y"
    for text in ("gobiernoscasas", "marya", "deberíamos", "gobiernosdebenx", "debenú"):  # rare, short, known, unknown
        assert known.split_joined_words(text) == text
    often = Vocabulary("gobiernos deben " * 3 + "gobiernosdeben " * 2)
    assert often.split_joined_words("gobiernosdeben") == "gobiernosdeben"  # a word of its own
    assert Vocabulary("anti migra " * 3).split_joined_words("antimigra") == "anti migra"
    assert Vocabulary("ab cdefgh " * 3).split_joined_words("abcdefgh") == "ab cdefgh"
    assert Vocabulary("abcdefg h " * 3).split_joined_words("abcdefgh") == "abcdefgh"  # no word of one letter


def test_a_fact_is_indexed_under_what_people_call_it() -> None:
    none = Vocabulary("")
    assert build_index_texts(passage("r1", "Deben  actuar\nya."), none) == ("Deben actuar ya.",)
    titles = build_index_texts(passage("title", "Mesa 1", kind=Kind.FACT), none)
    assert len(titles) > 3
    assert all(text.endswith(": Mesa 1") for text in titles)
    assert len(set(titles)) == len(titles)
    assert build_index_texts(passage("title", "Mesa 1"), none) == ("Mesa 1",)  # only a fact is one
    assert build_index_texts(passage("nothing", "Mesa 1", kind=Kind.FACT), none) == ("Mesa 1",)
