"""`relatoria ask --explain`: how the question was read, in words, in the terminal, in JSON and on the page."""

import json

import pytest

from app.chat.views import answer_html
from app.cli.main import main
from app.i18n.labels import LABELS
from retrieval.assistant import Assistant
from retrieval.results import Fate

QUESTION = "List all recommendations of session 1.2 addressed to governments"


def ask(assistant: Assistant, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["ask", QUESTION, "--index", str(assistant.index.folder), *options]) == 0
    return capsys.readouterr().out


def test_the_terminal_says_how_a_question_was_read(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(ask(assistant, capsys, "--explain").split())
    for said in ("of session 1.2 section: session 1.2", "addressed to governments addressed to:", "status answered"):
        assert said in told
    assert "#1.2-r" not in told
    assert "searched for" not in ask(assistant, capsys)


def test_json_has_it_under_explain(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    explained = json.loads(ask(assistant, capsys, "--explain", "--json"))["explain"]
    section = {"words": "of session 1.2", "facet": "section", "values": ["session 1.2"], "fate": "used"}
    assert section in explained["hypotheses"]
    assert (explained["subject"], explained["status"], explained["language"]) == ("", "answered", "en")
    assert "explain" not in json.loads(ask(assistant, capsys, "--json"))


def test_the_page_says_what_a_question_was_read_as(assistant: Assistant) -> None:
    page = answer_html(assistant.ask("Lista las recomendaciones de la mesa 1.2 dirigidas a los gobiernos"))
    assert "Leído como: sección: mesa 1.2 · dirigido a: " in page
    assert "r-read" not in answer_html(assistant.ask("remesas"))


@pytest.mark.parametrize("language", LABELS)
def test_each_language_has_words_for_each_fate(language: str) -> None:
    said = LABELS[language].reading
    assert set(said["fates"]) == set(Fate)
    assert {name: set(said[name]) for name in ("facets", "deciders")} == {
        name: set(LABELS["en"].reading[name]) for name in ("facets", "deciders")
    }
