"""Renders results for the terminal with Rich: answers, hits, records, ingests. Long because all share their styles."""

from collections.abc import Iterable, Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.feedback.log import FeedbackEntry, describe_rating
from app.i18n.labels import LABELS
from app.render.explain import describe_query, explain_hit, explain_reading
from app.render.wording import (
    count_refused,
    count_untranslated,
    diff_words,
    heading_path,
    highlighted_pieces,
    page_and_line,
    split_layers,
    truncate,
)
from ingest.report import Kind, Passage, normalize_for_display
from ingest.sanitize import sanitize_text
from retrieval.answer.compose import ReportLookup
from retrieval.answer.templates import AnswerTemplates, label_passage, templates_for
from retrieval.index.diff import RecordChange, RecordDiff
from retrieval.index.short_names import short_name
from retrieval.index.update_result import UpdateResult
from retrieval.results import Answer, Citation, Fate, Layer, Status, Translation
from retrieval.search.search import SearchResult

MAX_WIDTH = 100  # columns; longer lines are hard to read
MAX_RECORDS = 20  # of one report in a dry run
MAX_REPORTS = 100
MAX_COPIES = 20


def console(*, error: bool = False) -> Console:
    """A console of at most MAX_WIDTH columns on standard output, or with ``error`` on standard error."""
    wide = Console(stderr=error, highlight=False)
    return wide if wide.width <= MAX_WIDTH else Console(stderr=error, highlight=False, width=MAX_WIDTH)


def answer_view(answer: Answer, source: ReportLookup, *, explain: bool = False) -> RenderableType:
    """Render an answer: our sentences, each quote with mark, name and place, what a chat model wrote, its costs."""
    made = {translation.mark: translation for translation in answer.translations}
    return _stack(
        [*_evidence_lines(answer, source, made), *_written_lines(answer), *_last_lines(answer, explain=explain)]
    )


def evidence_view(answer: Answer, source: ReportLookup) -> RenderableType:
    """Render the evidence of an answer, while a chat model writes."""
    return _stack(_evidence_lines(answer, source, {}))


def added_view(answer: Answer, *, explain: bool = False) -> RenderableType:
    """Render what a chat model added (text, translations, costs) to evidence that was printed before."""
    _, frames = templates_for(answer.language)
    parts: list[RenderableType] = [Text(), *_written_lines(answer)]
    for translation in answer.translations:
        parts += [Text(f"[{translation.mark}]", style="bold cyan"), _translation_view(translation, frames), Text()]
    return _stack([*parts, *_last_lines(answer, explain=explain)])


def _stack(parts: list[RenderableType]) -> RenderableType:
    """Group lines without the empty one at the end."""
    return Group(*parts[:-1] if parts and isinstance(parts[-1], Text) and not parts[-1].plain else parts)


def _evidence_lines(answer: Answer, source: ReportLookup, made: Mapping[int, Translation]) -> list[RenderableType]:
    """Render our sentences and the quotes; several quotes are grouped under their section's headings."""
    _, frames = templates_for(answer.language)
    parts: list[RenderableType] = []
    if answer.searched != answer.question:
        parts += [Text(_sanitize(f"{frames.searched} {answer.searched}"), style="dim"), Text()]
    statements = (*split_layers(answer).evidence, *answer.borderline)
    quotes = [citation for some in statements if some.layer is Layer.QUOTE for citation in some.citations]
    many = len({quote.passage.report_id for quote in quotes}) > 1
    section: tuple[str, tuple[str, ...]] | None = None
    for statement in statements:
        if statement.is_frame or statement.layer is Layer.RECORD:
            style = "bold" if answer.status is Status.ANSWERED else "bold yellow"
            parts += [Text(_sanitize(statement.text), style=style), Text()]
            section = None
            continue
        for citation in statement.citations:
            passage = citation.passage
            if len(quotes) > 1 and (passage.report_id, passage.headings) != section:
                section = (passage.report_id, passage.headings)
                parts += [Text(_sanitize(_section_path(passage, source, titled=many)), style="magenta"), Text()]
            parts.append(_quote_view(citation, frames, source, alone=len(quotes) == 1))
            if translation := made.get(citation.mark):
                parts.append(_translation_view(translation, frames))
            parts.append(Text())
    if answer.nearest:
        parts += [Text(frames.nearest), Text()]
        parts += [_quote_view(citation, frames, source, whole=False) for citation in answer.nearest]
    if gone := count_refused(answer):
        parts += [Text(_format_reasons(gone), style="red"), Text()]
    return parts


