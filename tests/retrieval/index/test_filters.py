"""Filters are exact, in words as in options: the set is the one that the records themselves say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.cli.main import main
from evals.benchmarks.passages import build_report
from ingest.errors import BadFilter, BadQuestion
from ingest.report import Passage
from retrieval.answer.compose import MAX_QUOTES
from retrieval.assistant import Assistant
from retrieval.index.facets import Facets
from retrieval.index.filters import Filter, name_matches, select_rows, validate_filter
from retrieval.index.index import Index
from retrieval.query.parser import parse
from retrieval.results import Answer, Status
from retrieval.search.search import DENSE_CANDIDATES, search
from retrieval.storage.passage_vectors import PassageVectors
from retrieval.storage.reader import Store
from tests.fakes.hashing_embedder import HashingEmbedder, update_index, write_report

LABELLED = """Informe de prueba

Recomendaciones

1. Reformar la ley de tierras.
Tema: Construcción de paz
Destinatario: Congreso de la República; Gobierno Nacional
Plazo: Corto

2. Crear un fondo para las víctimas.
Tema: Víctimas
Destinatario: Gobierno Nacional
Plazo: Mediano

3. Proteger a los líderes sociales.
Tema: Construcción de paz
Destinatario: Autoridades territoriales
Plazo: Corto
"""


def local(ids: list[str]) -> list[str]:
    return [id_.partition("#")[2] for id_ in ids]


def cited(answer: Answer) -> list[str]:
    return local([citation.passage.id for citation in answer.citations])


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Assistant:
    folder = tmp_path_factory.mktemp("labelled")
    report = folder / "prueba.txt"
    report.write_text(LABELLED, encoding="utf-8")
    from ingest.sources import find_sources

    one = Assistant(folder / "index")
    one.index.update(find_sources([report]), assistant.embedder)
    return one


@pytest.fixture
def records(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["passages", "--json", "--index", str(assistant.index.folder)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def recommends(record: dict[str, Any]) -> bool:
    return bool(record["kind"] == "recommendation")


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
    assistant: Assistant, records: list[dict[str, Any]], question: str, holds: Callable[[dict[str, Any]], bool]
) -> None:
    by_hand = [record["id"] for record in records if recommends(record) and holds(record)]
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
    assert "no contiene una recomendación con ese número" in answer.text
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
    assert not {one.passage.id for one in near} & {citation.passage.id for citation in many.citations}


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


@pytest.mark.parametrize(
    ("wanted", "printed", "same"),
    [
        ("the Congress of the Republic", "Congreso de la República", True),
        ("Congrès de la République", "Congreso de la República de Colombia", True),
        ("Presidência da República", "Presidency of the Republic", True),
        ("Government of Spain", "Gobierno de España", True),
        ("Government of Antioquia", "Gobierno de Antioquia", True),
        ("Attorney General of the Nation", "Fiscalía General de la Nación", True),
        ("Estado", "Estado colombiano", True),
        ("Estado colombiano", "Estado", False),
        ("Congress of the Republic", "Presidente de la República", False),
        ("Congress of the Republic", "Congreso de los Diputados", False),
        ("Congress of Spain", "Congreso de Colombia", False),
        ("Government of Sudan", "Gobierno de Sudán del Sur", False),
        ("Gobierno de Guinea", "Gobierno de Guinea-Bissau", False),
        ("Sudan", "Government of South Sudan", False),
    ],
)
def test_what_belongs_to_something_is_known_by_both_its_names(wanted: str, printed: str, same: bool) -> None:
    assert name_matches(wanted, printed) is same


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


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (Filter(reports=("gfmd",)), "There are: gfmd-2010-mesa-redonda-1"),
        (Filter(section=("3.4",)), "There is no section '3.4'"),
        (Filter(kinds=("recomendation",)), "There are: recommendation, "),
        (Filter(addressee=("gobierno de Marte",)), "There are: gobiernos, "),
        (Filter(by=("Spain",)), "No passage was made by 'Spain' in the index. There are: none"),
        (Filter(strength=("strong",)), "obligation"),
        (Filter(language=("en",)), "There are: es"),
        (Filter(labels=(("theme", "paz"),)), "There is no label 'theme'"),
    ],
)
def test_a_value_that_is_not_there_is_refused_with_those_that_are(
    assistant: Assistant, where: Filter, says: str
) -> None:
    with pytest.raises(BadFilter) as error:
        assistant.ask("migración", where=where)
    assert says in str(error.value)


OPTIONS: list[tuple[list[str], Callable[[dict[str, Any]], bool]]] = [
    (["--section", "1.1"], lambda r: "#1.1-" in r["id"]),
    (["--section", "1.1", "--section", "roundtable 1.2"], lambda r: "#1." in r["id"]),
    (["--kind", "part", "--kind", "conclusion"], lambda r: r["kind"] in ("part", "conclusion")),
    (["--addressee", "PAISES"], lambda r: any("países" in one for one in r["addressees"])),
    (["--strength", "obligation", "--section", "1.2"], lambda r: r["strength"] == "obligation" and "#1.2" in r["id"]),
    (["--language", "es"], lambda r: True),
]


@pytest.mark.parametrize(("options", "holds"), OPTIONS)
def test_options_are_the_set_computed_by_hand(
    assistant: Assistant,
    records: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    holds: Callable[[dict[str, Any]], bool],
) -> None:
    by_hand = [record["id"] for record in records if holds(record)]
    index = ["--index", str(assistant.index.folder), "--json"]
    assert main(["passages", *index, *options]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == by_hand
    assert main(["search", *index, *options, "-k", "99999999999999999999", "migración"]) == 0
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert sorted(hit["passage_id"] for hit in hits) == sorted(by_hand)


def test_reasons_are_shown_where_asked(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    index = ["--index", str(assistant.index.folder)]
    assert main(["search", "--explain", "--json", "-k", "1", *index, "trata de personas"]) == 0
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    assert hit["why"]["rank"] == 1
    assert hit["why"]["late"] == hit["late"]
    assert hit["why"]["text"].endswith("has every word of the question")
    assert main(["search", "--explain", *index, "#1.2-r07"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "ids: 1.2-r07" in out
    assert "named in the question" in out


@pytest.mark.parametrize("limit", [0, -3])
def test_no_passages_at_all_cannot_be_asked_for(assistant: Assistant, limit: int) -> None:
    with pytest.raises(BadQuestion, match="Ask for 1 or more"):
        assistant.search("migración", limit=limit)


def test_parts_have_what_their_recommendation_states(index: Index, tmp_path: Path) -> None:
    passages = [_passage("a#r01", "recommendation", ("Congreso",)), _passage("a#r01.1", "part", ())]
    passages += [_passage("a#r01.2", "part", ("Senado",)), _passage("a#r02", "recommendation", ())]
    from ingest.report import Metadata, Report
    from tests.fakes.hashing_embedder import HashingEmbedder

    report = Report("a", "texto", Metadata(title="a"), "0" * 64)
    index.put([(tmp_path / "a.txt", report, passages)], HashingEmbedder())
    wanted = validate_filter(Filter(addressee=("congreso",)), Facets(index.store))
    found = select_rows(index.store, wanted)
    assert found is not None
    assert [passage.id for passage in index.store.passages_in_order(found)] == ["a#r01", "a#r01.1"]


def _passage(passage_id: str, kind: str, addressees: tuple[str, ...]) -> Passage:
    from ingest.report import Kind

    return Passage(passage_id, "a", Kind(kind), "", (), "", "texto", 0, 5, 1, 1, "es", addressees=addressees)


def test_a_narrow_filter_looks_at_no_more_vectors_than_an_open_question(tmp_path: Path) -> None:
    """Of few passages among many, all are scored; the nearest need not be fetched until these are among them."""
    looked: list[int] = []

    class Recording(PassageVectors):
        def nearest(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
            looked.append(count)
            return super().nearest(vector, count)

    folder = tmp_path / "reports"
    folder.mkdir()
    write_report(folder, "few.txt", *[f"Se recomienda el puente {n}." for n in range(3)])
    write_report(folder, "many.txt", *[f"Se recomienda la guerra fría {n}." for n in range(300)])
    index = Index(tmp_path / "index", HashingEmbedder().name)
    update_index(index, folder)
    index.vectors = Recording(index.backend, index.model)
    found = search(index, HashingEmbedder(), "la guerra fría", where=Filter(reports=("few",)))
    assert {hit.passage.report_id for hit in found.hits} == {"few"}
    assert len(found.hits) == index.store.count(report_id="few")
    assert looked == [DENSE_CANDIDATES]


class Counting(Store):
    """A store that remembers which columns were read as a whole."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def column(self, column: str) -> dict[Any, list[int]]:
        self.read.append(column)
        return super().column(column)

    def parts(self) -> list[tuple[int, str]]:
        self.read.append("parts")
        return super().parts()

    def ids(self) -> list[tuple[int, str]]:
        self.read.append("ids")
        return super().ids()


