"""The independent statements: their form, that they are as they were frozen, and that the proof judges them."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from evals.adversarial import independent
from evals.adversarial.independent import HELD, read_statements
from ingest.errors import RelatoriaError

FALSE = {
    *("negation", "opposite", "strength", "number", "name", "agent", "roles", "scope", "tense", "added"),
    *("wrong mark", "quote", "partial"),
}


def test_each_statement_marks_passages_that_it_gives_and_is_labelled() -> None:
    statements = list(read_statements())
    for said in statements:
        marks = [int(mark) for mark in re.findall(r"\[(\d+)\]", said.text)]
        assert marks, said.id
        assert all(1 <= mark <= len(said.given) for mark in marks), said.id
        assert said.closeness in {"verbatim", "light", "free"}, said.id
        assert said.kind == said.closeness if said.true else said.kind in FALSE, said.id
    assert len({said.id for said in statements}) == len(statements)


def test_the_halves_hold_as_many_of_either_label_in_five_languages() -> None:
    statements = list(read_statements())
    counts = Counter((said.half, said.true) for said in statements)
    assert set(counts) == {(half, true) for half in ("open", HELD) for true in (True, False)}
    assert min(counts.values()) >= 140
    spoken = Counter((said.language, said.true) for said in statements)
    assert len(spoken) == 10
    assert min(spoken.values()) >= 55


def test_statements_that_were_changed_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(independent.FOLDER, tmp_path / "independent")
    monkeypatch.setattr(independent, "FOLDER", tmp_path / "independent")
    file = next((tmp_path / "independent").glob("*.jsonl"))
    file.write_bytes(file.read_bytes().replace(b'"true": false', b'"true": true', 1))
    with pytest.raises(RelatoriaError, match="not as it was frozen"):
        list(read_statements())
