"""The embedded Chroma in the index folder, and the choice between it and a server.

A backend holds the collections of one index, one per generation. A new generation starts where the vectors of the
latest state are not in this backend; the index's stamp names the one in use, so that collections left from earlier
use are never taken for the state.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import StorageFailed
from ingest.private_files import make_private_folder
from retrieval.storage.chroma_server import CHROMA_FOLDER, ChromaServer

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


class EmbeddedChroma:
    """An embedded Chroma in the index folder: no server; other processes see writes after ``reopen``."""

    collection_prefix = ""  # all that is in the folder is this index's
    initial_generation = ""  # of a new index: always the same, so that a killed ingest is resumed

    def __init__(self, index_folder: Path) -> None:
        self._folder = index_folder / CHROMA_FOLDER

    def accepts_generation(self, generation: str) -> bool:
        """Whether vectors of that generation may be here; "" is the index folder's."""
        return not generation

    def new_generation(self) -> str:
        """Create the name of a new generation."""
        return ""

    def has_collection(self, collection: str) -> bool:
        """Whether there is a database file; opening it would create an empty one."""
        del collection
        return (self._folder / "chroma.sqlite3").is_file()

    def client(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        make_private_folder(self._folder)
        return chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))

    def reopen(self) -> None:
        """Clear Chroma's client cache; an embedded client otherwise keeps its first view."""
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()

    def delete_broken(self, collection: str) -> None:
        """Delete a collection that cannot be opened."""
        del collection
        if self._folder.is_dir():
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._folder.unlink(missing_ok=True)

    def drop_other_collections(self, collection: str) -> None:
        """Drop the folder's other collections; those on a server stay, as its address is not known here."""
        client = self.client()
        for other in client.list_collections():
            if other.name != collection:
                client.delete_collection(other.name)

    def storage_error(self, error: Exception) -> StorageFailed:
        """Convert an exception of Chroma to a StorageFailed."""
        return StorageFailed(
            f"The vectors in {self._folder} cannot be used ({error}). If the disk has room and can be written "
            "to, make them anew from the reports in the index: relatoria ingest --rebuild"
        )

    def mismatch_message(self, index_folder: Path) -> str:
        """The message that the vectors are in another backend, and what to type."""
        return (
            f"The passage vectors of the index in {index_folder} are on a Chroma server. Give its address with "
            "--chroma or RELATORIA_CHROMA, or make them anew in the folder: relatoria ingest --rebuild"
        )


VectorBackend = EmbeddedChroma | ChromaServer


def make_backend(index_folder: Path, chroma: str | None) -> VectorBackend:
    """Create the backend: the server at ``chroma``, else the folder. Raises RelatoriaError on an invalid address."""
    return ChromaServer(chroma, index_folder) if chroma else EmbeddedChroma(index_folder)
