"""The gate itself: faults are planted in the product, one at a time, and each has to be named for what it is."""

import json
import shutil
import sqlite3
import time
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from evals.run.cases import CASES_FOLDER, Archetype, Case, load_case_files
from evals.run.embedders import TimedEmbedder
from evals.run.runner import SystemUnderTest, run_cases
from evals.scorecard.baseline import BASELINE_FILE, read_baseline, write_baseline
from evals.scorecard.evaluate import EvaluationPlan, evaluate
from evals.scorecard.gate import digest_passages, find_fixed_cases, find_regressions, make_baseline
from evals.scorecard.scorecard import Scorecard
from ingest.report import Passage, Report, Strength
from retrieval.assistant import Assistant
from retrieval.models.calibration import CALIBRATIONS_FOLDER
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer
from tests.evals.scorecard.healthy import REPORT, Healthy, card, names

# The healthy product


def test_the_cases_are_of_every_kind_and_language(healthy: Healthy) -> None:
    assert {case.archetype for case in healthy.cases} == set(Archetype)
    assert {case.language for case in healthy.cases} >= {"es", "en", "fr", "pt", "ar"}
    assert 90 <= len(healthy.cases) <= 150


def test_the_healthy_product_passes_its_own_baseline(healthy: Healthy, tmp_path: Path) -> None:
    write_baseline(healthy.baseline, tmp_path / "baseline.json")
    again = Assistant(healthy.folder, embedder=healthy.embedder)  # really asked again
    held = read_baseline(tmp_path / "baseline.json")
    assert find_regressions(card(again, healthy.cases), digest_passages(healthy.passages), held) == []


def test_the_committed_baseline_can_be_read() -> None:
    assert read_baseline(BASELINE_FILE).cases["all"] > 0


# What is stored


def altered(healthy: Healthy, folder: Path, passages: Sequence[Passage], report: Report | None = None) -> Assistant:
    """The product over an index in which the report has these passages."""
    shutil.copytree(healthy.folder, folder)
    altered = Assistant(folder, embedder=healthy.embedder)
    altered.index.put([(Path(f"{REPORT}.txt"), report or healthy.report, passages)], healthy.embedder)
    return altered


def test_a_recommendation_dropped_at_ingest(healthy: Healthy, tmp_path: Path) -> None:
    dropped = healthy.passage("1.1-r06")
    asked = altered(healthy, tmp_path / "index", [passage for passage in healthy.passages if passage != dropped])
    found = healthy.worse(asked, asked.index.store.passages())
    assert names(found, "record 1.1-r06 is gone", "case ")


def test_two_recommendations_merged_at_ingest(healthy: Healthy, tmp_path: Path) -> None:
    first, second = healthy.passage("1.2-r07"), healthy.passage("1.2-r08")
    both = replace(first, text=healthy.report.text[first.start : second.end], end=second.end)
    kept = [both if passage == first else passage for passage in healthy.passages if passage != second]
    asked = altered(healthy, tmp_path / "index", kept)
    found = healthy.worse(asked, asked.index.store.passages())
    assert names(found, "record 1.2-r08 is gone", "record 1.2-r07 reads otherwise", "case ")


def test_a_word_changed_at_ingest(healthy: Healthy, tmp_path: Path) -> None:
    """Then every quote is exact, of a report that never said so."""
    changed = [
        replace(passage, text=passage.text.replace("no justifican", "sí justifican")) for passage in healthy.passages
    ]
    report = replace(healthy.report, text=healthy.report.text.replace("no justifican", "sí justifican"))
    asked = altered(healthy, tmp_path / "index", changed, report)
    found = healthy.worse(asked, asked.index.store.passages())
    assert names(found, "record 1.2-r09 reads otherwise than before")


def test_obligations_read_as_possibilities(healthy: Healthy, tmp_path: Path) -> None:
    changed = [
        replace(passage, strength=Strength.POSSIBILITY if passage.strength is Strength.OBLIGATION else passage.strength)
        for passage in healthy.passages
    ]
    asked = altered(healthy, tmp_path / "index", changed)
    found = healthy.worse(asked, asked.index.store.passages())
    assert names(found, "strength kept: ", "case ")


