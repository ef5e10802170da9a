"""Loads and validates evaluation cases: questions with their gold passages or refusals, one JSON object a line.

Long because the format, its parser and an error text for each mistake belong together.

    {"name": "rapporteur-es", "archetype": "fact", "language": "es", "question": "¿Quién fue el relator?",
     "any": ["rapporteur"], "why": "The report's head names him."}
    {"name": "bread-en", "archetype": "out of scope", "language": "en", "question": "How do I bake bread?",
     "status": "out_of_scope", "why": "Cooking is no subject of these reports."}

A line with the key "draft" is not judged yet, and is in no figure (`relatoria feedback --cases`).
A file is named after its report, and its ids are the part of a passage's id after "#" (or the whole id,
of another report). In place of "question", "turns" makes one case of each turn of a conversation behind its
first. How to write good ones: docs/evaluation.md.
"""

import difflib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from evals.metrics.measures import UNDETERMINED, is_same_or_part
from ingest.errors import RelatoriaError
from ingest.lexicon.language import LANGUAGES
from ingest.readers.files import slugify
from ingest.report import Strength
from retrieval.results import Status

SAMPLE_QUESTIONS = (
    "¿Qué se recomendó sobre la migración de retorno?",
    "¿Qué obligaciones tienen los empleadores de trabajadores extranjeros?",
    "Which rights do migrants have whatever their status?",
    "Qui peut demander la nationalité ?",
    "¿Cómo se protege a las víctimas de trata de personas?",
)

CASES_FOLDER = Path(__file__).parent.parent / "data" / "cases"
REFUSAL_STATUSES = (Status.NOTHING_FOUND, Status.OUT_OF_SCOPE, Status.NOT_UNDERSTOOD)
HALVES = ("fit", "report")  # rules and thresholds were written looking at the first; the second is held back
MAX_LINE_LENGTH = 50_000  # characters of a line
DRAFT_HINT = 'Open the report, decide what each must cite or how it must be refused, then take "draft" out of its line.'
_GOLD_KEYS = ("all", "any", "exact", "status", "mark")
_TURN_KEYS = {"question", "language", "also", "not", "total", "strength", *_GOLD_KEYS}
_KEYS = {*_TURN_KEYS, "name", "half", "archetype", "turns", "why", "same_as", "draft"}


class BadCase(RelatoriaError):
    """An invalid line of a case file; the message names the file, the line and the remedy."""


class Archetype(StrEnum):
    """The kind of question of a case; a closed set."""

    DIRECT = "direct"  # in the report's own words
    PARAPHRASE = "paraphrase"  # in other words
    KEYWORD = "keyword"
    TYPO = "typo"
    LIST_ALL = "list-all"
    COUNT = "count"
    SECTION = "section"
    STRENGTH = "strength"  # must or may
    ADDRESSEE = "addressee"
    FACT = "fact"  # about the report itself
    SEVERAL = "several"  # the answer lies in two or more recommendations
    MULTI_TURN = "multi-turn"
    FALSE_PREMISE = "false premise"
    NEAR_MISS = "near miss"  # close to what the report says, and not said in it
    FAR = "far"  # of the field, far from what the report says
    OUT_OF_SCOPE = "out of scope"
    NOT_UNDERSTOOD = "not understood"
    INJECTION = "injection"
    MIXED_LANGUAGES = "mixed languages"


