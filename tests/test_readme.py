"""What the README shows is what happens."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_every_file_of_the_map_exists() -> None:
    for folder, files in re.findall(r"^\| \[`(\w+)/`\]\(\w+\) \| (.+) \|$", README, re.MULTILINE):
        for name in re.findall(r"`([\w.]+)`", files):
            assert (ROOT / folder / name).exists(), f"{folder}/{name}"


def test_python_example(assistant: Assistant) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(code.replace('Path("index")', f"Path({str(assistant.index.folder)!r})"), names)
    assert getattr(names["answer"], "status", None) == "answered"
    assert getattr(names["growing"], "status", None) == "answered"
    chained = getattr(names["yours"], "invoke")("¿Qué se recomendó sobre la migración de retorno?")  # noqa: B009
    assert "migración de retorno" in chained["quotes"]
    assert chained["passages"].count("\n") == 4  # five passages
    assert chained["said"] == "…"
