"""Finds figures that changed places: "of 20, 39 were new" where the passage has "of 39, 20 were new"."""

from collections.abc import Sequence
from itertools import combinations

from retrieval.text.numbers import find_figures
from retrieval.verification.consistency import MIN_SAME_SIMILARITY, Alignment

_REACH = 4  # words around a figure that say what it counts


def has_swapped_figures(alignment: Alignment, language: str) -> bool:
    """Whether the words around each of two figures of a claim stand, in a passage, around the other of the two."""
    said = alignment.words.locate_figures(language)
    own = [(at, figure) for at, figure in said if at in alignment.claim_words]
    for number, piece in enumerate(alignment.pieces):
        there = [(mine, [at for at, figure in piece.figures if figure & said]) for mine, said in own]
        for (first, its), (second, others) in combinations([pair for pair in there if pair[1]], 2):
            if its != others and all(
                _stand_around(alignment, number, at, other, places)
                for at, other, places in ((first, second, (its, others)), (second, first, (others, its)))
            ):
                return True
    return False


def _stand_around(
    alignment: Alignment, number: int, at: int, other: int, places: tuple[Sequence[int], Sequence[int]]
) -> bool:
    """Whether the words around a claim's figure stand in a passage nearer to the places of another than to its own."""
    words, further = alignment.words, 0
    for near in range(max(0, at - _REACH), min(len(words.spans), at + _REACH + 1)):
        word = words.text[slice(*words.spans[near])]
        if not words.content_mask[near] or abs(near - at) > abs(near - other) or find_figures(word, "en"):
            continue
        window, place, how = alignment.best_source_word(near)
        if window == number and how >= MIN_SAME_SIMILARITY:
            own, theirs = (min(abs(place - where) for where in some) for some in places)
            further += own - theirs
    return further > 0
