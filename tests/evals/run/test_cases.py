"""Case files: what they may say, mistakes named with file, line and remedy, and the product's own cases."""

import json
from pathlib import Path

import pytest

from evals.run.cases import (
    CASES_FOLDER,
    Archetype,
    BadCase,
    Case,
    GoldMatch,
    find_uncovered_passages,
    load_case_files,
    load_cases,
)
from ingest.report import Kind, Strength
from retrieval.assistant import Assistant
from retrieval.results import Status

IDS = ["r#1.1-r01", "r#1.1-r05", "r#1.1-r05.2", "r#date"]


def write(folder: Path, *lines: str, name: str = "r") -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def line(**changes: object) -> str:
    """A good case, with changes; None takes a key out."""
    case = {"name": "b", "question": "¿Quién?", "language": "es", "any": ["date"], **changes}
    return json.dumps({key: value for key, value in case.items() if value is not None}, ensure_ascii=False)


FIRST = line(name="a", question="¿Cuándo?")


def test_cases_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "\ufeff" + line(name="a", half="fit", archetype="fact", also=["1.1-r01"], why="Its last line."),
        "",
        line(name="b", question="Bread?", language="en", any=None, status="out_of_scope"),
        line(name="c", question="c", any=None, exact=["1.1-r01", "r#1.1-r05"], total=2, **{"not": ["date"]}),
        line(name="d", question="d", strength="obligation", same_as="a"),
        line(name="e", question="e", any=None, status=["out_of_scope", "not_understood"]),
    )
    assert load_cases(path, IDS) == [
        Case(
            "a",
            "¿Quién?",
            "es",
            archetype=Archetype.FACT,
            gold=("r#date",),
            also=("r#1.1-r01",),
            half="fit",
            why="Its last line.",
        ),
        Case("b", "Bread?", "en", statuses=(Status.OUT_OF_SCOPE,)),
        Case("c", "c", "es", need=GoldMatch.EXACT, gold=("r#1.1-r01", "r#1.1-r05"), never=("r#date",), total=2),
        Case("d", "d", "es", gold=("r#date",), strength=Strength.OBLIGATION, same_as="a"),
        Case("e", "e", "es", statuses=(Status.OUT_OF_SCOPE, Status.NOT_UNDERSTOOD)),
    ]


def test_a_conversation_is_a_case_for_each_turn_behind_its_first(tmp_path: Path) -> None:
    turns = [
        {"question": "one"},
        {"question": "two", "any": ["date"]},
        {"question": "and 1?", "mark": 1, "language": "en"},
    ]
    path = write(tmp_path, line(name="talk", question=None, any=None, archetype="multi-turn", turns=turns))
    two, three = load_cases(path, IDS)
    assert (two.name, two.before, two.gold, two.archetype) == ("talk/2", ("one",), ("r#date",), Archetype.MULTI_TURN)
    assert (three.name, three.before, three.mark, three.language) == ("talk/3", ("one", "two"), 1, "en")
    assert three.answerable


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (line(question="¿CUÁNDO?  "), "is in line 1 too. Remove one of the two"),
        (line(name="a"), "the name 'a' is in line 1 too. Give it another name"),
        (line(any=["1.1-r04"]), "no passage 'r#1.1-r04'. The nearest are 1.1-r0"),
        (line(any=["s#1.1-r01"]), "There is no report 's', but r"),
        (line(any=[]), '"any" is empty'),
        (line(any="date"), '"any" is \'date\'. Give a list'),
        (line(any=None, status="maybe"), "nothing_found, out_of_scope, not_understood"),
        (line(any=None, status="answered"), "nothing_found, out_of_scope, not_understood"),
        (line(any=None, status=[]), "or a list of them"),
        (line(status="nothing_found"), "found any and status"),
        (line(any=None), "found nothing to say what is right"),
        (line(any=None, mark=1), '"mark" is for a turn'),
        (line(question=" "), '"question"'),
        (line(name=None), '"name" is None'),
        (line(language="xx"), '"language"'),
        (line(language=["es"]), '"language"'),
        (line(half="both"), '"half"'),
        (line(archetype="hard"), '"archetype" is \'hard\'. Give one of direct'),
        (line(strength="strong"), '"strength" is \'strong\'. Give one of obligation'),
        (line(total=-1), '"total" is -1'),
        (line(total=True), '"total" is True'),
        (line(why=3), '"why" is 3'),
        (line(also=["date"], **{"not": ["date"]}), "both right and under"),
        (line(gold=["date"]), "gold"),
        (line(turns=[]), 'either "question" or "turns"'),
        (line(question=None, any=None, turns=[{"question": "a"}]), "Give two turns or more"),
        (line(question=None, any=None, turns=[{"question": "a"}, {"question": "b", "mark": 0}]), '"mark" is 0'),
        (line(question=None, any=None, turns=[{"question": "a", "any": []}, {"question": "b", "mark": 1}]), "turn 1: "),
        ('["b"]', "found ['b']"),
        ('{"name": "b", "question": "\\ud800"}', "half a character"),
        (line(why="x" * 60_000), "characters. A case has"),
        ('{"question": ', "not JSON"),
        ("[" * 40_000, "not JSON"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, mistake: str, says: str) -> None:
    with pytest.raises(BadCase) as error:
        load_cases(write(tmp_path, FIRST, mistake), IDS)
    assert "r.jsonl, line 2" in str(error.value)
    assert says in str(error.value)


def test_a_rewording_of_no_case(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=r"is .same_as. 'A', which is no case"):
        load_cases(write(tmp_path, FIRST, line(same_as="A")), IDS)


def test_a_file_of_cases_that_is_missing_or_empty(tmp_path: Path) -> None:
    for path, says in [(tmp_path / "none.jsonl", "cannot be read"), (write(tmp_path, ""), "no cases")]:
        with pytest.raises(BadCase, match=says):
            load_cases(path, IDS)


def test_two_files_may_not_share_a_name(tmp_path: Path) -> None:
    files = [write(tmp_path, FIRST), write(tmp_path, line(name="a", any=["s#date"]), name="s")]
    with pytest.raises(BadCase, match=r"s\.jsonl: the name .a. is in .*r\.jsonl too"):
        load_case_files(files, [*IDS, "s#date"])


def test_the_cases_that_come_with_the_product(assistant: Assistant) -> None:
    passages = list(assistant.index.store.passages())
    cases = load_case_files(sorted(CASES_FOLDER.glob("*.jsonl")), [passage.id for passage in passages])
    languages = [case.language for case in cases if not case.before]
    assert len(languages) >= 150
    for language, least in {"es": 60, "en": 40, "fr": 30, "pt": 30, "ar": 30}.items():
        assert languages.count(language) >= least
    assert {case.archetype for case in cases} == set(Archetype)
    assert {case.half for case in cases} == {"fit", "report"}
    assert all(case.why for case in cases)
    assert find_uncovered_passages(cases, [passage.id for passage in passages]) == []
    strengths = {passage.id: passage.strength for passage in passages if passage.kind is not Kind.FACT}
    for case in (case for case in cases if case.strength):
        assert any(strengths.get(gold) == case.strength for gold in case.gold), case.name
