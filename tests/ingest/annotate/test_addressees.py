"""Whom a passage asks to act, by its own words and by what stands above its list; sentences of no report."""

import pytest

from ingest.annotate.addressees import find_addressees, find_recipients
from ingest.annotate.clauses import analyze
from tests.ingest.split.plain_reports import passages

SENTENCES = [
    ("en", "The House requests that the Minister of Finance table the report in May.", ["Minister of Finance"]),
    ("en", "The panel recommends that the National Treasury publishes the data.", ["National Treasury"]),
    ("en", "The Committee requests the Auditor-General to audit the fund.", ["Auditor-General"]),
    ("en", "The report notes that the Treasury was requested by nobody.", []),
    ("es", "Instar al Gobierno a crear un fondo.", ["Gobierno"]),
    ("es", "Solicitar a la Contraloría General la revisión de las cuentas.", ["Contraloría General"]),
    ("es", "Se solicita al Ministerio de Salud publicar los datos.", ["Ministerio de Salud"]),
    ("es", "Se procedió a instar al Gobierno.", []),
    ("fr", "Demander au ministère de la Santé de publier les données.", ["ministère de la Santé"]),
    ("fr", "La mission invite le Gouvernement à présenter un plan.", ["Gouvernement"]),
    ("pt", "Recomendar ao Ministério da Saúde que publique os dados.", ["Ministério da Saúde"]),
    ("pt", "O relator recomenda ao Governo Federal que crie um fundo.", ["Governo Federal"]),
    ("pt", "É dever dos municípios proteger as crianças.", ["municípios"]),
    ("ar", "ينبغي للحكومة أن تنشر البيانات.", ["الحكومة"]),
    ("ar", "ينبغي لوزارة الصحة أن تنشر البيانات.", ["وزارة الصحة"]),
    ("ar", "تدعو اللجنة الدول الأعضاء إلى التصديق على الاتفاقية.", ["الدول الأعضاء"]),
    ("ar", "توصي اللجنة الحكومة بأن تعتمد قانونا.", ["الحكومة"]),
    ("ar", "توصي اللجنة بأن تقوم وزارة العدل بإصلاح القانون.", ["وزارة العدل"]),
]
ABOVE = [
    ("en", "In the course of the debate, the following recommendations were made to Malta:", ["Malta"]),
    ("en", "The following recommendations will be examined by the Republic of Korea, which will reply:", [
        "Republic of Korea",
    ]),
    ("en", "The recommendations below have been examined by Fiji and enjoy its support:", ["Fiji"]),
    ("en", "The Committee recommends that the Minister of Finance:", ["Minister of Finance"]),
    ("en", "Recommendations for municipalities", ["municipalities"]),
    ("en", "Recommendations for women", []),
    ("en", "Recommendations for further research", []),
    ("en", "The following recommendations were made:", []),
    ("es", "Se formularon al Uruguay las siguientes recomendaciones:", ["Uruguay"]),
    ("es", "Recomendaciones al Congreso", ["Congreso"]),
    ("fr", "Les recommandations suivantes recueillent l'adhésion du Bénin :", ["Bénin"]),
    ("fr", "Recommandations aux États membres", ["États membres"]),
    ("pt", "As recomendações abaixo foram rejeitadas pelo Governo:", ["Governo"]),
    ("ar", "توصي اللجنة الحكومة بأن:", ["الحكومة"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "names"), SENTENCES)
def test_a_passage_names_whom_it_asks(language: str, text: str, names: list[str]) -> None:
    assert list(find_addressees(analyze(text, language))) == names


@pytest.mark.parametrize(("language", "text", "names"), ABOVE)
def test_what_stands_above_a_list_names_whom_it_is_for(language: str, text: str, names: list[str]) -> None:
    assert list(find_recipients(language, text)) == names


def test_an_item_that_names_nobody_is_for_those_above_it() -> None:
    text = "Recommendations to the Government\n\n• Ratify it.\n\n• The schools should open.\n"
    assert [passage.addressees for passage in passages(text)] == [("Government",), ("schools",)]


def test_the_nearest_above_counts_and_parts_leave_it_to_their_whole() -> None:
    text = "Recommendations to the Government\n\n9. The following recommendations were made to Malta:\n\n9.1. Ratify:\
\n\n(a) the treaty;\n\n(b) the protocol.\n"
    assert [passage.addressees for passage in passages(text)][1:] == [("Malta",), (), ()]
