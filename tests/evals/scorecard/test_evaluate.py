"""Evaluations: outcomes of right, wrong and crashed cases, runs that go on, scorecards compared, the command.

Long because every step of a run is tested with one canned assistant: asking, repeating, keeping, comparing.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.main import main
from evals.benchmarks.passages import build_report
from evals.metrics.measures import Share
from evals.run.cases import Case, GoldMatch
from evals.run.runner import Outcome, run_cases
from evals.scorecard.baseline import read_baseline
from evals.scorecard.checkpoint import OutcomeLog
from evals.scorecard.compare import compare, read_scorecard
from evals.scorecard.evaluate import EvaluationPlan, evaluate
from evals.scorecard.metrics import MEASURES, MEASURES_BY_NAME
from evals.scorecard.scorecard import Figure, Scorecard
from ingest.errors import RelatoriaError
from ingest.report import Passage, Report, Strength
from retrieval.assistant import Assistant
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer, Citation, Status
from retrieval.verification.quotes import quote_statement
from tests.fakes.openai_server import OpenAIServer, answer_with

_, REPORT, PASSAGES = build_report("r", ["Los países deben cooperar.", "Once de noviembre."], "es")
ID = "gfmd-2010-mesa-redonda-1"
OWN = [
    Case("relator", "¿Quién fue el relator?", "es", gold=(f"{ID}#rapporteur",)),
    Case("drain", "What should be done about brain drain?", "en", gold=(f"{ID}#1.1-r06",)),
    Case("bread", "How do I bake bread?", "en", statuses=(Status.OUT_OF_SCOPE,)),
    Case("women", "and for women?", "en", gold=(f"{ID}#1.2-r06",), before=("Which groups need priority?",)),
    Case("again", "brain drain", "en", gold=(f"{ID}#1.1-r06",), same_as="drain"),
]


class Canned:
    """Answers that were written down, and an exception for any other question; counts what it is asked."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        self.asked.append(question)
        return self.answers[question]

    def report(self, report_id: str) -> Report | None:
        return REPORT if report_id == "r" else None


def answer(question: str, *passages: Passage, language: str = "es") -> Answer:
    quotes = [quote_statement(Citation.whole(mark, passage)) for mark, passage in enumerate(passages, start=1)]
    status = Status.ANSWERED if passages else Status.NOTHING_FOUND
    return Answer(question, question, language, status, tuple(quotes))


def value(scorecard: Scorecard, measure: str) -> Figure:
    return next(figure for figure in scorecard.figures if figure.group == "all" and figure.measure == measure)


def test_outcomes_of_right_wrong_and_crashed_cases() -> None:
    one, two = PASSAGES
    altered = replace(one, text="Los países pueden cooperar.")
    asked = Canned({"a": answer("a", one), "b": answer("b", two), "c": answer("c"), "d": answer("d", altered)})
    cases = [Case(question, question, "es", gold=(one.id,)) for question in "abcd"]
    cases += [Case("e", "e", "es", statuses=(Status.OUT_OF_SCOPE,)), Case("f", "f", "es", gold=(one.id,))]
    outcomes = list(run_cases(asked, cases))
    assert [outcome.right for outcome in outcomes] == [True, False, False, False, False, False]
    assert [outcome.quotes for outcome in outcomes[:4]] == [Share(1, 1), Share(1, 1), Share(0, 0), Share(0, 1)]
    assert [outcome.statements for outcome in outcomes[:4]] == [Share(1, 1), Share(1, 1), Share(0, 0), Share(0, 1)]
    assert outcomes[4].error == "KeyError: 'e'"
    scorecard = Scorecard(tuple(outcomes))
    assert value(scorecard, "citation recall").value == 2 / 5  # "a" and, by its id, "d"
    assert value(scorecard, "refused though present").value == 2 / 5  # "c" refused, "f" crashed
    assert value(scorecard, "answered though absent").value == 1  # "e" crashed
    assert value(scorecard, "quotes exact").value == 3 / 6
    assert value(scorecard, "no crash").value == 4 / 6
    assert {miss.case.name for miss in scorecard.misses[:2]} == {"e", "f"}  # crashed, so they come first


def test_a_crash_is_the_worst_in_every_measure_and_leaves_no_denominator() -> None:
    good = Case("a", "a", "es", gold=("r#p01",), need=GoldMatch.EXACT, total=1, never=("r#p02",), same_as="a")
    for case in (good, replace(good, gold=(), statuses=(Status.NOTHING_FOUND,))):
        crashed = Outcome(case, "crashed", error="ValueError: x")
        for measure in MEASURES:
            if measure.counts(case):
                assert measure.score_outcome(crashed) == measure.worst, measure.name
        counted = {figure.measure for figure in Scorecard((crashed,)).figures if figure.group == "all"}
        assert counted == {measure.name for measure in MEASURES if measure.counts(case) and not measure.way} | {
            measure.name for measure in MEASURES if measure.counts(case) and measure.name in counted
        }


