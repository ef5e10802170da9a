"""Lanes of the search: no short question waits for a long one, and not every long one is taken."""

import threading

import pytest

from ingest.errors import SearchTimedOut
from retrieval.assistant import Assistant
from retrieval.lanes import LONG_WAITING, SearchLanes
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
