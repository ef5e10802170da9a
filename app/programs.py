"""What other people's programs ask: plain values in, the objects of the command contract out."""

from typing import Any

from app.render import answer_json, failed_json
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant


def ask_json(assistant: Assistant, question: object) -> dict[str, Any]:
    """The answer for programs: the object that ``relatoria ask --json`` prints."""
    if not isinstance(question, str):
        return failed_json("", f"The question is not text but {type(question).__name__}.")
    try:
        return answer_json(assistant.ask(question))
    except RelatoriaError as error:
        return failed_json(question, str(error))
