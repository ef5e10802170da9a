"""Judges one answer to a question over many reports: what was cited first, what was shown, what was claimed."""

from dataclasses import dataclass

from evals.metrics.measures import is_same_or_part
from evals.questions.cases import Question
from retrieval.results import Answer, Status


@dataclass(frozen=True, slots=True)
class Judged:
    """What of an answer is right; shares are 0 to 1."""

    question: Question
    status: Status
    first: bool  # whether the first passage cited is right
    shown: float  # share of the gold that is among what is cited; of need "any", whether one is
    precision: float  # share of what is cited that is gold
    total: int  # how many the answer says that there are
    cited: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Whether it claims to answer."""
        return self.status is Status.ANSWERED

    @property
    def right(self) -> bool:
        """Whether it is as expected, with the gold that is needed."""
        asked = self.question
        if asked.expect != "answered":
            return not self.answered
        exact = asked.need != "exact" or (self.precision == 1 and asked.count in (None, self.total))
        return self.answered and self.shown == 1 and exact


def judge(question: Question, answer: Answer) -> Judged:
    """Judges an answer."""
    cited = [it.passage.id for it in answer.citations] or [it.passage.id for it in answer.nearest]
    met = [any(is_same_or_part(it, id_) for it in cited for id_ in gold) for gold in question.gold]
    right = [any(is_same_or_part(it, id_) for gold in question.gold for id_ in gold) for it in cited]
    return Judged(
        question,
        answer.status,
        first=right[:1] == [True],
        shown=(float(any(met)) if question.need == "any" else sum(met) / len(met)) if met else 0.0,
        precision=sum(right) / len(right) if right else 0.0,
        total=answer.total,
        cited=tuple(cited),
    )
