"""`relatoria prove -`: one statement a line, proved by the passages beside it; what is no statement fails alone."""

import io
import json
from typing import Any

import pytest

from app.cli import prove
from app.cli.main import main
from retrieval.assistant import Assistant
from retrieval.results import Citation, Statement
from retrieval.verification.texts import cite_texts
from retrieval.verification.verifier import RejectionReason

PASSAGES = [{"text": "Los Estados deben actuar.", "language": "es"}, {"text": "Y pronto."}]


class _Verifier:
    def __init__(self, citations: list[Citation]) -> None:
        self.citations = citations

    def verify_sentence(self, sentence: str) -> object:
        return RejectionReason.FIGURE if "25" in sentence else Statement(sentence)


class _Assistant:
    def make_verifier(self, citations: list[Citation], language: str, source: Any) -> _Verifier:
        report = source("given")
        assert all(report.text[citation.start : citation.end] == citation.quote for citation in citations)
        assert [citation.mark for citation in citations] == list(range(1, len(citations) + 1))
        assert language == "en"
        return _Verifier(citations)


def run(*lines: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[Any]]:
    monkeypatch.setattr(prove, "open_assistant", lambda options: _Assistant())
    given = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    status = main(["prove", "-"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_statement_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    true = {"statement": "States must act [1].", "language": "en", "passages": PASSAGES}
    false = {"statement": "The States must pay 25 million to the fund [2]", "passages": PASSAGES}
    status, printed = run(true, b"", false, monkeypatch=monkeypatch, capsys=capsys)
    assert status == 0
    assert printed == [
        {"shown": True, "reason": ""},
        {"shown": False, "reason": "a number or date that is not in the passage"},
    ]


@pytest.mark.parametrize(
    "line",
    [b"nonsense", b"\xff", b"[]", b'"x"', b"[" * 100_000, {"statement": "x"}, {"statement": 1, "passages": PASSAGES},
     {"statement": "x", "passages": [{"text": None}]}, {"statement": "x", "passages": ["x"]},
     {"statement": "x", "passages": [{"text": " "}]}, {"statement": "x", "language": ["en"], "passages": PASSAGES},
     {"statement": "x", "passages": [{"text": "\ud800"}]}],
)  # fmt: skip
def test_a_line_that_is_none_fails_alone(
    line: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"statement": "States must act [1].", "language": "en", "passages": PASSAGES}
    status, printed = run(line, good, monkeypatch=monkeypatch, capsys=capsys)
    assert status == 1
    assert printed[0]["shown"] is False
    assert "one JSON object a line" in printed[0]["error"]
    assert printed[1]["shown"] is True


def test_what_comes_without_its_language_is_read_in_its_own() -> None:
    texts = [
        "Que se perfeccione la ley que organiza la Policía Nacional",
        "Custeio pela União dos bloqueadores de sinal",
    ]
    _, citations = cite_texts([(text, "") for text in texts])
    assert [citation.passage.language for citation in citations] == ["es", "pt"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Canada recommended ratifying the treaty.", False),
        ("The Netherlands recommended that the treaty be ratified.", False),
        ("Spain recommended ratifying the treaty.", True),
        ("Canada recommended considering abolishing the death penalty.", True),
    ],
)
def test_what_one_state_asked_is_not_proved_of_another_in_the_same_passage(
    said: str, shown: bool, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Ratify the treaty (Spain). Consider abolishing the death penalty (Canada; Netherlands)."
    given = {"statement": f"{said} [1]", "language": "en", "passages": [{"text": text, "language": "en"}]}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    monkeypatch.setattr(prove, "open_assistant", lambda options: assistant)
    assert main(["prove", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["shown"] is shown