def _written_lines(answer: Answer) -> list[RenderableType]:
    """Render a chat model's sentences as one paragraph under our sentence that attributes them."""
    parts = split_layers(answer)
    if not parts.label:
        return []
    label = Text(_sanitize(parts.label.text), style="bold" if parts.written else "yellow")
    prose = Text(" ".join(_sanitize(statement.text) for statement in parts.written))
    prose.highlight_regex(r"\[\d{1,4}\]", "bold cyan")
    return [label, *([prose] if parts.written else []), Text()]


def _last_lines(answer: Answer, *, explain: bool) -> list[RenderableType]:
    """Render a chat model's costs and, where asked for, how the question was read, searched and measured."""
    it, said = answer.explanation, LABELS.get(answer.language, LABELS["en"]).reading
    if not explain or it is None:
        return _cost_lines(answer)
    readings, rest = (Table.grid(padding=(0, 2, 0, 0)) for _ in range(2))
    for hypothesis in it.hypotheses:
        style = "" if hypothesis.fate in (Fate.USED, Fate.NEGATED) else "dim"
        readings.add_row(*map(_sanitize, explain_reading(hypothesis, said)), style=style)
    scores = [", ".join(f"{name} {value:.3f}" for name, value in some.items()) for some in (it.first, it.thresholds)]
    values = {"question": it.question, "subject": it.subject or said["none"]}
    values |= {"language": f"{it.language}, {said['deciders'][it.decided_by]}", "status": answer.status}
    values |= dict(zip(("first", "thresholds"), (line or said["uncompared"] for line in scores), strict=True))
    for name, value in values.items():
        rest.add_row(Text(said[name], "dim"), _sanitize(value.replace("_", " ")))
    return [*_cost_lines(answer), readings, Text(), rest]


def _cost_lines(answer: Answer) -> list[RenderableType]:
    """Render a chat model's statistics in one line: kept, dropped, tokens, cost, seconds; empty without a model."""
    writing = answer.writing
    if writing is None:
        return []
    finished = writing.kept + sum(writing.dropped.values())
    said = [writing.model, f"{writing.kept} of {_count(finished, 'sentence')} kept"]
    if writing.dropped:
        said[-1] += f" (dropped: {_format_reasons(writing.dropped)})"
    if gone := count_untranslated(answer):
        said.append(f"{_count(gone, 'translation')} dropped")
    if writing.left_out:
        said.append(f"{_count(writing.left_out, 'passage')} left out")
    if writing.tokens_in is not None or writing.tokens_out is not None:
        read, wrote = ("?" if number is None else f"{number:,}" for number in (writing.tokens_in, writing.tokens_out))
        said.append(f"{read} tokens read, {wrote} written")
    if writing.cost is not None:
        said.append(f"cost {writing.cost:.6f}".rstrip("0").rstrip("."))
    calls = f" in {_count(writing.attempts, 'call')}" if writing.attempts != 1 else ""
    said.append(f"{writing.seconds:.1f} s{calls}")
    if writing.problem and writing.kept:  # else the sentence above says it
        said.append(writing.problem)
    return [Text(_sanitize(" · ".join(said)), style="dim"), Text()]


def _translation_view(translation: Translation, frames: AnswerTemplates) -> RenderableType:
    text = Text(_sanitize(f"({frames.translation}) {translation.text}"), style="dim")
    return Padding(text, (0, 0, 0, 4), expand=False)


