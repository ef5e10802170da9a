"""The product as it is, with cases and a baseline: what faults are planted in, one at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.run.cases import Archetype, Case
from evals.run.runner import SystemUnderTest, run_cases
from evals.scorecard.baseline import Baseline
from evals.scorecard.gate import digest_passages, find_regressions
from evals.scorecard.scorecard import Scorecard
from ingest.report import Passage, Report
from retrieval.models.embedder import Embedder
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer

REPORT = "gfmd-2010-mesa-redonda-1"
NEEDED = {  # besides the first of each kind
    "mecanismos-addressee-n-pt",  # answered with a record
    "debate-challenges-es",  # and these are found by words that they share with the report
    "minors-es",
    "smugglers-justice-partners-fr",
}
Change = Callable[[Answer], Answer]


class Replayed:
    """The product, knowing its answers by heart: what is planted around it is quick to ask."""

    def __init__(self, asked: SystemUnderTest) -> None:
        self._asked = asked
        self.report = asked.report
        self._known: dict[tuple[str, Conversation], Answer] = {}

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        key = (question, conversation)
        if key not in self._known:
            self._known[key] = self._asked.ask(question, conversation=conversation)
        return self._known[key]


@dataclass(frozen=True)
class Healthy:
    """The product as it is, the cases it is asked, and what came of them."""

    folder: Path
    embedder: Embedder  # knows the questions by heart
    asked: Replayed
    report: Report
    passages: tuple[Passage, ...]
    cases: tuple[Case, ...]
    baseline: Baseline

    def worse(self, asked: SystemUnderTest, passages: Iterable[Passage] | None = None) -> list[str]:
        """What the gate says of another product in its place."""
        records = digest_passages(self.passages if passages is None else passages)
        return find_regressions(card(asked, self.cases), records, self.baseline)

    def judged(self, change: Change) -> str:
        """The first question of a case whose answer the change would change."""
        alone = [case.question for case in self.cases if not case.before]
        found = next((question for question in alone if change(answer := self.asked.ask(question)) != answer), None)
        assert found, "nothing to plant the fault in"
        return found

    def passage(self, name: str) -> Passage:
        return next(passage for passage in self.passages if passage.id == f"{REPORT}#{name}")


def card(asked: SystemUnderTest, cases: Sequence[Case]) -> Scorecard:
    return Scorecard(tuple(run_cases(asked, cases)))


def some_of(cases: Sequence[Case]) -> list[Case]:
    """The first case of each kind in each language, with a number or a strength too, and some conversations whole."""
    firsts: dict[tuple[object, ...], Case] = {}
    for case in cases:
        if case.archetype is not Archetype.MULTI_TURN:
            firsts.setdefault((case.archetype, case.language, case.answerable, bool(case.never)), case)
    talks: dict[str, list[str]] = {}
    for case in cases:
        if case.archetype is Archetype.MULTI_TURN and len(case.before) > 1:
            talks.setdefault(case.language, []).append(case.name.partition("/")[0])
    wanted = {question for some in talks.values() for question in list(dict.fromkeys(some))[:1]}
    chosen = {*(first.name for first in firsts.values()), *NEEDED}
    assert chosen <= {case.name for case in cases}
    return [case for case in cases if case.name in chosen or case.name.partition("/")[0] in wanted]


def names(lines: Sequence[str], *starts: str) -> bool:
    """Whether each of these is named."""
    missing = [start for start in starts if not any(line.startswith(start) for line in lines)]
    assert not missing, f"not named: {missing}; named: {lines}"
    return True