class GoldMatch(StrEnum):
    """How much of the gold a right answer must cite."""

    ALL = "all"
    ANY = "any"
    EXACT = "exact"  # all of it and nothing else


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its expected answer; ids are whole passage ids."""

    name: str
    question: str
    language: str  # ISO 639-1, or "und" for a question in no language
    statuses: tuple[Status, ...] = (Status.ANSWERED,)  # each of them is right
    archetype: Archetype = Archetype.DIRECT
    need: GoldMatch = GoldMatch.ANY
    gold: tuple[str, ...] = ()  # what must be cited; empty for a refusal
    also: tuple[str, ...] = ()  # what may be cited besides
    never: tuple[str, ...] = ()  # what must not be cited
    mark: int | None = None  # the gold is what the last answer with marks showed under it
    total: int | None = None  # how many recommendations match
    strength: Strength | None = None  # of the passage that answers
    before: tuple[str, ...] = ()  # the turns said before, in order
    half: str = "report"
    same_as: str = ""  # the name of the case that this one words anew
    why: str = ""

    @property
    def answerable(self) -> bool:
        return self.statuses == (Status.ANSWERED,)

    def accepts_status(self, status: str) -> bool:
        """Whether an answer may have this status; what is related may be shown where nothing answers."""
        return status in self.statuses or (status == Status.RELATED and Status.NOTHING_FOUND in self.statuses)

    def accepts(self, passage_id: str) -> bool:
        """Whether a passage must or may be cited: it overlaps one of ``gold`` or ``also``.

        >>> case = Case("a", "?", "en", gold=("r#1.1-r05.2",), also=("r#1.1-r06",))
        >>> case.accepts("r#1.1-r05"), case.accepts("r#1.1-r06"), case.accepts("r#1.1-r07")
        (True, True, False)
        """
        return any(is_same_or_part(passage_id, right) for right in (*self.gold, *self.also))


def load_cases(path: Path, passage_ids: Collection[str]) -> list[Case]:
    """Load the cases of a file, in its order, without drafts. Raises BadCase at the first invalid line."""
    cases: list[Case] = []
    seen: dict[tuple[str, ...], int] = {}  # names and questions to their lines
    report_id = slugify(path.stem)
    lines = read_lines(path)
    judged = [(number, line) for number, line in lines if not _is_draft(line)]
    if not judged:
        raise BadCase(f"{path.name} has drafts alone, and no cases. {DRAFT_HINT}")
    for number, line in judged:
        for case in parse_cases(line, f"{path.name}, line {number}", report_id, passage_ids):
            cases.append(case)
            said = () if case.before else (("question", " ".join(case.question.casefold().split())),)
            for key in (("name", case.name), *said):
                same = seen.setdefault(key, number)
                if same != number:
                    raise BadCase(
                        f"{path.name}, line {number}: the {key[0]} {key[1]!r} is in line {same} too. "
                        + ("Give it another name." if key[0] == "name" else "Remove one of the two.")
                    )
    _check_rewordings(cases, path.name)
    return cases


def read_lines(path: Path) -> list[tuple[int, str]]:
    """Read the non-blank lines of a case file, with their numbers from 1. Raises BadCase where there is none.

    Lines that are not JSON are refused here, before any report is read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCase(f"{path} is not text in UTF-8 (byte {error.start}: {error.reason}). Save it as UTF-8.") from error
    except OSError as error:
        raise BadCase(
            f"{path} cannot be read ({error.strerror}). Give a file of cases, one JSON object a line."
        ) from error
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise BadCase(f"{path.name} has no cases. Write one JSON object a line; docs/evaluation.md says how.")
    for number, line in lines:
        _json(line, f"{path.name}, line {number}")
    return lines


def find_drafts(path: Path) -> list[int]:
    """The line numbers of drafts, which are not judged yet and excluded from all metrics. Raises BadCase."""
    return [number for number, line in read_lines(path) if _is_draft(line)]


def load_case_files(paths: Iterable[Path], passage_ids: Collection[str]) -> list[Case]:
    """Load the cases of several files. Raises BadCase, also when two files use the same name."""
    cases: list[Case] = []
    owners: dict[str, Path] = {}
    for path in dict.fromkeys(path.resolve() for path in paths):
        for case in load_cases(path, passage_ids):
            if (owner := owners.setdefault(case.name, path)) != path:
                raise BadCase(f"{path.name}: the name {case.name!r} is in {owner} too. Give one of them another name.")
            cases.append(case)
    return cases


def find_uncovered_passages(cases: Iterable[Case], passage_ids: Iterable[str]) -> list[str]:
    """Find the passages that are gold in no case, so that no metric would notice their loss.

    >>> find_uncovered_passages([Case("a", "?", "en", gold=("r#1.1-r05",))], ["r#1.1-r05", "r#1.1-r05.2", "r#1.1-r06"])
    ['r#1.1-r06']
    """
    needed = {gold for case in cases for gold in case.gold}
    return [passage_id for passage_id in passage_ids if not any(is_same_or_part(passage_id, gold) for gold in needed)]


