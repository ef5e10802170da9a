"""The event log: one JSON line an event, of nobody, for the server's owner alone."""

import io
import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.server.log import MAX_QUESTION, EventLog, EventLogHandler, open_log
from ingest.errors import RelatoriaError
from retrieval.results import Answer, Status
from retrieval.worker import SearchCrashed

ANSWER = Answer("¿Qué?" * 1_000, "?", "es", Status.ANSWERED, ())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_time() -> None:
    stream = io.StringIO()
    EventLog(stream).write("request", route="/\n", user=Path("x"), word="ñ")
    assert stream.getvalue().isascii()
    (line,) = lines(stream)
    assert list(line) == ["time", "event", "route", "user", "word"]
    assert (line["event"], line["route"], line["user"], line["word"]) == ("request", "/\n", "x", "ñ")
    assert abs(datetime.fromisoformat(line["time"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert len(line["time"]) == len("2010-11-10T12:00:00.000+00:00")


@pytest.mark.parametrize("questions", [True, False])
def test_a_question_is_counted_and_written_only_where_that_is_wanted(questions: bool) -> None:
    stream = io.StringIO()
    EventLog(stream, questions=questions).log_question(ANSWER, 1.2346)
    (line,) = lines(stream)
    assert (line["event"], line["status"], line["citations"], line["ms"]) == ("question", "answered", 0, 1235)
    assert line.get("question") == (ANSWER.question[:MAX_QUESTION] if questions else None)


def test_an_error_is_its_type_and_place_without_its_words() -> None:
    events, errors = io.StringIO(), io.StringIO()
    journal = EventLog(events, errors=errors)
    try:
        raise KeyError("a secret")
    except KeyError as error:
        journal.log_error(error, id="x1")
    journal.log_error(crash := SearchCrashed("KeyError", ("far.py:7",)))
    assert events.getvalue() == ""
    first, second = lines(errors)
    assert (first["event"], first["id"], first["type"]) == ("error", "x1", "KeyError")
    assert any("test_log.py" in place for place in first["where"])
    assert (second["type"], second["where"][-1]) == (crash.kind, "far.py:7")
    assert "secret" not in errors.getvalue()
    EventLog(None).log_error(crash)
    EventLog(None).write("request")  # nowhere


def test_a_line_that_cannot_be_written_is_dropped() -> None:
    closed = io.StringIO()
    closed.close()
    EventLog(closed).write("request")


def test_warnings_of_libraries_are_events_without_their_words() -> None:
    stream = io.StringIO()
    handler = EventLogHandler(EventLog(stream))
    assert handler.level == logging.WARNING
    logger = logging.Logger("library")
    logger.addHandler(handler)
    logger.info("nothing")
    logger.warning("a secret")
    try:
        raise ValueError("a secret")
    except ValueError:
        logger.exception("a secret")
    first, second = lines(stream)
    assert (first["event"], first["logger"], first["level"]) == ("log", "library", "WARNING")
    assert first["at"].startswith("test_log:")
    assert (second["event"], second["logger"], second["level"], second["type"]) == (
        "error",
        "library",
        "ERROR",
        "ValueError",
    )
    assert "secret" not in stream.getvalue()


@pytest.mark.parametrize(
    ("log", "stream", "events", "errors"),
    [
        (None, io.StringIO, 1, 1),
        (None, Terminal, 0, 1),  # a person looks at it: errors alone
        ("-", Terminal, 1, 1),
        ("-", io.StringIO, 1, 1),
    ],
)
def test_the_log_goes_to_standard_error_unless_somebody_sits_there(
    monkeypatch: pytest.MonkeyPatch, log: str | None, stream: type[io.StringIO], events: int, errors: int
) -> None:
    monkeypatch.setattr(sys, "stderr", made := stream())
    with open_log(log, questions=True) as journal:
        journal.write("request")
        journal.log_error(ValueError())
        assert [sum(line["event"] == name for line in lines(made)) for name in ("request", "error")] == [events, errors]
        if events:
            journal.log_question(ANSWER, 0)
            assert "question" in lines(made)[-1]


def test_the_log_is_a_private_file_that_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for questions in (False, True):
        with open_log("~/events", questions=questions) as journal:
            journal.log_question(ANSWER, 0)
            journal.log_error(ValueError())
    file = tmp_path / "events"
    written = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(line["event"], "question" in line) for line in written] == [
        ("question", False),
        ("error", False),
        ("question", True),
        ("error", False),
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    with (
        pytest.raises(RelatoriaError, match=r"The log .* cannot be written: Is a directory. .*--log"),
        open_log(str(tmp_path)),
    ):
        pass
