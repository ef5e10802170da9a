"""A further language is one file: Italian questions over an Italian report are read as those of any other language."""

import pytest

from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.query.conversation import EMPTY_CONVERSATION, resolve
from retrieval.query.intents import Attribute
from retrieval.query.parser import parse
from retrieval.results import Status

REPORT = """# Rapporto del comitato sul porto di Ancona

## Raccomandazioni

1. Il governo deve proteggere le donne che lavorano nel porto.
2. Costruire una nuova scuola per i figli dei pescatori.
3. Ridurre del 40 per cento il rumore delle gru durante la notte.
4. I comuni dovrebbero pulire le spiagge ogni anno.
5. Formare le donne alla guida delle barche.
6. Pubblicare entro il 2026 i dati sulla qualità dell'acqua.
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Assistant:
    folder = tmp_path_factory.mktemp("italian")
    (folder / "porto.md").write_text(REPORT, encoding="utf-8")
    made = Assistant(folder / "index", embedder=assistant.embedder())
    made.index.update(find_sources([folder]), assistant.embedder)
    return made


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Elenca tutte le raccomandazioni", "123456"),
        ("Quante raccomandazioni ci sono?", "123456"),
        ("Qual è la raccomandazione numero 4?", "4"),
        ("la quinta raccomandazione", "5"),
        ("raccomandazioni da 2 a 4", "234"),
        ("le prime tre raccomandazioni", "123"),
        ("l'ultima raccomandazione", "6"),
        ("Che cosa dice il rapporto sul rumore delle gru?", "3"),
        ("Chi ha raccomandato la scuola per i figli dei pescatori?", "2"),
        ("Di quanto si deve ridurre il rumore delle gru?", "3"),
    ],
)
def test_what_is_asked_in_italian_is_found(harbour: Assistant, question: str, numbers: str) -> None:
    answer = harbour.ask(question)
    assert answer.language == "it"
    assert "".join(citation.passage.number or "" for citation in answer.citations) == numbers


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("Ciao!", Status.GREETING),
        ("Grazie mille per la risposta", Status.GREETING),
        ("Quanti soldati ci sono nella caserma?", Status.OUT_OF_SCOPE),
    ],
)
def test_small_talk_and_what_is_not_there_are_told_apart(harbour: Assistant, question: str, status: Status) -> None:
    answer = harbour.ask(question)
    assert (answer.status, answer.language) == (status, "it")


def test_a_negation_and_an_asked_attribute_are_read(harbour: Assistant) -> None:
    facets = harbour.index.facets()
    assert parse("le raccomandazioni che non parlano delle donne", facets).absent == "donne"
    assert parse("Chi ha raccomandato la scuola?", facets).attribute is Attribute.BY
    assert parse("Quali raccomandazioni menzionano l'acqua?", facets).all_of_them


def test_a_follow_up_keeps_the_subject(harbour: Assistant) -> None:
    talk = EMPTY_CONVERSATION.with_answer(harbour.ask("Che cosa si raccomanda sulle spiagge?"))
    assert resolve("e per le donne?", talk).question == "Che cosa si raccomanda sulle spiagge, per le donne?"
    assert resolve("e i pescatori?", talk).question == "Che cosa si raccomanda sulle spiagge, i pescatori?"
    assert resolve("a chi è rivolta?", talk).question == "a chi è rivolta? porto#r04"
    assert resolve("no, intendevo le scuole", talk).question == "le scuole"
