"""Renders the list of reports and the upload preview as HTML; all text from files goes through ``escaped``."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from app.i18n.labels import Labels, ReportsWords, labels_for, number
from app.render.escape import escaped, filled, said_html
from app.render.links import Place
from app.render.wording import brief, words_changed
from app.reports.catalog import Held, Problem, Shelf
from app.reports.uploads import MOST, Fate, Offer, Step, Verdict
from app.settings import Settings
from ingest.report import Passage, for_reading
from retrieval.index.diff import Change, Records

RECORDS = 30  # of a kind and a file that are shown
ALLOW, INGEST = "relatoria serve --uploads", "relatoria ingest FILE"


def head_html(one: Shelf, language: str) -> str:
    """Render the totals, the index fingerprint and the files that could not be read."""
    labels = labels_for(language)
    words = labels.reports
    totals = words.totals.format(
        reports=number(one.reports), recommendations=number(one.recommendations), passages=number(one.passages)
    )
    print_ = (
        f'<p class="r-quiet">{escaped(words.fingerprint)}: <code dir="ltr" title="{escaped(one.fingerprint)}">'
        f"{escaped(one.fingerprint[:12])}</code></p>"
        if one.fingerprint
        else ""
    )
    return f"<h1>{escaped(words.title)}</h1><p class='r-totals'>{escaped(totals)}</p>{print_}" + _problems(
        one.problems, labels
    )


def shelf_html(one: Shelf, language: str, *, removes: bool) -> str:
    """Render one page of the list; with ``removes`` each report has a button to remove it."""
    labels = labels_for(language)
    words = labels.reports
    if not one.reports:
        return f'<p class="r-none">{escaped(words.empty)}</p>'
    if not one.found:
        return f'<p class="r-none" role="status">{escaped(words.none_found)}</p>'
    said = f'<p class="r-quiet" role="status">{escaped(words.found.format(count=number(one.found)))}</p>'
    items = "".join(_held(report, labels, removes=removes) for report in one.held)
    where = words.page.format(page=one.page, pages=one.pages) if one.pages > 1 else ""
    paged = f'<p class="r-quiet">{escaped(where)}</p>' if where else ""
    return f'{said if one.words.strip() else ""}<ul class="r-shelf">{items}</ul>{paged}'


def adding_html(settings: Settings, language: str) -> str:
    """Render how to add reports: file formats and limits where uploads are allowed, else the commands to type."""
    words = labels_for(language).reports
    if settings.uploads:
        limit = f"{settings.upload_limit / 2**20:g}"
        said = escaped(words.formats.format(limit=limit, most=MOST))
        large = words.too_large.format(size="%", limit=limit)  # static/reports.js says it before anything is sent
        return (
            f'<h2 id="r-adding" data-limit="{settings.upload_limit}" data-large="{escaped(large)}">'
            f'{escaped(words.add)}</h2><p class="r-quiet">{said}</p>'
        )
    commands = {"command": _code(ALLOW), "ingest": _code(INGEST)}
    return f'<p class="r-quiet r-closed">{filled(words.closed, commands)}</p>'


def step_html(step: Step, language: str) -> str:
    """Render the progress of an upload as a status message."""
    words = labels_for(language).reports
    said = {"reading": words.reading, "embedding": words.embedding}.get(step.stage, words.waiting)
    return said_html(said.format(name=step.name or "…", done=number(step.done), total=number(step.total)), working=True)


def unread_html(name: str, reason: str, words: ReportsWords) -> str:
    """Render why a file cannot be read, for the ARIA live region."""
    return f'<p class="r-said r-failed"><bdi>{escaped(name)}</bdi> {_why(reason, words)}</p>'


def offer_html(
    offered: Offer, settings: Settings, language: str, *, removed: Sequence[Passage] = (), left_out: int = 0
) -> str:
    """Render the diff of each staged file, record by record. ``removed``: the passages that would be deleted."""
    labels = labels_for(language)
    words = labels.reports
    gone = {one.id: one for one in removed}
    files = "".join(_verdict(one, settings, labels, gone) for one in offered.verdicts)
    nothing = "" if offered.changes else f'<p class="r-quiet">{escaped(words.nothing)}</p>'
    many = len(offered.verdicts) + left_out
    more = (
        f'<p class="r-failed">{escaped(words.too_many.format(count=number(many), most=MOST))}</p>' if left_out else ""
    )
    return (
        f'<section class="r-offer" aria-labelledby="r-offer-title"><h2 id="r-offer-title" tabindex="-1">'
        f'{escaped(words.preview)}</h2>{more}<ul class="r-verdicts">{files}</ul>{nothing}</section>'
    )


def sure_html(one: Held, language: str, *, uploaded: Sequence[str]) -> str:
    """Render the confirmation of removing a report; ``uploaded`` are the names of its files that are deleted too."""
    words = labels_for(language).reports
    stays = words.file_stays.format(name=one.file) if one.file not in uploaded else ""
    goes = words.file_goes.format(name=", ".join(uploaded)) if uploaded else ""
    said = (words.remove_what.format(recommendations=number(one.recommendations)), stays, goes)
    title = words.remove_sure.format(title=brief(one.title))
    paragraphs = "".join(f"<p>{escaped(sentence)}</p>" for sentence in said if sentence)
    return f'<h2 id="r-sure-title" tabindex="-1">{escaped(title)}</h2>{paragraphs}'


def _held(one: Held, labels: Labels, *, removes: bool) -> str:
    words, known = labels.reports, one.metadata
    lang = f' lang="{escaped(known.language)}"' if known.language else ""
    spoken = labels.spoken.get(known.language, known.language)
    date = escaped(known.date or str(known.year or ""))
    facts = [escaped(known.forum), escaped(known.place), f"<time>{date}</time>" if date else ""]
    about = " · ".join(fact for fact in facts if fact)
    counts = words.counts.format(recommendations=number(one.recommendations), passages=number(one.passages))
    file = f"{escaped(words.file)}: <bdi>{escaped(one.file)}</bdi>"
    read = escaped(words.read_on.format(date=one.read[:10])) if one.read else ""
    small = " · ".join(part for part in (escaped(spoken), file, read) if part)
    same = escaped(words.copies.format(names=", ".join(one.copies))) if one.copies else ""
    button = (
        f'<button type="button" class="r-remove" data-remove="{escaped(quote(one.id, safe=""))}" '
        f'aria-label="{escaped(words.remove)}: {escaped(one.title)}">{escaped(words.remove)}</button>'
        if removes
        else ""
    )
    return (
        f'<li><a class="r-title" href="{escaped(Place(one.id, 0, 0).fragment)}"{lang} dir="auto" '
        f'title="{escaped(labels.read)}">{escaped(one.title)}</a>'
        + (f'<p class="r-about"{lang} dir="auto">{about}</p>' if about else "")
        + f'<p class="r-has">{escaped(counts)}</p><p class="r-quiet">{small}</p>'
        + (f'<p class="r-quiet" dir="auto">{same}</p>' if same else "")
        + f"{button}</li>"
    )


def _problems(problems: Sequence[Problem], labels: Labels) -> str:
    words = labels.reports
    if not problems:
        return ""
    items = "".join(
        f"<li><bdi>{escaped(one.file)}</bdi> {_why(one.error, words)}"
        f"{f' {escaped(words.kept)}' if one.kept else ''}</li>"
        for one in problems
    )
    count = f'<span class="r-count">{len(problems)}</span>'
    return f'<details class="r-problems"><summary>{escaped(words.problems)} {count}</summary><ul>{items}</ul></details>'


def _verdict(one: Verdict, settings: Settings, labels: Labels, gone: dict[str, Passage]) -> str:
    words = labels.reports
    fate = str(getattr(words, one.fate)).format(name=one.said)
    reason = _why(one.said, words) if one.fate is Fate.REFUSED else ""
    if one.size:
        sizes = {"size": f"{one.size / 2**20:.1f}", "limit": f"{settings.upload_limit / 2**20:g}"}
        reason = escaped(words.too_large.format(**sizes))
    why = f'<p class="r-why">{reason}</p>' if reason else ""
    return (
        f'<li class="r-{one.fate}"><p class="r-what"><b><bdi>{escaped(one.name)}</bdi></b> <span class="r-fate">'
        f"{escaped(fate)}</span></p>{why}{_records(one.records, words_of=labels, gone=gone)}</li>"
    )


def _why(reason: str, words: ReportsWords) -> str:
    """The localized message that a file cannot be read, with the reader's error in English."""
    said = f"{escaped(words.unreadable)} {escaped(words.reason)}"
    return f'{said} <span lang="en" dir="ltr">{escaped(reason)}</span>'


