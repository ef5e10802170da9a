"""Groups text runs into lines in reading order; columns are found by the gutter between them.

Long because gutters, columns, rows and lines are found in one recursion over the same runs. Coordinates are points; y
grows downward. Runs come in the order the file draws them, and are ordered by their position: columns one after the
other, a line across all columns between what is above and below it, cells of one row side by side.
"""

import math
import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.lexicon.sentences import SENTENCE_END
from ingest.report import BlockRole

_CELL = 1.4  # heights; runs further apart on one line are cells of a row
_ACROSS = 0.25  # share of a region's lines that may run across its gutter (titles, tables)
_COLUMN_LINES = 4  # fewer lines make no column
_FEW_LINES = 2  # that make one where their sentences go on below
_COLUMN_WORDS = 3  # of its usual line
_INDEPENDENT_LINES = 6  # fewer on a side do not tell whether it has rows in common with the other
_HARDLY_ACROSS = 0.05  # share of the lines that may run across the gutter between sides told by their rows
_CLOSE = 0.4  # share of a column's lines that stand close below another
_SHARED = 0.6  # share of a column's lines that may stand level with one of the other column
_FILLED = 0.55  # share of a column's width that its lines fill; a table's cells fill less
_SIGN = re.compile(r"\d{1,3}|[*∗†‡§]{1,4}")  # that may lead to a note
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")  # Hebrew, Arabic and their kin
_MIRRORED = str.maketrans("()[]{}«»‹›<>", ")(][}{»«›‹><")  # drawn as they look, which is not as they are written
_STOP_IN_FRONT = re.compile(r"(?<!\S)([،؛:])(\d+)(?!\S)")  # of a number, which pdfium takes for left to right
_MAX_COMPARED = 100  # runs of a line that a further one is compared with
_MAX_GAPS = 30  # that are tried as gutters, those first that the fewest runs cross
_MARGIN = 60  # points; no gutter is nearer to the edge


@dataclass(slots=True)
class TextRun:
    """Text drawn without a wide gap, on one line."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float  # of the font
    bold: bool = False
    quarter: int = 0  # turns of the direction of writing, counter-clockwise
    broken: bool = False  # ends in a hyphen that breaks a word
    marks: tuple[str, ...] = ()  # raised signs behind its words, that may lead to notes
    printed: float = 0.0  # size of its first character; ``size`` is that of its line's
    row: bool = False  # of a table, with all its cells

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def turned_to(self, main: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom where text of another direction stands upright."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        turns = ((left, top, right, bottom), (top, -right, bottom, -left), (-right, -bottom, -left, -top))
        return (*turns, (-bottom, left, -top, right))[(self.quarter - main) % 4]


@dataclass(slots=True, eq=False)
class TextLine:
    """Runs side by side; ``cells`` are more than one in a row of a table."""

    text: str  # with tabs between cells
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    broken: bool
    marks: tuple[str, ...]
    cells: int = 1
    page: int = 0
    column: int = 0  # lines of different columns on a page differ in it
    row: bool = False  # of a table whose cells are ruled
    turned: bool = False  # runs in another direction than most of its page; its coordinates are its own

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def merge_cells(self) -> None:
        """Merge apparent cells into one: they are words set wide."""
        if self.cells > 1:
            self.text, self.cells = self.text.replace("\t", " "), 1


@dataclass(slots=True)
class Page:
    """One page's lines in reading order."""

    number: int  # from 1
    top: float
    bottom: float
    lines: list[TextLine] = field(default_factory=list)


def group_lines(runs: Sequence[TextRun], page: int, tables: Sequence[list[list[TextRun]]] = ()) -> list[TextLine]:
    """Group runs into lines in reading order; what runs in another direction than most comes last."""
    main = tables[0][0][0].quarter if tables else -1
    directions: dict[int, list[TextRun]] = {main: []} if tables else {}
    for run in runs:
        directions.setdefault(run.quarter, []).append(run)
    lines: list[TextLine] = []
    ordered = sorted(directions.items(), key=lambda pair: (pair[0] == main, len(pair[1])), reverse=True)
    for number, (quarter, some) in enumerate(ordered):
        for region in _part_at_tables(join_adjacent(some), tables if quarter == main else ()):
            rows = _group_rows(region)
            for line in rows:
                line.page, line.column, line.turned = page, len(lines), number > 0
                line.text = line.text if line.row else mirror_brackets(line.text)
            lines += rows
    return lines


