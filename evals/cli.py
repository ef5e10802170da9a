"""The command `relatoria eval`: run the cases, print the scorecard, fail on a regression against the baseline.

Long because one command is told whole: what is checked, run, printed, written and held against the baseline.

Exit status 0 nothing is worse than the baseline, 1 something is (or the input is at fault), 2 usage.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.markup import escape

from evals.console import track_progress, wide_console
from evals.metrics.groundedness import StatementCheck
from evals.options import EXTRACTION_SUITE, OWN_SUITE, PUBLIC_SUITES, SCORECARD_FILE
from evals.run.cases import DRAFT_HINT, BadCase, Case, find_drafts, find_uncovered_passages, load_case_files, read_lines
from evals.run.export import check_format, export
from evals.run.runner import shorten_id
from evals.run.setup import AssistantOpener, EvaluationSetup, collect_provenance, find_reports_and_cases, open_setup
from evals.scorecard import console_report
from evals.scorecard.baseline import BASELINE_FILE, Baseline, read_baseline, write_baseline
from evals.scorecard.checkpoint import OutcomeLog
from evals.scorecard.compare import compare, read_scorecard
from evals.scorecard.evaluate import EvaluationPlan, evaluate
from evals.scorecard.gate import digest_passages, find_fixed_cases, find_lost_records, find_regressions, make_baseline
from evals.scorecard.scorecard import Scorecard
from ingest.errors import RelatoriaError
from ingest.sources import find_sources

WORST_SHOWN = 15  # cases shown in a terminal


def main(
    options: argparse.Namespace,
    opened: AssistantOpener,
    index: Path | None,
    model: str | None,
    keep: Path | None = None,
) -> int:
    """Run the command; returns the exit status.

    ``index`` is an existing index to query as it is; a complete run's scorecard is saved in the folder ``keep`` too.
    """
    if options.compare:
        first, second = map(read_scorecard, options.compare)
        wide_console().print(*console_report.comparison_tables(compare(first, second)), sep="\n", soft_wrap=True)
        return 0
    suites = list(dict.fromkeys(options.suite or [OWN_SUITE]))
    if "all" in suites:
        suites = [OWN_SUITE, *PUBLIC_SUITES]
    status = _run_own(options, opened, index, model, keep) if OWN_SUITE in suites else 0
    if public := [suite for suite in suites if suite != OWN_SUITE]:
        _run_public(public, options.cache, options.sample)
    return status


def _run_public(suites: Sequence[str], cache: Path | None, sample: int | None) -> None:
    """Run the public suites: search beside the baselines, and extraction from other people's reports."""
    with _only_in_checkout("The public suites"):
        from evals.benchmarks.__main__ import run_suites
        from evals.benchmarks.baselines import import_extra

    if searched := [suite for suite in suites if suite != EXTRACTION_SUITE]:
        run_suites(searched, cache, sample)
    if EXTRACTION_SUITE in suites:
        import_extra("rapidfuzz")
        from evals.extraction.__main__ import main as compare_records

        compare_records([EXTRACTION_SUITE, "--misses"])


@contextmanager
def _only_in_checkout(what: str) -> Iterator[None]:
    """Say in one sentence where that is found whose module the installed package leaves out."""
    try:
        yield
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("evals."):
            raise
        raise RelatoriaError(
            f"{what} are run from a checkout of Relatoría, and this installation has no {error.name}: in the checkout, "
            "type: pip install -c constraints.txt -e '.[evals]', then the same command."
        ) from error


