"""A search that takes too long: it alone fails, the page answers meanwhile, and so does the next question."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from ingest.errors import SearchTimedOut
from ingest.ipc import start_process
from retrieval import worker
from retrieval.assistant import Assistant
from retrieval.remote import RemoteAssistant
from retrieval.results import Answer, Status
from tests.fakes.browser import serve_page
from tests.fakes.waiting import wait_until

PATIENCE = 60  # seconds
Open = Callable[..., RemoteAssistant]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """Opens an assistant whose searches hang as their questions say."""
    monkeypatch.setattr(worker, "start_process", lambda module: start_process("tests.fakes.hanging_worker"))
    with ExitStack() as stack:

        def opened(folder: Path = tmp_path, deadline: float = 0.5) -> RemoteAssistant:
            remote = stack.enter_context(closing(RemoteAssistant(folder, deadline=deadline)))
            remote.prepare()
            return remote

        yield opened


def child_of(remote: RemoteAssistant) -> int:
    child = remote._worker._child
    assert child
    return child._process.pid


def test_one_that_hangs_fails_as_itself_and_is_ended(hanging: Open) -> None:
    remote, told = hanging(), list[Answer]()
    remote.on_answer = lambda answer, seconds: told.append(answer)
    before = child_of(remote)
    with pytest.raises(SearchTimedOut, match=r"longer than 0\.5 s and was stopped: what the reports say is not known"):
        remote.ask("wait")
    assert [answer.status for answer in told] == [Status.TIMED_OUT]  # for the log
    assert remote.ask("next").status is Status.ANSWERED
    wait_until(lambda: child_of(remote) != before, "another process", PATIENCE)
    assert remote.ask("next").status is Status.ANSWERED


def test_the_others_are_asked_again_where_one_keeps_them_from_running(hanging: Open) -> None:
    remote = hanging(deadline=1.0)
    before = child_of(remote)
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as people:
        others = [people.submit(remote.ask, f"slow 0.2 {number}") for number in range(max(1, cores - 1))]
        with pytest.raises(SearchTimedOut):
            remote.ask("hold")
        assert all(other.result(PATIENCE).status is Status.ANSWERED for other in others)
    wait_until(lambda: child_of(remote) != before, "another process", PATIENCE)


def test_searches_beside_each_other_have_longer(hanging: Open) -> None:
    remote, count = hanging(), 4 * (os.cpu_count() or 1)
    with ThreadPoolExecutor(count) as people:
        answers = [people.submit(remote.ask, f"slow 0.8 {number}") for number in range(count)]
        assert all(answer.result(PATIENCE).status is Status.ANSWERED for answer in answers)
    with pytest.raises(SearchTimedOut):
        remote.ask("slow 0.8 alone")


def test_the_page_answers_meanwhile(hanging: Open, assistant: Assistant) -> None:
    remote, asked = hanging(assistant.index.folder, deadline=1.0), threading.Event()
    with serve_page(remote) as url, ThreadPoolExecutor(1) as people:

        def ask(question: str) -> httpx.Response:
            return httpx.post(f"{url}gradio_api/run/ask", json={"data": [question]}, timeout=PATIENCE)

        late, health = people.submit(ask, "wait"), 0
        while not late.done():
            assert httpx.get(f"{url}health", timeout=PATIENCE).json() == {"alive": True}
            health += 1
            asked.wait(0.05)
        (said,) = late.result().json()["data"]
        assert health > 1
        assert said["status"] == "timed_out"
        assert "what the reports say is not known" in said["text"]
        assert said["nearest"] == said["citations"] == []
        assert ask("next").json()["data"][0]["status"] == "answered"
