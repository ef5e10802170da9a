"""Every limit of what comes in, at it and one above it, through the served page or the function that a screen calls."""

import gc
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.api import handlers
from app.browse.records import BrowseQuery, RecordTable
from app.chat.filters import build_filter
from app.cli.main import main
from app.feedback.log import build_entry
from app.i18n.labels import LABELS
from app.render.errors import user_message
from app.server.request import is_bounded_json
from ingest.errors import BadQuestion, BeyondLimit, RelatoriaError
from ingest.sanitize import MAX_REPEATED
from retrieval import limits
from retrieval.assistant import Assistant
from retrieval.index import filters
from retrieval.index.filters import Filter, unknown_value
from retrieval.limits import LIMITS, Limit
from retrieval.query.conversation import Conversation, Turn
from retrieval.query.request import Request
from retrieval.results import Answer, Status
from retrieval.text.gazetteer import compose_aliases, find_aliases, find_owning_state
from retrieval.text.terms import extract_terms
from tests.app.server.conftest import Site

DOCS = Path(__file__).parents[3] / "docs" / "server.md"
REFUSALS = {
    limits.RECORDS: "whole number, 1 to",
    limits.OFFSET: "whole number, 0 to",
    limits.JSON_DEPTH: "no es JSON",
    limits.JSON_VALUES: "no es JSON",
    limits.JSON_DIGITS: "no es JSON",
}
ANSWER = Answer("?", "?", "en", Status.ANSWERED, ())


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else 0


def of_words(count: int) -> str:
    return ("agua " * count)[:count].strip().ljust(count, "a")


THROUGH_HTTP: list[tuple[Limit, str, Callable[[int], list[Any]]]] = [
    (limits.QUESTION, "ask", lambda count: [of_words(count)]),
    (limits.QUESTION, "search", lambda count: [of_words(count)]),
    (limits.FILTER_VALUE, "list", lambda count: [{"section": "x" * count}]),
    (limits.FILTER_VALUE, "ask", lambda count: ["agua", None, {"addressee": ["x" * count]}]),
    (limits.FILTER_VALUE, "list", lambda count: [{"labels": {"x" * count: "y"}}]),
    (limits.FILTER_VALUE, "list", lambda count: [{"labels": {"y": "x" * count}}]),
    (limits.FILTER_VALUES, "list", lambda count: [{"section": ["1.1"] * (count - 1), "strength": "obligation"}]),
    (limits.FILTER_VALUES, "search", lambda count: ["agua", 1, {"kinds": ["recommendation"] * count}]),
    (limits.RECORD_ID, "passage", lambda count: ["x" * count]),
    (limits.RECORDS, "list", lambda count: [None, 0, count]),
    (limits.RECORDS, "search", lambda count: ["agua", count]),
    (limits.OFFSET, "list", lambda count: [None, count]),
    (limits.JSON_DEPTH, "list", lambda count: [nested(count - 2)]),
    (limits.JSON_VALUES, "list", lambda count: [[0] * (count - 3)]),
    (limits.JSON_DIGITS, "list", lambda count: [None, 10 ** (count - 1)]),
]


@pytest.mark.parametrize(("limit", "endpoint", "sent"), THROUGH_HTTP)
def test_over_http(site: Site, limit: Limit, endpoint: str, sent: Callable[[int], list[Any]]) -> None:
    def said(count: int) -> tuple[int, str]:
        body = json.dumps({"data": sent(count)})
        answer = site.send("POST", f"/gradio_api/run/{endpoint}", body, Content_Type="application/json")
        return answer.status, answer.body.decode()

    refusal = REFUSALS.get(limit, "are taken")
    assert refusal not in said(limit.most)[1]
    status, sentence = said(limit.most + 1)
    assert status == 400
    assert refusal in sentence
    assert re.search(rf"{limit.most:,}\b|{limit.most}\b", sentence)


