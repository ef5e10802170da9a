"""The alignment of a claim with its passages: which word answers which, and under what each stands."""

from collections.abc import Sequence

import pytest

from retrieval.verification.alignment import WordVectors, embed_words
from retrieval.verification.antonyms import find_poles
from retrieval.verification.claims import Claim
from retrieval.verification.consistency import Alignment, annotate_window
from retrieval.verification.modality import find_modal_nouns, find_modal_operators, find_negations
from retrieval.verification.swaps import has_swapped_figures
from tests.retrieval.verification.concept_embedder import EXACT, ConceptEmbedder

MEANINGS = ConceptEmbedder(
    {"menores": "ninos", "atender": "ayudar", "naciones": "paises", "rusia": "iran"},
    {"cuidar": ("ayudar", 0.65), "asistir": ("ayudar", 0.75), "apoyar": ("ayudar", 0.71), "mirar": ("ayudar", 0.59)},
)


def embed(text: str) -> WordVectors:
    return embed_words([text], ["es"], MEANINGS, EXACT)[0]


def align(said: str, *texts: str, most: Sequence[float] = (), claim: tuple[int, int] | None = None) -> Alignment:
    windows = [annotate_window(embed(text), "es") for text in texts]
    closeness = most or [1.0] * len(texts)
    return Alignment(embed(said), Claim(*(claim or (0, len(said))), (1,)), list(zip(windows, closeness, strict=True)))


def negation_differs(said: str, *texts: str) -> bool:
    return align(said, *texts).negation_differs(find_negations(said, "es"))


def strength_differs(said: str, *texts: str) -> bool:
    asked = find_modal_operators(said, "es")
    return align(said, *texts).strength_differs(asked, asked, find_modal_nouns(said, "es"))


def has_opposite(said: str, *texts: str) -> bool:
    return align(said, *texts).has_opposite(find_poles(said))


def subject_differs(said: str, *texts: str) -> bool:
    return align(said, *texts).subject_differs(find_modal_operators(said, "es"), find_poles(said), said)


def test_the_most_similar_word_of_all_windows_answers() -> None:
    found = align("países ayudar menores", "cuidar de naciones", "atender niños")
    assert [found.best_source_word(at)[:2] for at in range(3)] == [(0, 2), (1, 0), (1, 1)]
    assert [found.best_source_word(at)[2] for at in range(3)] == pytest.approx([1, 1, 1], abs=1e-4)
    assert list(found.best_claim_word(0, 0)) == [1, pytest.approx(0.65, abs=1e-4)]
    assert list(found.best_claim_word(1, 1)) == [2, pytest.approx(1, abs=1e-4)]
    shares = align("ayudar", "cuidar", "asistir", most=(0.5, 1.0))  # of what a translation has
    assert list(shares.best_source_word(0)) == [0, 0, pytest.approx(1.3, abs=1e-4)]
    assert list(align("de", "de la casa").best_source_word(0)[1:]) == [
        2,
        pytest.approx(0, abs=1e-4),
    ]  # "de" says nothing


def test_words_of_other_claims_answer_nothing() -> None:
    said = "ayudar países, menores"
    second = align(said, "atender niños", claim=(14, len(said)))
    assert second.claim_words == [2]
    assert second.best_claim_word(0, 0)[0] == 2
    assert align(said, "atender niños", claim=(0, 14)).claim_words == [0, 1]


def test_words_are_aligned_by_meaning_or_by_their_letters() -> None:
    assert align("asistir menores", "ayudar niños").aligned_claim_words(0, 0) == [0]
    assert align("cuidar menores", "ayudar niños").aligned_claim_words(0, 0) == [0]
    assert align("mirar menores", "ayudar niños").aligned_claim_words(0, 0) == []
    assert align("ayudas menores", "ayudar niños").aligned_claim_words(0, 0) == [0]  # in letters
    assert align("de ayudar", "ayudar niños").aligned_claim_words(0, 0) == [1]
    assert align("ayudar", "ver niños", "ayudar").aligned_claim_words(0, 1) == []
    assert align("ayudar", "ver niños", "ayudar").aligned_claim_words(1, 0) == [0]


def test_sentences_with_a_negation_are_covered_or_not() -> None:
    text = "Los países ayudan. No detienen a los niños; pagan impuestos."
    found = align("detienen menores", "Pagan.", text)
    assert list(found.negated_sentences()) == [(1, range(3, 8))]
    assert found.covers_sentence(1, range(3, 8))
    assert not align("menores", "Pagan.", text).covers_sentence(1, range(3, 8))
    assert not found.covers_sentence(1, range(4, 4))
    assert not align("…", text).covers_sentence(0, range(3, 8))
    ten = "alfa beta gama delta rho tau kapa lambda nueve diez"
    assert align(ten.replace("diez", "once"), ten).covers_sentence(0, range(10))  # nine of ten
    assert not align(ten.replace("nueve diez", "once"), ten).covers_sentence(0, range(10))


