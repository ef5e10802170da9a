"""The cases: questions with what a right answer must cite, or how they must be refused, one a line.

    {"question": "¿Quién fue el relator?", "language": "es", "any": ["rapporteur"]}
    {"question": "How do I bake bread?", "language": "en", "status": "out_of_scope"}

A file is named after its report, and its ids are the part of a passage's id after "#". Any one of
the ids is right. The language is ISO 639-1, or "und" for a question in no language.
"""

import json
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from evals.measures import UNDETERMINED
from ingest.errors import RelatoriaError
from ingest.language import LANGUAGES
from retrieval.answer import Status

CASES = Path(__file__).with_name("cases")
REFUSALS = (Status.NOTHING_FOUND, Status.OUT_OF_SCOPE, Status.NOT_UNDERSTOOD)
_KEYS = {"question", "language", "any", "status"}


class BadCase(RelatoriaError):
    """A line of a case file that cannot be used; the message names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what a right answer to it is."""

    question: str
    language: str  # ISO 639-1, or "und"
    status: Status
    gold: tuple[str, ...] = ()  # passage ids, any of which a right answer cites; empty for a refusal

    @property
    def answerable(self) -> bool:
        return self.status is Status.ANSWERED


def load_cases(path: Path, passage_ids: Container[str]) -> list[Case]:
    """The cases of a file, in its order. Raises BadCase at the first line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCase(
            f"{path} cannot be read ({error}). Give a file of cases in UTF-8, one JSON object a line."
        ) from error
    cases: list[Case] = []
    seen: dict[str, int] = {}  # question to its line
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        case = case_of(line, where, path.stem, passage_ids)
        same = seen.setdefault(" ".join(case.question.casefold().split()), number)
        if same != number:
            raise BadCase(f"{where}: the question is the same as in line {same}. Remove one of the two.")
        cases.append(case)
    if not cases:
        raise BadCase(f"{path.name} has no cases. Write one JSON object a line.")
    return cases


def case_of(line: str, where: str, report_id: str, passage_ids: Container[str]) -> Case:
    """The case that a line states. Raises BadCase, which names the place."""
    try:
        stated = json.loads(line)
    except ValueError as error:
        raise BadCase(f"{where} is not JSON ({error}). Write one JSON object a line.") from error
    if not isinstance(stated, dict) or (unknown := sorted(stated.keys() - _KEYS)):
        found = ", ".join(unknown) if isinstance(stated, dict) else type(stated).__name__
        raise BadCase(f"{where}: found {found}. A case is an object with {', '.join(sorted(_KEYS))}.")
    question, language = stated.get("question"), stated.get("language")
    if not isinstance(question, str) or not question.strip():
        raise BadCase(f'{where}: "question" is {question!r}. Give the question as text.')
    if language not in (*LANGUAGES, UNDETERMINED):
        raise BadCase(f'{where}: "language" is {language!r}. Give one of {", ".join((*LANGUAGES, UNDETERMINED))}.')
    if ("any" in stated) == ("status" in stated):
        raise BadCase(f'{where}: give either "any", the ids that answer, or "status", how it must be refused.')
    if "status" in stated:
        return Case(question, language, _refusal(stated["status"], where))
    return Case(question, language, Status.ANSWERED, _gold(stated["any"], where, report_id, passage_ids))


def _refusal(status: object, where: str) -> Status:
    if not isinstance(status, str) or status not in REFUSALS:
        raise BadCase(f'{where}: "status" is {status!r}. Give one of {", ".join(REFUSALS)}.')
    return Status(status)


def _gold(ids: object, where: str, report_id: str, passage_ids: Container[str]) -> tuple[str, ...]:
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise BadCase(f'{where}: "any" is {ids!r}. Give a list of passage ids, like ["1.2-r07"].')
    gold = tuple(f"{report_id}#{one}" for one in ids)
    for one in gold:
        if one not in passage_ids:
            raise BadCase(f"{where}: there is no passage {one!r}. Ids are listed by: relatoria passages")
    return gold
