"""Programs of other people: docs/api.md's examples through the real clients, and what is said to what does not fit.

Long because what is given is written out, and every way in has its own clients.
"""

import hashlib
import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from gradio_client import Client  # type: ignore[import-untyped]
from gradio_client.exceptions import AppError  # type: ignore[import-untyped]

from app.api import handlers
from ingest.errors import BadFilter, BadQuestion, BadRequest, BeyondLimit, NoIndex
from retrieval.assistant import Assistant
from retrieval.index.filters import FILTERS as FILTER_FIELDS
from retrieval.limits import FILTER_VALUE
from tests.fakes.hostile_strings import HOSTILE

SECTION = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
TOOLS = ["ask", "search", "passage", "list"]
RECORD = "gfmd-2010-mesa-redonda-1#1.1-r09"


@pytest.fixture(scope="module")
def served(served: str) -> str:
    return served.rstrip("/")


@pytest.fixture(scope="module")
def client(served: str) -> Client:
    return Client(served, verbose=False)


def example(language: str, served: str) -> str:
    (code,) = re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    assert "http://127.0.0.1:7860" in code
    return str(code).replace("http://127.0.0.1:7860", served)


# What docs/api.md shows


def test_the_example_for_gradio_client(served: str, assistant: Assistant) -> None:
    names: dict[str, Any] = {}
    exec(example("py", served), names)
    assert names["answer"]["status"] == "answered"
    assert names["record"]["id"] == RECORD
    assert "migración de retorno" in names["record"]["text"]
    assert len(names["found"]["hits"]) == 5
    assert names["some"]["total"] == len(names["some"]["records"]) > 1
    assert names["some"]["next"] is None
    assert names["answer"]["provenance"]["index"] == assistant.index.store.stamp()["fingerprint"]


def test_the_examples_for_plain_http(served: str) -> None:
    done = subprocess.run(["sh", "-ec", example("sh", served)], capture_output=True, text=True, check=True, timeout=60)
    replies, decoder, rest = [], json.JSONDecoder(), done.stdout
    while rest:
        reply, end = decoder.raw_decode(rest)
        replies.append(reply["data"][0])
        rest = rest[end:]
    ask, search, passage, some = replies
    assert ask["status"] == "answered"
    assert len(search["hits"]) == 5
    assert passage["id"] == RECORD
    assert (some["total"], len(some["records"]), some["next"]) == (26, 20, 20)


def test_the_example_for_mcp(served: str) -> None:
    url = json.loads(example("json", served))["mcpServers"]["relatoria"]["url"]
    tools, said = over_mcp(url, [("ask", {"question": "What was recommended on return migration?"})])
    assert [tool.name for tool in tools] == TOOLS  # none of the page's own events
    ((failed, text),) = said
    assert not failed
    assert json.loads(text)["status"] == "answered"


# What is offered


def test_the_same_four_are_described_to_every_client(served: str, client: Client) -> None:
    public = client.view_api(return_format="dict", print_info=False)
    assert list(public["named_endpoints"]) == [f"/{tool}" for tool in TOOLS]
    assert public["unnamed_endpoints"] == {}
    tools, _ = over_mcp(f"{served}/gradio_api/mcp/", [])
    for tool, endpoint in zip(tools, public["named_endpoints"].values(), strict=True):
        parameters = endpoint["parameters"]
        assert list(tool.inputSchema["properties"]) == [parameter["parameter_name"] for parameter in parameters]
        assert all(len(value["description"]) > 15 for value in tool.inputSchema["properties"].values())
        assert len(tool.description) > 100
        assert "Returns: an object" in tool.description or "Returns: the record" in tool.description
        required = [given["parameter_name"] for given in parameters if not given["parameter_has_default"]]
        assert tool.inputSchema.get("required", []) == required
    assert [tool.inputSchema.get("required") for tool in tools] == [["question"], ["question"], ["id"], None]
    fields = tools[0].inputSchema["properties"]["filters"]
    described = json.dumps(fields, ensure_ascii=False)
    assert all(f'"{name}": {{' in described and name in fields["description"] for name in FILTER_FIELDS)


