"""The command `relatoria eval`: run the cases, print the scorecard, fail on a regression against the baseline.

Exit status 0 nothing is worse than the baseline, 1 something is (or the input is at fault), 2 usage.
"""

import argparse
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from rich.markup import escape
from rich.progress import track

from evals.console import wide_console
from evals.metrics.groundedness import Proves
from evals.options import OWN, PUBLIC, READING
from evals.run.cases import JUDGE, BadCase, Case, drafts_in, load_all, read_lines, unneeded
from evals.run.export import check_format, export
from evals.run.runner import short
from evals.run.setup import Open, Staged, made_with, own_files, staged
from evals.scorecard import console_report
from evals.scorecard.baseline import BASELINE, Baseline, read_baseline, write_baseline
from evals.scorecard.checkpoint import Journal
from evals.scorecard.compare import compare, read_card
from evals.scorecard.evaluate import Plan, evaluate
from evals.scorecard.gate import accepted, better, lost, records_of, worse
from evals.scorecard.scorecard import Scorecard
from ingest.errors import RelatoriaError
from ingest.sources import find_sources

T = TypeVar("T")
KEPT = "scorecard.json"  # in the index folder: the last one
WORST = 15  # cases shown in a terminal


def main(
    options: argparse.Namespace, opened: Open, index: Path | None, model: str | None, keep: Path | None = None
) -> int:
    """Run the command; returns the exit status.

    ``index`` is an existing index to query as it is; a complete run's scorecard is saved in the folder ``keep`` too.
    """
    if options.compare:
        first, second = map(read_card, options.compare)
        wide_console().print(*console_report.comparison_tables(compare(first, second)), sep="\n", soft_wrap=True)
        return 0
    suites = list(dict.fromkeys(options.suite or [OWN]))
    if "all" in suites:
        suites = [OWN, *PUBLIC]
    status = _own(options, opened, index, model, keep) if OWN in suites else 0
    if public := [one for one in suites if one != OWN]:
        _public(public, options.cache, options.sample)
    return status


def _public(suites: Sequence[str], cache: Path | None, sample: int | None) -> None:
    """Run the public suites: search beside the baselines, and extraction from other people's reports."""
    data = os.environ.get("RELATORIA_DATA")
    from evals.benchmarks.baselines import installed

    if searched := [one for one in suites if one != READING]:
        from evals.benchmarks.__main__ import run_suites

        run_suites(searched, Path(data).expanduser() if data else None, cache, sample)
    if READING in suites:
        installed("rapidfuzz")
        from evals.extraction.upr import main as read_reports

        read_reports()


def _own(options: argparse.Namespace, opened: Open, index: Path | None, model: str | None, keep: Path | None) -> int:
    reports, files = own_files(options.folder)
    files = options.cases or files
    baseline = options.baseline or (options.folder / BASELINE.name if options.folder else BASELINE)
    _check(options, files, baseline)
    gates = not (options.accept or options.no_gate or options.half or options.once)
    named = options.baseline and not (options.accept or options.no_gate)  # what is named can be read, or it is said
    known = read_baseline(baseline) if (gates or named) and baseline.exists() else None
    held = known if gates else None
    _tell_drafts(files)
    _check_kept(options, [*files, *find_sources(reports).files, baseline])
    with staged(opened, index, reports, reorder=not options.once) as under:
        records = records_of(under.passages)
        cases = _cases(files, records, held)
        if options.half:
            cases = _of_half(options.half, cases)
        if options.export:
            return _export(options.export, cases, under)
        scorecard = _scorecard(options, cases, under, model)
        _print(scorecard, unneeded(cases, [one.id for one in under.passages]))
        if options.json:
            _write(options.json, json.dumps(scorecard.as_json(), indent=1, ensure_ascii=False) + "\n")
        if keep and not (options.half or options.once):
            _keep(keep, scorecard)
        if options.html:
            from evals.scorecard.html_report import page

            _write(options.html, page(scorecard.as_json(), held.as_json() if held else None))
        if options.judge:
            _judge(options, cases, under)
    if options.accept:
        write_baseline(accepted(scorecard, records), baseline)
        wide_console().print(f"Accepted as the figures to hold: {escape(str(baseline))}", soft_wrap=True)
        return 0
    if not gates:
        return 0
    if held is None:
        wide_console().print(
            f"No baseline yet: {escape(str(baseline))}. To hold these figures, add --accept", soft_wrap=True
        )
        return 0
    return _gate(scorecard, records, held)


