"""Load test, `python -m evals.performance.load`: concurrent users of the page; errors, throughput and latency.

It serves an index, and asks as browsers do, over HTTP and through Gradio's queue, each user one question after the
other. The baseline is the assistant alone in as many threads as there are cores. Users share the page's machine.
"""

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from evals.console import wide_console
from evals.performance.processes import Measurement, relatoria_command, run_process
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant

PEOPLE = 50
SECONDS = 60.0
BARE_SECONDS = 15.0  # seconds of bare search
START_TIMEOUT = 120.0  # seconds at most
QUESTIONS = (
    "¿Qué se recomendó sobre la migración de retorno?",
    "What does the report say on detention of irregular migrants?",
    "Que dit le rapport sur la fuite des cerveaux ?",
    "What is the Platform for Partnerships?",
    "¿Qué grupos vulnerables son prioritarios?",
    "Who won the football world cup?",
    "What should governments do about trafficking?",
    "O que se recomenda sobre o retorno dos migrantes?",
)


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The result of a load test: seconds of each answer in the order in which they came, and the errors."""

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

        >>> LoadResult([1.0, 2.0, 3.0, 4.0], [], 4.0, 1).within(0.5)
        2.5
        """
        if len(self.took) < 2:
            return self.took[0] if self.took else 0.0
        return statistics.quantiles(self.took, n=1_000, method="inclusive")[round(share * 1_000) - 1]


def run_load(url: str, people: int, seconds: float, questions: Sequence[str] = QUESTIONS) -> LoadResult:
    """Ask with ``people`` concurrent users for ``seconds``, each as soon as the last answer is complete."""
    return asyncio.run(_run_people(url, people, seconds, questions))


@dataclass(frozen=True, slots=True)
class BareRates:
    """Throughput of an assistant without the page, in as many threads as there are cores: per second."""

    searches: float
    answers: float


def measure_bare_rates(folder: Path, seconds: float = BARE_SECONDS, questions: Sequence[str] = QUESTIONS) -> BareRates:
    """Measure the searches and answers per second of an assistant set up as the page's is."""
    assistant = Assistant(folder)
    assistant.prepare_for_concurrency()
    return BareRates(_rate(assistant.search, seconds, questions), _rate(assistant.ask, seconds, questions))


def _rate(ask: Callable[[str], object], seconds: float, questions: Sequence[str]) -> float:
    for question in questions:
        ask(question)
    counts, until = [], time.monotonic() + seconds

    def work() -> None:
        count = 0
        for question in cycle(questions):
            if time.monotonic() > until:
                break
            ask(question)
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=work) for _ in range(os.cpu_count() or 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


@contextmanager
def serve_page(folder: Path) -> Iterator[str]:
    """Serve the page of an index in its own process; yields its URL. Raises RelatoriaError when it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [str(relatoria_command()), "serve", "--index", str(folder), "--port", str(port), "--log", os.devnull]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait_until_ready(f"{url}/ready", process)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)


def main(arguments: list[str] | None = None) -> int:
    """Run the load test and print one table; returns the exit status, 0 whatever the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.performance.load", description="Many people at the page at once."
    )
    parser.add_argument("--index", type=Path, metavar="DIR", help="an index (default: the bundled report's, made anew)")
    parser.add_argument("--people", type=int, default=PEOPLE, metavar="N", help=f"default: {PEOPLE}")
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="N", help=f"default: {SECONDS:g}")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="relatoria-load-") as made:
            folder = options.index or Path(made) / "index"
            if not options.index:
                run_process([str(relatoria_command()), "ingest", "--index", str(folder), "--json"])
            measured = measure(folder, options.people, options.seconds)
    except RelatoriaError as error:
        wide_console(stderr=True).print(str(error), markup=False, soft_wrap=True)
        return 1
    for one in measured:
        sys.stdout.write(f"{one.name:<44} {one.value:8.2f} {one.unit}{_verdict(one)}\n")
    return 0


def measure(folder: Path, people: int, seconds: float) -> list[Measurement]:
    """Measure the baseline before and after, since other programs come and go, and the load between them."""
    before = measure_bare_rates(folder)
    with serve_page(folder) as url:
        run_load(url, 2, 3)  # the first questions warm it up
        began = time.process_time()
        load = run_load(url, people, seconds)
        own = time.process_time() - began
    after = measure_bare_rates(folder)
    searches = statistics.mean([before.searches, after.searches])
    answers = statistics.mean([before.answers, after.answers])
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