def parse_cases(line: str, where: str, report_id: str, passage_ids: Collection[str]) -> list[Case]:
    """Parse a line into its cases: one, or one a turn. Raises BadCase, which names ``where``."""
    stated = _object(_json(line, where), _KEYS, where)
    if len(line) > MAX_LINE_LENGTH:
        raise BadCase(
            f"{where} has {len(line):,} characters. A case has {MAX_LINE_LENGTH:,} at most; give shorter questions."
        )
    try:
        json.dumps(stated, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadCase(f"{where} has half a character, {error.object[error.start]!a}. Write it whole.") from error
    head = _parse_shared_keys(stated, where)
    if ("turns" in stated) == ("question" in stated):
        raise BadCase(f'{where}: give either "question" or "turns".')
    reader = _CaseParser(where, report_id, passage_ids)
    if "question" in stated:
        if "mark" in stated:
            raise BadCase(f'{where}: "mark" is for a turn: a question alone has no marks before it.')
        return [reader.case(head, stated)]
    return list(_parse_turns(reader, head, stated, where))


def _parse_turns(reader: "_CaseParser", head: Case, stated: dict[str, Any], where: str) -> Iterator[Case]:
    """Parse one case a turn except the first, which is asked and not judged: alone it is an ordinary question."""
    turns = stated["turns"]
    if not isinstance(turns, list) or len(turns) < 2:
        raise BadCase(f'{where}: "turns" is {turns!r}. Give two turns or more, each an object with its "question".')
    before: tuple[str, ...] = (_question(_object(turns[0], {"question"}, f"{where}, turn 1"), f"{where}, turn 1"),)
    for number, turn in enumerate(turns[1:], start=2):
        asked = {"language": head.language, **_object(turn, _TURN_KEYS, f"{where}, turn {number}")}
        case = reader.case(head, asked, f", turn {number}")
        yield replace(case, name=f"{head.name}/{number}", archetype=Archetype.MULTI_TURN, before=before)
        before = (*before, case.question)


def _parse_shared_keys(stated: dict[str, Any], where: str) -> Case:
    """Parse the keys that a case, or all turns of a line, share."""
    name, half, archetype = stated.get("name"), stated.get("half", "report"), stated.get("archetype", "direct")
    if not isinstance(name, str) or not name.strip():
        raise BadCase(f'{where}: "name" is {name!r}. Give the case a name of its own, like "return-migration-es".')
    if half not in HALVES:
        raise BadCase(f'{where}: "half" is {half!r}. Give "fit" or "report" (held back), or leave it out.')
    if not isinstance(archetype, str) or archetype not in tuple(Archetype):
        raise BadCase(f'{where}: "archetype" is {archetype!r}. Give one of {", ".join(Archetype)}.')
    texts = {key: stated.get(key, "") for key in ("why", "same_as")}
    for key, text in texts.items():
        if not isinstance(text, str):
            raise BadCase(f'{where}: "{key}" is {text!r}. Give it as text.')
    language = _language(stated.get("language"), where)
    return Case(name, "", language, archetype=Archetype(archetype), half=half, **texts)


@dataclass(frozen=True, slots=True)
class _CaseParser:
    """Parses the expected answer (gold, refusal, total …) of a line or a turn."""

    where: str
    report_id: str
    passage_ids: Collection[str]

    def case(self, head: Case, stated: dict[str, Any], turn: str = "") -> Case:
        where = self.where + turn
        question = _question(stated, where)
        given = [key for key in _GOLD_KEYS if key in stated]
        if len(given) != 1:
            raise BadCase(
                f"{where}: found {' and '.join(given) or 'nothing'} to say what is right. Give exactly one of "
                f'{", ".join(_GOLD_KEYS)}: the ids to cite, or "status", how it must be refused.'
            )
        case = replace(
            head,
            question=question,
            language=_language(stated.get("language"), where),
            also=self.ids(stated.get("also", []), "also", where),
            never=self.ids(stated.get("not", []), "not", where),
            total=_whole_number(stated.get("total"), "total", where, least=0),
            mark=_whole_number(stated.get("mark"), "mark", where, least=1),
            strength=_strength(stated.get("strength"), where),
        )
        if "status" in stated:
            return replace(case, statuses=_refusals(stated["status"], where))
        if case.mark:
            return case
        need = given[0]
        gold = self.ids(stated[need], need, where)
        if not gold:
            raise BadCase(f'{where}: "{need}" is empty. Give passage ids, like ["1.2-r07"], or "status" for a refusal.')
        if both := sorted({*gold, *case.also} & {*case.never}):
            raise BadCase(f'{where}: {both[0]!r} is both right and under "not". Take it out of one of them.')
        return replace(case, need=GoldMatch(need), gold=gold)

    def ids(self, stated: object, key: str, where: str) -> tuple[str, ...]:
        if not isinstance(stated, list) or not all(isinstance(item, str) for item in stated):
            raise BadCase(f'{where}: "{key}" is {stated!r}. Give a list of passage ids, like ["1.2-r07"].')
        ids = tuple(id_ if "#" in id_ else f"{self.report_id}#{id_}" for id_ in stated)
        for id_ in ids:
            if id_ not in self.passage_ids:
                raise BadCase(f"{where}: there is no passage {id_!r}. {self._nearest(id_)}")
        return ids

    def _nearest(self, missing: str) -> str:
        reports = sorted({passage_id.partition("#")[0] for passage_id in self.passage_ids})
        report = missing.partition("#")[0]
        if report not in reports:
            held = ", ".join(reports[:5]) + (", …" if len(reports) > 5 else "") if reports else "nothing"
            return (
                f"There is no report {report!r}, but {held}. Name the file of cases after its report, or add the "
                "report: put it into the folder, or into the index with relatoria ingest FILE"
            )
        close = difflib.get_close_matches(missing, list(self.passage_ids), n=3, cutoff=0.5)
        nearest = f"The nearest are {', '.join(match.partition('#')[2] for match in close)}. " if close else ""
        return f"{nearest}Ids of what is ingested are listed by: relatoria passages --report {report}"


def _is_draft(line: str) -> bool:
    stated = json.loads(line)
    return isinstance(stated, dict) and "draft" in stated


def _json(line: str, where: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadCase(f"{where} is not JSON ({error}). Write each case as one JSON object on one line.") from error


def _object(stated: object, keys: set[str], where: str) -> dict[str, Any]:
    if not isinstance(stated, dict) or (unknown := sorted(stated.keys() - keys)):
        found = f"unknown {', '.join(map(repr, unknown))}" if isinstance(stated, dict) else f"{stated!r:.40}"
        raise BadCase(f"{where}: found {found}. Here stands an object with keys of {', '.join(sorted(keys))}.")
    return stated


def _question(stated: dict[str, Any], where: str) -> str:
    question = stated.get("question")
    if not isinstance(question, str) or not question.strip():
        raise BadCase(f'{where}: "question" is {question!r}. Give the question as text.')
    return question


def _language(stated: object, where: str) -> str:
    known = (*LANGUAGES, UNDETERMINED)
    if not isinstance(stated, str) or stated not in known:
        raise BadCase(f'{where}: "language" is {stated!r}. Give one of {", ".join(known)}.')
    return stated


def _refusals(stated: object, where: str) -> tuple[Status, ...]:
    some = stated if isinstance(stated, list) else [stated]
    if not some or not all(isinstance(item, str) and item in REFUSAL_STATUSES for item in some):
        raise BadCase(f'{where}: "status" is {stated!r}. Give one of {", ".join(REFUSAL_STATUSES)}, or a list of them.')
    return tuple(map(Status, some))


def _whole_number(stated: object, key: str, where: str, least: int) -> int | None:
    if stated is not None and (type(stated) is not int or stated < least):
        raise BadCase(f'{where}: "{key}" is {stated!r}. Give a whole number from {least}.')
    return stated


def _strength(stated: object, where: str) -> Strength | None:
    if stated is not None and (not isinstance(stated, str) or stated not in tuple(Strength)):
        raise BadCase(f'{where}: "strength" is {stated!r}. Give one of {", ".join(Strength)}.')
    return None if stated is None else Strength(stated)


def _check_rewordings(cases: list[Case], file: str) -> None:
    names = {case.name for case in cases}
    for case in cases:
        if case.same_as and case.same_as not in names:
            close = difflib.get_close_matches(case.same_as, names, n=1, cutoff=0)
            raise BadCase(f'{file}: {case.name!r} is "same_as" {case.same_as!r}, which is no case. Is it {close[0]!r}?')
