"""How strongly sentences ask, with the words that show it, and whom they ask."""

import time

import pytest

from ingest.addressees import addressees
from ingest.report import Strength
from ingest.strength import force_of, instructs

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
    force = force_of(text, language)
    assert force.strength is strength
    assert all(one in text for one in force.words)
    assert word in " ".join(force.words) if word else force.words == ()


def test_a_modal_in_a_subordinate_clause_does_not_count() -> None:
    assert force_of("The council thanked those who must walk far.", "en").strength is SAYS
    assert force_of("El consejo agradeció a quienes deben caminar lejos.", "es").strength is SAYS


def test_an_instruction_is_one_where_things_are_asked_for() -> None:
    assert force_of("Repair the bridge before the rains.", "en", asked=True).strength is ADVICE
    assert force_of("Reparar el puente antes de las lluvias.", "es", asked=True).strength is ADVICE
    assert instructs("Thoroughly inspect every well.")
    assert not instructs("The following recommendations were made:")
    assert not instructs("Las siguientes recomendaciones se aceptaron:")


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
    ],
)
def test_addressees(text: str, language: str, names: tuple[str, ...]) -> None:
    assert addressees(text, language) == names


@pytest.mark.parametrize(
    "hostile", ["deben " * 20_000, "a" * 100_000, "Al " * 30_000, "(" * 100_000, "should, " * 15_000]
)
def test_hostile_text_takes_no_longer_than_its_length(hostile: str) -> None:
    began = time.monotonic()
    for language in ("es", "en"):
        force_of(hostile, language, asked=True)
        addressees(hostile, language)
    assert time.monotonic() - began < 5
