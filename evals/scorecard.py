"""The scorecard: the measures of all cases and of each language's, as counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals import measures
from evals.measures import Share
from evals.run import Outcome

ALL = "all"
LOWER_IS_BETTER = frozenset({"refused though present", "answered though absent"})


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Outcomes and what they add up to."""

    outcomes: tuple[Outcome, ...]

    @property
    def groups(self) -> dict[str, tuple[Outcome, ...]]:
        """All outcomes, then those of each language, by its code."""
        languages = sorted({one.case.language for one in self.outcomes})
        return {ALL: self.outcomes} | {
            code: tuple(one for one in self.outcomes if one.case.language == code) for code in languages
        }

    @property
    def figures(self) -> dict[str, dict[str, Share]]:
        """Every measure of every group."""
        return {name: measured(outcomes) for name, outcomes in self.groups.items()}

    @property
    def misses(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if not one.right)

    def as_json(self) -> dict[str, Any]:
        """Plain values: per group the number of cases and [count, of] a measure; then every miss."""
        groups = self.groups
        return {
            "groups": {
                name: {"cases": len(groups[name]), "measures": {key: [one.count, one.of] for key, one in some.items()}}
                for name, some in self.figures.items()
            },
            "misses": [
                {
                    "question": one.case.question,
                    "language": one.case.language,
                    "expected": expected(one),
                    "got": one.got,
                }
                for one in self.misses
            ],
        }


def expected(outcome: Outcome) -> str:
    """What a case wants, for a reader: "1.2-r07 or 1.2-r14", "nothing_found"."""
    case = outcome.case
    return " or ".join(one.rpartition("#")[2] for one in case.gold) if case.answerable else str(case.status)


def measured(outcomes: Sequence[Outcome]) -> dict[str, Share]:
    """All measures of some outcomes, by name."""
    present = [one for one in outcomes if one.case.answerable]
    absent = [one for one in outcomes if not one.case.answerable]
    statuses = [one.status for one in absent]
    return {
        "right": Share(sum(one.right for one in outcomes), len(outcomes)),
        "recall at 1": measures.recall_at(1, [one.rank for one in present]),
        "recall at 5": measures.recall_at(5, [one.rank for one in present]),
        "cited rightly": measures.cited_rightly([one.cited for one in present], [one.case.gold for one in present]),
        "refused though present": measures.refused_though_present([one.status for one in present]),
        "answered though absent": measures.answered_though_absent(statuses),
        "right kind of no": measures.right_kind_of_no(statuses, [one.case.status for one in absent]),
        "quotes exact": measures.quote_exactness([one.exact for one in outcomes]),
        "frame language right": measures.frame_language_right(
            [one.language for one in outcomes], [one.case.language for one in outcomes]
        ),
    }
