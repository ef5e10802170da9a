"""The corpus as the first page shows it: the indexed reports with counts, and starter questions by role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.i18n.labels import Labels
from ingest.report import ACTS, Report, normalize_for_display
from retrieval.assistant import Assistant
from retrieval.storage.reader import ReportSummary

MAX_STARTERS = 4  # questions on the first page
ROLES = ("delegate", "staff", "evaluator")  # who may ask; the first unless another is chosen
_MAX_STARTER = 120  # characters of a section that stands for a question


@dataclass(frozen=True, slots=True)
class CoveredReport:
    """A report and its number of recommendations."""

    report: Report | ReportSummary
    recommendations: int


def list_covered(assistant: Assistant) -> list[CoveredReport]:
    """List the indexed reports, newest first, under short names; cached per index fingerprint.

    Raises NoIndex where there is no index.
    """
    return list(_list_covered(assistant, assistant.index.check()["fingerprint"]))


@lru_cache(maxsize=2)
def _list_covered(assistant: Assistant, _fingerprint: str) -> tuple[CoveredReport, ...]:
    store = assistant.index.store
    reports = sorted(store.report_summaries(), key=lambda report: (-(report.metadata.year or 0), report.id))
    short = assistant.index.facets().short_names
    named = (replace(report, metadata=replace(report.metadata, title=short[report.id])) for report in reports)
    return tuple(CoveredReport(report, store.count(ACTS, report.id)) for report in named)


def role_labels(reports: Sequence[str], labels: Labels) -> Mapping[str, str]:
    """The labels of the roles, by role, that have starter questions for these reports; empty where none has."""
    known = any(report in labels.starters for report in reports)
    return {role: labels.roles[role] for role in ROLES} if known else {}


def starter_questions(assistant: Assistant, reports: Sequence[str], labels: Labels, role: str = ROLES[0]) -> list[str]:
    """Up to four starter questions: those written for a known report and role, else headings of the first report."""
    written = [question for report in reports for question in labels.starters.get(report, {}).get(role, ())]
    if not written and reports:
        passages = assistant.index.store.passages(reports[0], ACTS)
        sections = dict.fromkeys(passage.headings[-1].rstrip(": ") for passage in passages if passage.headings)
        written = [normalize_for_display(section)[:_MAX_STARTER] for section in sections]
    return written[:MAX_STARTERS]
