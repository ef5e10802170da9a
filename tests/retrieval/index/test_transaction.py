"""Reports that are put into an index as they are: what is embedded, kept, dropped and stamped."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import RelatoriaError
from ingest.readers.read import read_report
from ingest.report import Kind, Metadata, Passage, Report
from ingest.serialization import compute_digest
from ingest.split.splitter import split
from retrieval.index import transaction
from retrieval.index.index import Index
from retrieval.index.transaction import INDEX_FORMAT, begin_transaction, drop_unreferenced
from retrieval.models.embedder import EncodedText
from retrieval.storage.schema import FileState
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, write_report


def report_of(name: str, *texts: str) -> tuple[Path, Report, list[Passage]]:
    """A report and its passages, each a recommendation under one heading."""
    text = "\n".join(texts)
    passages = [
        Passage(
            f"{name}#r{n}",
            name,
            Kind.RECOMMENDATION,
            "",
            ("Mesa 1", "Causas"),
            "",
            said,
            text.index(said),
            0,
            1,
            1,
            "es",
        )
        for n, said in enumerate(texts)
    ]
    return Path(f"/reports/{name}.txt"), Report(name, text, Metadata(title=name), name.ljust(64, "0")), passages


def put(index: Index, *reports: tuple[Path, Report, list[Passage]], embedder: HashingEmbedder | None = None) -> None:
    index.put(reports, embedder or HashingEmbedder())


def stored(index: Index) -> set[str]:
    """The ids of all passage vectors, which token vectors have as well."""
    ids = {id_ for page in index._vectors().ids() for id_ in page}
    assert {id_ for page in index.store.tokens.all_ids() for id_ in page} == ids
    return ids


PEACE, WAR = report_of("peace", "Se pide paz.", "Se pide agua."), report_of("war", "Se teme guerra.", "Se pide agua.")


def test_each_text_is_embedded_once(index: Index) -> None:
    first, second = HashingEmbedder(), HashingEmbedder()
    put(index, PEACE, embedder=first)
    assert sorted(first.embedded) == ["Causas", "Se pide agua.", "Se pide paz."]  # of headings, the nearest
    put(index, WAR, embedder=second)
    assert second.embedded == ["Se teme guerra."]
    assert len(stored(index)) == index.store.count_vectors() == 4
    assert stored(index) == index.store.vector_ids()
    assert not index.store.tokens.has_unsettled


def test_words_of_headings_lead_in_labels_and_text_are_indexed(index: Index) -> None:
    path, report, (first, _) = PEACE
    labelled = replace(first, headings=("Mesa redonda", "Retorno"), lead_in="Conviene:", labels=(("theme", "Salud"),))
    put(index, (path, report, [labelled]))
    for word in ("mesa", "retor", "convi", "salud", "paz"):
        assert any(word.startswith(indexed[:4]) for indexed in index.store.words_at([1])[1]), word
    assert not any(indexed.startswith("theme") for indexed in index.store.words_at([1])[1])


def test_an_acronym_that_the_report_defines_is_indexed_with_its_long_form_and_that_with_it(index: Index) -> None:
    put(
        index,
        report_of("care", "The National Water Board (NWB) met.", "The NWB said so.", "The National Water Board left."),
    )
    put(index, report_of("other", "The NWB said no, as NWBs do."))  # and does not say who that is
    short, long, other = (set(index.store.words_at([row])[row]) for row in (2, 3, 4))
    assert {"nwb", "board"} <= short & long
    assert "nwb" in other
    assert "board" not in other


def test_what_nobody_names_any_more_is_dropped(index: Index) -> None:
    put(index, PEACE, WAR)
    index.remove("war")
    assert len(stored(index)) == 3
    put(index, (*PEACE[:2], PEACE[2][:1]))
    assert len(stored(index)) == index.store.count_vectors() == 2
    assert index.store.unreferenced_vectors() == []
    with pytest.raises(RelatoriaError, match=r"There is no report 'war' in the index. There are: peace"):
        index.remove("war")
    index.remove("peace")
    assert stored(index) == set()


def test_each_change_is_a_state_and_nothing_is_none(index: Index) -> None:
    put(index, PEACE)
    first = index.check()
    assert first.items() >= {"format": INDEX_FORMAT, "model": MODEL, "relatoria": version("relatoria")}.items()
    assert (first["named"], len(first["fingerprint"])) == ("3", 64)
    with index._begin_transaction():
        pass
    assert index.check() == first
    put(index, WAR)
    second = index.check()
    assert int(second["state"]) > int(first["state"])
    assert (second["named"], second["fingerprint"] != first["fingerprint"]) == ("4", True)
    with index.store.transaction() as into:
        into.write_stamp({"relatoria": "0.1"})
    with index._begin_transaction():
        pass
    assert index.check()["relatoria"] == version("relatoria")  # another version has written to it


def test_a_report_has_the_digest_that_was_given_or_its_own(index: Index) -> None:
    path, report, passages = PEACE
    put(index, PEACE)
    assert index.store.known_reports()[0].digest == compute_digest(report, passages)
    with index._begin_transaction(HashingEmbedder) as into:
        into.put(report, path, iter(passages), "its digest")
        into.remember_files([FileState(path, "?", "f", "s", "t"), FileState(Path("copy"), "?", "f", "s", "t")], "peace")
    assert index.store.known_reports()[0].digest == "its digest"
    assert index.store.count() == 2
    assert set(index.store.file_states()) == {
        FileState(path, "peace", "f", "s", "t"),
        FileState(Path("copy"), "peace", "f", "s", "t"),
    }


class Counting(HashingEmbedder):
    """Notes how many texts it is given at a time, and gives up after ``most`` of them."""

    def __init__(self, most: int = 1_000) -> None:
        super().__init__()
        self.calls: list[int] = []
        self.most = most

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        self.calls.append(len(texts))
        for at, encoded in reversed(list(super().passages(texts))):  # in an order of its own
            if not self.most:
                raise KeyboardInterrupt
            self.most -= 1
            yield at, encoded


def test_vectors_are_written_in_small_numbers_under_their_own_ids(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "FLUSH", 3)
    monkeypatch.setattr(transaction, "_TEXTS_PER_CALL", 5)
    embedder, heard = Counting(), list[tuple[str, int, int]]()
    with index._begin_transaction(lambda: embedder) as into:
        into.put(PEACE[1], PEACE[0], report_of("peace", *(f"Punto {number}" for number in range(11)))[2])
        into.embed(lambda *said: heard.append(said))
    assert embedder.calls == [5, 5, 2]
    assert heard == [("embedding", done, 12) for done in range(13)]
    assert stored(index) == index.store.vector_ids()
    for text in ("Punto 7", "Causas"):
        vector = HashingEmbedder().query(text)
        (nearest,) = index.vectors.nearest(vector.vector, 1)
        tokens = index.store.tokens.get([nearest])[nearest].dequantize()
        assert np.abs(tokens - vector.tokens).max() < 0.2
    with index._begin_transaction(lambda: pytest.fail("nothing is to be embedded")) as into:
        into.embed(lambda *said: pytest.fail("there is nothing to say"))


def test_what_was_embedded_before_an_interruption_is_used_or_dropped(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "FLUSH", 2)
    with suppress(KeyboardInterrupt):
        put(index, PEACE, embedder=Counting(2))
    assert (index.store.stamp(), index.store.tokens.has_unsettled) == ({}, True)
    assert len(stored(index)) == 2
    again = HashingEmbedder()
    put(index, PEACE, embedder=again)
    assert len(again.embedded) == 1
    with suppress(KeyboardInterrupt):
        put(index, report_of("other", "Uno", "Dos", "Tres"), embedder=Counting(2))
    assert len(stored(index)) == 5
    put(index, WAR)
    assert stored(index) == index.store.vector_ids()
    assert not index.store.tokens.has_unsettled


def test_made_anew_everything_is_embedded_and_whatever_else_is_there_dropped(index: Index, tmp_path: Path) -> None:
    file = write_report(tmp_path / "reports", "peace.txt", "Se pide paz.", "Se pide agua.")
    report = read_report(file, "peace")
    put(index, (file, report, split(report)))
    index._vectors().put(["stray"], np.ones((1, 8), np.float32))
    index.store.tokens.put({"lone": index.store.tokens.get(index.store.vector_ids()).popitem()[1]})
    other, embedder = Index(index.folder, "other model"), HashingEmbedder()
    with begin_transaction(other.store, other._vectors(anew=True), "other model", lambda: embedder, anew=True) as into:
        assert other.store.tokens.is_rebuilding
        into.put_from_store("peace")
        into.embed(lambda *said: None)
    drop_unreferenced(other.store, other._vectors(), everything=True)
    assert {"Se pide paz.", "Se pide agua."} <= set(embedder.embedded)
    assert {passage.kind for passage in other.store.passages()} == {Kind.RECOMMENDATION, Kind.FACT}
    assert not other.store.tokens.is_rebuilding
    assert stored(other) == other.store.vector_ids()
    assert other.store.source("peace") == file
    assert len(other._vectors()._backend.client().list_collections()) == 1
    again = HashingEmbedder()
    with begin_transaction(other.store, other._vectors(anew=True), "other model", lambda: again, anew=True) as into:
        into.put_from_store("peace")
        into.embed(lambda *said: None)
    assert sorted(again.embedded) == sorted(embedder.embedded)  # though all of it was there
