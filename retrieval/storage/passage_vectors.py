"""Passage vectors in Chroma: one collection per embedding model and generation, cosine similarity."""

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import RelatoriaError, StorageFailed
from retrieval.storage.chroma_local import VectorBackend

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_BATCH = 5_000  # Chroma refuses more than 5,461 in one call


class PassageVectors:
    """Stores vectors and finds the nearest to a question. Ids derive from content, so writes are idempotent.

    Calls are serialized: an embedded Chroma must not be in use while it is reopened.
    """

    def __init__(self, backend: VectorBackend, model: str, generation: str = "") -> None:
        self.generation = generation
        self._backend = backend
        self._own = "passages-" + hashlib.sha256(model.encode()).hexdigest()[:16]
        self._model = model
        self._collection: Collection | None = None
        self._lock = threading.RLock()

    @property
    def exists(self) -> bool:
        """Whether the collection exists. Raises StorageFailed when a server does not answer."""
        with self._converting_errors():
            return self._backend.has_collection(self._name)

    def for_generation(self, generation: str) -> "PassageVectors":
        """The vectors of that generation: a new object, or this one."""
        return self if generation == self.generation else PassageVectors(self._backend, self._model, generation)

    def for_update(self, stamp: Mapping[str, str], *, anew: bool = False) -> "PassageVectors":
        """The vectors to update for an index with this stamp; a new generation where ``anew`` and none exist here."""
        generation = stamp.get("vectors", "") if stamp else self._backend.initial_generation
        if not self._backend.accepts_generation(generation):
            return self.for_generation(self._backend.new_generation())
        same = self.for_generation(generation)
        return self.for_generation(self._backend.new_generation()) if anew and not same.exists else same

    @property
    def is_open(self) -> bool:
        """Whether the collection is open in this process, and so may show a stale state."""
        return self._collection is not None

    def put(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store (n, d) vectors under their ids."""
        with self._using(create=True) as collection:
            for first in range(0, len(ids), _BATCH):
                some: Any = vectors[first : first + _BATCH]
                collection.upsert(ids=list(ids[first : first + _BATCH]), embeddings=some)

    def drop(self, ids: Sequence[str]) -> None:
        """Delete vectors by id; unknown ids are ignored."""
        if not self.exists:
            return
        with self._using(create=True) as collection:
            for first in range(0, len(ids), _BATCH):
                collection.delete(ids=list(ids[first : first + _BATCH]))

    def ids(self) -> Iterator[list[str]]:
        """Iterate over the ids of all vectors in pages."""
        with self._using(create=True) as collection:
            for offset in range(0, collection.count(), _BATCH):
                yield collection.get(include=[], limit=_BATCH, offset=offset)["ids"]

    def drop_other_models(self) -> None:
        """Delete the collections of other embedding models and earlier generations of this index."""
        with self._using(create=True):
            self._backend.drop_other_collections(self._name)

    def nearest(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
        """Cosine similarity (-1 to 1) of the nearest vectors by id, nearest first."""
        with self._using() as collection:
            query: Any = vector[None, :]
            found = collection.query(query_embeddings=query, n_results=count, include=["distances"])
            distances = (found["distances"] or [[]])[0]
            return {vector_id: 1 - distance for vector_id, distance in zip(found["ids"][0], distances, strict=True)}

    def count(self) -> int:
        """The number of vectors."""
        with self._using() as collection:
            return int(collection.count())

    def reopen(self) -> None:
        """Reopen the collection, to see writes of other processes."""
        with self._lock:
            self._collection = None
            self._backend.reopen()

    def repair(self) -> None:
        """Delete a collection that cannot be opened, to be made anew. Raises StorageFailed without a server."""
        try:
            with self._using(create=True):
                return
        except StorageFailed:
            with self._converting_errors():
                self._backend.delete_broken(self._name)
            self.reopen()

    @property
    def _name(self) -> str:
        return f"{self._backend.collection_prefix}{self.generation}{'-' if self.generation else ''}{self._own}"

    @contextmanager
    def _using(self, *, create: bool = False) -> "Iterator[Collection]":
        """Open and lock the collection; exceptions of Chroma become StorageFailed."""
        with self._lock, self._converting_errors():
            if self._collection is None:
                self._collection = self._open(create)
            yield self._collection

    @contextmanager
    def _converting_errors(self) -> Iterator[None]:
        try:
            yield
        except RelatoriaError:
            raise
        except Exception as error:
            raise self._backend.storage_error(error) from error

    def _open(self, create: bool) -> "Collection":
        name = self._name
        if create:
            return self._backend.client().get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        if not self._backend.has_collection(name):
            raise FileNotFoundError("there are none")
        return self._backend.client().get_collection(name, embedding_function=None)