def join_adjacent(runs: list[TextRun]) -> list[TextRun]:
    """The runs with those in one that stand close beside each other, in whatever order they were drawn."""
    levels: list[list[TextRun]] = []
    main: TextRun | None = None  # the largest of the last level
    for run in sorted(runs, key=lambda run: run.top + run.bottom):
        if main and _on_same_line(main, run):
            levels[-1].append(run)
            main = run if run.size > main.size else main
        else:
            levels.append([run])
            main = run
    joined: list[TextRun] = []
    for level in levels:
        if len(level) == 1:
            joined += level
            continue
        row: list[TextRun] = []
        for run in sorted(_without_loose_signs(level), key=lambda run: run.left):
            if row and not -0.3 < (run.left - row[-1].right) / max(row[-1].size, run.size) < 1:
                joined.append(_merge_runs(row))
                row = []
            row.append(run)
        joined.append(_merge_runs(row))
    return joined


def _without_loose_signs(level: Sequence[TextRun]) -> list[TextRun]:
    """The runs of a line; a raised sign drawn by itself over another run becomes that run's mark."""
    kept: list[TextRun] = []
    largest = max(run.size for run in level)
    for run in level:
        sign = run.size < 0.85 * largest and _SIGN.fullmatch(run.text)
        below = (text_run for text_run in level if text_run.left <= run.left and run.right <= text_run.right + 1)
        over = next((text_run for text_run in below if run.size < 0.85 * text_run.size), None) if sign else None
        if over:
            over.marks = (*over.marks, run.text)
        else:
            kept.append(run)
    return kept


def _on_same_line(main: TextRun, run: TextRun) -> bool:
    """Whether a run stands on the line of another, the largest there; raised signs do."""
    top, bottom, main_top, main_bottom = run.top, run.bottom, main.top, main.bottom
    height, main_height = bottom - top, main_bottom - main_top
    shared = (bottom if bottom < main_bottom else main_bottom) - (top if top > main_top else main_top)
    return shared >= 0.5 * (height if height < main_height else main_height)


def _merge_runs(row: list[TextRun]) -> TextRun:
    if len(row) == 1:
        return row[0]
    usual = max(row, key=lambda run: len(run.text)).size
    signs = tuple(run.text for run in row[1:] if run.size < 0.85 * usual and _SIGN.fullmatch(run.text))
    line = _make_line(row)
    return TextRun(
        line.text, line.left, line.right, line.top, line.bottom, line.size, line.bold, row[0].quarter, line.broken,
        (*line.marks, *signs),
    )  # fmt: skip


def _part_at_tables(runs: list[TextRun], tables: Sequence[list[list[TextRun]]]) -> Iterable[list[TextRun]]:
    """The page in regions: what is above a table, its rows, what is below; one beside other text is part of it."""
    every = [*runs, *(run for rows in tables for row in rows for run in row)]
    for rows in sorted(tables, key=lambda rows: min(run.top for run in rows[0])):
        own = [run for row in rows for run in row]
        top, bottom = min(run.top for run in own), max(run.bottom for run in own)
        if sum(top < (run.top + run.bottom) / 2 < bottom for run in every) == len(own):
            yield from _split_regions([run for run in every if run.top < top])
            yield from rows
            every = [run for run in every if run.top > bottom - 1]
    yield from _split_regions(every)


