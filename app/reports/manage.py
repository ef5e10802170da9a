"""Handles requests to add or remove reports: checks that uploads are allowed, reports progress, localizes errors."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from app.i18n.labels import labels_for
from app.render.escape import status_html
from app.reports.catalog import delete_report, find_report, uploaded_files
from app.reports.turns import OCR_TURN, TURN, NotYourTurn, TurnOver, Turns
from app.reports.uploads import (
    UPLOAD_LIMITS,
    IndexBusy,
    StagedUpload,
    TooManyUploads,
    UploadProgress,
    check_unlocked,
    commit_upload,
    discard_upload,
    stage_upload,
)
from app.reports.views import confirm_removal_html, preview_html, progress_html, unreadable_html
from app.settings import Settings
from ingest.errors import IndexMismatch, NoIndex, RelatoriaError, StorageFailed
from ingest.report import Passage
from ingest.worker import OCR_LIMITS, ReadLimits
from retrieval.assistant import Assistant
from retrieval.limits import FILES

T = TypeVar("T")
_TURNS = Turns()


@dataclass(frozen=True, slots=True)
class ReportsReply:
    """The response to a request: a status message, a preview to confirm, and whether the index has changed."""

    said: str
    shown: str = ""
    staged: StagedUpload | None = None  # None: there is nothing to decide
    changed: bool = False
    ended: bool = True  # False while it is under way


class UploadsDisabled(RelatoriaError):
    """Uploads are disabled in the settings."""


def preview_upload(
    assistant: Assistant,
    settings: Settings,
    files: Sequence[Path],
    before: StagedUpload | None,
    language: str,
    *,
    visitor: str = "",
) -> Iterator[ReportsReply]:
    """Stage uploaded files and compare them with the index: progress replies, then the preview to confirm."""
    try:
        _require_uploads(settings)
        discard_upload(before)
        with _take_turn(visitor, settings) as limits:
            staging = stage_upload(assistant, files, settings.upload_limit, limits=limits, visitor=visitor)
            with closing(_progress_replies(staging, language)) as steps:
                came = yield from steps
            assert isinstance(came, StagedUpload)
            yield _preview_reply(assistant, settings, came, "", language, left_out=max(0, len(files) - FILES.most))
    except Exception as error:
        yield ReportsReply(error_html(error, language, assistant))
        if not isinstance(error, RelatoriaError):
            raise


def apply_upload(
    assistant: Assistant, settings: Settings, offer: StagedUpload | None, language: str, *, visitor: str = ""
) -> Iterator[ReportsReply]:
    """Commit a staged upload to the index: progress replies, then success, a changed preview, or the error."""
    words = labels_for(language).reports
    try:
        _require_uploads(settings)
        if offer is None:
            return
        with (
            _take_turn(visitor, settings) as limits,
            closing(_progress_replies(commit_upload(assistant, offer, limits), language)) as steps,
        ):
            came = yield from steps
        if isinstance(came, StagedUpload):
            yield _preview_reply(assistant, settings, came, status_html(words.again, failed=True), language)
            return
        failed = "".join(unreadable_html(failure.file.name, failure.error, words) for failure in came.failed)
        done = status_html(words.applied) if came.added or came.changed else status_html(words.cancelled)
        yield ReportsReply(done + failed, changed=True)
    except (IndexBusy, NotYourTurn, TurnOver) as error:  # it can be tried again
        assert offer is not None
        yield _preview_reply(assistant, settings, offer, error_html(error, language, assistant), language)
    except Exception as error:
        discard_upload(offer)
        yield ReportsReply(error_html(error, language, assistant))
        if not isinstance(error, RelatoriaError):
            raise


def cancel_upload(offer: StagedUpload | None, language: str) -> ReportsReply:
    """Discard a staged upload."""
    discard_upload(offer)
    return ReportsReply(status_html(labels_for(language).reports.cancelled))


def preview_removal(assistant: Assistant, settings: Settings, wired: str, language: str) -> tuple[str, str]:
    """The report's id and the confirmation dialog as HTML; two empty strings where it is not there or not allowed."""
    report_id = unquote(wired.partition(" ")[0])
    report = find_report(assistant, report_id) if settings.uploads else None
    if report is None:
        return "", ""
    uploaded = [file.name for file in uploaded_files(assistant, report.id)]
    return report.id, confirm_removal_html(report, language, uploaded=uploaded)


def remove_report(assistant: Assistant, settings: Settings, report_id: str, language: str) -> ReportsReply:
    """Remove a confirmed report from the index."""
    words = labels_for(language).reports
    try:
        _require_uploads(settings)
        report = find_report(assistant, report_id)
        check_unlocked(assistant.index.folder)
        delete_report(assistant, report_id)
    except RelatoriaError as error:
        return ReportsReply(error_html(error, language, assistant), changed=True)
    return ReportsReply(status_html(words.removed.format(title=report.title if report else report_id)), changed=True)


def error_html(error: Exception, language: str, assistant: Assistant) -> str:
    """Render an error as HTML: localized where the page knows its type, else in English without folder names."""
    labels = labels_for(language)
    words = labels.reports
    own: dict[type[Exception], str] = {
        UploadsDisabled: words.closed.format(command="relatoria serve --uploads", ingest="relatoria ingest"),
        IndexBusy: words.busy,
        TooManyUploads: words.too_busy,
        TurnOver: words.too_slow,
        NotYourTurn: labels.access.often.format(seconds=getattr(error, "wait", 0)),
        StorageFailed: words.unkept,
        NoIndex: labels.unavailable,
        IndexMismatch: labels.unavailable,
    }
    if isinstance(error, RelatoriaError) and type(error) not in own:
        folder = assistant.index.folder.absolute()
        return status_html(str(error).replace(str(folder), "…"), failed=True, language="en")
    return status_html(own.get(type(error), words.unexpected), failed=True)


@contextmanager
def _take_turn(visitor: str, settings: Settings) -> Iterator[ReadLimits]:
    """How files are read in a visitor's turn at the index."""
    with _TURNS.take(visitor, OCR_TURN if settings.ocr else TURN) as until:
        yield replace(OCR_LIMITS if settings.ocr else UPLOAD_LIMITS, until=until)


def _require_uploads(settings: Settings) -> None:
    if not settings.uploads:
        raise UploadsDisabled("Reports cannot be added or removed here. Type: relatoria serve --uploads")


def _progress_replies(steps: Generator[UploadProgress, None, T], language: str) -> Generator[ReportsReply, None, T]:
    """Yield each new progress step as a reply; return the generator's result."""
    last: UploadProgress | None = None
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            came: T = end.value
            return came
        if step != last:
            last = step
            yield ReportsReply(progress_html(step, language), ended=False)


def _preview_reply(
    assistant: Assistant, settings: Settings, came: StagedUpload, said: str, language: str, *, left_out: int = 0
) -> ReportsReply:
    if not came.has_changes:
        discard_upload(came)
    going = [record_id for verdict in came.verdicts for record_id in verdict.records.removed]
    shown = preview_html(came, settings, language, removed=_passages_by_id(assistant, going), left_out=left_out)
    return ReportsReply(said, shown, came if came.has_changes else None)


def _passages_by_id(assistant: Assistant, ids: Sequence[str]) -> list[Passage]:
    store = assistant.index.store
    return list(store.passages_at(store.rows_with_ids(ids).values()).values()) if ids else []
