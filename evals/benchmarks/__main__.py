"""The command `python -m evals.benchmarks`: the product beside three baseline retrievers on public data sets.

RELATORIA_DATA names the folder with the public data. It measures and does not judge: the exit status
is 0 whatever the figures, 1 when the input is at fault, 2 usage.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from evals.benchmarks import cev_lists, distractors, held_out, nomiracl, parallel_declaration, piaf, xquad
from evals.benchmarks.context import BenchmarkContext, open_context
from evals.benchmarks.results import TABLE_WIDTH, BenchmarkRow, render_table
from evals.console import command_parser, print_errors

SUITES: dict[str, Callable[[BenchmarkContext], list[BenchmarkRow]]] = {
    "own": held_out.run,
    "xquad": xquad.run,
    "piaf": piaf.run,
    "declaration": parallel_declaration.run,
    "nomiracl": nomiracl.run,
    "cev": cev_lists.run,
    "scale": distractors.run,
}


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Run the chosen suites, print a table a suite; returns the exit status."""
    parser = command_parser("evals.benchmarks", "Measure search on public sets.")
    which = "which to run, several times if need be (default: all)"
    parser.add_argument("--suite", action="append", choices=[*SUITES, "all"], help=which)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same figures there")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep indexes and vectors there for the next run")
    parser.add_argument("--sample", type=int, metavar="N", help="a quick look: only N of the distractors")
    options = parser.parse_args(arguments)
    asked = options.suite or ["all"]
    chosen = list(SUITES) if "all" in asked else list(dict.fromkeys(asked))
    rows = run_suites(chosen, options.cache, options.sample)
    if options.json:
        text = json.dumps({"rows": [row.as_json() for row in rows]}, indent=2, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def run_suites(chosen: Sequence[str], cache: Path | None, sample: int | None) -> list[BenchmarkRow]:
    """Run these suites and print each one's table as it comes. Raises RelatoriaError where data is missing."""
    rows, screen = list[BenchmarkRow](), Console(highlight=False, width=TABLE_WIDTH)
    with open_context(cache, sample) as run:
        for suite in chosen:
            made = SUITES[suite](run)
            for half in dict.fromkeys(row.half for row in made):
                screen.print(render_table([row for row in made if row.half == half]))
            rows += made
    return rows


if __name__ == "__main__":
    sys.exit(main())
