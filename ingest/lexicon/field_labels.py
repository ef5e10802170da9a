"""Parses the labels printed with a recommendation, "Addressee: the Congress", "Plazo: corto", in es, en, fr and pt.

Label names are a closed set, whatever the words of the report; values are as printed, split where several are listed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.lexicon.actors import ACTOR_NOUNS
from ingest.lexicon.responses import RESPONSE, classify_answer
from ingest.lexicon.tables import WordTables
from ingest.report import normalize_for_display

FieldLabel = tuple[str, str]  # name, value
RECOMMENDATION_COLUMN = "recommendation"  # what stands before the text itself, or heads its column; no label
MEASURE_COLUMN = "measure"  # heads the column of a plan's, beside those of who and when

_TABLES = WordTables("ingest.lexicon", "field_labels")
_AND = _TABLES.pattern("conjunction")
_GAP = r"[ \t\xa0\u202f]*"
_PLURAL = r"(?:\s?\((?:s|es|as?)\))?"
_MAX_LENGTH = {  # characters
    "addressee": 400, "theme": 200, "subtheme": 240, "approach": 200, "term": 80, "number": 20, RESPONSE: 80,
}  # fmt: skip


def _named_groups(table: str, more: str = "") -> str:
    return "|".join(f"(?P<{name}{more}>{_TABLES.pattern(table, name)})" for name in _TABLES.languages(table))


_LONG, _SHORT, _OF_COLUMNS = _named_groups("long"), _named_groups("short", "_"), _named_groups("head", "__")
_MARK = re.compile(rf"(?<![\w(])(?:{_LONG}|{_SHORT}){_PLURAL}{_GAP}[:：]{_GAP}", re.IGNORECASE)
_HEAD = re.compile(rf"(?:(?:{_LONG}){_PLURAL}(?:\s++\S+){{0,3}}|(?:{_SHORT}|{_OF_COLUMNS}))\W*", re.IGNORECASE)
_BEFORE = " \t\xa0•◦▪·*–—-"  # in front of a label on its line
_INDENT = 80  # characters of these that are looked at
_ENDS = '.;:!?)]»”"|'  # behind one of these a label may stand within a line
_MAX_SPLIT_LENGTH = 2_000  # characters; longer values are taken as one
_SEVERAL = re.compile(r"(?:(?<!\s)\s++)?[;|•●▪]\s*+|(?<!\s)(?:\s++/|[^\S\n]*+\n\s*+[-–*])\s++")
_ALSO = re.compile(rf";\s++((?:{_AND})\s++)")
_JOINED = re.compile(rf"(?:(?<!\s)\s++)?,\s*+(?:(?:{_AND})\s++)?|(?<!\s)\s++(?:{_AND})\s++")
_ARTICLE = re.compile(rf"(?:{_TABLES.pattern('article')})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text's span without the labels around it; ``start`` equals ``end`` where it is nothing but labels."""

    start: int
    end: int
    labels: tuple[FieldLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class _LabelMark:
    name: str
    start: int  # of its words
    end: int  # where its value begins
    opens: bool  # the first label of several may stand here


def parse_labels(text: str) -> LabelledText:
    """Parse the labels before and behind a text; return them with the span of the text between.

    >>> text = "Adopt the law.\\nTo: Congress; Government\\nTimeframe: short"
    >>> found = parse_labels(text)
    >>> text[found.start : found.end], found.labels
    ('Adopt the law.', (('addressee', 'Congress'), ('addressee', 'Government'), ('term', 'short')))
    """
    marks = list(_find_marks(text)) if ":" in text or "：" in text else ()
    if not marks:
        return LabelledText(0, len(text))
    start, before = _parse_labels_before(text, marks)
    behind = _marks_behind(text, [mark for mark in marks if mark.start >= start])
    if not behind:
        return LabelledText(start, len(text), before)
    inside = text[start : behind[0].start].rstrip(_BEFORE + "\r\n")
    end = start + len(inside) if inside.strip() else start
    return LabelledText(start, end, (*before, *_parse_values(text, behind, len(text))))


def starts_with_label(line: str) -> bool:
    """Whether a line begins with a label."""
    return bool(_MARK.match(line.lstrip(_BEFORE)))


def classify_head(head: str) -> str:
    """Classify a column head: the label name of its column, "recommendation", or "" where it is unknown.

    >>> [classify_head(head) for head in ("No.", "Recomendación", "Plazo de cumplimiento", "Estado")]
    ['number', 'recommendation', 'term', '']
    """
    found = _HEAD.fullmatch(normalize_for_display(head))
    return (found.lastgroup or "").rstrip("_") if found else ""


def split_values(name: str, printed: str) -> list[str]:
    """Split a printed label value into its single values, duplicates removed.

    >>> split_values("addressee", "Congreso de la República; Gobierno Nacional.")
    ['Congreso de la República', 'Gobierno Nacional']
    >>> split_values("response", "Noted."), split_values("response", "See above")
    (['noted'], [])
    >>> split_values("addressee", "Congress, Ministry of Trade, Industry and Tourism and Government")
    ['Congress', 'Ministry of Trade, Industry and Tourism', 'Government']
    """
    if name == RESPONSE:
        return list(filter(None, [classify_answer(printed)]))
    if len(printed) > _MAX_SPLIT_LENGTH:
        return [normalize_for_display(printed)]
    several = _ALSO.sub("; " if name == "addressee" else "\0 \\g<1>", printed)  # "; and" goes on with a theme
    pieces = [normalize_for_display(passage.replace("\0", ";")).strip(" .,") for passage in _SEVERAL.split(several)]
    if name == "addressee":
        pieces = [body for piece in pieces for body in _split_bodies(piece)]
    return list(dict.fromkeys(filter(None, pieces)))


def _split_bodies(printed: str) -> Iterator[str]:
    """Split addressees at commas and "and", only where what follows begins like the name of a body."""
    start = 0
    for found in _JOINED.finditer(printed):
        if _begins_body(printed[found.end() :]):
            yield printed[start : found.start()].strip()
            start = found.end()
    yield printed[start:].strip()


def _begins_body(text: str) -> bool:
    article = _ARTICLE.match(text)
    name = text[article.end() :] if article else text
    first = name.split(maxsplit=1)[0] if name else ""
    acronym = first.strip(".,;").isupper() and len(first) > 1
    return acronym or (
        first[:1].isupper() and any(nouns.fullmatch(first.strip(".,;")) for nouns, _ in ACTOR_NOUNS.values())
    )


def _find_marks(text: str) -> Iterator[_LabelMark]:
    """Find the labels in a text: each at a line's start, or with a capital."""
    for found in _MARK.finditer(text):
        at = found.start()
        while at and text[at - 1] in _BEFORE and found.start() - at < _INDENT:
            at -= 1
        heads_line = not at or text[at - 1] == "\n"
        long = not (found.lastgroup or "").endswith("_")
        if heads_line or (long and found[0][0].isupper()):
            opens = heads_line or text[at - 1] in _ENDS
            yield _LabelMark((found.lastgroup or "").rstrip("_"), found.start(), found.end(), opens)


def _parse_labels_before(text: str, marks: Sequence[_LabelMark]) -> tuple[int, tuple[FieldLabel, ...]]:
    """Return where the text begins behind the labels in front of it, and these labels."""
    if text[: marks[0].start].strip(_BEFORE + "\n"):
        return 0, ()
    itself = next((at for at, mark in enumerate(marks) if mark.name == RECOMMENDATION_COLUMN), None)
    if itself is not None:
        before = _parse_values(text, marks[:itself], marks[itself].start)
        return (marks[itself].end, before) if before or len(marks) > itself + 1 else (0, ())
    start, labels = 0, list[FieldLabel]()
    for mark in marks:
        line_end = text.find("\n", mark.end)
        if line_end < 0 or text[start : mark.start].strip(_BEFORE + "\n"):
            break
        if not (found := _parse_values(text, [mark], line_end)):
            break
        labels += found
        start = line_end + 1
    start += len(text[start:]) - len(text[start:].lstrip())
    return (start, tuple(labels)) if labels else (0, ())


def _marks_behind(text: str, marks: Sequence[_LabelMark]) -> Sequence[_LabelMark]:
    """Return the trailing marks from which on the text is nothing but labels."""
    first, stop = len(marks), len(text)
    for at in range(len(marks) - 1, -1, -1):
        if not _parse_values(text, [marks[at]], stop):
            break
        stop = marks[at].start
        first = at if marks[at].opens else first
    return marks[first:]


def _parse_values(text: str, marks: Sequence[_LabelMark], end: int) -> tuple[FieldLabel, ...]:
    """Parse the labels from these marks to ``end``; none where one of them is too long for a label."""
    labels: list[FieldLabel] = []
    ends = [*(mark.start for mark in marks[1:]), end][: len(marks)]
    for mark, stop in zip(marks, ends, strict=True):
        printed = text[mark.end : stop].rstrip(_BEFORE + "\n")
        if mark.name not in _MAX_LENGTH or len(printed) > _MAX_LENGTH[mark.name]:
            return ()
        labels += [(mark.name, value) for value in split_values(mark.name, printed)]
    return tuple(labels)
