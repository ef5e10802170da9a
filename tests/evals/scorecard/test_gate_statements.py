"""The gate names what is said wrongly: another passage's mark, a quote that the report lacks, words left out."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from evals.run.runner import SystemUnderTest
from ingest.report import Strength
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer, Citation, Layer, Statement
from tests.evals.scorecard.healthy import Change, Healthy, names

_MARK = re.compile(r"\[(\d+)\]")


class Changed:
    """The product, its answers changed on their way; all of them, or those to some questions ``only``."""

    def __init__(self, asked: SystemUnderTest, change: Change, only: Collection[str] = ()) -> None:
        self._asked = asked
        self._change = change
        self._only = only
        self.report = asked.report

    def ask(self, question: str, *, conversation: Conversation = EMPTY_CONVERSATION) -> Answer:
        answer = self._asked.ask(question, conversation=conversation)
        return self._change(answer) if not self._only or question in self._only else answer


def each(answer: Answer, change: Callable[[Statement], Statement]) -> Answer:
    return replace(answer, statements=tuple(map(change, answer.statements)))


def next_mark(text: str) -> str:
    return _MARK.sub(lambda found: f"[{int(found[1]) + 1}]", text)


def marks_off_by_one(answer: Answer) -> Answer:
    return each(answer, lambda statement: replace(statement, text=next_mark(statement.text)))


def citations_off_by_one(answer: Answer) -> Answer:
    return each(
        answer,
        lambda statement: replace(
            statement, citations=tuple(replace(some, mark=some.mark + 1) for some in statement.citations)
        ),
    )


def both_off_by_one_in_records(answer: Answer) -> Answer:
    """In themselves these are whole: only the rest of the answer shows whose the mark is."""

    def moved(statement: Statement) -> Statement:
        if statement.layer is not Layer.RECORD:
            return statement
        cited = tuple(replace(some, mark=some.mark + 1) for some in statement.citations)
        return replace(statement, text=next_mark(statement.text), citations=cited)

    return each(answer, moved)


def swapped(answer: Answer) -> Answer:
    """The citations of the first two quotes, each under the other's words."""
    quotes = [
        n for n, statement in enumerate(answer.statements) if statement.citations and statement.layer is Layer.QUOTE
    ]
    if len(quotes) < 2:
        return answer
    first, second = quotes[:2]
    statements = list(answer.statements)
    for n, other in ((first, second), (second, first)):
        statements[n] = replace(answer.statements[n], citations=answer.statements[other].citations)
    return replace(answer, statements=tuple(statements))


def swapped_under_their_marks(answer: Answer) -> Answer:
    """The same, and each citation is given the mark that stands there."""
    changed = swapped(answer)
    pairs = zip(answer.statements, changed.statements, strict=True)
    kept = [
        replace(
            after,
            citations=tuple(
                replace(citation, mark=n.mark) for citation, n in zip(after.citations, before.citations, strict=False)
            ),
        )
        for before, after in pairs
    ]
    return replace(changed, statements=tuple(kept))


def without_its_citation(answer: Answer) -> Answer:
    """The last quote without mark and citation, as if its words were our own."""
    last = answer.statements[-1] if answer.statements else None
    if not last or not last.citations or last.layer is not Layer.QUOTE or len(answer.citations) < 2:
        return answer
    bare = Statement(_MARK.sub("", last.text).strip())
    return replace(answer, statements=(*answer.statements[:-1], bare))


@pytest.mark.parametrize(
    "change",
    [
        marks_off_by_one,
        citations_off_by_one,
        both_off_by_one_in_records,
        swapped,
        swapped_under_their_marks,
        without_its_citation,
    ],
)
def test_a_mark_that_names_another_passage(healthy: Healthy, change: Change) -> None:
    """In one answer of all; what it says is named in that answer's language too."""
    only = healthy.judged(change)
    language = next(case.language for case in healthy.cases if case.question == only)
    found = healthy.worse(Changed(healthy.asked, change, {only}))
    assert names(found, "groundedness: ", f"groundedness, {language}: ")


def rewritten(old: str, new: str, *, text: bool = True, passage: bool = False) -> Change:
    """Other words in the first quote that has the old ones: in the citation, in the text shown, in its passage."""

    def cited(citation: Citation) -> Citation:
        there = (
            replace(citation.passage, text=citation.passage.text.replace(old, new, 1)) if passage else citation.passage
        )
        return replace(citation, quote=citation.quote.replace(old, new, 1), passage=there)

    def change(answer: Answer) -> Answer:
        return each(
            answer,
            lambda statement: replace(
                statement,
                text=statement.text.replace(old, new, 1) if text and statement.citations else statement.text,
                citations=tuple(map(cited, statement.citations)),
            ),
        )

    return change


@pytest.mark.parametrize(
    "change",
    [
        rewritten("migrantes", "migrantez", text=False),
        rewritten("migrantes", "migrantez"),
        rewritten("migrantes", "migrantez", passage=True),
        rewritten("no justifican", "justifican"),
        rewritten("deben", "pueden", passage=True),
    ],
)
def test_a_quote_that_is_not_what_the_report_says(healthy: Healthy, change: Change) -> None:
    found = healthy.worse(Changed(healthy.asked, change, {healthy.judged(change)}))
    assert names(found, "quotes exact: ", "groundedness: ", "case ")


def test_words_shown_that_are_not_the_quote(healthy: Healthy) -> None:
    """The citation is right, and the text above it has lost its "no"."""

    def change(answer: Answer) -> Answer:
        return each(
            answer, lambda statement: replace(statement, text=statement.text.replace("no justifican", "justifican"))
        )

    found = healthy.worse(Changed(healthy.asked, change, {healthy.judged(change)}))
    assert names(found, "groundedness: ", "case ")
    assert not any(line.startswith("quotes exact") for line in found)


def test_a_quote_cut_before_its_obligation(healthy: Healthy) -> None:
    """What is left is the report's, character by character: only that it must be done is gone."""

    def cut(statement: Statement) -> Statement:
        if (
            statement.layer is not Layer.QUOTE
            or not statement.citations
            or statement.citations[0].passage.strength is not Strength.OBLIGATION
        ):
            return statement
        cited = statement.citations[0]
        at = cited.quote.rfind(" deben ") + len(" deben ")
        if at < len(" deben "):
            return statement
        rest = replace(cited, quote=cited.quote[at:], start=cited.start + at)
        return replace(statement, text=f"{' '.join(rest.quote.split())} [{rest.mark}]", citations=(rest,))

    def change(answer: Answer) -> Answer:
        return each(answer, cut)

    found = healthy.worse(Changed(healthy.asked, change, {healthy.judged(change)}))
    assert names(found, "strength kept: ")