# How it is searched


def test_the_lexical_side_switched_off(healthy: Healthy, tmp_path: Path) -> None:
    """An index whose words are empty: everything else in it is as it was."""
    shutil.copytree(healthy.folder, tmp_path / "index")
    with closing(sqlite3.connect(tmp_path / "index" / "relatoria.sqlite")) as database, database:
        database.execute("delete from words")
    found = healthy.worse(Assistant(tmp_path / "index", embedder=healthy.embedder))
    assert names(found, "case ")


def with_thresholds(healthy: Healthy, file: Path, **thresholds: float) -> Assistant:
    stated = json.loads(next(CALIBRATIONS_FOLDER.glob("*.json")).read_text(encoding="utf-8"))
    stated["thresholds"] |= thresholds
    file.write_text(json.dumps(stated), encoding="utf-8")
    return Assistant(healthy.folder, calibration=file, embedder=healthy.embedder)


def test_a_threshold_moved_up(healthy: Healthy, tmp_path: Path) -> None:
    found = healthy.worse(with_thresholds(healthy, tmp_path / "up.json", answers=0.95))
    assert names(found, "refused though present: ", "case ")


def test_a_threshold_moved_down(healthy: Healthy, tmp_path: Path) -> None:
    found = healthy.worse(with_thresholds(healthy, tmp_path / "down.json", answers=0.05))
    assert names(found, "answered though absent: ", "case ")


# How it is said


class Speaking:
    """The product, its own sentences in one language, whatever is asked; of all questions or of some ``only``."""

    def __init__(self, assistant: Assistant, language: str, only: Collection[str] = ()) -> None:
        self._assistant = assistant
        self._language = language
        self._only = only
        self.report = assistant.report

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        language = self._language if not self._only or question in self._only else None
        return self._assistant.ask(question, conversation=conversation, language=language)


def test_sentences_in_another_language(healthy: Healthy) -> None:
    found = healthy.worse(Speaking(Assistant(healthy.folder, embedder=healthy.embedder), "en"))
    assert names(found, "frame language right: ", *(f"frame language right, {text}: " for text in ("ar", "es", "fr")))
    assert not any(line.startswith("frame language right, en") for line in found)


def test_one_sentence_in_another_language(healthy: Healthy) -> None:
    only = next(case.question for case in healthy.cases if case.language == "pt" and not case.before)
    found = healthy.worse(Speaking(Assistant(healthy.folder, embedder=healthy.embedder), "es", {only}))
    assert names(found, "frame language right: ", "frame language right, pt: ")


class Forgetful:
    """The product, to which every question is the first."""

    def __init__(self, asked: SystemUnderTest) -> None:
        self._asked = asked
        self.report = asked.report

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        return self._asked.ask(question)


def test_a_conversation_forgotten(healthy: Healthy) -> None:
    assert names(healthy.worse(Forgetful(healthy.asked)), "multi-turn: ", "case talk-")


# How it runs


class Crashing:
    """The product, failing at one question."""

    def __init__(self, asked: SystemUnderTest, at: str) -> None:
        self._asked = asked
        self._at = at
        self.report = asked.report

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        if question == self._at:
            raise RuntimeError("no such table: words")
        return self._asked.ask(question, conversation=conversation)


def right_and_alone(healthy: Healthy) -> Case:
    """A case whose question is asked in no conversation."""
    said = {question for case in healthy.cases for question in case.before}
    no = healthy.baseline.failing
    return next(case for case in healthy.cases if case.answerable and case.name not in no and case.question not in said)


def test_a_crash_in_one_case_of_a_hundred(healthy: Healthy) -> None:
    case = right_and_alone(healthy)
    found = healthy.worse(Crashing(healthy.asked, case.question))
    said = f"case {case.name} is not right, and is not among those known to fail: expected "
    assert names(found, "no crash: ", f"no crash, {case.language}: ", said)
    assert any("RuntimeError: no such table: words" in line for line in found)


