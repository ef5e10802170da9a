"""Rate limits: per user and address, with the addresses that proxies state."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.serve import check_settings, launch, open_access_warning
from app.server.guard import GuardMiddleware, RequestLimits, ServerState
from app.server.rate_limit import RateLimitMiddleware, RateLimits, RequestKind
from app.settings import Settings
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from tests.app.server.conftest import Site
from tests.fakes.browser import free_port


def test_rates_are_kept_per_user_and_address() -> None:
    rates = RateLimits(Settings(question_rate="2/minute"))
    assert [rates.wait(RequestKind.QUESTION, "ana", "192.0.2.1") > 0 for _ in range(3)] == [False, False, True]
    assert rates.wait(RequestKind.QUESTION, "ana", "192.0.2.2") > 0  # the same user from elsewhere
    assert rates.wait(RequestKind.QUESTION, "bea", "192.0.2.1") > 0  # another from the same address
    assert rates.wait(RequestKind.QUESTION, "bea", "192.0.2.3") == 0
    assert rates.wait(RequestKind.QUESTION, None, "2001:db8::1") == 0
    assert rates.wait(RequestKind.QUESTION, None, "2001:db8::2") == 0
    assert 0 < rates.wait(RequestKind.QUESTION, None, "2001:db8::3") <= 60  # one household's network


def test_unless_it_is_said_this_machine_may_as_often_as_it_likes() -> None:
    rates = RateLimits(Settings())
    assert not any(rates.wait(RequestKind.QUESTION, None, "127.0.0.1") for _ in range(2_000))
    assert sum(rates.wait(RequestKind.QUESTION, None, "192.0.2.1") > 0 for _ in range(700)) == 100
    said = RateLimits(Settings(question_rate="1/hour", call_rate=""))
    assert [said.wait(RequestKind.QUESTION, None, "127.0.0.1") > 0 for _ in range(2)] == [False, True]
    assert not any(said.wait(RequestKind.CALL, None, "192.0.2.1") for _ in range(7_000))


@pytest.mark.parametrize(
    "wrong", [Settings(question_rate="often"), Settings(call_rate="5/fortnight"), Settings(trusted_proxies=("here",))]
)
def test_settings_that_cannot_be_meant(wrong: Settings) -> None:
    with pytest.raises(RelatoriaError, match="Type, for example"):
        check_settings(wrong)


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    from starlette.testclient import TestClient

    reached: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": (await receive())["body"]})

    limits = RequestLimits(upload=10, questions=frozenset({"7", "ask"}), programs=frozenset({"7", "ask"}))
    rates = RateLimits(Settings(question_rate="2/minute", upload_rate="1/minute"))
    client = TestClient(
        GuardMiddleware(RateLimitMiddleware(inner, rates, limits), service=ServerState(), limits=limits)
    )
    join = "/gradio_api/queue/join"
    assert client.post(join, json={"fn_index": 7}).json() == {"fn_index": 7}  # read by us, and again by who is behind
    assert client.post("/gradio_api/call/ask", json={"data": []}).status_code == 200
    refused = client.post(join, content=b'{"fn_\\u0069ndex":7}', headers={"Accept-Language": "es"})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["detail"].startswith("Han sido muchas peticiones")
    assert client.post(join, json={"fn_index": 1, "data": ['"fn_index":7']}).status_code == 200  # no question
    assert client.post("/gradio_api/upload", content=b"x").status_code == 200
    assert client.post("/gradio_api/upload", content=b"x").status_code == 429
    assert len(reached) == 4


def test_anyone_on_the_network_is_warned_of() -> None:

    assert "relatoria user NAME" in open_access_warning("0.0.0.0", Settings())
    assert not open_access_warning("0.0.0.0", Settings(users=Path("users")))
    assert not open_access_warning("::1", Settings())


def test_addresses_are_believed_of_trusted_proxies_only(assistant: Assistant) -> None:
    for trusted, statuses in (((), [400, 429]), (("127.0.0.1",), [400, 400])):  # the question is empty
        port = free_port()
        settings = Settings(call_rate="1/hour", trusted_proxies=trusted)
        page = launch(assistant, host="127.0.0.1", port=port, settings=settings)
        try:
            here, body = Site(port, page, io.StringIO()), json.dumps({"data": [""]})
            sent = [
                here.send("POST", "/gradio_api/run/ask", body, Content_Type="application/json", X_Forwarded_For=text)
                for text in ("192.0.2.1", "192.0.2.2")
            ]
            assert [answer.status for answer in sent] == statuses
        finally:
            page.close()
