"""The right recommendation comes first, in whatever language it is asked for, and the same every time.

Long because every score is worked by hand.
"""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from evals.benchmarks.passages import build_report
from ingest.errors import BadQuestion
from ingest.lexicon.language import detect_language
from retrieval.assistant import Assistant, clean_question
from retrieval.index.filters import Filter
from retrieval.index.index import Index
from retrieval.limits import QUESTION
from retrieval.query.cursor import strip_preamble
from retrieval.results import ExactMatch
from retrieval.search.late_interaction import SPAN, Window, compute_weights, pack, score_tokens, weighted_mean
from retrieval.search.lexical import weigh_terms
from retrieval.search.search import DENSE_CANDIDATES, SearchResult, search
from retrieval.storage.passage_vectors import PassageVectors
from retrieval.storage.token_vectors import TokenVectors
from retrieval.text.terms import extract_terms
from tests.fakes.hashing_embedder import HashingEmbedder, update_index, write_report
from tests.fakes.labelled_report import LABELLED, local

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


def ids(found: SearchResult) -> list[str]:
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
        "beginnings:x",
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


@pytest.mark.parametrize("question", ["", "  \n\t", "\u0000", "a" * (QUESTION.most + 1), "ﷺ" * 200, "\u200b"])
def test_what_cannot_be_searched_is_said(question: str) -> None:
    with pytest.raises(BadQuestion):
        clean_question(question)


def test_characters_that_nobody_sees_break_no_word() -> None:
    assert clean_question("mi\u00adgra\u200bci\u2060ón\ufeff") == "migración"
    assert clean_question("می\u200cروم") == "می\u200cروم"  # which joins or parts letters that are read


def test_shared_words_are_worth_what_they_cover(assistant: Assistant) -> None:
    """Worked by hand: a word in n of N passages is worth ln(1 + (N - n + .5) / (n + .5))."""
    question = weigh_terms(assistant.index.store, "la xenofobia lunar")
    assert question.counts == {"la": 34, "xenof": 2}
    assert question.words == {"la", "xenof", "lunar"}
    known, unknown = math.log(1 + 35.5 / 2.5), math.log(1 + 37.5 / 0.5)
    assert question.coverage({"xenof", "la", "sobre"}) == pytest.approx(known / (known + unknown))
    assert question.coverage({"la"}) == 0
    assert question.is_in({"la", "xenof", "lunar", "sobre"})
    assert not question.is_in({"xenof", "lunar"})


def test_a_short_word_in_small_letters_counts_where_it_is_rare(assistant: Assistant) -> None:
    assert set(weigh_terms(assistant.index.store, "qué es la pfp").weights) == {"pfp"}
    assert weigh_terms(assistant.index.store, "de la").weights == {}


def test_a_foreign_question_meets_the_words_it_shares(assistant: Assistant) -> None:
    """ "detention" and "irregular" begin as they do in Spanish; "of" does not count."""
    found = assistant.search("detention of irregular migrants")
    first = found.hits[0]
    assert (first.passage.id[-3:], first.score.lexical, first.score.has_every_word) == ("r15", 1.0, False)
    assert min(hit.score.lexical for hit in assistant.search("how do I bake bread").hits) == 0.0


def window(*tokens: tuple[float, ...], centre: NDArray[np.float32]) -> Window:
    return Window(TokenVectors.quantize(np.array(tokens, np.float32)), centre)


def test_late_interaction_by_hand() -> None:
    """Two question tokens, (1, 0) and (0, 1); the centre is (1, 1), which is taken from a passage's tokens.

    (3, 1) is (2, 0) from there: it matches the first as well as can be, and the second not at all.
    (1, 4) and (0, 1) are (0, 3) and (-1, 0): 0 and 1. (2, 2) is half way between both.
    """
    centre = np.array([1, 1], np.float32)
    question = np.array([[1, 0], [0, 1]], np.float32)
    windows = [window((3, 1), centre=centre), window((1, 4), (0, 1), centre=centre), window((2, 2), centre=centre)]
    found = score_tokens(question, pack(windows))
    assert found.numpy() == pytest.approx(np.array([[1, 0], [0, 1], [0.7071, 0.7071]]), abs=0.03)
    assert score_tokens(np.zeros((0, 2), np.float32), pack(windows)).shape == (3, 1)
    assert score_tokens(question, []).shape == (0, 2)