def test_a_case_that_failed_and_is_right_now_is_better(healthy: Healthy) -> None:
    case = right_and_alone(healthy)
    records = digest_passages(healthy.passages)
    before = make_baseline(card(Crashing(healthy.asked, case.question), healthy.cases), records)
    now = card(healthy.asked, healthy.cases)
    assert find_fixed_cases(now, before) == [case.name]
    assert find_regressions(now, records, before) == []
    assert find_fixed_cases(now, healthy.baseline) == []


class Slow:
    """The product, late with every answer."""

    def __init__(self, asked: SystemUnderTest, seconds: float) -> None:
        self._asked = asked
        self._seconds = seconds
        self.report = asked.report

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        time.sleep(self._seconds)
        return self._asked.ask(question, conversation=conversation)


def test_a_slow_search(assistant: Assistant) -> None:
    """Beside embedding the question, which takes as long as ever."""
    passages = tuple(assistant.index.store.passages())
    cases = load_case_files(sorted(CASES_FOLDER.glob("*.jsonl")), {passage.id for passage in passages})[:9]
    stopwatch = TimedEmbedder(assistant.embedder())
    asked = Assistant(assistant.index.folder, embedder=stopwatch)
    first = Scorecard(tuple(run_cases(asked, cases, embedding=stopwatch.seconds)))
    assert first.ratio
    middle = sorted(outcome.embedding for outcome in first.outcomes)[len(cases) // 2]
    slow = Slow(asked, 10 * first.ratio * middle + 0.1)
    held = make_baseline(first, digest_passages(passages))
    found = find_regressions(
        Scorecard(tuple(run_cases(slow, cases, embedding=stopwatch.seconds))), digest_passages(passages), held
    )
    assert [line.partition(":")[0] for line in found] == ["slow search"]


class Fickle:
    """The product, leaving out the last thing it cites, every so many answers."""

    def __init__(self, asked: SystemUnderTest, every: int) -> None:
        self._asked = asked
        self._every = every
        self._count = 0
        self.report = asked.report

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        self._count += 1
        answer = self._asked.ask(question, conversation=conversation)
        if self._count % self._every or not answer.citations:
            return answer
        last = answer.citations[-1].mark
        kept = tuple(
            statement for statement in answer.statements if all(some.mark != last for some in statement.citations)
        )
        return replace(answer, statements=kept)


def test_an_answer_that_is_not_always_the_same(healthy: Healthy) -> None:
    records = digest_passages(healthy.passages)
    held = make_baseline(evaluate(EvaluationPlan(healthy.cases, healthy.asked, repeated=healthy.asked)), records)
    assert held.figures["all/all/the same again"].value == 1
    again = evaluate(EvaluationPlan(healthy.cases, healthy.asked, repeated=Fickle(healthy.asked, every=150)))
    assert names(find_regressions(again, records, held), "the same again: ")


# What is asked


def test_fewer_cases(healthy: Healthy) -> None:
    *kept, last = healthy.cases
    count = len(healthy.cases)
    found = find_regressions(card(healthy.asked, kept), digest_passages(healthy.passages), healthy.baseline)
    assert names(
        found,
        f"cases, all: {count - 1}, 1 fewer than {count}",
        f"cases, language/{last.language}: ",
        f"cases, archetype/{last.archetype}: ",
    )


def test_a_kind_of_case_that_is_not_asked_any_more(healthy: Healthy) -> None:
    kept = [case for case in healthy.cases if case.archetype is not Archetype.MULTI_TURN]
    found = find_regressions(card(healthy.asked, kept), digest_passages(healthy.passages), healthy.baseline)
    gone = len(healthy.cases) - len(kept)
    assert names(
        found, f"cases, archetype/multi-turn: 0, {gone} fewer than {gone}", "multi-turn: not measured any more"
    )


def test_cases_that_want_less(healthy: Healthy) -> None:
    """As many as before, of which some no longer say what must not be cited, or how many there are."""
    eased = [
        replace(case, never=() if case.language == "es" else case.never, total=None) if case.answerable else case
        for case in healthy.cases
    ]
    found = find_regressions(card(healthy.asked, eased), digest_passages(healthy.passages), healthy.baseline)
    assert names(found, "nothing forbidden: counted over ", "number right: not measured any more")
    assert all("fewer" in line or "not measured" in line for line in found)
