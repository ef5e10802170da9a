"""The argument parser of the command line: its commands, options and help texts, as data/options.toml has them."""

import argparse
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from evals.options import OWN_SUITE, PUBLIC_SUITES
from ingest.report import Kind, Strength
from ingest.sanitize import MAX_REPEATED, shorten
from retrieval.answer.templates import ANSWER_LANGUAGES

_OPTIONS_FILE = Path(__file__).parent / "data" / "options.toml"
_CHOICES: Mapping[str, Sequence[str]] = {
    "kind": [*map(str, Kind)],
    "strength": [*map(str, Strength)],
    "answer language": ANSWER_LANGUAGES,
    "suite": [OWN_SUITE, *PUBLIC_SUITES, "all"],
}


class _Parser(argparse.ArgumentParser):
    """A parser whose errors repeat as little of what was typed as all others."""

    def error(self, message: str) -> NoReturn:
        super().error(re.sub(rf"(\S{{{MAX_REPEATED}}})\S+", r"\1…", message))


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; the name of the command that was given is in ``options.command``."""
    parser: argparse.ArgumentParser = _Parser(
        prog="relatoria",
        description="Ask conference reports in your own language; every answer is the report's own words.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    stated = tomllib.loads(_OPTIONS_FILE.read_text(encoding="utf-8"))
    sets = {name: _build_set(**some) for name, some in stated["sets"].items()}
    for name, command in stated["commands"].items():
        text, parents = command["help"], [sets[some] for some in command.get("sets", "").split()]
        sub = commands.add_parser(name, parents=parents, help=text, description=text)
        _add_options(sub, command.get("options", {}))
    return parser


def _build_set(options: Mapping[str, Any], title: str = "", description: str = "") -> argparse.ArgumentParser:
    """A parent parser with options that several commands take, under a title of their own where they have one."""
    parser = argparse.ArgumentParser(add_help=False)
    _add_options(parser.add_argument_group(title, description) if title else parser, options)
    return parser


def _add_options(parser: argparse._ActionsContainer, options: Mapping[str, Any]) -> None:
    for name, words in options.items():
        stated = dict(words)
        if kind := stated.get("type"):
            stated["type"] = _TYPES[kind]
        if isinstance(choices := stated.get("choices"), str):
            stated["choices"] = _CHOICES[choices]
        if isinstance(shown := stated.get("metavar"), list):
            stated["metavar"] = tuple(shown)
        parser.add_argument(name, **stated)


def _label(text: str) -> tuple[str, str]:
    name, _, value = (part.strip() for part in text.partition("="))
    if not (name and value):
        raise argparse.ArgumentTypeError(f"{shorten(text)} is not a name and a value, such as theme=Seguridad")
    return name, value


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("a path is empty; give a file or a folder, or none for the bundled report")
    return Path(text)


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{shorten(text)} is not a whole number of 1 or more")
    return number


_TYPES: Mapping[str, Callable[[str], object]] = {
    "any path": Path,
    "int": int,
    "label": _label,
    "path": _path,
    "positive": _positive,
}