def _run_own(
    options: argparse.Namespace, opened: AssistantOpener, index: Path | None, model: str | None, keep: Path | None
) -> int:
    reports, files = find_reports_and_cases(options.folder)
    files = options.cases or files
    baseline = options.baseline or (options.folder / BASELINE_FILE.name if options.folder else BASELINE_FILE)
    _check_options(options, files, baseline)
    gates = not (options.accept or options.no_gate or options.half or options.once)
    named = options.baseline and not (options.accept or options.no_gate)  # what is named can be read, or it is said
    known = read_baseline(baseline) if (gates or named) and baseline.exists() else None
    held = known if gates else None
    _print_drafts(files)
    _check_overwrites(options, [*files, *find_sources(reports).files, baseline])
    with open_setup(opened, index, reports, reorder=not options.once) as under:
        records = digest_passages(under.passages)
        cases = _load_cases(files, records, held)
        if options.half:
            cases = _select_half(options.half, cases)
        if options.export:
            return _export(options.export, cases, under)
        scorecard = _make_scorecard(options, cases, under, model)
        _print_scorecard(scorecard, find_uncovered_passages(cases, [passage.id for passage in under.passages]))
        if options.json:
            _write(options.json, json.dumps(scorecard.as_json(), indent=1, ensure_ascii=False) + "\n")
        if keep and not (options.half or options.once):
            _save_scorecard(keep, scorecard)
        if options.html:
            from evals.scorecard.html_report import render_page

            _write(options.html, render_page(scorecard.as_json(), held.as_json() if held else None))
        if options.judge:
            _judge(options, cases, under)
    if options.accept:
        write_baseline(make_baseline(scorecard, records), baseline)
        _say(f"Accepted as the figures to hold: {escape(str(baseline))}")
        return 0
    if not gates:
        return 0
    if held is None:
        _say(f"No baseline yet: {escape(str(baseline))}. To hold these figures, add --accept")
        return 0
    return _run_gate(scorecard, records, held)


def _check_options(options: argparse.Namespace, files: Sequence[Path], baseline: Path) -> None:
    """Validate the options and inputs before minutes are spent. Raises RelatoriaError."""
    for file in files:
        read_lines(file)
    for into in [*_output_files(options), *([baseline] if options.accept else [])]:
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


def _print_drafts(files: Sequence[Path]) -> None:
    """Print which lines are drafts: not judged yet, counted in no figure."""
    for file in files:
        if lines := find_drafts(file):
            few = ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")
            count = console_report.format_count(len(lines), "draft")
            said = f"{file.name}: {count} not judged yet, in no figure (line {few})."
            _say(f"[yellow]{escape(said)}[/] {escape(DRAFT_HINT)}")


def _check_overwrites(options: argparse.Namespace, inputs: Sequence[Path]) -> None:
    """Check that no output overwrites an input or another output. Raises RelatoriaError."""
    taken = {path.resolve() for path in inputs}
    for into in _output_files(options):
        if into.resolve() in taken:
            raise RelatoriaError(f"{into} is read, and would be lost. Name another file to write to.")
        taken.add(into.resolve())


def _output_files(options: argparse.Namespace) -> list[Path]:
    export_to = Path(options.export[1]) if options.export else None
    return [path for path in (options.json, options.html, options.journal, export_to) if path]


def _make_scorecard(
    options: argparse.Namespace, cases: Sequence[Case], under: EvaluationSetup, model: str | None
) -> Scorecard:
    made = collect_provenance(under, model)
    plan = EvaluationPlan(
        cases,
        under.assistant,
        None if options.once else under.repeated,
        under.reordered,
        _open_others(under) if options.others else {},
        under.embedding,
        _make_statement_check(under) if model else None,
        made=made,
    )
    with OutcomeLog(options.journal, {**made, "once": options.once}) as journal:
        return evaluate(journal.resume(plan), track_progress, journal.append)


def _save_scorecard(folder: Path, scorecard: Scorecard) -> None:
    """Save the scorecard where the page looks for it; the previous one stays until this one is whole."""
    file = folder / SCORECARD_FILE
    whole = file.with_name(f"{SCORECARD_FILE}.new")
    try:
        whole.write_text(json.dumps(scorecard.as_json(), ensure_ascii=False) + "\n", encoding="utf-8")
        whole.replace(file)
        said = f"Kept for the page (relatoria serve): {file}"
    except OSError as error:  # the figures are printed all the same
        said = f"Not kept for the page: {file} cannot be written ({error.strerror})."
    _say(escape(said))


def _judge(options: argparse.Namespace, cases: Sequence[Case], under: EvaluationSetup) -> None:
    from evals.run.judge import judge_answers
    from retrieval.generation.providers import open_chat

    said = judge_answers(under.assistant, cases, open_chat(options.judge), options.judge_runs, track_progress)
    _say(escape(said))


