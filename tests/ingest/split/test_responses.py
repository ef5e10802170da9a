"""What a report says became of its recommendations is a label of each: "response", one of four values."""

import pytest

from ingest.lexicon.responses import find_response
from ingest.report import Passage
from ingest.split.tables import parse_header, parse_row
from tests.ingest.split.plain_reports import passages

LEAD_INS = [
    ("en", "The following recommendations enjoy the support of the State:", "supported"),
    ("en", "The recommendations below did not enjoy the support of the State:", "rejected"),
    ("en", "The following recommendations will be examined by the Board, which will respond in March:", "pending"),
    ("en", "The Ministry took note of the following recommendations:", "noted"),
    ("en", "The Government accepts these recommendations:", "supported"),
    ("es", "Las recomendaciones que figuran a continuación cuentan con el apoyo del Estado:", "supported"),
    ("es", "Las siguientes recomendaciones no gozan del apoyo del Estado:", "rejected"),
    ("es", "El Gobierno examinará las siguientes recomendaciones:", "pending"),
    ("es", "El Gobierno tomó nota de las siguientes recomendaciones:", "noted"),
    ("fr", "Les recommandations énumérées ci-après ont recueilli l'appui de l'État :", "supported"),
    ("fr", "Les recommandations ci-après n'ont pas recueilli l'adhésion de l'État :", "rejected"),
    ("fr", "Les recommandations suivantes seront examinées par le Gouvernement :", "pending"),
    ("fr", "Le Gouvernement a pris note des recommandations suivantes :", "noted"),
    ("pt", "As seguintes recomendações contam com o apoio do Governo:", "supported"),
    ("pt", "As recomendações abaixo não foram aceitas pelo Estado:", "rejected"),
    ("pt", "As recomendações a seguir serão analisadas pelo Governo:", "pending"),
    ("pt", "O Governo tomou nota das seguintes recomendações:", "noted"),
    ("ar", "تحظى التوصيات التالية بتأييد الحكومة:", "supported"),
    ("ar", "لم تحظ التوصيات التالية بتأييد الدولة:", "rejected"),
    ("ar", "ستنظر الحكومة في التوصيات التالية:", "pending"),
    ("ar", "أحاطت الحكومة علما بالتوصيات التالية:", "noted"),
]
HEADINGS = [
    ("Accepted recommendations", "supported"),
    ("II. Recommendations not accepted", "rejected"),
    ("B. Recommendations noted", "noted"),
    ("Pending recommendations", "pending"),
    ("Recomendaciones rechazadas", "rejected"),
    ("Lista de recomendaciones aceptadas", "supported"),
    ("Recommandations acceptées", "supported"),
    ("Recomendações em análise", "pending"),
    ("التوصيات المقبولة", "supported"),
]
ITEMS = {"Ratif", "Open "}
NO_ANSWERS = [
    "Follow-up to accepted recommendations",
    "With regard to the accepted recommendations, the Government reports the following:",
    "The Committee welcomes the report and makes the following recommendations:",
    "Recommendations to support migrants",
    "Recommendations on the pending cases",
    "Recommendations supported by evidence",
    "Partially accepted recommendations",
    "In the course of the discussion, the following recommendations were made to the Board:",
    "Recomendaciones para apoyar a los migrantes",
    "Recommandations",
]


def answers(found: list[Passage]) -> list[str]:
    return [dict(passage.labels).get("response", "") for passage in found if passage.text[:5] in ITEMS]


@pytest.mark.parametrize(("language", "lead_in", "answer"), LEAD_INS)
def test_a_lead_in_answers_each_item(language: str, lead_in: str, answer: str) -> None:
    text = f"7. {lead_in}\n\n7.1. Ratify it;\n\n7.2. Open an office.\n"
    assert answers(passages(text, language)) == [answer, answer]


@pytest.mark.parametrize(("heading", "answer"), HEADINGS)
def test_a_heading_answers_each_item(heading: str, answer: str) -> None:
    assert answers(passages(f"{heading}\n\n• Ratify it\n\n• Open an office\n")) == [answer, answer]


@pytest.mark.parametrize("text", NO_ANSWERS)
def test_what_only_speaks_of_answers_is_none(text: str) -> None:
    assert find_response(text) == ""


def test_the_nearest_answer_counts() -> None:
    text = "Recommendations accepted\n\n7. The recommendations below were rejected:\n\n7.1. Ratify it.\n\n8. The \
following recommendations were made:\n\n8.1. Open an office.\n"
    assert answers(passages(text)) == ["rejected", "supported"]


def test_an_answer_printed_with_an_item_is_nearer_and_others_are_text() -> None:
    text = "Recommendations rejected\n\n• Ratify it\n\nResponse: Accepted\n\n• Open an office\n\nResponse: see annex\n"
    found = passages(text)
    assert answers(found) == ["supported", "rejected"]
    assert found[-1].text == "Response: see annex"


def test_a_column_answers_each_row() -> None:
    heads = parse_header("No.\tRecommendation\tGovernment response")
    row = parse_row("4\tRatify it\tDoes not enjoy support", heads)
    assert row
    assert row.labels == (("number", "4"), ("response", "rejected"))


def test_parts_and_paragraphs_have_none_of_their_own() -> None:
    text = "Accepted recommendations\n\nThey are two.\n\n1. Ratify:\n\n(a) the treaty;\n\n(b) the protocol.\n"
    found = passages(text)
    assert [bool(passage.labels) for passage in found] == [False, True, False, False]
