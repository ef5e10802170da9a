"""Build a report with its passages from paragraphs that a data set has cut."""

from collections.abc import Sequence
from pathlib import Path

from ingest.report import Kind, Metadata, Passage, Report

_PARAGRAPH_GAP = "\n\n"


def build_report(
    report_id: str, paragraphs: Sequence[str], language: str, headings: tuple[str, ...] = ()
) -> tuple[Path, Report, list[Passage]]:
    """Build one report of paragraphs under the same headings, one passage each, as Index.put takes them.

    >>> _, report, passages = build_report("x", ["Uno.", "Dos."], "es")
    >>> report.text, passages[1].id, report.text[passages[1].start : passages[1].end], passages[1].line
    ('Uno.\\n\\nDos.', 'x#p02', 'Dos.', 3)
    """
    report = Report(report_id, _PARAGRAPH_GAP.join(paragraphs), Metadata(language=language), file_hash="")
    passages: list[Passage] = []
    start = 0
    for number, text in enumerate(paragraphs, start=1):
        end = start + len(text)
        passages.append(
            Passage(
                id=f"{report_id}#p{number:02d}",
                report_id=report_id,
                kind=Kind.PARAGRAPH,
                number="",
                headings=headings,
                lead_in="",
                text=text,
                start=start,
                end=end,
                page=1,
                line=report.line_at(start),
                language=language,
            )
        )
        start = end + len(_PARAGRAPH_GAP)
    return Path(report_id), report, passages