@pytest.mark.parametrize("path", ["run/ask", "call/ask", "queue/join", "mcp/", "cancel", "reset"])
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"data": ' * 100_000, b'{"data": [' + b"1" * 100_000 + b"]}", b"\0", b'"' * 100_000]
)
def test_json_that_no_program_sends_is_refused_at_the_door(site: Site, path: str, body: bytes) -> None:
    answer = site.send("POST", f"/gradio_api/{path}", body, Content_Type="application/json", Accept_Language="en")
    assert answer.status == 400
    assert (
        "JSON of up to 32 levels and 20000 values, with numbers of up to 100 digits"
        in json.loads(answer.body)["detail"]
    )


def test_brackets_and_digits_in_a_text_are_text() -> None:
    for words in ("[" * 100, "{" * 100, "1" * 200, '"' + "[" * 100, '\\"' + "[" * 100, "\\" * 3 + "[" * 100):
        assert is_bounded_json(json.dumps({"data": [words]}).encode()), words


def test_the_text_of_a_box(site: Site) -> None:
    config = json.loads(site.send("GET", "/config").body)
    boxes = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
    for box, limit in (("r-find", limits.WORDS), ("r-wire", limits.LINK)):
        event = next(event for event in config["dependencies"] if event["inputs"][:1] == [boxes[box]])
        for count, refused in ((limit.most, False), (limit.most + 1, True)):
            data = ["x" * count, *[None] * (len(event["inputs"]) - 1)]
            body = json.dumps({"fn_index": event["id"], "data": data, "session_hash": f"{box}{count}"})
            site.send("POST", "/gradio_api/queue/join", body, Content_Type="application/json")
            told = site.send("GET", f"/gradio_api/queue/data?session_hash={box}{count}").body.decode()
            assert ("are taken" in told) is refused, told[:500]


def test_the_name_of_a_session(site: Site) -> None:
    config = json.loads(site.send("GET", "/config").body)
    event = next(event["id"] for event in config["dependencies"] if event["backend_fn"])
    for count, status in ((limits.SESSION.most, 200), (limits.SESSION.most + 1, 404)):
        body = json.dumps({"fn_index": event, "data": [], "session_hash": "x" * count})
        assert site.send("POST", "/gradio_api/queue/join", body, Content_Type="application/json").status == status


WITHOUT_HTTP: list[tuple[Limit, Callable[[Assistant, int], object]]] = [
    (limits.TURNS, lambda _, count: Request("?", conversation=Conversation((Turn("?", "?", "en", True),) * count))),
    (limits.RESULTS, lambda _, count: Request("?", limit=count)),
    (limits.QUESTION, lambda _, count: Request("x" * count)),
    (limits.FILTER_VALUES, lambda _, count: Request("?", where=Filter(labels=(("theme", "x"),) * count))),
    (limits.FILTER_VALUES, lambda _, count: build_filter(["r"], ["1.1"] * (count - 1), *[None] * 6)),
    (limits.FILTER_VALUE, lambda _, count: build_filter(None, None, ["x" * count], *[None] * 5)),
    (limits.NOTE, lambda _, count: build_entry(ANSWER, good=False, note="ñ" * count)),
    (limits.WORDS, lambda assistant, count: browse(assistant, BrowseQuery("x" * count))),
    (limits.FILTER_VALUE, lambda assistant, count: browse(assistant, BrowseQuery("", {"section": ("x" * count,)}))),
    (limits.FILTER_VALUES, lambda assistant, count: browse(assistant, BrowseQuery("", {"by": ("x",) * count}))),
]


def browse(assistant: Assistant, view: BrowseQuery) -> object:
    return RecordTable(assistant.index.store, assistant.index.facets()).load_page(view)


@pytest.mark.parametrize(("limit", "sent"), WITHOUT_HTTP)
def test_on_other_screens(assistant: Assistant, limit: Limit, sent: Callable[[Assistant, int], object]) -> None:
    sent(assistant, limit.most)
    with pytest.raises(BeyondLimit, match=f"{limit.most + 1:,} {limit.unit}; up to {limit.most:,} are taken") as raised:
        sent(assistant, limit.most + 1)
    for labels in LABELS.values():  # what the page says of it
        assert re.search(rf"\b{str(limit.most)[0]}\D?{str(limit.most)[1:]}\b", user_message(raised.value, labels))


def test_on_the_command_line(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    index = ["--index", str(assistant.index.folder)]
    for command in (["passages"], ["ask", "agua"], ["search", "agua"]):
        assert main([*command, *index, "--section", "x" * (limits.FILTER_VALUE.most + 1)]) == 1
        assert "501 characters; up to 500 are taken" in capsys.readouterr().err.replace("\n", " ")


def test_each_limit_stands_in_the_documents() -> None:
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    for limit in LIMITS:
        assert f"| {limit.name} | {limit.most:,} {limit.unit} |" in lines


# What an error repeats, and compares


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ask", ["?", "x" * 500]),
        ("ask", ["?", None, {"x" * 5_000: "1"}]),
        ("ask", ["?", None, {"section": "x" * 500}]),
        ("ask", ["?", None, {"labels": {"x" * 500: "1"}}]),
        ("ask", ["?", None, {"kinds": "x" * 500}]),
        ("records", [{"by": "x" * 500}]),
        ("records", [{"labels": {"x" * 500: 5}}]),
        ("passage", ["x" * 500]),
    ],
)
def test_an_error_repeats_little(assistant: Assistant, name: str, values: list[Any]) -> None:
    with pytest.raises(BadQuestion) as raised:
        getattr(handlers, name)(assistant, *values)
    assert f"{'x' * (MAX_REPEATED - 20)}" in str(raised.value)
    assert "x" * (MAX_REPEATED + 1) not in str(raised.value)


