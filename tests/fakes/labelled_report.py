"""A small report whose recommendations have labels, and the records of an index as the command prints them."""

import json
from typing import Any

import pytest

from app.cli.main import main
from retrieval.assistant import Assistant

LABELLED = """Informe de prueba

Recomendaciones

1. Reformar la ley de tierras.
Tema: Construcción de paz
Destinatario: Congreso de la República; Gobierno Nacional
Plazo: Corto

2. Crear un fondo para las víctimas.
Tema: Víctimas
Destinatario: Gobierno Nacional
Plazo: Mediano

3. Proteger a los líderes sociales.
Tema: Construcción de paz
Destinatario: Autoridades territoriales
Plazo: Corto
"""


def read_records(assistant: Assistant, capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, Any]]:
    """The records of an index, or those that the options admit."""
    assert main(["passages", "--json", "--index", str(assistant.index.folder), *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def local(ids: list[str]) -> list[str]:
    """The ids without their report."""
    return [id_.partition("#")[2] for id_ in ids]