def _check(options: argparse.Namespace, files: Sequence[Path], baseline: Path) -> None:
    """Validate the options and inputs before minutes are spent. Raises RelatoriaError."""
    for file in files:
        read_lines(file)
    for into in [*_written(options), *([baseline] if options.accept else [])]:
        _check_writable(into)
    if options.export:
        check_format(options.export[0])
    if options.accept and (options.half or options.once or options.no_gate):
        raise RelatoriaError("A baseline holds all figures. Type --accept without --half, --once and --no-gate.")
    if options.baseline and not options.accept and not baseline.exists():
        raise RelatoriaError(f"There is no baseline {baseline}. To make the figures of this run one, add --accept")
    if options.judge_runs < 1:
        raise RelatoriaError(f"A judge cannot be asked {options.judge_runs} times. Give --judge-runs 1 or more.")
    if options.judge:
        from retrieval.generation.providers import open_chat

        open_chat(options.judge)


def _tell_drafts(files: Sequence[Path]) -> None:
    """Print which lines are drafts: not judged yet, counted in no figure."""
    for file in files:
        if lines := drafts_in(file):
            few = ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")
            said = (
                f"{file.name}: {console_report.counted(len(lines), 'draft')} not judged yet, in no figure (line {few})."
            )
            wide_console().print(f"[yellow]{escape(said)}[/] {escape(JUDGE)}", soft_wrap=True)


def _check_kept(options: argparse.Namespace, inputs: Sequence[Path]) -> None:
    """Check that no output overwrites an input or another output. Raises RelatoriaError."""
    taken = {one.resolve() for one in inputs}
    for into in _written(options):
        if into.resolve() in taken:
            raise RelatoriaError(f"{into} is read, and would be lost. Name another file to write to.")
        taken.add(into.resolve())


def _written(options: argparse.Namespace) -> list[Path]:
    export_to = Path(options.export[1]) if options.export else None
    return [one for one in (options.json, options.html, options.journal, export_to) if one]


def _scorecard(options: argparse.Namespace, cases: Sequence[Case], under: Staged, model: str | None) -> Scorecard:
    made = made_with(under, model)
    plan = Plan(
        cases,
        under.asked,
        None if options.once else under.repeated,
        under.reordered,
        _others(under) if options.others else {},
        under.embedding,
        _proves(under) if model else None,
        made=made,
    )
    with Journal(options.journal, {**made, "once": options.once}) as journal:
        return evaluate(journal.resumed(plan), _progress, journal.keep)


def _keep(folder: Path, scorecard: Scorecard) -> None:
    """Save the scorecard where the page looks for it; the previous one stays until this one is whole."""
    file = folder / KEPT
    whole = file.with_name(f"{KEPT}.new")
    try:
        whole.write_text(json.dumps(scorecard.as_json(), ensure_ascii=False) + "\n", encoding="utf-8")
        whole.replace(file)
        said = f"Kept for the page (relatoria serve): {file}"
    except OSError as error:  # the figures are printed all the same
        said = f"Not kept for the page: {file} cannot be written ({error.strerror})."
    wide_console().print(escape(said), soft_wrap=True)


def _judge(options: argparse.Namespace, cases: Sequence[Case], under: Staged) -> None:
    from evals.run.judge import judged
    from retrieval.generation.providers import open_chat

    said = judged(under.asked, cases, open_chat(options.judge), options.judge_runs, _progress)
    wide_console().print(said, markup=False, soft_wrap=True)


