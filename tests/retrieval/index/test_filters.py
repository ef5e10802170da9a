"""Filters are exact: the set is the one that the records themselves say, and no column is read twice for it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from ingest.errors import BadFilter, BadQuestion
from ingest.report import Kind, Metadata, Passage, Report
from retrieval.assistant import Assistant
from retrieval.index.facets import Facets
from retrieval.index.filters import Filter, name_matches, select_rows, validate_filter
from retrieval.index.index import Index
from retrieval.query.parser import parse
from retrieval.storage.reader import Store
from tests.fakes.hashing_embedder import HashingEmbedder, update_index
from tests.fakes.labelled_report import LABELLED, read_records


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
    (["--addressee", "PAISES"], lambda r: any("países" in name for name in r["addressees"])),
    (["--strength", "obligation", "--section", "1.2"], lambda r: r["strength"] == "obligation" and "#1.2" in r["id"]),
    (["--language", "es"], lambda r: True),
]


@pytest.mark.parametrize(("options", "holds"), OPTIONS)
def test_options_are_the_set_computed_by_hand(
    assistant: Assistant,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    holds: Callable[[dict[str, Any]], bool],
) -> None:
    by_hand = [record["id"] for record in read_records(assistant, capsys) if holds(record)]
    assert [record["id"] for record in read_records(assistant, capsys, *options)] == by_hand
    index = ["--index", str(assistant.index.folder), "--json"]
    assert main(["search", *index, *options, "-k", "1000", "migración"]) == 0
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
    report = Report("a", "texto", Metadata(title="a"), "0" * 64)
    index.put([(tmp_path / "a.txt", report, passages)], HashingEmbedder())
    wanted = validate_filter(Filter(addressee=("congreso",)), Facets(index.store))
    found = select_rows(index.store, wanted)
    assert found is not None
    assert [passage.id for passage in index.store.passages_in_order(found)] == ["a#r01", "a#r01.1"]


def _passage(passage_id: str, kind: str, addressees: tuple[str, ...]) -> Passage:
    return Passage(passage_id, "a", Kind(kind), "", (), "", "texto", 0, 5, 1, 1, "es", addressees=addressees)


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
    facets = Facets(store)
    questions = (
        "la ley de tierras",
        "recomendaciones al Congreso a corto plazo",
        "prueba-1#r02",
        "prueba-1 y el fondo",
    )
    for question in questions * 2:
        wanted = parse(question, facets)
        select_rows(store, validate_filter(wanted.filter, facets), facets)
        facets.rows_with_ids(wanted.ids)
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
