"""The statements that a chat model's prose is judged by: their form, their marks, their quotes, their two halves."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from evals.adversarial.perturbations import STATEMENTS_FOLDER
from ingest.readers.read import read_report
from ingest.split.splitter import split

ROOT = Path(__file__).parent.parent.parent.parent
REPORTS = ROOT / "corpus" / "reports"
FILES = sorted(STATEMENTS_FOLDER.glob("*.jsonl"))
TRUE = {"verbatim", "quoted", "paraphrase", "free", "summary", "two", "reporting", "should"}
FALSE = {
    *("negation", "strength", "number", "name", "agent", "added", "opposite", "injection"),
    *("wrong mark", "extra mark", "invented mark", "no mark", "quote altered", "quote elsewhere"),
}
TYPES = {"language": str, "given": list, "text": str, "true": bool, "kind": str, "half": str}


class Statement(NamedTuple):
    """One line of a file."""

    language: str
    given: tuple[str, ...]
    text: str
    true: bool
    kind: str
    half: str

    @property
    def marks(self) -> list[int]:
        return [int(mark) for mark in re.findall(r"\[(\d+)\]", self.text)]

    @property
    def quotes(self) -> list[str]:
        return [angled or straight for angled, straight in re.findall(r"«([^»]+)»|\"([^\"]+)\"", self.text)]


class Found(NamedTuple):
    """A report's passages by the end of their ids, and the statements about it."""

    passages: dict[str, str]
    statements: list[Statement]

    def cited(self, statement: Statement) -> list[str]:
        return [self.passages[statement.given[mark - 1]] for mark in statement.marks]


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def found(request: pytest.FixtureRequest) -> Found:
    path: Path = request.param
    passages = split(read_report(REPORTS / f"{path.stem}.txt", path.stem))
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        assert {name: type(value) for name, value in line.items()} == TYPES, line
    return Found(
        {passage.id.partition("#")[2]: " ".join(passage.text.split()) for passage in passages},
        [Statement(**line | {"given": tuple(line["given"])}) for line in lines],
    )


def test_there_are_statements() -> None:
    assert FILES


def test_words_are_from_closed_lists(found: Found) -> None:
    for statement in found.statements:
        assert statement.kind in (TRUE if statement.true else FALSE), statement
        assert statement.language in {"es", "en", "fr", "pt", "ar"}, statement
        assert statement.half in {"fit", "report"}, statement


def test_given_passages_exist_and_differ(found: Found) -> None:
    for statement in found.statements:
        assert 2 <= len(statement.given) <= 5, statement
        assert len(set(statement.given)) == len(statement.given), statement
        assert set(statement.given) <= found.passages.keys(), statement


def test_marks_fit_the_kind(found: Found) -> None:
    for statement in found.statements:
        beyond = [mark for mark in statement.marks if not 1 <= mark <= len(statement.given)]
        assert bool(beyond) == (statement.kind == "invented mark"), statement
        assert (not statement.marks) == (statement.kind == "no mark"), statement
        if statement.kind in {"two", "extra mark"}:
            assert len(set(statement.marks)) > 1, statement


def test_quotes_are_where_the_kind_says(found: Found) -> None:
    for statement in found.statements:
        if statement.true:
            assert bool(statement.quotes) == (statement.kind == "quoted"), statement
            assert all(any(quote in text for text in found.cited(statement)) for quote in statement.quotes), statement
        elif statement.kind in {"quote altered", "quote elsewhere"}:
            assert statement.quotes, statement
            somewhere = all(any(quote in text for text in found.passages.values()) for quote in statement.quotes)
            assert somewhere == (statement.kind == "quote elsewhere"), statement
            assert not all(any(quote in text for text in found.cited(statement)) for quote in statement.quotes), (
                statement
            )


def test_every_kind_and_language_is_in_both_halves(found: Found) -> None:
    for group in ("kind", "language"):
        sizes = Counter((statement.true, getattr(statement, group), statement.half) for statement in found.statements)
        for true, name in {key[:2] for key in sizes}:
            assert sizes[true, name, "fit"], (true, name)
            assert sizes[true, name, "report"] or name == "should", (true, name)


def test_kinds_of_false_statements_are_even_where_figures_are_told(found: Found) -> None:
    sizes = Counter(
        statement.kind for statement in found.statements if not statement.true and statement.half == "report"
    )
    assert max(sizes.values()) - min(sizes.values()) <= 1, sizes


def test_every_kind_is_there(found: Found) -> None:
    assert {statement.kind for statement in found.statements} == TRUE | FALSE


def test_no_statement_is_there_twice(found: Found) -> None:
    seen = Counter((statement.text, statement.given) for statement in found.statements)
    assert [key for key, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("half", ["fit", "report"])
def test_true_statements_cite_every_recommendation(found: Found, half: str) -> None:
    cited = {
        statement.given[mark - 1]
        for statement in found.statements
        if statement.true and statement.half == half
        for mark in statement.marks
    }
    wanted = {name for name in found.passages if re.search(r"-[rpc]\d+(\.\d+)?$", name)}
    assert wanted - cited == set()
