"""Several people at the page at once: nobody gets an error, nobody gets nothing."""

from app.serve import launch
from evals.load import Load, ask_for
from retrieval.assistant import Assistant
from tests.test_serve import free_port


def test_several_people_ask_at_once(assistant: Assistant) -> None:
    port = free_port()
    page = launch(assistant, host="127.0.0.1", port=port)
    try:
        load = ask_for(f"http://127.0.0.1:{port}", people=10, seconds=5)
    finally:
        page.close()
    assert load.errors == []
    assert load.fewest >= 1
    assert len(load.took) >= 20
    assert load.within(0.99) < 5 * load.within(0.5) + 1


def test_how_long_the_slowest_waited() -> None:
    load = Load([n / 100 for n in range(1, 101)], [], 10.0, 1)
    assert load.rate == 10
    assert round(load.within(0.99), 2) == 0.99
    assert Load([], ["x"], 1.0, 0).within(0.5) == 0
