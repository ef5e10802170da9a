"""The corpus as the first page shows it: the indexed reports with counts, and starter questions by role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.i18n.labels import Labels
from ingest.report import Kind, Report, for_reading
from retrieval.assistant import Assistant

STARTERS = 4  # questions on the first page
ROLES = ("delegate", "staff", "evaluator")  # who may ask; the first unless another is chosen
_BRIEF = 120  # characters of a section that stands for a question


@dataclass(frozen=True, slots=True)
class Covered:
    """A report, without its text, and its number of recommendations."""

    report: Report
    recommendations: int


def covered(assistant: Assistant) -> list[Covered]:
    """List the indexed reports, newest first, without their texts; cached per index fingerprint.

    Raises NoIndex where there is no index.
    """
    return list(_covered(assistant, assistant.index.check()["fingerprint"]))


@lru_cache(maxsize=2)
def _covered(assistant: Assistant, _fingerprint: str) -> tuple[Covered, ...]:
    store = assistant.index.store
    reports = sorted(store.reports().values(), key=lambda report: (-(report.metadata.year or 0), report.id))
    return tuple(
        Covered(replace(one, text="", blocks=(), pages=()), store.count(Kind.RECOMMENDATION, one.id)) for one in reports
    )


def roles(reports: Sequence[str], labels: Labels) -> Mapping[str, str]:
    """The labels of the roles, by role, that have starter questions for these reports; empty where none has."""
    known = any(one in labels.starters for one in reports)
    return {role: labels.roles[role] for role in ROLES} if known else {}


def starters(assistant: Assistant, reports: Sequence[str], labels: Labels, role: str = ROLES[0]) -> list[str]:
    """Up to four starter questions: those written for a known report and role, else headings of the first report."""
    written = [one for report in reports for one in labels.starters.get(report, {}).get(role, ())]
    if not written and reports:
        passages = assistant.index.store.passages(reports[0], Kind.RECOMMENDATION)
        sections = dict.fromkeys(one.headings[-1].rstrip(": ") for one in passages if one.headings)
        written = [for_reading(section)[:_BRIEF] for section in sections]
    return written[:STARTERS]