def _select_half(half: str, cases: Sequence[Case]) -> list[Case]:
    """Select the cases of a half; a rewording of a case of the other half stands for itself."""
    some = [case for case in cases if case.half == half]
    if not some:
        raise RelatoriaError(
            f'None of the cases is of the half "{half}". Leave --half out, or write "half" into cases.'
        )
    names = {case.name for case in some}
    return [case if case.same_as in names else replace(case, same_as="") for case in some]


def _load_cases(files: Sequence[Path], records: Mapping[str, str], held: Baseline | None) -> list[Case]:
    """Load the cases; where one needs a passage that is gone, print first the records lost since the baseline."""
    try:
        return load_case_files(files, records)
    except BadCase:
        for line in find_lost_records(records, held.records) if held else ():
            _say(f"[red]worse[/] {console_report.escape_text(line)}")
        raise


def _run_gate(scorecard: Scorecard, records: dict[str, str], held: Baseline) -> int:
    found = find_regressions(scorecard, records, held)
    for line in found:
        _say(f"[red]worse[/] {console_report.escape_text(line)}")
    if mended := find_fixed_cases(scorecard, held):
        _say(f"[green]better[/] {len(mended)} cases: {console_report.escape_text(', '.join(mended))}")
        _say("To hold what was won, type the same command with --accept")
    if not found:
        _say("Nothing is worse than the baseline.")
    return 1 if found else 0


def _print_scorecard(scorecard: Scorecard, idle: Sequence[str]) -> None:
    screen = wide_console()
    screen.print(console_report.figures_table(scorecard))
    screen.print(console_report.archetypes_table(scorecard))
    screen.print(console_report.confusion_table(scorecard))
    if scorecard.others:
        screen.print(console_report.others_table(scorecard))
    if scorecard.misses:
        screen.print(console_report.worst_table(scorecard, WORST_SHOWN))
    if idle:
        several = len({id_.partition("#")[0] for id_ in idle}) > 1
        few = ", ".join(idle[:10] if several else map(shorten_id, idle[:10])) + (", …" if len(idle) > 10 else "")
        said = "1 passage is" if len(idle) == 1 else f"{len(idle)} passages are"
        _say(f"{said} needed by no case: {escape(few)}")


def _open_others(under: EvaluationSetup) -> Any:
    with _only_in_checkout("Other systems"):
        from evals.benchmarks.other_systems import build_other_systems

    store = under.assistant.index.store
    by_report: dict[str, list[Any]] = {}
    for passage in under.passages:
        by_report.setdefault(passage.report_id, []).append(passage)
    reports = [(Path(name), report, some) for name, some in by_report.items() if (report := store.report(name))]
    languages = [report.metadata.language or "en" for _, report, _ in reports]
    return build_other_systems(reports, under.repeated.embedder(), max(set(languages), key=languages.count))


def _make_statement_check(under: EvaluationSetup) -> StatementCheck:
    """A check whether a chat model's sentence passes verification once more."""
    from retrieval.results import Statement

    def proved(statement: Statement, language: str) -> bool:
        verifier = under.assistant.make_verifier(statement.citations, language)
        return isinstance(verifier.verify_sentence(statement.text), Statement)

    return proved


def _export(wanted: Sequence[str], cases: Sequence[Case], under: EvaluationSetup) -> int:
    name, file = wanted
    text = export(name, cases, {passage.id: passage for passage in under.passages})
    _write(Path(file), text)
    _say(f"{console_report.format_count(len(cases), 'case')} written to {escape(file)}")
    return 0


def _say(text: str) -> None:
    wide_console().print(text, soft_wrap=True)


def _check_writable(file: Path | None) -> None:
    """Check that the file can be written, before minutes are spent. Raises RelatoriaError."""
    if file and (not file.resolve().parent.is_dir() or file.is_dir()):
        raise RelatoriaError(f"{file} cannot be written: name a file in a folder that exists.")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RelatoriaError(f"{file} cannot be written ({error.strerror}). Name another file.") from error
