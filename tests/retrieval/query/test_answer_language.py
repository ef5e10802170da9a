"""In which language an answer is framed: a whole sentence always tells, a word or a mixture never."""

import hashlib

import pytest

from evals.questions.language import FILE, frame_all
from ingest.lexicon.language import LANGUAGES
from retrieval.query.answer_language import choose_answer_language, detect_confidently


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿Qué se recomendó sobre la migración de retorno?", "es"),
        ("Qué dice sobre remesas", "es"),
        ("What does the report say on detention?", "en"),
        ("¿what about detention?", "en"),
        ("What does the report say on the Plan de Acción?", "en"),
        ("Que dit le rapport sur la fuite des cerveaux ?", "fr"),
        ("O que se recomenda sobre a fuga de cérebros?", "pt"),
        ("Was wird zur Rückkehrmigration empfohlen?", "de"),
        ("Che cosa dice il rapporto sulla fuga dei cervelli?", "it"),
        ("Что говорится о возвращении?", "ru"),
        ("ماذا يقول التقرير عن الاحتجاز؟", "ar"),
        ("هجرة", "ar"),
        ("报告对拘留怎么说", "zh"),
    ],
)
def test_what_tells_its_language_wins_over_every_fallback(question: str, language: str) -> None:
    for fallback in ("es", "en", "fr", None):
        assert choose_answer_language(question, fallback).code == language


@pytest.mark.parametrize(
    "question",
    ["PFP", "remesas", "migration", "derechos humanos", "brain drain", "Manuel Imson Filipinas", "12 34 ?",
     "what dice el report sobre detention", "the migración de los workers"],
)  # fmt: skip
def test_what_does_not_tell_is_answered_in_the_language_at_hand(question: str) -> None:
    assert detect_confidently(question) is None
    assert choose_answer_language(question, "pt").code == "pt"


@pytest.mark.parametrize(
    ("question", "neighbour"),
    [
        ("Які країни просять мораторій?", "ru"),
        ("Коя държава поиска мораториум?", "ru"),
        ("کدام کشورها خواستار لغو اعدام هستند؟", "ar"),
        ("عورتوں کے حقوق کے بارے میں", "ar"),
        ("Quants nens van morir a la frontera?", "es"),
        ("Quen ten que pagar as escolas?", "pt"),
        ("Welke landen vragen om een moratorium?", "de"),
        ("どの国がモラトリアムを求めましたか", "zh"),
    ],
)
def test_a_language_close_to_one_that_is_spoken_is_never_answered_in_it(question: str, neighbour: str) -> None:
    assert choose_answer_language(question, "fr").code == "fr"
    assert choose_answer_language(question, None).code == "en"
    assert choose_answer_language(question, None, before=neighbour).code == "en"


def test_who_decides_is_said() -> None:
    asked = {"Who decides on this?": "question", "visa": "page"}
    assert {words: choose_answer_language(words, "fr").decided_by for words in asked} == asked
    assert choose_answer_language("Who decides on this?", "fr", given="pt") == ("pt", "option")
    assert choose_answer_language("visa", "fr", before="es") == ("es", "conversation")
    assert choose_answer_language("derechos humanos", None) == ("es", "likeness")
    assert choose_answer_language("visa de sortie Qatar", None).code in ("fr", "en")


def test_names_do_not_hide_the_language_of_a_question() -> None:
    asked = "¿Qué le pidió Norway a Mauritius sobre la pena de muerte?"
    assert choose_answer_language(asked, "en").code == "es"
    assert choose_answer_language("Who wrote the carta to the Presidente Lula?", "es").code == "en"


def test_the_frozen_questions_are_framed_in_their_language() -> None:
    digest, name = FILE.with_name("SHA256SUMS").read_text(encoding="utf-8").split()
    assert hashlib.sha256(FILE.with_name(name).read_bytes()).hexdigest() == digest
    framed = list(frame_all())
    spoken = [it.right for it in framed if it.language in LANGUAGES]
    assert sum(spoken) >= 0.985 * len(spoken)
    assert all(it.right for it in framed if it.language not in LANGUAGES and it.kind != "short")
