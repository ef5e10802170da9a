"""Measures in which language answers are framed: `python -m evals.questions.language`.

A question is asked on pages in several languages. Right is the question's own language where the product speaks it, or
else the page's, and English where there is none; of a few words without a sentence both its own and the page's.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from rich.table import Table

from evals.console import make_table, wide_console
from evals.scorecard.scorecard import Figure
from retrieval.answer.templates import ANSWER_LANGUAGES
from retrieval.query.answer_language import choose_answer_language

FILE = Path(__file__).parent.parent / "data" / "language" / "questions.tsv"
_PAGES = (None, "en", "fr", "ar")


class Framed(NamedTuple):
    """A question and the languages of its frame, by page."""

    language: str  # ISO 639-1
    kind: str
    half: str
    question: str
    frames: dict[str | None, str]

    @property
    def right(self) -> bool:
        """Whether the frame is right on every page."""
        spoken = self.language in ANSWER_LANGUAGES
        own = {self.language} if spoken else set()
        elsewhere = {page: {page or "en"} if self.kind == "short" or not spoken else set() for page in self.frames}
        return all(frame in own | elsewhere[page] for page, frame in self.frames.items())


def frame_all() -> Iterator[Framed]:
    """Choose the frame's language for every question."""
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:
        language, kind, half, question = line.split("\t")
        yield Framed(
            language, kind, half, question, {page: choose_answer_language(question, page).code for page in _PAGES}
        )


def _group(framed: Sequence[Framed]) -> dict[str, list[Framed]]:
    return {
        f"language {name}, {half}": [
            it for it in framed if it.half == half and (it.language in ANSWER_LANGUAGES) is spoken
        ]
        for name, spoken in (("spoken", True), ("close to one spoken", False))
        for half in ("open", "held")
    }


def make_figure(measure: str, name: str, values: Sequence[float], *, lower_is_better: bool = False) -> Figure:
    """A figure that one question more or less leaves within its interval."""
    value, slack = fmean(values), 1.01 / len(values)
    low, high = value - slack, value + slack
    return Figure(measure, "questions", name, len(values), value, low, high, lower_is_better=lower_is_better)


def frame_figures(framed: Sequence[Framed]) -> list[Figure]:
    """The shares that are right."""
    return [make_figure("right", name, [float(it.right) for it in some]) for name, some in _group(framed).items()]


def tabulate_frames(framed: Sequence[Framed]) -> Table:
    """The shares that are right, as a table."""
    made = make_table("language of the frame", "", "questions", "right", right=("questions", "right"))
    for figure in frame_figures(framed):
        made.add_row(figure.name, str(figure.count), f"{figure.value:.3f}")
    return made


if __name__ == "__main__":
    asked = list(frame_all())
    wide_console().print(tabulate_frames(asked))
    for it in asked:
        if not it.right and it.half == "open":
            wide_console().print(it.language, it.kind, it.question, it.frames, markup=False)