def _of_half(half: str, cases: Sequence[Case]) -> list[Case]:
    """Select the cases of a half; a rewording of a case of the other half stands for itself."""
    some = [one for one in cases if one.half == half]
    if not some:
        raise RelatoriaError(
            f'None of the cases is of the half "{half}". Leave --half out, or write "half" into cases.'
        )
    names = {one.name for one in some}
    return [one if one.same_as in names else replace(one, same_as="") for one in some]


def _cases(files: Sequence[Path], records: Mapping[str, str], held: Baseline | None) -> list[Case]:
    """Load the cases; where one needs a passage that is gone, print first the records lost since the baseline."""
    try:
        return load_all(files, records)
    except BadCase:
        for line in lost(records, held.records) if held else ():
            wide_console().print(f"[red]worse[/] {console_report.escape(line)}", soft_wrap=True)
        raise


def _gate(scorecard: Scorecard, records: dict[str, str], held: Baseline) -> int:
    screen = wide_console()
    found = worse(scorecard, records, held)
    for line in found:
        screen.print(f"[red]worse[/] {console_report.escape(line)}", soft_wrap=True)
    if mended := better(scorecard, held):
        screen.print(
            f"[green]better[/] {len(mended)} cases: {console_report.escape(', '.join(mended))}", soft_wrap=True
        )
        screen.print("To hold what was won, type the same command with --accept", soft_wrap=True)
    if not found:
        screen.print("Nothing is worse than the baseline.")
    return 1 if found else 0


def _print(scorecard: Scorecard, idle: Sequence[str]) -> None:
    screen = wide_console()
    screen.print(console_report.figures_table(scorecard))
    screen.print(console_report.archetypes_table(scorecard))
    screen.print(console_report.endings_table(scorecard))
    if scorecard.others:
        screen.print(console_report.others_table(scorecard))
    if scorecard.misses:
        screen.print(console_report.worst_table(scorecard, WORST))
    if idle:
        several = len({one.partition("#")[0] for one in idle}) > 1
        few = ", ".join(idle[:10] if several else map(short, idle[:10])) + (", …" if len(idle) > 10 else "")
        said = "1 passage is" if len(idle) == 1 else f"{len(idle)} passages are"
        screen.print(f"{said} needed by no case: {escape(few)}", soft_wrap=True)


def _others(under: Staged) -> Any:
    from evals.benchmarks.other_systems import others

    store = under.asked.index.store
    by_report: dict[str, list[Any]] = {}
    for one in under.passages:
        by_report.setdefault(one.report_id, []).append(one)
    reports = [(Path(one), report, some) for one, some in by_report.items() if (report := store.report(one))]
    languages = [report.metadata.language or "en" for _, report, _ in reports]
    return others(reports, under.repeated.embedder(), max(set(languages), key=languages.count))


def _proves(under: Staged) -> Proves:
    """A check whether a chat model's sentence passes verification once more."""
    from retrieval.results import Statement

    def proved(statement: Statement, language: str) -> bool:
        return isinstance(under.asked.prover(statement.citations, language).statement(statement.text), Statement)

    return proved


def _export(wanted: Sequence[str], cases: Sequence[Case], under: Staged) -> int:
    name, file = wanted
    text = export(name, cases, {one.id: one for one in under.passages})
    _write(Path(file), text)
    wide_console().print(f"{console_report.counted(len(cases), 'case')} written to {escape(file)}", soft_wrap=True)
    return 0


def _progress(some: Sequence[T], title: str) -> Iterable[T]:
    screen = wide_console(stderr=True)
    return track(some, title, console=screen, transient=True, disable=not screen.is_terminal)


def _check_writable(file: Path | None) -> None:
    """Check that the file can be written, before minutes are spent. Raises RelatoriaError."""
    if file and (not file.resolve().parent.is_dir() or file.is_dir()):
        raise RelatoriaError(f"{file} cannot be written: name a file in a folder that exists.")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RelatoriaError(f"{file} cannot be written ({error.strerror}). Name another file.") from error
