"""The benchmark, `python -m evals.performance`: wall time and peak memory of commands, searches and ingests.

Each measurement runs in a process of its own, on an index of its own; thousands of reports only with `--scale`.
Ratios compare figures of one run, so that another machine gives about the same. The exit status is 0 whatever the
figures.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from evals.console import wide_console
from evals.performance import ingest_scale
from evals.performance.page import measure_serving
from evals.performance.processes import FinishedProcess, Measurement, relatoria_command, run_process
from evals.performance.search import build_large_index, measure_searches
from ingest.errors import RelatoriaError

ROUNDS = 3  # of what starts processes; after one that is not counted
HELP_ROUNDS = 5
QUESTION = "¿Qué se recomendó sobre la migración de retorno?"
QUESTIONS = f"{QUESTION}\nWho was the rapporteur?\nQue dit le rapport sur la fuite des cerveaux ?\n" * 10
_COLD_START = """
import time, sentence_transformers
imported = time.monotonic()
from retrieval.models.embedder import open_embedder
open_embedder()
print(imported, time.monotonic())
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print one table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.performance", description="Measure time and memory.")
    parser.add_argument("--scale", action="store_true", help="measure ten thousand reports instead; takes minutes")
    parser.add_argument("--index", type=Path, metavar="DIR", help="a large index to search, beside the report's own")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same figures there")
    options = parser.parse_args(arguments)
    try:
        measurements = measure_scale() if options.scale else measure(options.index)
    except RelatoriaError as error:
        wide_console(stderr=True).print(str(error), markup=False, soft_wrap=True)
        return 1
    screen = wide_console()
    screen.print(_table(measurements))
    for name, value in machine().items():
        screen.print(f"{name}: {value}")
    if options.json:
        figures = {
            "machine": machine(),
            "measurements": [asdict(measurement) | {"over": measurement.misses_target} for measurement in measurements],
        }
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def measure(large: Path | None = None) -> list[Measurement]:
    """Run all measurements, in the order of the table; searches of a ``large`` index too, where one is given."""
    with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as folder:
        index = Path(folder) / "index"
        return [
            *_measure_commands(Path(folder)),
            *_measure_warm(index),
            *_measure_embedding(Path(folder)),
            *measure_searches(index, large),
            *measure_serving(index),
        ]


def measure_scale() -> list[Measurement]:
    """Run the measurements at scale: searches, PDF reading, incremental updates and memory."""
    with tempfile.TemporaryDirectory(prefix="relatoria-bench-") as folder:
        place = Path(folder)
        small, large = place / "report", build_large_index(place / "laws")
        run_process([str(relatoria_command()), "ingest", "--index", str(small), "--json"])
        return [*measure_searches(small, large), *_measure_reading(), *_measure_updates(place), *_measure_memory(place)]


def machine() -> dict[str, str | int]:
    """The machine and library versions of a run."""
    libraries = {name: version(name) for name in ("torch", "sentence-transformers", "chromadb")}
    return {
        "cpus": os.cpu_count() or 0,
        "machine": platform.machine(),
        "python": platform.python_version(),
        **libraries,
    }


def _measure_commands(folder: Path) -> list[Measurement]:
    """Measure the command line end to end; rounds take turns, so that noise falls on all alike."""
    relatoria = [str(relatoria_command())]
    index = ["--index", str(folder / "index")]
    first = run_process([*relatoria, "ingest", *index, "--json"])
    ask = [*relatoria, "ask", *index, "--json", QUESTION]
    run_process(ask)  # reads everything from disk once
    asked, imported, loaded, held, unchanged = [list[float]() for _ in range(5)]
    for _ in range(ROUNDS):
        asked.append(run_process(ask).seconds)
        parts = run_process([sys.executable, "-c", _COLD_START])
        after_import, after_loading = map(float, parts.output.split())
        imported.append(after_import - parts.began)
        loaded.append(after_loading - after_import)
        held.append(parts.peak)
        unchanged.append(run_process([*relatoria, "ingest", *index, "--json"]).seconds)
    helped = [run_process([*relatoria, "--help"]).seconds for _ in range(HELP_ROUNDS)]
    cold, importing, loading = map(statistics.median, (asked, imported, loaded))
    many = run_process([*relatoria, "ask", *index, "--json", "-"], QUESTIONS)
    return [
        Measurement("relatoria ask, cold", cold, "s"),
        Measurement("  python and importing sentence-transformers", importing, "s"),
        Measurement("  loading the bundled model", loading, "s"),
        Measurement("  the rest", cold - importing - loading, "s"),
        Measurement("  share of importing sentence-transformers", 100 * importing / cold, "%"),
        Measurement(f"relatoria --help, best of {HELP_ROUNDS}", min(helped), "s", target=0.3),
        Measurement("relatoria ingest, first", first.seconds, "s"),
        Measurement("relatoria ingest, nothing changed", statistics.median(unchanged), "s"),
        Measurement("peak memory of importing and loading alone", statistics.median(held), "MB"),
        Measurement("peak memory of the first ingest", first.peak, "MB"),
        Measurement("peak memory of 30 asks in one process", many.peak, "MB"),
    ]


