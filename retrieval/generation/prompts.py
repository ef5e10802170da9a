"""Builds the chat prompts: one system prompt a task, and the passages as numbered, escaped data."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from ingest.report import normalize_for_display
from retrieval.generation.chat_model import Messages
from retrieval.results import Citation
from retrieval.verification.quotes import escape_marks, format_mark

_ROLE_TAG = re.compile(
    r"<\|[^|>]{0,40}\|>|</?(?:s|system|user|assistant|start_of_turn|end_of_turn)>|\[/?INST\]", re.IGNORECASE
)
_KEYWORD = re.compile(r"(?i)\b(QUESTION|LANGUAGE|PASSAGES)\s*:")


def build_answer_prompt(question: str, citations: Sequence[Citation], language: str) -> Messages:
    """Build the messages that ask for an answer from these passages, in a language (ISO 639-1)."""
    asked = f"QUESTION: {_neutralize(question)}\nLANGUAGE: {language}\nPASSAGES:\n{_format_passages(citations)}"
    return [("system", _load_prompt("prompt.txt")), ("user", asked)]


def build_translation_prompt(citations: Sequence[Citation], language: str) -> Messages:
    """Build the messages that ask for translations of these passages, one a line behind its mark."""
    return [
        ("system", _load_prompt("translating.txt")),
        ("user", f"LANGUAGE: {language}\nPASSAGES:\n{_format_passages(citations)}"),
    ]


def _format_passages(citations: Sequence[Citation]) -> str:
    return "\n".join(
        f"{format_mark(citation.mark)} {_neutralize(' '.join((citation.passage.lead_in, citation.quote)))}"
        for citation in citations
    )


def _neutralize(text: str) -> str:
    """Neutralize untrusted text: one line, without marks, role tags, our keywords or invisible characters."""
    seen = "".join(
        character
        for character in text
        if unicodedata.category(character) not in ("Cf", "Co", "Cn") or character == "\u00ad"
    )
    plain = _ROLE_TAG.sub(" ", escape_marks(normalize_for_display(seen)))
    return _KEYWORD.sub(r"\1 -", plain).strip()


@cache
def _load_prompt(name: str) -> str:
    return files("retrieval.generation").joinpath("data", name).read_text(encoding="utf-8").strip()
