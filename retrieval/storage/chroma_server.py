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
CHROMA_FOLDER = "chroma"  # in the index folder, where vectors are that are on no server
EXAMPLE_OPTION = "--chroma http://127.0.0.1:8000"
_CONNECT_TIMEOUT = 5  # seconds that a server has to say that it is there
_PAGE = 100  # collections listed at one time


class ChromaServer:
    """The interface of EmbeddedChroma on a Chroma server; connects on first use."""

    initial_generation = "first"

    def __init__(self, url: str, index_folder: Path) -> None:
        self.secure, self.host, self.port = parse_address(url)
        self._folder = index_folder
        self._client: ClientAPI | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self._bracketed_host}:{self.port}"

    @property
    def _bracketed_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host  # IPv6

    @property
    def collection_prefix(self) -> str:
        """The name prefix of all of this index's collections here, and of no others."""
        return f"relatoria-{self._id()}-"

    def accepts_generation(self, generation: str) -> bool:
        return bool(generation)

    def new_generation(self) -> str:
        return secrets.token_hex(8)

    def has_collection(self, collection: str) -> bool:
        """Whether the collection exists. Raises StorageFailed when that cannot be known."""
        from chromadb.errors import NotFoundError

        try:
            self.client().get_collection(collection, embedding_function=None)
        except NotFoundError:
            return False
        return True

    def client(self) -> "ClientAPI":
        """Connect after a heartbeat check. Raises StorageFailed when no Chroma server answers."""
        if self._client is None:
            self._check_heartbeat()
            import chromadb
            from chromadb.config import Settings

            _bypass_proxy(self.host)
            host, port = self._bracketed_host, self.port
            settings = Settings(anonymized_telemetry=False, chroma_server_host=host, chroma_server_http_port=port)
            self._client = chromadb.HttpClient(host, port, ssl=self.secure, settings=settings)
        return self._client

    def reopen(self) -> None:
        """Does nothing: a server always shows its latest state."""

    def delete_broken(self, collection: str) -> None:
        if self.has_collection(collection):
            self.client().delete_collection(collection)

    def drop_other_collections(self, collection: str) -> None:
        """Drop this index's other collections, and the vectors in its folder; other indexes' collections stay."""
        for other in list(self._collections()):
            if other != collection:
                self.client().delete_collection(other)
        shutil.rmtree(self._folder / CHROMA_FOLDER, ignore_errors=True)

    def storage_error(self, error: Exception) -> StorageFailed:
        try:
            self._check_heartbeat()
        except StorageFailed as gone:
            return gone
        return StorageFailed(
            f"The vectors of the index in {self._folder} cannot be used at the Chroma server {self.url} ({error}). "
            "Give the address of the server that has them, or make them anew from the reports in the index: "
            "relatoria ingest --rebuild"
        )

    def mismatch_message(self, index_folder: Path) -> str:
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
        prefix, offset = self.collection_prefix, 0
        while some := self.client().list_collections(limit=_PAGE, offset=offset):
            yield from (collection.name for collection in some if collection.name.startswith(prefix))
            offset += len(some)

    def _check_heartbeat(self) -> None:
        """Check the heartbeat. Raises StorageFailed, saying what to type, when no Chroma server answers."""
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=_CONNECT_TIMEOUT)  # no proxies, no redirects
        try:
            connection.request("GET", "/api/v2/heartbeat")
            answer = connection.getresponse()
            said = json.loads(answer.read(1_000))
            if answer.status == http.client.OK and "nanosecond heartbeat" in said:
                return
        except OSError as error:
            raise StorageFailed(
                f"No Chroma server answers at {self.url} ({error}). Start it (chroma run --path DIR --host {self.host} "
                f"--port {self.port}), or give the address of one that runs: {EXAMPLE_OPTION}"
            ) from error
        except (http.client.HTTPException, ValueError):
            pass  # it answers, in some other way
        finally:
            connection.close()
        raise StorageFailed(
            f"What answers at {self.url} is not a Chroma server, version 1. "
            f"Give the address of one, such as {EXAMPLE_OPTION}"
        )


def parse_address(url: str) -> tuple[bool, str, int]:
    """Parse a server's address into (is https, host, port). Raises RelatoriaError, saying what to type.

    >>> parse_address("http://127.0.0.1:8000"), parse_address("https://[::1]/")
    ((False, '127.0.0.1', 8000), (True, '::1', 443))
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
        if host:
            host.encode("idna")
    except ValueError as error:
        raise RelatoriaError(
            f"{_redact(url)} is no address of a Chroma server ({error}). Type: {EXAMPLE_OPTION}"
        ) from None
    if parts.username is not None or parts.password is not None:
        raise RelatoriaError(
            "The address of the Chroma server has a name or password in it, which would end up in logs. "
            f"Leave it out: {EXAMPLE_OPTION}"
        )
    if parts.scheme not in ("http", "https"):
        raise RelatoriaError(
            f"{_redact(url)} does not begin with http:// or https://, as a Chroma server's address does. "
            f"Type: {EXAMPLE_OPTION}"
        )
    if not host or any(map(str.isspace, host)):
        raise RelatoriaError(f"{_redact(url)} names no host. Type: {EXAMPLE_OPTION}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise RelatoriaError(f"{_redact(url)} goes on after host and port. Leave the rest out: {EXAMPLE_OPTION}")
    secure = parts.scheme == "https"
    return secure, host, port if port is not None else 443 if secure else 80


def _redact(url: str) -> str:
    """Redact an address for error messages: drop credentials before an "@"."""
    return repr(url.rpartition("@")[2][:200])


def _bypass_proxy(host: str) -> None:
    """Exempt the host from proxies, through which Chroma's client would otherwise send the vectors."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), host)))
