"""The measuring side: measures worked by hand, mistakes in case files, and a gate that catches what got worse."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evals import measures
from evals.__main__ import main
from evals.cases import CASES, BadCase, Case, load_cases
from evals.confidence import answered, confidence, without
from evals.gate import BASELINE, read_baseline, worse, write_baseline
from evals.measures import Share
from evals.ready_made import report_of
from evals.run import Outcome, run
from evals.scorecard import Scorecard, measured
from evals.warm import indexed_texts
from evals.xquad import data_folder, read_articles
from ingest.errors import RelatoriaError
from ingest.report import Passage, Report
from retrieval.answer import Answer, Citation, Status
from retrieval.assistant import Assistant
from retrieval.index import Index
from retrieval.proof import quote_statement
from retrieval.search import search

IDS = {"r#1.1-r01", "r#1.1-r05", "r#1.1-r05.2", "r#date"}


# Measures, by hand


def test_recall_counts_what_was_not_found() -> None:
    assert measures.first_rank(["r#1.1-r01", "r#1.1-r05"], ["r#1.1-r05.2"]) == 2  # a part, quoted with its whole
    assert measures.first_rank(["r#1.1-r05.2", "r#1.1-r0"], ["r#1.1-r05"]) is None
    ranks = [1, 2, None, 6, 1]
    assert measures.recall_at(1, ranks) == Share(2, 5)
    assert measures.recall_at(5, ranks) == Share(3, 5)
    assert measures.recall_at(5, ranks).value == 0.6


def test_refusals_and_answers_in_the_wrong_place() -> None:
    assert measures.answered_though_absent(["answered", "nothing_found", "failed", "crashed"]) == Share(2, 4)
    assert measures.refused_though_present(["answered", "failed", "out_of_scope", "crashed"]) == Share(3, 4)
    kinds = measures.right_kind_of_no(["nothing_found", "out_of_scope", "crashed"], ["nothing_found"] * 3)
    assert kinds == Share(1, 3)


def test_a_quote_is_exact_or_not() -> None:
    text = "Los países deben"
    assert measures.is_exact("países", text, 4, 10)
    for quote, start, end in [("paises", 4, 10), ("países", 4, 11), ("", 4, 4), ("", -2, 0)]:
        assert not measures.is_exact(quote, text, start, end)
    assert not measures.is_exact("países", None, 4, 10)


def test_frame_language() -> None:
    asked = ["es", "fr", "ar", "ar", "und", "und"]
    assert measures.frame_language_right(["es", "en", "en", "es", "pt", ""], asked) == Share(3, 6)


def test_auroc_counts_pairs_and_halves_ties() -> None:
    # .8 beats .7 and .2; .5 beats .2; .2 draws with .2: 3.5 of 6
    assert measures.auroc([0.8, 0.5, 0.2], [0.7, 0.2]) == pytest.approx(3.5 / 6)
    assert measures.auroc([], [0.1]) == measures.auroc([0.1], []) == 0.5


def test_equal_error_score() -> None:
    assert measures.equal_error([0.9, 0.8, 0.7, 0.3], [0.6, 0.4, 0.2, 0.1]) == 0.6
    assert measures.equal_error([0.9, 0.8], [0.2, 0.1]) == 0.8  # from here on, no error of either kind
    assert measures.equal_error([], []) == 0


def test_bootstrap_draws_groups_and_repeats_itself() -> None:
    groups = [[0.0] * 9, [1.0]]  # drawn: both of the first, both of the second, or one each

    def mean(drawn: object) -> float:
        assert isinstance(drawn, list)
        return sum(map(sum, drawn)) / sum(map(len, drawn))

    assert measures.bootstrap(groups, mean) == measures.bootstrap(groups, mean) == (0.0, 1.0)
    assert measures.bootstrap([], mean) == (0.0, 0.0)


# Case files


def write_cases(folder: Path, *lines: str) -> Path:
    path = folder / "r.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def line(**changes: object) -> str:
    case = {"question": "¿Cuándo?", "language": "es", "any": ["date"], **changes}
    return json.dumps({key: value for key, value in case.items() if value is not None}, ensure_ascii=False)


def test_cases_are_read(tmp_path: Path) -> None:
    path = write_cases(tmp_path, line(), "", line(question="Bread?", language="en", any=None, status="out_of_scope"))
    assert load_cases(path, IDS) == [
        Case("¿Cuándo?", "es", Status.ANSWERED, ("r#date",)),
        Case("Bread?", "en", Status.OUT_OF_SCOPE),
    ]


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (line(question="¿CUÁNDO?  "), "the same as in line 1"),
        (line(question="b", any=["1.1-r99"]), "no passage 'r#1.1-r99'"),
        (line(question="b", any=[]), "list of passage ids"),
        (line(question="b", any=None, status="maybe"), "nothing_found, out_of_scope, not_understood"),
        (line(question="b", any=None, status="answered"), "nothing_found, out_of_scope, not_understood"),
        (line(question="b", any=None, status=["nothing_found"]), "nothing_found, out_of_scope, not_understood"),
        (line(question="b", status="nothing_found"), "either"),
        (line(question="b", any=None), "either"),
        (line(question=" "), '"question"'),
        (line(question="b", language="xx"), '"language"'),
        (line(question="b", gold=["date"]), "gold"),
        ('["b"]', "list"),
        ('{"question": ', "not JSON"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, mistake: str, says: str) -> None:
    with pytest.raises(BadCase) as error:
        load_cases(write_cases(tmp_path, line(), mistake), IDS)
    assert "r.jsonl, line 2" in str(error.value)
    assert says in str(error.value)


def test_a_file_of_cases_that_is_missing_or_empty(tmp_path: Path) -> None:
    for path, says in [(tmp_path / "none.jsonl", "cannot be read"), (write_cases(tmp_path, ""), "no cases")]:
        with pytest.raises(BadCase, match=says):
            load_cases(path, IDS)


def test_the_cases_that_come_with_the_product_are_good(assistant: Assistant) -> None:
    ids = {passage.id for passage in assistant.index.store.passages()}
    cases = [case for file in CASES.glob("*.jsonl") for case in load_cases(file, ids)]
    assert {"es", "en", "fr", "pt", "ar"} <= {case.language for case in cases}
    assert sum(not case.answerable for case in cases) >= 40
    assert read_baseline(BASELINE)["all"]["cases"] == len(cases)


_, REPORT, PASSAGES = report_of("r", ["Los países deben cooperar.", "Once de noviembre."], "es")


class Canned:
    """Answers that were written down, and an exception for any other question."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers

    def ask(self, question: str) -> Answer:
        return self.answers[question]

    def report(self, report_id: str) -> Report | None:
        return REPORT if report_id == "r" else None


