"""What a statement says is what its citations quote: records, sentences that are pointed at, lead-ins, marks."""

from dataclasses import replace

import pytest

from ingest.report import Kind, Metadata, Passage, Report
from retrieval.results import Citation, Layer, Statement
from retrieval.verification.quotes import escape_marks, quote_statement, verify_quotes
from tests.retrieval.verification.test_quotes import CITATION, PASSAGE, START, TEXT, plain, source

GOVERNMENTS, MIGRANTS = Citation(1, PASSAGE, "Los gobiernos", START, START + 13), Citation(2, PASSAGE, "a los", 0, 0)
MIGRANTS = replace(MIGRANTS, start=TEXT.index("a los"), end=TEXT.index("a los") + 5)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("Piden «Los gobiernos» [1] y «a los» [2].", True),
        ("Piden «a los» [2] y «Los gobiernos» [1].", True),
        ("Piden «Los gobiernos» [2] y «a los» [1].", False),  # each under the other's mark
        ("Piden «Los gobiernos» [1].", False),
        ("Piden «Los gobiernos» [1] [2].", False),
        ("Piden «Los gobiernos» [1], «Los gobiernos» [1] y «a los» [2].", False),
        ("Piden «Los gobiernos» [1] y «a los» [2] [2].", False),
        ("Piden «Los gobiernos» [1] y «a los» [2], [1].", False),
        ("Piden «Los gobiernos» [1], «a los» [2] y «otros».", False),
        ("Piden «Los gobiernos» [1] y «a los» [2] ».", False),
        ("Piden ««Los gobiernos» [1] y «a los» [2].", False),
        ("Piden «Los  gobiernos» [1] y «a los» [2].", False),
        ("Piden Los gobiernos [1] y a los [2].", False),
    ],
)
def test_a_record_sentence_has_its_citations_in_quotes_each_with_its_mark(text: str, passes: bool) -> None:
    said = Statement(text, (GOVERNMENTS, MIGRANTS), Layer.RECORD)
    proved = verify_quotes([said], source)
    assert (proved.statements, dict(proved.dropped)) == (
        ((said,), {}) if passes else ((), {"words that are not in the record": 1})
    )


def test_one_quote_may_have_several_marks() -> None:
    again = replace(GOVERNMENTS, mark=3)
    said = Statement("Piden «Los gobiernos» [1] [3].", (GOVERNMENTS, again), Layer.RECORD)
    assert verify_quotes([said], source).statements == (said,)


SENTENCES = "Uno dice algo. Dos dice más. Tres calla."
OF_SENTENCES = Passage("s#r01", "s", Kind.RECOMMENDATION, "1", (), "", SENTENCES, 7, 7 + len(SENTENCES), 1, 2, "es")


@pytest.mark.parametrize(
    ("highlights", "passes"),
    [
        ([(7, 21)], True),
        ([(7, 21), (36, 47)], True),
        ([(22, 35)], True),
        ([(36, 47), (7, 21)], False),
        ([(7, 21), (7, 21)], False),
        ([(7, 20)], False),
        ([(0, 14)], False),
        ([(7, 35)], False),
    ],
)
def test_what_is_pointed_at_are_sentences_in_their_order(highlights: list[tuple[int, int]], passes: bool) -> None:
    report = Report("s", "Antes.\n" + SENTENCES, Metadata(title="S"), "0" * 64)
    citation = replace(Citation.whole(1, OF_SENTENCES), highlights=tuple(highlights))
    proved = verify_quotes([plain(citation)], lambda report_id: report)
    reason = "what it points at is no sentence of the quote"
    assert dict(proved.dropped) == ({} if passes else {reason: 1})
    wrong = replace(citation, highlights=((7, 21.0),))  # type: ignore[arg-type]
    assert dict(verify_quotes([plain(wrong)], lambda report_id: report).dropped) == {"offsets are not whole numbers": 1}


@pytest.mark.parametrize(
    ("lead_in", "before", "passes"),
    [
        ("Los Estados deben:", "Los Estados\n deben:\n", True),
        ("Los Estados deben:", "Los Estados podrían:\n", False),
        ("Los Estados deben:", "Los Estados deben:" + " " * 19_982, True),
        ("Los Estados deben:", "Los Estados deben:" + " " * 19_983, True),
        ("Los Estados deben:", "Los Estados deben:" + " " * 90_000, True),  # pages above
        ("Los Estados deben:", "Los Estados podrían:" + " " * 90_000, False),
        ("Fin", "", False),  # behind it
    ],
)
def test_a_lead_in_stands_in_front_of_its_part(lead_in: str, before: str, passes: bool) -> None:
    text = before + SENTENCES + " Fin"
    start = len(before)
    passage = replace(OF_SENTENCES, start=start, end=start + len(SENTENCES), lead_in=lead_in)
    report = Report("s", text, Metadata(title="S"), "0" * 64)
    proved = verify_quotes([plain(Citation.whole(1, passage))], lambda report_id: report)
    assert dict(proved.dropped) == ({} if passes else {"its lead-in is not in the source": 1})


def test_the_whole_report_may_be_one_passage() -> None:
    passage = replace(PASSAGE, text=TEXT, start=0, end=len(TEXT))
    assert verify_quotes([plain(Citation.whole(1, passage))], source).dropped == {}
    elsewhere = Report("other", TEXT, Metadata(title="T"), "0" * 64)
    assert verify_quotes([plain(CITATION)], lambda report_id: elsewhere).dropped == {"no such report": 1}


def test_a_quote_is_normalized_and_has_its_mark() -> None:
    statement = quote_statement(Citation(7, PASSAGE, "NO  deben\n crimi-\nnalizar", 0, 1))
    assert (statement.text, statement.layer) == ("NO deben crimi-nalizar [7]", Layer.QUOTE)
    assert [citation.mark for citation in statement.citations] == [7]
    assert escape_marks("a [1][22] [0] [x] «[3]»") == "a (1)(22) [0] [x] «(3)»"


def test_several_quotes_stand_side_by_side() -> None:
    both = Statement("Los gobiernos [1] a los [2]", (GOVERNMENTS, MIGRANTS))
    assert verify_quotes([both], source).statements == (both,)
    assert verify_quotes([replace(both, text="Los gobiernos [1]a los [2]")], source).statements == ()
    frame = Statement("Así consta.")
    assert verify_quotes(iter([frame, both]), source).statements == (frame, both)
