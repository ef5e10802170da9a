"""What a person sees in a terminal: answers, hits, records and ingest results, in colour and wrapped."""

from collections.abc import Callable, Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.render import brief, heading_path, visible, where
from ingest.report import Kind, Passage, Report, for_reading
from retrieval.answer import Answer, Citation, Status
from retrieval.frames import Frames, frames_for, label
from retrieval.index import Ingested
from retrieval.search import Found

WIDTH = 100  # columns; longer lines are hard to read
Source = Callable[[str], Report | None]


def console(*, error: bool = False) -> Console:
    """A console as wide as is readable, on standard output or standard error."""
    wide = Console(stderr=error, highlight=False)
    return wide if wide.width <= WIDTH else Console(stderr=error, highlight=False, width=WIDTH)


def answer_view(answer: Answer, source: Source) -> RenderableType:
    """The opening sentence, then each quote with its mark, name, place and section."""
    _, frames = frames_for(answer.language)
    parts: list[RenderableType] = []
    for statement in answer.statements:
        if statement.frame:
            style = "bold" if answer.status is Status.ANSWERED else "bold yellow"
            parts += [Text(_plain(statement.text), style=style), Text()]
        for citation in statement.citations:
            parts += [_quote_view(citation, frames, source), Text()]
    if answer.nearest:
        parts += [Text(frames.nearest), Text()]
        parts += [_quote_view(citation, frames, source, whole=False) for citation in answer.nearest]
    if answer.dropped:
        parts.append(Text(", ".join(f"{count} × {reason}" for reason, count in answer.dropped.items()), style="red"))
    return Group(*parts[:-1] if parts and isinstance(parts[-1], Text) and not parts[-1].plain else parts)


def hits_view(found: Found) -> RenderableType:
    """Ranked passages with their scores."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("", "score", "passage", "text"):
        table.add_column(name, overflow="fold" if name in ("passage", "text") else "ellipsis")
    for hit in found.hits:
        words = for_reading(hit.passage.text)
        table.add_row(str(hit.rank), f"{hit.score.total:.3f}", Text(hit.passage.id, "cyan"), Text(_plain(brief(words))))
    return table


def passages_view(passages: Iterable[Passage]) -> RenderableType:
    """Records in reading order, under their headings."""
    parts: list[RenderableType] = []
    section: tuple[str, tuple[str, ...]] | None = None
    for passage in passages:
        if (passage.report_id, passage.headings) != section:
            section = (passage.report_id, passage.headings)
            title = " › ".join(passage.headings) or passage.report_id
            parts += [Text(), Text(_plain(title), style="bold magenta")]
        indent = 6 if passage.kind is Kind.PART else 2
        line = Text.assemble((passage.id.rpartition("#")[2], "cyan"), "  ", _plain(for_reading(passage.text)))
        parts.append(Padding(line, (0, 0, 0, indent), expand=False))
    return Group(*parts[1:])


def ingested_view(result: Ingested, *, dry_run: bool) -> RenderableType:
    """One line of totals, what changed, and each file that failed with its remedy."""
    did = "would be" if dry_run else "are"
    changes = [
        f"{len(ids)} {name}"
        for name, ids in (
            ("added", result.added),
            ("changed", result.changed),
            ("removed", result.removed),
            ("unchanged", result.unchanged),
        )
        if ids
    ]
    parts: list[RenderableType] = [
        Text.assemble(("✗ ", "red"), (_plain(str(failure.file)), "bold"), " ", _plain(failure.error))
        for failure in result.failed
    ]
    if changes:
        parts.append(Text(f"Reports: {', '.join(changes)}" + (f" ({did} so)" if dry_run else "")))
    if not dry_run:
        parts.append(
            Text.assemble(
                ("✓ " if not result.failed else "", "green"),
                _count(result.reports, "report"),
                ", ",
                _count(result.passages, "passage"),
                ", ",
                (_count(result.recommendations, "recommendation"), "bold"),
                f"  ({result.seconds:.1f} s)",
            )
        )
    return Group(*parts)


def refused(message: str) -> RenderableType:
    """An error as one plain sentence."""
    return Text.assemble(("relatoria: ", "bold red"), _plain(message))


def separator(question: str) -> RenderableType:
    """Between the answers to several questions."""
    return Rule(Text(_plain(question), style="bold"), align="left", style="dim")


def _quote_view(citation: Citation, frames: Frames, source: Source, *, whole: bool = True) -> RenderableType:
    passage = citation.passage
    place = where(passage, source(passage.report_id), frames)
    head = Text.assemble((f"[{citation.mark}] ", "bold cyan"), (label(passage, frames), "bold"), (f", {place}", "dim"))
    section = [Text(_plain(heading_path(passage)), style="dim")] if passage.headings else []
    lead_in = [Text(f"({_plain(passage.lead_in)})", style="dim italic")] if passage.lead_in else []
    words = for_reading(citation.quote) if whole else brief(for_reading(citation.quote))
    return Group(head, *(Padding(one, (0, 0, 0, 4), expand=False) for one in [*section, *lead_in, Text(_plain(words))]))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    """Text of others on one line, without the characters that a terminal would obey."""
    return visible(text).replace("\n", "\ufffd").replace("\t", " ")