def test_what_answers_stands_together() -> None:
    """The same two matches, side by side, and further apart than a span: there each span has one of them."""
    centre = np.zeros(3, np.float32)
    question = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    filling = [(0.0, 0.0, 1.0)] * (2 * SPAN)
    near = window((1, 0, 0), (0, 1, 0), *filling, centre=centre)
    far = window((1, 0, 0), *filling, (0, 1, 0), centre=centre)
    first, second = score_tokens(question, pack([near, far])).mean(dim=1).tolist()
    assert (first, second) == pytest.approx((1, 0.75), abs=0.02)  # far: (1 + 1/2) / 2


def test_the_product_with_codes_is_the_product_with_the_vectors() -> None:
    generator = np.random.default_rng(7)
    centres = [np.full(9, 0.5, np.float32), np.full(9, 1.5, np.float32)]  # an odd width
    windows = [
        Window(TokenVectors.quantize(generator.normal(1, 1, (count, 9)).astype(np.float32)), centres[count % 2])
        for count in (1, SPAN, SPAN + 1, 70)
    ]
    question = generator.normal(size=(4, 9)).astype(np.float32)
    unit = question / np.linalg.norm(question, axis=1, keepdims=True)
    for window, found in zip(windows, score_tokens(question, pack(windows)).numpy(), strict=True):
        vectors = window.tokens.dequantize() - window.centre
        cosines = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) @ unit.T
        starts = range(0, max(1, len(cosines) - SPAN + 8), 8)
        spans = [cosines[np.minimum(np.arange(at, at + SPAN), len(cosines) - 1)].max(axis=0) for at in starts]
        best = max(spans, key=lambda span: float(span.mean()))
        assert found == pytest.approx((cosines.max(axis=0) + best) / 2, abs=1e-5)


def test_a_word_that_every_passage_answers_tells_little() -> None:
    """The first token matches .9 everywhere, the second .1: they weigh .01 and .81."""
    background = torch.tensor([[0.9, 0.1], [0.9, 0.1]])
    found = torch.tensor([[0.9, 0.2], [0.3, 0.6]])
    expected = [(0.01 * 0.9 + 0.81 * 0.2) / 0.82, (0.01 * 0.3 + 0.81 * 0.6) / 0.82]
    assert weighted_mean(found, compute_weights(background)).tolist() == pytest.approx(expected)


def test_four_bits_are_enough() -> None:
    vectors = np.random.default_rng(1).normal(3, 1, size=(50, 384)).astype(np.float32)
    tokens = TokenVectors.quantize(vectors)
    apart = np.abs(vectors - tokens.mean).max(axis=1, keepdims=True)
    assert (np.abs(tokens.dequantize() - vectors) <= apart / 14 + 1e-5).all()
    assert tokens.codes.nbytes == 50 * 192
    assert TokenVectors.quantize(np.zeros((0, 384), np.float32)).dequantize().shape == (0, 384)
    assert TokenVectors.quantize(np.ones((3, 5), np.float32)).dequantize() == pytest.approx(np.ones((3, 5)))


@pytest.mark.parametrize(
    ("written", "typed", "terms"),
    [
        ("víctimas Migración regímenes", "VICTIMAS migracion regimenes", ["victi", "migra", "regim"]),
        ("enérgicamente jóvenes", "energicamente jovenes", ["energ", "joven"]),
        ("recomendações órfãos", "recomendacoes orfaos", ["recom", "orfao"]),
        ("régularisé élèves", "regularise eleves", ["regul", "eleve"]),
        ("ÉTÉ", "ete", ["ete"]),
        ("الهجرة", "هجرة", ["هجر"]),
    ],
)
def test_a_missing_accent_or_an_article_loses_nothing(written: str, typed: str, terms: list[str]) -> None:
    """Terms are the first five letters, without accents; Arabic articles and endings go."""
    assert extract_terms(written) == extract_terms(typed) == terms


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
    assert strip_preamble(question) == about


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
    assert detect_language(text, expected) == language


@pytest.mark.parametrize("name", ["Myanmar", "ميانمار", "la Birmanie", "birmania"])
def test_a_state_is_one_term_in_every_language(name: str, tmp_path: Path) -> None:
    index = Index(tmp_path / "index", HashingEmbedder.name)
    update_index(index, write_report(tmp_path, "a.md", "Se pide paz en Myanmar.", "Se pide agua en Malí."))
    hits = search(index, HashingEmbedder(), name).hits
    assert {hit.passage.text: hit.score.lexical for hit in hits if hit.passage.recommends} == {
        "Se pide paz en Myanmar.": 1.0,
        "Se pide agua en Malí.": 0.0,
    }