def hits_view(found: SearchResult, *, explain: bool = False) -> RenderableType:
    """Render ranked passages with their scores, and with ``explain`` the reasons."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("", "score", "passage", "text"):
        table.add_column(name, overflow="fold" if name in ("passage", "text") else "ellipsis")
    for hit in found.hits:
        words = normalize_for_display(hit.passage.text)
        text = Text(_sanitize(truncate(words)))
        if explain:
            text.append(f"\n{explain_hit(hit)}", "dim")
        table.add_row(str(hit.rank), f"{hit.score.total:.3f}", Text(hit.passage.id, "cyan"), text)
    said = describe_query(found)
    return Group(Text(_sanitize(said), style="dim"), table) if said else table


def passages_view(passages: Iterable[Passage]) -> RenderableType:
    """Render records in reading order, under their headings."""
    parts: list[RenderableType] = []
    section: tuple[str, tuple[str, ...]] | None = None
    for passage in passages:
        if (passage.report_id, passage.headings) != section:
            section = (passage.report_id, passage.headings)
            title = " › ".join(passage.headings) or passage.report_id
            parts += [Text(), Text(_sanitize(title), style="bold magenta")]
        indent = 6 if passage.kind is Kind.PART else 2
        line = Text.assemble(
            (passage.id.rpartition("#")[2], "cyan"), "  ", _sanitize(normalize_for_display(passage.text))
        )
        parts.append(Padding(line, (0, 0, 0, indent), expand=False))
    return Group(*parts[1:])


def ingest_view(result: UpdateResult, *, dry_run: bool) -> RenderableType:
    """Render an ingest: changed records of a dry run, failed files, copies, and totals."""
    parts = [] if result.records is None else _records_view(result.records)
    for failure in result.failed:
        kept = f". The version of {_sanitize(failure.kept)} ingested before stays" if failure.kept else ""
        said = f" {_sanitize(failure.error)}{kept}"
        parts.append(_bullet_line("✗", "red", Text.assemble((_sanitize(str(failure.file)), "bold"), said)))
    for file, warning in result.warnings:
        told = Text.assemble((_sanitize(str(file)), "bold"), f" {_sanitize(warning.describe())}")
        parts.append(_bullet_line("!", "yellow", told))
    copied = result.copies
    for copy in copied[:MAX_COPIES]:
        said = f"{_sanitize(str(copy.file))} has the same content as {_sanitize(str(copy.original))}"
        parts.append(_bullet_line("=", "dim", Text(said)))
    if len(copied) > MAX_COPIES:
        parts.append(Text(f"  and {len(copied) - MAX_COPIES:,} copies more", "dim"))
    same = result.unchanged[len(copied) :]
    reports = [len(some) for some in (result.added, result.changed, result.removed, same, copied)]
    records = [result.counts.added, result.counts.changed, result.counts.removed]
    for name, numbers in (("Reports", reports), ("Records", records)):
        if any(numbers):
            fates = zip(numbers, ("added", "changed", "removed", "unchanged", "copied"), strict=False)
            parts.append(Text(f"{name}: {', '.join(f'{number:,} {fate}' for number, fate in fates if number)}"))
    if dry_run:
        parts.append(Text("A dry run: nothing was changed.", "dim"))
    else:
        mark = "" if result.failed else "✓ "
        counts = f"{_count(result.reports, 'report')}, {_count(result.passages, 'passage')}, "
        recommendations = (_count(result.recommendations, "recommendation"), "bold")
        parts.append(Text.assemble((mark, "green"), counts, recommendations, f"  ({result.seconds:.1f} s)"))
    return Group(*parts)


def _bullet_line(mark: str, style: str, said: Text) -> RenderableType:
    """A line with a bullet, wrapped with a hanging indent."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), said)
    return grid


def _format_reasons(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} × {reason}" for reason, count in counts.items())