def answer(question: str, *passages: Passage, language: str = "es") -> Answer:
    quotes = [quote_statement(Citation.whole(mark, one)) for mark, one in enumerate(passages, start=1)]
    status = Status.ANSWERED if passages else Status.NOTHING_FOUND
    return Answer(question, question, language, status, tuple(quotes))


def test_outcomes_of_right_wrong_and_crashed_cases() -> None:
    one, two = PASSAGES
    altered = replace(one, text="Los países pueden cooperar.")
    asked = Canned({"a": answer("a", one), "b": answer("b", two), "c": answer("c"), "d": answer("d", altered)})
    cases = [Case(question, "es", Status.ANSWERED, (one.id,)) for question in "abcd"]
    cases += [Case("e", "es", Status.OUT_OF_SCOPE), Case("f", "es", Status.ANSWERED, (one.id,))]
    outcomes = run(asked, cases)
    assert [outcome.right for outcome in outcomes] == [True, False, False, True, False, False]
    assert [outcome.exact for outcome in outcomes] == [True, True, True, False, False, False]
    assert outcomes[4].error == "KeyError: 'e'"
    figures = measured(outcomes)
    assert figures["right"] == Share(2, 6)
    assert figures["cited rightly"] == Share(2, 5)
    assert figures["refused though present"] == Share(2, 5)  # "c" refused, "f" crashed
    assert figures["answered though absent"] == Share(1, 1)  # "e" crashed
    assert figures["quotes exact"] == Share(3, 6)
    assert figures["frame language right"] == Share(4, 6)


def test_the_product_is_asked_for_real(assistant: Assistant) -> None:
    cases = [
        Case("¿Quién fue el relator?", "es", Status.ANSWERED, ("gfmd-2010-mesa-redonda-1#rapporteur",)),
        Case("What should be done about brain drain?", "en", Status.ANSWERED, ("gfmd-2010-mesa-redonda-1#1.1-r06",)),
    ]
    outcomes = run(assistant, cases)
    assert [(one.right, one.rank, one.exact, one.language) for one in outcomes] == [
        (True, 1, True, c) for c in ("es", "en")
    ]
    assert run(assistant, cases) == outcomes


# The gate


