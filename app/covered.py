"""What the page covers: its reports, and the questions to begin with."""

from collections.abc import Sequence

from app.labels import Labels
from app.page import Covered
from ingest.report import Kind, Report, for_reading
from retrieval.assistant import Assistant

STARTERS = 4  # questions on the first page


def covered(assistant: Assistant) -> list[Covered]:
    """The reports that can be asked, each with its number of recommendations."""
    store = assistant.index.store
    reports = sorted(store.reports().values(), key=lambda report: (-(report.metadata.year or 0), report.id))
    return [Covered(report, store.count(Kind.RECOMMENDATION, report.id)) for report in reports]


def starters(assistant: Assistant, reports: Sequence[Report], labels: Labels) -> list[str]:
    """Questions to begin with: written for the reports we know, else the sections of those at hand."""
    written = [one for report in reports for one in labels.starters.get(report.id, ())]
    if not written and reports:
        passages = assistant.index.store.passages(reports[0].id, Kind.RECOMMENDATION)
        sections = dict.fromkeys(one.headings[-1].rstrip(": ") for one in passages if one.headings)
        written = [for_reading(section)[:120] for section in sections]
    return written[:STARTERS]
