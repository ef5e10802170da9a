"""Lists the reports of an index, a page at a time, with record counts and the files that could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RelatoriaError
from ingest.report import Kind, Metadata
from retrieval.assistant import Assistant
from retrieval.index.history import history
from retrieval.storage.reader import Listed
from retrieval.text.terms import fold

UPLOADS = "uploads"  # in the index folder: the files that visitors added, so that a later ingest finds them
SHOWN = 25  # reports of a page
PROBLEMS = 50  # files that are named


@dataclass(frozen=True, slots=True)
class Held:
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
class Problem:
    """A file that could not be read, and why."""

    file: str
    error: str
    kept: bool  # whether the version read before stays


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of the filtered list, and totals over the whole index."""

    reports: int
    recommendations: int
    passages: int
    fingerprint: str
    words: str  # that the list was narrowed by
    found: int  # reports that have them
    page: int  # from 1
    pages: int
    held: tuple[Held, ...]
    problems: tuple[Problem, ...]


def shelf(assistant: Assistant, words: str = "", page: int = 1) -> Shelf:
    """List page ``page`` of the reports whose title, file, forum, place, date or id has all ``words``, latest first."""
    index, store = assistant.index, assistant.index.store
    stamp = store.stamp()
    if not stamp:
        return Shelf(0, 0, 0, "", words, 0, 1, 1, (), ())
    wanted = fold(words).split()
    everything = store.listed()
    fitting = [one for one in everything if all(word in _said(one) for word in wanted)] if wanted else everything
    fitting.sort(key=lambda one: one.metadata.date or str(one.metadata.year or ""), reverse=True)  # else as by id
    pages = max(1, -(-len(fitting) // SHOWN))
    page = min(max(1, page), pages)
    some = fitting[(page - 1) * SHOWN : page * SHOWN]
    past = history(index.folder)
    counts = store.counts(one.id for one in some)
    copies: dict[str, list[str]] = {}
    for path, report_id in store.copies():
        copies.setdefault(report_id, []).append(path.name)
    return Shelf(
        reports=len(everything),
        recommendations=store.count(Kind.RECOMMENDATION),
        passages=store.count(),
        fingerprint=stamp.get("fingerprint", ""),
        words=words,
        found=len(fitting),
        page=page,
        pages=pages,
        held=tuple(
            _held(one, counts.get(one.id, {}), past.read.get(one.id, ""), tuple(copies.get(one.id, ()))) for one in some
        ),
        problems=tuple(Problem(one.file.name, one.error, bool(one.kept)) for one in past.failed[:PROBLEMS]),
    )


def held(assistant: Assistant, report_id: str) -> Held | None:
    """The list entry of one report; None where it is not in the index."""
    store = assistant.index.store
    found = next((one for one in store.listed() if one.id == report_id), None) if store.stamp() else None
    if found is None:
        return None
    copies = tuple(path.name for path, of in store.copies() if of == report_id)
    return _held(found, store.counts([report_id]).get(report_id, {}), "", copies)


def uploaded(assistant: Assistant, report_id: str) -> list[Path]:
    """The source files of a report, copies included, that visitors uploaded."""
    store, folder = assistant.index.store, (assistant.index.folder / UPLOADS).resolve()
    files = [store.source(report_id), *(path for path, of in store.copies() if of == report_id)]
    return [one for one in files if one.parent == folder]


def take_out(assistant: Assistant, report_id: str) -> None:
    """Delete a report from the index, with its uploaded files. Raises RelatoriaError where it is not in the index."""
    files = uploaded(assistant, report_id) if held(assistant, report_id) else []
    assistant.index.remove(report_id)
    for one in files:
        try:
            one.unlink(missing_ok=True)
        except OSError as error:
            raise RelatoriaError(
                f"The report was removed, but its file {one.name} could not be deleted ({error.strerror}): "
                "the next ingest of the uploads brings it back."
            ) from error


def _held(one: Listed, counts: Mapping[Kind, int], read: str, copies: tuple[str, ...]) -> Held:
    return Held(
        one.id,
        one.metadata,
        one.source.name,
        counts.get(Kind.RECOMMENDATION, 0),
        sum(counts.values()),
        read,
        copies,
    )


def _said(one: Listed) -> str:
    known = one.metadata
    return fold(" ".join((known.title, known.forum, known.place, known.date, str(known.year), one.source.name, one.id)))
