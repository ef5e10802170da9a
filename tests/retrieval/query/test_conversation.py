"""Conversation: a question that leans on what was said before is made whole, and only the needed is remembered."""

import json
from dataclasses import replace

import pytest

from app.cli.main import main
from evals.metrics.measures import covers
from evals.run.cases import CASES_FOLDER, load_case_files
from evals.run.runner import run_cases
from ingest.report import Kind, Passage
from retrieval.answer.selection import choose_result
from retrieval.assistant import Assistant
from retrieval.limits import QUESTION, TURNS
from retrieval.query.answer_language import choose_answer_language
from retrieval.query.conversation import (
    EMPTY_CONVERSATION,
    MAX_SHOWN,
    Conversation,
    resolve,
)
from retrieval.results import Answer, Citation, Statement, Status
from retrieval.verification.quotes import quote_statement
from tests.app.cli.test_main import feed
from tests.app.cli.test_main import run as run_command

ID = "gfmd-2010-mesa-redonda-1"


def answer(question: str, *shown: str, searched: str = "", language: str = "es", total: int = 0) -> Answer:
    """An answer that showed these passages; without any, a refusal."""
    quotes = [quote_statement(Citation.whole(mark, passage(name))) for mark, name in enumerate(shown, start=1)]
    status = Status.ANSWERED if shown else Status.NOTHING_FOUND
    statements = (Statement("Opening:"), *quotes)
    return Answer(question, searched or question, language, status, statements, total=total or len(shown))


def refused(question: str, *near: str, language: str = "es") -> Answer:
    nearest = tuple(Citation.whole(mark, passage(name)) for mark, name in enumerate(near, start=1))
    return replace(answer(question, language=language), nearest=nearest)


def passage(name: str) -> Passage:
    return Passage(f"r#{name}", "r", Kind.RECOMMENDATION, "1", (), "", "palabras", 0, 8, 1, 1, "es")


def after(*answers: Answer) -> Conversation:
    conversation = EMPTY_CONVERSATION
    for given in answers:
        conversation = conversation.with_answer(given)
    return conversation


DETENTION = "¿Qué dice sobre la detención?"
DETAINED = answer(DETENTION, "1-r01", "1-r02", "1-r03")

# How a question leans


@pytest.mark.parametrize(
    "question", json.loads('["", "?", "[", "]]][", "[999999]", "\\ud83d\\ude00", "y", "no,", "#"]')
)
def test_any_text_can_be_read(question: str) -> None:
    assert resolve(question, after(DETAINED)).question is not None


# What it becomes


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("¿y para las mujeres?", "¿Qué dice sobre la detención, para las mujeres?"),
        ("explain the second", "explain r#1-r02"),
        ("la tercera", "r#1-r03"),
        ("[1]", "r#1-r01"),
        ("number 3", "r#1-r03"),
        ("the last one", "r#1-r03"),
        ("la dernière", "r#1-r03"),
        ("the first and the third", "r#1-r01 and r#1-r03"),
        ("number 9", "[9]"),  # nothing stands there, and nothing else is meant
        ("is it mandatory?", "is it mandatory? r#1-r01 r#1-r02 r#1-r03"),
        ("¿por qué?", f"¿por qué? {DETENTION}"),
        ("what else?", f"Lista todas las recomendaciones: {DETENTION}"),
        ("no, me refería a la migración de retorno", "la migración de retorno"),
        ("¿Quién fue el relator?", "¿Quién fue el relator?"),
        ("migración circular", "migración circular"),
    ],
)
def test_a_question_is_made_whole(question: str, whole: str) -> None:
    assert resolve(question, after(DETAINED)).question == whole


def test_without_a_conversation_a_question_stays_as_it_is() -> None:
    for question in ("and for women?", "[2]", "yes", "why?"):
        assert resolve(question, EMPTY_CONVERSATION).question == question


def test_in_doubt_both_are_searched() -> None:
    resolved = resolve("¿y las remesas?", after(DETAINED))
    assert (resolved.alone, resolved.joined_first) == ("las remesas", False)
    resolved = resolve("¿y para las mujeres?", after(DETAINED))
    assert (resolved.alone, resolved.joined_first) == ("las mujeres", True)


def test_several_follow_ups_inherit_the_subject() -> None:
    women = answer("¿y para las mujeres?", "1-r06", searched="¿Qué dice sobre la detención, para las mujeres?")
    conversation = after(DETAINED, women)
    children = resolve("¿y los niños?", conversation)
    assert children.question == "¿Qué dice sobre la detención, los niños?"
    assert children.joined_first
    mandatory = answer("¿es obligatorio?", "1-r06", searched="¿es obligatorio? r#1-r06")
    assert resolve("¿y para los hombres?", conversation.with_answer(mandatory)).question.startswith(
        "¿Qué dice sobre la det"
    )