def test_the_context_is_the_sentence_that_answers_most_of_what_stands_around() -> None:
    found = align("países menores impuestos", "Pagan impuestos.", "Impuestos. Ayudan naciones y niños.")
    assert found.find_context(2) == (1, 2)
    assert found.find_context(0) == (1, 2)
    for between, place in ((7, (1, 1)), (8, (0, 1))):  # further away than eight words nothing counts
        said = " ".join(["países", *["de"] * between, "impuestos"])
        assert align(said, "Pagan impuestos.", "Ayudan naciones.").find_context(between + 1) == place


@pytest.mark.parametrize(
    ("said", "text", "differs"),
    [
        ("No deben detener menores.", "No deben detener niños.", False),
        ("Deben detener menores.", "No deben detener niños.", True),
        ("No deben detener menores.", "Deben detener niños.", True),
        ("No deben, no, no ayudar.", "No deben ayudar.", True),
        ("Deben ayudar, o nunca.", "Nunca deben ayudar.", True),  # of what?
        ("No detener menores, y ayudar naciones.", "No detener niños, y ayudar países.", False),
        ("No ayudar naciones, y detener menores.", "No detener niños, y ayudar países.", True),
        ("Ayudar naciones.", "No detener niños, y ayudar países.", False),
        ("No detener uno dos tres cuatro cinco niños.", "No detener uno dos tres cuatro cinco niños.", False),
        ("Ni detención ni deportación ayudan.", "Detención y deportación no ayudan.", False),
        ("No detención, deportación.", "Ayudan. Detención y deportación no ven.", True),
        ("Ver niños.", "No ver, ayudar, niños.", True),
        ("Niños indocumentados.", "Niños indocumentados.", False),
        ("Cuidar niños hoy.", "No ayudar niños.", True),
        ("Mirar niños hoy.", "No ayudar casas, y ver niños.", False),
    ],
)
def test_negations_are_compared(said: str, text: str, differs: bool) -> None:
    assert negation_differs(said, text) is differs
    assert negation_differs(said, "Hay casas.", text) is differs


@pytest.mark.parametrize(
    ("said", "text", "differs"),
    [
        ("Deben ayudar.", "Deben ayudar.", False),
        ("Deben ayudar.", "Podrían ayudar.", True),
        ("Podrían ayudar.", "Deben ayudar.", True),
        ("Deberían ayudar.", "Deben ayudar.", False),
        ("Deben ayudar.", "Deberían ayudar.", True),
        ("Ayudan a niños.", "Deben ayudan a niños.", True),
        ("Deben asistir.", "Deben ayudar.", False),
        ("Deben cuidar.", "Deben ayudar.", False),
        ("Deben ver. Ayudar niños.", "Deben ver. Podrían ayudar niños.", True),
        ("Se exige ayudar.", "Deben ayudar.", True),  # no verb of demanding there
        ("Se exige ayudar.", "La ley exige ayudar.", False),
        ("La necesidad de datos.", "Son necesarios datos.", False),
        ("Datos.", "La ley. Son necesarios datos.", True),
        ("Deben cosas.", "Casas. Podrían ayudar.", True),
        ("Recomiendan casas.", "Recomiendan casas y deben ver leyes.", False),
    ],
)
def test_strength_is_compared(said: str, text: str, differs: bool) -> None:
    assert strength_differs(said, text) is differs


@pytest.mark.parametrize(
    ("said", "text", "opposite"),
    [
        ("más ayuda", "más ayuda", False),
        ("más ayuda", "menos ayuda", True),
        ("más ayuda", "la ayuda", False),
        ("más casas", "menos ayuda y más casas", False),
        ("más ayuda", "menos ayuda, y hoy en otro lugar más casas", True),
        ("más ayuda", "menos casas de piedra gris muy larga; ayuda, más leyes", False),
        ("más ayuda", "más leyes de piedra gris muy larga, y menos ayuda", True),
        ("solo ayuda", "la ayuda", True),
        ("solo ayuda", "solo ayuda", False),
        ("las mujeres", "los hombres", True),
        ("a corto plazo", "a largo plazo", True),
        ("a corto plazo", "un plazo", False),
    ],
)
def test_opposites_are_found(said: str, text: str, opposite: bool) -> None:
    assert has_opposite(said, text) is opposite
    assert has_opposite(said, "Hay casas.", text) is opposite


