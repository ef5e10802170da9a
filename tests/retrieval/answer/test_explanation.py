"""What became of each hypothesis on a question, which reading was better, and what the answer was measured against."""

import pytest

from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.query.conversation import EMPTY_CONVERSATION
from tests.retrieval.query.test_named_reports import LETTER, REVIEW


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Assistant:
    folder = tmp_path_factory.mktemp("many")
    for name, state in (("review-kenya-2009.md", "Kenya"), ("review-peru-2012.md", "Peru")):
        (folder / name).write_text(REVIEW.format(state=state, other="Chile", theme="torture"), encoding="utf-8")
    (folder / "carta.md").write_text(LETTER, encoding="utf-8")
    made = Assistant(folder / "index", embedder=assistant.embedder())
    made.index.update(find_sources([folder]), assistant.embedder)
    return made


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Norway's recommendations to Kenya on schools",
         [("recommendations to Kenya", "reports", "used"), ("Norway", "by", "used")]),
        ("List all obligatory recommendations to Kenya",
         [("recommendations to Kenya", "reports", "used"), ("obligation", "strength", "left nothing")]),
        ("which recommendations to Kenya are not made by Norway?",
         [("recommendations to Kenya", "reports", "used"), ("made by Norway", "by", "negated")]),
        ("recommendations 2 to 4 to Kenya",
         [("Kenya", "reports", "used"), ("2 to 4", "numbers", "used"), ("Kenya", "addressee", "a better one")]),
    ],
)  # fmt: skip
def test_it_is_explained_what_became_of_each_hypothesis(
    many: Assistant, question: str, read: list[tuple[str, str, str]]
) -> None:
    explained = many.ask(question).explanation
    assert explained is not None
    told = [(it.words, it.facet, str(it.fate)) for it in explained.hypotheses]
    assert [it for it in read if it not in told] == []
    reports = next(it for it in explained.hypotheses if it.facet == "reports")
    assert reports.values == ("Report of the Working Group on the Kenya",)
    assert (explained.language, explained.decided_by) == ("en", "question")


def test_the_better_reading_of_a_follow_up_is_explained(many: Assistant) -> None:
    conversation = EMPTY_CONVERSATION.with_answer(many.ask("What was recommended to Kenya on schools?"))
    explained = many.ask("And Peru?", conversation=conversation).explanation
    assert explained is not None
    assert (explained.question, explained.decided_by) == ("What was recommended to Peru on schools?", "conversation")
    assert explained.subject == "schools"
    assert set(explained.first) == {"probability", "late", "answers", "nearness"}
    assert list(explained.thresholds) == ["answer", "borderline", "related", "scope"]
