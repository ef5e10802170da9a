"""Questions over several reports: which report is named, by whom, from what place to what, and what is left out.

Long because all of it is asked of one small index, which takes seconds to make.
"""

from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from evals.questions.cases import QUESTIONS_FOLDER, SECOND_FOLDER
from ingest.report import Kind
from ingest.sources import find_sources
from retrieval.answer.selection import select_beside
from retrieval.answer.templates import ANSWER_LANGUAGES, load_templates
from retrieval.assistant import Assistant
from retrieval.index.facets import Facets
from retrieval.index.filters import NO_FILTER
from retrieval.query.conversation import EMPTY_CONVERSATION, resolve
from retrieval.query.parser import parse
from retrieval.results import Answer, Status
from retrieval.search.scope import select_scope
from retrieval.text.gazetteer import find_states_in_any_case

REVIEW = """# Report of the Working Group on the {state}

## Recommendations

The following recommendations were made to {state}:

1. Ratify the convention on refugees (Norway);
2. Build more schools in the villages ({other});
3. Train the police on {theme} (Norway);
4. Protect women from violence (Spain).
"""
LETTER = """# Carta de los gobernadores de la costa

## Propuestas

1. Crear un fondo para el agua de las ciudades.
2. Compartir los datos de la policía.
3. Los municipios deben limpiar los ríos.
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Assistant:
    folder = tmp_path_factory.mktemp("many")
    for name, text in (
        ("review-kenya-2009.md", REVIEW.format(state="Kenya", other="Peru", theme="torture")),
        ("review-peru-2012.md", REVIEW.format(state="Peru", other="Chile", theme="human rights")),
        ("carta.md", LETTER),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    made = Assistant(folder / "index", embedder=assistant.embedder())
    made.index.update(find_sources([folder]), assistant.embedder)
    return made


def numbers(answer: Answer) -> list[str]:
    return [f"{it.passage.report_id.split('-')[1]} {it.passage.number}" for it in answer.citations]


@pytest.mark.parametrize(
    ("question", "reports", "by"),
    [
        ("What was recommended to Kenya on schools?", ("review-kenya-2009",), ()),
        ("ما هي التوصيات الموجهة إلى كينيا بشأن المدارس؟", ("review-kenya-2009",), ()),
        ("qu'a demandé la Norvège au Pérou ?", ("review-peru-2012",), ("Norvège",)),
        ("Norway's recommendations to peru", ("review-peru-2012",), ("Norway",)),
        ("¿Cuántas le hizo Noruega a Kenia?", ("review-kenya-2009",), ("Noruega",)),
        ("qué dice la carta de los gobernadores sobre el agua", ("carta",), ()),
        ("schools for everybody", (), ()),
        ("How many did Peru make to Kenya?", ("review-kenya-2009",), ("Peru",)),
        ("¿Qué le pidió el Perú a Kenia?", ("review-kenya-2009",), ("Perú",)),
        ("ماذا أوصت النرويج كينيا؟", ("review-kenya-2009",), ("النرويج",)),
        ("توصيات مملكة النرويج لكينيا", ("review-kenya-2009",), ("مملكة النرويج",)),
        ("قارن توصيات النرويج لكينيا ولبيرو", ("review-kenya-2009", "review-peru-2012"), ("النرويج",)),
        ("compare Kenya and Peru on the police", ("review-kenya-2009", "review-peru-2012"), ()),
        ("the latest report on schools", ("review-peru-2012",), ()),
    ],
)
def test_a_question_names_its_report_and_the_state_that_asks(
    many: Assistant, question: str, reports: tuple[str, ...], by: tuple[str, ...]
) -> None:
    read = parse(question, many.index.facets()).filter
    assert (read.reports, read.by) == (reports, by)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("recommendations 2 to 4 to Kenya", "2 3 4"),
        ("de la 2 a la 3 de las recomendaciones a Kenia", "2 3"),
        ("les recommandations 2 à 4 au Kenya", "2 3 4"),
        ("التوصيات من ٢ إلى ٣ الموجهة إلى كينيا", "2 3"),
        ("the first three recommendations to Kenya", "1 2 3"),
        ("las dos primeras recomendaciones a Kenia", "1 2"),
        ("the last recommendation to Kenya", "4"),
        ("which recommendations to Kenya are not made by Norway?", "2 4"),
        ("which recommendations to Kenya do not mention women?", "1 2 3"),
    ],
)
def test_a_range_a_place_and_a_negation_are_taken_at_their_word(many: Assistant, question: str, wanted: str) -> None:
    answer = many.ask(question)
    assert answer.status is Status.ANSWERED
    assert numbers(answer) == [f"kenya {number}" for number in wanted.split()]


def test_a_condition_that_leaves_nothing_is_dropped_and_said(many: Assistant) -> None:
    question = "List all obligatory recommendations to Kenya"
    scope = select_scope(many.index, question, NO_FILTER)
    assert (scope.query.filter.reports, scope.query.dropped) == (("review-kenya-2009",), ("obligation",))
    answer = many.ask(question)
    assert answer.statements[0].text == "Nothing matches «obligation» as a condition, so it was left out."
    assert numbers(answer) == ["kenya 1", "kenya 2", "kenya 3", "kenya 4"]


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("le Kenya, ça en fait combien de la Norvège ?", ""),
        ("Las recomendaciones de la Comisión de la Verdad de Kenia", ""),
        ("the first two recommendations of the Kenya truth commission", ""),
        ("Kenya, the commission of the truth: all that it recommends", ""),
        ("the recommendations of the commission on women in Kenya", "women"),
        ("What did Norway ask Kenya on women?", "women"),
        ("¿Qué recomendó Noruega a Kenia para el empleo?", "empleo"),
        ("all recommendations to Kenya on work", "work"),
        ("todas las propuestas de la carta de los gobernadores", ""),
    ],
)
def test_what_says_only_whose_it_is_leaves_no_subject(many: Assistant, question: str, subject: str) -> None:
    read = parse(question, many.index.facets())
    assert (read.subject, read.filter.recommends) == (subject, True)


@pytest.mark.parametrize(
    "question",
    [
        "How many recommendations did Norway make to Kenya?",
        "Combien de recommandations la Norvège a-t-elle adressées au Kenya ?",
    ],
)
def test_what_only_asks_is_no_subject_of_a_set(many: Assistant, question: str) -> None:
    assert parse(question, many.index.facets()).subject == ""
    assert many.ask(question).total == 2


def test_a_first_name_with_a_capital_is_the_state_that_a_report_is_on(many: Assistant, tmp_path: Path) -> None:
    for state in ("Mauritius", "Panama"):
        file = tmp_path / f"review-{state.lower()}.md"
        file.write_text(REVIEW.format(state=state, other="Chile", theme="torture"), encoding="utf-8")
    made = Assistant(tmp_path / "index", embedder=many.embedder())
    made.index.update(find_sources([tmp_path]), many.embedder)
    parsed = parse("Qu'a-t-on dit au Panama et à Maurice sur les écoles ?", made.index.facets())
    assert parsed.filter.reports == ("review-mauritius", "review-panama")


def test_the_name_of_its_report_says_what_a_record_does_not_repeat(many: Assistant, tmp_path: Path) -> None:
    """Of several reports the name counts for each record; of the only one it tells nothing."""
    (tmp_path / "carta.md").write_text(LETTER, encoding="utf-8")
    alone = Assistant(tmp_path / "index", embedder=many.embedder())
    alone.index.update(find_sources([tmp_path]), many.embedder)
    question = "ríos limpios según los gobernadores de la costa"
    hits = [next(hit for hit in it.search(question).hits if hit.passage.number == "3") for it in (many, alone)]
    assert hits[0].score.late > hits[1].score.late + 0.05


def test_whoever_made_none_is_said_to_have_made_none(many: Assistant) -> None:
    answer = many.ask("recommendations made by France to Kenya")
    assert (answer.status, answer.citations) == (Status.NOTHING_FOUND, ())
    assert answer.text.startswith(
        "There is no recommendation made by France in «Report of the Working Group on the Kenya»"
    )


def test_of_the_few_that_somebody_made_all_are_shown_where_none_seems_to_answer(many: Assistant) -> None:
    answer = many.ask("Norway's recommendations to Kenya on quantum mechanics")
    assert (answer.status, numbers(answer), answer.total) == (Status.RELATED, ["kenya 1", "kenya 3"], 0)


def test_each_report_answers_by_itself(many: Assistant) -> None:
    answer = many.ask("Compare what Kenya and Peru were told on schools")
    assert numbers(answer) == ["kenya 2", "peru 2"]
    assert [statement.text.endswith(":") for statement in answer.statements if statement.is_frame] == [True, True]


def test_a_follow_up_keeps_the_reports_and_names_another_state(many: Assistant) -> None:
    first = many.ask("What was recommended to Kenya on schools?")
    conversation = EMPTY_CONVERSATION.with_answer(first)
    assert resolve("And Peru?", conversation, many.index.facets().report_names).question == (
        "What was recommended to Peru on schools?"
    )
    assert numbers(many.ask("And Peru?", conversation=conversation))[:1] == ["peru 2"]
    police = many.ask("the police?", conversation=conversation)
    assert {citation.passage.report_id for citation in police.citations} == {"review-kenya-2009"}


@pytest.mark.parametrize("language", ANSWER_LANGUAGES)
def test_reports_are_counted_as_the_language_counts(language: str) -> None:
    said = [load_templates(language).count_reports(count) for count in (4, 11, 100)]
    assert [count in text for count, text in zip(("4", "11", "100"), said, strict=True)] == [True] * 3
    assert language != "ar" or len({text.strip("0123456789 ") for text in said}) == 3


@pytest.mark.parametrize("folder", [QUESTIONS_FOLDER, SECOND_FOLDER])
def test_the_questions_are_those_that_were_frozen(folder: Path) -> None:
    import hashlib

    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("What did Norway recommend?", "What did Norway recommend?"),
        ("How many recommendations were made to Peru?", "How many recommendations were made to Peru?"),
        ("What does the Peru report say?", "What does the Peru report say?"),
        ("recommendation 2 of Peru", "recommendation 2 of Peru"),
        ("y en Perú?", "What was recommended to Perú on schools?"),
    ],
)
def test_a_question_of_its_own_is_not_the_topic_of_another_state(many: Assistant, question: str, searched: str) -> None:
    conversation = EMPTY_CONVERSATION.with_answer(many.ask("What was recommended to Kenya on schools?"))
    assert resolve(question, conversation, many.index.facets().report_names).question == searched
    thanked = conversation.with_answer(many.ask("thanks", conversation=conversation))
    assert thanked.turns == conversation.turns


@pytest.mark.parametrize(
    ("question", "reports"),
    [
        ("Quais são as recomendações no relatório do Quênia?", {"review-kenya-2009"}),
        ("O que foi recomendado no Peru sobre escolas?", {"review-peru-2012"}),
        ("Recommendations not only to Kenya on schools", {"review-kenya-2009"}),
    ],
)
def test_what_denies_nothing_turns_no_condition_round(many: Assistant, question: str, reports: set[str]) -> None:
    assert parse(question, many.index.facets()).excluded == NO_FILTER
    assert {citation.passage.report_id for citation in many.ask(question).citations} == reports


@pytest.mark.parametrize(
    "question",
    [
        "Recommendations made by Cape {} Verde",
        "Recommendations of Norway not in the Kenya report and not in the Peru report",
    ],
)
def test_no_author_is_said_of_the_author_alone(many: Assistant, question: str) -> None:
    assert "no recommendation made by Norway" not in many.ask(question).text


@pytest.mark.parametrize(
    "said", ["Thanks for that. What did Norway ask of Kenya?", "ayuda", "obrigado o Estado a pagar?"]
)
def test_a_question_behind_thanks_is_a_question(many: Assistant, said: str) -> None:
    assert not parse(said, many.index.facets()).greets


@pytest.mark.parametrize(
    "said",
    [
        "hiya",
        "Merci beaucoup, bonne journée !",
        "quem és tu e para que serves?",
        "what are you good for?",
        "buona serata",
    ],
)
def test_what_is_said_to_the_product_itself_asks_nothing_of_the_reports(many: Assistant, said: str) -> None:
    assert many.ask(said).status is Status.GREETING


def test_a_common_word_is_no_state(many: Assistant) -> None:
    assert find_states_in_any_case("en la reunión se habló de دعم مالي") == ()
    assert find_states_in_any_case("la Réunion")[0][0] == "RE"


@pytest.mark.parametrize(
    ("question", "subject"),
    [("Kenya women committees", "women committees"), ("women committees in the Kenya review", "women committees")],
)
def test_a_word_of_its_own_behind_a_state_is_a_subject(many: Assistant, question: str, subject: str) -> None:
    read = parse(question, many.index.facets())
    assert (read.subject, read.filter.reports) == (subject, ("review-kenya-2009",))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("the first recommendation on women to Kenya", ["kenya 4"]),
        ("las dos primeras recomendaciones sobre escuelas a Kenia", ["kenya 2"]),
        ("the first recommendation to Kenya", ["kenya 1"]),
    ],
)
def test_the_first_on_a_subject_is_the_first_of_those_on_it(many: Assistant, question: str, wanted: list[str]) -> None:
    assert numbers(many.ask(question)) == wanted


def test_a_question_is_parsed_as_fast_over_many_reports(many: Assistant) -> None:
    def seconds(facets: Facets) -> float:
        parse("", facets)
        began = perf_counter()
        for _ in range(20):
            parse("Which recommendations did Norway make on schools?", facets)
        return perf_counter() - began

    few, store = many.index.facets(), many.index.store
    rows = {f"report-{at}": list(range(at * 100, at * 100 + 100)) for at in range(10_000)}
    crowd = Facets(store)
    crowd._columns["report_id"] = {**few._column("report_id"), **rows}
    crowd.__dict__["reports"] = (*few.reports, *rows)
    crowd.__dict__["report_names"] = few.report_names
    assert seconds(crowd) < 5 * seconds(few)


@pytest.mark.parametrize("question", ["informe de Kenia 2009: escuelas", "the 2009 report on Kenya 2009, escuelas"])
def test_the_year_of_the_report_behind_its_name_is_no_subject(many: Assistant, question: str) -> None:
    read = parse(question, many.index.facets())
    assert (read.filter.reports, read.subject) == (("review-kenya-2009",), "escuelas")


def test_words_on_no_record_more_than_on_another_only_ask_and_are_said_to_be_left_out(
    tmp_path: Path, assistant: Assistant
) -> None:
    items = "\n".join(f"{n}. Build {n} more schools in the villages (Norway);" for n in range(1, 13))
    for state in ("Kenya", "Peru"):
        text = f"# Report on {state}\n\n## Recommendations\n\nRecommendations were made to {state}:\n\n{items}\n"
        (tmp_path / f"review-{state.lower()}.md").write_text(text, encoding="utf-8")
    made = Assistant(tmp_path / "index", embedder=assistant.embedder())
    made.index.update(find_sources([tmp_path]), assistant.embedder)
    asked = made.ask("how many recs did Norway make to Kenya?")
    assert (asked.status, asked.total) == (Status.ANSWERED, 12)
    assert "recs" in asked.statements[0].text


def test_words_on_none_of_a_few_records_are_a_subject(many: Assistant) -> None:
    for asked in ("against piracy", "on nuclear power plants"):
        answer = many.ask(f"How many recommendations did Norway make to Kenya {asked}?")
        assert answer.status is not Status.ANSWERED


def test_the_language_in_the_name_of_a_file_is_no_state(tmp_path: Path, assistant: Assistant) -> None:
    for name in ("uk_rivers.md", "fr_lakes.md"):
        (tmp_path / name).write_text(LETTER.replace("ríos", name), encoding="utf-8")
    made = Assistant(tmp_path / "index", embedder=assistant.embedder())
    made.index.update(find_sources([tmp_path]), assistant.embedder)
    assert not made.index.facets().report_names.find_states("what did the United Kingdom say?")


def test_of_those_compared_what_was_recommended_goes_before_what_was_said(many: Assistant) -> None:
    found = many.search("schools in the villages")
    first = next(hit for hit in found.hits if hit.passage.recommends)
    said = replace(first, passage=replace(first.passage, id="said", kind=Kind.PARAGRAPH))
    asked = select_beside(replace(found, hits=(said, first)))
    assert [hit.passage.id for hit in asked] == [first.passage.id, "said"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What does recommendation 2 to Kenya, the last recommendation, say?", ["kenya 2"]),
        ("What does the second recommendation to Kenya say about schools?", ["kenya 2"]),
        ("What is the second recommendation on the police to Kenya?", []),
    ],
)
def test_a_number_that_is_named_goes_before_a_place(many: Assistant, question: str, wanted: list[str]) -> None:
    read = parse(question, many.index.facets())
    assert bool(read.numbers) is bool(wanted)
    assert not wanted or numbers(many.ask(question)) == wanted


@pytest.mark.parametrize("said", ["Hola! Thanks!", "merci, bye", "Ciao, thanks"])
def test_a_greeting_may_mix_languages(many: Assistant, said: str) -> None:
    assert many.ask(said).status is Status.GREETING


@pytest.mark.parametrize("file", ["cote-d-ivoire-2009", "st-lucia-2010"])
def test_short_words_of_a_state_stay_in_a_files_name(file: str, tmp_path: Path, assistant: Assistant) -> None:
    for name in (file, "rivers"):
        (tmp_path / f"{name}.md").write_text(LETTER.replace("ríos", name[:4]), encoding="utf-8")
    made = Assistant(tmp_path / "index", embedder=assistant.embedder())
    made.index.update(find_sources([tmp_path]), assistant.embedder)
    named = "Saint Lucia" if "lucia" in file else "Côte d'Ivoire"
    assert made.index.facets().report_names.find_states(f"what did {named} do?")
