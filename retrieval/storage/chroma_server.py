"""The Chroma server backend for passage vectors: address parsing, connection and collection names.

Everything else of the index stays in its folder. What identifies the index on the server is a random
id in that folder: a copy of the folder is, to the server, the same index.
"""

import http.client
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.errors import RelatoriaError, StorageFailed

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

ID_FILE = "chroma.id"
FOLDER = "chroma"  # in the index folder, where vectors are that are on no server
EXAMPLE = "--chroma http://127.0.0.1:8000"
_PATIENCE = 5  # seconds that a server has to say that it is there
_PAGE = 100  # collections listed at one time


class Server:
    """A VectorBackend on a Chroma server; connects on first use."""

    first = "first"

    def __init__(self, url: str, index_folder: Path) -> None:
        self.secure, self.host, self.port = address(url)
        self._folder = index_folder
        self._client: ClientAPI | None = None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"

    @property
    def prefix(self) -> str:
        return f"relatoria-{self._id()}-"

    def fits(self, generation: str) -> bool:
        return bool(generation)

    def begin(self) -> str:
        return secrets.token_hex(8)

    def has(self, collection: str) -> bool:
        from chromadb.errors import NotFoundError

        try:
            self.client().get_collection(collection, embedding_function=None)
        except NotFoundError:
            return False
        return True

    def client(self) -> "ClientAPI":
        """Connect after a heartbeat check. Raises StorageFailed when no Chroma server answers."""
        if self._client is None:
            self._reach()
            import chromadb
            from chromadb.config import Settings

            _reach_directly(self.host)
            host = f"[{self.host}]" if ":" in self.host else self.host
            settings = Settings(anonymized_telemetry=False, chroma_server_host=host, chroma_server_http_port=self.port)
            self._client = chromadb.HttpClient(host, self.port, ssl=self.secure, settings=settings)
        return self._client

    def reopen(self) -> None:
        """Does nothing: a server always shows its latest state."""

    def clear(self, collection: str) -> None:
        if self.has(collection):
            self.client().delete_collection(collection)

    def drop_others(self, collection: str) -> None:
        """Drop this index's other collections, and the vectors in its folder; other indexes' collections stay."""
        for other in list(self._collections()):
            if other != collection:
                self.client().delete_collection(other)
        shutil.rmtree(self._folder / FOLDER, ignore_errors=True)

    def failed(self, error: Exception) -> StorageFailed:
        try:
            self._reach()
        except StorageFailed as gone:
            return gone
        return StorageFailed(
            f"The vectors of the index in {self._folder} cannot be used at the Chroma server {self.url} ({error}). "
            "Give the address of the server that has them, or make them anew from the reports in the index: "
            "relatoria ingest --rebuild"
        )

    def elsewhere(self, index_folder: Path) -> str:
        return (
            f"The passage vectors of the index in {index_folder} are in that folder, not at {self.url}. Leave --chroma "
            "and RELATORIA_CHROMA out, or make them anew on the server: relatoria ingest --rebuild"
        )

    def _id(self) -> str:
        """The index's id, created on first use, which is always by the one writer of the index."""
        file = self._folder / ID_FILE
        try:
            return file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            made = secrets.token_hex(16)
            fresh = file.with_suffix(".new")
            fresh.write_text(made, encoding="ascii")
            fresh.replace(file)
            return made

    def _collections(self) -> Iterator[str]:
        """The names of this index's collections."""
        prefix, offset = self.prefix, 0
        while some := self.client().list_collections(limit=_PAGE, offset=offset):
            yield from (one.name for one in some if one.name.startswith(prefix))
            offset += len(some)

    def _reach(self) -> None:
        """Check the heartbeat. Raises StorageFailed, saying what to type, when no Chroma server answers."""
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=_PATIENCE)  # no proxies, no redirects
        try:
            connection.request("GET", "/api/v2/heartbeat")
            answer = connection.getresponse()
            said = json.loads(answer.read(1_000))
            if answer.status == http.client.OK and "nanosecond heartbeat" in said:
                return
        except OSError as error:
            raise StorageFailed(
                f"No Chroma server answers at {self.url} ({error}). Start it (chroma run --path DIR --host {self.host} "
                f"--port {self.port}), or give the address of one that runs: {EXAMPLE}"
            ) from error
        except (http.client.HTTPException, ValueError):
            pass  # it answers, in some other way
        finally:
            connection.close()
        raise StorageFailed(
            f"What answers at {self.url} is not a Chroma server, version 1. Give the address of one, such as {EXAMPLE}"
        )


def address(url: str) -> tuple[bool, str, int]:
    """Parse a server's address into (is https, host, port). Raises RelatoriaError, saying what to type.

    >>> address("http://127.0.0.1:8000"), address("https://[::1]/")
    ((False, '127.0.0.1', 8000), (True, '::1', 443))
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
        if host:
            host.encode("idna")
    except ValueError as error:
        raise RelatoriaError(f"{_shown(url)} is no address of a Chroma server ({error}). Type: {EXAMPLE}") from None
    if parts.username is not None or parts.password is not None:
        raise RelatoriaError(
            "The address of the Chroma server has a name or password in it, which would end up in logs. "
            f"Leave it out: {EXAMPLE}"
        )
    if parts.scheme not in ("http", "https"):
        raise RelatoriaError(
            f"{_shown(url)} does not begin with http:// or https://, as a Chroma server's address does. Type: {EXAMPLE}"
        )
    if not host or any(one.isspace() for one in host):
        raise RelatoriaError(f"{_shown(url)} names no host. Type: {EXAMPLE}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise RelatoriaError(f"{_shown(url)} goes on after host and port. Leave the rest out: {EXAMPLE}")
    secure = parts.scheme == "https"
    return secure, host, port if port is not None else 443 if secure else 80


def _shown(url: str) -> str:
    """Redact an address for error messages: drop credentials before an "@"."""
    return repr(url.rpartition("@")[2][:200])


def _reach_directly(host: str) -> None:
    """Exempt the host from proxies, through which Chroma's client would otherwise send the vectors."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(one for one in (os.environ.get(name), host) if one)
