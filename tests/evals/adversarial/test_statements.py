"""The statements that a chat model's prose is judged by: their form, their marks, their quotes, their two halves."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.readers.read import read_report
from ingest.split.splitter import split

ROOT = Path(__file__).parent.parent.parent.parent
REPORTS, STATEMENTS = ROOT / "corpus" / "reports", ROOT / "evals" / "statements"
FILES = sorted(STATEMENTS.glob("*.jsonl"))
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
        return [one or other for one, other in re.findall(r"«([^»]+)»|\"([^\"]+)\"", self.text)]


class Found(NamedTuple):
    """A report's passages by the end of their ids, and the statements about it."""

    passages: dict[str, str]
    statements: list[Statement]

    def cited(self, one: Statement) -> list[str]:
        return [self.passages[one.given[mark - 1]] for mark in one.marks]


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def found(request: pytest.FixtureRequest) -> Found:
    path: Path = request.param
    passages = split(read_report(REPORTS / f"{path.stem}.txt", path.stem))
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        assert {name: type(value) for name, value in line.items()} == TYPES, line
    return Found(
        {one.id.partition("#")[2]: " ".join(one.text.split()) for one in passages},
        [Statement(**line | {"given": tuple(line["given"])}) for line in lines],
    )


def test_there_are_statements() -> None:
    assert FILES


def test_words_are_from_closed_lists(found: Found) -> None:
    for one in found.statements:
        assert one.kind in (TRUE if one.true else FALSE), one
        assert one.language in {"es", "en", "fr", "pt", "ar"}, one
        assert one.half in {"fit", "report"}, one


def test_given_passages_exist_and_differ(found: Found) -> None:
    for one in found.statements:
        assert 2 <= len(one.given) <= 5, one
        assert len(set(one.given)) == len(one.given), one
        assert set(one.given) <= found.passages.keys(), one


def test_marks_fit_the_kind(found: Found) -> None:
    for one in found.statements:
        beyond = [mark for mark in one.marks if not 1 <= mark <= len(one.given)]
        assert bool(beyond) == (one.kind == "invented mark"), one
        assert (not one.marks) == (one.kind == "no mark"), one
        if one.kind in {"two", "extra mark"}:
            assert len(set(one.marks)) > 1, one


def test_quotes_are_where_the_kind_says(found: Found) -> None:
    for one in found.statements:
        if one.true:
            assert bool(one.quotes) == (one.kind == "quoted"), one
            assert all(any(quote in text for text in found.cited(one)) for quote in one.quotes), one
        elif one.kind in {"quote altered", "quote elsewhere"}:
            assert one.quotes, one
            somewhere = all(any(quote in text for text in found.passages.values()) for quote in one.quotes)
            assert somewhere == (one.kind == "quote elsewhere"), one
            assert not all(any(quote in text for text in found.cited(one)) for quote in one.quotes), one


def test_every_kind_and_language_is_in_both_halves(found: Found) -> None:
    for group in ("kind", "language"):
        sizes = Counter((one.true, getattr(one, group), one.half) for one in found.statements)
        for true, name in {key[:2] for key in sizes}:
            assert sizes[true, name, "fit"], (true, name)
            assert sizes[true, name, "report"] or name == "should", (true, name)


def test_kinds_of_false_statements_are_even_where_figures_are_told(found: Found) -> None:
    sizes = Counter(one.kind for one in found.statements if not one.true and one.half == "report")
    assert max(sizes.values()) - min(sizes.values()) <= 1, sizes


def test_every_kind_is_there(found: Found) -> None:
    assert {one.kind for one in found.statements} == TRUE | FALSE


def test_no_statement_is_there_twice(found: Found) -> None:
    seen = Counter((one.text, one.given) for one in found.statements)
    assert [key for key, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("half", ["fit", "report"])
def test_true_statements_cite_every_recommendation(found: Found, half: str) -> None:
    cited = {one.given[mark - 1] for one in found.statements if one.true and one.half == half for mark in one.marks}
    wanted = {name for name in found.passages if re.search(r"-[rpc]\d+(\.\d+)?$", name)}
    assert wanted - cited == set()
