"""The structure of the code, measured: `make house` prints folders, circles, contracts, lines and what the wheel does.

    folders      modules in each, `__init__.py` apart
    circles      of imports between modules
    contracts    of import-linter, as pyproject.toml has them
    lines        of Python: of a file, of all that is no test, of the wheel
    names        loop variables called `one`; a module that shares its name with a folder beside it
    wheel        installed in a new environment with nothing else: does it ingest the bundled report, and answer?

Exit status 1 where something is beyond its limit. `--quick` leaves out the new environment, which takes minutes.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "retrieval", "app", "evals")
MODULES, MODULES_OF_RETRIEVAL = 16, 12  # in a folder
LINES, LINES_WITHOUT_REASON = 400, 300  # of a file
REASON = "Long because"  # in the docstring of a file with more lines than that
LINES_OF_ALL, LINES_OF_WHEEL = 38_500, 29_000
ALL_AT_MOST, WHEEL_AT_MOST = 41_344, 34_011  # what they have while they are beyond their limits: they may shrink alone
LOOPS = 50  # loop variables called `one`
QUESTION = "What does the report say on detention of irregular migrants?"
ANSWER = "un enfoque más civil y menos penal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure beside its limit, and what is beyond it."""

    what: str
    value: int | str
    limit: int | str
    beyond: Sequence[str] = ()
    failed: bool = False
    within: bool = True

    @classmethod
    def of_count(cls, what: str, value: int, limit: int, beyond: Sequence[str] = ()) -> "Finding":
        """A figure that may be at most its limit."""
        return cls(what, value, limit, beyond, failed=value > limit)

    @classmethod
    def of_shrinking(cls, what: str, value: int, limit: int, most: int) -> "Finding":
        """A figure beyond its limit that may at least not grow."""
        return cls(what, value, limit, failed=value > most, within=value <= limit)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every finding; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make house", description="Measure the structure of the code.")
    parser.add_argument("--quick", action="store_true", help="leave out the wheel in a new environment")
    quick: bool = parser.parse_args(arguments).quick
    with tempfile.TemporaryDirectory(prefix="relatoria-house-") as folder:
        wheel = build_wheel(Path(folder))
        findings = [*measure_tree(python_files(ROOT)), measure_contracts(), measure_wheel(wheel)]
        if not quick:
            findings.append(try_wheel(wheel, Path(folder)))
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = "FAILS" if finding.failed else "ok" if finding.within else "NOT REACHED, and may not grow"
        sys.stdout.write(f"{finding.what:<{width}}  {finding.value!s:>9}  (limit {finding.limit})  {mark}\n")
        sys.stdout.writelines(f"    {line}\n" for line in finding.beyond)
    return int(any(finding.failed for finding in findings))


