"""Serializes results as JSON objects: the published contract of ``--json`` and of the API."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from app.render.explain import explain_hit
from ingest.report import Passage, Report, normalize_for_display
from retrieval.answer.compose import ReportLookup
from retrieval.index.diff import RecordDiff
from retrieval.index.update_plan import FileFailure
from retrieval.index.update_result import UpdateResult
from retrieval.results import Answer, Citation, Hit, Layer, Statement, Status
from retrieval.search.search import SearchResult

Json = dict[str, Any]


def ingest_json(result: UpdateResult) -> Json:
    """Serialize an ingest: totals of the index, counts of changed reports, and of a dry run the changed records.

    ``copies`` lists the unchanged files with the same content as another; ``kept`` in ``failed`` is the
    report whose earlier version stays; ``warnings`` say what of the files that were read was not, or not surely.
    """
    values = {
        "reports": result.reports,
        "passages": result.passages,
        "recommendations": result.recommendations,
        "added": len(result.added),
        "changed": len(result.changed),
        "removed": len(result.removed),
        "unchanged": len(result.unchanged),
        "copies": [{"file": str(copy.file), "of": str(copy.original)} for copy in result.copies],
        "failed": [_failure_json(failure) for failure in result.failed],
        "warnings": [{"file": str(file), **warning._asdict()} for file, warning in result.warnings],
        "seconds": result.seconds,
    }
    return values if result.records is None else values | {"records": _records_json(result.records)}


def search_json(found: SearchResult, *, explain: bool = False) -> Json:
    """Serialize a search: the question, its filters and ranked hits, with ``explain`` each hit's reasons."""
    return {
        "question": found.question,
        "searched": found.searched,
        "language": found.language,
        "filter": found.where.describe() | found.query.describe(),
        "hits": [_hit_json(hit) | (_explanation_json(hit) if explain else {}) for hit in found.hits],
    }


def answer_json(answer: Answer, source: ReportLookup, *, explain: bool = False) -> Json:
    """Serialize an answer, with ``explain`` how it was read too.

    The marks in ``statements`` refer to ``citations``, ``source`` looks up their reports.
    """

    def to_json(citations: Iterable[Citation]) -> list[Json]:
        return [_citation_json(citation, source(citation.passage.report_id)) for citation in citations]

    explained = explain and answer.explanation and asdict(answer.explanation) | {"status": str(answer.status)}
    return ({"explain": explained} if explained else {}) | {
        "question": answer.question,
        "searched": answer.searched,
        "language": answer.language,
        "status": str(answer.status),
        "text": answer.text,
        "statements": [_statement_json(statement) for statement in answer.statements],
        "citations": to_json(answer.citations),
        "nearest": to_json(answer.nearest),
        "borderline": {
            "statements": [_statement_json(statement) for statement in answer.borderline],
            "citations": to_json(citation for statement in answer.borderline for citation in statement.citations),
        },
        "total": answer.total,
        "of": answer.total_searched,
        "dropped": dict(answer.dropped),
        "translations": [asdict(translation) for translation in answer.translations],
        "writing": asdict(answer.writing) if answer.writing else None,
        "provenance": asdict(answer.provenance) if answer.provenance else None,
    }


def failed_json(question: str, message: str, status: Status = Status.FAILED) -> Json:
    """Serialize a question that failed, as an answer with that status and the message as its text."""
    return answer_json(Answer(question[:200], "", "en", status, (Statement(message),)), lambda _: None)


def _failure_json(failure: FileFailure) -> Json:
    value: Json = {"file": str(failure.file), "error": failure.error}
    return value | {"kept": failure.kept} if failure.kept else value


def _records_json(records: RecordDiff) -> Json:
    """Serialize added, changed and removed records; a change has the text before and after."""
    return {
        "added": list(records.added),
        "changed": [_change_json(change.before, change.after) for change in records.changed],
        "removed": list(records.removed),
    }


def _change_json(was: Passage, now: Passage) -> Json:
    value: Json = {"id": now.id, "was": normalize_for_display(was.text), "now": normalize_for_display(now.text)}
    other = {"kind": (str(was.kind), str(now.kind)), "number": (was.number, now.number)}
    return value | {name: list(both) for name, both in other.items() if both[0] != both[1]}


def _hit_json(hit: Hit) -> Json:
    passage, score = hit.passage, hit.score
    return {
        "passage_id": passage.id,
        "report_id": passage.report_id,
        "score": round(score.total, 6),
        "probability": round(hit.probability, 6),
        "late": round(score.late, 6),
        "telling": round(score.weighted_late, 6),
        "lexical": round(score.lexical, 6),
        "every_word": score.has_every_word,
        "dense": None if score.dense is None else round(score.dense, 6),
        "rank": hit.rank,
        "kind": str(passage.kind),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "line": passage.line,
    }


def _explanation_json(hit: Hit) -> Json:
    """Serialize the explanation of a hit: its scores, its rank, and one line of text."""
    score = hit.score
    return {
        "why": {
            "dense": None if score.dense is None else round(score.dense, 6),
            "lexical": round(score.lexical, 6),
            "late": round(score.late, 6),
            "telling": round(score.weighted_late, 6),
            "probability": round(hit.probability, 6),
            "every_word": score.has_every_word,
            "exact": None if hit.exact is None else str(hit.exact),
            "rank": hit.rank,
            "text": explain_hit(hit),
        }
        | ({} if hit.reranker_score is None else {"reranked": round(hit.reranker_score, 6)})
    }


def recognition_json(passage: Passage, report: Report | None) -> Json:
    """Serialize whether a passage's page was read by OCR, and how surely, from 0 to 1."""
    sure = report.ocr_confidence(passage.page) if report else None
    return {"read_by_ocr": sure is not None, "ocr_confidence": sure}


def _citation_json(citation: Citation, report: Report | None) -> Json:
    passage = citation.passage
    return {
        "mark": citation.mark,
        "passage_id": passage.id,
        "report_id": passage.report_id,
        "kind": str(passage.kind),
        "number": passage.number,
        "headings": list(passage.headings),
        "lead_in": passage.lead_in,
        "quote": citation.quote,
        "telling": [list(span) for span in citation.highlights],
        "start": citation.start,
        "end": citation.end,
        "page": passage.page,
        "line": passage.line,
        **recognition_json(passage, report),
    }


def _statement_json(statement: Statement) -> Json:
    value: Json = {
        "text": statement.text,
        "citations": [citation.mark for citation in statement.citations],
        "layer": None if statement.is_frame else str(statement.layer),
    }
    if statement.is_frame:
        value["frame"] = True
    elif statement.layer is Layer.RECORD:
        value["words"] = [
            {"mark": citation.mark, "quote": citation.quote, "start": citation.start, "end": citation.end}
            for citation in statement.citations
        ]
    return value
