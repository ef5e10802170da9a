"""In which language an answer is framed: a whole sentence always tells, a word or a mixture never."""

import pytest

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
    assert choose_answer_language(question, None, "fr").code == "fr"
    assert choose_answer_language(question, None, "it").code == "en"
