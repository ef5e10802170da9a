"""The command `relatoria`: parses arguments, runs a command, returns the exit status. Long because all nine are here.

Exit status 0 done, 1 wrong input (or a file failed), 2 usage, 130 interrupted. Standard output carries the result
alone; progress and errors go to standard error.
"""

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from app.cli.environment import (
    calibration_file,
    chat_model,
    chroma_server,
    embedding_model,
    entailment,
    feedback_file,
    index_folder,
    locale_language,
    model_prices,
    model_timeout,
    page_settings,
    quiet_libraries,
    reranker,
    users_file,
)
from app.cli.options import build_parser
from app.cli.progress import progress_bars, report_waiting, spinner, write_error
from ingest.errors import RelatoriaError

if TYPE_CHECKING:
    from retrieval.assistant import Assistant
    from retrieval.index.filters import Filter
    from retrieval.models.embedder import Embedder

_CONTROL_CHARACTERS = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # by terminals; JSON leaves them as they are


def main(arguments: list[str] | None = None) -> int:
    """Run one command line; returns the exit status. Errors become one sentence on standard error."""
    quiet_libraries()
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter is no reason to stop
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = build_parser(_COMMANDS).parse_args(arguments)
    try:
        return int(options.run(options))
    except RelatoriaError as error:
        write_error(str(error))
        return 1
    except KeyboardInterrupt:
        write_error("Interrupted.")
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # who read our output has closed it: nothing is left to say
        return 0
    except UnicodeEncodeError as error:
        write_error(f"{error.object!a} is not text in UTF-8. Check how it was typed or encoded.")
        return 1
    except OSError as error:
        write_error(f"Cannot read or write{f' {error.filename}' if error.filename else ''}: {error.strerror or error}.")
        return 1


# The commands


def _ingest(options: argparse.Namespace) -> int:
    from app.render.serialize import ingest_json
    from ingest.sources import BUNDLED_CORPUS, find_sources

    assistant = _open_assistant(options)
    sources = find_sources(options.paths or [BUNDLED_CORPUS])

    def loaded() -> "Embedder":
        with spinner("Loading the embedding model…"):
            return assistant.embedder()

    try:
        with progress_bars() as shown:
            result = assistant.index.update(
                sources,
                loaded,
                dry_run=options.dry_run,
                rebuild=options.rebuild,
                progress=shown,
                waiting=lambda: report_waiting(assistant.index.folder),
            )
    except KeyboardInterrupt:
        write_error("Interrupted. The index is as it was before.")
        return 130
    if options.json:
        _print_json(ingest_json(result))
    else:
        from app.cli.terminal import console, ingest_view

        console().print(ingest_view(result, dry_run=options.dry_run))
    return 1 if result.failed else 0


def _remove(options: argparse.Namespace) -> int:
    index = _open_assistant(options).index
    index.remove(options.report, waiting=lambda: report_waiting(index.folder))
    sys.stderr.write(f"Removed {options.report}.\n")
    return 0


def _passages(options: argparse.Namespace) -> int:
    from app.cli.terminal import console, passages_view
    from app.render.serialize import passage_json
    from retrieval.index.filters import select_rows, validate_filter

    assistant = _open_assistant(options)
    index = assistant.index
    _check_export(options)
    fingerprint = index.check()["fingerprint"]
    stated = index.facets()
    fitting = select_rows(index.store, validate_filter(_build_filter(options), stated), stated)
    passages = index.store.passages() if fitting is None else index.store.passages_in_order(fitting)
    if options.export:
        from app.export.document import export_passages
        from app.export.files import save

        some = list(passages)
        save(export_passages(some, assistant.report, locale_language() or "es", index=fingerprint), options.export)
        sys.stderr.write(f"Wrote {len(some):,} records to {options.export}.\n")
        passages = iter(some)
    if options.json:
        for passage in passages:
            _print_json(passage_json(passage))
    else:
        console().print(passages_view(passages))
    return 0


def _search(options: argparse.Namespace) -> int:
    from app.cli.terminal import hits_view
    from app.render.serialize import search_json

    assistant = _open_assistant(options)
    where = _build_filter(options)

    def one(question: str) -> tuple[dict[str, object], object]:
        found = assistant.search(question, limit=options.k, where=where)
        return search_json(found, explain=options.explain), hits_view(found, explain=options.explain)

    def failed(question: str, message: str) -> dict[str, object]:
        return {"question": question[:200], "language": "", "hits": [], "error": message}

    return _run_questions(assistant, options, one, failed)


