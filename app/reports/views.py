"""Renders the list of reports and the upload preview as HTML; all text from files goes through ``escape_html``."""

from collections.abc import Sequence
from urllib.parse import quote

from app.i18n.labels import Labels, Words, format_count, labels_for
from app.render.escape import escape_html, fill_template, status_html
from app.render.links import Place
from app.render.wording import diff_words, truncate
from app.reports.catalog import ReportEntry, ReportList
from app.reports.uploads import FileStatus, FileVerdict, StagedUpload, UploadProgress
from app.settings import Settings
from ingest.report import Passage, ReadingWarning, normalize_for_display
from retrieval.index.diff import RecordChange, RecordDiff
from retrieval.index.update_plan import FileFailure
from retrieval.limits import FILES

MAX_RECORDS = 30  # of a kind and a file that are shown
ALLOW_COMMAND, INGEST_COMMAND = "relatoria serve --uploads", "relatoria ingest FILE"


def summary_html(listed: ReportList, language: str) -> str:
    """Render the totals, the index fingerprint and the files that could not be read."""
    labels = labels_for(language)
    words = labels.reports
    totals = words.totals.format(
        reports=format_count(listed.reports),
        recommendations=format_count(listed.recommendations),
        passages=format_count(listed.passages),
    )
    said = f"<h1>{escape_html(words.title)}</h1><p class='r-totals'>{escape_html(totals)}</p>"
    if whole := escape_html(listed.fingerprint):
        code = f'<code dir="ltr" title="{whole}">{escape_html(listed.fingerprint[:12])}</code>'
        said += f'<p class="r-quiet">{escape_html(words.fingerprint)}: {code}</p>'
    return said + _problems_html(listed.problems, labels)


def report_list_html(listed: ReportList, language: str, *, removes: bool) -> str:
    """Render one page of the list; with ``removes`` each report has a button to remove it."""
    labels = labels_for(language)
    words = labels.reports
    if not listed.reports:
        return f'<p class="r-none">{escape_html(words.empty)}</p>'
    if not listed.matching:
        return f'<p class="r-none" role="status">{escape_html(words.none_found)}</p>'
    found = words.found.format(count=format_count(listed.matching)) if listed.words.strip() else ""
    said = f'<p class="r-quiet" role="status">{escape_html(found)}</p>' if found else ""
    items = "".join(_entry_html(entry, labels, removes=removes) for entry in listed.entries)
    where = words.page.format(page=listed.page, pages=listed.pages) if listed.pages > 1 else ""
    paged = f'<p class="r-quiet">{escape_html(where)}</p>' if where else ""
    return f'{said}<ul class="r-shelf">{items}</ul>{paged}'


def upload_help_html(settings: Settings, language: str) -> str:
    """Render how to add reports: file formats and limits where uploads are allowed, else the commands to type."""
    words = labels_for(language).reports
    if settings.uploads:
        limit = f"{settings.upload_limit / 2**20:g}"
        said = escape_html(words.formats.format(limit=limit, most=FILES.most))
        large = words.too_large.format(size="%", limit=limit)  # static/reports.js says it before anything is sent
        return (
            f'<h2 id="r-adding" data-limit="{settings.upload_limit}" data-large="{escape_html(large)}">'
            f'{escape_html(words.add)}</h2><p class="r-quiet">{said}</p>'
        )
    commands = {"command": _code(ALLOW_COMMAND), "ingest": _code(INGEST_COMMAND)}
    return f'<p class="r-quiet r-closed">{fill_template(words.closed, commands)}</p>'


def progress_html(step: UploadProgress, language: str) -> str:
    """Render the progress of an upload as a status message."""
    words = labels_for(language).reports
    said = {"reading": words.reading, "embedding": words.embedding}.get(step.stage, words.waiting)
    return status_html(
        said.format(name=step.name or "…", done=format_count(step.done), total=format_count(step.total)), working=True
    )


def unreadable_html(name: str, reason: str, words: Words) -> str:
    """Render why a file cannot be read, for the ARIA live region."""
    return f'<p class="r-said r-failed"><bdi>{escape_html(name)}</bdi> {_reason_html(reason, words)}</p>'


