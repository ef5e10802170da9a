"""The command `python -m evals.opponent`: how much of what a real, weak chat model writes is let through, and is right.

Every sentence that was let through wants a verdict by hand in `opponent.jsonl`, one a line:

    {"sentence": "…", "passages": ["…#1.2-r15"], "right": true, "why": ""}

A sentence without one is reported as unjudged, and counts as wrong.
"""

import argparse
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from evals.cases import CASES, load_cases
from evals.screen import wide_console
from ingest.errors import RelatoriaError
from retrieval.answer import Answer, Layer
from retrieval.assistant import Assistant
from retrieval.chat import LOCAL

VERDICTS = Path(__file__).with_name("opponent.jsonl")
LANGUAGES = ("es", "en", "fr", "pt")
EACH = 6  # questions a language
Key = tuple[str, tuple[str, ...]]  # a sentence without its marks, and the ids of the passages that it cites


@dataclass
class Bout:
    """What came of the questions so far."""

    kept: list[tuple[str, Key]] = field(default_factory=list)  # with the question
    dropped: Counter[str] = field(default_factory=Counter)  # sentences refused, by reason
    problems: Counter[str] = field(default_factory=Counter)  # why the model could not be used
    seconds: float = 0.0
    tokens: int = 0

    def add(self, answer: Answer) -> None:
        """Count the sentences of one answer."""
        for one in answer.statements:
            if one.layer is Layer.WRITTEN and one.citations:
                ids = tuple(sorted({citation.passage.id for citation in one.citations}))
                self.kept.append((answer.question, (unmarked(one.text), ids)))
        if answer.writing:
            self.dropped.update(answer.writing.dropped)
            self.problems.update([answer.writing.problem] if answer.writing.problem else [])
            self.seconds += answer.writing.seconds
            self.tokens += answer.writing.tokens_out or 0

    @property
    def finished(self) -> int:
        """Sentences that the model brought to an end."""
        return len(self.kept) + sum(self.dropped.values())


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    screen = wide_console()
    try:
        verdicts = read_verdicts(VERDICTS)
        assistant = Assistant(options.index, model=options.model, model_timeout=options.timeout)
        assistant.index.check()
        bout = Bout()
        for question in questions(assistant, options.each):
            *_, answer = assistant.stream(question)
            bout.add(answer)
    except RelatoriaError as error:
        wide_console(stderr=True).print(escape(str(error)), soft_wrap=True)
        return 1
    wrong = report(bout, verdicts, screen)
    return 1 if wrong else 0


def questions(assistant: Assistant, each: int = EACH) -> list[str]:
    """The first answerable cases of each language."""
    ids = {passage.id for passage in assistant.index.store.passages()}
    cases = [
        case
        for file in sorted(CASES.glob("*.jsonl"))
        for case in load_cases(file, ids)
        if case.answerable and not case.before
    ]
    return [
        case.question for language in LANGUAGES for case in [one for one in cases if one.language == language][:each]
    ]


def read_verdicts(file: Path) -> dict[Key, bool]:
    """Whether a sentence is right, by sentence and passages. Raises RelatoriaError."""
    verdicts: dict[Key, bool] = {}
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            stated = json.loads(line)
            verdicts[unmarked(stated["sentence"]), tuple(sorted(stated["passages"]))] = bool(stated["right"])
        except (ValueError, KeyError, TypeError) as error:
            raise RelatoriaError(
                f"{file.name}, line {number} is no verdict ({error!r}). Write an object with sentence, passages, "
                "right and why."
            ) from None
    return verdicts


def unmarked(sentence: str) -> str:
    """A sentence without its marks, whose numbers change with what else is cited.

    >>> unmarked("Countries must act [2].")
    'Countries must act.'
    """
    return re.sub(r"\s*\[\d+\]", "", sentence)


def report(bout: Bout, verdicts: dict[Key, bool], screen: Console) -> int:
    """Print it; returns how many sentences were let through that are not right."""
    right = 0
    for question, key in bout.kept:
        verdict = {True: "right", False: "WRONG", None: "unjudged"}[verdicts.get(key)]
        right += verdict == "right"
        screen.print(escape(f"{verdict:9} {key[0]}  {' '.join(key[1])}  ← {question}"), soft_wrap=True)
    for reason, count in (bout.dropped + bout.problems).most_common():
        screen.print(escape(f"{count:4} × {reason}"), soft_wrap=True)
    rate = bout.tokens / bout.seconds if bout.seconds else 0.0
    screen.print(
        f"{bout.finished} sentences finished, {len(bout.kept)} let through, {right} of those right; "
        f"{bout.tokens} tokens, {rate:.0f} a second"
    )
    return len(bout.kept) - right


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.opponent", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, required=True, metavar="DIR", help="an index of the bundled report")
    parser.add_argument("--model", default=LOCAL, metavar="SPEC", help="the chat model (default: local)")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="of a call (default: 120)")
    parser.add_argument("--each", type=int, default=EACH, metavar="N", help=f"questions a language (default: {EACH})")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
