"""The SQLite store: what is written comes back whole, in the promised order, and a report takes all of it away."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.report import Block, BlockRole, Kind, Metadata, Passage, Report, Strength
from retrieval.storage import reader, writer
from retrieval.storage.reader import Store
from retrieval.storage.schema import FileState, IndexedPassage

REPORT_A = Report(
    "a",
    "Primera línea\nSegunda línea\n",
    Metadata("Título añejo", "Foro", 2010, "Lima", "Ana", "2010-11-10", "es"),
    "fa" * 32,
    (Block(BlockRole.HEADING, 0, 13, "1.", 2), Block(BlockRole.ITEM, 14, 27, "•", None)),
    ((0, 1), (14, 2)),
)
REPORT_B = Report("b", "Only line\n", Metadata(title="B"), "fb" * 32)


def passage(passage_id: str, kind: Kind, start: int = 0, language: str = "es", **more: object) -> Passage:
    made = Passage(passage_id, passage_id[0], kind, "", (), "", "Prim", start, start + 4, 1, 1, language)
    return replace(made, **more)  # type: ignore[arg-type]


FULL = passage(
    "a#1-r01",
    Kind.RECOMMENDATION,
    number="1.2",
    headings=("Mesa «1»", "Año"),
    lead_in="Se pide:",
    page=2,
    line=3,
    by=("Perú",),
    addressees=("Congreso", "Senado"),
    labels=(("term", "Corto"), ("theme", "Paz")),
    strength=Strength.OBLIGATION,
    strength_words=("deben", "no"),
    reason="listed",
)
TITLE, PART = passage("a#title", Kind.FACT), passage("a#1-r01.1", Kind.PART, language="fr", addressees=("Senado",))
OTHER = passage("b#r01", Kind.RECOMMENDATION, language="fr")
B_FILE = Path("/reports/b.txt")
A_FILE = Path("/reports/á\udcff.txt")  # a name that is not UTF-8


def write(store: Store, *reports: tuple[Report, Path, str, list[IndexedPassage]]) -> None:
    with store.transaction() as into:
        for each in reports:
            into.put(*each)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "index")
    of_b = [IndexedPassage(OTHER, ["prote", "grup"], ["v2", "v5"])]
    of_a = [
        IndexedPassage(TITLE, ["titul"], ["v1"]),
        IndexedPassage(FULL, ["prote", "migra", "grup"], ["v3", "v2"], ["h1"]),
        IndexedPassage(PART, ["migra", "prote"], ["v4"], ["h1", "v4"]),
    ]
    write(made, (REPORT_B, B_FILE, "db", of_b), (REPORT_A, A_FILE, "da", of_a))  # rows 1, then 2 to 4
    yield made
    made.close()


def test_a_new_store_says_nothing(tmp_path: Path) -> None:
    new = Store(tmp_path)
    assert new.stamp() == {}
    new.path.touch()
    assert new.stamp() == {}
    assert new.path == tmp_path / "relatoria.sqlite"
    assert not new.tokens.exists


def test_reports_come_back_whole_by_id_and_by_file(store: Store) -> None:
    assert store.report("a") == REPORT_A
    assert store.report("b") == REPORT_B
    assert store.report("c") is None
    assert store.report_ids() == ["a", "b"]
    assert store.count_reports() == 2
    assert (store.source("a"), store.source("b")) == (A_FILE, B_FILE)
    assert store.report_summaries() == [
        reader.ReportSummary("a", A_FILE, REPORT_A.metadata),
        reader.ReportSummary("b", B_FILE, REPORT_B.metadata),
    ]
    assert store.known_reports() == [
        reader.KnownReport("a", A_FILE, "fa" * 32, "da"),
        reader.KnownReport("b", B_FILE, "fb" * 32, "db"),
    ]


def test_passages_come_back_whole_in_reading_order(store: Store) -> None:
    assert list(store.passages()) == [TITLE, FULL, PART, OTHER]
    assert list(store.passages("a")) == [TITLE, FULL, PART]
    assert list(store.passages(kinds=[Kind.RECOMMENDATION])) == [FULL, OTHER]
    assert list(store.passages("b", [Kind.PART])) == []
    assert store.passages_at([1, 3, 99]) == {1: OTHER, 3: FULL}
    assert store.ids() == [(1, "b#r01"), (2, "a#title"), (3, "a#1-r01"), (4, "a#1-r01.1")]
    assert store.parts() == [(4, "a#1-r01.1")]
    assert store.rows_with_ids(["a#1-r01.1", "b#r01", "b#r02"]) == {"b#r01": 1, "a#1-r01.1": 4}


def test_passages_are_counted_by_kind_and_language(store: Store) -> None:
    assert [store.count(), store.count([Kind.RECOMMENDATION]), store.count([Kind.NOTE])] == [4, 2, 0]
    assert [store.count(report_id="a"), store.count([Kind.PART], "a"), store.count([Kind.PART], "b")] == [3, 1, 0]
    assert store.count_by_kind(["a", "b", "c"]) == {
        "a": {Kind.FACT: 1, Kind.RECOMMENDATION: 1, Kind.PART: 1},
        "b": {Kind.RECOMMENDATION: 1},
    }
    assert store.languages() == ["es", "fr"]  # as often, by name


def test_the_most_frequent_language_is_first(store: Store) -> None:
    more = IndexedPassage(passage("c#title", Kind.FACT, language="fr"), [], [])
    write(store, (replace(REPORT_B, id="c"), Path("c"), "dc", [more]))
    assert store.languages() == ["fr", "es"]
    with store.transaction() as into:
        into.drop("c")
        into.drop("b")
    assert store.languages() == ["es", "fr"]
    assert (store.count(), store.count([Kind.RECOMMENDATION])) == (3, 1)


def test_rows_are_put_in_reading_order_in_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.all_rows() == [2, 3, 4, 1]
    assert (store.all_rows(3), store.all_rows(0), store.all_rows(10**30)) == ([2, 3, 4], [], [2, 3, 4, 1])
    assert store.in_reading_order([1, 4, 99, 2]) == [2, 4, 1]
    monkeypatch.setattr(reader, "_PAGE_SIZE", 2)
    assert list(store.passages_in_order([1, 4, 99, 2])) == [TITLE, PART, OTHER]
    assert list(store.passages_in_order([])) == []


def test_columns_have_their_rows_by_value(store: Store) -> None:
    assert store.column("kind") == {"recommendation": [1, 3], "fact": [2], "part": [4]}
    assert list(store.column("language").items()) == [("fr", [1, 4]), ("es", [2, 3])]
    assert store.column("addressees") == {(): [1, 2], ("Congreso", "Senado"): [3], ("Senado",): [4]}
    assert store.column("labels") == {(): [1, 2, 4], (("term", "Corto"), ("theme", "Paz")): [3]}
    assert store.column("id; drop table passage") == {}


def test_vectors_are_named_by_the_rows_that_have_them(store: Store) -> None:
    assert store.vector_ids() == {"v1", "v2", "v3", "v4", "v5", "h1"}
    windows = [(3, "h1", True), (3, "v2", False), (3, "v3", False), (4, "h1", True), (4, "v4", False)]
    assert store.windows_of_rows([4, 3, 99]) == windows  # what is a text's, too, is not its heading's
    assert sorted(store.rows_of_vectors(["v2", "h1", "none"], 9)) == [("h1", 3), ("h1", 4), ("v2", 1), ("v2", 3)]
    assert sorted(store.rows_of_vectors(["v2", "h1"], 1)) == [("h1", 3), ("v2", 1)]
    sample = [("v1", "es"), ("v2", "es"), ("v3", "es"), ("v4", "fr"), ("v5", "fr")]
    assert [list(store.sample_windows(count).items()) for count in (9, 2)] == [sample, sample[:2]]
    assert store.unreferenced_among(["v9", "v1", "v8", "v9"]) == ["v8", "v9"]


def test_words_are_found_together_and_as_a_phrase(store: Store) -> None:
    assert store.document_frequencies(["prote", "migra", "nada"]) == {"prote": 3, "migra": 2}
    assert store.rows_with_words(["prote", "migra"], 9) == [3, 4]
    assert (store.rows_with_words(["prote"], 2), store.rows_with_words([], 9)) == ([1, 3], [])
    assert (store.rows_with_phrase(["prote", "migra"]), store.rows_with_phrase(["migra", "prote"])) == ({3}, {4})
    assert store.rows_with_phrase([]) == set()
    assert store.words_at([1, 3, 99]) == {1: {"prote", "grup"}, 3: {"prote", "migra", "grup"}}


def test_a_report_takes_everything_of_it_away(store: Store) -> None:
    with store.transaction() as into:
        into.remember_file(FileState(A_FILE, "a", "fa", "", "1"))
        into.remember_file(FileState(B_FILE, "b", "fb", "", "1"))
    with store.transaction() as into:
        assert not into.changed
        into.drop("a")
        assert into.changed
        assert list(into.newly_unreferenced()) == [["h1", "v1", "v3", "v4"]]  # v2 is b's as well
    assert store.report("a") is None
    assert [state.path for state in store.file_states()] == [B_FILE]
    assert (list(store.passages()), store.count(), store.vector_ids()) == ([OTHER], 1, {"v2", "v5"})
    assert store.document_frequencies(["migra", "prote", "titul"]) == {"prote": 1}
    for table in ("content", "report", "tally where passages > 0", "words", "passage"):
        assert store._rows(f"select count(*) from {table}") == [(1,)], table


def test_a_report_that_is_written_again_takes_the_place_of_what_it_was(store: Store) -> None:
    changed = replace(REPORT_A, text="Otra cosa\n")
    with store.transaction() as into:
        into.put(changed, A_FILE, "dz", [IndexedPassage(FULL, ["nada"], ["v3"])])
        assert into.changed
        assert list(into.newly_unreferenced()) == [["h1", "v1", "v4"]]
    assert store.report("a") == changed
    assert (store.count(), store.rows_with_words(["titul"], 9), store.count_reports()) == (2, [], 2)
    assert store.known_reports()[0].digest == "dz"


def test_what_a_transaction_that_fails_has_written_is_not_there(store: Store) -> None:
    with suppress(KeyError), store.transaction() as into:
        into.drop("a")
        raise KeyError
    assert store.report("a") == REPORT_A
    assert store.count() == 4
    with store.transaction() as into:  # what it left over is not this one's
        assert list(into.newly_unreferenced()) == []
        assert into.count_queued() == 0


def test_files_are_remembered_moved_and_forgotten(store: Store) -> None:
    copy, moved = Path("/reports/copy.txt"), Path("/reports/moved.txt")
    states = [FileState(A_FILE, "a", "fa", "sa", "1 2 3"), FileState(copy, "a", "fa", "", "")]
    with store.transaction() as into:
        for state in [FileState(copy, "b", "?", "?", "?"), *states]:  # the last word of a file counts
            into.remember_file(state)
    assert sorted(store.file_states(), key=lambda state: state.file_hash + state.sidecar_hash, reverse=True) == states
    assert store.file_copies() == [(copy, "a")]
    with store.transaction() as into:
        into.move("a", moved)
        into.forget_file(A_FILE)
    assert (store.source("a"), store.source("b")) == (moved, B_FILE)
    assert store.file_states() == states[1:]


def test_texts_are_queued_once_and_given_in_order(store: Store) -> None:
    with store.transaction() as into:
        into.queue_texts({"z": "uno", "y": "dos"})
        into.queue_texts({"x": "tres", "z": "otra vez"})
        assert into.count_queued() == 3
        assert [list(page.items()) for page in into.queued_texts(2)] == [[("z", "uno"), ("y", "dos")], [("x", "tres")]]
    with store.transaction() as into:
        assert into.count_queued() == 0


def test_unreferenced_vectors_are_remembered_until_they_are_dropped(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_PAGE", 2)
    with store.transaction() as into:
        into.drop("a")
        into.drop("b")
        pages = list(into.newly_unreferenced())
        assert pages == [["h1", "v1"], ["v2", "v3"], ["v4", "v5"]]
        for page in pages:
            into.mark_unreferenced(page)
            into.mark_unreferenced(page[:1])
    assert sorted(store.unreferenced_vectors()) == ["h1", "v1", "v2", "v3", "v4", "v5"]
    with store.transaction() as into:
        into.clear_unreferenced()
    assert store.unreferenced_vectors() == []


def test_each_stamp_is_a_state_of_its_own(store: Store) -> None:
    assert store.count_vectors() == 0  # nobody has said yet
    for state in ("1", "2", "3"):
        with store.transaction() as into:
            assert into.count_vectors() == 6
            into.write_stamp({"format": "4", "named": str(into.count_vectors())})
        assert store.stamp() == {"format": "4", "named": "6", "state": state}
    with store.transaction() as into:
        into.write_stamp({"format": "5"})
    assert (store.stamp()["format"], store.count_vectors()) == ("5", 6)


def test_the_fingerprint_is_of_what_answers_depend_on(store: Store) -> None:
    def fingerprint(**stamp: str) -> str:
        with store.transaction() as into:
            into.write_stamp(stamp)
            return into.fingerprint()

    first = fingerprint(format="4", model="m")
    assert (len(first), fingerprint(relatoria="2.0")) == (64, first)
    assert len({first, fingerprint(format="5"), fingerprint(model="n")}) == 3
    assert fingerprint(format="4", model="m") == first
    with store.transaction() as into:
        into.move("a", Path("elsewhere"))
        assert into.fingerprint() == first
        into.put(REPORT_B, B_FILE, "another digest", [IndexedPassage(OTHER, [], [])])
        changed = into.fingerprint()
        into.put(replace(REPORT_B, id="b2"), Path("b2"), "another digest", [])
        into.drop("b")
        assert len({first, changed, into.fingerprint()}) == 3
