"""The first lines of a paged document as its title is looked for among them: runs in one style that go on below."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ingest.lexicon.structure import DOT_LEADERS
from ingest.readers.extract import FrontLine
from ingest.readers.pdf.layout import Page, TextRun

_DISPLAY = 1.3  # of the usual size; of that size on, weight sets no line apart
_STEP = 1.45  # sizes to the next line of one title
_NEAR = 3.0  # sizes between what may go on as one title
_RECENT = 30  # lines that a line is compared with


def usual_size(pages: Iterable[Page]) -> float:
    """The size that most of the text is printed in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 4) / 4] += len(line.text)
    return sizes.most_common(1)[0][0] or 1.0


def find_front_lines(fronts: Sequence[Sequence[TextRun]], pages: Sequence[Page]) -> Iterator[FrontLine]:
    """The runs of the first pages, those in the margins too, with what goes on below in the same style in one."""
    usual = usual_size(pages)
    printed = Counter(
        cell for page in pages for cell in {cell for line in page.lines for cell in line.text.split("\t")}
    )
    for runs in fronts:
        groups: list[list[TextRun]] = []
        for run in sorted((run for run in runs if not run.quarter), key=lambda run: (round(run.top), run.left)):
            above = next((group for group in groups[: -_RECENT - 1 : -1] if _goes_on(group[-1], run, usual)), None)
            if above is None:
                groups.append([run])
            else:
                above.append(run)
        for at, group in enumerate(groups):
            first = group[0]
            beside = groups[max(at - _RECENT, 0) : at + _RECENT]
            gaps = (first.top - above[-1].bottom for above in beside if _overlap(above[-1], first))
            near = any(-first.printed < gap < _NEAR * first.printed for gap in gaps)
            running = all(printed[run.text] > 1 for run in group)
            text = "\n".join(run.text for run in group if not DOT_LEADERS.search(run.text))
            yield FrontLine(text, first.printed / usual, first.bold, running=running, close=near)


def _goes_on(above: TextRun, run: TextRun, usual: float) -> bool:
    """Whether a run goes on from one above it, in the same style."""
    alike = abs(run.printed - above.printed) <= 0.05 * run.printed and (
        run.bold == above.bold or run.printed > _DISPLAY * usual
    )
    return alike and _overlap(above, run) and 0 < run.top - above.top <= _STEP * run.printed


def _overlap(above: TextRun, run: TextRun) -> bool:
    """Whether a run stands below another."""
    return min(above.right, run.right) > max(above.left, run.left)
