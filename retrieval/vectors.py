"""Passage vectors in Chroma, embedded: one collection per embedding model, cosine, our own vectors."""

import hashlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import StorageFailed

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_BATCH = 5_000  # Chroma refuses more than 5,461 in one call


class Vectors:
    """The nearest passages to a question. Ids are made from content, so writing twice changes nothing.

    One call at a time: an embedded Chroma that is opened anew must not be in use meanwhile.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._folder = folder
        self._name = "passages-" + hashlib.sha256(model.encode()).hexdigest()[:16]
        self._collection: Collection | None = None
        self._lock = threading.RLock()

    @property
    def there(self) -> bool:
        """Whether Chroma has a database here at all; known without opening it."""
        return (self._folder / "chroma.sqlite3").is_file()

    @property
    def opened(self) -> bool:
        """Whether they have been opened here, and so may show an earlier state than the one on disk."""
        return self._collection is not None

    def put(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store (n, d) vectors under their ids."""
        with self._using(create=True) as collection:
            for first in range(0, len(ids), _BATCH):
                some: Any = vectors[first : first + _BATCH]
                collection.upsert(ids=list(ids[first : first + _BATCH]), embeddings=some)

    def drop(self, ids: Sequence[str]) -> None:
        """Drop vectors; those that are not there do not matter."""
        with self._using(create=True) as collection:
            for first in range(0, len(ids), _BATCH):
                collection.delete(ids=list(ids[first : first + _BATCH]))

    def ids(self) -> Iterator[list[str]]:
        """The ids of all vectors, some thousands at a time."""
        with self._using(create=True) as collection:
            for offset in range(0, collection.count(), _BATCH):
                yield collection.get(include=[], limit=_BATCH, offset=offset)["ids"]

    def drop_other_models(self) -> None:
        """Drop the collections that other embedding models made."""
        with self._using(create=True):
            client = self._client()
            for other in client.list_collections():
                if other.name != self._name:
                    client.delete_collection(other.name)

    def nearest(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
        """Cosine similarity (-1 to 1) of the nearest vectors by id, nearest first."""
        with self._using() as collection:
            available = min(count, collection.count())
            if not available:
                return {}
            query: Any = vector[None, :]
            found = collection.query(query_embeddings=query, n_results=available, include=["distances"])
            distances = (found["distances"] or [[]])[0]
            return {one: 1 - distance for one, distance in zip(found["ids"][0], distances, strict=True)}

    def count(self) -> int:
        """How many vectors there are."""
        with self._using() as collection:
            return int(collection.count())

    def reopen(self) -> None:
        """See what another process has written; an embedded client otherwise keeps its first view."""
        from chromadb.api.shared_system_client import SharedSystemClient

        with self._lock:
            self._collection = None
            SharedSystemClient.clear_system_cache()

    def mend(self) -> None:
        """Make room for vectors where what is there cannot be opened."""
        try:
            with self._using(create=True):
                return
        except StorageFailed:
            if self._folder.is_dir():
                shutil.rmtree(self._folder, ignore_errors=True)
            else:
                self._folder.unlink(missing_ok=True)
            self.reopen()

    @contextmanager
    def _using(self, *, create: bool = False) -> "Iterator[Collection]":
        """The collection, for one caller at a time; Chroma's errors, of whatever type, become ours."""
        with self._lock:
            try:
                if self._collection is None:
                    self._collection = self._open(create)
                yield self._collection
            except Exception as error:
                raise StorageFailed(
                    f"The vectors in {self._folder} cannot be used ({error}). If the disk has room and can be written "
                    "to, make them anew from the reports in the index: relatoria ingest --rebuild"
                ) from error

    def _open(self, create: bool) -> "Collection":
        if not create:
            if not self.there:  # merely opening a client would make an empty database
                raise FileNotFoundError("there are none")
            return self._client().get_collection(self._name, embedding_function=None)
        return self._client().get_or_create_collection(
            self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def _client(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))
