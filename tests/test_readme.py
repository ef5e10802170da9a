"""What the README and docs/python.md show is what happens, and every link in the documents leads somewhere."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.options import build_parser
from retrieval.assistant import Assistant

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ (.+)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize(("command", "shown"), CONSOLE)
def test_commands_print_what_is_shown(assistant: Assistant, command: str, shown: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"RELATORIA_INDEX": str(assistant.index.folder), "COLUMNS": "100", "PATH": path}
    done = subprocess.run(
        shlex.split(command), env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown.splitlines()


def test_there_is_a_question_with_its_answer() -> None:
    assert any(command.startswith("relatoria ask") and "[1]" in shown for command, shown in CONSOLE)


def test_every_link_leads_somewhere() -> None:
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    links = [
        (file, link) for file in documents for link in re.findall(r"\]\(([^)#\s]+)", file.read_text(encoding="utf-8"))
    ]
    assert len(links) > 50
    for file, link in links:
        assert link.startswith("http") or (file.parent / link).exists(), f"{file.name}: {link}"


def test_every_option_and_variable_is_told() -> None:
    told = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("command-line.md", "evaluation.md"))
    commands = [action.choices for action in build_parser()._actions if isinstance(action.choices, dict)]
    options = {
        name
        for command in commands[0].values()
        for action in command._actions
        for name in action.option_strings
        if name.startswith("--")
    }
    variables = re.findall(
        r"(RELATORIA_[A-Z_]+)\b", (ROOT / "app" / "cli" / "environment.py").read_text(encoding="utf-8")
    )
    assert len(options) > 20
    assert len(variables) > 10
    assert [name for name in (*options, *variables) if name not in told] == []


def _run_example(file: Path, assistant: Assistant) -> dict[str, object]:
    """The names that the document's Python block leaves behind."""
    (code,) = re.findall(r"```python\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(code.replace('Path("index")', f"Path({str(assistant.index.folder)!r})"), names)
    assert getattr(names["answer"], "status", None) == "answered"
    return names


def test_the_example_of_the_readme(assistant: Assistant) -> None:
    _run_example(ROOT / "README.md", assistant)


def test_python_example(assistant: Assistant) -> None:
    names = _run_example(ROOT / "docs" / "python.md", assistant)
    assert getattr(names["growing"], "status", None) == "answered"
    chained = getattr(names["yours"], "invoke")("¿Qué se recomendó sobre la migración de retorno?")  # noqa: B009
    assert "migración de retorno" in chained["quotes"]
    assert chained["passages"].count("\n") == 4  # five passages
    assert chained["said"] == "…"
