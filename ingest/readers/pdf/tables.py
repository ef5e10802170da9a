"""Tables whose cells are ruled: the straight lines drawn on a page, the grids that they make, and the text in them.

Coordinates are points, y grows downward. Cells that no line parts are one; one that spans several rows stands in the
first of them, as in the tables of other formats. Lines that hold no table (frames, charts) are left alone.
"""

import ctypes
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import product
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.lexicon.list_markers import parse_markers
from ingest.readers.pdf.characters import Characters
from ingest.readers.pdf.hyphens import dehyphenate
from ingest.readers.pdf.layout import TextRun, group_lines, is_right_to_left
from ingest.readers.pdf.runs import Rule, extract_runs, turn_upright

_THIN = 3.0  # points; what is drawn thinner is a line
_NEAR = 3.0  # points between lines that meet
_MAX_OBJECTS, _MAX_RULES, _MAX_SLOTS = 20_000, 400, 5_000  # more are a picture
_CORNERS = 5  # of a rectangle's path, closed
_FEW = 2  # items that make a list; lines of a row's cells, which tell little

Slot = tuple[int, int]  # row and column
Columns = tuple[Sequence[float], Set[int]]  # all edges of a table's columns, and which columns have text
NO_COLUMNS: Columns = ((), frozenset())


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's edges of rows and columns, and the lines that it is made of."""

    rows: Sequence[float]
    columns: Sequence[float]
    across: Sequence[Rule]
    down: Sequence[Rule]


def keep_shown(page: pypdfium2.PdfPage, runs: Iterable[TextRun]) -> list[TextRun]:
    """The runs that stand on the part of a page that is shown."""
    left, low, right, high = page.get_bbox()
    boxes = ((run, run.turned_to(0)) for run in runs)
    return [run for run, box in boxes if left < box[2] and box[0] < right and -high < box[3] and box[1] < -low]


def lift_tables(
    page: pypdfium2.PdfPage, characters: Characters, runs: list[TextRun], number: int, above: Columns
) -> tuple[list[TextRun], list[list[list[TextRun]]], Columns]:
    """The runs beside a page's tables; each table as its rows in order; the columns of the last one.

    A row is one run with tabs between its cells; where a cell holds a list, its cells are read one after the other.
    ``above`` are the columns of the table that the page before ends with, which may go on here.
    """
    if len({round(run.top / 4) for run in runs}) == len(runs):
        return runs, [], NO_COLUMNS  # nothing stands side by side
    main = Counter(run.quarter for run in runs).most_common(1)[0][0]
    grids, parted, held = _find_grids(page, main), runs, 0
    while grids and held != len(grids):  # only lines that hold a table part words
        held = len(grids)
        parted = keep_shown(page, extract_runs(characters, [rule for grid in grids for rule in grid.down], main))
        grids = [grid for grid in grids if _fill(grid, parted, main, above)]
    tables: list[list[list[TextRun]]] = []
    rest = parted if grids else runs
    below = NO_COLUMNS
    for grid in grids:
        if cells := _fill(grid, rest, main, above):
            inside = {id(run) for some in cells.values() for run in some}
            rest = [run for run in rest if id(run) not in inside]
            used = {column for _, column in cells} | (above[1] if _goes_on(grid, above) else frozenset())
            below = grid.columns, used
            rows = ([cells.get((row, column), []) for column in sorted(used)] for row in range(len(grid.rows) - 1))
            tables.append([made for row in rows for made in _make_rows(row, main, number)])
    return rest, tables, below


def _find_grids(page: pypdfium2.PdfPage, main: int) -> list[Grid]:
    """The grids that the lines on a page make; edges of rectangles are lines too."""
    across, down = list[Rule](), list[Rule]()
    bounds = tuple(ctypes.c_float() for _ in range(4))
    for number in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        drawn = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if pdfium.FPDFPath_CountSegments(drawn) > _CORNERS or not pdfium.FPDFPageObj_GetBounds(drawn, *bounds):
            continue
        left, bottom, right, top = (bound.value for bound in bounds)
        left, top, right, bottom = turn_upright((left, top, right, bottom), main)
        wide, high = right - left > _THIN, top - bottom > _THIN
        if wide:
            across += [Rule(-y, left, right) for y in ((top, bottom) if high else ((top + bottom) / 2,))]
        if high:
            down += [Rule(x, -top, -bottom) for x in ((left, right) if wide else ((left + right) / 2,))]
    across, down = list(_join(across)), list(_join(down))
    if len(across) + len(down) > _MAX_RULES:
        return []
    return [grid for lines in _connect(across, down) if (grid := _make_grid(*lines))]


