"""Each reason why a written sentence is rejected, beside sentences that are not; what words mean the test says."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ingest.report import Kind, Metadata, Passage, Report
from retrieval.results import Citation, Layer, Statement
from retrieval.verification.verifier import RejectionReason, Verifier
from tests.retrieval.verification.concept_embedder import EXACT, ConceptEmbedder

ENGLISH = {  # what an English word means, as the Spanish word that means the same
    "governments": "gobiernos", "states": "estados", "countries": "paises", "children": "ninos", "women": "mujeres",
    "migrants": "migrantes", "companies": "empresas", "protect": "proteger", "protected": "proteger",
    "share": "compartir", "shared": "compartir", "information": "informacion", "data": "datos", "detain": "detener",
    "detained": "detener", "detention": "detencion", "borders": "fronteras", "open": "abrir", "rights": "derechos",
    "respect": "respetar", "schools": "escuelas", "build": "construir", "study": "estudiar", "visas": "visados",
    "reduce": "reducir", "costs": "costes", "increase": "reducir", "pay": "pagar", "taxes": "impuestos",
    "brain": "cerebros", "drain": "fuga", "prevent": "prevenir", "remittances": "remesas", "deportation": "deportacion",
    "answer": "respuesta", "solution": "respuesta", "report": "informe", "borderless": "fronteras", "commission":
    "comision", "guards": "guardias", "forum": "foro", "return": "retorno", "voluntary": "voluntario", "help": "ayudar",
    "helped": "ayudar", "paguen": "pagar", "recommended": "recomienda", "compass": "brujula",
}  # fmt: skip
LIKE = {"aid": ("ayudar", 0.65), "kids": ("ninos", 0.65), "shield": ("proteger", 0.65), "zone": ("fronteras", 0.65)}
LIKE |= {"repartir": ("compartir", 0.8), "weaken": ("fortalecer", 0.9), "strengthen": ("fortalecer", 0.95)}
MEANINGS = ConceptEmbedder(ENGLISH, LIKE)
PROTECT = "Los gobiernos deben proteger a los niños migrantes."
SHARE = "Los países podrían compartir información y datos en las fronteras."
DETAIN = "Los Estados no deben detener a los niños en las fronteras."
ASK = "Se recomienda que las empresas paguen impuestos y que el foro estudiara los visados."


def verifier(
    *texts: str, language: str = "en", entails: Callable[[str, str], bool] | None = None, **more: object
) -> Verifier:
    """The verifier of passages in a report of theirs alone, cited from 1; ``more``: fields of the passages."""
    text = "\n".join(texts)
    report = Report("r", text, Metadata(title="T"), "0" * 64)
    passages: list[Passage] = []
    for number, words in enumerate(texts):
        start = text.index(words)
        made = Passage(
            f"r#{number}", "r", Kind.RECOMMENDATION, "", (), "", words, start, start + len(words), 1, 1, "es"
        )
        passages.append(replace(made, **more))  # type: ignore[arg-type]
    return Verifier(
        [Citation.whole(number, passage) for number, passage in enumerate(passages, start=1)],
        source=lambda report_id: report if report_id == "r" else None,
        embedder=MEANINGS,
        calibration=EXACT,
        language=language,
        entails=entails,
    )


def reason(sentence: str, *texts: str, **more: object) -> str | None:
    """Why a sentence is rejected beside these passages; None where it is shown."""
    found = verifier(*texts, **more).verify_sentence(sentence)  # type: ignore[arg-type]
    return None if isinstance(found, Statement) else found.name


OPEN = "Los Estados deben abrir las fronteras, y no deben detener a los niños."
NO_ANSWER = "La deportación y la detención no son la respuesta."
NEED = "Existe la necesidad de proteger a los niños migrantes."
TAXES = "Los gobiernos deben ayudar a las empresas a pagar impuestos."
TRUE = [
    ("Governments must protect migrants children [1].", [PROTECT]),
    ("Governments should protect migrants children [1].", [PROTECT]),  # said less strongly than it is put
    ("According to the report, governments must protect migrants children [1].", [PROTECT]),
    ("Migrants children must be protected [1].", [PROTECT]),
    ("Countries may share information and data [1].", [SHARE]),
    ("States must not detain children at the borders [1].", [DETAIN]),
    ("Children must not be detained at the borders [1].", [DETAIN]),
    ("States must open the borders and must not detain children [1].", [OPEN]),
    ("Neither deportation nor detention are the answer [1].", [NO_ANSWER]),
    ("Governments must protect migrants children [1] and countries may share information [2].", [PROTECT, SHARE]),
    ("The report says that governments must «proteger a los niños» [1].", [PROTECT]),
    ("The report says that governments must “proteger a los niños migrantes.” [1].", [PROTECT]),
    ("«A los» [1].", ["A los niños protegen los gobiernos."]),  # says nothing, in the passage's own words
    ("Governments must protect 20 children [1].", ["Los gobiernos deben proteger a 20 niños."]),
    ("It is recommended that companies pay taxes [1].", ["Se recomienda que las empresas paguen impuestos."]),
    ("Migrants children must be protected [1].", [NEED]),
    ("Governments must pay US$ 25 million [1].", ["Los gobiernos deben pagar US$ 25 millones."]),
    ("Governments must pay $25 [1].", ["Los gobiernos deben pagar 25 $."]),
    ("Governments must pay 25 $ [1].", ["Los gobiernos deben pagar $ 25."]),
    ("There is a need to protect migrants children [1].", [PROTECT]),
    ("Migrants must be helped by the Compass [1].", ["La Brújula debe ayudar a los migrantes."]),
    ("Governments must help companies pay taxes [1].", [TAXES]),
    ("Governments must reduce costs [1].", ["Los gobiernos deben reducir costes."]),
    ("Governments must strengthen borders [1].", ["Los gobiernos deben fortalecer las fronteras."]),
]


@pytest.mark.parametrize(("sentence", "texts"), TRUE)
def test_a_sentence_that_says_what_its_passages_say_is_shown(sentence: str, texts: list[str]) -> None:
    assert reason(sentence, *texts) is None


FALSE = [
    ("TOO_LONG", "Governments must protect migrants children " + "and children " * 50 + "[1].", [PROTECT]),
    ("MARKUP", "Governments must **protect** migrants children [1].", [PROTECT]),
    ("MARKUP", "Governments must\u200b protect migrants children [1].", [PROTECT]),
    ("MARKUP", "Governments must\u00ad protect migrants children [1].", [PROTECT]),
    ("MARKUP", "Governments must protect migrants children www.x.org [1].", [PROTECT]),
    ("MARKUP", "Governments must $protect$ migrants children [1].", [PROTECT]),
    ("MARKUP", "Governments must pay 25 $x$ 25 [1].", ["Los gobiernos deben pagar 25 25."]),
    ("MARKUP", "System: Governments must protect migrants children [1].", [PROTECT]),
    ("FRAGMENT", "governments must protect migrants children [1].", [PROTECT]),
    ("FRAGMENT", "- Governments must protect migrants children [1].", [PROTECT]),
    ("FRAGMENT", "… and [1].", [PROTECT]),
    ("BAD_MARK", "Governments must protect migrants children (1).", [PROTECT]),
    ("BAD_MARK", "Governments must protect migrants children [1] [01].", [PROTECT]),
    ("BAD_MARK", "Governments must protect migrants children¹ [1].", [PROTECT]),
    ("BAD_MARK", "Governments must protect ⟦migrants⟧ children [1].", [PROTECT]),
    ("NO_MARK", "Governments must protect migrants children.", [PROTECT]),
    ("NO_SUCH_PASSAGE", "Governments must protect migrants children [2].", [PROTECT]),
    ("NO_SUCH_PASSAGE", "Governments must protect migrants children [1][2].", [PROTECT]),
    ("QUOTE", "The report says «proteger a las mujeres» [1].", [PROTECT]),
    ("QUOTE", "Governments must «proteger a los niños» [1] and «compartir información» [1].", [PROTECT, SHARE]),
    ("QUOTE", "The report says «» of governments children [1].", [PROTECT]),
    ("QUOTE", "Governments must protect “migrants children [1].", [PROTECT]),
    ("LANGUAGE", "Die Regierungen müssen die Kinder und die Frauen schützen und nicht die der anderen [1].", [PROTECT]),
    ("FIGURE", "Governments must protect 30 children [1].", ["Los gobiernos deben proteger a 20 niños."]),
    ("FIGURE", "Governments must protect 20 children [1].", [PROTECT]),
    ("EMPTY", "According to the report [1].", [PROTECT]),
    ("UNSUPPORTED_WORDS", "Governments must protect migrants children and build schools [1].", [PROTECT]),
    ("UNSUPPORTED_WORDS", "Governments must aid kids [1].", ["Los gobiernos deben ayudar a los niños."]),
    ("UNSUPPORTED_WORDS", "Schools [1].", [PROTECT]),
    ("OTHER_PASSAGE", "Countries may share information [1].", ["Los países podrían repartir información.", SHARE]),
    ("OTHER_PASSAGE", "Governments must protect migrants children [1][2].", [PROTECT, SHARE]),
    ("NAME", "Governments must protect migrants children in Kenya [1].", [PROTECT + " En kenia."]),
    ("NAME", "Migrants must be helped by the Compass [1].", ["La brújula debe ayudar a los migrantes."]),
    ("NAME", "Migrants must be helped by the Compass [1].", ["Brújula debe ayudar a los migrantes."]),
    ("NAME", "Migrants must be helped by COMPASS [1].", ["La Brújula debe ayudar a los migrantes."]),
    ("NEGATION", "It is not true that governments must protect migrants children [1].", [PROTECT]),
    ("NEGATION", "Governments must not protect migrants children [1].", [PROTECT]),
    ("NEGATION", "No governments must protect migrants children [1].", [PROTECT]),
    ("NEGATION", "States must detain children at the borders [1].", [DETAIN]),
    ("NEGATION", "States must not detain children at the borders, never [1].", [DETAIN]),
    ("NEGATION", "States must not open the borders and must detain children [1].", [OPEN]),
    ("NEGATION", "States must open the borders and must detain children [1].", [OPEN]),
    ("NEGATION", "Deportation and detention are the answer [1].", [NO_ANSWER]),
    ("STRENGTH", "Countries must share information and data [1].", [SHARE]),
    ("STRENGTH", "Governments may protect migrants children [1].", [PROTECT]),
    ("STRENGTH", "Governments protect migrants children [1].", [PROTECT]),
    ("STRENGTH", "The report says «proteger a los niños» [1].", [PROTECT]),
    (
        "STRENGTH",
        "Governments require that companies pay taxes [1].",
        ["Los gobiernos piden que las empresas paguen impuestos."],
    ),
    ("OPPOSITE", "Governments must increase costs [1].", ["Los gobiernos deben reducir costes."]),
    ("OPPOSITE", "Governments must weaken borders [1].", ["Los gobiernos deben fortalecer las fronteras."]),
    ("OPPOSITE", "Governments must protect migrants women [1].", [PROTECT]),
    ("OPPOSITE", "Only governments must protect migrants children [1].", [PROTECT]),
    ("OPPOSITE", "Governments must only protect migrants children [1].", [PROTECT]),
    ("SUBJECT", "Migrants children must protect governments [1].", [PROTECT]),
    ("SUBJECT", "Companies must help governments pay taxes [1].", [TAXES]),
    ("SUBJECT", "Governments and companies must help pay taxes [1].", [TAXES]),
]


@pytest.mark.parametrize(("why", "sentence", "texts"), FALSE)
def test_a_sentence_is_rejected_by_name(why: str, sentence: str, texts: list[str]) -> None:
    assert reason(sentence, *texts) == why


def test_what_is_shown_cites_each_of_its_passages_once() -> None:
    sentence = "Governments must protect migrants children [2] and countries may share information [1] [1]."
    found = verifier(SHARE, PROTECT).verify_sentence(sentence)
    assert isinstance(found, Statement)
    assert (found.text, found.layer) == (sentence, Layer.WRITTEN)
    assert [(citation.mark, citation.quote, citation.highlights) for citation in found.citations] == [
        (2, PROTECT, ()),
        (1, SHARE, ()),
    ]


def test_a_report_that_says_otherwise_proves_nothing() -> None:
    proof = verifier(PROTECT)
    proof._source = lambda report_id: None
    assert (
        proof.verify_sentence("Governments must protect migrants children [1].") is RejectionReason.UNVERIFIED_PASSAGE
    )


def test_headings_and_lead_in_help_with_words_and_say_nothing_of_their_own() -> None:
    said = "Governments must protect migrants children and build schools [1]."
    assert reason(said, PROTECT) == "UNSUPPORTED_WORDS"
    assert reason(said, PROTECT, headings=("Construir escuelas",)) is None
    denied = "Governments must not protect migrants children [1]."
    assert reason(denied, PROTECT, headings=("No deben proteger a los niños",)) == "NEGATION"
    assert reason("Governments must protect 7 children [1].", PROTECT) == "FIGURE"
    assert reason("Governments must protect 7 children [1].", PROTECT, number="7") is None
    title = "Los Estados no deben detener niños"
    assert reason("States must not detain children [1].", title, headings=(title,)) is None  # it is its own heading


def test_the_second_opinion_is_asked_for_each_claim_with_its_passages() -> None:
    asked: list[tuple[str, str]] = []

    def entails(source: str, said: str) -> bool:
        asked.append((source, said))
        return "Los países" in source

    both = "Governments must protect migrants children [1] and countries may share information [2]."
    assert reason(both, PROTECT, SHARE, entails=entails) == "ENTAILMENT"
    assert asked == [(PROTECT, "Governments must protect migrants children")]
    assert reason("Countries may share information [1].", SHARE, entails=entails) is None
    assert asked[1:] == [(SHARE, "Countries may share information.")]


def test_a_translation_is_whole() -> None:
    proof = verifier(PROTECT + " " + SHARE)
    whole = "Governments must protect migrants\n children. Countries may share information and data."
    assert proof.check_translation(whole, 1) is None
    assert proof.check_translation("Governments must protect migrants children.", 1) is RejectionReason.PARTIAL
    assert proof.check_translation(whole + " Schools build visas.", 1) is RejectionReason.UNSUPPORTED_WORDS


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("They must act.", True),
        ("«These must act.", True),
        ("However, states must.", True),
        ("ESTOS deben actuar.", True),
        ("Theyx must.", False),
        ("States must act, they say.", False),
    ],
)
def test_a_sentence_that_leans_on_the_one_before_is_known(sentence: str, leans: bool) -> None:
    assert Verifier.is_anaphoric(sentence) is leans
