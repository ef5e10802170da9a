"""Chooses a report's title, date and place among its first lines, what its file states of it, and its file's name.

A title is a run of first lines in one style, or the stated one; each is scored by signals of how it is set, where it
stands and with what it agrees, none of which decides alone. Where none is good enough there is no title.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from anyascii import anyascii

from ingest.lexicon.dates import PrintedDate, find_dates
from ingest.lexicon.language import detect_report_language
from ingest.lexicon.tables import WordTables
from ingest.readers.extract import Extract, FrontLine
from ingest.report import Block, BlockRole, Metadata, ReadingWarning, Report

_TABLES = WordTables("ingest.lexicon", "front")
KINDS, _SECTIONS, _PLACEHOLDERS = (_TABLES.words(name) for name in ("kinds", "sections", "placeholders"))
_SESSION = _TABLES.compile(r"(?:\S+ ){1,4}{session}|{session} \S+(?: \S+)?", re.IGNORECASE)
_SYMBOL = re.compile(r"(?:\S+ ){0,4}([A-Z]{1,8}(?:[/-][A-Z\d.()]+){2,7}(?<=[\d)]))")  # of a document: "A/HRC/11/17"
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W\d_]+)*")
_STARS = re.compile(r"(?<![\s*∗†‡§¹²³⁴⁵⁶⁷⁸⁹⁰])[\s*∗†‡§¹²³⁴⁵⁶⁷⁸⁹⁰]++$")
_OUTLINE = re.compile(r"(?:\d+(?:\.\d+)*|[IVX]{1,5}|[A-Z])[.)]\s|\d+\s+[^\W\d]")
_LABEL = re.compile(r"[^\s:]+(?: [^\s:]+)?:")
_ENDS = (".", "!", "?", "…", "。", "؟")  # of sentences
_FILE_NAME = re.compile(r"[^/\\]*\.(?:[a-z]{3,4}|[a-z]{2,3}\d)", re.IGNORECASE)
_PLACE = _TABLES.compile(
    r"(?:(?:[^\W\d_]+ ){1,3}{at} )?(?P<place>[^\W\d_][^,،\d:]{1,40}(?:[,،] ?[^,،\d:]{2,40}){0,2})[,،][^,\d]{0,4}"
)
FRONT_BLOCKS = 15  # blocks in which a title stands
_NO_TITLE = "has no title that could be told and goes by its file's name: state it in a .toml file beside it"
_SET_APART = (BlockRole.HEADING, BlockRole.TEXT)
_LINES = 40  # first lines that are looked at
_LAST = 12  # lines of the end that may say place and date
_RUN = 5  # lines of a title
_WORDS = 45  # of a title
_LONGEST = 250  # characters of a line that gives the report's date
_PROSE = 30  # words of a line that is no title's
_SAMPLE = 60_000  # characters of the text that tell its language and what it speaks of
_ENOUGH = 1.0  # score of a title
_DATED = 0.5  # score of a date that the file states


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a candidate may agree with."""

    file: frozenset[str]  # words of the file's name
    stated: frozenset[str]  # words of the stated title
    spoken: Counter[str]  # words of the text
    levels: Counter[int | None]  # of its headings


def complete_metadata(extract: Extract, stem: str, sidecar: Mapping[str, str | int]) -> Metadata:
    """Metadata of a report, with what the file does not state of itself; ``stem`` is its file's name.

    What the ``sidecar`` states counts before all else. Where no title could be told it is the file's name.
    """
    stated, text = extract.metadata, extract.text[:_SAMPLE]
    language = str(sidecar.get("language") or detect_report_language(text, stated.language))
    front = (extract.front or _front_of_blocks(extract))[:_LINES]
    printed = [" ".join(line.split()) for group in front for line in group.text.split("\n")]
    lines = [replace(line, text=" ".join(line.text.split())) for line in front]
    title = choose_title(extract, [line for line in lines if not is_date(line.text, language)], stem)
    date, place = choose_date(extract, printed, language)
    symbol = next((found[1] for line in printed if (found := _SYMBOL.fullmatch(_STARS.sub("", line)))), "")
    session = next((line for line in printed if _SESSION.fullmatch(line)), "")
    unsure = () if title or "title" in sidecar else (ReadingWarning("title", _NO_TITLE),)
    told: dict[str, Any] = {"title": title or stem, "language": language, "date": date, "place": stated.place or place}
    told |= {"symbol": symbol, "session": session, "warnings": (*extract.warnings, *unsure)}
    return replace(stated, **{**told, **sidecar})


