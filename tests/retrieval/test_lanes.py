"""Lanes of the search: no short question waits for a long one, and not every long one is taken."""

import subprocess
import sys
import threading
import time

import pytest

from ingest.errors import SearchTimedOut
from retrieval.assistant import Assistant
from retrieval.lanes import LONG_WAITING, RESTS, SearchLanes
from retrieval.query.conversation import Conversation, Turn
from retrieval.query.request import Request

PATIENCE = 60  # seconds


def test_short_ones_pass_while_long_ones_wait() -> None:
    lanes, held, passed = SearchLanes(1), threading.Event(), threading.Event()
    done = [threading.Event() for _ in range(LONG_WAITING)]

    def hold(event: threading.Event) -> None:
        held.wait(PATIENCE)
        event.set()

    for event in done:
        lanes.submit(lambda event=event: hold(event), is_long=True)  # type: ignore[misc]
    with pytest.raises(SearchTimedOut, match="fewer words"):
        lanes.submit(lambda: None, is_long=True)
    lanes.submit(passed.set, is_long=False)
    assert passed.wait(PATIENCE)
    assert not any(event.is_set() for event in done)
    held.set()
    assert all(event.wait(PATIENCE) for event in done)


@pytest.mark.parametrize("short_came", [True, False])
def test_a_long_one_leaves_the_processor_to_short_ones(monkeypatch: pytest.MonkeyPatch, *, short_came: bool) -> None:
    rested, ended = list[float](), threading.Event()
    monkeypatch.setattr(time, "sleep", rested.append)
    lanes = SearchLanes(1)

    def search() -> None:
        if short_came:
            lanes.submit(lambda: None, is_long=False)
        ended.wait(0.05)

    lanes.submit(search, is_long=True)
    lanes.submit(ended.set, is_long=True)
    assert ended.wait(PATIENCE)
    assert [seconds >= RESTS * 0.05 for seconds in rested] == ([True] if short_came else [])


def test_a_served_process_keeps_what_it_has_loaded_out_of_the_garbage_collection() -> None:
    script = "import gc, sys; from retrieval.lanes import settle_process as s; s(); print(gc.get_freeze_count() > 1000)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"


@pytest.mark.parametrize(
    ("question", "before", "is_long"),
    [
        ("What was recommended on return migration?", "", False),
        ("And in the second?", "What was recommended on return migration?", False),
        ("water " * 120, "", True),
        ("And in the second?", "water " * 120, True),
        ("a#" * 200, "", True),
    ],
)
def test_which_question_is_long(assistant: Assistant, question: str, before: str, is_long: bool) -> None:
    turns = (Turn(before, before, "en", answered=True),) if before else ()
    assert assistant.is_long(Request(question, conversation=Conversation(turns))) is is_long
