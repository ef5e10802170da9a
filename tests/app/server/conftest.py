"""A page that is served, and its event log."""

import http.client
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.serve import PageServer, launch
from app.server.log import EventLog
from retrieval.assistant import Assistant
from tests.fakes.browser import free_port


@dataclass
class Site:
    """A page that is served, and what its journal has."""

    port: int
    page: PageServer
    written: io.StringIO

    def send(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> "Answer":
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def site(assistant: Assistant) -> Iterator[Site]:
    port, written = free_port(), io.StringIO()
    page = launch(assistant, host="127.0.0.1", port=port, journal=EventLog(written))
    yield Site(port, page, written)
    page.close()
