"""Run an evaluation plan: each case once, repeated, on re-ordered passages, and on other systems.

The result is a scorecard; two evaluations of one state differ in nothing but their times.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from evals.metrics.groundedness import StatementCheck
from evals.run.cases import Case
from evals.run.runner import AnswersByTurns, Outcome, SystemUnderTest, run_case, run_cases
from evals.scorecard.scorecard import Scorecard

T = TypeVar("T")
REPEATS = 5  # the same question
Progress = Callable[[Sequence[T], str], Iterable[T]]  # hands on what it is given, showing how far it is


def no_progress(some: Sequence[T], _title: str) -> Iterable[T]:
    """A Progress that shows nothing."""
    return some


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What an evaluation runs: the cases, the assistants under test, and what is known already."""

    cases: Sequence[Case]
    assistant: SystemUnderTest
    repeated: SystemUnderTest | None = None  # the same without a chat model; may remember how a question was embedded
    reordered: SystemUnderTest | None = None  # the same passages, stored in another order
    others: Mapping[str, SystemUnderTest] = field(default_factory=dict)  # other systems by name
    embedding: Callable[[], float] = lambda: 0.0  # reads the seconds that the embedding model has taken
    proves: StatementCheck | None = None  # judges what a chat model wrote
    known: Mapping[str, Outcome] = field(default_factory=dict)  # by case name: what an interrupted run has found out
    made: Mapping[str, Any] = field(default_factory=dict)  # what it is made with: versions, fingerprint, machine


def evaluate(
    plan: EvaluationPlan, show: Progress[Any] = no_progress, keep: Callable[[Outcome], None] = lambda outcome: None
) -> Scorecard:
    """Run a plan and score it; ``keep`` is given each outcome as soon as it is there."""
    outcomes = list(_run_cases(plan, show, keep))
    cited = {outcome.case.name: outcome.cited for outcome in outcomes}
    reworded = tuple(
        replace(outcome, again={**outcome.again, "reworded": cited[outcome.case.same_as]})
        if outcome.case.same_as in cited
        else outcome
        for outcome in outcomes
    )
    others = {name: tuple(run_cases(other, show(plan.cases, name))) for name, other in plan.others.items()}
    return Scorecard(reworded, others, plan.made, datetime.now(UTC).isoformat(timespec="seconds"))


def _run_cases(plan: EvaluationPlan, show: Progress[Any], keep: Callable[[Outcome], None]) -> Iterator[Outcome]:
    """Run each case; its outcome has the citations of the repeated and re-ordered runs too."""
    said: AnswersByTurns = {}
    elsewhere: AnswersByTurns = {}
    for case in show(plan.cases, "cases"):
        if known := plan.known.get(case.name):
            yield known
            continue
        outcome = run_case(plan.assistant, case, said, embedding=plan.embedding, proves=plan.proves)
        again: dict[str, tuple[str, ...]] = {}
        if plan.repeated:
            repeats = [run_case(plan.repeated, case, dict(said)).cited for _ in range(REPEATS - 1)]
            again["repeated"] = next((repeat for repeat in repeats if repeat != outcome.cited), outcome.cited)
        if plan.reordered:
            again["re-ordered"] = run_case(plan.reordered, case, elsewhere).cited
        outcome = replace(outcome, again=again)
        keep(outcome)
        yield outcome
