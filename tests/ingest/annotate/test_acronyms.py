"""Acronyms that a report defines: whom they stand for is addressed, whatever form an item uses."""

import pytest

from ingest.annotate.acronyms import find_acronyms
from ingest.report import Kind
from tests.ingest.split.plain_reports import passages

DEPARTMENT = "Department of Employment and Labour (DEL)"


@pytest.mark.parametrize(
    ("text", "acronym"),
    [
        ("the Ministry of Finance (MoF) met", "Ministry of Finance (MoF)"),
        ("a Comissão Nacional\nde Água (CNA)", "Comissão Nacional de Água (CNA)"),
        ("the Development Finance Institutions (DFIs)", "Development Finance Institutions (DFIs)"),
        ("las Organizaciones (ONG)", None),
        ("made by Honduras (Haiti)", None),
        ("It met in Geneva. National Action (GNA)", None),  # the name is no part of two sentences
        ("Northern Africa, see (NA)", None),
    ],
)
def test_a_definition_is_a_name_with_its_initials_behind_it(text: str, acronym: str | None) -> None:
    assert set(find_acronyms(text).values()) == ({acronym} if acronym else set())


def test_each_form_of_a_name_is_one_addressee() -> None:
    found = passages(
        "The Department of Employment and Labour (DEL) reported in May to the house.\n\nRecommendations\n\n"
        "1. DEL must mend the wells.\n2. The Department of Employment and Labour should open the school.\n"
        "3. The OMB should pay for the boat."
    )
    asked = [passage.addressees for passage in found if passage.kind is Kind.RECOMMENDATION]
    assert asked == [(DEPARTMENT,), (DEPARTMENT,), ("OMB",)]
