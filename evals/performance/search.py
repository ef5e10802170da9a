"""Benchmark of search: latency, memory and concurrency on the report's own index and on a large one."""

import json
import os
import sys
from pathlib import Path

from evals.performance.processes import Measurement, run_process

_HUNDRED_THOUSAND = 100_000  # passages that memory is told for
_RATIO_TARGETS = {False: 1.5, True: 2.0}  # times embedding the question alone, on a small and on a large index


def measure_searches(small: Path, large: Path | None) -> list[Measurement]:
    """Measure searches of a small and, where given, a large index, each in a process of its own."""
    few = _run_probe(small)
    measurements = _measurements(few, is_large=False)
    if large is None:
        return measurements
    many = _run_probe(large)
    per_passage = (many["resident"] - few["resident"]) / (many["passages"] - few["passages"])
    return [
        *measurements,
        *_measurements(many, is_large=True),
        Measurement("  resident memory per 100,000 passages", _HUNDRED_THOUSAND * per_passage, "MB"),
    ]


def build_large_index(folder: Path) -> Path | None:
    """Build an index of all law passages of the public data with random vectors; None without RELATORIA_DATA."""
    if not os.environ.get("RELATORIA_DATA"):
        return None
    run_process([sys.executable, "-m", "evals.performance.search_probe", "build", str(folder)])
    return folder


def _run_probe(index: Path) -> dict[str, float]:
    took: dict[str, float] = json.loads(
        run_process([sys.executable, "-m", "evals.performance.search_probe", "measure", str(index)]).output
    )
    return took


def _measurements(took: dict[str, float], *, is_large: bool) -> list[Measurement]:
    of = f"{took['passages']:,.0f} passages"
    alone, cores = took["at once 1"], took["cores"]
    opening = Measurement(f"opening {of}, first search beyond a warm one", took["open"], "s", 1.0 if is_large else None)
    return [
        Measurement(f"searching {of}, warm", 1_000 * took["search"], "ms"),
        Measurement(
            "  searching / embedding the question", took["search"] / took["embed"], "×", _RATIO_TARGETS[is_large]
        ),
        opening,
        *(
            Measurement(f"  {n} searches at once / one at a time, {cores:.0f} cores", took[f"at once {n}"] / alone, "×")
            for n in (2, 8, 32)
        ),
        Measurement("  errors in them", took["errors"], "", 0.0),
    ]
