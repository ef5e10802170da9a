"""The time it takes to read text: `make patterns` lets no pattern and no function of text grow beyond n·log n.

    patterns     every regular expression of the product: those that its modules hold, in tables and dataclasses too,
                 and those that stand in a call such as `re.sub("…", …)`; run by the methods that the product calls
    functions    those that read what is not the product's own (text_functions.py), whole

Each reads texts made to be slow for it (nasty.py), of 200, 2,000 and 20,000 characters; the slowest is printed, with
seconds of the processor and the exponent of growth from the second to the third. Exit status 1 where one is beyond.
Names, or parts of them, choose what is measured.
Long because how patterns are found stands beside how they are measured.
"""

import argparse
import ast
import importlib
import math
import pkgutil
import re
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

from app.cli.environment import quiet_libraries
from tests.nasty import Spec, common_texts, spell, texts_for

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "retrieval", "app", "evals.metrics")
METHODS = frozenset({"match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split"})
NO_METHODS_OF_STRINGS = METHODS - {"split"}
SIZES = (200, 2_000, 20_000)  # characters
SCREENED = 1_000  # characters of the texts that choose which ones a function is measured with
EXPONENT = 1.3  # of n·log n it is 1.1 at these sizes; of what is quadratic, 2
FLOOR = 0.01  # s at the largest size; what takes less is not slow
CUT_OFF = 2.0  # s for one text
REPEATED = 6  # times at most, what looks beyond
SLOWER = 25  # times as long at the largest size as at the one before: not waited for

Run = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, where it stands, and the methods by which the product runs it."""

    place: str
    pattern: "re.Pattern[Any]"
    methods: frozenset[str]


@dataclass(frozen=True, slots=True)
class Growth:
    """What the slowest text took, in seconds at each size; infinite where it was cut off."""

    name: str
    text: Spec
    seconds: tuple[float, float, float]

    @property
    def exponent(self) -> float:
        """How the time grows with the text, at the largest size."""
        return _exponent(*self.seconds[1:])

    @property
    def beyond(self) -> bool:
        """Whether that is more than n·log n, and to be felt."""
        return self.seconds[2] > FLOOR and self.exponent > EXPONENT

    def __str__(self) -> str:
        times = "  ".join("  cut off" if math.isinf(time_) else f"{time_ * 1000:9.2f}" for time_ in self.seconds)
        unit = ascii(self.text.unit if len(self.text.unit) < 24 else f"{self.text.unit[:20]} …")
        exponent = "" if self.seconds[2] <= FLOOR else f"{self.exponent:.2f}"
        return f"{self.name[:76]:<76}  {times}  {exponent:>5}  {unit}{'  BEYOND' if self.beyond else ''}"


class _CutOff(BaseException):
    """The time for one text is over."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make patterns", description="Measure how reading time grows with text.")
    parser.add_argument("names", nargs="*", help="measure only what has one of these in its name")
    names: list[str] = parser.parse_args(arguments).names
    sys.stdout.write(f"{'':<76}  {'   '.join(f'{size:>6} ms' for size in SIZES)}  n^\n")
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(measure_patterns, names, share) for share in (0, 1)]
        shares.append(pool.submit(measure_functions, names))
        found = [growth for share in shares for growth in share.result()]
    sys.stdout.writelines(f"{growth}\n" for growth in found)
    beyond = [growth.name for growth in found if growth.beyond]
    sys.stdout.write(f"{len(found)} measured, {len(beyond)} beyond n·log n: {', '.join(beyond) or 'none'}\n")
    return int(bool(beyond))


def measure_patterns(names: Sequence[str], share: int = 0, shares: int = 2) -> list[Growth]:
    """The growth of every pattern whose place has one of the names, or of all; of one share of them."""
    patterns = [pattern for pattern in find_patterns() if not names or any(name in pattern.place for name in names)]
    return [
        measure(pattern.place, _runner(pattern), texts_for(pattern.pattern), SIZES[1])
        for pattern in patterns[share::shares]
    ]