def _verdict(one: Measurement) -> str:
    if one.target is None:
        return ""
    return f"   (should be {'≥' if one.wanted_high else '≤'} {one.target:g}: {'no' if one.misses_target else 'yes'})"


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    opener, until = build_opener(ProxyHandler({})), time.monotonic() + START_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RelatoriaError("The page did not come up. Type, to see why: relatoria serve")


async def _run_people(url: str, people: int, seconds: float, questions: Sequence[str]) -> LoadResult:
    host, port = url.removeprefix("http://").rstrip("/").split(":")
    event = _question_event(json.loads(await _request(await _Connection.open(host, int(port)), "GET", "/config")))
    began = time.monotonic()
    took: list[float] = []
    errors: list[str] = []
    each = [0] * people

    async def person(number: int) -> None:
        line, session = await _Connection.open(host, int(port)), secrets.token_hex(6)
        for question in [*questions[number % len(questions) :], *questions] * 10_000:
            asked = time.monotonic()
            if asked - began > seconds:
                break
            try:
                await _ask(line, event, session, question)
                took.append(time.monotonic() - asked)
                each[number] += 1
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                errors.append(f"{type(error).__name__}: {str(error)[:200]}")
                line = await _Connection.open(host, int(port))
        line.close()

    await asyncio.gather(*map(person, range(people)))
    return LoadResult(took, errors, time.monotonic() - began, min(each))


def _question_event(config: dict[str, Any]) -> dict[str, Any]:
    """Find the Gradio event that the question box submits."""
    boxes = {one["id"] for one in config["components"] if one["props"].get("elem_id") == "r-box"}
    (event,) = [
        one for one in config["dependencies"] if any(a in boxes and how == "submit" for a, how in one["targets"])
    ]
    return {"fn_index": event["id"], "trigger_id": event["targets"][0][0], "inputs": len(event["inputs"])}


async def _ask(line: "_Connection", event: dict[str, Any], session: str, question: str) -> None:
    """Ask one question; raises ValueError when there is no answer to it."""
    data: list[Any] = [question, [], *[None] * (event["inputs"] - 2)]
    body = json.dumps(
        {"data": data, "fn_index": event["fn_index"], "trigger_id": event["trigger_id"], "session_hash": session}
    )
    await _request(line, "POST", "/gradio_api/queue/join", body)
    said = await _request(line, "GET", f"/gradio_api/queue/data?session_hash={session}")
    messages = [json.loads(line[6:]) for line in said.decode().splitlines() if line.startswith("data: ")]
    done = [message for message in messages if message["msg"] == "process_completed"]
    if len(done) != 1 or not done[0]["success"] or "r-provenance" not in said.decode():
        raise ValueError(f"no answer: {[message['msg'] for message in messages]}")


@dataclass(frozen=True, slots=True)
class _Connection:
    """A keep-alive HTTP connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str

    @classmethod
    async def open(cls, host: str, port: int) -> "_Connection":
        return cls(*await asyncio.open_connection(host, port, limit=2**24), host)

    def close(self) -> None:
        self.writer.close()


async def _request(line: _Connection, method: str, path: str, body: str = "") -> bytes:
    """Send a request; returns the body of the response. Raises ValueError when its status is not 200."""
    given = body.encode()
    fields = {"Host": line.host, "Content-Type": "application/json", "Content-Length": str(len(given))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    line.writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + given)
    status, *headers = (await line.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    fields = dict(header.partition(": ")[::2] for header in headers)
    if "content-length" in fields:
        said = await line.reader.readexactly(int(fields["content-length"]))
    else:
        parts = []
        while size := int(await line.reader.readuntil(b"\r\n"), 16):
            parts.append(await line.reader.readexactly(size + 2))
        await line.reader.readexactly(2)
        said = b"".join(part[:-2] for part in parts)
    if " 200 " not in status:
        raise ValueError(f"{status}: {said[:200]!r}")
    return said


if __name__ == "__main__":
    sys.exit(main())
