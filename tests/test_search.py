"""The right recommendation comes first, in whatever language it is asked for, and the same every time."""

import numpy as np
import pytest

from ingest.errors import BadQuestion
from ingest.language import detect
from retrieval.asking import subject
from retrieval.assistant import LONGEST, Assistant, clean
from retrieval.late import late_interaction
from retrieval.search import Found
from retrieval.store import Tokens
from retrieval.words import stems

FIRST = [  # question, local id of the passage that must come first
    ("¿Qué se recomendó sobre la migración de retorno?", "1.1-r09"),
    ("que se recomendo sobre la migracion de retorno", "1.1-r09"),
    ("What does the report say on detention of irregular migrants?", "1.2-r15"),
    ("Que dit le rapport sur la fuite des cerveaux ?", "1.1-r06"),
    ("O que diz o relatório sobre a detenção de migrantes irregulares?", "1.2-r15"),
    ("ما هي توصيات التقرير بشأن عودة المهاجرين؟", "1.1-r09"),
    ("¿Qué es la Plataforma para Alianzas?", "1.1-r10"),
    ("PFP", "1.1-r10"),
    ("Which vulnerable groups need priority?", "1.2-r06"),
    ("¿Qué características tienen las alianzas exitosas?", "1.1-r05"),
    ("responsabilidad compartida y coherencia", "1.1-r05.1"),
    ("los gobiernos deben recordar el derecho a no migrar", "1.2-r02"),
    ("¿Quién fue el relator?", "rapporteur"),
    ("When was the report written?", "date"),
    ("¿Cuál es el título del informe?", "title"),
]


def ids(found: Found) -> list[str]:
    return [hit.passage.id.partition("#")[2] for hit in found.hits]


@pytest.mark.parametrize(("question", "first"), FIRST)
def test_the_right_passage_comes_first(assistant: Assistant, question: str, first: str) -> None:
    assert ids(assistant.search(question, limit=3))[0] == first


def test_the_same_hits_in_the_same_order_every_time(assistant: Assistant) -> None:
    again = Assistant(assistant.index.folder)
    for question, _ in FIRST[:4]:
        assert assistant.search(question) == assistant.search(question)
        assert ids(assistant.search(question)) == ids(again.search(question))


def test_ranks_and_limits(assistant: Assistant) -> None:
    everything = assistant.search("migración")
    assert [hit.rank for hit in everything.hits] == list(range(1, 38))
    assert assistant.search("migración", limit=4).hits == everything.hits[:4]
    totals = [round(hit.score.total, 6) for hit in everything.hits]
    assert totals == sorted(totals, reverse=True)


@pytest.mark.parametrize(
    "question",
    [
        '" OR * NEAR(',
        "a AND NOT b",
        "stems:x",
        "'; drop table passage; --",
        "🙂🙂",
        "的",
        "<b>x</b>",
        "\u202eabc",
        "x" * 2000,
    ],
)
def test_no_question_is_a_command(assistant: Assistant, question: str) -> None:
    assert len(assistant.search(question).hits) == 37
    assert assistant.index.store.count() == 37


@pytest.mark.parametrize("question", ["", "  \n\t", "\u0000", "a" * (LONGEST + 1)])
def test_what_cannot_be_searched_is_said(question: str) -> None:
    with pytest.raises(BadQuestion):
        clean(question)


def test_shared_words_are_worth_what_they_cover(assistant: Assistant) -> None:
    """Worked by hand for one word: BM25 with k1 1.2 and b 0.75, over the word's highest (k1 + 1) x idf."""
    store = assistant.index.store
    (row, score), *others = store.word_scores(stems("xenofobia", "es"), 5).items()
    assert len(others) == 1
    counted = [len(stems(_indexed(assistant, one), "es")) for one in range(1, 38)]
    length, mean = counted[row - 1], sum(counted) / len(counted)
    assert score == pytest.approx(2.2 / (1 + 1.2 * (0.25 + 0.75 * length / mean)) / 2.2, rel=1e-6)