@pytest.mark.parametrize(
    ("need", "cited", "right"),
    [
        (GoldMatch.ANY, ("r#2",), True),
        (GoldMatch.ANY, ("r#9",), False),
        (GoldMatch.ALL, ("r#1", "r#2", "r#9"), True),
        (GoldMatch.ALL, ("r#1",), False),
        (GoldMatch.EXACT, ("r#2", "r#1"), True),
        (GoldMatch.EXACT, ("r#2", "r#1", "r#3"), True),  # which may be there
        (GoldMatch.EXACT, ("r#2", "r#1", "r#9"), False),
        (GoldMatch.ANY, ("r#1", "r#8"), False),  # which must not
    ],
)
def test_what_is_needed(need: GoldMatch, cited: tuple[str, ...], right: bool) -> None:
    case = Case("a", "a", "es", need=need, gold=("r#1", "r#2"), also=("r#3",), never=("r#8",))
    assert Outcome(case, "answered", cited=cited).right is right


def test_a_wrong_number_a_wrong_strength_and_a_word_that_is_not_proved_are_not_right() -> None:
    case = Case("a", "a", "es", gold=("r#1",), total=2, strength=Strength.OBLIGATION)
    good = Outcome(case, "answered", cited=("r#1",), total=2, strength="obligation", quotes=Share(1, 1))
    assert good.right
    for change in ({"total": 3}, {"strength": "possibility"}, {"quotes": Share(0, 1)}, {"statements": Share(1, 2)}):
        assert not replace(good, **change).right


def test_the_product_is_asked_for_real_and_is_the_same_twice(assistant: Assistant) -> None:
    plan = EvaluationPlan(OWN, assistant, repeated=assistant, reordered=assistant)
    first, second = evaluate(plan), evaluate(plan)
    assert [outcome.right for outcome in first.outcomes] == [True] * 5
    cards = [card.as_json() for card in (first, second)]
    assert cards[0].pop("times").keys() == cards[1].pop("times").keys()
    assert cards[0] == cards[1]
    assert value(first, "the same again").value == value(first, "the same reworded").value == 1


def test_what_is_not_always_the_same_is_seen() -> None:
    one, two = PASSAGES
    plan = EvaluationPlan(
        [Case("a", "a", "es", gold=(one.id,))], Canned({"a": answer("a", one)}), Canned({"a": answer("a", two)})
    )
    assert value(evaluate(plan), "the same again").value == 0


# Journal


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    one, two = PASSAGES
    asked = Canned({"a": answer("a", one), "b": answer("b", two)})
    cases = [Case("a", "a", "es", gold=(one.id,)), Case("b", "b", "es", gold=(two.id,))]
    file, made = tmp_path / "journal.jsonl", {"commit": "1"}
    with OutcomeLog(file, made) as journal:
        whole = evaluate(journal.resume(EvaluationPlan(cases[:1], asked)), keep=journal.append)
    file.write_text(file.read_text() + '{"made": "torn', encoding="utf-8")
    with OutcomeLog(file, made) as journal:
        gone_on = evaluate(journal.resume(EvaluationPlan(cases, asked)), keep=journal.append)
    assert asked.asked == ["a", "b"]
    assert gone_on.outcomes[0] == whole.outcomes[0]
    with OutcomeLog(file, made) as journal:
        assert set(journal.resume(EvaluationPlan(cases, asked)).known) == {"a", "b"}  # the torn line has swallowed none
    for other, some in (({"commit": "2"}, cases), (made, [replace(cases[0], gold=(two.id,)), cases[1]])):
        asked.asked.clear()
        with OutcomeLog(file, other) as journal:
            evaluate(journal.resume(EvaluationPlan(some, asked)))
        assert "a" in asked.asked  # another state of the product, or another case: what is known is not used


# Comparison


def test_two_scorecards_are_compared_case_by_case(tmp_path: Path) -> None:
    cases = [Case(str(n), str(n), "es", gold=("r#1",)) for n in range(20)]
    good = [Outcome(case, "answered", cited=("r#1",), ranked=("r#1",)) for case in cases]
    bad = [
        replace(outcome, cited=("r#2",), ranked=("r#2", "r#1")) if n < 15 else outcome for n, outcome in enumerate(good)
    ]
    other = [*good[:1], *bad[1:19]]
    first, second = (Scorecard(tuple(some)).as_json() for some in (bad, good))
    comparison = compare(first, second)
    r1 = next(difference for difference in comparison.differences if difference.measure == "R@1")
    assert (r1.first, r1.second, r1.significant) == (0.25, 1.0, True)
    assert comparison.mended == tuple(str(n) for n in range(15))
    assert compare(second, first).broken == comparison.mended
    assert compare(first, Scorecard(tuple(other)).as_json()).only_first == ("19",)
    assert not any(difference.significant for difference in compare(first, first).differences)
    file = tmp_path / "card.json"
    for text in ('{"groups": {}}', '{"schema": 1, "cases": [{"nope": 1}]}', "[]", "nothing"):
        file.write_text(text)
        with pytest.raises(RelatoriaError, match="is no scorecard"):
            read_scorecard(file)
    with pytest.raises(RelatoriaError, match="no case in common"):
        compare(
            first,
            Scorecard(tuple(replace(outcome, case=replace(outcome.case, name="x")) for outcome in good[:1])).as_json(),
        )