def _join(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The lines with those in one that go on from each other."""
    levels: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if levels and rule.at - levels[-1][0].at <= _NEAR:
            levels[-1].append(rule)
        else:
            levels.append([rule])
    for level in levels:
        at, (first, *others) = level[0].at, sorted(level, key=lambda rule: rule.start)
        start, end = first.start, first.end
        for rule in others:
            if rule.start > end + _NEAR:
                yield Rule(at, start, end)
                start = rule.start
            end = max(end, rule.end)
        yield Rule(at, start, end)


def _connect(across: Sequence[Rule], down: Sequence[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """The lines in groups of those that meet."""
    groups: list[tuple[list[Rule], list[Rule]]] = [([rule], []) for rule in across]
    for line in down:
        met = [group for group in groups if any(_meet(line, other) for other in group[0])]
        if met:
            groups = [group for group in groups if group not in met]
            groups.append(([r for group in met for r in group[0]], [*(r for group in met for r in group[1]), line]))
    return groups


def _meet(rule: Rule, other: Rule) -> bool:
    return all(a.start - _NEAR <= b.at <= a.end + _NEAR for a, b in ((rule, other), (other, rule)))


def _make_grid(across: Sequence[Rule], down: Sequence[Rule]) -> Grid | None:
    """The table of lines that meet; None where they part no columns in two rows, as boxes of marked words."""
    rows = _edges(rule.at for rule in across)
    columns = _edges([*(rule.at for rule in down), min(r.start for r in across), max(r.end for r in across)])
    if len(rows) < 2 or len(columns) < 3 or len(rows) * len(columns) > _MAX_SLOTS:
        return None
    inner = [rule for rule in down if columns[0] + _NEAR < rule.at < columns[-1] - _NEAR]
    pieces = Counter(rule.at for rule in inner).values()  # of one line that cells over all columns interrupt
    if 2 * sum(count > 1 for count in pieces) > len(columns) - 2:
        return Grid(rows, columns, across, down)
    if rows[1:-1] and not any(r.start + _NEAR < edge < r.end - _NEAR for r, edge in product(inner, rows[1:-1])):
        return None
    return Grid(rows, columns, across, down)


def _edges(places: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _NEAR:
            edges.append(place)
    return edges


def _fill(grid: Grid, runs: Sequence[TextRun], main: int, above: Columns) -> dict[Slot, list[TextRun]]:
    """The runs of each cell; nothing where the lines part no text in two rows, or in one that goes on."""
    slots: dict[Slot, list[TextRun]] = defaultdict(list)
    crossed: set[Slot] = set()  # slots with text that begins in a column before theirs
    for run in runs:
        left, top, right, bottom = run.turned_to(main)
        row = bisect(grid.rows, (top + bottom) / 2) - 1
        first, last = bisect(grid.columns, left + _NEAR) - 1, bisect(grid.columns, right - _NEAR) - 1
        if 0 <= row < len(grid.rows) - 1 and 0 <= first <= last < len(grid.columns) - 1:
            slots[row, first].append(run)
            crossed |= {(row, column) for column in range(first + 1, last + 1)}
    firsts: dict[Slot, Slot] = {}
    for row, column in product(range(len(grid.rows) - 1), range(len(grid.columns) - 1)):
        x, y = (grid.columns[column] + grid.columns[column + 1]) / 2, (grid.rows[row] + grid.rows[row + 1]) / 2
        parted = any(abs(r.at - grid.columns[column]) <= _NEAR and r.start <= y <= r.end for r in grid.down)
        if (row, column) in crossed:
            if parted:
                return {}  # the lines run through the text
            firsts[row, column] = firsts[row, column - 1]
        elif row and not any(abs(r.at - grid.rows[row]) <= _NEAR and r.start <= x <= r.end for r in grid.across):
            firsts[row, column] = firsts[row - 1, column]
        else:
            firsts[row, column] = row, column
    cells: dict[Slot, list[TextRun]] = defaultdict(list)
    for slot, some in slots.items():
        cells[firsts[slot]] += some
    several = [row for row, count in Counter(row for row, _ in cells).items() if count > 1]
    if len(several) < 2 - _goes_on(grid, above):
        return {}
    return {cell: some for cell, some in cells.items() if min(several) <= cell[0] <= max(several)}


def _goes_on(grid: Grid, above: Columns) -> bool:
    """Whether a grid has the columns of the table before it."""
    return len(above[0]) == len(grid.columns) and all(
        abs(a - b) <= _NEAR for a, b in zip(above[0], grid.columns, strict=True)
    )


def _make_rows(runs: Sequence[list[TextRun]], main: int, page: int) -> Iterator[list[TextRun]]:
    """A row of cells as one run; as many as it has lines where each of them goes on across its cells."""
    lines = [group_lines(some, page) for some in runs]
    filled = [some for some in lines if some]
    if any(sum(any(parse_markers(line.text)) for line in some) >= _FEW for some in filled):
        yield from (some for some in runs if some)
        return
    count = max(map(len, filled), default=0)
    wrapped = any(len(some) < count or any(line.text[:1].islower() for line in some[1:]) for some in filled)
    parts = [lines] if wrapped or count <= _FEW else [[some[at : at + 1] for some in lines] for at in range(count)]
    for part in parts if filled else ():
        for some in part:
            dehyphenate(some)
        texts = [" ".join(" ".join(line.text for line in some).split()) for some in part]
        every = [line for some in part for line in some]
        if 2 * sum(map(is_right_to_left, texts)) > len(filled):
            texts.reverse()
        boxes = [run.turned_to(main) for some in runs for run in some if len(parts) == 1] or [
            (line.left, line.top, line.right, line.bottom) for line in every
        ]
        left, top, right, bottom = zip(*boxes, strict=True)
        run = TextRun(
            "\t".join(texts).rstrip("\t"), min(left), max(right), min(top), max(bottom), median(x.size for x in every),
            all(line.bold for line in every), main, marks=tuple(x for line in every for x in line.marks), row=True,
        )  # fmt: skip
        yield [run]
