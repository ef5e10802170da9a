"""How strongly sentences ask, with the words that show it, and whom they ask."""

import time

import pytest

from ingest.annotate.addressees import find_addressees
from ingest.annotate.clauses import analyze
from ingest.annotate.imperatives import find_leading_verb
from ingest.annotate.strength import classify_strength
from ingest.report import Strength

DUTY, ADVICE, MAY, SAYS = Strength.OBLIGATION, Strength.RECOMMENDATION, Strength.POSSIBILITY, Strength.STATEMENT


@pytest.mark.parametrize(
    ("text", "language", "strength", "word"),
    [
        ("Los gobiernos deben abrir los pozos.", "es", DUTY, "deben"),
        ("Los alcaldes no deben cerrar la escuela.", "es", DUTY, "no deben"),
        ("Los gobiernos deberían abrir los pozos.", "es", ADVICE, "deberían"),
        ("Se recomienda abrir los pozos.", "es", ADVICE, "recomienda"),
        ("Los vecinos podrían limpiar el canal.", "es", MAY, "podrían"),
        ("El canal tiene doce kilómetros.", "es", SAYS, ""),
        ("The council must repair the bridge.", "en", DUTY, "must"),
        ("The council should not close the school.", "en", ADVICE, "should not"),
        ("The council may lend its boats.", "en", MAY, "may"),
        ("The bridge was built in 1910.", "en", SAYS, ""),
        ("Les communes doivent entretenir les puits.", "fr", DUTY, "doivent"),
        ("Les communes devraient entretenir les puits.", "fr", ADVICE, "devraient"),
        ("Les communes peuvent prêter leurs barques.", "fr", MAY, "peuvent"),
        ("O governo deve reparar a ponte.", "pt", DUTY, "deve"),
        ("Recomenda-se que o município repare a ponte.", "pt", ADVICE, "Recomenda-se"),
        ("As escolas poderiam abrir aos sábados.", "pt", MAY, "poderiam"),
        ("يجب على الحكومة إصلاح الجسر.", "ar", DUTY, "يجب"),
    ],
)
def test_strength(text: str, language: str, strength: Strength, word: str) -> None:
    force = classify_strength(analyze(text, language))
    assert force.strength is strength
    assert all(word in text for word in force.words)
    assert word in " ".join(force.words) if word else force.words == ()


def test_a_modal_in_a_subordinate_clause_does_not_count() -> None:
    assert classify_strength(analyze("The council thanked those who must walk far.", "en")).strength is SAYS
    assert classify_strength(analyze("El consejo agradeció a quienes deben caminar lejos.", "es")).strength is SAYS


@pytest.mark.parametrize(
    ("text", "language", "strength", "words"),
    [
        ("Los alcaldesdeben abrir los pozos.", "es", DUTY, ("deben",)),
        ("Les communes doiventouvrir les puits.", "fr", DUTY, ("doivent",)),
        ("Pour ouvrir un puits, remplissez la fiche.", "fr", ADVICE, ("remplissez",)),
        ("Abrir los pozos antes de las lluvias.", "es", ADVICE, ("Abrir",)),
        ("Abrir los pozos sin aviso es un delito.", "es", SAYS, ()),
        ("Sweden spoke of wells, recommending that Peru open them.", "en", ADVICE, ("recommending",)),
        ("It has a rule whereby wells should be open.", "en", SAYS, ()),
    ],
)
def test_words_run_together_and_orders(text: str, language: str, strength: Strength, words: tuple[str, ...]) -> None:
    force = classify_strength(analyze(text, language))
    assert (force.strength, force.words) == (strength, words)


def test_a_list_without_an_asking_lead_states_its_infinitives() -> None:
    assert classify_strength(analyze("Abrir los pozos.", "es"), lead_in="Nuestros objetivos son:").strength is SAYS
    assert (
        classify_strength(analyze("abrir los pozos.", "es"), lead_in="Se recomienda a los alcaldes:").strength is ADVICE
    )


def test_an_instruction_stands_behind_a_phrase_with_commas() -> None:
    analysis = analyze("In the context of the floods, storms and droughts, repair the wells.", "en")
    assert classify_strength(analysis, asked=True).words == ("repair",)


def test_an_instruction_is_one_where_things_are_asked_for() -> None:
    assert classify_strength(analyze("Repair the bridge before the rains.", "en"), asked=True).strength is ADVICE
    assert classify_strength(analyze("Reparar el puente antes de las lluvias.", "es"), asked=True).strength is ADVICE
    assert find_leading_verb("Thoroughly inspect every well.")
    assert not find_leading_verb("The following recommendations were made:")
    assert not find_leading_verb("Las siguientes recomendaciones se aceptaron:")


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Los gobiernos deben abrir los pozos.", "es", ("gobiernos",)),
        (
            "Al Congreso de la República y a las autoridades locales, con el apoyo de la universidad, adoptar la ley.",
            "es",
            ("Congreso de la República", "autoridades locales"),
        ),
        ("La limpieza de los canales no se debe aplazar.", "es", ()),
        ("The Government should repair the bridge.", "en", ("Government",)),
        ("Repair the bridge (Peru).", "en", ()),
        ("Les communes devraient entretenir les puits.", "fr", ("communes",)),
        ("O governo deve reparar a ponte.", "pt", ("governo",)),
        (
            "The Executive and Judicial authorities in Peru should meet.",
            "en",
            ("Executive and Judicial authorities in Peru",),
        ),
        ("Nevertheless, Peru should repair the bridge.", "en", ("Peru",)),
        (
            "That the National Commission for Wells and Canals open them.",
            "en",
            ("National Commission for Wells and Canals",),
        ),
        ("En la visita puede participar cualquier integrante de la Comisión.", "es", ("integrante de la Comisión",)),
        ("Les médecins qui creusent un puits doivent le déclarer.", "fr", ("médecins",)),
        ("Un employeur qui creuse un puits, qu'il soit grand ou petit, doit le déclarer.", "fr", ("employeur",)),
        ("Les parents sont informés et doivent signer.", "fr", ("parents",)),
        ("El alcalde puede venir. La empresa puede ayudar.", "es", ("alcalde", "empresa")),
    ],
)
def test_addressees(text: str, language: str, names: tuple[str, ...]) -> None:
    assert find_addressees(analyze(text, language)) == names


@pytest.mark.parametrize(
    "hostile",
    [
        "deben " * 20_000,
        "Considere. " * 10_000,
        "si a, " * 15_000,
        "a" * 100_000,
        "Al " * 30_000,
        "(" * 100_000,
        "should, " * 15_000,
    ],
)
def test_hostile_text_takes_no_longer_than_its_length(hostile: str) -> None:
    began = time.monotonic()
    for language in ("es", "en", "fr"):
        classify_strength(analyze(hostile, language), asked=True)
        find_addressees(analyze(hostile, language))
    assert time.monotonic() - began < 5