def preview_html(
    offered: StagedUpload, settings: Settings, language: str, *, removed: Sequence[Passage] = (), left_out: int = 0
) -> str:
    """Render the diff of each staged file, record by record. ``removed``: the passages that would be deleted."""
    labels = labels_for(language)
    words = labels.reports
    gone = {passage.id: passage for passage in removed}
    files = "".join(_verdict_html(verdict, settings, labels, gone) for verdict in offered.verdicts)
    nothing = "" if offered.has_changes else f'<p class="r-quiet">{escape_html(words.nothing)}</p>'
    many = len(offered.verdicts) + left_out
    too_many = escape_html(words.too_many.format(count=format_count(many), most=FILES.most))
    more = f'<p class="r-failed">{too_many}</p>' if left_out else ""
    return (
        f'<section class="r-offer" aria-labelledby="r-offer-title"><h2 id="r-offer-title" tabindex="-1">'
        f'{escape_html(words.preview)}</h2>{more}<ul class="r-verdicts">{files}</ul>{nothing}</section>'
    )


def confirm_removal_html(report: ReportEntry, language: str, *, uploaded: Sequence[str]) -> str:
    """Render the confirmation of removing a report; ``uploaded`` are the names of its files that are deleted too."""
    words = labels_for(language).reports
    stays = words.file_stays.format(name=report.file) if report.file not in uploaded else ""
    goes = words.file_goes.format(name=", ".join(uploaded)) if uploaded else ""
    said = (words.remove_what.format(recommendations=format_count(report.recommendations)), stays, goes)
    title = words.remove_sure.format(title=truncate(report.title))
    paragraphs = "".join(f"<p>{escape_html(sentence)}</p>" for sentence in said if sentence)
    return f'<h2 id="r-sure-title" tabindex="-1">{escape_html(title)}</h2>{paragraphs}'


def _entry_html(entry: ReportEntry, labels: Labels, *, removes: bool) -> str:
    words, known = labels.reports, entry.metadata
    lang = f' lang="{escape_html(known.language)}"' if known.language else ""
    spoken = labels.spoken.get(known.language, known.language)
    date = escape_html(known.date or str(known.year or ""))
    facts = [escape_html(known.forum), escape_html(known.place), f"<time>{date}</time>" if date else ""]
    about = " · ".join(fact for fact in facts if fact)
    recommendations, passages = format_count(entry.recommendations), format_count(entry.passages)
    counts = words.counts.format(recommendations=recommendations, passages=passages)
    file = f"{escape_html(words.file)}: <bdi>{escape_html(entry.file)}</bdi>"
    read = escape_html(words.read_on.format(date=entry.read[:10])) if entry.read else ""
    small = " · ".join(part for part in (escape_html(spoken), file, read) if part)
    same = escape_html(words.copies.format(names=", ".join(entry.copies))) if entry.copies else ""
    button = (
        f'<button type="button" class="r-remove" data-remove="{escape_html(quote(entry.id, safe=""))}" '
        f'aria-label="{escape_html(words.remove)}: {escape_html(entry.title)}">{escape_html(words.remove)}</button>'
        if removes
        else ""
    )
    return (
        f'<li><a class="r-title" href="{escape_html(Place(entry.id, 0, 0).fragment)}"{lang} dir="auto" '
        f'title="{escape_html(labels.read)}">{escape_html(entry.title)}</a>'
        + (f'<p class="r-about"{lang} dir="auto">{about}</p>' if about else "")
        + f'<p class="r-has">{escape_html(counts)}</p><p class="r-quiet">{small}</p>'
        + (f'<p class="r-quiet" dir="auto">{same}</p>' if same else "")
        + _warnings_html(known.warnings)
        + f"{button}</li>"
    )


def _problems_html(problems: Sequence[FileFailure], labels: Labels) -> str:
    words = labels.reports
    if not problems:
        return ""
    items = "".join(
        f"<li><bdi>{escape_html(problem.file.name)}</bdi> {_reason_html(problem.error, words)}"
        f"{f' {escape_html(words.kept)}' if problem.kept else ''}</li>"
        for problem in problems
    )
    count = f'<span class="r-count">{len(problems)}</span>'
    summary = f"<summary>{escape_html(words.problems)} {count}</summary>"
    return f'<details class="r-problems">{summary}<ul>{items}</ul></details>'