def _records_view(records: RecordDiff) -> list[RenderableType]:
    """Render the changes of records by report, truncated to MAX_RECORDS and MAX_REPORTS."""
    lines: dict[str, list[Text]] = {}
    for change in records.changed:
        line = Text.assemble(("  ~ ", "yellow"), (_local_id(change.after.id), "yellow"), "  ", _diff_view(change))
        lines.setdefault(change.after.report_id, []).append(line)
    for sign, color, ids in (("-", "red", records.removed), ("+", "green", records.added)):
        for passage_id in ids:
            line = Text(f"  {sign} {_local_id(passage_id)}", color)
            lines.setdefault(passage_id.partition("#")[0], []).append(line)
    parts: list[RenderableType] = []
    for report_id, some in list(lines.items())[:MAX_REPORTS]:
        parts += [Text(_sanitize(report_id), "bold"), *some[:MAX_RECORDS]]
        if len(some) > MAX_RECORDS:
            parts.append(Text(f"  and {len(some) - MAX_RECORDS:,} more", "dim"))
    if len(lines) > MAX_REPORTS:
        parts.append(Text(f"and records of {_count(len(lines) - MAX_REPORTS, 'report')} more", "dim"))
    return parts


def _local_id(passage_id: str) -> str:
    return _sanitize(passage_id.rpartition("#")[2])


def _diff_view(change: RecordChange) -> Text:
    """Render a record's word diff: removed in red, struck out, added in green, with some context."""
    shown = Text()
    for name in ("kind", "number"):
        was, now = (str(getattr(passage, name)) for passage in (change.before, change.after))
        if was != now:
            shown.append(f"{name} ").append(was or "none", "red strike").append(f" {now or 'none'}  ", "green")
    for fate, words in diff_words(change):
        shown.append(_sanitize(words), {"gone": "red strike", "come": "green"}.get(fate, "")).append(" ")
    return shown


def feedback_view(entries: Iterable[FeedbackEntry]) -> RenderableType:
    """Render feedback entries, the latest last: question, outcome, opinion, note."""
    parts: list[RenderableType] = []
    for entry in entries:
        sign, style = ("+", "green") if entry.good else ("-", "red")
        head = Text.assemble(
            (f"{sign} ", style),
            (_sanitize(describe_rating(entry)), f"bold {style}"),
            (f"  {_sanitize(entry.time)}", "dim"),
        )
        lines = [
            Text(_sanitize(entry.searched)),
            Text(_sanitize(f"{entry.status}: {', '.join(entry.cited) or 'nothing cited'}"), "dim"),
        ]
        if entry.note:
            lines.append(Text(_sanitize(f"“{entry.note}”"), "italic"))
        parts += [head, *(Padding(line, (0, 0, 0, 2), expand=False) for line in lines), Text()]
    return _stack(parts) if parts else Text("No opinions yet.", "dim")


def error_view(message: str) -> RenderableType:
    """Render an error message."""
    return Text.assemble(("relatoria: ", "bold red"), _sanitize(message))


def separator_view(question: str) -> RenderableType:
    """Render the rule above each of several answers."""
    return Rule(Text(_sanitize(question), style="bold"), align="left", style="dim")


def _section_path(passage: Passage, source: ReportLookup, *, titled: bool) -> str:
    """The headings of a group of quotes, behind the report's name where there are several."""
    report = source(passage.report_id) if titled else None
    return " › ".join(filter(None, (short_name(report.metadata) or report.id if report else "", heading_path(passage))))


def _quote_view(
    citation: Citation, frames: AnswerTemplates, source: ReportLookup, *, whole: bool = True, alone: bool = True
) -> RenderableType:
    passage = citation.passage
    place = page_and_line(passage, source(passage.report_id), frames)
    head = Text.assemble(
        (f"[{citation.mark}] ", "bold cyan"), (label_passage(passage, frames), "bold"), (f", {place}", "dim")
    )
    section = [Text(_sanitize(heading_path(passage)), style="dim")] if passage.headings and alone else []
    lead_in = [Text(f"({_sanitize(passage.lead_in)})", style="dim italic")] if passage.lead_in else []
    pieces = highlighted_pieces(citation) if whole else [(truncate(normalize_for_display(citation.quote)), False)]
    words = Text.assemble(*((_sanitize(piece), "bold" if tells else "") for piece, tells in pieces))
    return Group(head, *(Padding(text, (0, 0, 0, 4), expand=False) for text in [*section, *lead_in, words]))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _sanitize(text: str) -> str:
    """Untrusted text on one line, without control characters, which a terminal would obey."""
    return sanitize_text(text).replace("\n", "\ufffd").replace("\t", " ")
