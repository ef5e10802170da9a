"""A request as the layers see it, how it is refused, and what JSON is parsed at all."""

import asyncio
import json
from typing import Any

import pytest

from app.i18n.labels import labels_for
from app.server.request import PASSED_ON, REQUEST, USER, Visitor, bare_page, is_bounded_json, parse_object, refuse
from retrieval.limits import JSON_DEPTH, JSON_DIGITS, JSON_VALUES


def visitor(**scope: Any) -> Visitor:
    headers = [(name.lower().encode(), value.encode()) for name, value in scope.pop("headers", {}).items()]
    return Visitor({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers} | scope)


def answer_of(who: Visitor, *args: Any, **more: Any) -> tuple[int, dict[str, str], str]:
    came: list[Any] = []

    async def send(message: Any) -> None:
        came.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is asked")

    asyncio.run(refuse(who, receive, send, *args, **more))
    headers = {name.decode(): value.decode() for name, value in came[0]["headers"]}
    return came[0]["status"], headers, b"".join(message.get("body", b"") for message in came).decode()


def test_who_a_visitor_is() -> None:
    assert (visitor().address, visitor().user, visitor().request_id, visitor().path) == ("", None, "", "/")
    assert visitor(client=("192.0.2.1", 7)).address == "192.0.2.1"
    assert (visitor(**{USER: "ana"}).user, visitor(**{USER: ""}).user) == ("ana", "")
    assert visitor(**{REQUEST: "x1"}).request_id == "x1"
    assert (visitor().passed_on, visitor(**{PASSED_ON: True}).passed_on) == (False, True)
    assert (visitor(scheme="https").secure, visitor(scheme="http").secure, visitor().secure) == (True, False, False)


@pytest.mark.parametrize(
    ("address", "user", "passed_on", "key"),
    [
        ("192.0.2.7", None, False, "address 192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", None, False, "address 2001:db8:1:2::"),
        ("192.0.2.7", "ana", False, "user ana"),
        ("127.0.0.1", None, False, ""),
        ("127.0.0.1", "ana", False, ""),
        ("127.0.0.1", None, True, "address 127.0.0.1"),
        ("127.0.0.1", "ana", True, "user ana"),
        ("nonsense", None, False, "address unknown"),
    ],
)
def test_whom_a_quota_is_counted_for(address: str, user: str | None, passed_on: bool, key: str) -> None:
    assert visitor(client=(address, 1), **{USER: user, PASSED_ON: passed_on}).quota_key == key


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "fr", "fr"),
        ("lang=pt", "fr", "pt"),
        ("a=1&lang=ar&b", "fr", "ar"),
        ("lang=xx", "fr", "fr"),
        ("", "de", "en"),
    ],
)
def test_the_language_of_a_visitor(query: str, accepted: str, language: str) -> None:
    who = visitor(query_string=query.encode(), headers={"Accept-Language": accepted})
    assert who.language == language
    assert who.labels == labels_for(language)
    assert who.words == labels_for(language).access


@pytest.mark.parametrize(
    ("headers", "html", "browser"),
    [
        ({"Accept": "text/html,*/*"}, True, True),
        ({"Accept": "*/*"}, False, False),
        ({"Sec-Fetch-Mode": "cors"}, False, True),
        ({"User-Agent": "Mozilla/5.0"}, False, True),
        ({"User-Agent": "python-httpx"}, False, False),
        ({}, False, False),
    ],
)
def test_browsers_are_told_from_programs(headers: dict[str, str], html: bool, browser: bool) -> None:
    who = visitor(headers=headers)
    assert (who.wants_html, who.in_browser) == (html, browser)


def test_a_program_is_refused_in_json() -> None:
    who = visitor(**{REQUEST: "x1"}, headers={"Accept-Language": "es"})
    status, headers, body = answer_of(who, 429, "No <b>", wait=7, more=1)
    assert status == 429
    assert (headers["retry-after"], headers["cache-control"]) == ("7", "no-store")
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"detail": "No <b>", "request": "x1", "close": labels_for("es").access.close, "more": 1}
    assert "retry-after" not in answer_of(who, 404, "No")[1]


def test_a_person_is_refused_on_a_page() -> None:
    who = visitor(**{REQUEST: "<x1>"}, headers={"Accept-Language": "ar", "Accept": "text/html"})
    status, headers, body = answer_of(who, 503, "No <b> & no", wait=5)
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "5", "no-store")
    assert headers["content-type"].startswith("text/html")
    assert body.startswith('<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">')
    assert "<title>503 · Relatoría</title>" in body
    assert '<div role="alert"><h1>No &lt;b&gt; &amp; no</h1></div>' in body
    assert f'<a class="b" href="/">{labels_for("ar").access.back}</a>' in body
    assert '<p class="q">&lt;x1&gt;</p>' in body
    assert "<script" not in body
    assert "<title>a &lt; b · Relatoría</title>" in bare_page(who, "refusal", "a < b", said="<p>")


DEPTH, VALUES, DIGITS = JSON_DEPTH.most, JSON_VALUES.most, JSON_DIGITS.most


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        (b"", True),
        (b'{"a": [1, {"b": "x"}]}', True),
        (b"[" * DEPTH + b"]" * DEPTH, True),
        (b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), False),
        (b'{"a":' * DEPTH + b"1" + b"}" * DEPTH, True),
        (b"[", False),
        (b"]", False),
        (b"[" + b"1," * (VALUES - 2) + b"1]", True),
        (b"[" + b"1," * (VALUES - 1) + b"1]", False),
        (b"[" + b"[]," * (VALUES // 2) + b"[]]", False),
        (b"[" + b"{}," * (VALUES // 2) + b"{}]", False),
        (b"1" * DIGITS, True),
        (b"1" * (DIGITS + 1), False),
        (b'"' + b"1" * (DIGITS + 1) + b'"', True),
        (b'"\\"' + b"[" * 99 + b'"', True),
        (b'"\\\\"' + b"[" * 99, False),
        (b"\0", False),
        (b'"' * (4 * VALUES), True),
        (b'"' * (4 * VALUES + 1), False),
    ],
)
def test_json_is_bounded_before_it_is_parsed(body: bytes, fits: bool) -> None:
    assert is_bounded_json(body) is fits


@pytest.mark.parametrize(
    ("body", "parsed"), [(b'{"a": 1}', {"a": 1}), (b"[1]", {}), (b"1", {}), (b"", {}), (b"{", {}), (b"[" * 99_999, {})]
)
def test_an_object_is_parsed_and_nothing_else(body: bytes, parsed: dict[str, Any]) -> None:
    assert parse_object(body) == parsed