def python_files(root: Path) -> dict[Path, str]:
    """Every Python file that git tracks or would, by its path from the root, with its text."""
    listed = _run("git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "*.py").stdout.splitlines()
    return {Path(line): (root / line).read_text(encoding="utf-8") for line in listed if (root / line).exists()}


def measure_tree(files: Mapping[Path, str]) -> list[Finding]:
    """What can be told of the files alone."""
    product = {path: text for path, text in files.items() if path.parts[0] != "tests"}
    folders = Counter(path.parent for path in files if path.name != "__init__.py")
    retrieval = {folder: count for folder, count in folders.items() if folder.parts[:1] == ("retrieval",)}
    crowded = [f"{folder}: {count}" for folder, count in folders.items() if count > MODULES]
    crowded += [f"{folder}: {count}" for folder, count in retrieval.items() if count > MODULES_OF_RETRIEVAL]
    lines = {path: text.count("\n") for path, text in files.items()}
    too_long = [f"{path}: {count}" for path, count in lines.items() if count > LINES]
    unexplained = [
        f"{path}: {count}"
        for path, count in lines.items()
        if count > LINES_WITHOUT_REASON and REASON not in (ast.get_docstring(ast.parse(files[path])) or "")
    ]
    loops = {path: count_loops(text) for path, text in files.items()}
    shadowed = [str(path) for path in files if (ROOT / path).with_suffix("").is_dir()]
    cycle = find_cycle(product)
    return [
        Finding.of_count("modules in the fullest folder", max(folders.values()), MODULES, crowded),
        Finding.of_count("modules in the fullest of retrieval", max(retrieval.values()), MODULES_OF_RETRIEVAL),
        Finding.of_count("modules with the name of a folder", len(shadowed), 0, shadowed),
        Finding.of_count("circles of imports", int(bool(cycle)), 0, [" -> ".join(cycle)] if cycle else []),
        Finding.of_count("lines of the longest file", max(lines.values()), LINES, too_long),
        Finding.of_count("longer than 300 without a reason", len(unexplained), 0, unexplained),
        Finding.of_shrinking(
            "lines that are no tests", sum(lines[path] for path in product), LINES_OF_ALL, ALL_AT_MOST
        ),
        Finding.of_count(
            "loop variables called one", sum(loops.values()), LOOPS, [f"{p}: {n}" for p, n in loops.items() if n]
        ),
    ]


def find_cycle(files: Mapping[Path, str]) -> list[str]:
    """The modules of a circle of imports, deferred ones and those for types among them; empty where there is none.

    >>> find_cycle({Path("a.py"): "import b", Path("b.py"): "from a import x"})
    ['a', 'b', 'a']
    """
    modules = {module_name(path): text for path, text in files.items()}
    imported = {name: {used for used in _imports(text, modules) if used != name} for name, text in modules.items()}
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle[::-1]
    return []


def module_name(path: Path) -> str:
    """The dotted name of a file.

    >>> module_name(Path("app/web/__init__.py")), module_name(Path("app/serve.py"))
    ('app.web', 'app.serve')
    """
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(text: str, modules: Mapping[str, str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from [whole] if whole in modules else [node.module] if node.module in modules else []
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)


def count_loops(text: str) -> int:
    """How many loops and comprehensions call what they hold `one`.

    >>> count_loops("for one in x: pass"), count_loops("[one for one, two in x]"), count_loops("one = 1")
    (1, 1, 0)
    """
    targets = (node.target for node in ast.walk(ast.parse(text)) if isinstance(node, ast.For | ast.comprehension))
    return sum(any(isinstance(n, ast.Name) and n.id == "one" for n in ast.walk(target)) for target in targets)


def measure_contracts() -> Finding:
    """Whether import-linter finds all arrows as they should be."""
    done = _run(str(Path(sysconfig.get_path("scripts")) / "lint-imports"), "--no-cache", check=False)
    broken = [line for line in done.stdout.splitlines() if "BROKEN" in line or " -> " in line]
    kept = sum(line.endswith("KEPT") for line in done.stdout.splitlines())
    return Finding("contracts kept", kept, "all", broken, failed=done.returncode != 0)


def build_wheel(folder: Path) -> Path:
    """The project as a wheel, of a copy in which nothing of earlier builds is left."""
    copy = folder / "copy"
    for name in _run("git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard").stdout.splitlines():
        if (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(copy))
    (wheel,) = folder.glob("*.whl")
    return wheel


def measure_wheel(wheel: Path) -> Finding:
    """Lines of Python in it."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".py")]
        lines = sum(archive.read(name).count(b"\n") for name in names)
    return Finding.of_shrinking("lines of Python in the wheel", lines, LINES_OF_WHEEL, WHEEL_AT_MOST)


def try_wheel(wheel: Path, folder: Path) -> Finding:
    """Install it where nothing else is, ingest the bundled report and ask it."""
    _run(sys.executable, "-m", "venv", str(folder / "bare"))
    bare = folder / "bare" / "bin"
    constraints = str(ROOT / "constraints.txt")
    _run(str(bare / "python"), "-m", "pip", "install", "--quiet", "--constraint", constraints, str(wheel))
    index = ["--index", str(folder / "index")]
    _run(str(bare / "relatoria"), "ingest", *index, cwd=folder)
    said = _run(str(bare / "relatoria"), "ask", QUESTION, *index, cwd=folder).stdout
    answers = ANSWER in " ".join(said.split())
    return Finding("the wheel alone ingests and answers", "yes" if answers else "no", "yes", failed=not answers)


def _run(*command: str, check: bool = True, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "RELATORIA_INDEX")}
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, env=kept)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


if __name__ == "__main__":
    sys.exit(main())
