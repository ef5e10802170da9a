"""Measures in which language answers are framed: `python -m evals.questions.language`.

A question is asked on pages in several languages. Right is the question's own language where the product speaks it, or
else the page's, and English where there is none; of a few words without a sentence both its own and the page's.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evals.console import make_table, wide_console
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


def main() -> None:
    """Print the shares that are right; of the half that is held back, totals only."""
    framed = list(frame_all())
    made = make_table("language of the frame", "", "questions", "right", right=("questions", "right"))
    for name, wanted in (("spoken", True), ("not spoken", False)):
        for half in ("open", "held"):
            some = [it for it in framed if (it.language in ANSWER_LANGUAGES) is wanted and it.half == half]
            made.add_row(f"{name}, {half}", str(len(some)), f"{sum(it.right for it in some) / len(some):.3f}")
    wide_console().print(made)
    for it in framed:
        if not it.right and it.half == "open":
            wide_console().print(it.language, it.kind, it.question, it.frames, markup=False)


if __name__ == "__main__":
    main()
