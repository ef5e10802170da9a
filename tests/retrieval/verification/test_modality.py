"""Negations and modals, each with the word that it bears on, in five languages."""

import pytest

from ingest.report import Strength
from retrieval.verification.antonyms import find_poles
from retrieval.verification.modality import (
    Operator,
    find_instructions,
    find_modal_nouns,
    find_modal_operators,
    find_negations,
    find_next_content_word,
    is_supported_language,
)

MUST, SHOULD, MAY = Strength.OBLIGATION, Strength.RECOMMENDATION, Strength.POSSIBILITY


def told(text: str, found: list[Operator]) -> list[tuple[str, str | None]]:
    """Each operator's words, and those of its focus."""
    return [
        (text[operator.start : operator.end].strip(), text[slice(*operator.focus)] if operator.focus else None)
        for operator in found
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "Los Estados no deben criminalizar.", [("no", "criminalizar")]),
        ("es", "No obstante, deben actuar sin embargo.", []),
        ("es", "Nunca de la ley, ni la guerra", [("Nunca", "ley"), ("ni", "guerra")]),
        ("es", "Deben cooperar, o nunca.", [("nunca", None)]),
        ("es", "Con SIN información", [("SIN", "información")]),
        ("en", "They do not only help; they cannot wait.", [("cannot", "wait")]),
        ("en", "unaccompanied minors are not detained", [("unaccompanied", "unaccompanied"), ("not", "detained")]),
        ("fr", "Ils ne doivent pas détenir les enfants.", [("pas", "détenir")]),
        ("fr", "Ils ne détiennent pas les enfants.", [("pas", "détiennent")]),
        ("fr", "Les enfants ne sont pas détenus.", [("pas", "détenus")]),
        ("pt", "Não devem deter crianças.", [("Não", "deter")]),
        ("de", "Die Staaten dürfen nicht, no, pas, not", []),
    ],
)
def test_negations_have_the_word_that_they_bear_on(
    language: str, text: str, expected: list[tuple[str, str | None]]
) -> None:
    assert told(text, find_negations(text, language)) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "Los gobiernos deben cooperar.", [("deben", "cooperar", MUST, True, False)]),
        ("es", "Los gobiernos no deben cooperar.", [("no deben", "cooperar", MUST, True, True)]),
        (
            "es",
            "Los gobiernos podrían ayudar y deben cooperar.",
            [("podrían", "ayudar", MAY, True, False), ("deben", "cooperar", MUST, True, False)],
        ),
        ("es", "Los que sugieren estudiar el caso.", [("sugieren", "estudiar", SHOULD, False, False)]),
        ("es", "La paz que exige la ley.", [("exige", "ley", MUST, False, False)]),
        ("es", "La ley que impone permisos y exigía datos.", [("exigía", "datos", MUST, False, False)]),
        ("en", "States should protect children.", [("should", "protect", SHOULD, True, False)]),
        ("en", "States must not detain.", [("must not", "detain", MUST, True, True)]),
        ("en", "Suggestions came.", []),
        ("de", "States should protect children.", []),
    ],
)
def test_modals_have_strength_and_focus(
    language: str, text: str, expected: list[tuple[str, str, Strength, bool, bool]]
) -> None:
    found = find_modal_operators(text, language)
    assert [
        (*said, operator.strength, operator.in_main_clause, operator.is_negated)
        for said, operator in zip(told(text, found), found, strict=True)
    ] == expected


@pytest.mark.parametrize("language", ["es", "en", "fr", "pt", "ar"])
def test_five_languages_are_supported(language: str) -> None:
    assert is_supported_language(language)
    assert not is_supported_language("de")
    assert find_modal_nouns("need necesidad", "de") == []


def test_nouns_that_ask() -> None:
    text = "La necesidad de datos y una recomendación de paz"
    found = find_modal_nouns(text, "es")
    assert [(said[1], operator.strength) for said, operator in zip(told(text, found), found, strict=True)] == [
        ("datos", MUST),
        ("paz", SHOULD),
    ]


def test_a_focus_is_not_looked_for_without_end() -> None:
    assert find_next_content_word("de la casa", 0) == (6, 10)
    assert find_next_content_word("casa de la", 4) is None
    assert find_next_content_word("de " * 39 + "casa", 0) == (117, 121)
    assert find_next_content_word("de " * 40 + "casa", 0) is None
    assert find_next_content_word("12 l'homme", 0) == (3, 10)


def test_poles_have_class_name_and_focus() -> None:
    text = "Menos guerra y un papel más Público, a corto"
    found = find_poles(text)
    assert [(text[pole.start : pole.end], pole.word_class, pole.name) for pole in found] == [
        ("Menos", "amount", "down"),
        ("más", "amount", "up"),
        ("Público", "owner", "public"),
        ("corto", "term", "short"),
    ]
    assert [pole.focus and text[slice(*pole.focus)] for pole in found] == ["guerra", "Público", "corto", None]
    assert [pole.name for pole in find_poles("countries, wherefore and no accompanying")] == ["countries", "with"]


@pytest.mark.parametrize(
    ("text", "language", "verbs"),
    [
        ("Investigate all (Chad); 129.49. Consider ratifying it;", "en", {"Investigate": False, "Consider": True}),
        ("Speed up the process of return", "en", {"Speed up": False}),
        ("Que se perfeccione la ley", "es", {"perfeccione": False}),
        ("Examiner la possibilité d'adhérer", "fr", {"Examiner": True}),
        ("Ratificar o Protocolo", "pt", {"Ratificar": False}),
        ("Access to justice has been improved", "en", {}),
        ("Total collections were more than that", "en", {}),
        ("Concerning the initiative, the delegation spoke", "en", {}),
        ("The ban must be granted to all", "en", {}),
    ],
)  # fmt: skip
def test_instructions_and_whether_they_only_ask_to_consider(text: str, language: str, verbs: dict[str, bool]) -> None:
    found = find_instructions(text, language)
    assert {text[verb.start : verb.end]: verb.is_tentative for verb in found} == verbs


@pytest.mark.parametrize(
    ("text", "poles"),
    [
        ("vacunar al menos al 60", set()),
        ("menos personas", {"down"}),
        ("au moins dix, mais aujourd'hui", set()),
        ("moins de gens", {"down"}),
        ("pelo menos dez", set()),
        ("في عام 2021", set()),
        ("خدمة عامة", {"public"}),
        ("since 2013", set()),
        ("since they left", {"cause"}),
        ("legal provisions were harmonized", {"regular"}),
        ("شلل الأطفال", set()),
    ],
)
def test_words_that_only_look_like_poles(text: str, poles: set[str]) -> None:
    assert {pole.name for pole in find_poles(text)} == poles
