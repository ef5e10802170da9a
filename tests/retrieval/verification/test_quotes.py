"""The proof lets nothing through that is not in the source, whatever it is fed."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.public_data import public_folder
from ingest.errors import UnreadableReport
from ingest.readers.read import read_report
from ingest.report import Kind, Metadata, Passage, Report, normalize_for_display
from ingest.sources import find_sources
from ingest.split.splitter import split
from retrieval.results import Citation, Statement
from retrieval.verification.quotes import (
    find_citation_fault,
    find_citations,
    format_mark,
    quote_statement,
    verify_quotes,
)

TEXT = "Intro.\n• Los gobiernos NO deben   crimi-\nnalizar a los migrantes [2].\n1. Parte primera\nFin"
START, END = TEXT.index("Los"), TEXT.index("\n1.")
REPORT = Report("r", TEXT, Metadata(title="T"), "0" * 64)
PASSAGE = Passage("r#r01", "r", Kind.RECOMMENDATION, "1", (), "", TEXT[START:END], START, END, 1, 2, "es")
CITATION = Citation.whole(1, PASSAGE)


def source(report_id: str) -> Report | None:
    return REPORT if report_id == "r" else None


def plain(citation: Citation) -> Statement:
    return Statement(f"{normalize_for_display(citation.quote)} {format_mark(citation.mark)}", (citation,))


def test_a_true_quote_passes() -> None:
    citation = Citation(1, PASSAGE, "Los gobiernos NO deben", START, START + 22)
    assert verify_quotes([quote_statement(citation)], source).statements == (quote_statement(citation),)


def test_a_frame_sentence_passes_and_one_with_a_mark_does_not() -> None:
    frame, marked = Statement("Una recomendación lo dice:"), Statement("Así consta [1]")
    proved = verify_quotes([frame, marked], source)
    assert proved.statements == (frame,)
    assert proved.dropped == {"a mark without a citation": 1}


@pytest.mark.parametrize(
    ("citation", "reason"),
    [
        (replace(CITATION, quote=CITATION.quote.replace("NO ", "")), "not a slice of the source"),
        (replace(CITATION, quote=CITATION.quote.replace("deben", "podrían")), "not a slice of the source"),
        (replace(CITATION, quote=normalize_for_display(CITATION.quote)), "not a slice of the source"),
        (replace(CITATION, quote=CITATION.quote + " "), "not a slice of the source"),
        (replace(CITATION, start=START + 1), "not a slice of the source"),
        (replace(CITATION, start=START - 1), "outside its passage"),
        (replace(CITATION, end=END + 1), "outside its passage"),
        (replace(CITATION, start=END, end=START), "outside its passage"),
        (replace(CITATION, start=START, end=START, quote=""), "outside its passage"),
        (replace(CITATION, start=-5, end=-1, quote=TEXT[-5:-1]), "outside its passage"),
        (replace(CITATION, end=10**9), "outside its passage"),
        (replace(CITATION, start=True), "offsets are not whole numbers"),
        (replace(CITATION, start=float(START)), "offsets are not whole numbers"),  # type: ignore[arg-type]
        (replace(CITATION, mark=0), "not a mark"),
        (replace(CITATION, mark="1"), "offsets are not whole numbers"),  # type: ignore[arg-type]
        (replace(CITATION, passage=replace(PASSAGE, report_id="other")), "no such report"),
        (replace(CITATION, passage=replace(PASSAGE, text="Otra cosa")), "its passage is not a slice of the source"),
        (replace(CITATION, passage=replace(PASSAGE, lead_in="Nadie dijo:")), "its lead-in is not in the source"),
        (Citation(1, PASSAGE, "   ", TEXT.index("   "), TEXT.index("   ") + 3), "nothing but white space"),
    ],
)
def test_a_false_citation_is_refused_by_name(citation: Citation, reason: str) -> None:
    proved = verify_quotes([Statement("x", (citation,))], source)
    assert proved.statements == ()
    assert proved.dropped == {reason: 1}


@pytest.mark.parametrize(
    "text",
    [
        "Los gobiernos deben criminalizar a los migrantes [1]",
        f"{normalize_for_display(CITATION.quote)} Y algo más. [1]",
        f"{normalize_for_display(CITATION.quote)}",
        f"{normalize_for_display(CITATION.quote)} [3]",
        f"<b>{normalize_for_display(CITATION.quote)}</b> [1]",
        f"{CITATION.quote} [1]",
        "",
    ],
)
def test_a_text_that_is_not_its_quotes_is_refused(text: str) -> None:
    proved = verify_quotes([Statement(text, (CITATION,))], source)
    assert proved.statements == ()
    assert proved.dropped == {"words that are not in the quote": 1}


def test_a_source_that_writes_marks_of_its_own_can_be_quoted() -> None:
    """ "[2]" stands in the report itself: quoting it makes no citation of it."""
    proved = verify_quotes([plain(CITATION)], source)
    assert proved.dropped == {}
    assert proved.statements == (plain(CITATION),)


def test_one_false_citation_spoils_only_its_statement() -> None:
    good = plain(Citation(1, PASSAGE, "Los gobiernos", START, START + 13))
    bad = plain(Citation(2, PASSAGE, "Los Gobiernos", START, START + 13))
    assert verify_quotes([bad, good, bad], source).statements == (good,)
    assert verify_quotes([bad, good, bad], source).dropped == {"not a slice of the source": 2}


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("[1]", [1]),
        ("a [1][2] b [12]", [1, 2, 12]),
        ("[0] [01] [-1] [ 1 ] [1 ] [1,2] [٣] [１] [] [a] [12345]", []),
        ("[[1]]", [1]),
        ("[1\n]", []),
    ],
)
def test_marks_are_read_one_way(text: str, marks: list[int]) -> None:
    assert find_citations(text) == marks


@settings(max_examples=500, deadline=None)
@given(
    start=st.integers(-5, len(TEXT) + 5),
    end=st.integers(-5, len(TEXT) + 5),
    quote=st.one_of(st.text(max_size=40), st.sampled_from([TEXT[a:b] for a in range(8, 60, 3) for b in (70, 60)])),
    number=st.integers(-1, 3),
    words=st.one_of(st.none(), st.text(max_size=30)),
)
def test_whatever_comes_only_slices_leave(start: int, end: int, quote: str, number: int, words: str | None) -> None:
    citation = Citation(number, PASSAGE, quote, start, end)
    text = f"{normalize_for_display(quote)} {format_mark(number)}" if words is None else words
    for statement in verify_quotes([Statement(text, (citation,))], source).statements:
        assert TEXT[start:end] == quote
        assert statement.text == f"{normalize_for_display(TEXT[start:end])} [{number}]"
        assert START <= start < end <= END


def test_every_record_of_a_long_list_can_be_quoted_however_far_its_lead_in_is(tmp_path: Path) -> None:
    asked = "The State must mend the wells of the valley, and tell how many were dry in the summer before that."
    items = "\n".join(f"87.{count}. {asked}" for count in range(1, 401))
    path = tmp_path / "long.txt"
    path.write_text(f"Report\n\nRecommendations\n\n87. The following recommendations were made:\n\n{items}\n")
    assert len(list_unquotable(path)) == 0
    report = read_report(path, "r")
    last = split(report)[-1]
    assert last.lead_in
    assert last.start > 30_000
    citation = Citation.whole(1, replace(last, lead_in="Nobody said so:"))
    assert find_citation_fault(citation, report) == "its lead-in is not in the source"


def list_unquotable(path: Path) -> list[tuple[str, str]]:
    """The records of a file that the proof would drop, each with the reason."""
    report = read_report(path, "r")
    faults = ((record, find_citation_fault(Citation.whole(1, record), report)) for record in split(report))
    return [(record.id, fault) for record, fault in faults if fault]


@pytest.mark.survey
def test_every_record_of_every_report_of_other_people_can_be_quoted() -> None:
    data = public_folder()
    if data is None:
        pytest.skip("RELATORIA_DATA is not set")
    for path in find_sources([data]).files:
        with suppress(UnreadableReport):
            assert list_unquotable(path) == [], path
