"""Told to stop, the page takes no more questions, lets answers under way end, and a second signal ends it at once."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from retrieval.assistant import Assistant
from tests.fakes.browser import free_port
from tests.fakes.openai_server import Exchange, OpenAIServer
from tests.fakes.waiting import wait_until

QUESTION = "¿Qué se recomendó sobre la migración de retorno?"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def slowly(seconds: float) -> Callable[[Exchange], None]:
    """A model that begins at once and ends late."""

    def behave(talk: Exchange) -> None:
        talk.start()
        talk.say("…")
        talk.wait(seconds)
        talk.end()

    return behave


@contextmanager
def serving(assistant: Assistant, model: OpenAIServer, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    port = free_port()
    words = ["serve", "--port", str(port), "--model", "openai:x", "--model-timeout", "120", *options]
    environment = os.environ | {
        "RELATORIA_INDEX": str(assistant.index.folder),
        "OPENAI_BASE_URL": model.url,
        "OPENAI_API_KEY": "x",
    }
    code = f"import sys; from app.cli.main import main; sys.exit(main({words!r}))"
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "is at" in line:
                break
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def post(url: str, value: object) -> bytes:
    request = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    with OPENER.open(request, timeout=60) as response:
        return bytes(response.read())


def test_an_answer_under_way_is_finished(assistant: Assistant) -> None:
    with OpenAIServer(slowly(3)) as model, serving(assistant, model) as (process, url):
        event = json.loads(post(f"{url}/gradio_api/call/ask", {"data": [QUESTION]}))["event_id"]
        said: list[bytes] = []

        def listen() -> None:
            with OPENER.open(f"{url}/gradio_api/call/ask/{event}", timeout=60) as stream:
                said.append(stream.read())

        listener = Thread(target=listen)
        listener.start()
        wait_until(lambda: model.bodies, "the model to be asked", seconds=60)
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: _status(f"{url}/ready") == 503, "the page to be on its way out", seconds=60)
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(f"{url}/gradio_api/call/ask", {"data": [QUESTION]})
        assert refused.value.code == 503
        assert refused.value.headers["Retry-After"]
        assert _status(f"{url}/health") == 200
        listener.join(timeout=60)
        assert b"event: complete" in said[0]
        assert b'"answered"' in said[0]
        assert process.wait(timeout=60) == 0


def test_a_second_signal_is_not_waited_for(assistant: Assistant) -> None:
    with OpenAIServer(slowly(120)) as model, serving(assistant, model, "--grace", "120") as (process, url):
        event = json.loads(post(f"{url}/gradio_api/call/ask", {"data": [QUESTION]}))["event_id"]
        stream = Thread(target=lambda: _read(f"{url}/gradio_api/call/ask/{event}"))
        stream.start()
        wait_until(lambda: model.bodies, "the model to be asked", seconds=60)
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: _status(f"{url}/ready") == 503, "the page to be on its way out", seconds=60)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        assert time.monotonic() - began < 60
        stream.join(timeout=10)


def _read(url: str) -> None:
    try:
        with OPENER.open(url, timeout=60) as stream:
            stream.read()
    except (OSError, http.client.HTTPException):
        return  # the server is gone, which is what is asked of it


def _status(url: str) -> int:
    try:
        with OPENER.open(url, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
