"""Where sentences end, and where they only seem to; the same for a text that comes in pieces."""

import pytest

from ingest.lexicon.sentences import Boundary, find_sentences
from retrieval.text.sentence_stream import split_stream


@pytest.mark.parametrize(
    "text",  # sentences between bars; the English ones are from the Golden Rules of the pragmatic segmenter
    [
        "Hello World.|My name is Jonas.",
        "What is your name?|My name is Jonas.",
        "My name is Jonas E. Smith.",
        "There it is!|I found it.",
        "Let's ask Jane and co.|They should know.",
        "She has $100.00 in her bag.",
        "He teaches science (He previously worked for 5 years as an engineer.) at the local University.",
        "At 5 a.m. Mr. Smith went to the bank.",
        "Lo dijo la Sra. Díaz.|Véase el art. 5, párr. 2.",
        "Los EE. UU. firmaron.|La UE también.",
        "Dijo que no.|Véase la resolución No. 45.",
        "El sistema de la O.N.U. cambió.|¿Por qué?|¡Nadie lo sabe!",
        "Según el informe (p. ej. el de 2010), hay 1.5 millones.|«Es urgente.»|Hay que actuar.",
        "Es así.12|Los países lo saben.",
        "Deben colaborar [1].|Pueden ayudar. [2] [3]|Los Estados lo harán. [4]",
        "يجب أن نعمل.|هل نستطيع؟|نعم.",
        "Правительство согласно.|Закон принят.",
    ],
)
def test_sentences(text: str) -> None:
    sentences = text.split("|")
    whole = " ".join(sentences)
    assert [whole[start:end] for start, end in find_sentences(whole)] == sentences
    assert list(split_stream(whole)) == list(split_stream([whole])) == sentences


def test_wide_stops_need_no_space() -> None:
    assert list(split_stream(["各国应合作。政府应保护移民！"])) == ["各国应合作。", "政府应保护移民！"]


def test_a_list_item_begins_a_sentence_and_any_other_line_goes_on() -> None:
    text = "Los países acordaron\nlo siguiente:\n1. Uno;\n(b) dos\n• Tres."
    found = [text[start:end] for start, end in find_sentences(text)]
    assert found == ["Los países acordaron\nlo siguiente:", "1. Uno;", "(b) dos", "• Tres."]


def test_long_text_may_be_cut_at_any_stop() -> None:
    text = "Véase el art. 5 y etc. más. Fin"
    found = [text[start:end] for start, end in find_sentences(text, Boundary.STOP)]
    assert found == ["Véase el art.", "5 y etc.", "más.", "Fin"]


def test_clauses_end_at_semicolons_colons_and_bullets_and_where_a_space_is_lost() -> None:
    text = "Pide: que firmen; ¿lo harán? Deben.Los países pueden ● Tres"
    found = [text[start:end] for start, end in find_sentences(text, Boundary.CLAUSE)]
    assert found == ["Pide:", "que firmen;", "¿lo harán?", "Deben.", "Los países pueden ●", "Tres"]


@pytest.mark.parametrize("text", ["", " \n", "...", "1."])
def test_no_words_no_second_sentence(text: str) -> None:
    assert len(find_sentences(text)) == (1 if text.strip() else 0)
