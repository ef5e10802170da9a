"""Chroma backends for passage vectors: the interface, and the embedded one in the index folder."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest.errors import StorageFailed
from retrieval.storage.chroma_server import FOLDER, Server

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


class Home(Protocol):
    """A Chroma database that holds collections of this index, one per generation.

    A new generation starts where the vectors of the latest state are not in this backend; the index's stamp
    names the one in use, so that collections left from earlier use are never taken for the state.
    """

    @property
    def prefix(self) -> str:
        """The name prefix of all of this index's collections here, and of no others."""
        ...

    @property
    def first(self) -> str:
        """The generation of a new index: always the same, so that a killed ingest is resumed."""
        ...

    def fits(self, generation: str) -> bool:
        """Whether vectors of that generation may be here; "" is the index folder's."""
        ...

    def begin(self) -> str:
        """Create the name of a new generation."""
        ...

    def has(self, collection: str) -> bool:
        """Whether the collection exists. Raises StorageFailed when that cannot be known."""
        ...

    def client(self) -> "ClientAPI":
        """Open the Chroma client."""
        ...

    def reopen(self) -> None:
        """Make writes of other processes visible."""
        ...

    def clear(self, collection: str) -> None:
        """Delete a collection that cannot be opened."""
        ...

    def drop_others(self, collection: str) -> None:
        """Drop all other collections of this index, here and in a backend known to be out of use."""
        ...

    def failed(self, error: Exception) -> StorageFailed:
        """Convert an exception of Chroma to a StorageFailed."""
        ...

    def elsewhere(self, index_folder: Path) -> str:
        """The message that the vectors are in another backend, and what to type."""
        ...


class Embedded:
    """An embedded Chroma in the index folder: no server; other processes see writes after ``reopen``."""

    prefix = ""  # all that is in the folder is this index's
    first = ""

    def __init__(self, index_folder: Path) -> None:
        self._folder = index_folder / FOLDER

    def fits(self, generation: str) -> bool:
        return not generation

    def begin(self) -> str:
        return ""

    def has(self, collection: str) -> bool:
        """Whether there is a database file; opening it would create an empty one."""
        del collection
        return (self._folder / "chroma.sqlite3").is_file()

    def client(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))

    def reopen(self) -> None:
        """Clear Chroma's client cache; an embedded client otherwise keeps its first view."""
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()

    def clear(self, collection: str) -> None:
        del collection
        if self._folder.is_dir():
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._folder.unlink(missing_ok=True)

    def drop_others(self, collection: str) -> None:
        """Drop the folder's other collections; those on a server stay, as its address is not known here."""
        client = self.client()
        for other in client.list_collections():
            if other.name != collection:
                client.delete_collection(other.name)

    def failed(self, error: Exception) -> StorageFailed:
        return StorageFailed(
            f"The vectors in {self._folder} cannot be used ({error}). If the disk has room and can be written "
            "to, make them anew from the reports in the index: relatoria ingest --rebuild"
        )

    def elsewhere(self, index_folder: Path) -> str:
        return (
            f"The passage vectors of the index in {index_folder} are on a Chroma server. Give its address with "
            "--chroma or RELATORIA_CHROMA, or make them anew in the folder: relatoria ingest --rebuild"
        )


def home_of(index_folder: Path, chroma: str | None) -> Home:
    """Create the backend: the server at ``chroma``, else the folder. Raises RelatoriaError on an invalid address."""
    return Server(chroma, index_folder) if chroma else Embedded(index_folder)
