"""The feedback form: validates and stores a visitor's rating of the last answer, and renders the reply."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.feedback.log import FEEDBACK_FILE, REASONS, append, build_entry
from app.i18n.labels import Words, format_count, labels_for
from app.render.escape import status_html
from app.settings import Settings
from ingest.errors import StorageFailed
from ingest.private_files import make_private_folder
from retrieval.assistant import Assistant
from retrieval.limits import NOTE, OPINIONS
from retrieval.results import Answer


@dataclass(frozen=True, slots=True)
class FeedbackReply:
    """The outcome of a submitted rating."""

    said: str
    given: int  # opinions of this visit so far
    kept: bool  # False: it can be mended and sent again


def prepare_feedback_file(assistant: Assistant, settings: Settings) -> Path:
    """The path of the feedback log. A configured file's folder is created; the index folder only an ingest creates."""
    file, index = settings.feedback or assistant.index.folder / FEEDBACK_FILE, assistant.index.folder
    if file.parent.absolute() != index.absolute():
        with suppress(OSError):  # each opinion says so
            make_private_folder(file.parent)
    return file


def reason_choices(words: Words) -> list[tuple[str, str]]:
    """The reasons for a negative rating as (label in the page's language, stored value)."""
    return [(str(getattr(words, reason)), reason) for reason in REASONS]


def submit_feedback(
    file: Path,
    answers: Sequence[Answer],
    language: str,
    *,
    good: bool,
    chosen: Sequence[str] = (),
    note: str = "",
    given: int = 0,
) -> FeedbackReply | None:
    """Validate and store a rating of the last answer; None where there is none. A full disk becomes a message."""
    words = labels_for(language).feedback
    if not answers:
        return None
    if given >= OPINIONS.most:
        return FeedbackReply(status_html(words.too_often, failed=True), given, kept=True)
    if not good and not note.strip() and not set(chosen) & set(REASONS):
        return FeedbackReply(status_html(words.choose, failed=True), given, kept=False)
    if len(note.strip()) > NOTE.most:
        return FeedbackReply(
            status_html(words.note_too_long.format(limit=format_count(NOTE.most)), failed=True), given, kept=False
        )
    try:
        append(file, build_entry(answers[-1], good=good, reasons=chosen, note=note))
    except StorageFailed:
        return FeedbackReply(status_html(words.kept_not, failed=True), given, kept=False)
    return FeedbackReply(status_html(words.thanks_good if good else words.thanks), given + 1, kept=True)
