"""The JSON that programs read: a failed question has the keys and values of any answer."""

import json

from app.export.document import export_answers
from app.render.serialize import answer_json, failed_json
from ingest.report import READ_BY_OCR, Kind, Metadata, Passage, ReadingWarning, Report
from retrieval.results import Answer, Citation, Status
from retrieval.verification.quotes import quote_statement


def test_a_failed_question_is_an_answer_with_the_message_as_its_text() -> None:
    expected = {
        "question": "q" * 200,
        "searched": "",
        "language": "en",
        "status": "failed",
        "text": "The question is too long.",
        "statements": [{"text": "The question is too long.", "citations": [], "layer": None, "frame": True}],
        "citations": [],
        "nearest": [],
        "borderline": {"statements": [], "citations": []},
        "total": 0,
        "of": 0,
        "dropped": {},
        "translations": [],
        "writing": None,
        "provenance": None,
    }
    assert json.dumps(failed_json("q" * 3_000, "The question is too long.")) == json.dumps(expected)


def test_quotes_of_recognized_pages_say_so_and_how_surely() -> None:
    read = ReadingWarning(READ_BY_OCR, "was read by OCR", 2, 0.934)
    report = Report("r", "Sing.\nDance.", Metadata("R", warnings=(read,)), "0" * 64, (), ((0, 1), (6, 2)))
    spans = ((0, 5, 1), (6, 12, 2))
    passages = [
        Passage(f"r#r0{page}", "r", Kind.RECOMMENDATION, "", (), "", report.text[start:end], start, end, page, 1, "en")
        for start, end, page in spans
    ]
    quotes = [quote_statement(Citation.whole(mark, passage)) for mark, passage in enumerate(passages, start=1)]
    answer = Answer("?", "?", "en", Status.ANSWERED, tuple(quotes))
    cited = answer_json(answer, {"r": report}.get)["citations"]
    assert [(it["read_by_ocr"], it["ocr_confidence"]) for it in cited] == [(False, None), (True, 0.934)]
    entries = export_answers([answer], {"r": report}.get, "en", index="").entries
    assert [entry.ocr_confidence for entry in entries] == [None, 0.934]
    assert "read by OCR" not in entries[0].citation
    assert "page 2, read by OCR (93%), line 1" in entries[1].citation
