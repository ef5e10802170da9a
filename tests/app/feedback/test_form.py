"""What is said to a visitor who gives an opinion; nobody fills the disk with them, or makes an index."""

from pathlib import Path

import pytest

from app.feedback.form import prepare_feedback_file, reason_choices, submit_feedback
from app.feedback.log import REASONS, append, build_entry, read
from app.i18n.labels import LABELS, LANGUAGES
from app.settings import Settings
from retrieval.assistant import Assistant
from retrieval.limits import NOTE, OPINIONS
from retrieval.results import Answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_heard_is_thanked_for_in_the_page_s_language(answer: Answer, tmp_path: Path, language: str) -> None:
    file, words = tmp_path / "feedback.jsonl", LABELS[language].feedback
    assert submit_feedback(file, (), language, good=True) is None
    first = submit_feedback(file, (answer,), language, good=True)
    nothing = submit_feedback(file, (answer,), language, good=False, chosen=["nonsense"], note=" ")
    second = submit_feedback(file, (answer,), language, good=False, chosen=["missing"], given=1)
    assert first
    assert nothing
    assert second
    assert words.thanks_good in first.said
    assert (words.choose in nothing.said, nothing.kept, nothing.given) == (True, False, 0)
    assert (words.thanks in second.said, second.given) == (True, 2)
    assert len(read(file).entries) == 2
    assert [value for _, value in reason_choices(words)] == list(REASONS)


def test_nobody_fills_the_disk(answer: Answer, tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    last = submit_feedback(file, (answer,), "en", good=True, given=OPINIONS.most)
    long = submit_feedback(file, (answer,), "en", good=False, note="x" * 1_000_000)
    assert last
    assert long
    assert "many opinions" in last.said
    assert "shorten" in long.said
    assert not long.kept
    assert not file.exists()
    append(file, build_entry(answer, good=False, note="ñ" * NOTE.most))
    (tmp_path / "full").mkdir()
    refused = submit_feedback(tmp_path / "full", (answer,), "en", good=True)  # a folder stands there
    assert refused
    assert "could not be kept" in refused.said
    assert str(tmp_path) not in refused.said


def test_an_index_that_is_gone_is_not_made_by_an_opinion(answer: Answer, tmp_path: Path) -> None:
    bare, elsewhere = Assistant(tmp_path / "index"), tmp_path / "new folder" / "feedback.jsonl"
    for settings in (Settings(), Settings(feedback=tmp_path / "index" / "feedback.jsonl")):
        refused = submit_feedback(prepare_feedback_file(bare, settings), (answer,), "es", good=True)
        assert refused
        assert LABELS["es"].feedback.kept_not in refused.said
        assert not (tmp_path / "index").exists()
    kept = submit_feedback(prepare_feedback_file(bare, Settings(feedback=elsewhere)), (answer,), "es", good=True)
    assert kept
    assert kept.kept
    assert elsewhere.exists()
