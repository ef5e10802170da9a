"""Receives files over HTTP, in Gradio's place: within quotas, into private folders; half a file leaves nothing.

A file that is still coming has no name on the disk, so that it goes with its connection.
"""

import shutil
import threading
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from anyio.to_thread import run_sync
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.reports.uploads import safe_file_name
from app.server.guard import API
from app.server.ownership import make_owned_folder
from app.server.request import Visitor, refuse
from ingest.private_files import open_private

MAX_UNDER_WAY = 3  # uploads of a visitor at a time
MAX_FILES_KEPT = 2_000  # files of all visitors, in the index and on their way there
_MAX_FORM_FILES = 100  # of one request
_WAIT = 10  # seconds after which a visitor with too many under way may try again


class UploadMiddleware:
    """ASGI middleware that answers uploads itself: JSON with the paths in ``folder``.

    ``kept`` is the folder of the files that stay, which have ``quota`` bytes in all with those in ``folder``.
    """

    def __init__(self, app: ASGIApp, folder: Path, kept: Path, quota: int) -> None:
        self._app, self._folder, self._kept, self._quota = app, folder, kept, quota
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != f"{API}/upload":
            await self._app(scope, receive, send)
            return
        visitor = Visitor(scope)
        key = visitor.quota_key
        if key and self._under_way[key] >= MAX_UNDER_WAY:
            await refuse(visitor, receive, send, 429, visitor.words.often.format(seconds=_WAIT), wait=_WAIT)
            return
        self._under_way[key] += 1
        try:
            await self._take(visitor, receive, send)
        except ClientDisconnect:
            return
        finally:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]

    async def _take(self, visitor: Visitor, receive: Receive, send: Send) -> None:
        try:
            async with Request(visitor.scope, receive).form(max_files=_MAX_FORM_FILES, max_fields=10) as form:
                files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
                paths = await run_sync(partial(self._keep, files, visitor.user))
        except MultiPartException:
            await refuse(visitor, receive, send, 400, visitor.words.failed)
        except OSError:
            await refuse(visitor, receive, send, 507, visitor.labels.reports.unkept)
        else:
            await JSONResponse([str(path) for path in paths])(visitor.scope, receive, send)

    def _keep(self, files: Sequence[UploadFile], owner: str | None) -> Sequence[Path]:
        """Write the files, all or none. Raises OSError where the disk or the quota is full."""
        paths: list[Path] = []
        with self._lock:
            there = [file for at in (self._kept, self._folder) for file in at.rglob("*") if file.is_file()]
            sizes = [file.stat().st_size for file in there]
            size = sum(sizes) + sum(file.size or 0 for file in files)
            if size > self._quota or len(sizes) + len(files) > MAX_FILES_KEPT:
                raise OSError("the quota is full")
            try:
                for file in files:
                    paths.append(make_owned_folder(self._folder, owner) / safe_file_name(file.filename or ""))
                    with open(paths[-1], "wb", opener=open_private) as into:
                        shutil.copyfileobj(file.file, into)
            except OSError:
                for path in paths:
                    shutil.rmtree(path.parent, ignore_errors=True)
                raise
        return paths
