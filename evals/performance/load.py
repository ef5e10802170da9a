"""Load test, `python -m evals.performance.load`: concurrent users of the page; errors, throughput and latency.

It serves an index, and asks as browsers do, over HTTP and through Gradio's queue, each user one question after the
other. The baseline is the assistant alone in as many threads as there are cores. Users share the page's machine.
"""

import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from evals.console import command_parser, print_errors, wide_console
from evals.performance.processes import Measurement, benchmark_table, relatoria_command, run_process, run_server
from evals.run.cases import SAMPLE_QUESTIONS
from retrieval.assistant import Assistant

_PEOPLE, _SECONDS = 50, 60.0
_BARE_SECONDS = 15.0

Ask = Callable[[str], object]  # raises OSError, ValueError or HTTPException where there is no answer
Connect = Callable[[str], HTTPConnection]  # to a host and port


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The result of a load test: seconds of each answer, and the errors."""

    took: Sequence[float]
    errors: Sequence[str]
    seconds: float
    fewest: int  # answers of the person who got fewest

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds

    def latency_quantile(self, share: float) -> float:
        """The latency in seconds at quantile ``share`` (0 to 1).

        >>> LoadResult([1.0, 2.0, 3.0, 4.0], [], 4.0, 1).latency_quantile(0.5)
        2.5
        """
        return float(np.quantile(self.took or [0.0], share))


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Run the load test and print one table; returns the exit status, 0 whatever the figures."""
    parser = command_parser("evals.performance.load", "Many people at the page at once.")
    parser.add_argument("--index", type=Path, metavar="DIR", help="an index (default: the bundled report's, made anew)")
    parser.add_argument("--people", type=int, default=_PEOPLE, metavar="N", help=f"default: {_PEOPLE}")
    parser.add_argument("--seconds", type=float, default=_SECONDS, metavar="N", help=f"default: {_SECONDS:g}")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="relatoria-load-") as made:
        folder = options.index or Path(made) / "index"
        if not options.index:
            run_process([relatoria_command(), "ingest", "--index", str(folder), "--json"])
        measured = measure(folder, options.people, options.seconds)
    wide_console().print(benchmark_table(measured))
    return 0


def measure(folder: Path, people: int, seconds: float) -> list[Measurement]:
    """Measure the baseline before and after, since other programs come and go, and the load between them."""
    before = measure_bare_rates(folder)
    serve = [relatoria_command(), "serve", "--index", str(folder), "--log", os.devnull, "--port"]
    with run_server(serve, "/ready") as server:
        url = server.url
        run_load(url, 2, 3)  # the first questions warm it up
        began = time.process_time()
        load = run_load(url, people, seconds)
        own = time.process_time() - began
    searches, answers = map(statistics.mean, zip(before, measure_bare_rates(folder), strict=True))
    for error in sorted(set(load.errors))[:5]:
        sys.stderr.write(error + "\n")
    half, most = load.latency_quantile(0.5), load.latency_quantile(0.99)
    return [
        Measurement("errors", len(load.errors), "", target=0),
        Measurement(f"answers to {people} people", load.rate, "/s"),
        Measurement("  what asking itself cost", 1_000 * own / max(len(load.took), 1), "ms each"),
        Measurement("bare searches", searches, "/s"),
        Measurement("  answers / bare searches", load.rate / searches, "×", target=0.8, wanted_high=True),
        Measurement("bare answers", answers, "/s"),
        Measurement("  answers / bare answers", load.rate / answers, "×"),
        Measurement("half of the answers came in", half, "s"),
        Measurement("99 % came in", most, "s"),
        Measurement("  99 % / half", most / half if half else 0.0, "×", target=5),
        Measurement("answers of the person with fewest", load.fewest, ""),
    ]


def measure_bare_rates(folder: Path) -> tuple[float, float]:
    """Searches and answers a second of an assistant set up as the page's, in as many threads as there are cores."""
    assistant, cores = Assistant(folder), os.cpu_count() or 1
    assistant.prepare_for_concurrency()

    def rate(ask: Ask) -> float:
        return run_people(lambda: ask, cores, _BARE_SECONDS).rate

    return rate(assistant.search), rate(assistant.ask)


def run_load(
    url: str, people: int, seconds: float, *, pause: float = 0.0, connect: Connect = HTTPConnection
) -> LoadResult:
    """Ask a page with ``people`` concurrent users for ``seconds``, each on a connection of its own."""
    host = urlsplit(url).netloc
    event = find_question_event(connect(host))
    return run_people(lambda: partial(_ask, connect(host), event, secrets.token_hex(6)), people, seconds, pause)


def run_people(arrive: Callable[[], Ask], people: int, seconds: float, pause: float = 0.0) -> LoadResult:
    """Ask in ``people`` threads in the way that ``arrive`` gives each, ``pause`` seconds after the last answer."""
    began = time.monotonic()

    def person(number: int) -> tuple[list[float], list[str]]:
        time.sleep(pause * number / people)  # nobody starts with everybody
        ask, took, errors = arrive(), list[float](), list[str]()
        for question in islice(cycle(SAMPLE_QUESTIONS), number, None):
            asked = time.monotonic()
            if asked - began > seconds:
                break
            try:
                ask(question)
                took.append(time.monotonic() - asked)
            except (OSError, ValueError, HTTPException) as error:
                errors.append(f"{type(error).__name__}: {str(error)[:200]}")
                ask = arrive()
            time.sleep(pause)
        return took, errors

    with ThreadPoolExecutor(people) as pool:
        each = list(pool.map(person, range(people)))
    took, errors = ([value for of_one in side for value in of_one] for side in zip(*each, strict=True))
    return LoadResult(took, errors, time.monotonic() - began, min(len(times) for times, _ in each))


def find_question_event(line: HTTPConnection) -> dict[str, Any]:
    """Find the Gradio event that the question box submits: the fields of its request, and its number of ``inputs``."""
    config = json.loads(_request(line, "GET", "/config"))
    boxes = {part["id"] for part in config["components"] if part["props"].get("elem_id") == "r-box"}
    (event,) = [
        event
        for event in config["dependencies"]
        if any(id_ in boxes and how == "submit" for id_, how in event["targets"])
    ]
    return {"fn_index": event["id"], "trigger_id": event["targets"][0][0], "inputs": len(event["inputs"])}


def _ask(line: HTTPConnection, event: dict[str, Any], session: str, question: str) -> None:
    """Ask one question; raises ValueError when there is no answer to it."""
    data: list[Any] = [question, [], *[None] * (event["inputs"] - 2)]
    _request(line, "POST", "/gradio_api/queue/join", event | {"data": data, "session_hash": session})
    said = _request(line, "GET", f"/gradio_api/queue/data?session_hash={session}").decode()
    messages = [json.loads(text[6:]) for text in said.splitlines() if text.startswith("data: ")]
    done = [message for message in messages if message["msg"] == "process_completed"]
    if len(done) != 1 or not done[0]["success"] or "r-provenance" not in said:
        raise ValueError(f"no answer: {[message['msg'] for message in messages]}")


def _request(line: HTTPConnection, method: str, path: str, stated: dict[str, Any] | None = None) -> bytes:
    """Send a request; returns the body of the response. Raises ValueError when its status is not 200."""
    line.request(method, path, json.dumps(stated) if stated else None, {"Content-Type": "application/json"})
    response = line.getresponse()
    said = response.read()
    if response.status != 200:
        raise ValueError(f"{response.status}: {said[:200]!r}")
    return said


if __name__ == "__main__":
    sys.exit(main())