def choose_title(extract: Extract, lines: Sequence[FrontLine], stem: str) -> str:
    """The best title, or "" where no candidate is good enough."""
    stated = " ".join(extract.metadata.title.split())
    names = frozenset(fold_words(f"{stem} {stated}" if _FILE_NAME.fullmatch(stated) else stem))
    if _FILE_NAME.fullmatch(stated) or stated == stem or _PLACEHOLDERS.issuperset(fold_words(stated)):
        stated = ""
    spoken = Counter(word for word in fold_words(extract.text[:_SAMPLE]) if len(word) > 3)
    levels = Counter(block.level for block in extract.blocks if block.role is BlockRole.HEADING)
    evidence = _Evidence(names, frozenset(fold_words(stated)), spoken, levels)
    runs = [(_score_run(lines, start, end, evidence), _join(lines[start:end])) for start, end in _runs(lines)]
    if stated:
        runs.append((1.3 + _score_words(stated, replace(evidence, stated=frozenset())), stated))
    score, title = max(runs, default=(0.0, ""), key=lambda run: run[0])
    return title if score >= _ENOUGH else ""


def choose_date(extract: Extract, lines: Sequence[str], language: str) -> tuple[str, str]:
    """The date that the first lines, the last ones or the file say, ISO 8601, and the place beside it; else empty."""
    last = [line for block in extract.blocks[-_LAST:] for line in extract.text[block.start : block.end].split("\n")]
    best = (_DATED * bool(extract.metadata.date), extract.metadata.date, "")
    for at, line in enumerate([*lines, *last]):
        if len(line) > _LONGEST:
            continue
        for date in find_dates(line, language):
            beside = len(_WORD.findall(line[: date.start] + line[date.end :]))
            place = _find_place(line, date)
            score = 2 - 0.12 * beside + 0.5 * bool(place) + 0.3 * (len(date.iso) == 10) - 0.03 * min(at, _LINES)
            score -= 2 * (at >= len(lines) and not place and beside > 2)
            best = max(best, (score, date.iso, place), key=lambda choice: choice[0])
    return best[1:]


def find_title_block(report: Report) -> Block | None:
    """The block that is the report's title as printed, with those that go on with it; None where it is not printed."""
    own = Extract(report.text, report.blocks)
    lines = _front_of_blocks(own)
    for title in (report.metadata.title, choose_title(own, lines, "")):
        wanted = "".join(fold_words(title))
        front = report.blocks[:FRONT_BLOCKS]
        parts = [
            block.role in _SET_APART
            and len(words := "".join(fold_words(report.text[block.start : block.end]))) > 3
            and words in wanted
            for block in front
        ]
        if any(parts):
            first = parts.index(True)
            last = next((at for at in range(first, len(front)) if not parts[at]), len(front)) - 1
            return replace(front[first], end=front[last].end)
    return None


def fold_words(text: str) -> list[str]:
    """The words of a text in lower case, without accents.

    >>> fold_words("Bronchiolite aiguë_2020")
    ['bronchiolite', 'aigue', '2020']
    """
    return [
        word.lower() if word.isascii() or not word.isalpha() or max(word) >= "\u0250" else anyascii(word).lower()
        for word in _WORD.findall(text)
    ]


def _front_of_blocks(extract: Extract) -> list[FrontLine]:
    """The first lines of a file without pages: headings with their levels, and the lines of texts."""
    lines: list[FrontLine] = []
    for block in extract.blocks[:_LINES]:
        if block.role in _SET_APART:
            level = block.level if block.role is BlockRole.HEADING else None
            words = extract.text[block.start : block.end]
            pieces = [words] if level else words.split("\n")
            lines += (FrontLine(piece, level=level) for piece in pieces if piece.strip())
        else:
            lines.append(FrontLine(extract.text[block.start : block.end], size=0))
    return lines[:_LINES]


def is_date(text: str, language: str) -> bool:
    """Whether a line gives a date and hardly anything else."""
    found = next(find_dates(text, language), None) if len(text) < 80 else None
    words = fold_words(text[: found.start] + text[found.end :]) if found else []
    return found is not None and len(words) < 4 and KINDS.isdisjoint(words)


def _runs(lines: Sequence[FrontLine]) -> Iterator[tuple[int, int]]:
    """Runs of lines of one style that may be a title, as half-open ranges."""
    fit = [line.size > 0 and _may_be_title(line.text) for line in lines]
    for start in range(len(lines)):
        for end in range(start + 1, min(start + _RUN, len(lines)) + 1):
            last = end - 1
            if not fit[last] or (last > start and not _goes_on(lines[last - 1], lines[last])):
                break
            if len(_join(lines[start:end]).split()) <= _WORDS:
                yield start, end