QUESTION = "¿Qué se dice de la detención?"
FILTERS = {"section": "1.2", "strength": ["obligation"]}
DETENTION = (
    "En los casos en que sea necesaria la detención de migrantes irregulares, se debe adoptar un enfoque más civil y "
    "menos penal."
)


@pytest.fixture
def place(report_file: Path) -> dict[str, int]:
    """Where the file says it."""
    text = report_file.read_text(encoding="utf-8")
    found = re.search(r"\s+".join(map(re.escape, DETENTION.split())), text)
    assert found is not None
    return {"start": found.start(), "end": found.end(), "line": text.count("\n", 0, found.start()) + 1}


def test_an_answer_is_what_the_report_says(client: Client, report_file: Path, place: dict[str, int]) -> None:
    asked = client.predict(QUESTION, "fr", FILTERS, api_name="/ask")
    opening = (
        "Une des 9 recommandations de «Mesa redonda 1: Alianzas para la migración y el desarrollo» retenues par le "
        "filtre répond à la question :"
    )
    assert (asked["status"], asked["language"], asked["question"]) == ("answered", "fr", QUESTION)
    assert asked["text"] == f"{opening}\n\n{DETENTION} [1]"
    assert asked["statements"] == [
        {"text": opening, "citations": [], "layer": None, "frame": True},
        {"text": f"{DETENTION} [1]", "citations": [1], "layer": "quote"},
    ]
    (citation,) = asked["citations"]
    assert " ".join(citation.pop("quote").split()) == DETENTION
    assert citation == {
        "mark": 1, "passage_id": "gfmd-2010-mesa-redonda-1#1.2-r15", "report_id": "gfmd-2010-mesa-redonda-1",
        "kind": "recommendation", "number": "", "lead_in": "", "telling": [], "page": 1, **place,
        "read_by_ocr": False, "ocr_confidence": None,
        "headings": [
            "Mesa Redonda 1.2 Estrategias conjuntas para atender la migración irregular",
            "Sesión 1.2. Principales recomendaciones y acciones de seguimiento",
            "Sobre los efectos de la migración irregular:",
        ],
    }  # fmt: skip
    assert (asked["total"], asked["of"], asked["nearest"], asked["writing"]) == (1, 9, [], None)
    made_from = {"gfmd-2010-mesa-redonda-1": hashlib.sha256(report_file.read_bytes()).hexdigest()}
    assert asked["provenance"]["reports"] == made_from


def test_a_search_finds_what_the_filters_admit_best_first(client: Client, place: dict[str, int]) -> None:
    found = client.predict(QUESTION, 3, FILTERS, api_name="/search")
    assert (found["question"], found["language"]) == (QUESTION, "es")
    assert found["filter"] == {"section": ["1.2"], "strength": ["obligation"]}
    assert client.predict(filters=found["filter"], limit=1, api_name="/list")["filter"] == found["filter"]
    first = found["hits"][0]
    assert {name: first[name] for name in ("passage_id", "rank", "lexical", "every_word", *place)} == {
        "passage_id": "gfmd-2010-mesa-redonda-1#1.2-r15", "rank": 1, "lexical": 1.0, "every_word": True, **place,
    }  # fmt: skip
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert first["score"] > found["hits"][1]["score"] > found["hits"][2]["score"]
    assert all("#1.2-" in hit["passage_id"] for hit in found["hits"])


def test_a_list_has_every_record_as_the_file_has_it(client: Client, report_file: Path) -> None:
    text = report_file.read_text(encoding="utf-8")
    records = client.predict(limit=200, api_name="/list")["records"]
    assert len({record["id"] for record in records}) == len(records) == 37
    assert all(text[record["start"] : record["end"]] == record["text"] for record in records)
    assert [record["line"] for record in records] == [text.count("\n", 0, record["start"]) + 1 for record in records]
    bullets = [found.end() for found in re.finditer("• ", text)]
    assert [record["start"] for record in records if record["kind"] == "recommendation"] == bullets
    record = client.predict(records[0]["id"], api_name="/passage")
    assert records[0].items() <= record.items()
    assert (record["id"], record["text"]) == (
        "gfmd-2010-mesa-redonda-1#title",
        "Mesa redonda 1: Alianzas para la migración y el desarrollo",
    )