def _split_regions(runs: list[TextRun]) -> Iterable[list[TextRun]]:
    """The page in regions without columns, in reading order."""
    gutter = _find_gutter(runs)
    if gutter is None:
        yield runs
        return
    bands: list[list[TextRun]] = [[]]
    usual = median(run.size for run in runs)
    for run in sorted(runs, key=lambda run: run.top):
        if run.left < gutter < run.right or _parts_columns(run, runs, gutter, usual):
            bands += [[run], []]
        else:
            bands[-1].append(run)
    for band in bands:
        sides = [run for run in band if run.right <= gutter], [run for run in band if run.left >= gutter]
        for side in sides if any(sides) else (band,):
            if side:
                yield from _split_regions(side)


def _parts_columns(run: TextRun, runs: Sequence[TextRun], gutter: float, usual: float) -> bool:
    """Whether a heading in one column stands over both: the other has nothing beside it, and both go on level below."""
    if not run.bold and run.size <= 1.05 * usual:
        return False
    beside = [other for other in runs if (other.right <= gutter) != (run.right <= gutter)]
    below = [other.top for other in beside if other.top > run.top]
    own = [other.top for other in runs if other not in beside and other.top >= run.bottom]
    if not own or not below or abs(min(own) - min(below)) > 0.3 * run.height:
        return False
    return any(other.top < run.top for other in beside) and all(
        other.bottom <= run.top or other.top >= run.bottom for other in beside
    )


def _find_gutter(runs: Sequence[TextRun]) -> float | None:
    """The x that parts the region in two columns, each well filled with lines that stand beside each other."""
    if len(runs) < 2 * _FEW_LINES:
        return None
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    if sum(run.right - run.left > 0.6 * (right - left) for run in runs) > _ACROSS * len(runs):
        return None
    lefts, rights = sorted(run.left for run in runs), sorted(run.right for run in runs)
    gaps = [
        (bisect(lefts, (a + b) / 2) - bisect(rights, (a + b) / 2), a, b) for a, b in pairwise(sorted({*lefts, *rights}))
    ]
    wide = [gap for gap in gaps if gap[2] - gap[1] > 4 and gap[0] <= _ACROSS * len(runs)]
    for across, a, b in sorted(wide)[:_MAX_GAPS]:
        x = (a + b) / 2
        if not left + _MARGIN < x < right - _MARGIN:
            continue
        few = len(runs) < 4 * _COLUMN_LINES and _run_on(runs, x, b - a)
        if few or _are_columns(runs, x) or (across <= _HARDLY_ACROSS * len(runs) and _are_independent(runs, x, b - a)):
            return x
    return None


def _are_columns(runs: Sequence[TextRun], x: float) -> bool:
    """Whether both sides of x are columns of running text."""
    sides = [run for run in runs if run.right <= x], [run for run in runs if run.left >= x]
    for side in sides:
        if len(side) < _COLUMN_LINES:
            return False
        left, right = min(run.left for run in side), max(run.right for run in side)
        if median(run.right - run.left for run in side) < _FILLED * (right - left):
            return False
        if median(run.text.count(" ") + 1 for run in side) < _COLUMN_WORDS:
            return False
    tops = [min(run.top for run in side) for side in sides]
    bottoms = [max(run.bottom for run in side) for side in sides]
    shared = min(bottoms) - max(tops)
    return shared > 0.3 * min(b - t for t, b in zip(tops, bottoms, strict=True))


def _run_on(runs: Sequence[TextRun], x: float, gutter: float) -> bool:
    """Whether the few lines on both sides of x go on below, not across: their sentences say so."""
    left, right = (
        sorted((run for run in runs if (run.left >= x) is behind), key=lambda run: run.top) for behind in (False, True)
    )
    if not left or not right or gutter < 1.5 * left[0].size:
        return False
    top, bottom = max(left[0].top, right[0].top), min(left[-1].bottom, right[-1].bottom)
    for side in (left, right):
        beside = [run for run in side if run.bottom > top and run.top < bottom]
        if len(beside) < _FEW_LINES or median(run.text.count(" ") + 1 for run in beside) < _COLUMN_WORDS:
            return False
        if not beside[1].text[0].islower() or any(
            not (after.text[0].islower() or SENTENCE_END.search(before.text)) for before, after in pairwise(beside)
        ):
            return False
    return left[0].text[0].isupper() or left[0].text[0].isdigit()