def test_of_one_state_of_the_index_nothing_is_read_twice(index: Index, tmp_path: Path) -> None:
    report = tmp_path / "prueba-1.txt"
    report.write_text(LABELLED, encoding="utf-8")
    update_index(index, report)
    store = Counting(index.folder)
    stated = Facets(store)
    questions = (
        "la ley de tierras",
        "recomendaciones al Congreso a corto plazo",
        "prueba-1#r02",
        "prueba-1 y el fondo",
    )
    for question in questions * 2:
        wanted = parse(question, stated)
        select_rows(store, validate_filter(wanted.filter, stated), stated)
        stated.rows_with_ids(wanted.ids)
    assert "addressees" in store.read
    assert sorted(store.read) == sorted(set(store.read))
    store.close()


def test_a_question_for_a_subject_reads_no_addressees(index: Index, tmp_path: Path) -> None:
    report = tmp_path / "prueba.txt"
    report.write_text(LABELLED, encoding="utf-8")
    update_index(index, report)
    store = Counting(index.folder)
    assert not parse("¿Qué dicen de la ley de tierras?", Facets(store)).filter
    assert not {"addressees", "by", "ids", "parts"} & set(store.read)
    store.close()


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
    assert all(one.startswith(section) for one in found)
    assert answer.total == {"1.1": 10, "1.2": 16}[section]


def test_a_list_of_what_has_quoted_words_has_nothing_else(assistant: Assistant, records: list[dict[str, Any]]) -> None:
    answer = assistant.ask("Todas las recomendaciones que dicen «criminalización»")
    having = {record["id"] for record in records if recommends(record) and "criminalización" in record["text"]}
    assert len(having) > 1
    assert set(cited(answer)) == set(local(list(having)))  # "cuanto más criminalizados" is another word


def test_equal_hits_come_in_the_order_of_their_report(assistant: Assistant, tmp_path: Path) -> None:
    source, report, passages = build_report("r", ["El pan se hornea.", "El pan se hornea."], "es")
    for name, some in (("forth", passages), ("back", tuple(reversed(passages)))):
        index = Index(tmp_path / name, assistant.index.model)
        index.put([(source, report, some)], assistant.embedder())
        found = search(index, assistant.embedder(), "¿Se hornea el pan?")
        assert local([hit.passage.id for hit in found.hits]) == ["p01", "p02"]
