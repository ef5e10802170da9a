"""An answer to have an opinion of."""

import pytest

from retrieval.assistant import Assistant
from retrieval.results import Answer


@pytest.fixture(scope="package")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask("¿Qué se recomendó sobre la migración de retorno?")