def _ask(options: argparse.Namespace) -> int:
    from app.cli.terminal import added_view, answer_view, console, evidence_view
    from app.render.serialize import answer_json, failed_json
    from retrieval.query.conversation import EMPTY_CONVERSATION
    from retrieval.results import Answer

    assistant = _open_assistant(options)
    where = _build_filter(options)
    conversation = EMPTY_CONVERSATION
    answers_given: list[Answer] = []
    _check_export(options)
    growing = bool(assistant.model) and not options.json and options.question != "-" and console().is_terminal

    def one(question: str) -> tuple[dict[str, object], object]:
        nonlocal conversation
        answers = assistant.stream(
            question,
            language=options.answer_in,
            fallback=locale_language(),
            where=where,
            conversation=conversation,
            translations=options.translate,
        )
        answer = next(answers)
        if growing:  # the evidence is there to be read while the model writes
            console().print(evidence_view(answer, assistant.report))
        with spinner("Writing…") if assistant.model else nullcontext():
            *_, answer = answer, *answers
        answers_given.append(answer)
        if options.conversation:  # what fails is no turn: the next one leans on what was said before it
            conversation = conversation.with_answer(answer)
        view = added_view(answer) if growing else answer_view(answer, assistant.report)
        return answer_json(answer), view

    def begin() -> None:
        nonlocal conversation
        conversation = EMPTY_CONVERSATION

    status = _run_questions(assistant, options, one, failed_json, begin)
    if options.export and answers_given:
        from app.export.document import export_answers
        from app.export.files import save

        language = locale_language() or answers_given[0].language
        fingerprint = assistant.index.check()["fingerprint"]
        save(export_answers(answers_given, assistant.report, language, index=fingerprint), options.export)
        sys.stderr.write(f"Wrote {options.export}.\n")
    return status


def _serve(options: argparse.Namespace) -> int:
    from app.serve import serve

    settings = page_settings(options)
    with closing(_open_assistant(options, apart=True)) as assistant:
        assistant.chat()
        assistant.index.check()
        serve(assistant, host=options.host, port=options.port, open_browser=options.open, settings=settings)
    return 0


