"""Names that a source does not mention are found, wherever they stand; those it mentions in another form are not."""

import pytest

from retrieval.verification.entities import find_unsupported_names

SOURCE = "La OIM y el Gobierno de México informaron al Comité Mexicano de Pagos (Ginebra) sobre Albania."


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mexico must help Albania", []),
        ("Kenya and Mexico must help", ["Kenya"]),
        ("They help Kenya, Chad and Peru", ["Kenya", "Chad", "Peru"]),
        ("Deben ayudar en chile y en albania", ["chile"]),
        ("Deben ayudar, dicen los mexicanos", []),
        ("The IOM and the International Organization for Migration", []),
        ("según la oim y la onu", ["onu"]),
        ("The ILO and the UNHCR helped", ["ILO", "UNHCR"]),
        ("NGOs of Geneva", ["NGOs", "Geneva"]),
        ("Some help from Frontex", ["Frontex"]),
        ("Help. Governments must act: States «Help» (States) ¿Quiénes", []),  # capitals of their place
        ("they help Governments", []),
        ("in the Pagos of Comité", []),
        ("in the Pago of Comités", []),
        ("la Ginebrada", []),
        ("la Ginecología", ["Ginecología"]),
        ("the Payments Committee", ["Payments", "Committee"]),
        ("la Interpol en México", ["Interpol"]),
        ("el Informe de Pagos", []),
        ("el Informe Mexicano", ["Informe"]),
        ("el Sobre Mexicano", ["Sobre"]),  # "sobre" is in the source, and is no name there
        ("el Mexicano Sobre", ["Sobre"]),
        ("solo el Sobre", []),
        ("el Comité Suizo", ["Suizo"]),
    ],
)
def test_names_that_are_not_there(text: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in find_unsupported_names(text, SOURCE)] == names


def test_nothing_has_no_names() -> None:
    assert find_unsupported_names("", SOURCE) == []
    assert find_unsupported_names("Kenya", "") == [(0, 5)]


def test_bodies_are_known_by_their_names_in_other_languages() -> None:
    source = "Lo dijo la Organización Internacional para las Migraciones."
    assert find_unsupported_names("it was the International Organization for Migration", source) == []
    assert find_unsupported_names("it was the United Nations Children Fund", source) != []


@pytest.mark.parametrize(
    ("text", "source", "names"),
    [
        ("La ONU informa de ello", "as the UN reports", []),
        ("Pede-se à OMS que informe", "we ask that the WHO reports", []),
        ("Pede-se à OMS que informe", "we ask who reports", ["OMS"]),  # the acronym alone is a name
        ("La OTAN informa", "as the UN reports", ["OTAN"]),
        ("a consultation held in May", "nos dias 02 e 23 de maio", []),
        ("a consultation held in June", "nos dias 02 e 23 de maio", ["June"]),
        ("depuis la réunion à Vienne", "since the meeting in Vienna", []),  # a word of its own, and an island
        ("en faveur de l'Accélérateur ACT", "to the ACT-Accelerator (including vaccines)", []),
        ("en faveur de l'Incubateur ACT", "to the ACT-Accelerator (including vaccines)", ["Incubateur"]),
    ],
)
def test_acronyms_in_another_language_and_parts_of_names_with_hyphens(text: str, source: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in find_unsupported_names(text, source)] == names
