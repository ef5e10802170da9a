"""Counts right answers by measure and report, and prints them: of how many, with the 95 % interval by report."""

from collections import defaultdict
from collections.abc import Mapping

from rich.console import Console
from rich.table import Column, Table

from evals.statistics.bootstrap import compute_interval


class Tally:
    """What was compared in one set: right or wrong, by measure and report, and what is wrong in words."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
        self.misses: list[str] = []

    def add(self, measure: str, report: str, right: bool, miss: str = "") -> None:
        """Count one comparison; ``miss`` says what is wrong where it is."""
        self.counts[measure][report].append(right)
        if miss and not right:
            self.misses.append(f"{report}: {measure}: {miss}")

    def show(self, screen: Console, *, misses: bool, targets: Mapping[str, str]) -> None:
        """Print the misses if wanted, a row for each report, and each measure with its interval and target."""
        for line in self.misses if misses else ():
            screen.print(line, markup=False, soft_wrap=True)
        reports = list(dict.fromkeys(report for counts in self.counts.values() for report in counts))
        if len(reports) > 1:
            table = Table(Column(self.name, no_wrap=True, min_width=30), *self.counts)
            for report in reports:
                table.add_row(report, *(_fraction(counts.get(report, [])) for counts in self.counts.values()))
            screen.print(table)
        for measure, counts in self.counts.items():
            pairs = [(report, outcome) for report, some in counts.items() for outcome in some]
            interval = compute_interval(pairs, lambda pair: pair[0], lambda some: sum(r for _, r in some) / len(some))
            spread = f"[{interval.low:.3f} {interval.high:.3f}]" if len(counts) > 1 else ""
            count = f"{sum(right for _, right in pairs):5} / {len(pairs):5}  {interval.value:7.2%}"
            screen.print(f"{measure:48} {count}  {spread:13}  {targets.get(measure, '')}".rstrip(), markup=False)


def _fraction(outcomes: list[bool]) -> str:
    return f"{sum(outcomes)}/{len(outcomes)}" if outcomes else ""