def outcomes(*, refused: int = 0, answered: int = 0, cases: int = 4) -> tuple[Outcome, ...]:
    """As many Spanish cases with an answer and as many without, some of each wrong."""
    present = Case("¿Cuándo?", "es", Status.ANSWERED, ("r#date",))
    absent = Case("¿Pan?", "es", Status.OUT_OF_SCOPE)
    found = Outcome(present, "answered", ("r#date",), 1, True, "es")
    no = Outcome(absent, "out_of_scope", (), None, True, "es")
    return (
        *[replace(found, status="nothing_found", cited=()) if n < refused else found for n in range(cases)],
        *[replace(no, status="answered", cited=("r#date",)) if n < answered else no for n in range(cases)],
    )


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    path = tmp_path / "baseline.json"
    write_baseline(Scorecard(outcomes(refused=1, answered=1)), path)
    return path


def test_the_same_figures_and_better_ones_pass(baseline: Path) -> None:
    accepted = read_baseline(baseline)
    assert worse(Scorecard(outcomes(refused=1, answered=1)), accepted) == []
    assert worse(Scorecard(outcomes()), accepted) == []
    assert worse(Scorecard(outcomes(refused=1, answered=1, cases=8)), accepted) == []


def test_a_worse_figure_is_named_with_the_difference(baseline: Path) -> None:
    lost = worse(Scorecard(outcomes(refused=2, answered=1)), read_baseline(baseline))
    wanted = "refused though present: 2 of 4 (50.0%), 25.0 points worse than 1 of 4 (25.0%)"
    assert f"all, {wanted}" in lost
    assert f"es, {wanted}" in lost
    assert not any("answered though absent" in one for one in lost)
    lost = worse(Scorecard(outcomes(refused=1, answered=3)), read_baseline(baseline))
    assert "es, answered though absent: 3 of 4 (75.0%), 50.0 points worse than 1 of 4 (25.0%)" in lost


def test_fewer_cases_are_worse(baseline: Path) -> None:
    lost = worse(Scorecard(outcomes(cases=3)), read_baseline(baseline))
    assert "all: 6 cases, 2 fewer than 8" in lost
    assert "es, recall at 1: counted over 3, 1 fewer than 4" in lost
    assert "es: 0 cases, 8 fewer than 8" in worse(Scorecard(()), read_baseline(baseline))


def test_the_command_accepts_holds_and_fails(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "gfmd-2010-mesa-redonda-1.jsonl"
    cases.write_text(line(question="¿Quién fue el relator?", any=["rapporteur"]), encoding="utf-8")
    baseline, figures = tmp_path / "baseline.json", tmp_path / "figures.json"
    command = ["--index", str(assistant.index.folder), "--cases", str(cases), "--baseline", str(baseline)]
    assert main(command) == 1  # no baseline yet
    assert main([*command, "--accept"]) == 0
    assert main([*command, "--json", str(figures)]) == 0
    assert json.loads(figures.read_text())["groups"]["es"]["measures"]["cited rightly"] == [1, 1]
    cases.write_text(line(question="¿Quién fue el relator?", any=["date"]), encoding="utf-8")  # a planted fault
    capsys.readouterr()
    assert main(command) == 1
    assert "es, cited rightly: 0 of 1 (0.0%), 100.0 points worse than 1 of 1 (100.0%)" in capsys.readouterr().out


def test_ready_made_passages_are_searched_like_any(assistant: Assistant, tmp_path: Path) -> None:
    index = Index(tmp_path, assistant.index.model)
    fish = report_of("xquad-00", ["Los peces respiran por branquias.", "El pan se hornea con harina."], "es")
    rock = report_of("xquad-01", ["El granito es una roca ígnea."], "es")
    index.put([fish, rock], assistant.embedder())
    assert {one.id for one in index.store.passages()} == {"xquad-00#p01", "xquad-00#p02", "xquad-01#p01"}
    index.check()
    found = search(index, assistant.embedder(), "¿Con qué se hornea el pan?")
    assert found.hits[0].passage.id == "xquad-00#p02"
    assert answered(found)
    removed = without(found, lambda passage: passage.report_id == "xquad-00")
    assert confidence(removed) < confidence(found)
    assert not answered(removed)


def test_xquad_needs_to_be_pointed_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RELATORIA_DATA", raising=False)
    with pytest.raises(RelatoriaError, match="RELATORIA_DATA"):
        data_folder()
    with pytest.raises(RelatoriaError, match="RELATORIA_DATA"):
        read_articles(tmp_path / "xquad.es.json")


def test_the_benchmark_embeds_what_an_ingest_embeds(assistant: Assistant, report_file: Path) -> None:
    assert len(indexed_texts((report_file,), assistant.embedder())) == len(assistant.index.store.vector_ids())
