"""Asks the questions over many reports: `python -m evals.questions [--misses] [--index DIR]`.

Prints the figures by kind and language; of the half that is held back only totals. The reports lie in the folder that
RELATORIA_DATA names; their index is made in a temporary folder, or kept in that of --index.
"""

import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.table import Table

from evals.console import command_parser, make_table, print_errors, track_progress, wide_console
from evals.public_data import require_public
from evals.questions.cases import REPORTS, load_questions
from evals.questions.judge import Judged, judge
from ingest.errors import RelatoriaError
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.query.conversation import EMPTY_CONVERSATION

_COLUMNS = ("questions", "right", "first", "shown", "refused", "related", "answered", "recall", "precision", "N exact")
_SETS = {  # what is reported together: kinds
    "lists and counts": ("list", "count"),
    "near misses": ("near-miss",),
    "far, out of scope": ("far", "out-of-scope"),
    "comparisons": ("compare",),
    "follow-ups": ("follow-up",),
    "greetings, negations, ranges": ("greeting", "negation", "range"),
}


@print_errors
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    parser = command_parser("evals.questions", "Ask questions over many reports.")
    parser.add_argument("--misses", action="store_true", help="list the wrong answers of the open half")
    parser.add_argument("--index", type=Path, metavar="DIR", help="keep the index there")
    options = parser.parse_args(arguments)
    files = [require_public(name) for name in REPORTS]
    with nullcontext(options.index) if options.index else tempfile.TemporaryDirectory() as folder:
        judged = ask_all(Path(folder), files)
    screen = wide_console()
    for title, held in (("open half", False), ("held back: totals only", True)):
        screen.print(tabulate(title, [it for it in judged if it.question.held is held], totals_only=held))
    for it in judged if options.misses else ():
        if not it.right and not it.question.held:
            screen.print(describe(it), markup=False, soft_wrap=True)
    return 0


def ask_all(folder: Path, files: Sequence[Path]) -> list[Judged]:
    """Ask every question over an index of the files, made where it is not there. Raises RelatoriaError."""
    assistant = Assistant(folder)
    if not assistant.index.store.stamp():
        failed = assistant.index.update(find_sources(files), assistant.embedder).failed
        if failed:
            raise RelatoriaError("; ".join(f"{failure.file}: {failure.error}" for failure in failed))
    judged = []
    for question in track_progress(list(load_questions(assistant.index.store.passages())), "Asking"):
        conversation = EMPTY_CONVERSATION
        for said in question.before:
            conversation = conversation.with_answer(assistant.ask(said, conversation=conversation))
        judged.append(judge(question, assistant.ask(question.question, conversation=conversation)))
    return judged


def tabulate(title: str, judged: Sequence[Judged], *, totals_only: bool) -> Table:
    """The figures by kind and language, or the totals alone."""
    made = make_table(title, "", *_COLUMNS, right=_COLUMNS)
    kinds: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in dict.fromkeys(it.question.kind for it in judged)}
    together = {kind for some in _SETS.values() for kind in some}
    single = tuple(kind for kind in kinds if kind not in together and kind != "false-premise")
    for name, some in ({} if totals_only else kinds).items():
        made.add_row(name, *_figures(it for it in judged if it.question.kind in some))
    for language in () if totals_only else sorted({it.question.language for it in judged}):
        made.add_row(language, *_figures(it for it in judged if it.question.language == language))
    made.add_section()
    for name, some in {"single passages": single, **_SETS, "all": tuple(kinds)}.items():
        made.add_row(name, *_figures(it for it in judged if it.question.kind in some))
    return made


def _figures(some: Iterable[Judged]) -> list[str]:
    judged = list(some)
    wanted = [it for it in judged if it.question.expect == "answered"]
    sets = [it for it in wanted if it.question.need == "exact"]
    shares = (
        (it.right for it in judged),
        (it.first for it in wanted),
        (it.shown for it in wanted),
        (not it.answered for it in wanted),
        (it.status == "related" for it in judged),
        (it.answered for it in judged if it.question.expect != "answered"),
        (it.shown * it.answered for it in sets),
        (it.precision * it.answered for it in sets),
        (it.total == it.question.count for it in wanted if it.question.count is not None),
    )
    return [str(len(judged)), *(_mean(list(map(float, share))) for share in shares)]


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.2f}" if values else "–"


def describe(judged: Judged) -> str:
    """One wrong answer on two lines."""
    asked = judged.question
    gold = "; ".join(",".join(sorted(some)) for some in asked.gold)
    return (
        f"{asked.name} {asked.kind} {asked.language} «{asked.question}» wanted {asked.expect} {gold[:200]}\n"
        f"    {judged.status} shown={judged.shown:.2f} precision={judged.precision:.2f} N={judged.total}/{asked.count} "
        f"cited {' '.join(judged.cited[:4])}"
    )


if __name__ == "__main__":
    sys.exit(main())