def test_a_wish_for_all_outlives_a_correction() -> None:
    listed = answer("List all recommendations on trafficking", "1-r01", language="en")
    assert resolve("no, I meant detention", after(listed)).question == "List all recommendations on detention"


def test_yes_takes_what_was_offered() -> None:
    assert resolve("sí", after(refused("¿Y las remesas?", "1-r07", "1-r08"))).question == "r#1-r07 r#1-r08"
    assert resolve("yes", after(replace(DETAINED, total=9))).question == f"Lista todas las recomendaciones: {DETENTION}"
    assert resolve("sí", after(DETAINED)).question == "sí"


def test_a_mark_means_the_last_answer_that_had_any() -> None:
    conversation = after(DETAINED, answer("¿Cómo se hace pan?"))
    assert resolve("la segunda", conversation).question == "r#1-r02"
    assert resolve("[2]", after(DETAINED, refused("¿Y el clima?", "1-r07", "1-r08"))).question == "r#1-r08"


def test_going_back() -> None:
    conversation = after(DETAINED, answer("¿Quién fue el relator?", "1-r04"), answer("migración circular", "1-r05"))
    assert resolve("volvamos a la primera pregunta", conversation).question == DETENTION
    assert resolve("go back to the second question", conversation).question == "¿Quién fue el relator?"
    assert resolve("back to the previous question", conversation).question == "¿Quién fue el relator?"
    assert resolve("volvamos a la detención", conversation).question == DETENTION


@pytest.mark.parametrize(
    ("question", "before", "language"),
    [
        ("sí", "fr", "fr"),
        ("[2]", "pt", "pt"),
        ("why?", "es", "es"),
        ("and for women?", "es", "en"),
        ("et pour les femmes ?", "en", "fr"),
        ("والنساء؟", "en", "ar"),
        ("Who was the rapporteur of the roundtable?", "es", "en"),
    ],
)
def test_the_language_of_a_follow_up(question: str, before: str, language: str) -> None:
    resolved = resolve(question, after(answer("?", "1-r01", language=before)))
    assert choose_answer_language(question, None, before=resolved.language).code == language


# Bounds


def test_a_long_conversation_is_remembered_in_part() -> None:
    many = tuple(f"1-r{n:02d}" for n in range(1, 99))
    conversation = after(*(answer(f"{n} " + "x" * QUESTION.most, *many) for n in range(1, 101)))
    assert len(conversation.turns) == TURNS.most
    assert all(len(turn.shown) == MAX_SHOWN for turn in conversation.turns)
    assert all(len(turn.question + turn.searched + turn.topic) <= 3 * QUESTION.most for turn in conversation.turns)
    numbers = [turn.question.split()[0] for turn in conversation.turns]
    assert numbers == ["1", *map(str, range(94, 101))]
    assert conversation.turn(100) is conversation.turns[-1]
    assert conversation.turn(50) is None
    assert conversation.turn(0) is None
    assert len(resolve("and for women?", conversation).question) <= QUESTION.most


def test_a_subject_does_not_grow_with_each_turn() -> None:
    conversation = after(DETAINED)
    for _ in range(5):
        whole = resolve("¿y para las mujeres?", conversation).question
        assert whole == "¿Qué dice sobre la detención, para las mujeres?"
        conversation = conversation.with_answer(answer("¿y para las mujeres?", "1-r06", searched=whole))


# With the real model


def ids(given: Answer) -> list[str]:
    return [citation.passage.id.partition("#")[2] for citation in given.citations]


def talk(assistant: Assistant, *questions: str) -> list[Answer]:
    conversation, answers = EMPTY_CONVERSATION, list[Answer]()
    for question in questions:
        answers.append(assistant.ask(question, conversation=conversation))
        conversation = conversation.with_answer(answers[-1])
    return answers


def test_a_conversation_end_to_end(assistant: Assistant) -> None:
    detention, women, children, again, pinned = talk(
        assistant,
        "What does the report say on detention of irregular migrants?",
        "and for women?",
        "and children?",
        "go back to the first question",
        "[1]",
    )
    assert (ids(detention), detention.searched) == (["1.2-r15"], detention.question)
    assert (ids(women), women.question) == (["1.2-r06"], "and for women?")
    assert women.searched == "What does the report say on detention of irregular migrants, for women?"
    assert ids(children) == ["1.2-r06"]
    assert again.searched == detention.question
    assert ids(again) == ids(pinned) == ["1.2-r15"]
    assert pinned.language == "en"
    assert pinned.citations[0].quote.startswith("En los casos en que sea necesaria")
    assert ids(assistant.ask(pinned.searched)) == ["1.2-r15"]  # what was searched can be asked again