def measure_functions(names: Sequence[str]) -> list[Growth]:
    """The growth of the functions whose name has one of the names, or of all."""
    from tests.text_functions import text_functions

    with tempfile.TemporaryDirectory(prefix="relatoria-patterns-") as folder:
        functions = text_functions(Path(folder) / "index")
        return [
            measure(name, function, list(common_texts()), SCREENED)
            for name, function in functions.items()
            if not names or any(part in name for part in names)
        ]


def measure(name: str, run: Run, texts: Sequence[Spec], screened: int) -> Growth:
    """Measure the slowest text: all of them at a small size, at the largest the few that took or grew most."""
    took: dict[Spec, float] = {}
    for text in texts:
        took[text] = seconds(run, text, screened)
        if took[text] <= FLOOR:
            continue
        finite = math.isfinite(took[text])
        steep = _exponent(seconds(run, text, SIZES[0]), took[text], screened / SIZES[0]) if finite else math.inf
        if steep > EXPONENT and (grown := _grow(name, run, text)).beyond:
            return grown
    slow = sorted(texts, key=lambda text: -took[text])[:25]
    growing = sorted(slow, key=lambda text: -took[text] / max(seconds(run, text, SIZES[0]), 2e-6))
    worst: Growth | None = None
    for text in dict.fromkeys((*slow[:2], *growing[:3])):
        grown = _grow(name, run, text)
        if grown.beyond:
            return grown
        worst = max(worst or grown, grown, key=lambda growth: growth.seconds[2])
    assert worst is not None
    return worst


def _grow(name: str, run: Run, text: Spec) -> Growth:
    """Measure a text at the three sizes; what looks beyond, again: the least of what it took counts."""
    small = seconds(run, text, SIZES[0])
    middle = seconds(run, text, SIZES[1]) if math.isfinite(small) else math.inf
    if math.isinf(middle):
        return Growth(name, text, (small, middle, middle))
    large = seconds(run, text, SIZES[2], SLOWER * max(middle, FLOOR / 2))
    grown = Growth(name, text, (small, middle, large))
    for _ in range(REPEATED):  # a busy machine is twice as slow from one second to the next
        if not grown.beyond:
            break
        middle = max(middle, seconds(run, text, SIZES[1]))
        large = min(large, seconds(run, text, SIZES[2], SLOWER * max(middle, FLOOR / 2)))
        grown = Growth(name, text, (small, middle, large))
    return grown


def _exponent(small: float, large: float, times: float = 10) -> float:
    if math.isinf(large):
        return math.inf
    return math.log(max(large, 1e-7) / max(small, 1e-5)) / math.log(times)


def seconds(run: Run, text: Spec, size: int, limit: float = CUT_OFF) -> float:
    """The time of this thread on the processor; infinite beyond the limit."""
    read = spell(text, size)
    signal.signal(signal.SIGVTALRM, _cut_off)
    signal.setitimer(signal.ITIMER_VIRTUAL, min(limit, CUT_OFF))
    try:
        began = time.thread_time()
        run(read)
        return time.thread_time() - began
    except _CutOff:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _cut_off(*_: object) -> None:
    raise _CutOff


def _runner(pattern: Pattern) -> Run:
    """Run a pattern as the product does; whatever goes through a text to its end is `finditer`."""
    found = pattern.pattern
    every = pattern.methods - {"match", "fullmatch", "search"}
    once = [getattr(found, method) for method in sorted(pattern.methods & {"match", "fullmatch", "search"})]

    def run(text: str) -> None:
        read = text.encode("utf-8", "replace") if isinstance(found.pattern, bytes) else text
        for call in once:
            call(read)
        if every:
            for _ in found.finditer(read):
                pass

    return run


@cache
def find_patterns() -> tuple[Pattern, ...]:
    """Every pattern of the product."""
    quiet_libraries()
    modules = list(_modules())
    usage = _Usage(modules)
    held: dict[int, Pattern] = {}
    seen: set[int] = set()
    for module in modules:
        for name, value in vars(module).items():
            for place, field, pattern in _patterns_in(value, f"{module.__name__}.{name}", name, seen):
                held.setdefault(id(pattern), Pattern(place, pattern, usage.methods(module.__name__, field, name)))
    return (*held.values(), *usage.inline)


