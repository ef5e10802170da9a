"""Several people at the page at once: nobody gets an error, nobody gets nothing."""

import pytest

from evals.performance.load import LoadResult, run_load
from retrieval.assistant import Assistant
from tests.fakes.browser import serve_page


@pytest.mark.survey
def test_several_people_ask_at_once(assistant: Assistant) -> None:
    with serve_page(assistant) as url:
        load = run_load(url.rstrip("/"), people=10, seconds=5)
    assert load.errors == []
    assert load.fewest >= 1
    assert len(load.took) >= 20
    assert load.latency_quantile(0.99) < 5 * load.latency_quantile(0.5) + 1


def test_how_long_the_slowest_waited() -> None:
    load = LoadResult([n / 100 for n in range(1, 101)], [], 10.0, 1)
    assert load.rate == 10
    assert round(load.latency_quantile(0.99), 2) == 0.99
    assert LoadResult([], ["x"], 1.0, 0).latency_quantile(0.5) == 0
