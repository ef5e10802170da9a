"""Measures of citations (what covers what, exactness, language), each a pure function with an example.

A share is kept as its two counts. A case that failed with an error counts as wrong in every measure
it belongs to, and nothing leaves a denominator.
"""

from dataclasses import dataclass

CRASHED = "crashed"  # stands for the status of a case that ended in an error
FRAME_LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "pt", "ru", "zh"})  # of the sentences that are ours
UNDETERMINED = "und"  # ISO 639-2: a question in no language


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion as its two counts, ``count`` of ``of``; its value is 0 when ``of`` is.

    >>> Share(3, 4).value, Share(0, 0).value
    (0.75, 0.0)
    """

    count: int
    of: int

    @property
    def value(self) -> float:
        """The proportion, 0 to 1."""
        return self.count / self.of if self.of else 0.0


def covers(cited: str, wanted: str) -> bool:
    """Whether a cited passage contains the wanted one: it is the same, or the recommendation it is a part of.

    >>> covers("r#1.1-r05", "r#1.1-r05.2"), covers("r#1.1-r05.2", "r#1.1-r05"), covers("r#1.1-r0", "r#1.1-r05")
    (True, False, False)
    """
    return cited == wanted or wanted.startswith(f"{cited}.")


def is_same_or_part(passage_id: str, other: str) -> bool:
    """Whether two passages are the same, or one is a part of the other.

    >>> [is_same_or_part("r#1.1-r05", other) for other in ("r#1.1-r05.2", "r#1.1", "r#1.1-r06")]
    [True, False, False]
    """
    return covers(passage_id, other) or covers(other, passage_id)


def is_exact(quote: str, text: str | None, start: int, end: int) -> bool:
    """Whether a quote is the source's slice from ``start`` to ``end`` (half-open), and not empty.

    >>> is_exact("deben", "Los países deben", 11, 16), is_exact("pueden", "Los países deben", 11, 16)
    (True, False)
    """
    return text is not None and 0 <= start < end and text[start:end] == quote


def frame_fits(frame: str, asked: str) -> bool:
    """Whether the language of our own sentences fits the question's: the same, or English where we have no other.

    >>> frame_fits("en", "ja"), frame_fits("en", "fr"), frame_fits("pt", "und")
    (True, False, True)
    """
    if asked == UNDETERMINED:
        return frame in FRAME_LANGUAGES
    return frame == asked or (frame == "en" and asked not in FRAME_LANGUAGES)