def _verdict_html(verdict: FileVerdict, settings: Settings, labels: Labels, gone: dict[str, Passage]) -> str:
    words = labels.reports
    fate = str(getattr(words, verdict.status)).format(name=verdict.detail)
    reason = _reason_html(verdict.detail, words) if verdict.status is FileStatus.REFUSED else ""
    if verdict.size:
        sizes = {"size": f"{verdict.size / 2**20:.1f}", "limit": f"{settings.upload_limit / 2**20:g}"}
        reason = escape_html(words.too_large.format(**sizes))
    why = f'<p class="r-why">{reason}</p>' if reason else ""
    return (
        f'<li class="r-{verdict.status}"><p class="r-what"><b><bdi>{escape_html(verdict.name)}</bdi></b> '
        f'<span class="r-fate">{escape_html(fate)}</span></p>{why}'
        f"{_warnings_html(verdict.warnings)}{_records_html(verdict.records, labels, gone)}</li>"
    )


def _reason_html(reason: str, words: Words) -> str:
    """The localized message that a file cannot be read, with the reader's error in English."""
    said = f"{escape_html(words.unreadable)} {escape_html(words.reason)}"
    return f'{said} <span lang="en" dir="ltr">{escape_html(reason)}</span>'


def _warnings_html(warnings: Sequence[ReadingWarning]) -> str:
    """What of a report was not read, in English."""
    return "".join(
        f'<p class="r-quiet" lang="en" dir="ltr">⚠ {escape_html(warning.describe())}</p>' for warning in warnings
    )


def _records_html(records: RecordDiff, labels: Labels, gone: dict[str, Passage]) -> str:
    words = labels.reports
    changed = [(change.after, _change_html(change)) for change in records.changed[:MAX_RECORDS]]
    lost = [gone[record_id] for record_id in records.removed if record_id in gone][:MAX_RECORDS]
    removed = [(passage, f"<del>{_words_html(passage)}</del>") for passage in lost]
    added = [(passage, _words_html(passage)) for passage in records.added_passages[:MAX_RECORDS]]
    groups = (
        ("changed", words.record_changed, changed, len(records.changed)),
        ("removed", words.record_removed, removed, len(records.removed)),
        ("added", words.record_added, added, len(records.added)),
    )
    return "".join(_group_html(*group, labels) for group in groups if group[-1])


def _group_html(kind: str, name: str, shown: Sequence[tuple[Passage, str]], count: int, labels: Labels) -> str:
    items = "".join(
        f"<li><code>{escape_html(passage.id.rpartition('#')[2])}</code> "
        f'<span lang="{escape_html(passage.language)}" dir="auto">{words}</span></li>'
        for passage, words in shown
    )
    rest = count - len(shown)
    more = f'<p class="r-quiet">{escape_html(labels.reports.more.format(count=format_count(rest)))}</p>' if rest else ""
    opened = " open" if kind != "added" else ""
    summary = f'<summary>{escape_html(name)} <span class="r-count">{format_count(count)}</span></summary>'
    return f'<details class="r-records r-{kind}"{opened}>{summary}<ol>{items}</ol>{more}</details>'


def _change_html(change: RecordChange) -> str:
    """A changed record's word diff, with ``<del>`` and ``<ins>``."""
    tags = {"gone": "<del>{}</del>", "come": "<ins>{}</ins>", "same": "{}"}
    said = "".join(
        f"<del>{escape_html(str(was) or '–')}</del> <ins>{escape_html(str(now) or '–')}</ins> "
        for was, now in ((change.before.kind, change.after.kind), (change.before.number, change.after.number))
        if was != now
    )
    return said + " ".join(tags[fate].format(escape_html(words)) for fate, words in diff_words(change))


def _words_html(passage: Passage) -> str:
    return escape_html(truncate(normalize_for_display(passage.text)))


def _code(command: str) -> str:
    return f'<code dir="ltr">{escape_html(command)}</code>'
