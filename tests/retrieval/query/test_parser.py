"""Questions that name, quote, count or list: the set is the one that the records themselves say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.sources import find_sources
from retrieval.answer.compose import MAX_QUOTES
from retrieval.assistant import Assistant
from retrieval.index.filters import Filter, select_rows
from retrieval.index.index import Index
from retrieval.query.parser import parse
from retrieval.results import Answer, Status
from tests.fakes.hashing_embedder import MODEL, update_index
from tests.fakes.labelled_report import LABELLED, local, read_records


def cited(answer: Answer) -> list[str]:
    return local([citation.passage.id for citation in answer.citations])


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Assistant:
    folder = tmp_path_factory.mktemp("labelled")
    report = folder / "prueba.txt"
    report.write_text(LABELLED, encoding="utf-8")
    made = Assistant(folder / "index")
    made.index.update(find_sources([report]), assistant.embedder)
    return made


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("How many recommendations are there in roundtable 1.1?", lambda r: "#1.1-" in r["id"]),
        ("Lista las recomendaciones de la mesa 1.2", lambda r: "#1.2-" in r["id"]),
        ("Combien de recommandations y a-t-il dans la table ronde 1.2 ?", lambda r: "#1.2-" in r["id"]),
        ("Quantas recomendações há na mesa redonda 1.1?", lambda r: "#1.1-" in r["id"]),
        ("كم توصية في المائدة المستديرة 1.2؟", lambda r: "#1.2-" in r["id"]),
        ("¿Qué obligaciones hay?", lambda r: r["strength"] == "obligation"),
        ("Which recommendations are obligatory?", lambda r: r["strength"] == "obligation"),
        ("¿Qué se recomienda a los gobiernos?", lambda r: "gobiernos" in r["addressees"]),
        ("List all recommendations addressed to governments", lambda r: "gobiernos" in r["addressees"]),
        ("Todas las recomendaciones de la mesa 1.2 a los gobiernos", lambda r: "gobiernos" in r["addressees"]),
        (
            "todas las recomendaciones sobre los efectos de la migracion irregular",
            lambda r: any("efectos" in heading for heading in r["headings"]),
        ),
        ("Todas las recomendaciones", lambda r: True),
    ],
)
def test_a_set_asked_in_words_is_the_one_the_records_say(
    assistant: Assistant,
    capsys: pytest.CaptureFixture[str],
    question: str,
    holds: Callable[[dict[str, Any]], bool],
) -> None:
    records = [record for record in read_records(assistant, capsys) if record["kind"] == "recommendation"]
    by_hand = [record["id"] for record in records if holds(record)]
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert [citation.passage.id for citation in answer.citations] == by_hand
    assert (answer.total, answer.total_searched) == (len(by_hand), 26)
    assert answer.borderline == ()


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("recomendación 7 de la mesa 1.2", ["1.2-r07"]),
        ("the seventh recommendation of roundtable 1.2", ["1.2-r07"]),
        ("la septième recommandation de la table ronde 1.2", ["1.2-r07"]),
        ("a sétima recomendação da mesa 1.2", ["1.2-r07"]),
        ("التوصية السابعة من المائدة المستديرة 1.2", ["1.2-r07"]),
        ("recommendations 3, 5 and 7 of roundtable 1.1", ["1.1-r03", "1.1-r05", "1.1-r07"]),
        ("recomendación 7", ["1.1-r07", "1.2-r07"]),
        ("5.2", ["1.1-r05.2"]),
        ("#1.2-R07", ["1.2-r07"]),
        ("gfmd-2010-mesa-redonda-1#1.2-r07", ["1.2-r07"]),
        ("¿Qué dice «DERECHO a no  migrar»?", ["1.2-r02"]),
        ("«gobiernos deben recordar»", ["1.2-r02"]),  # which the source runs together
    ],
)
def test_what_is_named_or_quoted_answers(assistant: Assistant, question: str, only: list[str]) -> None:
    assert cited(assistant.ask(question)) == only
    assert local([hit.passage.id for hit in assistant.search(question).hits])[: len(only)] == only


def test_a_record_that_is_not_there_is_said(assistant: Assistant) -> None:
    answer = assistant.ask("recomendación 99 de la mesa 1.2")
    assert answer.status is Status.NOTHING_FOUND
    assert "No hay una recomendación con ese número" in answer.text
    assert cited(assistant.ask("What was said in roundtable 3?")) == []


def test_all_on_a_subject_are_counted_and_the_border_is_apart(assistant: Assistant) -> None:
    answer = assistant.ask("¿Cuántas recomendaciones tratan de la trata de personas?")
    assert {"1.2-r10", "1.2-r06", "1.2-r14"} <= set(cited(answer))
    assert answer.total == len(answer.citations)
    assert answer.total_searched == 26
    assert answer.text.startswith(f"{answer.total} de las 26 recomendaciones")
    assert len(assistant.ask("List all recommendations on irregular migration").citations) > MAX_QUOTES
    many = assistant.ask("List all recommendations on detention of irregular migrants")
    assert many.citations[0].passage.id.endswith("#1.2-r15")
    assert many.borderline[0].is_frame
    near = [citation for statement in many.borderline for citation in statement.citations]
    assert [citation.mark for citation in (*many.citations, *near)] == list(
        range(1, len(many.citations) + len(near) + 1)
    )
    assert not {citation.passage.id for citation in near} & {citation.passage.id for citation in many.citations}


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("¿Qué se recomienda a corto plazo?", ["1", "3"]),
        ("short-term recommendations", ["1", "3"]),
        ("¿Qué se recomienda sobre el tema Construcción de paz?", ["1", "3"]),
        ("todas las recomendaciones sobre construccion de paz", ["1", "3"]),
        ("¿Qué se recomienda al Congreso?", ["1"]),
        ("List all recommendations addressed to Congress", ["1"]),
        ("Quelles recommandations sont adressées au gouvernement ?", ["1", "2"]),
        ("Recomendaciones al Gobierno Nacional a mediano plazo", ["2"]),
        ("ما هي التوصيات الموجهة إلى الكونغرس؟", ["1"]),
        ("What is recommended to the Congress of the Republic?", ["1"]),
        ("Que recommande-t-on au Congrès de la République ?", ["1"]),
        ("recomendaciones del tema Víctimas", ["2"]),
    ],
)
def test_labels_make_exact_sets(labelled: Assistant, question: str, numbers: list[str]) -> None:
    answer = labelled.ask(question)
    assert [citation.passage.number for citation in answer.citations] == numbers
    assert (answer.total, answer.total_searched) == (len(numbers), 3)


def test_options_and_words_narrow_together(labelled: Assistant) -> None:
    where = Filter(labels=(("term", "corto"),))
    assert [
        citation.passage.number for citation in labelled.ask("recomendaciones al Gobierno", where=where).citations
    ] == ["1"]
    found = labelled.search("fondo para las víctimas", where=where)
    assert {hit.passage.number for hit in found.hits} == {"1", "3"}


UPR = """Report