def test_so_does_one_of_the_command_line(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 500
    with pytest.raises(RelatoriaError) as raised:
        assistant.index.remove(long)
    assert "x" * (MAX_REPEATED + 1) not in str(raised.value)
    for arguments in (["search", "?", "-k", long], ["ask", "?", "--kind", long], ["ask", "?", "--label", long]):
        with pytest.raises(SystemExit):
            main(arguments)
        assert "x" * (MAX_REPEATED + 1) not in capsys.readouterr().err.replace("\n", "")


def test_few_names_are_compared_and_the_likeliest_are_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    class Spy(filters.SequenceMatcher):  # type: ignore[name-defined,misc]
        def __init__(self, junk: None, one: str, other: str) -> None:
            compared.append((one, other))
            super().__init__(junk, one, other)

    monkeypatch.setattr(filters, "SequenceMatcher", Spy)
    known = [*(f"informe-{number} {'y' * 500}" for number in range(1_000)), "Mesa Redonda 2010"]
    assert "There are: Mesa Redonda 2010, informe-" in str(unknown_value("report", "mesa redonda 2011", known))
    unknown_value("report", "ﷺ" * 10_000, known)
    assert len(compared) == 2 * limits.COMPARED.most
    assert max(len(name) for pair in compared for name in pair) == limits.COMPARED.most


# What is kept


def resident() -> int:
    """Bytes of memory that this process has, as Linux tells."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_caches_keep_nothing_long(assistant: Assistant) -> None:
    def use(number: int) -> None:
        long = f"{number:05}" * 20_000
        filters.section_matches(long, ("1.1",))
        filters.name_matches(long, "España")
        for function in (find_aliases, compose_aliases, find_owning_state, extract_terms):
            function(long)

    use(0)
    before = resident()
    for number in range(1, 41):
        use(number)
    assert resident() - before < 10 * 2**20


def test_forty_long_filters_leave_no_memory(site: Site) -> None:
    def send(number: int) -> None:
        body = json.dumps({"data": [{"addressee": f"{number:05} " * 17_000}]})
        assert site.send("POST", "/gradio_api/run/list", body, Content_Type="application/json").status == 400

    for number in range(4):
        send(number)
    before = resident()
    for number in range(4, 44):
        send(number)
    assert resident() - before < 10 * 2**20