def _indexed(assistant: Assistant, row: int) -> str:
    ((text,),) = assistant.index.store._rows("select stems from words where rowid = ?", row)
    return str(text)


def test_a_foreign_question_is_not_moved_by_chance_words(assistant: Assistant) -> None:
    found = assistant.search("What does the report say on detention of irregular migrants?")
    assert max(hit.score.lexical for hit in found.hits) < 0.2  # "irregular" is a word in both
    assert not any(hit.score.every_word for hit in found.hits)


def test_late_interaction_by_hand() -> None:
    """Two question tokens; mean (1, 1). Passage 1 matches the first exactly, the second not at all.

    q - m = (1, 0) and (0, 1); p1 - m = (2, 0); p2 - m = (0, 3) and (-1, 0): best matches
    p1: 1 and 0 -> 0.5; p2: 0 and 1 -> 0.5; p3, in windows (1, 0) and (1, 1): max(0.5, 0.707).
    """
    question = np.array([[2, 1], [1, 2]], np.float32)
    mean = np.array([1, 1], np.float32)
    windows = {1: [[[3, 1]]], 2: [[[1, 4], [0, 1]]], 3: [[[2, 1]], [[2, 2]]]}
    tokens = {row: [Tokens.of(np.array(one, np.float32)) for one in some] for row, some in windows.items()}
    scores = late_interaction(question, tokens, mean)
    assert scores == pytest.approx({1: 0.5, 2: 0.5, 3: 0.7071}, abs=0.01)
    assert late_interaction(np.zeros((0, 2), np.float32), tokens, mean) == {1: 0.0, 2: 0.0, 3: 0.0}
    assert late_interaction(question, {}, mean) == {}


def test_eight_bits_are_enough() -> None:
    vectors = np.random.default_rng(1).normal(size=(50, 384)).astype(np.float32)
    back = Tokens.of(vectors).vectors()
    assert np.abs(back - vectors).max() <= np.abs(vectors).max() * 0.004
    assert Tokens.of(np.zeros((0, 384), np.float32)).vectors().shape == (0, 384)


@pytest.mark.parametrize(
    ("language", "written", "typed"),
    [
        ("es", "víctimas Migración regímenes", "VICTIMAS migracion regimenes"),
        ("es", "enérgicamente jóvenes", "energicamente jovenes"),
        ("pt", "recomendações órfãos", "recomendacoes orfaos"),
        ("fr", "régularisé élèves", "regularise eleves"),
        ("zh", "ÉTÉ", "ete"),
    ],
)
def test_a_missing_accent_loses_nothing(language: str, written: str, typed: str) -> None:
    assert stems(written, language) == stems(typed, language)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("¿Qué dice el informe sobre las alianzas?", "las alianzas?"),
        ("What was recommended about return migration?", "return migration?"),
        ("Que recommande-t-on sur la migration de retour ?", "la migration de retour ?"),
        ("O que o relatório diz sobre remessas?", "remessas?"),
        ("¿Qué es la Plataforma para Alianzas?", "¿Qué es la Plataforma para Alianzas?"),
        ("What does the report say?", "What does the report say?"),
        ("sobre la trata", "sobre la trata"),
    ],
)
def test_the_asking_phrase_is_not_searched(question: str, about: str) -> None:
    assert subject(question) == about


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("brain drain", "es", "en"),
        ("fuite des cerveaux", "es", "fr"),
        ("direitos humanos", "es", "pt"),
        ("derechos humanos", "en", "es"),
        ("retorno", "es", "es"),
        ("PFP", "es", "es"),
        ("123 ?", None, "en"),
        ("¿Los datos justifican criminalizar a los migrantes irregulares?", "en", "es"),
        ("Who was the rapporteur?", "es", "en"),
        ("ماذا يقول التقرير؟", "es", "ar"),
    ],
)
def test_the_language_of_a_question(text: str, expected: str | None, language: str) -> None:
    assert detect(text, expected) == language
