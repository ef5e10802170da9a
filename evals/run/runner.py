"""Runs cases: asks each question after the earlier turns of its conversation, and records the outcome."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Protocol

from evals.metrics.groundedness import StatementCheck, keeps_strength, measure_groundedness
from evals.metrics.measures import CRASHED, Share, covers, is_same_or_part
from evals.run.cases import Case, GoldMatch
from ingest.report import Report
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer

_NONE = Share(0, 0)
AnswersByTurns = dict[tuple[str, ...], list[Answer]]  # the turns of a conversation to their answers


class SystemUnderTest(Protocol):
    """The system under test; retrieval.assistant.Assistant is one."""

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        """Answer a question in the context of a conversation."""
        ...

    def report(self, report_id: str) -> Report | None:
        """A report as stored."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a case; with an ``error`` it counts as wrong in every metric."""

    case: Case  # with the gold that its mark meant
    status: str  # of the answer, or "crashed"
    cited: tuple[str, ...] = ()  # passage ids, in the order shown
    ranked: tuple[str, ...] = ()  # ids of what was found, best first
    probability: float | None = None  # that the best of them answers, as the product says
    total: int = 0  # recommendations said to match
    quotes: Share = _NONE  # those that are the source's own characters
    statements: Share = _NONE  # those that rest on their sources
    strength: str = ""  # of the first right passage that is cited, or of the first cited
    strength_kept: bool = False  # whether the words that show it are still in the quotes
    language: str = ""  # of our sentences
    again: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what was cited when asked otherwise, by how
    error: str = ""
    seconds: float = 0.0
    embedding: float = 0.0  # seconds of them that the embedding model took

    @property
    def right(self) -> bool:
        """Whether the answer meets all that the case expects."""
        case = self.case
        return (
            case.accepts_status(self.status)
            and (not case.answerable or self._cites_what_is_needed)
            and not any(is_same_or_part(cited, never) for cited in self.cited for never in case.never)
            and (case.total is None or self.total == case.total)
            and (case.strength is None or self.strength == case.strength)
            and self.quotes.count == self.quotes.of
            and self.statements.count == self.statements.of
        )

    @property
    def _cites_what_is_needed(self) -> bool:
        gold = self.case.gold
        met = [any(covers(cited, wanted) for cited in self.cited) for wanted in gold]
        if self.case.need is GoldMatch.ANY:
            return any(met)
        return all(met) and (self.case.need is GoldMatch.ALL or all(map(self.case.accepts, self.cited)))

    @property
    def got(self) -> str:
        """The actual status and citations, as text."""
        return self.error or ", ".join([self.status, *map(self._named, self.cited)])

    @property
    def expected(self) -> str:
        """The expected status or citations, as text."""
        case = self.case
        if not case.answerable:
            return " or ".join(case.statuses)
        between = {GoldMatch.ANY: " or ", GoldMatch.ALL: " and ", GoldMatch.EXACT: ", "}[case.need]
        extra = [f"in all {case.total}"] if case.total is not None else []
        extra += [f"strength {case.strength}"] if case.strength else []
        said = between.join(map(self._named, case.gold)) + (" and no others" if case.need is GoldMatch.EXACT else "")
        return "; ".join([said, *extra, *(f"not {self._named(never)}" for never in case.never)])

    def _named(self, passage_id: str) -> str:
        """An id as shown: without its report's where all are of one report."""
        shown = (*self.case.gold, *self.case.never, *self.cited)
        return passage_id if len({id_.partition("#")[0] for id_ in shown}) > 1 else shorten_id(passage_id)


def shorten_id(passage_id: str) -> str:
    """Shorten a passage id to the part within its report.

    >>> shorten_id("gfmd-2010#1.2-r07")
    '1.2-r07'
    """
    return passage_id.rpartition("#")[2]


def run_cases(
    asked: SystemUnderTest,
    cases: Iterable[Case],
    *,
    embedding: Callable[[], float] = lambda: 0.0,
    proves: StatementCheck | None = None,
) -> Iterator[Outcome]:
    """Run cases in order; yields one outcome each, also for a case that raises an error.

    ``embedding`` reads the seconds that the embedding model has taken so far; ``proves`` verifies what a chat
    model wrote, which counts as ungrounded without it.
    """
    said: AnswersByTurns = {}
    for case in cases:
        yield run_case(asked, case, said, embedding=embedding, proves=proves)


def run_case(
    asked: SystemUnderTest,
    case: Case,
    said: AnswersByTurns | None = None,
    *,
    embedding: Callable[[], float] = lambda: 0.0,
    proves: StatementCheck | None = None,
) -> Outcome:
    """Run one case; an exception is an outcome too. ``said`` caches the answers to turns, by all turns so far."""
    said = {} if said is None else said
    try:
        before = _ask_turns(asked, case.before, said)
        conversation = reduce(Conversation.with_answer, before, EMPTY_CONVERSATION)
        start, embedded = time.perf_counter(), embedding()
        answer = asked.ask(case.question, conversation=conversation)
        seconds, embedded = time.perf_counter() - start, embedding() - embedded
        said[(*case.before, case.question)] = [*before, answer]
        case = _resolve_mark(case, before)
        rests = measure_groundedness(answer, asked.report, proves or (lambda statement, language: False))
        cited = answer.citations
        right = [
            citation for citation in cited if any(is_same_or_part(citation.passage.id, gold) for gold in case.gold)
        ] or list(cited)
        return Outcome(
            case,
            str(answer.status),
            cited=tuple(citation.passage.id for citation in cited),
            ranked=tuple(hit.passage.id for hit in answer.hits),
            probability=round(answer.hits[0].probability, 6) if answer.hits else None,
            total=answer.total,
            quotes=rests.quotes,
            statements=rests.statements,
            strength=str(right[0].passage.strength or "") if right else "",
            strength_kept=keeps_strength(answer),
            language=answer.language,
            seconds=seconds,
            embedding=embedded,
        )
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this case's result
        return Outcome(case, CRASHED, error=f"{type(error).__name__}: {error}")


def _ask_turns(asked: SystemUnderTest, turns: Sequence[str], said: AnswersByTurns) -> list[Answer]:
    """The answers to the earlier turns, each asked once."""
    if not turns:
        return []
    if (known := said.get(tuple(turns))) is not None:
        return known
    before = _ask_turns(asked, turns[:-1], said)
    conversation = reduce(Conversation.with_answer, before, EMPTY_CONVERSATION)
    answers = [*before, asked.ask(turns[-1], conversation=conversation)]
    said[tuple(turns)] = answers
    return answers


def _resolve_mark(case: Case, before: Sequence[Answer]) -> Case:
    """Resolve a case's mark into gold: what the last answer with marks showed under it; none where it showed none."""
    if not case.mark:
        return case
    shown = next((some for answer in reversed(before) if (some := answer.citations or answer.nearest)), ())
    return replace(case, gold=tuple(citation.passage.id for citation in shown if citation.mark == case.mark))
