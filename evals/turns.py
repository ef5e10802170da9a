"""Conversations: turns that lean on what was said before, what a right answer to each must cite, what came of it.

    {"half": "fit", "turns": [{"question": "…", "language": "es", "any": ["1.1-r09"]},
                              {"question": "the second", "language": "en", "mark": 2}]}

A line is a conversation. A turn's gold is as in `cases.py`, or a ``mark``: the passage that the last answer
with marks showed under it. Rules were written looking at the half "fit" alone; "report" says what they are
worth. Run: python -m evals.turns
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from rich.markup import escape
from rich.table import Table

from evals.bundled import bundled
from evals.cases import CASES, BadCase, Case, case_of
from evals.measures import Share, covers
from evals.screen import wide_console
from ingest.errors import RelatoriaError
from retrieval.answer import Answer, Status
from retrieval.assistant import Assistant
from retrieval.conversation import ALONE, Conversation

TURNS = CASES / "turns"
HALVES = ("fit", "report")
TOP = 3  # passages


class Talked(Protocol):
    """What is put to the test; retrieval.assistant.Assistant is one."""

    def ask(self, question: str, *, conversation: Conversation) -> Answer:
        """The answer to a question, after what was said before."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """A turn: a case, whose gold may be what stood under a mark of the last answer that had any."""

    case: Case
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, and which half it belongs to."""

    half: str
    turns: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a turn."""

    half: str
    first: bool  # of its conversation: it leans on nothing
    case: Case  # with the gold that its mark meant
    status: str
    searched: str = ""
    language: str = ""
    top: tuple[str, ...] = ()  # ids of the first passages: those cited, then those found

    @property
    def found(self) -> bool:
        return any(covers(one, gold) for one in self.top for gold in self.case.gold)

    @property
    def right(self) -> bool:
        """An answer with a right passage near its head, or a refusal where one is due."""
        answered = self.status == Status.ANSWERED
        return (answered and self.found) if self.case.answerable else self.status == self.case.status


def found_in_turn(came: Sequence[Came]) -> Share:
    """Answerable turns that follow another, with a right passage among the first three.

    >>> case = Case("and for women?", "en", Status.ANSWERED, ("r#2",))
    >>> later = Came("fit", False, case, "answered", top=("r#1", "r#2"))
    >>> missed = Came("fit", False, case, "answered", top=("r#1",))
    >>> opening = Came("fit", True, case, "answered", top=("r#2",))
    >>> refused = Came("fit", False, Case("bread?", "en", Status.OUT_OF_SCOPE), "answered")
    >>> found_in_turn([opening, later, missed, refused])  # the first leans on nothing, the last has no answer
    Share(count=1, of=2)
    """
    later = [one for one in came if not one.first and one.case.answerable]
    return Share(sum(one.found for one in later), len(later))


def measured(came: Sequence[Came]) -> dict[str, Share]:
    """All measures of some turns, by name; the first turns of conversations count in none."""
    later = [one for one in came if not one.first]
    present = [one for one in later if one.case.answerable]
    absent = [one for one in later if not one.case.answerable]
    return {
        f"right passage in the top {TOP}": found_in_turn(came),
        "right": Share(sum(one.right for one in later), len(later)),
        "refused though present": Share(sum(one.status != Status.ANSWERED for one in present), len(present)),
        "answered though absent": Share(sum(one.status == Status.ANSWERED for one in absent), len(absent)),
        "language right": Share(sum(one.language == one.case.language for one in later), len(later)),
    }


def load_turns(path: Path, passage_ids: Iterable[str]) -> list[Talk]:
    """The conversations of a file. Raises BadCase at the first line that is wrong."""
    ids = frozenset(passage_ids)
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [_talk(line, f"{path.name}, line {number}", path.stem, ids) for number, line in lines if line.strip()]


def _talk(line: str, where: str, report_id: str, ids: frozenset[str]) -> Talk:
    try:
        stated = json.loads(line)
        half, turns = stated["half"], stated["turns"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadCase(f'{where} is no conversation ({error!r}). Write an object with "half" and "turns".') from error
    if half not in HALVES:
        raise BadCase(f'{where}: "half" is {half!r}. Give one of {", ".join(HALVES)}.')
    said = []
    for number, turn in enumerate(turns, start=1):
        place = f"{where}, turn {number}"
        mark = turn.pop("mark", None)
        if mark is None:
            said.append(Said(case_of(json.dumps(turn), place, report_id, ids)))
        elif isinstance(mark, int) and mark > 0 and number > 1:
            stated = json.dumps(turn | {"status": Status.OUT_OF_SCOPE})  # which has no gold, as yet
            said.append(Said(replace(case_of(stated, place, report_id, ids), status=Status.ANSWERED), mark))
        else:
            raise BadCase(f'{place}: "mark" is {mark!r}. Give the number of a mark that an earlier answer shows.')
    return Talk(half, tuple(said))


def run_turns(asked: Talked, talks: Iterable[Talk]) -> list[Came]:
    """What came of every turn, in order; an exception ends no conversation."""
    return [came for talk in talks for came in _run_talk(asked, talk)]


def _run_talk(asked: Talked, talk: Talk) -> list[Came]:
    conversation, marks = ALONE, dict[int, str]()
    came: list[Came] = []
    for number, said in enumerate(talk.turns):
        case = said.case
        if said.mark is not None:  # of a mark that was not shown nothing is right
            case = Case(case.question, case.language, case.status, (marks.get(said.mark, "no such mark"),))
        try:
            answer = asked.ask(case.question, conversation=conversation)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is this turn's result
            came.append(Came(talk.half, number == 0, case, f"crashed: {error}"))
            continue
        conversation = conversation.and_then(answer)
        shown = {one.mark: one.passage.id for one in answer.citations or answer.nearest}
        marks = shown or marks
        found = [*(one.passage.id for one in answer.citations), *(hit.passage.id for hit in answer.hits)]
        top = tuple(dict.fromkeys(found))[:TOP]
        came.append(Came(talk.half, number == 0, case, str(answer.status), answer.searched, answer.language, top))
    return came


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of both halves and every turn that went wrong; exit status 1 where the input is at fault."""
    parser = argparse.ArgumentParser(prog="python -m evals.turns", description="Hold every conversation.")
    parser.add_argument("--index", type=Path, metavar="DIR", help="the index to ask (default: a new one)")
    parser.add_argument("--half", choices=HALVES, help="only this half")
    options = parser.parse_args(arguments)
    screen = wide_console()
    try:
        with bundled(options.index) as assistant:
            screen.print(*table(came_of(assistant, options.half)), sep="\n")
    except RelatoriaError as error:
        wide_console(stderr=True).print(escape(str(error)), soft_wrap=True)
        return 1
    return 0


