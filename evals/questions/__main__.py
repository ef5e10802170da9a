"""Asks the questions over many reports: `python -m evals.questions [--second] [--misses] [--index DIR] [--accept]`.

Prints the worst kind, then the figures by kind and language; of the half that is held back only totals. Fails where one
is worse than the baseline by more than one question; --accept makes these figures the baseline. The reports lie in the
folder that RELATORIA_DATA names; their index is made in a temporary folder, or kept in that of --index.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from statistics import fmean

from rich.table import Table

from evals.console import command_parser, make_table, print_errors, track_progress, wide_console
from evals.public_data import require_public
from evals.questions.cases import QUESTIONS_FOLDER, SECOND_FOLDER, load_questions, read_reports
from evals.questions.judge import Judged, judge
from evals.questions.language import frame_all, frame_figures, make_figure, tabulate_frames
from evals.scorecard.baseline import Baseline, read_baseline, write_baseline
from evals.scorecard.gate import accept_figures, find_lower_figures, key_figures
from evals.scorecard.scorecard import Figure
from ingest.errors import RelatoriaError
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.query.conversation import EMPTY_CONVERSATION

_LESS_IS_BETTER = ("refused", "answered")
_FREE = "related"  # neither is better
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
    parser.add_argument("--second", action="store_true", help="ask the second set, of other reports")
    parser.add_argument("--misses", action="store_true", help="list the wrong answers of the open half")
    parser.add_argument("--accept", action="store_true", help="make these figures the baseline")
    parser.add_argument("--index", type=Path, metavar="DIR", help="keep the index there")
    options = parser.parse_args(arguments)
    asked = SECOND_FOLDER if options.second else QUESTIONS_FOLDER
    baseline = asked / "baseline.json"
    files = [require_public(name) for name in read_reports(asked)]
    with nullcontext(options.index) if options.index else tempfile.TemporaryDirectory() as folder:
        judged = ask_all(Path(folder), files, asked)
    screen = wide_console()
    kinds: dict[str, list[float]] = {}
    for it in judged:
        if not it.question.held:
            kinds.setdefault(it.question.kind, []).append(it.right)
    worst = min(kinds, key=lambda kind: fmean(kinds[kind]))
    screen.print(f"Worst kind of the open half: {worst}, {fmean(kinds[worst]):.2f} right")
    for title, held in (("open half", False), ("held back: totals only", True)):
        screen.print(tabulate(title, [it for it in judged if it.question.held is held], totals_only=held))
    framed = list(frame_all())
    screen.print(tabulate_frames(framed))
    for it in judged if options.misses else ():
        if not it.right and not it.question.held:
            screen.print(describe(it), markup=False, soft_wrap=True)
    figures = key_figures([*gated_figures(judged), *frame_figures(framed)])
    if options.accept:
        write_baseline(Baseline({}, accept_figures(figures), None, frozenset(), {}), baseline)
        return 0
    found = list(find_lower_figures(figures, read_baseline(baseline).figures))
    for line in found or ["Nothing is worse than the baseline."]:
        screen.print(f"worse {line}" if found else line, markup=False, soft_wrap=True)
    return 1 if found else 0


def ask_all(folder: Path, files: Sequence[Path], asked: Path = QUESTIONS_FOLDER) -> list[Judged]:
    """Ask every question over an index of the files, made where it is not there. Raises RelatoriaError."""
    assistant = Assistant(folder)
    if not assistant.index.store.stamp():
        failed = assistant.index.update(find_sources(files), assistant.embedder).failed
        if failed:
            raise RelatoriaError("; ".join(f"{failure.file}: {failure.error}" for failure in failed))
    judged = []
    for question in track_progress(list(load_questions(assistant.index.store.passages(), asked)), "Asking"):
        conversation = EMPTY_CONVERSATION
        for said in question.before:
            conversation = conversation.with_answer(assistant.ask(said, conversation=conversation))
        judged.append(judge(question, assistant.ask(question.question, conversation=conversation)))
    return judged


def tabulate(title: str, judged: Sequence[Judged], *, totals_only: bool) -> Table:
    """The figures by kind and language, or the totals alone."""
    columns = ("asked", *measure(()))
    made = make_table(title, "", *columns, right=columns)

    def add(name: str, some: Sequence[Judged]) -> None:
        shares = measure(some).values()
        made.add_row(name, str(len(some)), *(f"{fmean(values):.2f}" if values else "–" for values in shares))

    for name in () if totals_only else dict.fromkeys(it.question.kind for it in judged):
        add(name, [it for it in judged if it.question.kind == name])
    for name in () if totals_only else sorted({it.question.language for it in judged}):
        add(name, [it for it in judged if it.question.language == name])
    made.add_section()
    for name, some in _group(judged).items():
        add(name, some)
    return made


def _group(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """The answers by what is reported together."""
    together = {kind for some in _SETS.values() for kind in some} | {"false-premise"}
    single = tuple({it.question.kind for it in judged} - together)
    sets = {"single passages": single, **_SETS}
    found = {name: [it for it in judged if it.question.kind in some] for name, some in sets.items()}
    return found | {"all": list(judged)}


def gated_figures(judged: Sequence[Judged]) -> Iterator[Figure]:
    """The figures that may not fall, of both halves; one question more that is wrong is let pass."""
    for half, held in (("open", False), ("held", True)):
        for name, some in _group([it for it in judged if it.question.held is held]).items():
            for called, values in measure(some).items():
                if values and called != _FREE:
                    less = called in _LESS_IS_BETTER
                    yield make_figure(called, f"{name}, {half}", values, lower_is_better=less)


def measure(judged: Iterable[Judged]) -> dict[str, list[float]]:
    """What is right of each answer, 0 to 1, by measure, as far as a measure is of it."""
    judged = list(judged)
    wanted = [it for it in judged if it.question.expect == "answered"]
    sets = [it for it in wanted if it.question.need == "exact"]
    return {
        "right": [float(it.right) for it in judged],
        "first": [float(it.first) for it in wanted],
        "shown": [it.shown for it in wanted],
        "refused": [float(not it.answered) for it in wanted],
        "related": [float(it.status == "related") for it in judged],
        "answered": [float(it.answered) for it in judged if it.question.expect != "answered"],
        "recall": [it.shown * it.answered for it in sets],
        "precision": [it.precision * it.answered for it in sets],
        "N exact": [float(it.total == it.question.count) for it in wanted if it.question.count is not None],
    }


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
