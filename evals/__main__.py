"""The command `python -m evals`: ask every case, print the scorecard, fail when a figure got worse.

Exit status 0 no figure is worse than the baseline, 1 one is (or the input is at fault), 2 usage.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.bundled import bundled
from evals.cases import CASES, load_cases
from evals.gate import BASELINE, read_baseline, worse, write_baseline
from evals.measures import Share
from evals.run import run
from evals.scorecard import Scorecard, expected
from evals.screen import wide_console
from ingest.errors import RelatoriaError


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    screen = wide_console()
    try:
        with bundled(options.index) as assistant:
            assistant.index.check()
            ids = {passage.id for passage in assistant.index.store.passages()}
            files = options.cases or sorted(CASES.glob("*.jsonl"))
            scorecard = Scorecard(tuple(run(assistant, [case for file in files for case in load_cases(file, ids)])))
        _print(screen, scorecard)
        if options.json:
            text = json.dumps(scorecard.as_json(), indent=2, ensure_ascii=False)
            options.json.write_text(text + "\n", encoding="utf-8")
        if options.accept:
            write_baseline(scorecard, options.baseline)
            screen.print(f"Accepted as the figures that must not get worse: {options.baseline}", soft_wrap=True)
            return 0
        lost = worse(scorecard, read_baseline(options.baseline))
    except RelatoriaError as error:
        wide_console(stderr=True).print(escape(str(error)), soft_wrap=True)
        return 1
    for line in lost:
        screen.print(f"[red]worse[/] {escape(line)}", soft_wrap=True)
    if not lost:
        screen.print("No figure is worse than the baseline.")
    return 1 if lost else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Ask every case and print the scorecard.")
    parser.add_argument(
        "--index", type=Path, metavar="DIR", help="the index to ask (default: a new one, bundled report)"
    )
    parser.add_argument(
        "--cases", type=Path, action="append", metavar="FILE", help="cases (default: all in evals/cases)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures and the misses there")
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE", help="the figures to hold")
    parser.add_argument("--accept", action="store_true", help="make these figures the baseline")
    return parser


def _print(screen: Console, scorecard: Scorecard) -> None:
    figures = scorecard.figures
    table = Table(title="Scorecard", title_justify="left")
    table.add_column("measure", no_wrap=True)
    for name in figures:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row("cases", *(str(len(some)) for some in scorecard.groups.values()), end_section=True)
    for measure in next(iter(figures.values())):
        table.add_row(measure, *(_cell(some[measure]) for some in figures.values()))
    screen.print(table)
    if not scorecard.misses:
        return
    misses = Table(title=f"{len(scorecard.misses)} misses", title_justify="left")
    for heading in ("question", "language", "expected", "got"):
        misses.add_column(heading, overflow="fold")
    for one in scorecard.misses:
        misses.add_row(*map(escape, (one.case.question, one.case.language, expected(one), one.got)))
    screen.print(misses)


def _cell(share: Share) -> str:
    return f"{share.value:.0%}\n{share.count}/{share.of}" if share.of else "–"


if __name__ == "__main__":
    sys.exit(main())
