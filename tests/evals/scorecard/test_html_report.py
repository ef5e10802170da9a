"""The scorecard as data and as a page: the schema holds it, and what cases and reports say is shown, never obeyed.

Long because a scorecard with every kind of outcome is written out first.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from selectolax.lexbor import LexborHTMLParser

import evals
from evals.metrics.measures import CRASHED, Share
from evals.run.cases import HALVES, Archetype, Case, GoldMatch
from evals.run.runner import Outcome
from evals.scorecard.html_report import render_page
from evals.scorecard.scorecard import Scorecard
from ingest.report import Strength
from retrieval.results import Status
from tests.app.web.test_page import HOSTILE
from tests.fakes.browser import needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCHEMA = json.loads(
    (Path(evals.__file__).parent / "scorecard" / "templates" / "scorecard.schema.json").read_text(encoding="utf-8")
)
KEPT = {"group", "status", "date"}  # keys whose values are not free text

REFUSED = (Status.NOTHING_FOUND,)
OUTCOMES = (
    Outcome(
        Case(
            "good-es", "¿Qué se recomendó?", "es", gold=("r#1-r01",), also=("r#1-r02",), half="fit", why="It says so."
        ),
        "answered",
        cited=("r#1-r01",),
        ranked=("r#1-r01", "r#1-r02"),
        probability=0.97,
        quotes=Share(1, 1),
        statements=Share(2, 2),
        language="es",
        strength_kept=True,
        seconds=0.031,
        embedding=0.014,
    ),
    Outcome(
        Case(
            "list-en",
            "Which ones?",
            "en",
            archetype=Archetype.LIST_ALL,
            need=GoldMatch.EXACT,
            gold=("r#1", "r#2"),
            total=2,
        ),
        "answered",
        cited=("r#1", "r#3"),
        ranked=("r#3", "r#1"),
        probability=0.55,
        quotes=Share(2, 2),
        statements=Share(2, 3),
        total=3,
        language="en",
        seconds=0.042,
    ),
    Outcome(
        Case("turn-ar/2", "ولماذا؟", "ar", archetype=Archetype.MULTI_TURN, gold=("r#2",), before=("ما هي المنصة؟",)),
        "nothing_found",
        language="ar",
        seconds=0.003,
    ),
    Outcome(Case("bread-en", "Bread?", "en", REFUSED, Archetype.FAR, never=("r#9",)), "answered", cited=("r#9",)),
    Outcome(Case("crash-fr", "Pourquoi ?", "fr", gold=("r#1",)), CRASHED, error="ValueError: <b>no</b>"),
    Outcome(Case("refused-es", "¿Pan?", "es", REFUSED, Archetype.FAR), "nothing_found", language="es"),
)
BASELINE = {
    "cases": {"all/all": 7, "language/es": 2},
    "figures": {"all/all/R@1": [0.75, 0.3, 0.95, 4], "language/es/right": [0.5, 0.1, 0.9, 2], "all/all/gone": [1, 1, 1, 1]},  # noqa: E501
    "failing": ["good-es", "list-en", "no-longer-asked"],
}  # fmt: skip


def scorecard() -> Scorecard:
    worse = tuple(replace(outcome, ranked=(), cited=(), status="nothing_found") for outcome in OUTCOMES)
    made = {"relatoria": "0.1.0", "versions": {"python": "3.11"}, "commit": None}
    return Scorecard(OUTCOMES, {"BM25": worse, "dense": OUTCOMES}, made, "2026-02-03T10:11:12Z")


@pytest.fixture
def card() -> dict[str, Any]:
    return scorecard().as_json()


def with_every_text(value: Any, change: Callable[[str], str], key: str = "") -> Any:
    """The same data with every text that is free, keys of named things too, put through ``change``."""
    if isinstance(value, dict):
        named = key in ("made", "others", "scores", "versions", "cases")
        return {change(k) if named else k: with_every_text(v, change, k) for k, v in value.items()}
    if isinstance(value, list):
        return [with_every_text(part, change, f"{key}, part") for part in value]
    return change(value) if isinstance(value, str) and key not in KEPT else value


def changed_page(card: dict[str, Any], front: str) -> str:
    """The page of a scorecard whose every text begins with ``front``, beside a baseline that was another."""
    changed = with_every_text(card, lambda text: front + text)
    baseline: dict[str, Any] = {
        "cases": {f"{figure['group']}/{figure['name']}": 99 for figure in changed["figures"]},
        "figures": {
            f"{figure['group']}/{figure['name']}/{figure['measure']}": [0.4, 0.3, 0.5, 9]
            for figure in changed["figures"]
        },
        "failing": [*changed["worst"][1:], changed["cases"][0]["name"], f"{front}gone"],
    }
    baseline["figures"][f"all/all/{front}gone"] = [0.4, 0.3, 0.5, 9]
    return render_page(changed, baseline)


def parsed(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(html)


def elements(html: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    for node in parsed(html).css("*"):
        yield node.tag or "", node.attributes


def shape(html: str) -> Counter[tuple[str, tuple[str, ...]]]:
    """How often each element with each set of attributes is there."""
    return Counter((tag, tuple(sorted(attributes))) for tag, attributes in elements(html))


# The schema


def test_the_schema_is_one_and_holds_a_scorecard(card: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for checked in (card, Scorecard(()).as_json(), json.loads(json.dumps(card))):
        jsonschema.validate(json.loads(json.dumps(checked)), SCHEMA)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda card: card.update(extra=1),
        lambda card: card.pop("worst"),
        lambda card: card["cases"][0].pop("why"),
        lambda card: card["cases"][0].update(archetype="other"),
        lambda card: card["figures"][0].update(value=1.01),
        lambda card: card["figures"][0].update(count=0),
        lambda card: card["times"].pop("the rest"),
        lambda card: card["risk coverage"].append([0.1]),
        lambda card: card["others"]["BM25"][0].update(low=None),
    ],
)
def test_the_schema_refuses_anything_else(card: dict[str, Any], spoil: Callable[[dict[str, Any]], None]) -> None:
    spoil(card)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(card)), SCHEMA)


def test_the_schema_names_what_the_code_names() -> None:
    case = SCHEMA["$defs"]["case"]["properties"]
    assert case["archetype"]["enum"] == list(Archetype)
    assert case["half"]["enum"] == list(HALVES)
    assert set(case["status"]["enum"]) == {*Status, CRASHED}


def test_every_property_is_described_where_its_name_does_not_say_it() -> None:
    assert all("description" in value for value in SCHEMA["properties"].values())


# The page without a browser


def test_what_is_on_the_page(card: dict[str, Any]) -> None:
    words = parsed(render_page(card, BASELINE)).body.text(separator=" ")  # type: ignore[union-attr]
    words = " ".join(words.split())
    assert "6 questions were asked as a person would ask them. 2 got all that they want" in words
    assert "Of 4 questions that the reports answer, 25 in 100 have a right passage as the first one found." in words
    for outcome in scorecard().misses:
        assert outcome.case.name in words
        assert outcome.case.question in words
    assert "ما هي المنصة؟" in words
    assert "ValueError: <b>no</b>" in words
    assert "crashed" in words
    assert "Failed then and no longer asked: no-longer-asked" in words
    assert "all 6 (was 7)" in words
    assert "No longer measured: all/all/gone" in words


def test_the_worst_case_is_first(card: dict[str, Any]) -> None:
    shown = [element.text().strip() for element in parsed(render_page(card)).css(".cases > li .question")]
    assert shown == [miss.case.question for miss in scorecard().misses]
    assert shown[0] == "Pourquoi ?"


def test_an_empty_cell_says_that_it_is(card: dict[str, Any]) -> None:
    rows = [
        [element.text() for element in row.css("th, td")] for row in parsed(render_page(card)).css(".heat tbody tr")
    ]
    assert next(cells for kind, *cells in rows if kind == "far") == ["1 of 2", "no case", "0 of 1", "1 of 1", "no case"]


@pytest.mark.parametrize("baseline", [None, BASELINE, {"cases": {}, "figures": {}, "failing": []}])
def test_a_page_of_nothing_and_a_page_of_one(baseline: dict[str, Any] | None) -> None:
    assert "No question was asked" in render_page(Scorecard(()).as_json(), baseline)
    for outcome in OUTCOMES:
        assert outcome.case.name in render_page(Scorecard((outcome,)).as_json(), baseline)


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_a_text_says_the_page_is_the_same(card: dict[str, Any], words: str) -> None:
    hostile, harmless = (changed_page(card, front) for front in (words, "x" * len(words)))
    assert shape(hostile) == shape(harmless)
    assert [element.text() for element in parsed(hostile).css("script, style")] == [
        element.text() for element in parsed(harmless).css("script, style")
    ]


def test_a_text_that_utf_8_cannot_hold(card: dict[str, Any]) -> None:
    spoiled = render_page(with_every_text(card, lambda text: f"\ud800\x00{text}"))
    assert "\ufffd\ufffdPourquoi ?" in spoiled
    assert spoiled.encode("utf-8")


def test_nothing_is_loaded_from_anywhere(card: dict[str, Any]) -> None:
    html = render_page(with_every_text(card, lambda text: f"https://example.org/{text}"), BASELINE)
    for tag, attributes in elements(html):
        assert tag not in {"img", "iframe", "object", "embed", "base", "video", "audio", "source", "image", "use"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "action", "formaction", "style"}
            if name == "href":
                assert value is not None
                assert value.startswith(("#", "data:,"))
    assert not re.search(r"@import|url\(", "".join(element.text() for element in parsed(html).css("style")))
    policy = parsed(html).css_first("meta[http-equiv]").attributes["content"] or ""  # type: ignore[union-attr]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_headings_are_in_order_and_plots_and_tables_say_what_they_are(card: dict[str, Any]) -> None:
    tree = parsed(render_page(card, BASELINE))
    levels = [int((element.tag or "")[1]) for element in tree.css("h1, h2, h3, h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in tree.css("table"):
        assert table.css_first("caption")
        assert all(element.attributes.get("scope") for element in table.css("th"))
    ids = [element.attributes["id"] for element in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    for plot in tree.css("svg"):
        assert (plot.attributes["aria-labelledby"] or "").split() == [
            element.attributes["id"] for element in plot.css("svg > title, svg > desc")
        ]


# In a browser


@needs_chromium
def test_in_a_browser(browser: "Browser", card: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "scorecard.html"
    said: list[str] = []
    asked: list[str] = []
    for words in ("", "".join(HOSTILE)):
        file.write_text(changed_page(card, words), encoding="utf-8")
        tab = browser.new_page(viewport={"width": 390, "height": 844})
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(file.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert tab.evaluate("window.hacked") is None
        if not words:
            assert tab.locator(".cases > li:visible").count() == 4
            tab.select_option("select[name=language]", label="English")
            assert tab.locator(".cases > li:visible").count() == 2
            tab.fill("input[name=words]", "bread")
            assert tab.locator(".cases > li:visible").count() == 1
            assert "1 of 6 cases" in tab.inner_text("[role=status]")
        tab.close()
    assert said == []
    assert {address for address in asked if not address.startswith("data:")} == {file.as_uri()}


@needs_chromium
def test_without_its_script_all_can_be_read(browser: "Browser", card: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "scorecard.html"
    file.write_text(render_page(card), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(file.as_uri())
    assert tab.locator(".cases > li:visible").count() == 4
    assert not tab.locator("#filter").is_visible()
    tab.locator(".cases summary").first.click()
    assert tab.get_by_text("ValueError: <b>no</b>").is_visible()
    context.close()


def test_strengths_are_told_in_words() -> None:
    case = Case("may-en", "May they?", "en", gold=("r#1",), strength=Strength.POSSIBILITY)
    html = render_page(Scorecard((Outcome(case, "answered", cited=("r#1",), strength="obligation"),)).as_json())
    assert "strength possibility" in html
