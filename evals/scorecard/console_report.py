"""Render the scorecard for a terminal: figures against targets, worst cases, and the comparison of two runs."""

from rich.box import SIMPLE_HEAD
from rich.markup import escape as _escape
from rich.table import Table

from evals.console import make_table
from evals.scorecard.compare import Comparison
from evals.scorecard.metrics import MEASURES, MEASURES_BY_NAME
from evals.scorecard.scorecard import ALL, Figure, Scorecard, compute_figures, confusion_matrix
from ingest.sanitize import sanitize_text

_MAX_CHARACTERS = 200  # characters of a text
_TARGET_MARKS = {None: "", True: "[green]✓[/]", False: "[red]✗[/]"}


def format_count(number: int, noun: str) -> str:
    """Format a number with its noun.

    >>> format_count(1, "case"), format_count(2, "case")
    ('1 case', '2 cases')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def escape_text(text: str) -> str:
    r"""Escape untrusted text for a terminal: no markup, no control characters, at most 200 characters.

    >>> escape_text("a\x1b[31mb") == "a\ufffd[31mb"
    True
    """
    short = text if len(text) <= _MAX_CHARACTERS else text[:_MAX_CHARACTERS] + "…"
    return _escape(sanitize_text(short))


def figures_table(scorecard: Scorecard) -> Table:
    """Table of every measure: over all cases with its interval and target, then the value of each language."""
    by_key = {(figure.measure, figure.group, figure.name): figure for figure in scorecard.figures}
    languages = sorted({outcome.case.language for outcome in scorecard.outcomes})
    title = f"Scorecard of {format_count(len(scorecard.outcomes), 'case')}"
    headings = ("measure", "cases", "value [95 %]", "target", "", *languages)
    table = make_table(title, *headings, right=("cases", *languages), box=SIMPLE_HEAD, padding=0)
    for measure in MEASURES:
        if whole := by_key.get((measure.name, ALL, ALL)):
            each = [by_key.get((measure.name, "language", language)) for language in languages]
            target = _target(whole)
            table.add_row(
                measure.name, str(whole.count), str(whole), target, _TARGET_MARKS[whole.reached], *map(_value, each)
            )
    return table


def archetypes_table(scorecard: Scorecard) -> Table:
    """Table of how many cases are right, by archetype and half."""
    table = make_table("Right, by kind of question", "kind", "all", "fit", "report (held back)")
    kinds = dict.fromkeys(str(outcome.case.archetype) for outcome in scorecard.outcomes)
    for kind in kinds:
        some = [outcome for outcome in scorecard.outcomes if str(outcome.case.archetype) == kind]
        halves = [some, *([outcome for outcome in some if outcome.case.half == half] for half in ("fit", "report"))]
        table.add_row(
            kind, *(f"{sum(outcome.right for outcome in half)} of {len(half)}" if half else "–" for half in halves)
        )
    return table


def confusion_table(scorecard: Scorecard) -> Table:
    """Status confusion matrix: expected statuses in rows, actual ones in columns."""
    counts = {(wanted, came): count for wanted, came, count in confusion_matrix(scorecard.outcomes)}
    columns = sorted({came for _, came in counts})
    title = "How cases ended, by how they were to end"
    table = make_table(title, "to end", *columns, right=columns, box=SIMPLE_HEAD)
    for wanted in sorted({wanted for wanted, _ in counts}):
        table.add_row(wanted, *(str(counts.get((wanted, came), "–")) for came in columns))
    return table


def others_table(scorecard: Scorecard) -> Table:
    """Table of the product beside other systems, over all cases."""
    compared = [measure for measure in MEASURES if measure.compared]
    systems = {
        name: {figure.measure: figure for figure in compute_figures(some, compared) if figure.group == ALL}
        for name, some in {"Relatoría": scorecard.outcomes, **scorecard.others}.items()
    }
    table = make_table("Beside other systems", "measure", *systems, box=SIMPLE_HEAD)
    for measure in compared:
        row = [some.get(measure.name) for some in systems.values()]
        if row[0]:
            better = " ↓" if measure.lower_is_better else ""
            table.add_row(measure.name + better, *(str(figure) if figure else "–" for figure in row))
    return table


def worst_table(scorecard: Scorecard, most: int) -> Table:
    """Table of the worst cases: question, expected and actual result."""
    misses = scorecard.misses
    shown = f", the worst {most}" if len(misses) > most else ""
    verb = "is" if len(misses) == 1 else "are"
    table = Table(title=f"{format_count(len(misses), 'case')} {verb} not right{shown}", title_justify="left")
    for heading in ("case", "question", "expected", "got"):
        table.add_column(heading, overflow="fold")
    for miss in misses[:most]:
        said = " ⏎ ".join([*miss.case.before, miss.case.question])
        table.add_row(*map(escape_text, (miss.case.name, said, miss.expected, miss.got)))
    return table


def comparison_tables(comparison: Comparison) -> list[Table | str]:
    """Table of the measures that both scorecards have, then lists of the cases that changed."""
    headings = ("measure", "cases", "first", "second", "difference [95 %]", "")
    table = make_table("Second less first, the same cases", *headings)
    for difference in comparison.differences:
        lower = bool((known := MEASURES_BY_NAME.get(difference.measure)) and known.lower_is_better)
        gap = difference.second - difference.first
        word = "" if not difference.significant else ("[green]better[/]" if (gap < 0) is lower else "[red]worse[/]")
        table.add_row(
            escape_text(difference.measure),
            str(difference.count),
            f"{difference.first:.3f}",
            f"{difference.second:.3f}",
            f"{gap:+.3f} [{difference.low:+.3f} {difference.high:+.3f}]",
            word,
        )
    lists = {
        "wrong, now right": comparison.mended,
        "right, now wrong": comparison.broken,
        "as right as before, but not the same": comparison.changed,
        "only in the first": comparison.only_first,
        "only in the second": comparison.only_second,
    }
    return [
        table,
        *(f"{title}: " + escape_text(f"{len(names)}: {', '.join(names)}") for title, names in lists.items() if names),
    ]


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"{'≤' if figure.lower_is_better else '≥'} {figure.target:.2f}".replace(" 0.", " .")


def _value(figure: Figure | None) -> str:
    return f"{figure.value:.3f}".replace("0.", ".", 1) if figure else "–"
