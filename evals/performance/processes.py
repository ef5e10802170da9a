"""Runs a process and measures its wall time and peak memory; a measurement with its target."""

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RelatoriaError

OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "ANONYMIZED_TELEMETRY": "False"}


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value; the ``target`` is an upper bound, or a lower bound where it is ``wanted_high``."""

    name: str
    value: float
    unit: str  # "s", "ms", "MB", "%", or "×" for a ratio
    target: float | None = None
    wanted_high: bool = False

    @property
    def misses_target(self) -> bool:
        if self.target is None:
            return False
        return self.value < self.target if self.wanted_high else self.value > self.target


@dataclass(frozen=True, slots=True)
class FinishedProcess:
    """A finished process: seconds of wall time, peak resident memory in MB, standard output."""

    seconds: float
    peak: float
    output: str
    began: float  # on the monotonic clock, which processes share


def run_process(words: Sequence[str], given: str = "") -> FinishedProcess:
    """Run a process to its end, with ``given`` as standard input. Raises RelatoriaError when it fails.

    This process stays small, since a child's peak memory starts at its parent's.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as into:
        into.write(given)
        into.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(words, stdin=into, stdout=out, stderr=subprocess.PIPE, env=os.environ | OFFLINE)  # noqa: S603
        assert process.stderr is not None
        complaints = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        if process.returncode:
            raise RelatoriaError(f"{' '.join(words)} failed: {complaints.decode(errors='replace').strip()}")
        out.seek(0)
        unit = 2**20 if sys.platform == "darwin" else 2**10  # of ru_maxrss: bytes there, kilobytes elsewhere
        return FinishedProcess(seconds, used.ru_maxrss / unit, out.read(), began)


def relatoria_command() -> Path:
    """The path of the command `relatoria`. Raises RelatoriaError when it is not installed."""
    path = Path(sysconfig.get_path("scripts")) / "relatoria"
    if not path.exists():
        raise RelatoriaError(f"There is no command {path}. Install the package first: pip install -e .")
    return path
