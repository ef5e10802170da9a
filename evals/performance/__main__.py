"""The benchmark, `python -m evals.performance`: wall time and peak memory of commands, searches and ingests.

Each measurement runs in a process of its own, on an index of its own; thousands of reports only with `--scale`.
Ratios compare figures of one run, so that another machine gives about the same. The exit status is 0 whatever the
figures.
"""

import json
import os
import platform
import statistics
import sys
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from evals.console import command_parser, print_errors, wide_console
from evals.performance.ingest_scale import measure_memory, measure_reading, measure_updates
from evals.performance.page import measure_serving
from evals.performance.processes import Measurement, benchmark_table, relatoria_command, run_apart, run_process
from evals.performance.search import build_large_index, measure_searches

_ROUNDS = 3  # of a command that loads the model; after one that is not counted
_HELP_ROUNDS = 5
_QUESTION = "¿Qué se recomendó sobre la migración de retorno?"


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print one table; returns the exit status."""
    parser = command_parser("evals.performance", "Measure time and memory.")
    parser.add_argument("--scale", action="store_true", help="measure ten thousand reports instead; takes minutes")
    parser.add_argument("--reading", action="store_true", help="measure only how fast PDFs are read and split")
    parser.add_argument("--index", type=Path, metavar="DIR", help="a large index to search, beside the report's own")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same figures there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as folder:
        if options.reading:
            measurements = measure_reading()
        else:
            measurements = measure_scale(Path(folder)) if options.scale else measure(Path(folder), options.index)
    screen = wide_console()
    screen.print(benchmark_table(measurements))
    for name, value in machine().items():
        screen.print(f"{name}: {value}")
    if options.json:
        figures = {
            "machine": machine(),
            "measurements": [asdict(measurement) | {"over": measurement.misses_target} for measurement in measurements],
        }
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def measure(folder: Path, large: Path | None = None) -> list[Measurement]:
    """Run all measurements, in the order of the table; searches of a ``large`` index too, where one is given."""
    from evals.performance.warm import measure_warm

    index = folder / "index"
    return [
        *_measure_commands(index),
        *run_apart(measure_warm, index),
        *measure_searches(index, large),
        *measure_serving(index),
    ]


def measure_scale(folder: Path) -> list[Measurement]:
    """Run the measurements at scale: searches, PDF reading, incremental updates and memory."""
    small, large = folder / "report", build_large_index(folder / "laws")
    run_process([relatoria_command(), "ingest", "--index", str(small), "--json"])
    return [
        *measure_searches(small, large),
        *measure_reading(),
        *measure_updates(folder),
        *measure_memory(folder),
    ]


def machine() -> dict[str, str | int]:
    """The machine and library versions of a run."""
    libraries = {name: version(name) for name in ("torch", "sentence-transformers", "chromadb")}
    known = {"machine": platform.machine(), "python": platform.python_version()}
    return {"cpus": os.cpu_count() or 0, **known, **libraries}


def _measure_commands(index: Path) -> list[Measurement]:
    """Measure the command line end to end."""
    relatoria, where = relatoria_command(), ["--index", str(index), "--json"]
    first = run_process([relatoria, "ingest", *where])
    asked = [run_process([relatoria, "ask", *where, _QUESTION]) for _ in range(_ROUNDS + 1)][1:]
    helped = min(run_process([relatoria, "--help"]).seconds for _ in range(_HELP_ROUNDS))
    return [
        Measurement("relatoria ask, cold", statistics.median(run.seconds for run in asked), "s"),
        Measurement("  peak memory", asked[0].peak, "MB"),
        Measurement(f"relatoria --help, best of {_HELP_ROUNDS}", helped, "s", target=0.3),
        Measurement("relatoria ingest, first", first.seconds, "s"),
        Measurement("  peak memory", first.peak, "MB"),
    ]


if __name__ == "__main__":
    sys.exit(main())
