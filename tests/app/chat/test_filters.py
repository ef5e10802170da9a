"""A narrowed question: what can be chosen, what is said of it, and what is refused."""

import re
from dataclasses import replace

import pytest

from app.chat.chat import converse
from app.chat.filters import FIELDS, build_filter, describe_filter, load_choices, stale_problem
from app.i18n.labels import LABELS
from app.render.escape import escape_html
from app.web.ask import opening_updates
from app.web.panel import Visit
from ingest.errors import BeyondLimit
from retrieval.assistant import Assistant
from retrieval.index.filters import NO_FILTER, Filter
from tests.app.web.test_page import HOSTILE, ID, tags

TRAFFICKING = "What should governments do about trafficking?"


def only(name: str, value: str) -> Filter:
    return replace(NO_FILTER, **{name: (value,)})  # type: ignore[arg-type]


def test_what_can_be_chosen_is_what_the_records_state(assistant: Assistant) -> None:
    there = load_choices(assistant, LABELS["en"])
    assert ("Mesa redonda 1: Alianzas para la migración y el desarrollo", ID) in there["reports"]
    assert (
        "Sobre los efectos de la migración irregular",
        "Sobre los efectos de la migración irregular",
    ) in there["section"]
    assert [value for _, value in there["addressee"]] == ["gobiernos", "países", "países de origen y de destino"]
    assert ("obligation", "obligation") in there["strength"]
    assert there["language"] == [("Spanish", "es")]
    assert (there["forum"][0][1], there["year"]) == ("Foro Mundial sobre Migración y Desarrollo", [("2010", "2010")])
    for name in FIELDS:
        for _, value in there[name]:
            assert stale_problem(assistant, only(name, value), LABELS["en"]) == "", (name, value)


def test_a_narrowed_question_is_answered_from_those_records_and_says_so(assistant: Assistant) -> None:
    where = build_filter(None, [], ["gobiernos"], ["obligation"], *[None] * 4)
    last = list(converse(assistant, "List all recommendations", [], "en", where=where))[-1]
    assert last.answer is not None
    assert {citation.passage.addressees for citation in last.answer.citations} == {("gobiernos",)}
    assert {citation.passage.strength for citation in last.answer.citations} == {"obligation"}
    assert describe_filter(assistant, where, LABELS["en"]) == "Only among: Addressee: gobiernos · Strength: obligation"
    assert describe_filter(assistant, where, LABELS["en"]) in last.messages[0]["content"]
    assert describe_filter(assistant, NO_FILTER, LABELS["en"]) == ""
    assert describe_filter(assistant, only("reports", ID), LABELS["ar"]).endswith(
        "Alianzas para la migración y el desarrollo"
    )


@pytest.mark.parametrize("code", LABELS)
@pytest.mark.parametrize("name", FIELDS)
def test_a_stale_choice_is_one_plain_sentence(assistant: Assistant, code: str, name: str) -> None:
    last = list(converse(assistant, TRAFFICKING, [], code, where=only(name, "xyzzy")))[-1]
    said = LABELS[code].stale.format(field=LABELS[code].filters[name], value="xyzzy")
    assert escape_html(said) in last.messages[-1]["content"]
    assert last.sources == ""


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_choice_is_text(assistant: Assistant, words: str) -> None:
    last = list(converse(assistant, TRAFFICKING, [], "en", where=build_filter(None, [words], *[None] * 6)))[-1]
    html = "".join(message["content"] for message in last.messages)
    assert tags(html) <= {
        "div",
        "h2",
        "p",
        *("ol", "li", "a", "span", "blockquote", "details", "summary", "dl", "dt", "dd"),
    }
    assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$\n]", html)


def test_a_choice_that_is_no_choice_is_refused() -> None:
    with pytest.raises(BeyondLimit):
        build_filter(None, ["x"] * 5_000, *[None] * 6)
    with pytest.raises(BeyondLimit):
        build_filter(None, ["x" * 100_000], *[None] * 6)
    assert build_filter("", [" "], *[None] * 6) == NO_FILTER


def test_what_cannot_be_listed_whole_can_be_typed(assistant: Assistant) -> None:
    fields = dict(zip(FIELDS, opening_updates(assistant, Visit("en", {}), offered=2)[8:16], strict=True))
    assert fields["section"]["allow_custom_value"]
    assert len(fields["section"]["choices"]) == 2
    assert fields["section"]["info"] == LABELS["en"].typed
    assert not fields["strength"]["allow_custom_value"]
    last = list(converse(assistant, "List all recommendations", [], "en", where=only("addressee", "governments")))[-1]
    assert last.answer is not None
    assert last.answer.total == 7