def _measure_warm(index: Path) -> list[Measurement]:
    """Measure asking and ingesting with the model loaded."""
    took = json.loads(run_process([sys.executable, "-m", "evals.performance.warm_probe", str(index)]).output)
    return [
        Measurement("embedding a question, warm", 1_000 * took["embed question"], "ms"),
        Measurement("asking it, warm", 1_000 * took["ask"], "ms"),
        Measurement("  asking / embedding the question", took["ask"] / took["embed question"], "×", target=2.0),
        Measurement("embedding the report's passages, warm", took["embed passages"], "s"),
        Measurement("ingesting the report, warm", took["ingest"], "s"),
        Measurement("  ingesting / embedding the passages", took["ingest"] / took["embed passages"], "×", target=3.0),
    ]


def _measure_reading() -> list[Measurement]:
    """Measure reading and splitting PDF pages against pdfium extracting bare text; needs RELATORIA_DATA."""
    data = os.environ.get("RELATORIA_DATA")
    files = sorted((Path(data) / "upr_un_reports" / "pdf").glob("*.pdf")) * 3 if data else []
    if not files:
        return []
    import pypdfium2

    from ingest.worker import ReadJob, read_files

    began = time.monotonic()
    pages = 0
    for file in files:
        document = pypdfium2.PdfDocument(file)
        pages += len(document)
        for page in document:
            page.get_textpage().get_text_range()
    bare = time.monotonic() - began
    began = time.monotonic()
    for parsed in read_files(ReadJob(file, file.stem) for file in files):
        if parsed.error:
            raise RelatoriaError(f"{parsed.job.path.name} {parsed.error}")
    took = time.monotonic() - began
    return [
        Measurement(f"{pages:,} pages of PDF read and split, a page", 1000 * took / pages, "ms", target=1000 / 300),
        Measurement("  / pdfium's bare text in one process", took / bare, "×"),
    ]


def _measure_embedding(folder: Path) -> list[Measurement]:
    """Measure an ingest against embedding alone, and embedding against the machine's peak FLOPS."""
    took = _run_step("embedding", folder, ingest_scale.LONG_REPORTS)
    name = f"ingesting / embedding {took['passages']:,.0f} passages, warm"
    share = "  embedding, share of the machine's rate of float32 products"
    return [
        Measurement(name, took["ratio"], "×", target=1.1),
        Measurement(share, 100 * took["share"], "%", target=75, wanted_high=True),
    ]


def _measure_updates(folder: Path) -> list[Measurement]:
    """Measure incremental ingests into an index of ten thousand reports against an index of one."""
    large, small = folder / "large", folder / "small"
    _run_step("build", large, ingest_scale.REPORTS)
    _run_step("build", small, 1)
    again = [_run_ingest(large).seconds for _ in range(ROUNDS + 1)][1:]
    beyond = [
        _run_step("change", large, number)["seconds"] - _run_step("change", small, number)["seconds"]
        for number in range(ROUNDS)
    ]
    of = f"{ingest_scale.REPORTS:,}"
    return [
        Measurement(f"relatoria ingest, {of} reports unchanged", statistics.median(again), "s", target=3.0),
        Measurement(f"one changed among {of}, beyond one changed of one", statistics.median(beyond), "s", target=1.0),
    ]


def _measure_memory(folder: Path) -> list[Measurement]:
    """Measure how peak memory grows with the corpus, less what Chroma keeps per vector."""
    few = _run_step("build", folder / "few", ingest_scale.REPORTS // ingest_scale.SIZE_RATIO)
    many = _run_step("build", folder / "many", ingest_scale.REPORTS)
    more = int(many["vectors"] - few["vectors"])
    alone = [_run_step("chroma", folder / f"chroma{n}", int(n))["grown"] for n in (few["vectors"], many["vectors"])]
    chroma = alone[1] - alone[0]
    grown = many["peak"] - few["peak"]
    return [
        Measurement(f"ingesting {ingest_scale.REPORTS:,} reports, vectors for nothing", many["seconds"], "s"),
        Measurement(
            f"peak memory of ingesting {ingest_scale.REPORTS // ingest_scale.SIZE_RATIO:,} reports", few["peak"], "MB"
        ),
        Measurement(f"peak memory of ingesting {ingest_scale.REPORTS:,} reports", many["peak"], "MB"),
        Measurement(f"  Chroma's share of the growth, {chroma * 2**20 / more:,.0f} bytes a vector", chroma, "MB"),
        Measurement("  the rest of the growth", grown - chroma, "MB", target=20.0),
    ]


def _run_step(name: str, folder: Path, count: int) -> dict[str, float]:
    took: dict[str, float] = json.loads(
        run_process([sys.executable, "-m", "evals.performance.ingest_scale", name, str(folder), str(count)]).output
    )
    return took


def _run_ingest(folder: Path) -> FinishedProcess:
    return run_process(
        [str(relatoria_command()), "ingest", str(folder / "reports"), "--index", str(folder / "index"), "--json"]
    )


def _table(measurements: Sequence[Measurement]) -> Table:
    table = Table(title="Benchmark", title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("figure", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for measurement in measurements:
        target = (
            ""
            if measurement.target is None
            else f"{'≥' if measurement.wanted_high else '≤'} {measurement.target:g} {measurement.unit}"
        )
        beyond = "below" if measurement.wanted_high else "over"
        verdict = (
            "" if measurement.target is None else f"[red]{beyond}[/]" if measurement.misses_target else "[green]ok[/]"
        )
        table.add_row(
            measurement.name,
            f"{measurement.value:,.{0 if measurement.unit in ('MB', 'ms', '%') else 2}f} {measurement.unit}",
            target,
            verdict,
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
