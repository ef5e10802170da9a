"""Passage vectors in the index folder: nearest by cosine, kept by model and generation, and mended where broken."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.errors import RelatoriaError, StorageFailed
from retrieval.storage import passage_vectors
from retrieval.storage.chroma_local import EmbeddedChroma, make_backend
from retrieval.storage.chroma_server import ChromaServer
from retrieval.storage.passage_vectors import PassageVectors

AXES: NDArray[np.float32] = np.array([[2, 0, 0], [0, 3, 0], [3, 4, 0], [-1, 0, 0], [0, 0, 1]], np.float32)
IDS = ["x", "y", "xy", "-x", "z"]


@pytest.fixture
def vectors(tmp_path: Path) -> PassageVectors:
    made = PassageVectors(EmbeddedChroma(tmp_path / "index"), "model")
    made.put(IDS, AXES)
    return made


def test_the_nearest_are_by_cosine_whatever_their_length(vectors: PassageVectors) -> None:
    found = vectors.nearest(AXES[0], 5)
    assert list(found)[:2] == ["x", "xy"]
    assert found == pytest.approx({"x": 1, "xy": 0.6, "y": 0, "z": 0, "-x": -1}, abs=1e-5)
    assert list(vectors.nearest(AXES[4], 1)) == ["z"]
    assert list(vectors.nearest(AXES[0], 99))[-1] == "-x"


def test_nothing_is_embedded_by_the_library(vectors: PassageVectors) -> None:
    for _ in range(2):  # made, and opened
        assert vectors.count() == 5
        assert vectors._collection
        assert vectors._collection._embedding_function is None
        vectors.reopen()


def test_batches_put_list_and_drop_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage_vectors, "_BATCH", 2)
    vectors = PassageVectors(EmbeddedChroma(tmp_path / "index"), "model")
    assert not vectors.exists
    vectors.drop(["x"])  # of none, none
    assert not vectors.exists
    vectors.put(IDS, AXES)
    assert vectors.exists
    vectors.put(["x"], AXES[4:])  # the last word counts
    assert vectors.count() == 5
    assert vectors.nearest(AXES[4], 9)["x"] == pytest.approx(1, abs=1e-5)
    pages = list(vectors.ids())
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {name for page in pages for name in page} == set(IDS)
    vectors.drop(["x", "y", "none", "z"])
    assert sorted(name for page in vectors.ids() for name in page) == ["-x", "xy"]


def test_vectors_of_another_model_are_others_and_go_on_request(vectors: PassageVectors, tmp_path: Path) -> None:
    other = PassageVectors(EmbeddedChroma(tmp_path / "index"), "other")
    other.put(["a"], AXES[:1, :2])
    assert (other.count(), vectors.count()) == (1, 5)
    assert len(vectors._backend.client().list_collections()) == 2
    vectors.drop_other_models()
    assert [made.name for made in vectors._backend.client().list_collections()] == [vectors._name]
    assert vectors.count() == 5


def test_what_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    vectors = PassageVectors(EmbeddedChroma(tmp_path / "index"), "model")
    for asked in (vectors.count, lambda: vectors.nearest(AXES[0], 1)):
        with pytest.raises(StorageFailed, match=r"there are none.*--rebuild"):
            asked()
    assert not (tmp_path / "index").exists()
    assert not vectors.is_open


def test_reopened_it_sees_what_others_wrote(vectors: PassageVectors, tmp_path: Path) -> None:
    assert vectors.is_open
    vectors.reopen()
    assert not vectors.is_open
    assert vectors.count() == 5
    assert vectors.is_open


def test_what_cannot_be_opened_is_made_anew(vectors: PassageVectors, tmp_path: Path) -> None:
    vectors.repair()
    assert vectors.count() == 5  # nothing was broken
    vectors.reopen()
    file = tmp_path / "index" / "chroma" / "chroma.sqlite3"
    file.write_bytes(b"not a database at all, " * 100)
    with pytest.raises(StorageFailed, match="--rebuild"):
        vectors.count()
    vectors.repair()
    vectors.put(["x"], AXES[:1])
    assert vectors.count() == 1
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "chroma").touch()  # a file stands where the folder should
    blocked = PassageVectors(EmbeddedChroma(tmp_path / "file"), "model")
    blocked.repair()
    blocked.put(["x"], AXES[:1])
    assert blocked.count() == 1


def test_a_generation_is_a_collection_of_its_own(tmp_path: Path) -> None:
    server = ChromaServer("http://127.0.0.1:1", tmp_path)
    first = PassageVectors(server, "model")
    assert first.for_generation("") is first
    second = first.for_generation("g2")
    assert (second.generation, second._name != first._name, second._own) == ("g2", True, first._own)
    assert f"{server.collection_prefix}g2-{first._own}" == second._name
    assert f"{server.collection_prefix}{first._own}" == first._name
    assert PassageVectors(server, "other")._own != first._own


class Backend(EmbeddedChroma):
    """The folder, as a server has its generations: any name but none is one."""

    initial_generation = "first"
    there = False

    def accepts_generation(self, generation: str) -> bool:
        return bool(generation)

    def new_generation(self) -> str:
        return "new"

    def has_collection(self, collection: str) -> bool:
        return self.there


@pytest.mark.parametrize(
    ("stamp", "anew", "there", "generation"),
    [
        ({}, False, False, "first"),  # a new index begins where a killed ingest began
        ({"vectors": "g1"}, False, False, "g1"),
        ({"format": "4"}, False, False, "new"),  # its vectors are in the folder
        ({"vectors": "g1"}, True, True, "g1"),
        ({"vectors": "g1"}, True, False, "new"),  # a server that does not have them
    ],
)
def test_an_update_goes_on_where_the_vectors_are(
    tmp_path: Path, stamp: dict[str, str], anew: bool, there: bool, generation: str
) -> None:
    backend = Backend(tmp_path)
    backend.there = there
    assert PassageVectors(backend, "model").for_update(stamp, anew=anew).generation == generation


def test_the_folder_has_no_generations(tmp_path: Path) -> None:
    folder = EmbeddedChroma(tmp_path)
    assert (folder.accepts_generation(""), folder.accepts_generation("g1"), folder.new_generation()) == (
        True,
        False,
        "",
    )
    assert PassageVectors(folder, "model").for_update({"vectors": "g1"}).generation == ""
    assert PassageVectors(folder, "model").for_update({}).generation == ""
    server = ChromaServer("http://127.0.0.1:1", tmp_path)
    assert (server.accepts_generation(""), server.accepts_generation("g1")) == (False, True)
    assert server.new_generation() != server.new_generation()


def test_the_address_chooses_the_backend(tmp_path: Path) -> None:
    assert isinstance(make_backend(tmp_path, None), EmbeddedChroma)
    assert isinstance(make_backend(tmp_path, ""), EmbeddedChroma)
    server = make_backend(tmp_path, "http://127.0.0.1:1")
    assert isinstance(server, ChromaServer)
    assert server.url == "http://127.0.0.1:1"
    for backend, said in ((make_backend(tmp_path, None), "on a Chroma server"), (server, "not at http://127.0.0.1:1")):
        assert said in backend.mismatch_message(tmp_path)
        assert str(tmp_path) in backend.mismatch_message(tmp_path)


def test_only_errors_of_the_library_become_ours(vectors: PassageVectors, tmp_path: Path) -> None:
    for error in (RelatoriaError("ours"), StorageFailed("ours")):
        with pytest.raises(type(error), match=r"^ours$"), vectors._converting_errors():
            raise error
    told = rf"The vectors in {tmp_path}/index/chroma cannot be used \(theirs\)"
    with pytest.raises(StorageFailed, match=told), vectors._converting_errors():
        raise ValueError("theirs")


def test_the_folder_is_for_its_owner_alone(vectors: PassageVectors, tmp_path: Path) -> None:
    assert (tmp_path / "index" / "chroma").stat().st_mode & 0o777 == 0o700
