"""Handles requests to add or remove reports: checks that uploads are allowed, reports progress, localizes errors."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from app.i18n.labels import labels_for
from app.render.escape import said_html
from app.reports.catalog import held, take_out, uploaded
from app.reports.uploads import MOST, Busy, Offer, Step, TooMany, accept, check_free, offer, withdraw
from app.reports.views import offer_html, step_html, sure_html, unread_html
from app.settings import Settings
from ingest.errors import IndexMismatch, NoIndex, RelatoriaError, StorageFailed
from ingest.report import Passage
from retrieval.assistant import Assistant

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """The response to a request: a status message, a preview to confirm, and whether the index has changed."""

    said: str
    shown: str = ""
    offer: Offer | None = None  # None: there is nothing to decide
    changed: bool = False
    ended: bool = True  # False while it is under way


class Closed(RelatoriaError):
    """Uploads are disabled in the settings."""


def offered(
    assistant: Assistant, settings: Settings, files: Sequence[Path], before: Offer | None, language: str
) -> Iterator[Reply]:
    """Stage uploaded files and compare them with the index: progress replies, then the preview to confirm."""
    try:
        _check(settings)
        withdraw(before)
        with closing(_steps(offer(assistant, files, settings.upload_limit), language)) as steps:
            came = yield from steps
        assert isinstance(came, Offer)
        yield _to_decide(assistant, settings, came, "", language, left_out=max(0, len(files) - MOST))
    except Exception as error:
        yield Reply(failure(error, language, assistant))
        if not isinstance(error, RelatoriaError):
            raise


def accepted(assistant: Assistant, settings: Settings, offer_: Offer | None, language: str) -> Iterator[Reply]:
    """Commit a staged upload to the index: progress replies, then success, a changed preview, or the error."""
    words = labels_for(language).reports
    try:
        _check(settings)
        if offer_ is None:
            return
        with closing(_steps(accept(assistant, offer_), language)) as steps:
            came = yield from steps
        if isinstance(came, Offer):
            yield _to_decide(assistant, settings, came, said_html(words.again, failed=True), language)
            return
        failed = "".join(unread_html(one.file.name, one.error, words) for one in came.failed)
        done = said_html(words.applied) if came.added or came.changed else said_html(words.cancelled)
        yield Reply(done + failed, changed=True)
    except Busy as error:  # it can be tried again
        assert offer_ is not None
        yield _to_decide(assistant, settings, offer_, failure(error, language, assistant), language)
    except Exception as error:
        withdraw(offer_)
        yield Reply(failure(error, language, assistant))
        if not isinstance(error, RelatoriaError):
            raise


def cancelled(offer_: Offer | None, language: str) -> Reply:
    """Discard a staged upload."""
    withdraw(offer_)
    return Reply(said_html(labels_for(language).reports.cancelled))


def asked_to_remove(assistant: Assistant, settings: Settings, wired: str, language: str) -> tuple[str, str]:
    """The report's id and the confirmation dialog as HTML; two empty strings where it is not there or not allowed."""
    report_id = unquote(wired.partition(" ")[0])
    one = held(assistant, report_id) if settings.uploads else None
    if one is None:
        return "", ""
    return one.id, sure_html(one, language, uploaded=[file.name for file in uploaded(assistant, one.id)])


def removed(assistant: Assistant, settings: Settings, report_id: str, language: str) -> Reply:
    """Remove a confirmed report from the index."""
    words = labels_for(language).reports
    try:
        _check(settings)
        one = held(assistant, report_id)
        check_free(assistant.index.folder)
        take_out(assistant, report_id)
    except RelatoriaError as error:
        return Reply(failure(error, language, assistant), changed=True)
    return Reply(said_html(words.removed.format(title=one.title if one else report_id)), changed=True)


def failure(error: Exception, language: str, assistant: Assistant) -> str:
    """Render an error as HTML: localized where the page knows its type, else in English without folder names."""
    labels = labels_for(language)
    words = labels.reports
    own: dict[type[Exception], str] = {
        Closed: words.closed.format(command="relatoria serve --uploads", ingest="relatoria ingest"),
        Busy: words.busy,
        TooMany: words.too_busy,
        StorageFailed: words.unkept,
        NoIndex: labels.unavailable,
        IndexMismatch: labels.unavailable,
    }
    if isinstance(error, RelatoriaError) and type(error) not in own:
        folder = assistant.index.folder.absolute()
        return said_html(str(error).replace(str(folder), "…"), failed=True, language="en")
    return said_html(own.get(type(error), words.unexpected), failed=True)


def _check(settings: Settings) -> None:
    if not settings.uploads:
        raise Closed("Reports cannot be added or removed here. Type: relatoria serve --uploads")


def _steps(steps: Generator[Step, None, T], language: str) -> Generator[Reply, None, T]:
    """Yield each new progress step as a reply; return the generator's result."""
    last: Step | None = None
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            came: T = end.value
            return came
        if step != last:
            last = step
            yield Reply(step_html(step, language), ended=False)


def _to_decide(
    assistant: Assistant, settings: Settings, came: Offer, said: str, language: str, *, left_out: int = 0
) -> Reply:
    if not came.changes:
        withdraw(came)
    going = [one for verdict in came.verdicts for one in verdict.records.removed]
    shown = offer_html(came, settings, language, removed=_passages(assistant, going), left_out=left_out)
    return Reply(said, shown, came if came.changes else None)


def _passages(assistant: Assistant, ids: Sequence[str]) -> list[Passage]:
    store = assistant.index.store
    return list(store.passages_at(store.rows_with_ids(ids).values()).values()) if ids else []