@pytest.mark.parametrize(
    ("said", "text", "differs"),
    [
        ("Los países deben ayudar.", "Las naciones deben ayudar.", False),
        ("Los países deben ayudar.", "Los niños deben ayudar a países.", True),
        ("Deben ayudar los niños.", "Los países deben ayudar.", False),  # nobody in front
        ("Los niños deben ayudar.", "Deben ayudar los países.", False),
        ("Los niños deben ser ayudar.", "Los países deben ayudar a niños.", False),  # in the passive
        ("Los niños deben ayudarse.", "Los países deben ayudarse niños.", False),
        ("Los niños deben ser ayudar.", "Los países deben ayudar a casas.", True),
        ("Países y empresas deben ayudar.", "Los países deben ayudar.", True),
        ("Los países deben ver y los niños podrían ayudar.", "Los países deben ver y los países podrían ayudar.", True),
        ("Hoy, los países deben ayudar.", "Mañana, los países deben ayudar.", False),
    ],
)
def test_who_is_asked_is_compared(said: str, text: str, differs: bool) -> None:
    assert subject_differs(said, text) is differs


@pytest.mark.parametrize(
    ("said", "text", "known"),
    [
        ("de Niños", "los Menores", True),
        ("de Niños", "los menores", False),
        ("de Niños", "Menores", False),
        ("de Niños", "Ayudan. Menores", False),
        ("de NIÑOS", "los Menores", False),
        ("de Ayudar", "los Cuidar", False),
        ("la Casa Ayudar", "los Cuidar", True),  # a name of several words may be less alike
        ("la Casa Ayudar", "los Mirar", False),
    ],
)
def test_a_name_may_be_translated(said: str, text: str, known: bool) -> None:
    start = said.rindex(" ") + 1
    assert align(said, text).is_translated_name((start, len(said))) is known
    assert not align(said, text).is_translated_name((len(said), len(said) + 3))


@pytest.mark.parametrize(
    ("said", "passage", "differs"),
    [
        ("Suiza recomendó ayudar a los países", "Ayudar a los países (Suiza); Proteger a los niños (Haití)", False),
        ("Los países deberían ayudar a los niños", "Que los países ayuden a los niños", False),
        ("Los países deben ayudar a los niños", "Que los países ayuden a los niños", True),
        ("Suiza recomendó ayudar a los países", "Los países ayudan a los niños (Suiza)", True),
        ("Haití recomendó ayudar a los países", "Ayudar a los países (Suiza); Proteger a los niños (Haití)", True),
        ("Haití recomendó proteger a los niños", "Ayudar a los países (Suiza); Proteger a los niños (Haití)", False),
        ("A Chad se recomendó ayudar a los países", "Ayudar a los países (Suiza); Proteger a los niños (Haití)", False),
        ("Suiza recomendó considerar ayudar a los países", "Considerar ayudar a los países (Suiza)", False),
        ("Suiza recomendó ayudar a los países", "Considerar ayudar a los países (Suiza)", True),
        ("Suiza recomendó considerar ayudar a los países", "Ayudar a los países (Suiza)", True),
    ],
)
def test_what_opens_as_an_instruction_was_recommended(said: str, passage: str, differs: bool) -> None:
    assert strength_differs(said, passage) is differs


@pytest.mark.parametrize(
    ("said", "passage", "swapped"),
    [
        ("De 59 datos, 20 eran públicos y 39 candidatos", "De 59 datos, 39 eran públicos y 20 candidatos", True),
        ("De 59 datos, 39 eran públicos y 20 candidatos", "De 59 datos, 39 eran públicos y 20 candidatos", False),
        (
            "20 candidatos y 39 públicos, de 59 datos",
            "De 59 datos, 39 (treinta y nueve) públicos y 20 candidatos",
            False,
        ),
        ("Los países gastan 5 millones y los niños 3", "Los países gastan 3 y los niños 5 millones", True),
        ("Los países gastan 5 y los niños 3", "Los países gastan 3 y los niños 5", True),
        ("Los países gastan 5", "Los países gastan 3 y los niños 5", False),  # one alone has no other to change with
    ],
)
def test_figures_that_changed_places(said: str, passage: str, swapped: bool) -> None:
    assert has_swapped_figures(align(said, passage), "es") is swapped


def test_a_state_is_no_translation_of_another() -> None:
    assert not align("lo hizo Rusia", "lo hizo Irán").is_translated_name((8, 13))