def _are_independent(runs: Sequence[TextRun], x: float, gutter: float) -> bool:
    """Whether both sides of x are set without regard to each other, as in leaflets; a table's cells share rows."""
    sides = [run for run in runs if run.right <= x], [run for run in runs if run.left >= x]
    size = median(run.size for run in runs)
    if min(map(len, sides)) < _INDEPENDENT_LINES or gutter < 1.5 * size:
        return False
    levels = [sorted({round(run.bottom) for run in side}) for side in sides]
    close = [
        sum(b - a <= 1.7 * size for a, b in pairwise(side)) >= _CLOSE * (len(side) - 1) and len(side) >= _COLUMN_LINES
        for side in levels
    ]
    near = {level + by for level in levels[0] for by in (-1, 0, 1)}
    beside = [level for level in levels[1] if levels[0][0] <= level <= levels[0][-1]]
    shared = sum(level in near for level in beside)
    return all(close) and len(beside) >= _COLUMN_LINES and shared <= _SHARED * len(beside)


def _group_rows(runs: Sequence[TextRun]) -> list[TextLine]:
    """Runs from top to bottom, those on one baseline as one line."""
    rows: list[list[TextRun]] = []
    for run in sorted(runs, key=lambda run: (run.top + run.bottom, run.left)):
        if rows and _fits_in_row(rows[-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [_make_line(row) for row in rows]


def _fits_in_row(row: Sequence[TextRun], run: TextRun) -> bool:
    near = row[-_MAX_COMPARED:]
    main = near[0] if len(near) == 1 else max(near, key=lambda run: run.size)
    return (
        not (main.row or run.row)
        and _on_same_line(main, run)
        and all(run.left >= text_run.right - 1 or run.right <= text_run.left + 1 for text_run in near)
    )


def _make_line(row: list[TextRun]) -> TextLine:
    if len(row) == 1:
        run = row[0]
        return TextLine(
            run.text, run.left, run.right, run.top, run.bottom, run.size, run.bold, run.broken, run.marks,
            cells=1 + run.row * run.text.count("\t"), row=run.row,
        )  # fmt: skip
    backward = sum(is_right_to_left(run.text) for run in row) > len(row) / 2
    row.sort(key=lambda run: -run.right if backward else run.left)
    main = max(row, key=lambda run: len(run.text))
    pieces, cells = [row[0].text], 1
    for before, run in pairwise(row):
        gap = max(run.left - before.right, before.left - run.right)
        cell = gap > _CELL * main.height
        cells += cell
        pieces += ["\t" if cell else " " if gap > 0.1 * main.height else "", run.text]
    return TextLine(
        text="".join(pieces),
        left=min(run.left for run in row),
        right=max(run.right for run in row),
        top=main.top,
        bottom=main.bottom,
        size=main.size,
        bold=all(run.bold for run in row if any(map(str.isalpha, run.text))),
        broken=row[-1].broken,
        marks=tuple(mark for run in row for mark in run.marks),
        cells=cells,
    )


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a text are of scripts written from right to left."""
    if text.isascii():
        return False
    backward = len(_RIGHT_TO_LEFT.findall(text))
    return backward > 0 and 2 * backward > sum(map(str.isalpha, text))


def mirror_brackets(text: str) -> str:
    """Brackets of a text from right to left as they are written, or drawn, and stops behind its numbers."""
    return _STOP_IN_FRONT.sub(r"\2\1", text.translate(_MIRRORED)) if is_right_to_left(text) else text


def to_quarter_turns(angle: float) -> int:
    """Convert radians to quarter turns, 0 to 3."""
    return round(angle / (math.pi / 2)) % 4


@dataclass(slots=True)
class DraftBlock:
    """A block under construction: lines that belong together."""

    role: BlockRole
    lines: list[TextLine]
    marker: str = ""
    cut: int = 0  # characters of the first line that are the marker
    level: int | None = None
    anchor: TextLine | None = None  # of a note: the line that refers to it

    @property
    def ending(self) -> str:
        return self.lines[-1].text
