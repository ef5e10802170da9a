"""Groundedness by hand: two short reports, answers right and wrong in one place each."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evals.metrics.groundedness import Groundedness, keeps_strength, measure_groundedness
from evals.metrics.measures import Share
from ingest.report import Kind, Metadata, Passage, Report
from retrieval.results import Answer, Citation, Hit, Layer, Score, Statement, Status

FIRST, SECOND = "Los países deben cooperar.", "Se podría\ncrear un fondo."
TEXT = f"Informe\n{FIRST}\n{SECOND}\n"
REPORT = Report("r", TEXT, Metadata(title="Informe", language="es"), "0" * 64)


def passage(number: int, text: str, words: str) -> Passage:
    start = TEXT.index(text)
    end = start + len(text)
    kind = Kind.RECOMMENDATION
    made = Passage(f"r#1-r0{number}", "r", kind, str(number), (), "", text, start, end, 1, number + 1, "es")
    return replace(made, strength_words=(words,))


ONE, TWO = passage(1, FIRST, "deben"), passage(2, SECOND, "podría")
QUOTES = (Citation.whole(1, ONE), Citation.whole(2, TWO))
SHOWN = "Se podría crear un fondo."  # a quote as it is read: white space is one space
FRAME = Statement("Two recommendations answer this:")
QUOTE = Statement(f"{FIRST} [1] {SHOWN} [2]", QUOTES)
RECORD = Statement(f"To the States: «{FIRST}» [1]; «{SHOWN}» [2].", QUOTES, Layer.RECORD)
WRITTEN = Statement("Countries must cooperate [1].", QUOTES[:1], Layer.WRITTEN)


def answer(*statements: Statement, **more: object) -> Answer:
    hits = tuple(Hit(each, Score(0.5, 0.5, 0.5), rank) for rank, each in enumerate((ONE, TWO), 1))
    made = Answer("?", "?", "en", Status.ANSWERED, statements, hits=hits)
    return replace(made, **more)  # type: ignore[arg-type]


def measure(given: Answer, proves: Callable[[Statement, str], bool] = lambda written, language: True) -> Groundedness:
    return measure_groundedness(given, {"r": REPORT}.get, proves)


def count(*statements: Statement) -> int:
    return measure(answer(*statements)).statements.count


def test_an_answer_of_every_layer_is_grounded() -> None:
    assert measure(answer(FRAME, QUOTE, RECORD, WRITTEN)) == Groundedness(Share(4, 4), Share(5, 5))


def test_what_is_beside_the_answer_counts() -> None:
    measured = measure(answer(QUOTE, borderline=(FRAME, replace(QUOTE, text="else [1] [2]")), nearest=QUOTES))
    assert measured == Groundedness(Share(2, 3), Share(6, 6))


@pytest.mark.parametrize(
    "wrong",
    [
        Statement(f"It is written: {FIRST}"),  # words of the report that look like ours
        Statement("Two recommendations answer this [1]:"),  # a mark of nothing
        replace(QUOTE, text=f"{FIRST} [1]"),
        replace(QUOTE, text=f"{FIRST} [2] {SHOWN} [1]"),
        replace(QUOTE, text=f"{FIRST} {SHOWN}"),
        replace(QUOTE, text=f"{FIRST} [1]  {SHOWN} [2]"),
        replace(RECORD, text=f"To the States: «{FIRST}» [1]; «{FIRST}» [2]."),
        replace(RECORD, text=f"To the States: «{FIRST}» [1]."),
        replace(RECORD, text=f"To the States: «{FIRST}» [1]; «{SHOWN}» [2]; see [2]."),
        replace(WRITTEN, text="Countries must cooperate [2]."),
        replace(WRITTEN, text="Countries must cooperate."),
    ],
)
def test_each_way_of_not_being_grounded_is_counted(wrong: Statement) -> None:
    assert measure(answer(FRAME, QUOTE, wrong)).statements == Share(2, 3)


@pytest.mark.parametrize(
    "changed",
    [
        {"quote": "Los países deben cooperar"},
        {"end": ONE.end - 1, "quote": FIRST[:-2]},
        {"start": 0, "quote": TEXT[: ONE.end]},  # the report's words, and more than the passage
        {"end": ONE.end + 1, "quote": FIRST + "\n"},
        {"passage": replace(ONE, report_id="other")},
        {"passage": replace(ONE, text="Los países podrían cooperar.")},
        {"passage": replace(ONE, start=ONE.start + 1)},
        {"passage": replace(ONE, end=ONE.end - 1)},
    ],
    ids=["end", "shorter", "before", "after", "report", "words", "start", "stop"],
)
def test_a_quote_is_the_reports_and_within_its_passage(changed: dict[str, object]) -> None:
    wrong = replace(QUOTES[0], **changed)  # type: ignore[arg-type]
    measured = measure(answer(replace(WRITTEN, citations=(wrong,)), nearest=(wrong, QUOTES[1])))
    assert measured == Groundedness(Share(0, 1), Share(1, 3))


def test_part_of_a_passage_may_be_quoted() -> None:
    part = replace(QUOTES[0], start=ONE.start + 4, quote="países deben cooperar.")
    assert measure(answer(Statement("países deben cooperar. [1]", (part,)))).statements == Share(1, 1)


def test_a_mark_names_one_passage_in_the_whole_answer() -> None:
    other = Statement(f"{SHOWN} [1]", (replace(QUOTES[1], mark=1),))
    assert count(QUOTE, other) == 1  # mark 1 is the first passage's
    assert count(Statement(f"{FIRST} [1]", QUOTES[:1]), Statement(f"{FIRST} [3]", (replace(QUOTES[0], mark=3),))) == 1
    swapped = Statement(f"«{FIRST}» [2]", (replace(QUOTES[0], mark=2),), Layer.RECORD)
    assert count(swapped, QUOTE) == 1  # quotes set the marks, wherever they stand


def test_a_written_sentence_is_put_to_the_proof_in_its_language() -> None:
    asked: list[tuple[Statement, str]] = []

    def proves(written: Statement, language: str) -> bool:
        asked.append((written, language))
        return False

    assert measure(answer(QUOTE, RECORD, WRITTEN), proves).statements == Share(2, 3)
    assert asked == [(WRITTEN, "en")]


def test_facts_of_ours_are_no_words_of_a_report() -> None:
    fact = Hit(replace(ONE, kind=Kind.FACT, text="Two recommendations answer this:"), Score(0.5, 0.5, 0.5), 3)
    assert measure(answer(FRAME, hits=(fact,))).statements == Share(1, 1)
    recommended = replace(fact, passage=replace(fact.passage, kind=Kind.RECOMMENDATION))
    assert measure(answer(FRAME, hits=(recommended,))).statements == Share(0, 1)


def test_a_quote_keeps_the_words_of_its_strength() -> None:
    cut = replace(QUOTES[0], end=ONE.start + 10, quote="Los países")
    assert keeps_strength(answer(FRAME, QUOTE))
    assert not keeps_strength(answer(QUOTE, Statement("Los países [1]", (cut,))))
    assert keeps_strength(answer(QUOTE, Statement("Countries must [1]", (cut,), Layer.WRITTEN)))
    broken = replace(TWO, strength_words=("podría\ncrear",))  # over the end of a line
    assert keeps_strength(answer(Statement(f"{SHOWN} [2]", (replace(QUOTES[1], passage=broken),))))
