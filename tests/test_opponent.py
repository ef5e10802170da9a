"""The run against a real chat model counts what was let through, and takes no sentence for right that nobody judged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from evals.opponent import LANGUAGES, Bout, questions, read_verdicts, report
from ingest.errors import RelatoriaError
from retrieval.answer import Answer, Layer, Statement, Status, Writing
from retrieval.assistant import Assistant

QUESTION = "¿Qué se recomendó sobre la migración de retorno?"


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    quoted = assistant.ask(QUESTION)
    assert quoted.status is Status.ANSWERED
    written = [Statement(f"{word} [1].", quoted.citations[:1], Layer.WRITTEN) for word in ("Yes", "No", "Perhaps")]
    writing = Writing("local", given=1, kept=3, dropped={"not in the passage": 4}, seconds=2.0, tokens_out=130)
    return replace(quoted, statements=(*quoted.statements, *written), writing=writing)


def test_only_what_was_judged_right_is_right(answer: Answer, tmp_path: Path) -> None:
    ids = [answer.citations[0].passage.id]
    file = tmp_path / "verdicts.jsonl"
    stated = [("Yes [1].", ids, True), ("No [1].", ids, False), ("Perhaps [1].", ["another"], True)]
    lines = [json.dumps({"sentence": text, "passages": of, "right": right, "why": ""}) for text, of, right in stated]
    file.write_text("\n".join(lines), encoding="utf-8")
    bout, screen = Bout(), Console(record=True, width=200)
    bout.add(answer)
    assert bout.finished == 7
    assert report(bout, read_verdicts(file), screen) == 2
    shown = screen.export_text()
    assert "7 sentences finished, 3 let through, 1 of those right; 130 tokens, 65 a second" in shown
    assert "unjudged  Perhaps." in shown
    assert "4 × not in the passage" in shown


def test_a_line_that_is_no_verdict_is_told(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.jsonl"
    file.write_text('{"sentence": "Yes"}\n', encoding="utf-8")
    with pytest.raises(RelatoriaError, match=r"verdicts\.jsonl, line 1 is no verdict"):
        read_verdicts(file)
    assert read_verdicts(tmp_path / "none.jsonl") == {}


def test_it_asks_in_four_languages(assistant: Assistant) -> None:
    assert len(questions(assistant)) == 6 * len(LANGUAGES) == 24
