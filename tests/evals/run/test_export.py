"""Cases for other tools: what is written is what their own types take."""

import json
from typing import Any

import pytest
from langsmith.schemas import ExampleCreate

from evals.run.cases import CASES_FOLDER, Case, load_cases
from evals.run.export import FORMATS, export
from ingest.errors import RelatoriaError
from ingest.report import Passage
from retrieval.assistant import Assistant

# SingleTurnSample of ragas 0.4, https://docs.ragas.io/en/stable/concepts/components/eval_sample/; what only the
# system under test can fill in (response, retrieved_contexts) is left to it.
RAGAS = {"user_input": str, "reference_contexts": list, "reference_context_ids": list, "reference": str}


@pytest.fixture(scope="module")
def passages(assistant: Assistant) -> dict[str, Passage]:
    return {passage.id: passage for passage in assistant.index.store.passages()}


@pytest.fixture(scope="module")
def cases(passages: dict[str, Passage]) -> list[Case]:
    (file,) = CASES_FOLDER.glob("*.jsonl")
    return load_cases(file, passages)


def rows(name: str, cases: list[Case], passages: dict[str, Passage]) -> dict[str, dict[str, Any]]:
    lines = export(name, cases, passages).split("\n")
    assert lines.pop() == ""
    read = [json.loads(line) for line in lines]
    assert len(read) == len(cases)
    return {row["name"] if "name" in row else row["metadata"]["name"]: row for row in read}


@pytest.mark.filterwarnings("ignore:.outputs. is deprecated")  # in the Python type, not in the file
def test_langsmith(cases: list[Case], passages: dict[str, Passage]) -> None:
    read = rows("langsmith", cases, passages)
    for row in read.values():
        example = ExampleCreate(**row)  # type: ignore[no-untyped-call]
        assert example.inputs == row["inputs"]
        assert example.reference_outputs == row["outputs"]
        assert example.split in ("fit", "report")
    returning = read["return-es"]
    assert returning["inputs"] == {"question": "¿Qué se recomendó sobre la migración de retorno?", "history": []}
    (cited,) = returning["outputs"]["must_cite"]
    assert cited["id"] == "gfmd-2010-mesa-redonda-1#1.1-r09"
    assert "migración de retorno" in cited["text"]
    assert read["bread-en"]["outputs"]["status"] == ["out_of_scope"]
    assert read["bread-en"]["outputs"]["must_cite"] == []
    assert read["parte-11-count-n-es"]["outputs"]["total"] == 10
    assert len(read["parte-11-count-n-es"]["outputs"]["must_cite"]) == 10


def test_a_turn_has_its_history(cases: list[Case], passages: dict[str, Passage]) -> None:
    name = "talk-return-women-es/3"
    before = ["¿Qué se recomendó sobre la migración de retorno?", "¿y para las mujeres?"]
    assert rows("langsmith", cases, passages)[name]["inputs"]["history"] == before
    row = rows("ragas", cases, passages)[name]
    assert row["history"] == before
    assert row["user_input"].split("\n") == [*before, "¿y los menores no acompañados?"]


def test_ragas(cases: list[Case], passages: dict[str, Passage]) -> None:
    read = rows("ragas", cases, passages)
    for row in read.values():
        assert all(type(row[key]) is wanted for key, wanted in RAGAS.items())
        assert all(type(text) is str for text in row["reference_contexts"])
    bread = read["bread-en"]
    assert (bread["reference_contexts"], bread["reference"]) == ([], "out_of_scope")
    several = read["imagen-several-n-es"]
    assert len(several["reference_contexts"]) == 3
    assert several["reference"] == "\n\n".join(several["reference_contexts"])
    either = read["share-information-es"]  # one of two is enough
    assert either["reference"] == " ".join(passages[either["reference_context_ids"][0]].text.split())


def test_ragas_itself_takes_them(cases: list[Case], passages: dict[str, Passage]) -> None:
    schema = pytest.importorskip("ragas.dataset_schema", reason="ragas is not installed")
    read = list(rows("ragas", cases, passages).values())
    assert len(schema.EvaluationDataset.from_list(read)) == len(cases)


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(RelatoriaError, match="'csv'.*" + ", ".join(FORMATS)):
        export("csv", [], {})
