"""The command `relatoria prove -`: whether each statement of standard input follows from the passages it cites."""

import argparse
import json
import sys
from typing import Any

from app.cli.assistant import open_assistant
from app.cli.json_lines import print_json
from ingest.errors import RelatoriaError
from ingest.lexicon.language import detect_language
from retrieval.results import Statement
from retrieval.verification.texts import cite_texts


def prove(options: argparse.Namespace) -> int:
    """Prove one statement a line, a JSON object each; a line that is none fails by itself."""
    assistant, status = open_assistant(options), 0
    if sys.stdin is None:
        raise RelatoriaError("Standard input is closed. Give one JSON object a line.")
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            statement, language, passages = _read(line)
            report, citations = cite_texts(passages)
            verifier = assistant.make_verifier(citations, language, source={report.id: report}.get)
            found = verifier.verify_sentence(statement)
            shown = isinstance(found, Statement)
            print_json({"shown": shown, "reason": "" if shown else str(found)})
        except RelatoriaError as error:
            status = 1
            print_json({"shown": False, "reason": "", "error": str(error)})
    return status


def _read(line: bytes) -> tuple[str, str, list[tuple[str, str]]]:
    """Read a line: the statement, its language, the passages with theirs. Raises RelatoriaError where it is not so."""
    try:
        stated: Any = json.loads(line)
        passages = [(passage["text"], passage.get("language") or "") for passage in stated["passages"]]
        statement, language = stated["statement"], stated.get("language")
        words = (statement, language or "", *(word for pair in passages for word in pair))
        if not all(isinstance(word, str) for word in words) or not all(text.strip() for text, _ in passages):
            raise TypeError
        "".join(words).encode()  # half of a pair of surrogates is no text
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        wanted = '{"statement": "… [1]", "language": "en", "passages": [{"text": "…", "language": "en"}]}'
        raise RelatoriaError(f"A line is not what is read here. Give one JSON object a line: {wanted}") from error
    return statement, language or detect_language(statement), passages
