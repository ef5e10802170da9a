"""The table of a suite."""

from collections.abc import Sequence

from rich.table import Table

from evals.suites.figures import Row
from evals.suites.systems import OURS

WIDE = 200  # characters: five figures with their intervals side by side
HALVES = {"fit": ', half "fit"', "report": ', half "report"', "all": ""}


def table(rows: Sequence[Row]) -> Table:
    """The rows of one suite and half, a line each, the other systems' figures on the right."""
    first = rows[0]
    others = list(dict.fromkeys(name for row in rows for name in row.figures if name != OURS))
    titles = [row.title for row in rows]
    made = Table(title=f"{first.suite}{HALVES[first.half]}", title_justify="left")
    for heading in ("set", "measure", "questions", OURS, "target", "", *others):
        made.add_column(heading, no_wrap=True, justify="right" if heading == "questions" else "left")
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        figures = [str(row.figures[name]) if name in row.figures else "" for name in (OURS, *others)]
        made.add_row(
            row.title,
            row.measure,
            str(row.count),
            figures[0],
            _target(row),
            {None: "", True: "[green]reached[/]", False: "[red]not reached[/]"}[row.reached],
            *figures[1:],
            end_section=following is not None and following.title != row.title and titles.count(row.title) > 1,
        )
    return made


def _target(row: Row) -> str:
    """As in the table.

    >>> _target(Row("s", "t", "all", "R@1", 1, {}, 0.97)), _target(Row("s", "t", "all", "errors", 1, {}, 0.05, True))
    ('≥ .970', '≤ .050')
    """
    if row.target is None:
        return ""
    return f"{'≤' if row.at_most else '≥'} {row.target:.3f}".replace(" 0.", " .")
