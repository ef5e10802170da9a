"""Running the cases: every question asked as a person would, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from evals.cases import Case
from evals.measures import CRASHED, covers, first_rank, is_exact
from ingest.report import Report
from retrieval.answer import Answer


class Asked(Protocol):
    """What is put to the test; retrieval.assistant.Assistant is one."""

    def ask(self, question: str) -> Answer:
        """The answer to a question."""
        ...

    def report(self, report_id: str) -> Report | None:
        """A report as stored."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case; with an ``error`` it is wrong in everything."""

    case: Case
    status: str  # of the answer, or "crashed"
    cited: tuple[str, ...] = ()  # passage ids, in the order shown
    rank: int | None = None  # of the first right passage among the hits, from 1
    exact: bool = False  # whether every quote shown is the source's own characters
    language: str = ""  # of our sentences
    error: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer is what the case wants: its status, and for an answer a right quote."""
        cited = any(covers(one, gold) for one in self.cited for gold in self.case.gold)
        return self.status == self.case.status and (cited or not self.case.answerable)

    @property
    def got(self) -> str:
        """What came instead, for a reader."""
        return self.error or ", ".join([self.status, *(one.rpartition("#")[2] for one in self.cited)])


def run(asked: Asked, cases: Iterable[Case]) -> list[Outcome]:
    """One outcome a case, in order, whatever happens."""
    return [run_case(asked, case) for case in cases]


def run_case(asked: Asked, case: Case) -> Outcome:
    """Ask one question; an exception is an outcome too."""
    try:
        answer = asked.ask(case.question)
        quotes = (*answer.citations, *answer.nearest)
        sources = {one.passage.report_id: asked.report(one.passage.report_id) for one in quotes}
        texts = {one: report.text if report else None for one, report in sources.items()}
        return Outcome(
            case,
            str(answer.status),
            cited=tuple(one.passage.id for one in answer.citations),
            rank=first_rank([hit.passage.id for hit in answer.hits], case.gold),
            exact=all(is_exact(one.quote, texts[one.passage.report_id], one.start, one.end) for one in quotes),
            language=answer.language,
        )
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this case's result
        return Outcome(case, CRASHED, error=f"{type(error).__name__}: {error}")