def _feedback(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from app.cli.terminal import console, feedback_view
    from app.feedback.log import read, write_drafts

    kept = read(feedback_file(options.file, index_folder(options.index)))
    for one in kept.skipped:
        write_error(one)
    if options.cases:
        count = write_drafts(options.cases, kept.entries)
        drafts, they, them = ("draft", "It counts", "it") if count == 1 else ("drafts", "They count", "them")
        said = f"{count} {drafts} written to {options.cases}. {they} once you have judged {them}: docs/evaluation.md"
        sys.stderr.write(f"{said if count else 'Nothing to draft: nobody found anything wrong.'}\n")
    elif options.json:
        for entry in kept.entries:
            _print_json(asdict(entry))
    else:
        console().print(feedback_view(kept.entries))
    return 0


def _user(options: argparse.Namespace) -> int:
    from app.server.users import validate_name, write_user

    file, name = users_file(options.users), validate_name(options.name)
    if file is None:
        raise RelatoriaError(f"Say in which file: relatoria user {name} --users FILE (or set RELATORIA_USERS)")
    write_user(file, name, None if options.remove else _ask_password(name))
    sys.stderr.write(f"{'Removed' if options.remove else 'Set the password of'} {name} in {file}.\n")
    return 0


def _ask_password(name: str) -> str:
    """Prompt twice on a terminal, else read one line of standard input. Raises RelatoriaError."""
    if sys.stdin is None or not sys.stdin.isatty():
        return (sys.stdin.readline() if sys.stdin else "").rstrip("\r\n")
    from getpass import getpass

    password = getpass(f"Password of {name}: ")
    if getpass("Once more: ") != password:
        raise RelatoriaError("The two are not the same. Type the command again.")
    return password


def _eval(options: argparse.Namespace) -> int:
    from evals.cli import main as evaluated

    def opened(folder: Path, embedder: "Embedder | None", writes: bool) -> "Assistant":
        return _open_assistant(options, folder, embedder, writes=writes)

    named = options.index or (os.environ.get("RELATORIA_INDEX") and not options.folder)  # a folder has its own index
    index = index_folder(options.index) if named else None
    serving = index or (None if options.folder else index_folder(None))  # whose page is to show the scorecard
    keep = serving if serving and serving.is_dir() else None
    return evaluated(options, opened, index, chat_model(options.model), keep)


# What they share


def _check_export(options: argparse.Namespace) -> None:
    """Check the export file's format before any work is done. Raises RelatoriaError."""
    if options.export:
        from app.export.files import format_for

        format_for(options.export)


def _build_filter(options: argparse.Namespace) -> "Filter":
    """Build the filter from the options."""
    from retrieval.index.filters import Filter

    return Filter(
        reports=tuple(options.report),
        section=tuple(options.section),
        kinds=tuple(options.kind),
        addressee=tuple(options.addressee),
        by=tuple(options.by),
        strength=tuple(options.strength),
        language=tuple(options.language),
        labels=tuple(options.label),
    )


def _open_assistant(
    options: argparse.Namespace,
    folder: Path | None = None,
    embedder: "Embedder | None" = None,
    *,
    writes: bool = True,
    apart: bool = False,
) -> "Assistant":
    from retrieval.assistant import Assistant
    from retrieval.remote import RemoteAssistant

    writes = writes and hasattr(options, "model")  # the other commands call no chat model
    return (RemoteAssistant if apart else Assistant)(
        folder or index_folder(options.index),
        embedding_model(options.embedding_model),
        chroma=chroma_server(options.chroma),
        reranker=reranker(getattr(options, "reranker", None)),
        calibration=calibration_file(options.calibration),
        model=chat_model(options.model) if writes else None,
        model_timeout=model_timeout(options.model_timeout) if writes else None,
        prices=model_prices(options.model_price) if writes else None,
        entailment=entailment(options.entailment) if writes else None,
        embedder=embedder,
    )


def _run_questions(
    assistant: "Assistant",
    options: argparse.Namespace,
    answer: Callable[[str], tuple[dict[str, object], object]],
    failed: Callable[[str, str], dict[str, object]],
    blank: Callable[[], None] = lambda: None,
) -> int:
    """Run one question, or for "-" one a line of standard input with one model load; an error fails only its line.

    ``blank`` is called at each blank line. Returns the exit status.
    """
    from app.cli.terminal import console, error_view, separator_view
    from retrieval.assistant import clean_question
    from retrieval.index.filters import validate_filter

    many = options.question == "-"
    questions = _read_questions(sys.stdin) if many else iter([(options.question, "")])
    if not many:
        clean_question(options.question)
    assistant.index.check()
    validate_filter(_build_filter(options), assistant.index.facets())
    assistant.chat()  # a model that cannot be opened is said at once
    if not many:  # with many, the first one may be a while in coming
        with spinner("Loading the embedding model…"):
            assistant.prepare()
    status = 0
    for question, unreadable in questions:
        if not question and not unreadable:
            blank()
            continue
        try:
            if unreadable:
                raise RelatoriaError(unreadable)
            as_json, view = answer(question)
        except RelatoriaError as error:
            if not many:
                raise
            status = 1
            as_json, view = failed(question, str(error)), error_view(str(error))
        if options.json:
            _print_json(as_json)
        else:
            console().print(*([separator_view(question[:200])] if many else []), view, sep="\n")
    return status


def _read_questions(stream: TextIO | None) -> Iterator[tuple[str, str]]:
    """Read (question, error) from each line: "" for a blank one, an error where it is not UTF-8.

    Raises RelatoriaError when there is no input at all, or when it is binary.
    """
    if stream is None:
        raise RelatoriaError("Standard input is closed. Give one question a line, or a question in place of -.")
    for number, line in enumerate(stream.buffer, start=1):
        if b"\0" in line:
            raise RelatoriaError(f"Line {number} of standard input is binary. Give one question a line, as text.")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            yield line.decode(errors="replace").strip(), f"Line {number} of standard input is not text in UTF-8."
            continue
        yield text, ""


def _print_json(value: dict[str, object]) -> None:
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    line = json.dumps(value, ensure_ascii=not unicode)
    sys.stdout.write(_CONTROL_CHARACTERS.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")
    sys.stdout.flush()


_COMMANDS = {
    "ingest": _ingest,
    "remove": _remove,
    "passages": _passages,
    "search": _search,
    "ask": _ask,
    "eval": _eval,
    "serve": _serve,
    "user": _user,
    "feedback": _feedback,
}
