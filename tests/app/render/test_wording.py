"""How values are shown as text."""

from app.render.wording import diff_words
from ingest.report import Kind, Passage
from retrieval.index.diff import RecordChange


def diff(before: str, after: str) -> list[tuple[str, str]]:
    return diff_words(RecordChange(_passage(before), _passage(after)))


def _passage(text: str) -> Passage:
    return Passage("a#r01", "a", Kind.RECOMMENDATION, "1", (), "", text, 0, len(text), 1, 1, "es")


def test_the_words_that_changed() -> None:
    before, after = "a b c d e f g se adopta un fin civil", "a b c d e f g se toma un fin más civil"
    assert diff(before, after) == [
        ("same", "a b c … f g se"),
        ("gone", "adopta"),
        ("come", "toma"),
        ("same", "un fin"),
        ("come", "más"),
        ("same", "civil"),
    ]
    assert diff("a", "a") == [("same", "a")]
    assert diff("a", "b") == [("gone", "a"), ("come", "b")]


def test_a_long_passage_is_compared_in_a_moment() -> None:
    before, after = "a b " * 4_000, "a b b " * 4_000  # 1,000 words of it took 12 s
    assert [fate for fate, _ in diff(before, after)] == ["gone", "come"]