def came_of(assistant: Assistant, half: str | None = None) -> list[Came]:
    """What came of our own conversations, or of a half of them."""
    ids = {passage.id for passage in assistant.index.store.passages()}
    talks = [talk for file in sorted(TURNS.glob("*.jsonl")) for talk in load_turns(file, ids)]
    return run_turns(assistant, [talk for talk in talks if half in (None, talk.half)])


def table(came: Sequence[Came]) -> list[Table]:
    """The figures of each half, then the turns that went wrong."""
    halves = {half: [one for one in came if one.half == half] for half in HALVES}
    figures = Table(title="Conversation", title_justify="left")
    figures.add_column("measure", no_wrap=True)
    for half, some in halves.items():
        figures.add_column(f"{half} ({len(some)} turns)", justify="right")
    by_half = [measured(some) for some in halves.values()]
    for name in by_half[0]:
        shares = [some[name] for some in by_half]
        figures.add_row(name, *(f"{one.value:.0%}  {one.count}/{one.of}" if one.of else "–" for one in shares))
    misses = Table(title="turns that went wrong", title_justify="left")
    for heading in ("half", "question", "searched", "expected", "got"):
        misses.add_column(heading, overflow="fold")
    for one in came:
        if not one.right or (one.case.answerable and not one.found):
            wanted = " or ".join(id_.rpartition("#")[2] for id_ in one.case.gold) or str(one.case.status)
            got = ", ".join([one.status, *(id_.rpartition("#")[2] for id_ in one.top)])
            misses.add_row(*map(escape, (one.half, one.case.question, one.searched, wanted, got)))
    return [figures, misses] if misses.row_count else [figures]


if __name__ == "__main__":
    sys.exit(main())