def test_a_body_is_one_term_in_every_language(assistant: Assistant) -> None:
    store = assistant.index.store
    asked = weigh_terms(store, "governments of the Philippines")
    assert set(asked.weights) == {"bodygobierno", "stateph"}
    assert asked.weights == weigh_terms(store, "los gobiernos, Filipinas").weights
    assert set(weigh_terms(store, "who protects the UN?").weights) == {"prote", "un"}


def test_a_narrow_filter_looks_at_no_more_vectors_than_an_open_question(tmp_path: Path) -> None:
    """Of few passages among many, all are scored; the nearest need not be fetched until these are among them."""
    looked: list[int] = []

    class Recording(PassageVectors):
        def nearest(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
            looked.append(count)
            return super().nearest(vector, count)

    folder = tmp_path / "reports"
    folder.mkdir()
    write_report(folder, "few.txt", *[f"Se recomienda el puente {n}." for n in range(3)])
    write_report(folder, "many.txt", *[f"Se recomienda la guerra fría {n}." for n in range(300)])
    index = Index(tmp_path / "index", HashingEmbedder().name)
    update_index(index, folder)
    index.vectors = Recording(index.backend, index.model)
    found = search(index, HashingEmbedder(), "la guerra fría", where=Filter(reports=("few",)))
    assert {hit.passage.report_id for hit in found.hits} == {"few"}
    assert len(found.hits) == index.store.count(report_id="few")
    assert looked == [DENSE_CANDIDATES]


RECORD, PHRASE = ExactMatch.RECORD, ExactMatch.PHRASE


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("labelled")
    report = folder / "prueba.txt"
    report.write_text(LABELLED, encoding="utf-8")
    index = Index(folder / "index", HashingEmbedder.name)
    update_index(index, report)
    return index


@pytest.mark.parametrize(
    ("question", "first", "missing"),
    [
        # the words of a record that is not named are nearer than those of the one that is
        ("recomendación 2 proteger a los líderes sociales", [("r02", RECORD)], False),
        ("#r02 proteger a los líderes sociales", [("r02", RECORD)], False),
        ("proteger a los líderes: reformar la «ley de tierras»", [("r01", PHRASE)], False),
        ("recomendaciones 1 y 2 proteger a los líderes", [("r01", RECORD), ("r02", RECORD)], False),
        # what is named by its number goes before what is quoted
        ("recomendación 2 «proteger a los líderes sociales»", [("r02", RECORD)], False),
        ("recomendación 9 «líderes sociales» proteger", [("r03", None)], True),
        ("líderes sociales proteger", [("r03", None)], False),
    ],
)
def test_what_is_named_or_quoted_comes_first_whatever_its_score(
    labelled: Index, question: str, first: list[tuple[str, ExactMatch | None]], missing: bool
) -> None:
    found = search(labelled, HashingEmbedder(), question)
    named = [(hit.passage.id.partition("#")[2], hit.exact) for hit in found.hits]
    assert sorted(named[: len(first)], key=lambda pair: pair[0]) == first
    assert found.missing is missing
    assert len(named) == 4  # the title and three recommendations


def test_a_number_names_recommendations_before_other_passages(index: Index, tmp_path: Path) -> None:
    report = tmp_path / "r.txt"
    report.write_text(
        "The Valley\n\n1. The council met in the old school.\n\n2. The council closed.\n\n"
        "Recommendations\n\n1. Mend the pumps of all the wells.\n\nThe end was near.",
        encoding="utf-8",
    )
    update_index(index, report)
    for question, named in (("recommendation 1", ["Mend the pumps of all the wells."]),
                            ("point 2", ["The council closed."])):  # fmt: skip
        found = search(index, HashingEmbedder(), question)
        assert [hit.passage.text for hit in found.hits if hit.exact is RECORD] == named


def test_equal_hits_come_in_the_order_of_their_report(assistant: Assistant, tmp_path: Path) -> None:
    source, report, passages = build_report("r", ["El pan se hornea.", "El pan se hornea."], "es")
    for name, some in (("forth", passages), ("back", tuple(reversed(passages)))):
        index = Index(tmp_path / name, assistant.index.model)
        index.put([(source, report, some)], assistant.embedder())
        found = search(index, assistant.embedder(), "¿Se hornea el pan?")
        assert local([hit.passage.id for hit in found.hits]) == ["p01", "p02"]
