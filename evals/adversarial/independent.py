"""Measures the proof on statements that nothing was set by: `python -m evals.adversarial.independent`.

The open half is counted by kind, language, source and closeness; of the half that is held back totals alone are told.
"""

import hashlib
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.adversarial.perturbations import STATEMENTS_FOLDER
from evals.console import command_parser, make_table, print_errors, wide_console
from evals.metrics.measures import Share
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from retrieval.results import Statement
from retrieval.verification.texts import cite_texts

FOLDER = STATEMENTS_FOLDER / "independent"
GROUPS = ("kind", "language", "source", "closeness")
HELD = "held"


@dataclass(frozen=True, slots=True)
class IndependentStatement:
    """A sentence with marks, the words of the passages that [1], [2], … cite, and whether it follows from them."""

    id: str
    source: str
    language: str
    given: tuple[str, ...]
    text: str
    true: bool
    kind: str
    closeness: str
    half: str


def read_statements() -> Iterator[IndependentStatement]:
    """Read the statements. Raises RelatoriaError where a file is not as it was frozen."""
    for line in (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        content = (FOLDER / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise RelatoriaError(f"{name} is not as it was frozen.")
        for stated in map(json.loads, content.splitlines()):
            yield IndependentStatement(**stated | {"given": tuple(stated["given"])})


def is_shown(said: IndependentStatement, assistant: Assistant) -> bool:
    """Whether the proof lets a statement through."""
    report, citations = cite_texts([(text, "") for text in said.given])
    verifier = assistant.make_verifier(citations, said.language, source=lambda _: report)
    return isinstance(verifier.verify_sentence(said.text), Statement)


@print_errors
def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    command_parser("evals.adversarial.independent", (__doc__ or "").splitlines()[0]).parse_args(arguments)
    logging.getLogger("relatoria").setLevel(logging.ERROR)
    assistant = Assistant(Path())  # whose index nothing is asked of
    judged = [(said, is_shown(said, assistant)) for said in read_statements()]
    table = make_table("Independent statements", "of", "true kept", "false shown", right=("true kept", "false shown"))
    for half in (HELD, "open"):
        rows = {"all": [pair for pair in judged if pair[0].half == half]}
        for group in GROUPS if half != HELD else ():
            for name in dict.fromkeys(getattr(said, group) for said, _ in rows["all"]):
                rows[f"{group}: {name}"] = [pair for pair in rows["all"] if getattr(pair[0], group) == name]
        for name, some in rows.items():
            shares = [[shown for said, shown in some if said.true is true] for true in (True, False)]
            table.add_row(f"{half}, {name}", *(_render(Share(sum(share), len(share))) for share in shares))
        table.add_section()
    wide_console().print(table)
    return 0


def _render(share: Share) -> str:
    return f"{share.count} of {share.of}, {share.value:.0%}" if share.of else ""


if __name__ == "__main__":
    sys.exit(main())