def _may_be_title(text: str) -> bool:
    words = _WORD.findall(text)
    letters = sum(map(str.isalpha, text))
    if letters < 3 or len(words) > _PROSE or text[:1] in "*†(©" or text.endswith((":", ";", ",")):
        return False
    return not (_SYMBOL.fullmatch(_STARS.sub("", text)) or _SESSION.fullmatch(text))


def _goes_on(before: FrontLine, line: FrontLine) -> bool:
    """Whether a line may belong to one title with the line before it."""
    low, high = sorted((before.size, line.size))
    alike = before.level == line.level and (low > 0.95 * high or low > max(0.8 * high, 1.2))
    if any(_LABEL.match(text) or _is_section(fold_words(text)) for text in (before.text, line.text)):
        return False
    return line.close and alike and (before.bold == line.bold or min(before.size, line.size) > 1.3)


def _score_run(lines: Sequence[FrontLine], start: int, end: int, evidence: _Evidence) -> float:
    run = lines[start:end]
    first, text = run[0], _join(run)
    score = _score_words(text, evidence) + 1.2 * min(max(line.size for line in run) - 1, 1.2) + 0.2 * first.bold
    if first.level:
        others = evidence.levels[first.level] - len(run)
        score += {1: 1.4, 2: 0.9}.get(first.level, 0.5) + (0.3 if others <= 0 else -1.0)
    whole = (start == 0 or not (lines[start - 1].size and _goes_on(lines[start - 1], first))) and (
        end == len(lines) or not (lines[end].size and _may_be_title(lines[end].text) and _goes_on(run[-1], lines[end]))
    )
    prose = sum(len(line.text.split()) > _PROSE for line in lines[:start])
    full = [not KINDS.isdisjoint(fold_words(line.text)) and len(line.text.split()) > 3 for line in run]
    plain = sum(line.size == 1 and not (line.bold or line.level) for line in run) - 1
    score += 0.6 * any(line.running for line in run) + 0.5 * (start == 0) + 0.3 * whole
    return score - 0.1 * (len(run) - 1) - 0.65 * any(full) * max(plain, 0) - 0.08 * min(start, 15) - 0.7 * bool(prose)


def _score_words(text: str, evidence: _Evidence) -> float:
    """The score of a title by its words alone."""
    words = fold_words(text)
    telling = [word for word in words if len(word) > 3]
    score = 1.5 * (not KINDS.isdisjoint(words)) + 0.4 * min(len(evidence.file.intersection(telling)), 3)
    if telling:
        score += 0.7 * sum(evidence.spoken[word] > 2 for word in telling) / len(telling)
    shared = len(evidence.stated.intersection(words))
    if shared >= 0.7 * max(len(evidence.stated), len({*words})):
        score += 1.5 * min(shared / 4, 1)
    score -= {0: 3.0, 1: 1.2, 2: 0.4}.get(len(words), 0.0) + 1.0 * (len(words) > 25)
    score -= 3.0 * _is_section(words) + 1.5 * bool(_OUTLINE.match(text)) + 0.8 * bool(_LABEL.match(text))
    return score - 2.5 * (text.endswith(_ENDS) and len(words) > 8) - 0.7 * (text[:1].islower())


def _is_section(words: Sequence[str]) -> bool:
    """Whether a line is what sections of any report are called."""
    return _SECTIONS.issuperset(word for word in words if len(word) > 3)


def _join(run: Sequence[FrontLine]) -> str:
    """The lines of a title as one; a line that says nothing more than another is left out."""
    texts = [_STARS.sub("", line.text) for line in run]
    words = [{*fold_words(text)} for text in texts]
    kept = [
        text
        for at, text in enumerate(texts)
        if not any(words[at] < other or (words[at] == other and to < at) for to, other in enumerate(words) if to != at)
    ]
    joined = kept[:1]
    for before, text in pairwise(kept):
        joined += ["" if text[:1].islower() or before.endswith((":", "–", "-")) else " –", f" {text}"]
    return "".join(joined)


def _find_place(line: str, date: PrintedDate) -> str:
    """The place that is printed in front of a date: "Bogotá, septiembre de 2020"."""
    found = _PLACE.fullmatch(line[: date.start].strip(" ("))
    place = found["place"].strip() if found else ""
    proper = (place[:1].isupper() or not place.isascii()) and KINDS.isdisjoint(fold_words(place))
    return place if proper else ""
