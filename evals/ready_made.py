"""An index of passages that somebody else has cut: the product's own, but for reading and splitting."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.report import Kind, Metadata, Passage, Report
from retrieval.embedding import Embedder
from retrieval.index import Index
from retrieval.searchable import Vocabulary

_GAP = "\n\n"


class PassageIndex(Index):
    """An Index that takes reports with their passages; what it does with them is Index's own code."""

    def put(self, reports: Iterable[tuple[Report, Sequence[Passage]]], embedder: Embedder) -> None:
        """Put reports in, each with its passages, as one change."""
        texts: dict[str, str] = {}  # what is to be embedded, by vector id
        with self._locked(), self._change() as writer:
            for report, passages in reports:
                vocabulary = Vocabulary(report.text)
                records = [self._record(passage, vocabulary, embedder, texts) for passage in passages]
                writer.put(report, Path(report.id), records)
            new = {one: texts[one] for one in sorted(writer.missing(texts))}
            self._embed(new, embedder, writer, lambda done, total: None)


def report_of(report_id: str, paragraphs: Sequence[str], language: str) -> tuple[Report, list[Passage]]:
    """Paragraphs as one report, and one passage each.

    >>> report, passages = report_of("x", ["Uno.", "Dos."], "es")
    >>> report.text, passages[1].id, report.text[passages[1].start : passages[1].end], passages[1].line
    ('Uno.\\n\\nDos.', 'x#p02', 'Dos.', 3)
    """
    report = Report(report_id, _GAP.join(paragraphs), Metadata(language=language), file_hash="")
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
                headings=(),
                lead_in="",
                text=text,
                start=start,
                end=end,
                page=1,
                line=report.line_at(start),
                language=language,
            )
        )
        start = end + len(_GAP)
    return report, passages
