"""Passage vectors in Chroma, embedded: one collection per embedding model, cosine, our own vectors."""

import hashlib
from collections.abc import Sequence
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
    """The nearest passages to a question. Ids are made from content, so writing twice changes nothing."""

    def __init__(self, folder: Path, model: str) -> None:
        self._folder = folder
        self._name = "passages-" + hashlib.sha256(model.encode()).hexdigest()[:16]
        self._collection: Collection | None = None

    def put(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store (n, d) vectors under their ids."""
        collection = self._open()
        try:
            for first in range(0, len(ids), _BATCH):
                some: Any = vectors[first : first + _BATCH]
                collection.upsert(ids=list(ids[first : first + _BATCH]), embeddings=some)
        except Exception as error:  # Chroma raises its engine's errors as they come
            raise self._failed(error) from error

    def keep_only(self, ids: set[str]) -> None:
        """Drop all vectors but these, and the collections of other models."""
        collection = self._open()
        dropped = sorted(set(collection.get(include=[])["ids"]) - ids)
        for first in range(0, len(dropped), _BATCH):
            collection.delete(ids=dropped[first : first + _BATCH])
        client = self._client()
        for other in client.list_collections():
            if other.name != self._name:
                client.delete_collection(other.name)

    def nearest(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
        """Cosine similarity (-1 to 1) of the nearest vectors by id, nearest first."""
        collection = self._open()
        available = min(count, collection.count())
        if not available:
            return {}
        query: Any = vector[None, :]
        found = collection.query(query_embeddings=query, n_results=available, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        return {one: 1 - distance for one, distance in zip(found["ids"][0], distances, strict=True)}

    def reopen(self) -> None:
        """See what another process has written; an embedded client otherwise keeps its first view."""
        from chromadb.api.shared_system_client import SharedSystemClient

        self._collection = None
        SharedSystemClient.clear_system_cache()

    def _open(self) -> "Collection":
        if self._collection is None:
            try:
                self._collection = self._client().get_or_create_collection(
                    self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
                )
            except Exception as error:  # as above
                raise self._failed(error) from error
        return self._collection

    def _client(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))

    def _failed(self, error: Exception) -> StorageFailed:
        return StorageFailed(
            f"The vectors in {self._folder} cannot be used ({error}). Check that the disk has room and can be "
            "written to; relatoria ingest --rebuild makes the index anew from the reports it holds."
        )