# The command


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / f"{ID}.jsonl"
    path.write_text(
        "\n".join(
            json.dumps(line)
            for line in (
                {"name": "who", "question": "¿Quién fue el relator?", "language": "es", "any": ["rapporteur"]},
                {"name": "bread", "question": "How do I bake bread?", "language": "en", "status": "out_of_scope"},
            )
        ),
        encoding="utf-8",
    )
    return path


def test_the_command_accepts_holds_and_fails(
    assistant: Assistant, cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline, card, page = (tmp_path / text for text in ("baseline.json", "card.json", "card.html"))
    command = ["eval", "--index", str(assistant.index.folder), "--cases", str(cases), "--baseline", str(baseline)]
    assert main(command) == 1
    assert "There is no baseline" in capsys.readouterr().err
    assert main([*command, "--accept"]) == 0
    assert main([*command, "--json", str(card), "--html", str(page)]) == 0
    assert "Nothing is worse" in capsys.readouterr().out
    assert [load["right"] for load in json.loads(card.read_text())["cases"]] == [True, True]
    assert "¿Quién fue el relator?" in page.read_text() or "relator" in page.read_text()
    cases.write_text(cases.read_text().replace('"rapporteur"', '"date"'), encoding="utf-8")  # a planted fault
    assert main(command) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "worse citation recall, es: 0.000 of 1; was 1.000" in shown
    assert (
        "worse case who is not right, and is not among those known to fail: expected date; got answered, rapporteur"
        in shown
    )
    assert main(["eval", "--compare", str(card), str(card)]) == 0
    assert "+0.000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "nowhere is no folder"),
        (["--json", "nowhere/card.json"], "cannot be written"),
        (["--compare", "nowhere.json", "nowhere.json"], "is no scorecard"),
        (["--export", "csv", "cases.csv"], "langsmith"),
        (["--accept", "--once"], "without --half, --once"),
        (["--accept", "--no-gate"], "and --no-gate"),
        (["--judge-runs", "0"], "cannot be asked 0 times"),
        (["--judge", "nonsense"], "names no chat model"),
        (["--baseline", "nowhere.json"], "There is no baseline nowhere.json"),
        (["--json", "a.json", "--html", "a.json"], "a.json is read, and would be lost"),
        (["--cases", "nowhere.jsonl"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["eval", *words]) == 1
    error = " ".join(capsys.readouterr().err.split())
    assert says in error
    assert "Traceback" not in error


def test_nothing_that_is_read_is_written_over(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = cases.with_suffix(".md")
    report.write_text("# Informe\n\n1. Los países deben cooperar.\n", encoding="utf-8")
    before = cases.read_text(encoding="utf-8")
    for words in (["--json", str(cases)], ["--html", str(report)], ["--journal", str(cases)]):
        assert main(["eval", str(cases.parent), *words]) == 1
        assert "would be lost" in capsys.readouterr().err
    assert cases.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "3",
        '{"cases": 1}',
        '{"cases": {}, "figures": {"a": 1}, "failing": [], "records": {}}',
        '{"cases": {}, "figures": {"a": [1, 1, 1, 1]}, "failing": [], "records": {}, "the rest by embedding": null}',
    ],
)
def test_a_baseline_of_another_shape(text: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RelatoriaError, match="cannot be read"):
        read_baseline(path)


def test_somebody_elses_file_is_no_journal(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    for content in (b"# Report", b"3", b"\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(RelatoriaError, match="is no journal"), OutcomeLog(file, {}):
            pass
        assert file.read_bytes() == content


def test_public_sets_need_to_be_pointed_at(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("RELATORIA_DATA", raising=False)
    assert main(["eval", "--suite", "xquad"]) == 1
    assert "RELATORIA_DATA" in capsys.readouterr().err


def test_every_measure_has_its_own_name_and_a_definition() -> None:
    assert len(MEASURES_BY_NAME) == len(MEASURES)
    assert all(measure.definition for measure in MEASURES)


@pytest.mark.parametrize("written", ["Los países deben cooperar [1].", "Nada que citar."])
def test_what_a_chat_model_writes_is_counted_and_proved_again(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "informe.txt").write_text("Recomendaciones\n\n1. Los países deben cooperar.\n", encoding="utf-8")
    case = {"name": "coop", "question": "¿Qué deben hacer los países?", "language": "es", "any": ["r01"]}
    (tmp_path / "informe.jsonl").write_text(json.dumps(case), encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    card = tmp_path / "card.json"
    with OpenAIServer(answer_with(written)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert main(["eval", str(tmp_path), "--model", "openai:small", "--json", str(card)]) == 0
        assert len(server.bodies) == 1  # what is asked again is asked without it
    made = json.loads(card.read_text(encoding="utf-8"))
    assert made["made"]["chat model"] == "openai:small"
    assert [load["scores"]["groundedness"] for load in made["cases"]] == [1]
