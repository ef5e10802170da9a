"""What an answer by quotes says beside them: the sentences that answer, the counts, and what is recorded."""

from dataclasses import replace

import pytest

from app.render.serialize import answer_json
from app.render.wording import highlighted_pieces
from ingest.lexicon.sentences import find_sentences
from ingest.report import Kind, Report, normalize_for_display
from retrieval.answer.record_facts import compose_record_facts
from retrieval.answer.selection import group_by_section
from retrieval.answer.templates import load_templates
from retrieval.assistant import Assistant
from retrieval.query.intents import Attribute, detect_record_attribute, detect_report_attribute
from retrieval.results import Citation, Layer, Statement
from retrieval.verification.quotes import verify_quotes


@pytest.mark.parametrize(
    ("question", "passage", "begins"),
    [
        ("Is deportation the answer?", "1.2-r11", "Se llegó al consenso"),
        ("intercambio de información sobre trata", "1.2-r14", "Estos"),
        ("costs of diaspora outreach", "1.1-r03", "Pueden ayudar"),
        ("sistemas de protección social", "1.2-p02", "Algunas delegaciones"),
    ],
)
def test_the_sentence_that_answers_is_pointed_at(
    assistant: Assistant, report: Report, question: str, passage: str, begins: str
) -> None:
    citation = next(citation for citation in assistant.ask(question).citations if citation.passage.id.endswith(passage))
    ((start, end),) = citation.highlights
    assert report.text[start:end].startswith(begins)
    assert "".join(words for words, _ in highlighted_pieces(citation)) == normalize_for_display(citation.quote)
    assert normalize_for_display(report.text[start:end]) in [
        words for words, tells in highlighted_pieces(citation) if tells
    ]


def test_only_sentences_of_the_quote_may_be_pointed_at(assistant: Assistant, report: Report) -> None:
    passage = next(passage for passage in assistant.index.store.passages() if passage.id.endswith("1.1-r09"))
    first, second, _ = ((passage.start + a, passage.start + b) for a, b in find_sentences(passage.text))
    whole = Citation.whole(1, passage)
    good = [(), (first,), (first, second)]
    bad = [(second, first), (first, first), ((first[0], first[1] - 1),), ((first[0], second[1]),), ((0, 5),)]
    for spans in (*good, *bad):
        citation = replace(whole, highlights=spans)
        proved = verify_quotes([Statement(f"{normalize_for_display(passage.text)} [1]", (citation,))], lambda _: report)
        assert bool(proved.statements) is (spans in good)


def test_an_addressee_with_its_acronym_is_cited_by_the_form_that_is_there(assistant: Assistant) -> None:
    one = next(assistant.index.store.passages())
    for text in ("The CNB should act.", "The National Board of Clinics should act."):
        passage = replace(one, kind=Kind.RECOMMENDATION, text=text, addressees=("National Board of Clinics (CNB)",))
        (said,) = compose_record_facts(Attribute.TO, [Citation.whole(1, passage)], load_templates("en"))
        assert said.text == f"Addressed to «{text[4:-12]}» [1]."


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Who must prosecute criminal organisations involved in trafficking?", "Addressed to «gobiernos» [1]"),
        ("Is it mandatory to protect vulnerable groups?", "obligation («deben» [1])"),
        ("¿Es obligatoria la recomendación 5 de la mesa 1.2?", "posibilidad («podrían» [1])"),
        ("¿A quién se dirige la recomendación 7 de la mesa 1.1?", "«países de origen y de destino» [1]"),
    ],
)
def test_what_is_recorded_is_said_in_words_of_the_report(
    assistant: Assistant, report: Report, question: str, says: str
) -> None:
    answer = assistant.ask(question)
    record = answer.statements[0]
    assert record.layer is Layer.RECORD
    assert says in record.text
    assert all(report.text[citation.start : citation.end] == citation.quote for citation in record.citations)
    assert answer.citations[0].quote == answer.citations[0].passage.text
    assert answer_json(answer, lambda _: report)["statements"][0]["words"][0]["quote"] == record.citations[0].quote
    for text in (record.text.replace("«", "«no "), record.text.replace("[1]", "[2]"), record.text + " [1]", "deben"):
        assert not verify_quotes([replace(record, text=text)], lambda _: report).statements


def test_what_is_not_recorded_is_said_not_to_be(assistant: Assistant) -> None:
    assert assistant.ask("Who recommended the Platform for Partnerships?").statements[0].text == (
        "The report does not say who recommended it."
    )


def test_facts_are_quoted_and_the_place_is_the_catalogue_s(assistant: Assistant) -> None:
    place = assistant.ask("Where was the conference held?")
    assert place.statements[0].text.startswith("Place: Puerto Vallarta, México. This is from the catalogue entry of")
    assert place.citations[0].passage.id.endswith("#title")
    assert assistant.ask("¿Cuándo se escribió el informe?").citations[0].quote == "11 de noviembre de 2010"


@pytest.mark.parametrize(
    ("flat", "attribute"),
    [
        ("who proposed the platform?", "by"), ("¿quien recomendo la plataforma?", "by"),
        ("qui a recommande la plateforme ?", "by"), ("quem recomendou a plataforma?", "by"),
        ("to whom is the recommendation on detention addressed?", "to"), ("¿quien debe evitar la trata?", "to"),
        ("a qui s'adresse la recommandation 7 ?", "to"), ("a quem se dirige a recomendacao 7?", "to"),
        ("how strongly is return recommended?", "strength"), ("¿es obligatorio actuar?", "strength"),
        ("est-il obligatoire de cooperer ?", "strength"), ("e obrigatorio cooperar?", "strength"),
        ("who are migrants?", None), ("who should governments protect?", None),
        ("which recommendations are obligatory?", None),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_record(flat: str, attribute: str | None) -> None:
    found = detect_record_attribute(flat)
    assert (found.attribute if found else None) == attribute


@pytest.mark.parametrize("flat", ["where do migrants go?", "when must states act?", "who is a refugee?"])
def test_what_is_not_asked_of_the_report(flat: str) -> None:
    assert detect_report_attribute(flat) is None


def test_quotes_of_one_section_stand_together(assistant: Assistant) -> None:
    answer = assistant.ask("List all recommendations on irregular migration")
    sections = [citation.passage.headings for citation in answer.citations]
    runs = [section for at, section in enumerate(sections) if not at or sections[at - 1] != section]
    assert len(runs) == len(set(runs)) > 1
    assert group_by_section(answer.hits)[0] == answer.hits[0]
