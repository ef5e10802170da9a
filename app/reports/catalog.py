"""Lists the reports of an index, a page at a time, with record counts and the files that could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RelatoriaError
from ingest.report import ACTS, Kind, Metadata
from retrieval.assistant import Assistant
from retrieval.index.history import read_history
from retrieval.index.update_plan import FileFailure
from retrieval.storage.reader import ReportSummary
from retrieval.text.terms import fold

UPLOADS = "uploads"  # in the index folder: the files that visitors added, so that a later ingest finds them
PAGE_SIZE = 25  # reports of a page
MAX_PROBLEMS = 50  # files that are named


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A report in the list: metadata and counts, without its text."""

    id: str
    metadata: Metadata
    file: str  # its name; where it lies is nobody's business but the administrator's
    recommendations: int
    passages: int
    read: str  # when its text was last read anew, ISO 8601, UTC; empty where nobody knows
    copies: tuple[str, ...]  # names of files that say the same

    @property
    def title(self) -> str:
        return self.metadata.title or self.id


@dataclass(frozen=True, slots=True)
class ReportList:
    """One page of the filtered list, and totals over the whole index."""

    reports: int
    recommendations: int
    passages: int
    fingerprint: str
    words: str  # that the list was narrowed by
    matching: int  # reports that have them
    page: int  # from 1
    pages: int
    entries: tuple[ReportEntry, ...]
    problems: tuple[FileFailure, ...]  # files that could not be read


def list_reports(assistant: Assistant, words: str = "", page: int = 1) -> ReportList:
    """List page ``page`` of the reports whose title, file, forum, place, date or id has all ``words``, latest first."""
    index, store = assistant.index, assistant.index.store
    stamp = store.stamp()
    if not stamp:
        return ReportList(0, 0, 0, "", words, 0, 1, 1, (), ())
    wanted = fold(words).split()
    everything = store.report_summaries()
    fitting = [summary for summary in everything if all(word in _searchable_text(summary) for word in wanted)]
    fitting.sort(key=lambda report: report.metadata.date or str(report.metadata.year or ""), reverse=True)  # else by id
    pages = max(1, -(-len(fitting) // PAGE_SIZE))
    page = min(max(1, page), pages)
    some = fitting[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    past = read_history(index.folder)
    counts = store.count_by_kind(summary.id for summary in some)
    copies: dict[str, list[str]] = {}
    for path, report_id in store.file_copies():
        copies.setdefault(report_id, []).append(path.name)
    read = past.last_read
    entries = tuple(
        _report_entry(report, counts.get(report.id, {}), read.get(report.id, ""), copies.get(report.id, ()))
        for report in some
    )
    return ReportList(
        reports=len(everything),
        recommendations=store.count(ACTS),
        passages=store.count(),
        fingerprint=stamp.get("fingerprint", ""),
        words=words,
        matching=len(fitting),
        page=page,
        pages=pages,
        entries=entries,
        problems=past.failed[:MAX_PROBLEMS],
    )


def find_report(assistant: Assistant, report_id: str) -> ReportEntry | None:
    """The list entry of one report; None where it is not in the index."""
    store = assistant.index.store
    summaries = store.report_summaries() if store.stamp() else []
    found = next((summary for summary in summaries if summary.id == report_id), None)
    if found is None:
        return None
    copies = [path.name for path, of in store.file_copies() if of == report_id]
    return _report_entry(found, store.count_by_kind([report_id]).get(report_id, {}), "", copies)


def uploaded_files(assistant: Assistant, report_id: str) -> list[Path]:
    """The source files of a report, copies included, that visitors uploaded."""
    store, folder = assistant.index.store, (assistant.index.folder / UPLOADS).resolve()
    files = [store.source(report_id), *(path for path, of in store.file_copies() if of == report_id)]
    return [file for file in files if file.parent == folder]


def delete_report(assistant: Assistant, report_id: str) -> None:
    """Delete a report from the index, with its uploaded files. Raises RelatoriaError where it is not in the index."""
    files = uploaded_files(assistant, report_id) if find_report(assistant, report_id) else []
    assistant.index.remove(report_id)
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise RelatoriaError(
                f"The report was removed, but its file {file.name} could not be deleted ({error.strerror}): "
                "the next ingest of the uploads brings it back."
            ) from error


def _report_entry(report: ReportSummary, counts: Mapping[Kind, int], read: str, copies: Sequence[str]) -> ReportEntry:
    recommendations, passages = sum(counts.get(act, 0) for act in ACTS), sum(counts.values())
    name = report.source.name
    return ReportEntry(report.id, report.metadata, name, recommendations, passages, read, tuple(copies))


def _searchable_text(report: ReportSummary) -> str:
    known, name = report.metadata, report.source.name
    return fold(" ".join((known.title, known.forum, known.place, known.date, str(known.year), name, report.id)))