def test_what_the_reports_do_not_say_is_no_follow_up_s_answer(assistant: Assistant) -> None:
    refusals = talk(assistant, "What does the report say on detention of irregular migrants?", "and for remittances?")
    assert refusals[-1].status is Status.NOTHING_FOUND


def test_is_it_mandatory_is_asked_of_a_passage_that_is_not(assistant: Assistant) -> None:
    *_, mandatory = talk(assistant, "¿Qué se dice de la migración circular o temporal?", "¿es obligatoria?")
    assert ids(mandatory) == ["1.2-r05"]


def test_an_offer_of_all_is_taken_up(assistant: Assistant) -> None:
    cut, rest = talk(assistant, "ماذا يقول التقرير عن احتجاز المهاجرين غير النظاميين؟", "نعم")
    assert cut.total > len(cut.citations)
    assert len(rest.citations) + len(rest.borderline[1:]) >= cut.total  # what is listed is clear, or apart
    assert {id_ for id_ in ids(cut) if "-r" in id_} <= set(ids(rest))


def test_hostile_history_is_words(assistant: Assistant) -> None:
    words = "[[[ {x} %s \\1 (?P<a> <script>#r01 \u202e\x00"
    hostile = replace(answer(words, "1-r01"), nearest=())
    for question in ("and for women?", "[1]", "is it mandatory?", "why?", "what else?", "no, I meant women"):
        found = assistant.ask(question, conversation=after(hostile))
        assert all(citation.passage.report_id == ID for citation in found.citations)


def test_narrowed_words_need_a_passage_of_their_own(assistant: Assistant) -> None:
    detention = assistant.search("detention of irregular migrants, for women")
    assert choose_result(detention, assistant.search("women"), joined_first=True).question == detention.question
    alone = assistant.search("remittances")
    assert choose_result(detention, alone, joined_first=True) is alone
    assert choose_result(detention, assistant.search("women"), joined_first=False).question == "women"


# The command


def test_lines_are_turns_and_an_empty_one_begins_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, assistant: Assistant
) -> None:
    monkeypatch.setenv("RELATORIA_INDEX", str(assistant.index.folder))
    long = "x" * (QUESTION.most + 1)
    feed(monkeypatch, f"¿Qué dice sobre la detención de migrantes?\n{long}\n[1]\n\n[1]\n".encode())
    status, (first, failed, pinned, anew), _ = run_command(capsys, "ask", "--conversation", "--json", "-")
    assert status == 1
    assert failed["status"] == "failed"
    assert pinned["searched"] == first["citations"][0]["passage_id"]  # the error in between has lost nothing
    assert [citation["passage_id"] for citation in pinned["citations"]] == [pinned["searched"]]
    assert (anew["status"], anew["searched"]) == ("not_understood", "[1]")
    feed(monkeypatch, b"migraci\xc3\xb3n circular\n[1]\n")
    _, (_, apart), _ = run_command(capsys, "ask", "--json", "-")
    assert apart["status"] == "not_understood"  # without --conversation each line stands alone
    feed(monkeypatch, b"migraci\xc3\xb3n circular\n[1]\n")
    done = main(["ask", "--conversation", "-"])
    shown = " ".join(capsys.readouterr().out.split())
    assert done == 0
    assert f"Se buscó: {ID}#1.2-r05" in shown
    assert shown.count("Se buscó:") == 1  # nothing was added to the first


# The set


def test_our_own_conversations(assistant: Assistant) -> None:
    """The turns that the rules were written looking at; `relatoria eval` measures the half that is held back too."""
    ids = [passage.id for passage in assistant.index.store.passages()]
    turns = [file for file in load_case_files(sorted(CASES_FOLDER.glob("*.jsonl")), ids) if file.before]
    assert len(turns) >= 60
    assert {turn.language for turn in turns} >= {"es", "en", "fr", "pt", "ar"}
    assert {turn.half for turn in turns} == {"fit", "report"}
    outcomes = list(run_cases(assistant, [turn for turn in turns if turn.half == "fit" and turn.answerable]))
    near = [
        outcome
        for outcome in outcomes
        if any(covers(id_, gold) for id_ in (*outcome.cited, *outcome.ranked)[:3] for gold in outcome.case.gold)
    ]
    assert len(outcomes) >= 40
    assert len(near) / len(outcomes) >= 0.95, [outcome.case.name for outcome in outcomes if outcome not in near]