def test_pages_of_a_list_are_the_whole_once(assistant: Assistant) -> None:
    for filters in (None, {"kinds": ["recommendation", "part"]}):
        seen, offset = [], 0
        while offset is not None:
            page = handlers.records(assistant, filters, offset, 7)
            seen += [record["id"] for record in page["records"]]
            offset = page["next"]
        assert len(seen) == len(set(seen)) == page["total"]
    beyond = handlers.records(assistant, None, 2**31, 5) | {"offset": 0}
    assert beyond == {"filter": {}, "total": 37, "offset": 0, "next": None, "records": []}


def test_a_record_says_how_to_cite_it(assistant: Assistant) -> None:
    record = handlers.passage(assistant, RECORD)
    assert record["citation"] == (
        "Mesa redonda 1: Alianzas para la migración y el desarrollo — "
        "Foro Mundial sobre Migración y Desarrollo · Puerto Vallarta, México · 2010 (2010-11-11). "
        "Mesa Redonda 1.1- Alianzas para una migración regular y segura › "
        "Principales recomendaciones y acciones de seguimiento, Recomendación, línea 72."
    )
    assert record["report"]["date"] == "2010-11-11"
    assert record["place"]["page"] is None  # a text has none
    report = assistant.report(record["report"]["id"])
    assert report is not None
    assert report.text[record["place"]["start"] : record["place"]["end"]] == record["text"]


