"""Answers are the report's own words, framed in the asker's language; what is not there is refused."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.render.serialize import answer_json
from ingest.report import DAMAGED_TEXT, NO_TEXT, Kind, ReadingWarning, Report, Strength, normalize_for_display
from retrieval.answer.compose import MAX_QUOTES, compose
from retrieval.answer.selection import select_answering
from retrieval.answer.templates import ANSWER_LANGUAGES, load_templates
from retrieval.assistant import Assistant
from retrieval.chain import RelatoriaRetriever, answer_chain
from retrieval.query.intents import Attribute
from retrieval.query.parser import ParsedQuery
from retrieval.results import Answer, Hit, Score, Status
from retrieval.search.search import SearchResult


def first(answer: Answer) -> str:
    return answer.citations[0].passage.id.partition("#")[2]


@pytest.mark.parametrize(
    ("question", "passage", "language", "opens"),
    [
        ("¿Qué se recomendó sobre la migración de retorno?", "1.1-r09", "es", "Una de las 26 recomendaciones de «Mesa"),
        ("Which vulnerable groups need priority?", "1.2-r06", "en", "One of the 26 recommendations of «Mesa"),
        ("Que dit le rapport sur la fuite des cerveaux ?", "1.1-r06", "fr", "Une des 26 recommandations de «Mesa"),
        ("O que se recomenda sobre a fuga de cérebros?", "1.1-r06", "pt", "Uma das 26 recomendações de «Mesa"),
        ("Was wird zur Rückkehrmigration empfohlen?", "1.1-r09", "de", "3 der 26 Empfehlungen von «Mesa"),
        ("Who was the rapporteur?", "rapporteur", "en", "As stated in «Mesa"),
        (
            "¿Qué dice de los sistemas de protección social?",
            "1.2-p02",
            "es",
            "Esto es lo que se dice al respecto en «Mesa",
        ),
    ],
)
def test_answers(assistant: Assistant, question: str, passage: str, language: str, opens: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, first(answer), answer.language) == (Status.ANSWERED, passage, language)
    assert answer.statements[0].text.startswith(opens)
    assert [statement.is_frame for statement in answer.statements] == [True] + [False] * len(answer.citations)


def test_every_quote_is_a_slice_and_every_mark_its_own(assistant: Assistant, report: Report) -> None:
    for question in ("migración irregular", "gobiernos", "derechos humanos", "trata de personas", "return migration"):
        answer = assistant.ask(question)
        assert [citation.mark for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
        for citation, statement in zip(answer.citations, answer.statements[1:], strict=True):
            assert report.text[citation.start : citation.end] == citation.quote
            assert statement.text == f"{normalize_for_display(citation.quote)} [{citation.mark}]"


@pytest.mark.parametrize(
    ("question", "status", "says"),
    [
        ("¿Cuál es la capital de Australia?", Status.OUT_OF_SCOPE, "no trata de los temas"),
        ("How do I bake bread?", Status.OUT_OF_SCOPE, "not about the subjects"),
        ("¿Qué se recomienda sobre los refugiados y el asilo?", Status.NOTHING_FOUND, "no se encontró nada"),
        ("???", Status.NOT_UNDERSTOOD, "No he entendido"),
        ("12 34", Status.NOT_UNDERSTOOD, "No he entendido"),
        ("² ① 🙂 ½", Status.NOT_UNDERSTOOD, "No he entendido"),
    ],
)
def test_refusals(assistant: Assistant, report: Report, question: str, status: Status, says: str) -> None:
    answer = assistant.ask(question)
    assert answer.status is status
    assert answer.citations == ()
    assert answer.total == 0
    assert says in answer.text
    assert len(answer.nearest) == (0 if status is Status.NOT_UNDERSTOOD else 3)
    for citation in answer.nearest:
        assert citation.passage.kind is Kind.RECOMMENDATION
        assert report.text[citation.start : citation.end] == citation.quote


def test_the_language_of_the_frame_can_be_chosen(assistant: Assistant) -> None:
    assert assistant.ask("migración de retorno", language="fr").text.startswith("Une des 26 recommandations")
    assert assistant.ask("migración de retorno", language="xx").language == "en"


def test_all_frames_are_filled_in_all_languages() -> None:
    braces = re.compile(r"{\w+}")
    english = vars(load_templates("en"))["_texts"]
    assert set(english["kinds"]) == set(Kind)
    assert set(english["strengths"]) == set(Strength)
    assert set(english["facts"]) == {attribute for attribute in Attribute if attribute.of_report}
    for language in ANSWER_LANGUAGES:
        for name, words in vars(load_templates(language))["_texts"].items():
            wanted = english[name]
            if name == "reports":  # a plural category has words of its own
                continue
            pairs = [(words[key], wanted[key]) for key in wanted] if isinstance(wanted, dict) else [(words, wanted)]
            for template, english_template in pairs:
                assert template
                assert sorted(braces.findall(template)) == sorted(braces.findall(english_template)), (language, name)


def found(assistant: Assistant, *scores: tuple[str, float]) -> SearchResult:
    passages = {passage.id.partition("#")[2]: passage for passage in assistant.index.store.passages()}
    hits = [
        Hit(passages[name], Score(score, 0, None), rank, probability=score, nearness=score)
        for rank, (name, score) in enumerate(scores, start=1)
    ]
    calibration = assistant.index.calibration(384)
    return SearchResult(
        "pregunta cualquiera", "pregunta cualquiera", "es", tuple(hits), total_searched=26, calibration=calibration
    )


@pytest.mark.parametrize(
    ("scores", "answers"),
    [
        ([("1.1-r05.1", 0.9), ("1.1-r05", 0.8)], ["1.1-r05.1"]),
        ([("1.1-r05", 0.9), ("1.1-r05.1", 0.8)], ["1.1-r05"]),
        ([("1.1-r05.1", 0.9), ("1.1-r05.2", 0.85), ("1.1-r05", 0.8)], ["1.1-r05"]),
        ([("1.1-r05.1", 0.9), ("1.1-r05.2", 0.85)], ["1.1-r05.1"]),
        ([("1.2-r01", 0.9), ("date", 0.85), ("1.2-r02", 0.8)], ["1.2-r01", "1.2-r02"]),
        ([("date", 0.9), ("1.2-r01", 0.85)], ["date"]),
        ([("1.2-r01", 0.9), ("1.2-r02", 0.5)], ["1.2-r01"]),
        ([("1.2-r01", 0.2)], []),
        ([], []),
    ],
)
def test_which_hits_answer(assistant: Assistant, scores: list[tuple[str, float]], answers: list[str]) -> None:
    assert [hit.passage.id.partition("#")[2] for hit in select_answering(found(assistant, *scores))] == answers


def test_a_report_with_a_long_title_is_named_by_its_short_name(assistant: Assistant, report: Report) -> None:
    some, names = found(assistant, ("1.2-r01", 0.9)), {report.id: "GFMD 2010"}
    for title, called in (("Report of the " + "very " * 10 + "long title", "«GFMD 2010»"), ("Mesa 1", "«Mesa 1»")):
        titled = replace(report, metadata=replace(report.metadata, title=title))
        answer = compose(some, asked=[report.id], source=lambda _, it=titled: it, language="en", short_names=names)  # type: ignore[misc]
        assert called in answer.text.partition("\n")[0]


def test_more_than_can_be_shown_is_counted(assistant: Assistant, report: Report) -> None:
    many = found(assistant, *((f"1.2-r{n:02d}", 0.9) for n in range(1, 9)))
    answer = compose(many, asked=[report.id], source=lambda _: report, language="en")
    assert len(answer.citations) == MAX_QUOTES
    assert answer.total == 8
    assert answer.text.startswith("8 of the 26 recommendations")


def test_quotes_that_cannot_be_proved_are_not_shown_and_are_counted(assistant: Assistant, report: Report) -> None:
    some = found(assistant, ("1.2-r01", 0.9), ("1.2-r02", 0.88))
    altered = replace(report, text=report.text.replace("gobiernosdeben", "gobiernos debe"))
    answer = compose(some, asked=[report.id], source=lambda _: altered, language="es")
    assert [citation.passage.id.partition("#")[2] for citation in answer.citations] == ["1.2-r01"]
    assert sum(answer.dropped.values()) == 1
    gone = compose(some, asked=[report.id], source=lambda _: None, language="es")
    assert (gone.status, gone.citations, gone.dropped) == (Status.FAILED, (), {"no such report": 2})


def test_what_comes_near_is_quoted_as_what_it_is(assistant: Assistant, report: Report) -> None:
    answer = assistant.ask("Que dit le rapport sur les transferts de fonds ?")
    assert answer.status is Status.RELATED
    assert answer.statements[0].text.startswith("Ce qui s'en approche le plus dans «Mesa")
    assert [citation.mark for citation in answer.sources] == [1, 2, 3]
    assert answer.citations[0].quote == report.text[answer.citations[0].start : answer.citations[0].end]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("¿Cuántos migrantes retornan cada año?", "Eso exactamente no se dice"),
        ("How much money does the Platform for Partnerships cost?", "Exactly that is not said"),
        ("En quelle année la Plateforme a-t-elle été fondée ?", "Cela n'est pas dit exactement"),
        ("What did Norway say about the Platform for Partnerships?", "Exactly that is not said"),
    ],
)
def test_a_passage_without_what_is_asked_is_related(assistant: Assistant, question: str, says: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.statements[0].text[: len(says)]) == (Status.RELATED, says)


def test_who_is_greeted_says_what_can_be_asked(assistant: Assistant) -> None:
    for said in ("hola", "Thanks a lot!", "Merci beaucoup, c'est parfait.", "ajuda", "شكرا جزيلا"):
        answer = assistant.ask(said)
        assert (answer.status, answer.citations, answer.nearest) == (Status.GREETING, (), ()), said


@pytest.fixture
def altered(report: Report) -> Report:
    """The report as stored, but that a word of its recommendation 1.2-r02 and of its date is another."""
    text = report.text.replace("gobiernosdeben", "gobiernos debe").replace("11 de noviembre", "12 de noviembre")
    return replace(report, text=text)


def names(answer: Answer, *, borderline: bool = False) -> list[str]:
    cited = [c for statement in answer.borderline for c in statement.citations] if borderline else answer.citations
    return [citation.passage.id.partition("#")[2] for citation in cited]


def test_what_is_named_beside_a_refusal_is_proved_too(assistant: Assistant, report: Report, altered: Report) -> None:
    weak = found(assistant, ("date", 0.14), ("1.2-r02", 0.13), ("1.2-p02", 0.12), ("1.2-r01", 0.11), ("1.2-r03", 0.1),
                 ("1.2-r04", 0.09))  # fmt: skip

    def near(source: Report | None) -> list[str]:
        answer = compose(weak, asked=[report.id], source=lambda _: source, language="es")
        assert answer.status in {Status.NOTHING_FOUND, Status.OUT_OF_SCOPE}
        return [citation.passage.id.partition("#")[2] for citation in answer.nearest]

    assert near(report) == ["1.2-r02", "1.2-r01", "1.2-r03"]  # recommendations alone, three at most
    assert near(altered) == ["1.2-r01", "1.2-r03"]
    assert near(None) == near(replace(report, id="another")) == []


def test_what_stands_on_the_border_is_proved_too(assistant: Assistant, report: Report, altered: Report) -> None:
    border = found(assistant, ("1.2-r01", 0.9), ("1.2-r02", 0.7), ("1.2-r03", 0.69))
    border = replace(border, query=ParsedQuery("pregunta", all_of_them=True))
    whole = compose(border, asked=[report.id], source=lambda _: report, language="es")
    assert (names(whole), names(whole, borderline=True)) == (["1.2-r01"], ["1.2-r02", "1.2-r03"])
    assert whole.dropped == {}
    answer = compose(border, asked=[report.id], source=lambda _: altered, language="es")
    assert (names(answer), names(answer, borderline=True)) == (["1.2-r01"], ["1.2-r03"])
    assert sum(answer.dropped.values()) == 1


def test_a_fact_of_the_report_is_proved_too(assistant: Assistant, report: Report, altered: Report) -> None:
    date = replace(found(assistant, ("date", 0.9)), query=ParsedQuery("", ids=("date",), attribute=Attribute.DATE))
    assert names(compose(date, asked=[report.id], source=lambda _: report, language="es")) == ["date"]
    for source in (altered, None):
        answer = compose(date, asked=[report.id], source=lambda _, it=source: it, language="es")  # type: ignore[misc]
        assert (answer.status, answer.citations) == (Status.FAILED, ())


def test_the_json_of_an_answer_is_the_contract_s(assistant: Assistant, report: Report) -> None:
    value = json.loads(
        json.dumps(answer_json(assistant.ask("What is the Platform for Partnerships?"), assistant.report))
    )
    for key in ("question", "searched", "language", "status", "text", "statements", "citations", "total", "provenance"):
        assert key in value
    (citation,) = value["citations"]
    assert citation["passage_id"] == "gfmd-2010-mesa-redonda-1#1.1-r10"
    assert citation["quote"] == report.text[citation["start"] : citation["end"]]
    assert (citation["mark"], citation["line"], citation["page"]) == (1, 79, 1)
    opening, quoted = value["statements"]
    assert opening["frame"] is True
    assert quoted["citations"] == [1]
    provenance = value["provenance"]
    assert provenance["index"] == assistant.index.check()["fingerprint"]
    assert provenance["reports"] == {report.id: report.file_hash}


def test_the_langchain_face(assistant: Assistant) -> None:
    documents = RelatoriaRetriever(assistant=assistant, k=2).invoke("migración de retorno")
    assert documents[0].id == "gfmd-2010-mesa-redonda-1#1.1-r09"
    assert len(documents) == 2
    chain = answer_chain(assistant) | (lambda answer: answer.status)
    assert chain.batch(["migración de retorno", "How do I bake bread?"]) == ["answered", "out_of_scope"]


def test_our_own_sentence_names_the_report_and_carries_no_mark(report: Report) -> None:
    marked = replace(report, metadata=replace(report.metadata, title="Informe [1] de prueba"))
    nothing = SearchResult("nada", "nada", "es", ())
    answer = compose(nothing, asked=[report.id], source=lambda _: marked, language="es")
    assert answer.text == "La pregunta no trata de los temas de «Informe (1) de prueba»."


def test_what_counts_says_which_pages_could_not_be_read(assistant: Assistant, report: Report) -> None:
    warnings = [ReadingWarning(NO_TEXT, "has no text on it", page) for page in (2, 5, 6, 7)]
    warnings += [ReadingWarning(DAMAGED_TEXT, "is damaged", 9), ReadingWarning("title", "has none")]
    unread = replace(report, metadata=replace(report.metadata, title="Acta [1]", warnings=tuple(warnings)))

    def opens(question: str, source: Report, asked: Sequence[str] = (report.id,)) -> list[str]:
        answer = compose(assistant.search(question), source=lambda _: source, asked=asked, language="en")
        return [statement.text for statement in answer.statements if statement.is_frame]

    listed = "How many recommendations are there?"
    assert opens(listed, report) == [
        "26 of 26 recommendations of «Mesa redonda 1: Alianzas para la migración y el desarrollo»:"
    ]
    for asked in ((report.id,), tuple("abcde")):  # of many reports those that are cited are looked at
        no_text, damaged, counted = opens(listed, unread, asked)
        assert no_text.endswith("these have no text: «Acta (1)», page 2, 5–7.")
        assert damaged.endswith("something may be missing: «Acta (1)», page 9.")
        assert counted.startswith("26 of 26")
    assert len(opens("¿Qué se recomendó sobre la migración de retorno?", unread)) == 1
    assert len(opens("What does recommendation 9 of roundtable 1.1 say?", unread)) == 1
