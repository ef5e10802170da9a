"""Renders the list of reports and the upload preview as HTML, by templates/reports.html."""

from collections.abc import Sequence

from app.i18n.labels import Words, format_count, labels_for
from app.render.escape import status_html
from app.render.markup import fill
from app.render.wording import truncate
from app.reports.catalog import ReportEntry, ReportList
from app.reports.uploads import StagedUpload, UploadProgress
from app.settings import Settings
from ingest.report import Passage
from retrieval.limits import FILES

MAX_RECORDS = 30  # of a kind and a file that are shown


def summary_html(listed: ReportList, language: str) -> str:
    """Render the totals, the index fingerprint and the files that could not be read."""
    return fill("reports", "summary", listed, labels_for(language))


def report_list_html(listed: ReportList, language: str, *, removes: bool) -> str:
    """Render one page of the list; with ``removes`` each report has a button to remove it."""
    return fill("reports", "report_list", listed, labels_for(language), removes)


def upload_help_html(settings: Settings, language: str) -> str:
    """Render how to add reports: file formats and limits where uploads are allowed, else the commands to type."""
    words = labels_for(language).reports
    if settings.uploads:
        limit = f"{settings.upload_limit / 2**20:g}"
        large = words.too_large.format(size="%", limit=limit)  # static/reports.js says it before anything is sent
        said = words.formats.format(limit=limit, most=FILES.most)
        return fill("reports", "upload_help", words, settings.upload_limit, large, said)
    return fill("reports", "closed", words)


def progress_html(step: UploadProgress, language: str) -> str:
    """Render the progress of an upload as a status message."""
    words = labels_for(language).reports
    said = {"reading": words.reading, "embedding": words.embedding}.get(step.stage, words.waiting)
    return status_html(
        said.format(name=step.name or "…", done=format_count(step.done), total=format_count(step.total)), working=True
    )


def unreadable_html(name: str, reason: str, words: Words) -> str:
    """Render why a file cannot be read, for the ARIA live region."""
    return fill("reports", "unreadable", name, reason, words)


def preview_html(
    offered: StagedUpload, settings: Settings, language: str, *, removed: Sequence[Passage] = (), left_out: int = 0
) -> str:
    """Render the diff of each staged file, record by record. ``removed``: the passages that would be deleted."""
    labels = labels_for(language)
    many = format_count(len(offered.verdicts) + left_out)
    too_many = labels.reports.too_many.format(count=many, most=FILES.most) if left_out else ""
    gone = {passage.id: passage for passage in removed}
    return fill("reports", "preview", offered, labels, settings, gone, too_many, MAX_RECORDS)


def confirm_removal_html(report: ReportEntry, language: str, *, uploaded: Sequence[str]) -> str:
    """Render the confirmation of removing a report; ``uploaded`` are the names of its files that are deleted too."""
    words = labels_for(language).reports
    stays = words.file_stays.format(name=report.file) if report.file not in uploaded else ""
    goes = words.file_goes.format(name=", ".join(uploaded)) if uploaded else ""
    what = words.remove_what.format(recommendations=format_count(report.recommendations))
    return fill("reports", "confirm", words.remove_sure.format(title=truncate(report.title)), (what, stays, goes))
