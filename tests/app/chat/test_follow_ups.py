"""What is taken away from an answer and what leads on: copies, follow-up questions, a visitor's last answers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote as url_quote

import pytest

from app.chat.chat import HISTORY_SIZE, append_answer, length_problem
from app.chat.clipboard import clipboard_text
from app.chat.coverage import list_covered
from app.chat.follow_ups import suggest_follow_ups
from app.chat.header import copy_html, coverage_html, follow_ups_html, notice_html
from app.i18n.labels import LABELS
from ingest.report import normalize_for_display
from retrieval.assistant import Assistant
from retrieval.results import Answer, Status
from tests.app.web.test_page import HOSTILE, tags

TRAFFICKING = "What should governments do about trafficking?"


@pytest.mark.parametrize("code", LABELS)
def test_a_copy_carries_all_that_it_takes_to_check_it(assistant: Assistant, code: str) -> None:
    answer = assistant.ask(TRAFFICKING, language=code)
    text = clipboard_text(answer, assistant.report, code)
    assert answer.provenance is not None
    assert answer.provenance.index in text
    for citation in answer.citations:
        assert f"[{citation.mark}] «{normalize_for_display(citation.quote)}»\n" in text
        assert f"\n?passage={url_quote(citation.passage.id, safe='')}\n" in text
        assert f" {citation.passage.line}.\n" in text
        assert citation.passage.headings[0] in text
    assert text.count("\nMesa redonda 1: Alianzas para la migración y el desarrollo — ") == len(answer.citations)


QUESTIONS = [
    TRAFFICKING,
    "What was recommended on return migration?",
    "¿Qué se recomendó sobre la detención de migrantes?",
    "¿Qué es la Plataforma para Alianzas?",
    "Que dit le rapport sur la fuite des cerveaux ?",
    "O que se recomendou sobre a migração de retorno?",
    "ماذا يقول التقرير عن الاتجار بالأشخاص؟",
    "Lista todas las recomendaciones sobre derechos humanos",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_that_leads_on_is_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    leading = suggest_follow_ups(answer, "en")
    assert 2 <= len(leading) <= 4
    assert question not in leading
    for suggested in leading:
        assert assistant.ask(suggested, fallback=answer.language).status is Status.ANSWERED, suggested
    stated = [
        value for citation in answer.citations for value in (*citation.passage.headings, *citation.passage.addressees)
    ]
    for quoted in re.findall("[“«] ?(.*?) ?[”»]", " ".join(leading)):
        assert quoted in {value.rstrip(": ") for value in stated}  # nothing is invented


@pytest.mark.parametrize("code", LABELS)
def test_what_leads_on_is_in_the_language_of_the_answer(assistant: Assistant, code: str) -> None:
    answer = assistant.ask("¿Qué deben hacer los gobiernos contra la trata de personas?", language=code)
    leading = suggest_follow_ups(answer, "en")
    assert len(leading) == 4
    for suggested in leading:
        assert assistant.ask(suggested, fallback=code).status is Status.ANSWERED, suggested


def test_a_refusal_leads_nowhere(assistant: Assistant) -> None:
    assert suggest_follow_ups(assistant.ask("Who won the football world cup?"), "en") == ()


def test_a_visitor_s_last_answers_are_kept_and_stay_small(assistant: Assistant) -> None:
    answer = assistant.ask(TRAFFICKING)
    assert answer.hits
    kept: Sequence[Answer] = ()
    for number in range(HISTORY_SIZE + 3):
        kept = append_answer(kept, replace(answer, question=str(number)))
    assert [answer.question for answer in kept] == [str(number) for number in range(3, HISTORY_SIZE + 3)]
    assert not any(answer.hits for answer in kept)
    assert kept[-1].citations == answer.citations


def test_a_huge_paste_is_said_to_be_too_long() -> None:
    assert length_problem("x" * 2_000, LABELS["en"]) == ""
    assert "2\u202f001" in length_problem("x" * 2_001, LABELS["en"])
    assert "2\u202f000" in length_problem("x " * 90_000, LABELS["en"])


@pytest.mark.parametrize("words", HOSTILE)
def test_what_stands_around_an_answer_is_text(assistant: Assistant, words: str) -> None:
    labels = LABELS["en"]
    (covered,) = list_covered(assistant)
    metadata = replace(covered.report.metadata, title=words)
    title = replace(covered, report=replace(covered.report, metadata=metadata))
    for html, harmless in (
        (follow_ups_html([words], labels), follow_ups_html(["x"], labels)),
        (copy_html(words, labels), copy_html("x", labels)),
        (notice_html(words), notice_html("x")),
        (coverage_html([title], "en"), coverage_html([covered], "en")),
    ):
        assert tags(html) == tags(harmless)
        assert not re.search(r"[\x00-\x08\u202a-\u202e\u2066-\u2069`$]", html)