def _modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        root = importlib.import_module(package)
        yield root
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def _patterns_in(value: object, place: str, field: str, seen: set[int]) -> Iterator[tuple[str, str, "re.Pattern[Any]"]]:
    """The patterns that a value holds, however deep: place, name of what holds it last, pattern."""
    if isinstance(value, re.Pattern):
        yield place, field, value
        return
    if isinstance(value, str | bytes | ModuleType) or id(value) in seen:
        return
    inner: Iterator[tuple[str, str, object]] = iter(())
    if isinstance(value, Mapping):
        inner = ((f"{place}[{key}]", f"{field}[{key}]", held) for key, held in value.items())
    elif isinstance(value, tuple | list | set | frozenset):
        inner = ((f"{place}[{at}]", field, held) for at, held in enumerate(value))
    elif is_dataclass(value) and not isinstance(value, type):
        names = (its.name for its in fields(value))
        inner = ((f"{place}.{name}", name, getattr(value, name, None)) for name in names)
    elif (value if isinstance(value, type) else type(value)).__module__.startswith(PACKAGES):
        inner = ((f"{place}.{name}", name, held) for name, held in getattr(value, "__dict__", {}).items())
    seen.add(id(value))
    for where, name, held in inner:
        yield from _patterns_in(held, where, name, seen)


class _Usage:
    """How the product runs its patterns, by the names it has for them; and the patterns that stand in calls."""

    def __init__(self, modules: Sequence[ModuleType]) -> None:
        self.inline: list[Pattern] = []
        self._direct: dict[str, set[str]] = defaultdict(set)  # called on that name
        self._near: dict[str, set[str]] = defaultdict(set)  # called in a function that has that name in it
        aliases: list[tuple[str, str]] = []
        for module in modules:
            module_name, tree = module.__name__, ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
            key = partial(self._key, module_name)
            for node in ast.walk(tree):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name("re"), attr=method)) if method in METHODS:
                        self._add_inline(module, node, method)
                    case ast.Attribute(value=owner, attr=method) if method in METHODS and _name(owner) != "re":
                        self._direct[key(_name(owner))].add(method)
                    case ast.Assign(targets=[target], value=value) if _name(value) and _name(target):
                        aliases.append((key(_name(value)), key(_name(target))))
                    case ast.FunctionDef() | ast.AsyncFunctionDef():
                        inside = [held for held in ast.walk(node) if isinstance(held, ast.Attribute | ast.Name)]
                        of_patterns = (held for held in inside if isinstance(held, ast.Attribute))
                        called = {held.attr for held in of_patterns if _name(held.value) != "re"}
                        for held in inside:
                            self._near[key(_name(held))] |= called & NO_METHODS_OF_STRINGS
        for name, alias in aliases:
            self._direct[name] |= self._direct.get(alias, set())

    def methods(self, module: str, *names: str) -> frozenset[str]:
        """The methods run on a pattern that has one of these names; the slowest where that cannot be told."""
        if calls := self._direct.get(self._key(module, names[0])) if "[" in names[0] else None:
            return frozenset(calls | self._direct.get(self._key(module, names[0].partition("[")[0]), set()))
        keys = [self._key(module, name.partition("[")[0]) for name in names]
        found = (calls[key] for calls in (self._direct, self._near) for key in keys if calls.get(key))
        return frozenset(next(found, {"search", "fullmatch"}))

    @staticmethod
    def _key(module: str, name: str) -> str:
        return f"{module}.{name}" if name.startswith("_") else name

    def _add_inline(self, module: ModuleType, call: ast.Call, method: str) -> None:
        values = vars(module)
        flags = call.args[2:3] if method not in {"sub", "subn", "split"} else []
        flags += [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
        try:
            source, *said = (
                eval(compile(ast.Expression(node), "pattern", "eval"), values) for node in (call.args[0], *flags)
            )
        except NameError:  # made of what its function is given: `text_functions` has that function
            return
        pattern = source if isinstance(source, re.Pattern) else re.compile(source, *said)
        self.inline.append(Pattern(f"{module.__name__}:{call.lineno}", pattern, frozenset({method})))


def _name(node: ast.AST) -> str:
    """The last name of what a node stands for: of `patterns.ALL[0]` "ALL", of `ALL["first"]` "ALL[first]"."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return f"{_name(node.value)}[{node.slice.value}]"
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


if __name__ == "__main__":
    sys.exit(main())
