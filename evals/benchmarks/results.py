"""Result rows of a suite: each system's figure with its interval, beside the target."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from evals.benchmarks.ask import QueryOutcome, Results
from evals.benchmarks.baselines import DENSE
from evals.benchmarks.systems import OURS
from evals.console import make_table
from evals.statistics.bootstrap import Interval, compute_interval
from evals.statistics.ranking import auroc, mean, ndcg_at, recall_at

Metric = Callable[[Sequence[QueryOutcome]], float]


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One measure: the figure of each system, and the target for ours."""

    suite: str
    title: str  # the set: "es-es"
    half: str  # "fit", "report" or "all"
    measure: str
    count: int  # questions
    figures: Mapping[str, Interval]  # by system
    target: float | None = None
    at_most: bool = False  # whether less is better

    @property
    def reached(self) -> bool | None:
        """Whether our figure reaches the target; None without one."""
        ours = self.figures.get(OURS)
        if self.target is None or ours is None:
            return None
        return ours.value <= self.target if self.at_most else ours.value >= self.target

    def as_json(self) -> dict[str, Any]:
        """Serialize to plain values; figures are [value, low, high]."""
        figures = {
            name: [round(x, 6) for x in (figure.value, figure.low, figure.high)]
            for name, figure in self.figures.items()
        }
        return {
            "suite": self.suite,
            "set": self.title,
            "half": self.half,
            "measure": self.measure,
            "questions": self.count,
            "target": self.target,
            "at most": self.at_most,
            "reached": self.reached,
            "figures": figures,
        }


class RowBuilder:
    """Builds the rows of one set and half."""

    def __init__(self, suite: str, title: str, half: str, results: Results) -> None:
        self.rows: list[BenchmarkRow] = []
        self._place = (suite, title, half)
        self._results = results

    def add(
        self,
        measure: str,
        figure: Metric,
        *,
        target: float | None = None,
        at_most: bool = False,
        systems: Sequence[str] | None = None,
    ) -> None:
        """Add a row: a metric of every system, or of some."""
        some = {name: asked for name, asked in self._results.items() if systems is None or name in systems}
        figures = {name: compute_interval(asked, _group, figure) for name, asked in some.items()}
        count = max((len(asked) for asked in some.values()), default=0)
        self.rows.append(BenchmarkRow(*self._place, measure, count, figures, target, at_most))

    def add_ranking(self, targets: Mapping[str, float], measures: Sequence[str] = ("R@1", "R@5", "nDCG@10")) -> None:
        """Add rows of recall@k and nDCG@10."""
        for measure in measures:
            self.add(measure, RANKING_METRICS[measure], target=targets.get(measure))

    def add_gain_over_dense(self) -> None:
        """Add a row: our R@1 less that of dense vectors alone, paired by question."""
        ours, dense = self._results.get(OURS, []), self._results.get(DENSE, [])
        if not ours or len(ours) != len(dense):
            return
        pairs = list(zip(ours, dense, strict=True))
        gap = compute_interval(
            pairs,
            lambda pair: _group(pair[0]),
            lambda some: (
                recall_at(1, [our.rank for our, _ in some]).value
                - recall_at(1, [their.rank for _, their in some]).value
            ),
        )
        self.rows.append(BenchmarkRow(*self._place, "R@1 above dense only", len(pairs), {OURS: gap}, 0.0))

    def add_refusal(self, taken: str, target: float | None = None) -> None:
        """Add rows: AUROC of the confidence with and without passages, error rates at the product's own threshold."""

        def separated(some: Sequence[QueryOutcome]) -> float:
            return auroc([outcome.confidence for outcome in some], [outcome.absent[taken] for outcome in some])

        def answered(some: Sequence[QueryOutcome]) -> float:
            return mean([bool(outcome.answered_absent[taken]) for outcome in some])

        self.add(f"AUROC, {taken} removed", separated, target=target)
        self.add(f"answered, {taken} removed", answered, at_most=True, systems=[OURS])
        self.add("refused though present", refused_present_rate, at_most=True, systems=[OURS])


def recall_metric(k: int) -> Metric:
    """A metric: recall@k, the share of questions with a right passage among the first k."""
    return lambda some: recall_at(k, [outcome.rank for outcome in some]).value


def mean_by_group(figure: Metric) -> Metric:
    """A metric averaged within each group first (macro average), so that a group asked often counts once.

    >>> from evals.benchmarks.ask import Query
    >>> ranks = (("a", 1), ("a", 1), ("a", 2), ("b", 2))
    >>> asked = [QueryOutcome(Query("", (), group), rank, 0.0) for group, rank in ranks]
    >>> mean_by_group(recall_metric(1))(asked)  # 2/3 and 0
    0.3333333333333333
    """

    def averaged(some: Sequence[QueryOutcome]) -> float:
        groups: dict[object, list[QueryOutcome]] = {}
        for outcome in some:
            groups.setdefault(outcome.query.group, []).append(outcome)
        return sum(map(figure, groups.values())) / len(groups) if groups else 0.0

    return averaged


def refused_present_rate(some: Sequence[QueryOutcome]) -> float:
    """The share of answerable questions that were not answered."""
    return mean([not outcome.answered for outcome in some])


def _group(outcome: QueryOutcome) -> Any:
    return outcome.query.group


RANKING_METRICS: dict[str, Metric] = {
    "R@1": recall_metric(1),
    "R@3": recall_metric(3),
    "R@5": recall_metric(5),
    "nDCG@10": lambda some: mean([ndcg_at(10, outcome.rank) for outcome in some]),
}
TABLE_WIDTH = 200  # characters: five figures with their intervals side by side
HALF_TITLES = {"fit": ', half "fit"', "report": ', half "report"', "all": ""}


def render_table(rows: Sequence[BenchmarkRow]) -> Table:
    """Render the rows of one suite and half, a line each, the other systems' figures on the right."""
    first = rows[0]
    others = list(dict.fromkeys(name for row in rows for name in row.figures if name != OURS))
    titles = [row.title for row in rows]
    headings = ("set", "measure", "questions", OURS, "target", "", *others)
    made = make_table(f"{first.suite}{HALF_TITLES[first.half]}", *headings, right=("questions",))
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        figures = [str(row.figures[name]) if name in row.figures else "" for name in (OURS, *others)]
        made.add_row(
            row.title,
            row.measure,
            str(row.count),
            figures[0],
            _format_target(row),
            {None: "", True: "[green]reached[/]", False: "[red]not reached[/]"}[row.reached],
            *figures[1:],
            end_section=following is not None and following.title != row.title and titles.count(row.title) > 1,
        )
    return made


def _format_target(row: BenchmarkRow) -> str:
    """Format the target for the table.

    >>> _format_target(BenchmarkRow("s", "t", "all", "R@1", 1, {}, 0.97))
    '≥ .970'
    >>> _format_target(BenchmarkRow("s", "t", "all", "errors", 1, {}, 0.05, True))
    '≤ .050'
    """
    if row.target is None:
        return ""
    return f"{'≤' if row.at_most else '≥'} {row.target:.3f}".replace(" 0.", " .")