Recommendations

1. Ratify the convention (Spain).

2. Adopt the law (Mexico, Iran (Islamic Republic of)).

3. Train judges (South Sudan).

4. End torture (Sudan).
"""


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("¿Qué recomendó España?", ["1"]),
        ("Que recommande l'Espagne ?", ["1"]),
        ("O que recomendou a Espanha?", ["1"]),
        ("What did Sudan recommend?", ["4"]),
        ("recomendaciones formuladas por México y España", ["1", "2"]),
        ("recommendations made by Iran", ["2"]),
        ("Spain's recommendations", ["1"]),
        ("recommendations made by Germany", []),
    ],
)
def test_states_are_known_in_any_language(index: Index, tmp_path: Path, question: str, numbers: list[str]) -> None:
    report = tmp_path / "upr.txt"
    report.write_text(UPR, encoding="utf-8")
    update_index(index, report)
    wanted = parse(question, index.facets())
    assert wanted.subject == ""
    found = select_rows(index.store, wanted.filter)
    assert found is not None
    assert [passage.number for passage in index.store.passages_in_order(found)] == numbers


NUMBERED = """The Valley

87. The following recommendations were read to the council:

87.1. Mend the pumps of all the wells.

87.2. Buy a second boat.

88. The council closed.
"""


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("numbered")
    report = folder / "numbered.txt"
    report.write_text(NUMBERED, encoding="utf-8")
    index = Index(folder / "index", MODEL)
    update_index(index, report)
    return index


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("recommendations 2010 on wells", ()),
        ("las recomendaciones 1995 sobre pozos", ()),
        ("recommendations 7 and 2010", ("7",)),
        ("recommendation 2110", ("2110",)),  # too late a year
        ("recommendation 1810", ("1810",)),
        ("recommendation 201", ("201",)),
        ("recommendation 07", ("7",)),
        ("recommendation no. 87.1 and 87.2", ("87.1", "87.2")),
        ("recommendation 87.1, 87.1", ("87.1",)),
        ("what does 87.2 ask for?", ("87.2",)),
        ("boats worth 87.9", ()),  # no record has that number
        ("a share of 87.2 % of the wells", ()),
        ("87.2 million boats", ()),
        ("the twelfth recommendation", ("12",)),
        ("the 22nd recommendation", ("22",)),
    ],
)
def test_which_numbers_are_those_of_records(numbered: Index, question: str, numbers: tuple[str, ...]) -> None:
    assert parse(question, numbered.facets()).numbers == numbers


@pytest.mark.parametrize(
    "question",
    [
        "los derechos de todos los migrantes",
        "human rights of all migrants",
        "chapter 7 of the UN Charter",
        "obligaciones internacionales de los estados",
        "¿Qué deben hacer los gobiernos contra la discriminación?",
        "Which vulnerable groups need priority?",
        "migración a largo plazo",
        "12 34",
        "???",
        '" OR * NEAR(',
    ],
)
def test_what_wants_nothing_beside_its_subject_stays_whole(assistant: Assistant, question: str) -> None:
    wanted = parse(question, assistant.index.facets())
    assert wanted.subject == question
    assert not wanted.is_exhaustive
    assert not wanted.filter


def test_the_longest_report_id_is_the_one_named(index: Index, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.txt" for name in ("ley-1", "ley-1-b", "resumen")]
    for number, file in enumerate(files):
        file.write_text(LABELLED.replace("fondo", f"fondo {number}"), encoding="utf-8")
    update_index(index, *files)
    stated = index.facets()
    for question, reports in (
        ("¿Qué dice LEY-1-B sobre tierras?", ("ley-1-b",)),
        ("¿Qué dice ley-1 sobre tierras?", ("ley-1",)),
        ("¿Qué dice ley-12 sobre tierras?", ()),
        ("el resumen - 2 tierras", ()),
    ):
        assert parse(question, stated).filter.reports == reports, question
    assert (
        stated.rows_with_ids(["LEY-1#R02"])
        == stated.rows_with_ids(["r02"]) & stated.rows_with_values("report_id", ["ley-1"])
        != set()
    )
    assert len(stated.rows_with_ids(["r02"])) == 3


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("Enséñame todo lo que hay en la sección 1.1", "1.1"),  # whose heading calls it a roundtable
        ("How many recommendations does part 1.2 have?", "1.2"),
        ("Toutes les recommandations du chapitre 1.1", "1.1"),
        ("quais são as recomendações do 1.2?", "1.2"),
        ("كم عدد التوصيات في القسم 1.1؟", "1.1"),
    ],
)
def test_a_section_is_known_by_its_bare_number(assistant: Assistant, question: str, section: str) -> None:
    answer = assistant.ask(question)
    found = local([hit.passage.id for hit in answer.hits])
    assert found
    assert all(name.startswith(section) for name in found)
    assert answer.total == {"1.1": 10, "1.2": 16}[section]


def test_a_list_of_what_has_quoted_words_has_nothing_else(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = assistant.ask("Todas las recomendaciones que dicen «criminalización»")
    records = [record for record in read_records(assistant, capsys) if record["kind"] == "recommendation"]
    having = [record["id"] for record in records if "criminalización" in record["text"]]
    assert len(having) > 1
    assert set(cited(answer)) == set(local(having))  # "cuanto más criminalizados" is another word
