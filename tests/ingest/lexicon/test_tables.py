"""The word tables: what a pattern is made of, and the slips that somebody who adds words can make."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.lexicon import tables
from ingest.lexicon.tables import WordTables

ROOT = Path(__file__).parent.parent.parent.parent
FILES = sorted(
    path
    for room in ("ingest", "retrieval")
    for folder in ("data", "languages")
    for path in (ROOT / room).glob(f"*/{folder}/*.toml")
)
TABLE = r"""
people = 'men women'
[noun]
es = '''
casa|l'uva
pan blanco
'''
en = 'house|{old} house'
[old]
en = '(?:old|new)'
"""


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WordTables:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "some.toml").write_text(TABLE, encoding="utf-8")
    monkeypatch.setattr(tables, "_ROOT", tmp_path.parent)
    return WordTables(tmp_path.name, "some", printed=True)


def test_a_line_break_joins_alternatives_and_a_name_stands_for_its_entry(words: WordTables) -> None:
    assert words.pattern("noun") == r"casa|l['’]uva|pan\s++blanco|house|(?:old|new)\s++house"
    assert words.pattern("noun", "en") == r"house|(?:old|new)\s++house"
    assert words.lines("noun")[1] == r"pan\s++blanco"


def test_a_shape_has_each_entry_as_one_group(words: WordTables) -> None:
    found = words.compile(r"\b{noun}\b", re.IGNORECASE)
    assert found.findall("L’uva e PAN \n blanco, new house, housewife") == ["L’uva", "PAN \n blanco", "new house"]


def test_words_are_of_one_language_or_of_all(words: WordTables) -> None:
    assert words.words("people") == {"men", "women"}
    assert words.word_sets("old") == {"en": {"(?:old|new)"}}


def _texts(entry: object) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict | list):
        for inner in entry.values() if isinstance(entry, dict) else entry:
            yield from _texts(inner)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_no_line_of_a_table_begins_or_ends_with_an_empty_alternative(path: Path) -> None:
    for text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
        for line in text.strip("\n").split("\n"):
            assert not line.startswith("|"), line  # an empty alternative matches everywhere
            assert not line.endswith(("|", " |")), line
            assert "||" not in line, line
            assert line or not text.strip(), path  # an empty line is one, too


def test_what_a_language_has_words_for_is_looked_for() -> None:
    shapes = tomllib.loads((ROOT / "retrieval/query/data/shapes.toml").read_text(encoding="utf-8"))
    for path in sorted((ROOT / "retrieval/text/languages").glob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in shapes.keys() & tables.keys():
            used = set(
                re.findall(
                    r"\{([a-z_]+)\}",
                    " ".join([*shapes["parts"].values(), *shapes[table].values(), *tables[table].values()]),
                )
            )
            assert tables[table].keys() <= used | {"list_all", "ordinal_ending"}, path
