"""The commands `relatoria search` and `relatoria ask`: one question, or one on each line of standard input."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TextIO

from rich.console import RenderableType

from app.cli.assistant import build_filter, open_assistant
from app.cli.environment import locale_language
from app.cli.json_lines import print_json
from app.cli.progress import spinner
from app.cli.terminal import added_view, answer_view, console, error_view, evidence_view, hits_view, separator_view
from app.export.document import export_answers
from app.export.files import format_for, save
from app.render.serialize import Json, answer_json, failed_json, search_json
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant, clean_question
from retrieval.index.filters import Filter, validate_filter
from retrieval.query.conversation import EMPTY_CONVERSATION
from retrieval.results import Answer

Output = tuple[Json, RenderableType]  # with --json, and without


def search(options: argparse.Namespace) -> int:
    """Rank the passages for each question."""
    assistant, where = open_assistant(options), build_filter(options)

    def rank(question: str) -> Output:
        found = assistant.search(question, limit=options.k, where=where)
        return search_json(found, explain=options.explain), hits_view(found, explain=options.explain)

    def failed(question: str, message: str) -> Json:
        return {"question": question[:200], "language": "", "hits": [], "error": message}

    return _run_questions(assistant, options, where, rank, failed)


def ask(options: argparse.Namespace) -> int:
    """Answer each question, and with ``--export`` write the answers to a file."""
    assistant, where = open_assistant(options), build_filter(options)
    conversation = EMPTY_CONVERSATION
    given: list[Answer] = []
    if options.export:
        format_for(options.export)  # before any work is done
    growing = bool(assistant.model) and not options.json and options.question != "-" and console().is_terminal

    def answer_question(question: str) -> Output:
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
        given.append(answer)
        if options.conversation:  # what fails is no turn: the next one leans on what was said before it
            conversation = conversation.with_answer(answer)
        said = {"explain": options.explain}
        view = added_view(answer, **said) if growing else answer_view(answer, assistant.report, **said)
        return answer_json(answer, assistant.report, **said), view

    def begin_anew() -> None:
        nonlocal conversation
        conversation = EMPTY_CONVERSATION

    status = _run_questions(assistant, options, where, answer_question, failed_json, blank=begin_anew)
    if options.export and given:
        language = locale_language() or given[0].language
        fingerprint = assistant.index.check()["fingerprint"]
        save(export_answers(given, assistant.report, language, index=fingerprint), options.export)
        sys.stderr.write(f"Wrote {options.export}.\n")
    return status


def _run_questions(
    assistant: Assistant,
    options: argparse.Namespace,
    where: Filter,
    answer: Callable[[str], Output],
    failed: Callable[[str, str], Json],
    *,
    blank: Callable[[], None] = lambda: None,
) -> int:
    """Run one question, or for "-" one a line of standard input with one model load; an error fails only its line.

    ``blank`` is called at each blank line. Returns the exit status.
    """
    many = options.question == "-"
    questions = _read_questions(sys.stdin) if many else iter([(options.question, "")])
    if not many:
        clean_question(options.question)
    assistant.index.check()
    validate_filter(where, assistant.index.facets())
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
            print_json(as_json)
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
