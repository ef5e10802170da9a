"""What a chat model adds in JSON and in a terminal: whose words each sentence is, its costs, what was refused."""

import json
from pathlib import Path

import pytest

from app.chat.views import answer_html
from app.cli.main import main
from app.render.serialize import answer_json
from app.render.wording import split_layers
from retrieval.assistant import Assistant
from retrieval.results import Layer
from retrieval.verification.verifier import RejectionReason
from tests.fakes.openai_server import Exchange, dead_port
from tests.fakes.writing_model import FALSE, ORIGINAL, QUESTION, TRANSLATION, TRUE, StartServer, helped, saying


def test_json_says_whose_words_each_sentence_is(assistant: Assistant, told: StartServer) -> None:
    told(saying(TRUE, FALSE))
    value = json.loads(json.dumps(answer_json(helped(assistant).ask(QUESTION, translations=True), assistant.report)))
    layers = [statement["layer"] for statement in value["statements"]]
    assert layers == [None, "quote", None, "written"]
    assert value["translations"] == [{"mark": 1, "text": TRANSLATION, "language": "en"}]
    writing = value["writing"]
    assert (writing["model"], writing["given"], writing["kept"]) == ("openai:small", 1, 1)
    assert writing["dropped"] == {"a number or date that is not in the passage": 1}
    assert (writing["tokens_in"], writing["tokens_out"], writing["attempts"]) == (2_000, 200, 2)
    alone = answer_json(assistant.ask(QUESTION), assistant.report)
    assert (alone["writing"], alone["translations"]) == (None, [])
    assert set(alone) == set(value)


def test_a_copied_quote_is_still_the_model_s(assistant: Assistant, told: StartServer) -> None:
    question = "¿Qué dice el informe sobre la detención de migrantes irregulares?"
    quote = assistant.ask(question).citations[0].quote
    told(saying(f"{' '.join(quote.split())} [1]"))
    answer = helped(assistant).ask(question)
    parts = split_layers(answer)
    assert [statement.layer for statement in parts.written] == [Layer.WRITTEN]
    assert answer_html(answer).count("<blockquote") == len({citation.mark for citation in answer.citations})


def test_a_pipe_gets_the_answer_whole(told: StartServer, capsys: pytest.CaptureFixture[str]) -> None:
    told(saying(TRUE, FALSE))
    command = ["ask", QUESTION, "--model", "openai:small", "--model-price", "1,2", "--translate"]
    assert main(command) == 0
    out = " ".join(capsys.readouterr().out.split())
    at = [out.index(words) for words in (ORIGINAL, "(machine translation) In cases", "Summary written", "When it is")]
    assert at == sorted(at)
    assert "openai:small · 1 of 2 sentences kept (dropped: 1 × a number or date" in out
    assert "2,000 tokens read, 200 written · cost 0.0024" in out
    assert "500" not in out


def test_a_terminal_shows_the_evidence_while_the_model_writes(
    told: StartServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, to rich
    seen: list[str] = []

    def behave(talk: Exchange) -> None:
        seen.append(capsys.readouterr().out)
        saying(TRUE)(talk)

    told(behave)
    assert main(["ask", QUESTION, "--model", "openai:small"]) == 0
    assert "detención" in seen[0]
    after = capsys.readouterr().out
    assert "Summary written" in after
    assert "detención" not in after


def test_a_model_that_is_down_leaves_the_quotes_and_status_0(
    told: StartServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with dead_port() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        assert main(["ask", QUESTION, "--model", "openai:small", "--model-timeout", "2"]) == 0
        out = capsys.readouterr().out
        assert "The model could not be used" in out
        assert "detención" in out
        assert main(["ask", QUESTION, "--model", "openai:small", "--model-timeout", "2", "--json"]) == 0
        value = json.loads(capsys.readouterr().out)
    assert value["status"] == "answered"
    assert value["writing"]["problem"]
    assert value["citations"]


@pytest.mark.parametrize("command", [["ask", QUESTION], ["ask", "-"], ["serve"]], ids=["one", "many", "serve"])
@pytest.mark.parametrize("spec", ["nonsense", "openai:small"])
def test_what_cannot_be_opened_is_said_at_the_start(
    told: StartServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    spec: str,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setattr(Assistant, "embedder", lambda self: pytest.fail("loaded before it was said"))
    assert main([*command, "--model", spec]) == 1
    err = " ".join(capsys.readouterr().err.split())
    assert ("names no chat model" if spec == "nonsense" else "OPENAI_API_KEY") in err


def test_an_inference_model_that_is_not_here_is_said(told: StartServer, capsys: pytest.CaptureFixture[str]) -> None:
    told(saying(TRUE))
    assert main(["ask", QUESTION, "--model", "openai:small", "--entailment", "/no/such/model"]) == 1
    assert "leave --entailment out" in " ".join(capsys.readouterr().err.split())


def test_every_reason_is_explained() -> None:
    told = (Path(__file__).parents[3] / "docs" / "model.md").read_text(encoding="utf-8")
    assert [reason for reason in RejectionReason if f"| {reason} |" not in told] == []