def _records(records: Records, *, words_of: Labels, gone: dict[str, Passage]) -> str:
    words = words_of.reports
    changed = [(one.now, _changed(one)) for one in records.changed]
    removed = [(gone[one], f"<del>{_words(gone[one])}</del>") for one in records.removed if one in gone]
    added = [(one, _words(one)) for one in records.new]
    groups = (
        ("changed", words.record_changed, changed, len(records.changed)),
        ("removed", words.record_removed, removed, len(records.removed)),
        ("added", words.record_added, added, len(records.added)),
    )
    return "".join(_group(*one, words_of) for one in groups if one[-1])


def _group(kind: str, name: str, some: Iterable[tuple[Passage, str]], count: int, labels: Labels) -> str:
    shown = list(some)[:RECORDS]
    items = "".join(
        f'<li><code>{escaped(one.id.rpartition("#")[2])}</code> <span lang="{escaped(one.language)}" dir="auto">'
        f"{words}</span></li>"
        for one, words in shown
    )
    rest = count - len(shown)
    more = f'<p class="r-quiet">{escaped(labels.reports.more.format(count=number(rest)))}</p>' if rest else ""
    opened = " open" if kind != "added" else ""
    return (
        f'<details class="r-records r-{kind}"{opened}><summary>{escaped(name)} <span class="r-count">{number(count)}'
        f"</span></summary><ol>{items}</ol>{more}</details>"
    )


def _changed(change: Change) -> str:
    """A changed record's word diff, with ``<del>`` and ``<ins>``."""
    tags = {"gone": "<del>{}</del>", "come": "<ins>{}</ins>", "same": "{}"}
    said = "".join(
        f"<del>{escaped(str(was) or '–')}</del> <ins>{escaped(str(now) or '–')}</ins> "
        for was, now in ((change.was.kind, change.now.kind), (change.was.number, change.now.number))
        if was != now
    )
    return said + " ".join(tags[fate].format(escaped(words)) for fate, words in words_changed(change))


def _words(passage: Passage) -> str:
    return escaped(brief(for_reading(passage.text)))


def _code(command: str) -> str:
    return f'<code dir="ltr">{escaped(command)}</code>'