# What does not fit


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("ask", [5], "question is 5, not text"),
        ("ask", [None], "question is null"),
        ("ask", [["a"]], "question is a list"),
        ("ask", [""], "question is empty"),
        ("ask", ["x" * 2_001], "2,001 characters"),
        ("ask", ["\ud800"], "UTF-8"),
        ("ask", ["x", "xx"], "no language 'xx' .*es, en, fr"),
        ("ask", ["x", 7], "no language 7"),
        ("ask", ["x", None, "1.2"], "filters are text, not an object"),
        ("ask", ["x", None, {"secton": "1"}], "no filter 'secton'. Did you mean section"),
        ("ask", ["x", None, {"section": 1}], "section is 1, not text"),
        ("ask", ["x", None, {"section": "99"}], "no section '99' in the index. There are"),
        ("ask", ["x", None, {"by": "\ud800<b>"}], "No passage was made by"),
        ("ask", ["x", None, {"labels": "theme=water"}], "labels are text, not an object"),
        ("ask", ["x", None, {"labels": {"theme": "water"}}], "no label 'theme'"),
        ("search", ["x", 0], "limit is 0.*whole number, 1 to 200"),
        ("search", ["x", 201], "limit is 201.*1 to 200"),
        ("search", ["x", True], "limit is true"),
        ("search", ["x", 1.5], "limit is 1.5"),
        ("search", ["x", 10**5_000], "limit is beyond all counting"),
        ("search", ["x", float("nan")], "limit is nan"),
        ("search", ["x", "5"], "limit is text"),
        ("passage", ["nowhere#1"], "no passage 'nowhere#1' in the index. Send an id as search and list give it"),
        ("passage", ["x" * 601], "601 characters; up to 600"),
        ("passage", ["\ud800"], "no passage"),
        ("passage", [{}], "id is an object"),
        ("records", [None, -1], "offset is -1.*0 to 2147483648"),
        ("records", [{"kinds": "recomendation"}], "no kind 'recomendation'.*recommendation"),
    ],
)
def test_what_does_not_fit_is_said_plainly(assistant: Assistant, name: str, values: list[Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said) as caught:
        getattr(handlers, name)(assistant, *values)
    message = str(caught.value)
    assert len(message) < 3_000
    assert message.isprintable() or isinstance(caught.value, BadFilter)


def test_without_an_index_it_is_said_what_to_type(tmp_path: Path) -> None:
    for name in ("ask", "search", "passage"):
        with pytest.raises(NoIndex, match="relatoria ingest"):
            getattr(handlers, name)(Assistant(tmp_path), "water")
    with pytest.raises(NoIndex):
        handlers.records(Assistant(tmp_path))


def test_an_error_reaches_every_client_as_one_sentence(
    served: str, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    wanted = "The limit is 500. Send a whole number, 1 to 200."
    with pytest.raises(AppError) as caught:
        client.predict(limit=500, api_name="/list")
    assert str(caught.value).startswith(wanted)
    status, reply = post(f"{served}/gradio_api/run/list", {"data": [None, 0, 500]})
    assert status >= 400
    assert reply["error"].startswith(wanted)
    bad: list[dict[str, Any]] = [{"limit": 500}, {"id": "x"}, {"question": ""}, {}]
    calls = list(zip(["list", "passage", "search", "nothing"], bad, strict=True))
    _, said = over_mcp(f"{served}/gradio_api/mcp/", calls)
    assert all(failed for failed, _ in said)
    assert said[0][1].startswith(wanted)
    assert said[1][1].startswith("There is no passage 'x' in the index.")
    assert "Traceback" not in "".join(text for _, text in said) + "".join(capfd.readouterr())


def test_the_pages_own_events_are_closed_to_programs(served: str, client: Client) -> None:
    for name in ("/load", "/turns", "/read"):
        with pytest.raises(ValueError, match="Cannot find a function"):
            client.predict(api_name=name)
    with urllib.request.urlopen(f"{served}/gradio_api/info") as reply:
        info = json.load(reply)
    assert list(info["named_endpoints"]) == [f"/{tool}" for tool in TOOLS]


# Hostile text


def test_hostile_text_comes_back_unharmed(assistant: Assistant) -> None:
    for words in HOSTILE[::31]:
        for ask in (handlers.ask, handlers.search):
            try:
                reply = ask(assistant, words)
            except BadQuestion as error:
                json.dumps(str(error)).encode()
                continue
            assert json.loads(json.dumps(reply).encode()) == reply
    for words in HOSTILE:
        for filters in ({words: "x"}, {"labels": {words: "x"}}):
            beyond = BeyondLimit if len(words) > FILTER_VALUE.most else BadFilter
            with pytest.raises(BadRequest if words in filters else beyond) as caught:
                handlers.records(assistant, filters)
            assert str(caught.value).encode("utf-8", "backslashreplace")
        with pytest.raises((BadRequest, BeyondLimit)) as unknown:
            handlers.passage(assistant, words)
        assert str(unknown.value).encode()
        assert str(unknown.value).isprintable()


def test_hostile_text_goes_over_the_wire_unharmed(client: Client) -> None:
    for words in [words for words in HOSTILE if words.isprintable() and 0 < len(words) < 200][::40]:
        found = client.predict(words, 1, api_name="/search")
        assert found["question"] == " ".join(words.split())


def over_mcp(url: str, calls: list[tuple[str, dict[str, Any]]]) -> tuple[list[Any], list[tuple[bool, str]]]:
    """The tools that the real client lists, and for each call whether it failed and what was said."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def talk() -> tuple[list[Any], list[tuple[bool, str]]]:
        async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            replies = [await session.call_tool(name, values) for name, values in calls]
            return tools, [(bool(reply.isError), getattr(reply.content[0], "text", "")) for reply in replies]

    return anyio.run(talk)


def post(url: str, body: object) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_address_of_a_file_is_not_fetched(served: str) -> None:
    file = {"path": "http://192.0.2.1/x.txt", "meta": {"_type": "gradio.FileData"}}
    for data in ([file], ["migración", 5, {"reports": [file]}]):
        name = "passage" if len(data) == 1 else "search"
        began = time.monotonic()
        reply = httpx.post(f"{served}/gradio_api/run/{name}", json={"data": data}, timeout=30)
        assert "nobody has uploaded" in reply.json()["error"]
        assert time.monotonic() - began < 5  # nobody answers at that address


def test_what_is_left_out_at_the_end_is_as_it_is_by_default(served: str) -> None:
    url = f"{served}/gradio_api/run"
    reply = httpx.post(f"{url}/search", json={"data": ["migración"]}, timeout=30).json()
    assert len(reply["data"][0]["hits"]) == 10
    assert "question" in httpx.post(f"{url}/ask", json={"data": []}, timeout=30).json()["error"]
