"""Mutation survey, `make mutants`: small faults planted in the code one at a time, and how many its tests notice.

mutmut plants them: comparisons, operators, numbers, texts, arguments, conditions changed in functions. Each room is
mutated in a copy and tested by the tests of its own folder alone. By default a sample of fixed seed, with the interval
of the share that survived; with MUTANTS=all every mutant. Exit status 1 where more than a fifth survive in a room.

What is not mutated, since no test ought to notice: docstrings and types; and, by `do_not_mutate_patterns` in
pyproject.toml, lines that raise, that are nothing but a text (what is said to people), and asserts (for the type
checker). mutmut does not mutate what stands outside of functions, nor functions with decorators.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evals.statistics.bootstrap import Interval, bootstrap_interval
from evals.statistics.ranking import mean

ROOT = Path(__file__).parent.parent
ROOMS = {  # each with its tests, beside its doctests
    "evals/metrics": "tests/evals/metrics",
    "retrieval/verification": "tests/retrieval/verification",
    "retrieval/storage": "tests/retrieval/storage",
    "retrieval/index": "tests/retrieval/index",
    "app/server": "tests/app/server",
}
SEED, SAMPLE = 20101110, 60
MOST = 0.2  # of a room's mutants that may survive
SURVIVED = (0, 5, 33)  # mutmut's codes: survived, no tests
CAUGHT = (1, 3, 24, 36, 152, -24)  # killed, or out of time
OUT_OF_TIME = (24, 36, 152, -24)
_TABLE = "[tool.mutmut]\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Survey each room and print what survived; returns the exit status."""
    sample = os.environ.get("MUTANTS", str(SAMPLE))
    parser = argparse.ArgumentParser(prog="make mutants", description="Plant small faults; count what tests notice.")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}")
    parser.add_argument("--mutants", default=sample, metavar="N", help=f"of each room, or all (MUTANTS; {SAMPLE})")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"of the sample ({SEED})")
    parser.add_argument("--jobs", default=str(os.cpu_count() or 1), metavar="N", help="at a time")
    options = parser.parse_args(arguments)
    if unknown := set(options.rooms) - set(ROOMS):
        parser.error(f"there is no room {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    survives = False
    for room in options.rooms or ROOMS:
        with tempfile.TemporaryDirectory(prefix="relatoria-mutants-") as folder:
            copy_tree(Path(folder), room)
            names = list_mutants(Path(folder), room)
            chosen = names if options.mutants == "all" else pick(names, int(options.mutants), options.seed)
            _mutmut(Path(folder), "run", "--max-children", options.jobs, *chosen)
            came_of = {name: code for name, code in read_results(Path(folder), room).items() if name in set(chosen)}
            survives |= report(Path(folder), room, len(names), came_of)
    return int(survives)


def pytest_configure(config: pytest.Config) -> None:
    """Run whole functions, the quickest first, since the first that fails is the last to run.

    mutmut names tests in no order, some with ids of parameters that cannot be named, and the doctest of each mutant,
    which is that of its original.
    """
    stats, took = Path("mutmut-stats.json"), Counter[str]()
    if stats.exists():
        for name, seconds in json.loads(stats.read_text(encoding="utf-8"))["duration_by_test"].items():
            took[name.partition("[")[0]] += seconds
    named = dict.fromkeys(name.partition("[")[0] for name in config.args)
    originals = [name for name in named if "__mutmut_" not in name]
    config.args = sorted(originals or named, key=lambda name: took[name])


def copy_tree(folder: Path, room: str) -> None:
    """Copy what git tracks into a folder, with mutmut told of one room and its tests."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    settings = folder / "pyproject.toml"
    own = f'only_mutate = ["{room}/*"]\npytest_add_cli_args_test_selection = ["{ROOMS[room]}", "{room}"]\n'
    settings.write_text(settings.read_text(encoding="utf-8").replace(_TABLE, _TABLE + own), encoding="utf-8")


def list_mutants(folder: Path, room: str) -> list[str]:
    """The names of all mutants of a room."""
    asked = (
        "import sys; from pathlib import Path\n"
        "from mutmut.mutation.file_mutation import mutate_file_contents as mutate\n"
        "from mutmut.utils.format_utils import get_mutant_name as name\n"
        "for path in sorted(Path(sys.argv[1]).glob('*.py')):\n"
        "    print(*(name(path, mutant) for mutant in mutate(str(path), path.read_text()).mutant_names), sep='\\n')"
    )
    return _run(folder, sys.executable, "-c", asked, room).split()


def pick(names: Sequence[str], count: int, seed: int = SEED) -> list[str]:
    """A sample: the same of the same mutants and seed.

    >>> pick(["a", "b", "c"], 5), len(pick(list("abcdef"), 3))
    (['a', 'b', 'c'], 3)
    """
    return sorted(random.Random(seed).sample(names, min(count, len(names))))


def read_results(folder: Path, room: str) -> Mapping[str, int | None]:
    """What came of each mutant: mutmut's exit code by name (in words, it takes what cannot run for out of time)."""
    came_of: dict[str, int | None] = {}
    for file in (folder / "mutants" / room).glob("*.meta"):
        came_of |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return came_of


def report(folder: Path, room: str, number: int, came_of: Mapping[str, int | None]) -> bool:
    """Print the share that survived, its 95 % interval, and each survivor; returns whether there are too many."""
    survivors = [name for name, code in came_of.items() if code in SURVIVED]
    caught = [name for name, code in came_of.items() if code in CAUGHT]
    other = [name for name in came_of if name not in {*survivors, *caught}]
    each = [1.0] * len(survivors) + [0.0] * len(caught)
    share = Interval(mean(each), *bootstrap_interval(each, mean))
    _say(f"{room}: {len(survivors)} of {len(each)} survived: {share}; {number:,} mutants there are")
    if timed_out := [name for name, code in came_of.items() if code in OUT_OF_TIME]:
        _say(f"    {len(timed_out)} ran out of time and count as noticed: {', '.join(timed_out)}")
    if other:
        _say(f"    {len(other)} gave no result: {', '.join(other)}")
    for name in survivors:
        changed = re.findall(r"^[-+](?![-+]).*", _mutmut(folder, "show", name), re.MULTILINE)
        _say(f"    {name}{'' if came_of[name] == 0 else ' (no tests)'}")
        for line in changed:
            _say(f"        {line}")
    return share.value > MOST or bool(other)


def _mutmut(folder: Path, *words: str) -> str:
    return _run(folder, str(Path(sysconfig.get_path("scripts")) / "mutmut"), *words)


def _run(folder: Path, *words: str) -> str:
    """Run a program on one core a process; returns what it says. Raises CalledProcessError, which says it too."""
    environment = os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        _say(f"{done.stdout[-3_000:]}{done.stderr[-3_000:]}")
        done.check_returncode()
    return done.stdout


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
