"""Where Chroma keeps an index's passage vectors: what is asked of such a place, and the index's own folder as one."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest.errors import StorageFailed
from retrieval.storage.chroma_server import FOLDER, Server

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


class Home(Protocol):
    """A Chroma in which some collections are this index's. Those of two generations never mix.

    A generation is begun where the vectors of the latest state are not in this home; the index's stamp
    says which one is in use, so that what an earlier stay left behind is never taken for the state.
    """

    @property
    def prefix(self) -> str:
        """What the names of all of this index's collections begin with here, and no others'."""
        ...

    @property
    def first(self) -> str:
        """The generation of an index that has no state yet: always the same, since a killed ingest is gone on with."""
        ...

    def fits(self, generation: str) -> bool:
        """Whether vectors of that generation, "" for those in the index folder, may be here."""
        ...

    def begin(self) -> str:
        """A new generation."""
        ...

    def has(self, collection: str) -> bool:
        """Whether the collection is here. Raises StorageFailed when that cannot be known."""
        ...

    def client(self) -> "ClientAPI":
        """Chroma, opened."""
        ...

    def reopen(self) -> None:
        """See what another process has written."""
        ...

    def clear(self, collection: str) -> None:
        """Make room where the collection cannot be opened."""
        ...

    def drop_others(self, collection: str) -> None:
        """Drop whatever else this index has here, and in a home that is known to be no longer in use."""
        ...

    def failed(self, error: Exception) -> StorageFailed:
        """Chroma's error, of whatever type, as ours."""
        ...

    def elsewhere(self, index_folder: Path) -> str:
        """That the index's vectors are in another home, and what to type."""
        ...


class Embedded:
    """Chroma in this process, in the index folder: no server, one process at a time sees its own writes at once."""

    prefix = ""  # all that is in the folder is this index's
    first = ""

    def __init__(self, index_folder: Path) -> None:
        self._folder = index_folder / FOLDER

    def fits(self, generation: str) -> bool:
        return not generation

    def begin(self) -> str:
        return ""

    def has(self, collection: str) -> bool:
        """Whether there is a database at all; known without opening it, which would make an empty one."""
        del collection
        return (self._folder / "chroma.sqlite3").is_file()

    def client(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))

    def reopen(self) -> None:
        """An embedded client otherwise keeps its first view."""
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()

    def clear(self, collection: str) -> None:
        del collection
        if self._folder.is_dir():
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._folder.unlink(missing_ok=True)

    def drop_others(self, collection: str) -> None:
        """Collections on a server stay: its address is not known here."""
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
    """The server at ``chroma``, or without one the folder. Raises RelatoriaError on what is no address."""
    return Server(chroma, index_folder) if chroma else Embedded(index_folder)
