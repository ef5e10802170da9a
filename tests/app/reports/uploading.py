"""Upload as the page does: what a request replies in the end, and what is kept."""

from collections.abc import Iterator
from pathlib import Path

from app.reports.catalog import UPLOADS
from app.reports.manage import ReportsReply, apply_upload, preview_upload
from app.settings import Settings
from retrieval.assistant import Assistant

OPEN = Settings(uploads=True, upload_limit=200_000)


def last(replies: Iterator[ReportsReply]) -> ReportsReply:
    *_, reply = replies
    return reply


def sent_and_applied(assistant: Assistant, *files: Path) -> ReportsReply:
    reply = last(preview_upload(assistant, OPEN, files, None, "en"))
    assert reply.staged, reply
    return last(apply_upload(assistant, OPEN, reply.staged, "en"))


def kept(assistant: Assistant) -> list[str]:
    folder = assistant.index.folder / UPLOADS
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
